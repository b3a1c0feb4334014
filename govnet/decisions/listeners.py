"""What the decisions bring to the floors below and to the worker."""

from govnet.charter.queries import decisions_are_named_by
from govnet.decisions import (
    closing,
    draft_events,
    effects,
    elsewhere,
    evidence_events,
    readiness,
    register,
    review_events,
    rewording,
    trials,
    verifying,
)
from govnet.kernel.duties import duty
from govnet.record import registry


def bind() -> None:
    """Name decisions for the charter's pages, say what waits for whom, and close and remind when it is time."""
    registry.learn(review_events)
    registry.learn(evidence_events)
    registry.learn(draft_events)
    decisions_are_named_by(register.named)
    verifying.bind()
    duty("close proposals", closing.close_due)
    duty("tell what was decided elsewhere", elsewhere.tell_due, seconds=5)
    duty("ask again in new words", rewording.ask_due, seconds=5)
    duty("keep the dates of decisions", trials.remind_due, seconds=20)
    duty("say that drafts can be asked", readiness.tell_due, seconds=30)
    duty("put decided rules into force", effects.apply_due, seconds=30)
    duty("remind of the last day", closing.remind_due, seconds=30)
