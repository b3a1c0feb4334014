"""Acts of a person on their own account: the name, the password, the news that they have read."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.accounts.events import Renamed
from govnet.accounts.models import CaughtUp
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.insertion import upsert
from govnet.kernel.person_names import can_be_read
from govnet.kernel.transaction import let_go
from govnet.membership.networks import belongings
from govnet.people import persons
from govnet.people.models import Person
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record
from govnet.record.models import ChainHead
from govnet.sign_in import passwords, rules, sessions
from govnet.sign_in.models import SignedInSession


def rename(name: str, *, by: Actor, via: Door) -> None:
    """Change the person's name; each network she belongs to keeps both in its record."""
    act = require(by, Can.OWN, None, via)
    if not can_be_read(name):
        raise RuleBroken(_("Enter a name that people can read"), field="name")
    person = db.session.get_one(Person, by.person_id)
    before, person.name = person.name, name
    if before == name:
        return
    for place in belongings(person.id):
        record(
            Renamed(
                act=act.within(place.network),
                person=person,
                before=before,
                after=name,
            )
        )


def set_shown(zone: str | None, language: str, *, by: Actor) -> None:
    """The language of her pages and mail, and the zone of the times she sees; None: each network's own."""
    check_right(by, Can.OWN)
    person = db.session.get_one(Person, by.person_id)
    person.zone, person.locale = zone, language


def password_hash(password: str, *, by: Actor) -> str:
    """Check a new password and hash it. Slow: call it before the transaction, so that nobody waits for its lock.

    Raises RuleBroken for one that is easily guessed, Busy where too many are hashed already.
    """
    check_right(by, Can.OWN)
    address = persons.main_address(by.person_id or 0)
    networks = [
        text for place in belongings(by.person_id or 0) for text in (place.network.name, place.network.slug)
    ]
    fault = rules.password_fault(password, (by.name, address, *address.split("@"), *networks, "govnet"))
    if fault is not None:
        raise RuleBroken(_password_words(fault), field="password")
    let_go()
    return passwords.hashed(password, passwords.Asker(f"person {by.person_id}", known=True))


def _password_words(fault: rules.PasswordFault) -> str:
    words: dict[rules.PasswordFault, str] = {
        rules.PasswordFault.SHORT: _("Use at least %(n)s characters. Four words in a row are easy to "
            "remember.",
                                     n=rules.PASSWORD_SHORTEST),
        rules.PasswordFault.LONG: _("Use at most %(n)s characters.", n=rules.PASSWORD_LONGEST),
        rules.PasswordFault.PLAIN: _("This password is easy to guess, for a person or a computer. Four "
            "words in a row that have nothing to do with each other are better."),
        rules.PasswordFault.OWN: _("Others know your name, your address and your network. Use something "
            "that only you know, "
                                   "such as four words in a row."),
    }  # fmt: skip
    return words[fault]


def set_password(hashed: str | None, *, by: Actor, keep_session: int) -> None:
    """Sign in with this from now on (None: by mailed links alone); every other browser is signed out."""
    check_right(by, Can.OWN)
    person = db.session.get_one(Person, by.person_id)
    person.password_hash = hashed
    sessions.end_all_sessions(person.id, but=keep_session)


def person_with_password(address: str, password: str, asker: passwords.Asker) -> int | None:
    """The person with this address and password, or None. Takes as long whether or not there is anybody. Outside transaction().

    Raises Busy where the asker, or too many others, wait already.
    """
    person = persons.person_by_email(address)
    person_id, stored = (person.id, person.password_hash) if person is not None else (None, None)
    let_go()  # who waits for a turn keeps no connection from those who read
    return person_id if passwords.fits(stored, password, asker) else None


def keep_renewed(person_id: int, renewed: str) -> None:
    """Store the same password's stronger hash, made when it was typed."""
    db.session.get_one(Person, person_id).password_hash = renewed


def end_own_session(session_id: int, *, by: Actor) -> None:
    """Sign out one of the person's own browsers; somebody else's stay as they are."""
    check_right(by, Can.OWN)
    row = db.session.get(SignedInSession, session_id)
    if row is not None and row.person_id == by.person_id:
        sessions.end_session(session_id)


def end_all_own_sessions(*, by: Actor) -> None:
    """Sign out everywhere."""
    check_right(by, Can.OWN)
    sessions.end_all_sessions(by.person_id or 0)


def mark_read(upto: Mapping[int, int], *, by: Actor) -> None:
    """The person has read each network's record up to that number: never less than before, never entries that do not exist."""
    check_right(by, Can.OWN)
    heads = select(ChainHead.network_id, ChainHead.number).where(ChainHead.network_id.in_(upto))
    for network_id, newest in db.session.execute(heads.order_by(ChainHead.network_id)).all():
        mark = {"number": min(upto[network_id], newest), "at": clock.now()}
        row = upsert(CaughtUp).values(person_id=by.person_id, network_id=network_id, **mark)
        further = row.on_conflict_do_update(
            index_elements=["person_id", "network_id"], set_=mark, where=CaughtUp.number <= mark["number"]
        )
        db.session.execute(further)
