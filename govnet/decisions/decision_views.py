"""One decision with all that stands beside it, as a page and as data."""

from __future__ import annotations

from flask import Response

from govnet.charter.models import Network
from govnet.decisions import queries, register, shown, words
from govnet.decisions.blueprint import bp
from govnet.decisions.book import Decision
from govnet.decisions.register_views import line
from govnet.kernel.pages import data_page, page
from govnet.permissions import Can, allows, current_actor


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
        line(found, network)
        | {"proposal": shown.as_data(now), "sha256": found.digest, "notes": beside}
        | {"after_waiting": found.after_waiting, "evidence": found.version.proposal.evidence}
    )


def headline(found: Decision) -> str:
    """A decision's outcome in words, with its numbers."""
    version = found.version
    needed = queries.rule_of(version).quorum.needed(found.roll_size)
    return words.headline(found.outcome, register.tally_of(found), needed, found.door)
