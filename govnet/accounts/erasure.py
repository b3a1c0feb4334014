"""Removing somebody's name: what is hers goes, what the network did stays, and a restore does not bring her back."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update

from govnet.accounts.belonging import networks_of
from govnet.accounts.events import Erased
from govnet.accounts.models import (
    AddressChange,
    OperatorGrant,
    Person,
    PersonEmail,
    CaughtUp,
    SignedInSession,
    SignInLink,
)
from govnet.accounts.rules import keyed_digest
from govnet.accounts.yours import forget_everywhere
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SYSTEM, Actor, Authority, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, require
from govnet.record.actions import erase_words, record
from govnet.record.models import Entry
from govnet.record.rules import stamp

_MANY = 900
LIST = "erasures.jsonl"
"""Beside the database, not in it: keyed digests of who was erased, so that a restore can do it again."""
PROMISE = "remove"
"""What one types to say that it is meant."""


def erase_oneself(typed: str, *, by: Actor, via: Door) -> None:
    """Remove the actor's own name, for good. Raises RuleBroken unless the word was typed."""
    authority = require(by, Can.OWN)
    if typed.strip().casefold().strip("“”\"'.") != PROMISE:
        raise RuleBroken(_("Type the word “%(word)s” to say that you mean it", word=PROMISE), field="word")
    erase(db.session.get_one(Person, by.person_id), under=authority, via=via)


def erase(person: Person, *, under: Authority, via: Door) -> None:
    """Empty everything that is the person's, and the words of every entry by or about her; the chain still verifies.

    What she held ends, what she decided with others stays counted, and the networks are told that somebody went.
    """
    networks = {place.network.id: place.network for place in networks_of(person.id)}
    named = forget_everywhere(person.id) | {f"person:{person.id}"}
    spoken_in = set(_erase_words(person.id, named))
    for table in (PersonEmail, AddressChange, SignInLink, SignedInSession, CaughtUp):
        db.session.execute(delete(table).where(table.person_id == person.id))
    held = (OperatorGrant.person_id == person.id, OperatorGrant.ended_at.is_(None))
    db.session.execute(update(OperatorGrant).where(*held).values(ended_at=clock.now()))
    person.name, person.password_hash, person.zone, person.locale = "", None, None, "en"
    person.erased_at = clock.now()
    for network_id in sorted(spoken_in - set(networks)):
        networks[network_id] = db.session.get_one(Network, network_id)
    nameless = Actor(person_id=person.id)
    for network in networks.values():
        record(Erased(network=network, by=nameless, under=under, via=via, person=person))
    db.session.flush()  # nothing is written to the list that the database refuses
    _note(person)


def _erase_words(person_id: int, named: Collection[str]) -> Iterator[int]:
    """Take the words out of the entries; yields the networks whose record they are in."""
    subjects = sorted(named)
    for start in range(0, len(subjects), _MANY):
        about = Entry.subject.in_(subjects[start : start + _MANY])
        query = select(Entry).where(or_(Entry.actor_id == person_id, about), Entry.words.is_not(None))
        for entry in db.session.scalars(query):
            erase_words(entry)
            yield entry.network_id


def _mark(person: Person) -> str:
    key = str(current_app.config["MAIL_KEY"])
    return keyed_digest(key, "erased person", f"{person.id} {stamp(person.created_at)}")


def _list() -> Path:
    return Path(current_app.config["DATA_DIR"]) / LIST


def _note(person: Person) -> None:
    """Add the erasure to the list, on disk before the commit: rather one too many than one forgotten."""
    line = json.dumps({"at": stamp(clock.now()), "person": _mark(person)}) + "\n"
    with open(_list(), "a", encoding="ascii", opener=_private) as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _noted() -> set[str]:
    """Everybody on the list; a line that a crash tore is passed over."""
    if not _list().exists():
        return set()
    marks = set()
    for line in _list().read_text(encoding="ascii", errors="replace").splitlines():
        try:
            marks.add(str(json.loads(line)["person"]))
        except (ValueError, KeyError, TypeError):
            continue
    return marks


def apply_erasures() -> int:
    """After a restore: erase again whoever was erased since the backup; returns how many. Opens its own transactions."""
    noted = _noted()
    if not noted:
        return 0
    people = db.session.scalars(select(Person).where(Person.erased_at.is_(None)))
    again = [person.id for person in people if _mark(person) in noted]
    for person_id in again:
        with transaction():
            erase(db.session.get_one(Person, person_id), under=SYSTEM, via=Door.CLI)
    return len(again)
