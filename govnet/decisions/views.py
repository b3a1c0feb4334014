"""Reading: the register, a decision, what is open, a proposal; each as a page and as data."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Flask, Response, request, url_for
from flask_babel import gettext as _

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.decisions import (
    amend_views,
    answer_views,
    draft_views,
    drafts,
    lists,
    option_views,
    propose_views,
    queries,
    record_views,
    register,
    shown,
    words,
)
from govnet.decisions.blueprint import bp
from govnet.decisions.book import Decision
from govnet.decisions.models import ProposalVersion
from govnet.decisions.register import PAGE, Filter
from govnet.decisions.rules import Outcome
from govnet.forum import registry as threads
from govnet.kernel.pages import data_page, page
from govnet.kernel.said import Said
from govnet.kernel.words import say
from govnet.permissions import Can, allows, can, current_actor
from govnet.record import registry

blueprints = (bp,)
PARTS = (amend_views, answer_views, draft_views, option_views, propose_views, record_views)
"""The rest of the routes, in files of their own."""


def bind(app: Flask) -> None:
    """Entries about proposals and decisions lead to their pages, and templates know the answers' words."""
    registry.link_to("proposal", lambda d: url_for("decisions.proposal", proposal_id=int(d["key"])))
    registry.link_to("decision", lambda d: url_for("decisions.decision", number=d["number"]))
    app.jinja_env.globals["decision_words"] = words
    threads.beside_threads(_came_of)
    threads.beside_threads(draft_views.beside)
    registry.link_to("proposal_draft", lambda d: url_for("decisions.draft", draft_id=int(d["key"])))
    threads.onward_from_threads(_go_on)


def _came_of(thread_id: int) -> list[threads.Beside]:
    """The proposals that came out of a discussion, each with where it stands."""
    return [_beside(version) for version in lists.from_thread(thread_id)]


def _beside(version: ProposalVersion) -> threads.Beside:
    if version.decision is not None:
        address = url_for("decisions.decision", number=version.decision.number)
        said = f"{version.decision.number} {version.question}"
        return threads.Beside(
            said,
            address,
            words.short(version.decision.outcome, version.decision.door),
            words.STATES[version.decision.outcome],
        )
    address = url_for("decisions.proposal", proposal_id=version.proposal_id)
    if version.outcome is not None:
        return threads.Beside(version.question, address, str(words.SHORT[version.outcome]))
    return threads.Beside(version.question, address, _("Open for answers"), "open")


def _go_on(thread: Any) -> tuple[str, str] | None:
    """From talking to asking."""
    if not can(current_actor(), Can.PROPOSE, thread):
        return None
    return _("Propose something"), url_for("decisions.propose", thread=thread.id)


def _asked() -> Filter:
    year = request.args.get("year", type=int)
    known: dict[str, Collection[str]] = {
        "matter": p.MATTERS,
        "outcome": list(Outcome),
        "door": list(words.DOORS),
    }
    wanted = {name: request.args.get(name, "") for name in known}
    found = {name: value for name, value in wanted.items() if value in known[name]}
    return Filter(year if year and 0 < year < 10_000 else None, **found)


def _page_number() -> int:
    return min(max(request.args.get("page", 1, type=int), 1), 10_000)


@bp.get("/<network:network>/decisions", endpoint="register")
@allows(Can.READ)
def the_register(network: Network) -> Response:
    """What is open, and everything that was decided, newest first."""
    wanted, number = _asked(), _page_number()
    found = register.decisions(network.id, wanted, page=number)
    return page(
        "decisions/register.html",
        open_now=lists.open_now(network.id, current_actor()) if number == 1 and wanted == Filter() else [],
        decisions=found[:PAGE],
        more=len(found) > PAGE,
        number=number,
        wanted=wanted,
        choices=_choices(network),
        outcome_of=register.outcome_in_words,
    )


