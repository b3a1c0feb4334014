"""The list of erasures is in the database and in the file beside it; each fills the gaps of the other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from sqlalchemy import event, inspect, select

from govnet.accounts.erasure import PersonGone, erase_again
from govnet.extensions import db
from govnet.kernel import clock, folders
from govnet.kernel.insertion import upsert
from govnet.kernel.statements import chunks
from govnet.kernel.transaction import let_go, transaction
from govnet.operations.backups import erasure_file
from govnet.operations.backups.erasure_file import AddressErasure, Erasure, Line
from govnet.operations.models import PersonErasure
from govnet.people.addresses import PersonErased, erased_digest
from govnet.people.models import ErasedAddress, Person, PersonEmail

log = structlog.get_logger()
_NEW = "govnet_erasures"


def note_person(gone: PersonGone) -> None:
    """In the transaction that erases somebody: a row of the list, and a line of the file once it is committed."""
    line = erasure_file.of_person(gone.person_id, gone.made_at, gone.at)
    _insert([line])
    db.session.info.setdefault(_NEW, []).append(line)


def note_addresses(erased: PersonErased) -> None:
    """The same of the addresses; their rows are people's."""
    at = clock.now().isoformat()
    lines = [AddressErasure(at, erased_digest(address)) for address in sorted(erased.addresses)]
    db.session.info.setdefault(_NEW, []).extend(lines)


@event.listens_for(db.session, "after_commit")
def _write_down(session: object) -> None:
    new = db.session.info.pop(_NEW, [])
    if not new:
        return
    try:
        erasure_file.merge(folders.data(), new)
    except OSError as error:  # the rows hold, and the worker tries the file again
        log.warning("the list of erasures could not be written", error=str(error))


def in_database() -> list[Line]:
    """The database's list, for any release of its tables; empty without one."""
    tables = set(inspect(db.engine).get_table_names())
    found: list[Line] = []
    if Person.__tablename__ in tables:
        people = select(Person.id, Person.created_at, Person.erased_at)
        found += [
            erasure_file.of_person(number, made, at)
            for number, made, at in db.session.execute(people.where(Person.erased_at.is_not(None)))
            if at
        ]
    if PersonErasure.__tablename__ in tables:
        rows = select(PersonErasure.person, PersonErasure.made_at, PersonErasure.at)
        found += [erasure_file.of_person(*row) for row in db.session.execute(rows)]
    if ErasedAddress.__tablename__ in tables:
        addresses = select(ErasedAddress.digest, ErasedAddress.at)
        found += [AddressErasure(at.isoformat(), digest) for digest, at in db.session.execute(addresses)]
    let_go()
    return erasure_file.join(found)


def write_file() -> int:
    """Put on the list beside the database what only the database knows; how many lines that were."""
    return erasure_file.merge(folders.data(), in_database())


def still_there() -> list[int]:
    """The people on either list whom the database has; numbers that others got since are left alone."""
    lines = erasure_file.join(in_database(), erasure_file.listed(folders.data()))
    made = {(one.person, one.made) for one in lines if isinstance(one, Erasure)}
    found: list[int] = []
    for some in chunks(sorted({person for person, _made in made})):
        rows = db.session.execute(
            select(Person.id, Person.created_at).where(Person.id.in_(some), Person.erased_at.is_(None))
        )
        found += [row.id for row in rows if (row.id, row.created_at.isoformat()) in made]
    let_go()
    return sorted(found)


def catch_up() -> int:
    """Join both lists, in both places, and erase again everybody on them who is there; how many people that were.

    Called before anything else runs: at the start, after a restore and after an upgrade. Raises OSError where the
    file cannot be read.
    """
    lines = erasure_file.join(in_database(), erasure_file.listed(folders.data()))
    again = still_there()
    missing = _missing_rows(lines)
    if missing:
        with transaction():
            _insert(missing)
    for person_id in again:
        with transaction():
            erase_again(person_id)
    try:
        write_file()
    except OSError as error:
        log.warning("the list of erasures could not be written", error=str(error))
    return len(again)


def _missing_rows(lines: Iterable[Line]) -> list[Line]:
    rows = select(PersonErasure.person, PersonErasure.made_at)
    people = {(row.person, row.made_at.isoformat()) for row in db.session.execute(rows)}
    addresses = set(db.session.scalars(select(ErasedAddress.digest)))
    lacking = [
        line
        for line in lines
        if (line.whose not in people if isinstance(line, Erasure) else line.address not in addresses)
    ]
    back = _came_back({line.address for line in lacking if isinstance(line, AddressErasure)})
    let_go()
    return [
        line for line in lacking if isinstance(line, Erasure) or line.at >= back.get(line.address, line.at)
    ]


def _came_back(digests: set[str]) -> dict[str, str]:
    """Those of these addresses that somebody proved, with when."""
    if not digests:
        return {}
    proved = select(PersonEmail.address, PersonEmail.verified_at).where(PersonEmail.verified_at.is_not(None))
    found = {}
    for address, at in db.session.execute(proved):
        digest = erased_digest(address)
        if at and digest in digests:
            found[digest] = at.isoformat()
    return found


def _insert(lines: Iterable[Line]) -> None:
    """Rows for these, but where there are some: several processes may start at once."""
    at = datetime.fromisoformat
    people = [
        {"person": line.person, "made_at": at(line.made), "at": at(line.at)}
        for line in lines
        if isinstance(line, Erasure)
    ]
    addresses = [
        {"digest": line.address, "at": at(line.at)} for line in lines if isinstance(line, AddressErasure)
    ]
    if people:
        db.session.execute(upsert(PersonErasure).on_conflict_do_nothing(), people)
    if addresses:
        db.session.execute(upsert(ErasedAddress).on_conflict_do_nothing(), addresses)
