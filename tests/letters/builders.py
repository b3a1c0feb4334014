"""Letters in any state that they can be in, by the same actions as everywhere."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.letters import actions, closing, queries, rules, sending
from govnet.letters.actions import LetterInput
from govnet.letters.models import Letter
from govnet.letters.sending import Sending
from govnet.people.models import Person
from tests.builders import acting
from tests.decisions.builders import one_transaction

TITLE = "Publish the minutes of the board"


def a_draft(network: Network, **changes: Any) -> LetterInput:
    """A letter that closes on the first day that the charter allows."""
    first = rules.soonest(clock.now(), rules_in_force(network.id), ZoneInfo(network.zone))
    typed = {
        "title": TITLE,
        "addressed_to": "The Minister",
        "text": "We, the undersigned, ask for **minutes**.",
        "closes": first,
    }
    return LetterInput(**{**typed, **changes})


def a_letter(
    network: Network, by: Person, *, party: str = "me", thread: Thread | None = None, **changes: Any
) -> int:
    """A letter open for names, with its author's under it."""
    with one_transaction():
        network = db.session.merge(network)
        actor = acting(by, network)
        made = actions.start(
            network, a_draft(network, **changes), party=party, thread=thread, by=actor, via=Door.WEB
        )
        return made.id


def the(letter_id: int) -> Letter:
    """The letter as it stands in the database."""
    db.session.expire_all()
    return queries.whole(letter_id)


def sign(letter_id: int, person: Person, party: str = "me") -> None:
    """The person puts that name under it, having read the newest words."""
    with one_transaction():
        letter = queries.whole(letter_id)
        by = acting(person, letter.network)
        actions.sign(letter, party, seen=letter.version, by=by, via=Door.WEB)


def closed(letter_id: int, time: MovedClock) -> None:
    """Its deadline passes, and the worker closes it."""
    time.move(to=the(letter_id).deadline)
    db.session.rollback()
    assert closing.close_due() == 1


def sent(letter_id: int, person: Person, *, on: date | None = None, due: date | None = None) -> None:
    """The person writes down that it was sent: today, if not said otherwise."""
    with one_transaction():
        letter = queries.whole(letter_id)
        day = on or clock.today(letter.network.zone)
        sending.sent(letter, Sending(day, "By post", due), by=acting(person, letter.network), via=Door.WEB)


def later(days: int) -> date:
    """So many days from today."""
    return clock.today("Europe/London") + timedelta(days=days)
