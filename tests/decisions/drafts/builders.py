"""Drafts, as people write, want and change them."""

from __future__ import annotations

from govnet.charter.models import Network
from govnet.decisions.drafts import actions, queries
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import Proposal
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from govnet.record.models import Entry
from tests.builders import acting
from tests.decisions.builders import (
    QUESTION,
)

WORDS = Wording(QUESTION, "Nine seats, **one each year** up again.")


def a_draft(network: Network, by: Person, words: Wording = WORDS, **ask: object) -> Draft:
    """Something drafted by this person."""
    with transaction():
        network = db.session.merge(network)
        asked = Ask(str(ask.pop("matter", "statement")), **ask)  # type: ignore[arg-type]
        return actions.save(network, words, asked, by=acting(by, network), via=Door.WEB)


def wanted(draft: Draft, network: Network, *people: Person) -> None:
    """Each of the people wants it asked."""
    for person in people:
        with transaction():
            row = db.session.get(Draft, draft.id)
            seen = queries.seen(row) if row is not None else ""
            actions.sponsor(draft.id, seen, by=acting(person, network), via=Door.WEB)


def changed(draft: Draft, network: Network, by: Person, words: Wording, **ask: object) -> None:
    with transaction():
        asked = Ask("statement", **ask)  # type: ignore[arg-type]
        actions.change(draft.id, words, asked, by=acting(by, network), via=Door.WEB)


def asked_now(draft: Draft, network: Network, by: Person) -> Proposal:
    with transaction():
        return actions.ask_it(draft.id, None, by=acting(by, network), via=Door.WEB)


def verbs() -> list[str]:
    return list(db.session.scalars(db.select(Entry.verb).order_by(Entry.id)))
