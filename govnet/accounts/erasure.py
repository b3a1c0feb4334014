"""Removes somebody's name: personal data go, the network's acts stay, and a restore does not bring her back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from govnet.accounts import personal
from govnet.accounts.events import Erased, Renamed
from govnet.charter.models import Network
from govnet.decisions import personal as decisions
from govnet.extensions import db
from govnet.forum import personal as forum
from govnet.kernel import clock
from govnet.kernel.actor import OPERATOR_SHELL, Act, Actor, Authority, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.signals import emit
from govnet.kernel.statements import chunks
from govnet.mail.preferences.actions import forget_person
from govnet.membership import personal as membership
from govnet.membership.networks import belongings
from govnet.offices import personal as offices
from govnet.people.addresses import PersonErased, owner, remember_erased
from govnet.people.models import Person, PersonEmail
from govnet.permissions import Can, require
from govnet.record.actions import append_collected, erase_words, record
from govnet.record.models import Entry
from govnet.record.queries import details
from govnet.sign_in.models import AddressChange

FORGETTERS: tuple[Callable[[int], Iterable[str] | None], ...] = (
    decisions.forget,
    forum.forget,
    membership.forget,
    offices.forget,
    forget_person,
)
"""Each feature, from the top floor down, ends what a person holds (memberships, terms, speaking for organisations), in
the same transaction, before the columns that tables declare as theirs are emptied. It may return further references
("application:7") whose entries in the record hold their words; those words go too."""
PROMISE = "remove"
"""The word to type to confirm that it is meant."""


@dataclass(frozen=True)
class PersonGone:
    """Emitted in the transaction that erases somebody; operations keep a list outside the database."""

    person_id: int
    made_at: datetime
    at: datetime


def erase_oneself(typed: str, *, by: Actor, via: Door) -> None:
    """Remove the actor's own name, for good. Raises RuleBroken unless the word was typed."""
    under = require(by, Can.OWN, None, via).under
    if typed.strip().casefold().strip("“”\"'.") != PROMISE:
        raise RuleBroken(_("To confirm, type the word “%(word)s”", word=PROMISE), field="word")
    erase(db.session.get_one(Person, by.person_id), under=under, via=via)


def erase(person: Person, *, under: Authority, via: Door) -> None:
    """Empty all personal data, and the words of every entry by or about her; the chain still verifies.

    Her holdings end, her votes with others stay counted, and the networks are notified that somebody went.
    """
    networks = {place.network.id: place.network for place in belongings(person.id)}
    spelt = PersonErased(frozenset(_names(person)), frozenset(_own_addresses(person.id)))
    named = forget_everywhere(person.id) | personal.references(person.id)
    append_collected()  # what features said of her going has her words too
    spoken_in = set(_erase_words(person.id, named))
    emit(spelt)
    personal.empty(person.id, spelt.addresses)
    for network_id in sorted(spoken_in - set(networks)):
        networks[network_id] = db.session.get_one(Network, network_id)
    for network in networks.values():
        record(Erased(act=Act(Actor(person.id), under, via, network.id), person=person))
    for address in spelt.addresses:
        remember_erased(address)
    emit(PersonGone(person.id, person.created_at, clock.now()))


def forget_everywhere(person_id: int) -> set[str]:
    """Have every feature end what the person holds; returns the references that they named."""
    named: set[str] = set()
    for forget in FORGETTERS:
        named.update(forget(person_id) or ())
    return named


def _names(person: Person) -> Iterator[str]:
    """Her name, and her earlier names."""
    yield person.name
    renamed = select(Entry).where(Entry.subject == f"person:{person.id}", Entry.verb == Renamed.verb)
    for entry in db.session.scalars(renamed.where(Entry.words.is_not(None))):
        yield str(details(entry)["before"])


def _own_addresses(person_id: int) -> set[str]:
    """Hers now and lately; not one that is somebody else's by now, or was somebody else's all along."""
    hers = set(_addresses(person_id))
    return {address for address in hers if getattr(owner(address), "person_id", person_id) == person_id}


def _addresses(person_id: int) -> Iterator[str]:
    yield from db.session.scalars(select(PersonEmail.address).where(PersonEmail.person_id == person_id))
    moves = select(AddressChange).where(AddressChange.person_id == person_id)
    for row in db.session.scalars(moves):
        if row.confirmed_at is not None:  # an address that was only typed may be a stranger's
            yield row.address
            yield row.old_address or row.address


def erase_again(person_id: int) -> None:
    """After a restore: erase somebody whom the backup still contained."""
    erase(db.session.get_one(Person, person_id), under=OPERATOR_SHELL, via=Door.CLI)


def _erase_words(person_id: int, named: Collection[str]) -> Iterator[int]:
    """Erase the words of the entries; yields the networks whose record they are in."""
    for some in chunks(sorted(named)):
        about = or_(Entry.actor_id == person_id, Entry.subject.in_(some))
        query = select(Entry).where(about, Entry.words.is_not(None))
        for entry in db.session.scalars(query):
            erase_words(entry)
            yield entry.network_id
