"""What the decisions bring to the floors below and to the worker."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from govnet.accounts.waiting import Group, news, waits
from govnet.accounts.yours import forget, yours
from govnet.charter.events import CharterChanged
from govnet.charter.queries import decisions_are_named_by
from govnet.decisions import (
    closing,
    draft_events,
    drafts,
    effects,
    elsewhere,
    evidence_events,
    leaving,
    readiness,
    register,
    review_events,
    rewording,
    trials,
    verifying,
)
from govnet.decisions.draft_events import DraftSaved
from govnet.decisions.events import ProposalDecided
from govnet.decisions.lists import to_answer_in_place, unanswered
from govnet.decisions.review_events import EarlierHolds, TrialEnded
from govnet.kernel.duties import duty
from govnet.record import registry


def _proposal(network: Any, key: int) -> str:
    return url_for("decisions.proposal", network=network, proposal_id=key)


def _draft(network: Any, key: int) -> str:
    return url_for("decisions.draft", network=network, draft_id=key, _anchor="ask")


def bind() -> None:
    """Name decisions for the charter's pages, say what waits for whom, and close and remind when it is time."""
    registry.learn(review_events)
    registry.learn(evidence_events)
    registry.learn(draft_events)
    waits(
        "decisions.answer",
        unanswered,
        asks=_l("Your answer"),
        link=_proposal,
        in_place="decisions/_waiting.html",
        load=to_answer_in_place,
    )
    waits("decisions.ask", readiness.to_ask, asks=_l("Ask it now"), link=_draft)
    yours("decisions", leaving.held)
    forget(leaving.forget)
    news(Group.DECIDED, ProposalDecided.verb, TrialEnded.verb, EarlierHolds.verb, CharterChanged.verb)
    news(Group.NEWS, DraftSaved.verb, where=drafts.still_open)
    decisions_are_named_by(register.named)
    verifying.bind()
    duty("close proposals", closing.close_due)
    duty("tell what was decided elsewhere", elsewhere.tell_due, seconds=5)
    duty("ask again in new words", rewording.ask_due, seconds=5)
    duty("keep the dates of decisions", trials.remind_due, seconds=20)
    duty("say that drafts can be asked", readiness.tell_due, seconds=30)
    duty("put decided rules into force", effects.apply_due, seconds=30)
    duty("remind of the last day", closing.remind_due, seconds=30)