def _choices(network: Network) -> dict[str, list[tuple[str, str]]]:
    """What the register can be narrowed to: value and words."""
    years = register.years(network.id)
    return {
        "year": [(str(year), f"{year} ({last})") for year, last in years],
        "matter": [(key, say(Said(said))) for key, said in p.MATTERS.items()],
        "outcome": [(each.value, str(words.SHORT[each])) for each in Outcome if each.numbered],
        "door": [(door.value, str(said)) for door, said in words.DOORS.items()],
    }


@bp.get("/<network:network>/decisions.json")
@allows(Can.READ)
def register_data(network: Network) -> Response:
    """The register as data, a page at a time."""
    number = _page_number()
    found = register.decisions(network.id, _asked(), page=number)
    following = url_for(".register_data", page=number + 1) if len(found) > PAGE else None
    return data_page({"decisions": [_line(each) for each in found[:PAGE]], "next": following})


def _line(each: Decision) -> dict[str, Any]:
    later = [other for other in each.superseded_by if other.outcome.adopted]
    return {
        "number": each.number,
        "question": each.question,
        "matter": each.matter,
        "decided_by": each.body,
        "method": each.method,
        "outcome": each.outcome.value,
        "decided_at": each.decided_at.isoformat(),
        "door": each.door.value,
        "answers": register.tally_of(each).as_json(),
        "could_answer": each.roll_size,
        "replaced_by": later[-1].number if later else None,
        "url": url_for(".decision", number=each.number, _external=True),
    }


@bp.get("/<network:network>/decisions/<number>")
@allows(Can.READ)
def decision(network: Network, number: str) -> Response:
    """One decision, with all that stands beside it."""
    found = register.decision(network.id, number)
    now = shown.decision_standing(found, current_actor())
    return page(
        "decisions/decision.html",
        decision=found,
        now=now,
        tally=register.tally_of(found),
        changed=register.what_it_changed(found),
        not_applied=register.not_applied(found),
        headline=headline(found),
    )


@bp.get("/<network:network>/decisions/<number>.json")
@allows(Can.READ)
def decision_data(network: Network, number: str) -> Response:
    """One decision as data."""
    found = register.decision(network.id, number)
    now = shown.decision_standing(found, current_actor())
    beside = [{"kind": note.kind.value, "text": note.text, "at": note.at.isoformat()} for note in found.notes]
    return data_page(
        _line(found)
        | {"proposal": shown.as_data(now), "sha256": found.digest, "notes": beside}
        | {"after_waiting": found.after_waiting, "evidence": found.version.proposal.evidence}
    )


def headline(found: Decision) -> str:
    """A decision's outcome in words, with its numbers."""
    version = found.version
    needed = queries.rule_of(version).quorum.needed(found.roll_size)
    return words.headline(found.outcome, register.tally_of(found), needed, found.door)


@bp.get("/<network:network>/proposals")
@allows(Can.READ)
def proposals(network: Network) -> Response:
    """What is open now, and what its authors took back."""
    return page(
        "decisions/proposals.html",
        open_now=lists.open_now(network.id, current_actor()),
        taken_back=lists.taken_back(network.id),
        drafts=drafts.open_in(network.id, current_actor()),
    )


@bp.get("/<network:network>/proposals.json")
@allows(Can.READ)
def proposals_data(network: Network) -> Response:
    """What is open now, as data."""
    rows = lists.open_now(network.id)
    return data_page({"open": [{"id": row.version.proposal_id, "question": row.version.question,
                                "closes": row.version.deadline.isoformat()} for row in rows]})  # fmt: skip


@bp.get("/<network:network>/proposals/<int:proposal_id>")
@allows(Can.READ)
def proposal(network: Network, proposal_id: int) -> Any:
    """A proposal, with one's own answer first."""
    return answer_views.proposal_page(proposal_id, network, current_actor())


@bp.get("/<network:network>/proposals/<int:proposal_id>.json")
@allows(Can.READ)
def proposal_data(network: Network, proposal_id: int) -> Response:
    """A proposal as data."""
    found = shown.proposal_page(proposal_id, network, current_actor())
    earlier = [shown.as_data(each) for each in found.earlier]
    return data_page(shown.as_data(found.now) | {"earlier": earlier})
