"""Pages and data of open proposals, and of one proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, g, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import labels
from govnet.decisions.blueprint import bp
from govnet.decisions.drafts import queries
from govnet.decisions.models import ProposalVersion
from govnet.decisions.pages import (
    answer_views,
    draft_views,
)
from govnet.decisions.pages import proposal as pages_proposal
from govnet.decisions.pages.timeline import timeline
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.proposals.opening import may_propose
from govnet.decisions.rules.who_decides import who_decides
from govnet.extensions import db
from govnet.forum.threads import slots
from govnet.kernel.actor import current_actor
from govnet.kernel.errors import NotFound
from govnet.permissions import Can, allows, can
from govnet.record import registry
from govnet.web.pages import data_page, page

blueprints = (bp,)


def bind(app: Flask) -> None:
    """Entries about proposals and decisions lead to their pages, and templates know the answers' labels."""
    registry.link_to("proposal", lambda d: url_for("decisions.proposal", proposal_id=int(d["key"])))
    registry.link_to("meeting_note", lambda d: url_for("decisions.meeting_note", note_id=int(d["key"])))
    registry.link_to("decision", lambda d: url_for("decisions.decision", number=d["number"]))
    app.jinja_env.globals["decision_words"] = labels
    app.jinja_env.globals["proposal_timeline"] = timeline
    app.jinja_env.globals["may_propose"] = _may_propose
    app.jinja_env.globals["who_decides"] = who_decides
    slots.lines_beside_threads("proposal", proposals_queries.from_thread, _came_of)
    slots.lines_beside_threads("draft", queries.open_of, draft_views.beside)
    registry.link_to("proposal_draft", lambda d: url_for("decisions.former_draft", former_id=int(d["key"])))
    slots.onward_from_threads(_go_on)


def _may_propose(network: Network, matter: str = "") -> bool:
    """Whether the reader sees the way to propose something: found once a page, however many links it has."""
    known: dict[tuple[int, str], bool] = g.setdefault("may_propose", {})
    key = (network.id, matter)
    if key not in known:
        known[key] = may_propose(network, current_actor(), matter)
    return known[key]


def _came_of(lines: Sequence[slots.ThreadLine]) -> list[slots.Beside]:
    """The proposals that came out of a discussion, each with where it stands."""
    found = proposals_queries.newest([line.key for line in lines])
    return [_beside(each) for each in found if can(current_actor(), Can.READ_PROPOSAL, each.proposal)]


def _beside(version: ProposalVersion) -> slots.Beside:
    if version.decision is not None:
        address = url_for("decisions.decision", number=version.decision.number)
        said = f"{version.decision.number} {version.question}"
        return slots.Beside(
            said,
            address,
            labels.short(version.decision.outcome, version.decision.door),
            labels.STATES[version.decision.outcome],
        )
    address = url_for("decisions.proposal", proposal_id=version.proposal_id)
    if version.outcome is not None:
        return slots.Beside(version.question, address, str(labels.SHORT[version.outcome]))
    return slots.Beside(version.question, address, _("Open for answers"), "open")


def _go_on(thread: Any) -> tuple[str, str, str] | None:
    """From talking to asking."""
    if not _may_propose(db.session.get_one(Network, thread.network_id)):
        return None
    return _("Propose something"), url_for("decisions.propose", thread=thread.id), "hand"


@bp.get("/<network:network>/proposals")
@allows(Can.READ)
def proposals(network: Network) -> Response:
    """Open proposals, and those that their authors took back."""
    return page(
        "decisions/proposals/proposals.html",
        open_now=proposals_queries.open_now(network.id, current_actor()),
        taken_back=proposals_queries.taken_back(network.id, current_actor()),
        drafts=queries.open_in(network.id, current_actor()),
    )


@bp.get("/<network:network>/proposals.json")
@allows(Can.READ)
def proposals_data(network: Network) -> Response:
    """Open proposals, as data."""
    rows = proposals_queries.open_now(network.id)
    return data_page({"open": [{"id": row.version.proposal_id, "question": row.version.question,
                                "closes": row.version.deadline.isoformat()} for row in rows]})  # fmt: skip


@bp.get("/<network:network>/proposals/<int:proposal_id>")
@allows(Can.READ)
def proposal(network: Network, proposal_id: int) -> Response:
    """A proposal, with one's own answer first; or the draft that it still is."""
    try:
        return answer_views.proposal_page(proposal_id, network, current_actor())
    except NotFound:
        address: dict[str, Any] = {"network": network, "draft_id": proposal_id}
        return draft_views.draft(**address)


@bp.get("/<network:network>/proposals/<int:proposal_id>.json")
@allows(Can.READ)
def proposal_data(network: Network, proposal_id: int) -> Response:
    """A proposal as data."""
    found = answer_views.readable(proposal_id, network, current_actor())
    earlier = [pages_proposal.as_data(each) for each in found.earlier]
    return data_page(
        pages_proposal.as_data(found.now)
        | {"earlier": earlier, "replies": pages_proposal.replies_data(found.office_replies)}
    )
