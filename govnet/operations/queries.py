"""Queries for the operator's actions and pages."""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import set_aside
from govnet.kernel.outage import READ_ONLY, UNREACHABLE, Outage, noted, outage_of
from govnet.kernel.transaction import WRITE, let_go
from govnet.mail.queries import MailTrouble
from govnet.mail.queries import trouble as mail_trouble
from govnet.operations.models import Backup, ClockDoubt, FoundingLink, WorkerBeat
from govnet.people.models import OperatorGrant, Person
from govnet.record.models import ChainHead

LEAST_ROOM = 1024 * 1024
"""Bytes: with less left beside the database, the next write may fail."""


def slug_taken(slug: str) -> bool:
    """Whether a network has that address."""
    return db.session.scalar(select(Network.id).where(Network.slug == slug)) is not None


def founding_until() -> datetime | None:
    """Until when a link that founds a network can be used; None where there is none."""
    open_ones = (FoundingLink.used_at.is_(None), FoundingLink.expires_at > clock.now())
    return db.session.scalar(select(func.max(FoundingLink.expires_at)).where(*open_ones))


def link_by_digest(digest: str) -> FoundingLink | None:
    """The founding link whose token has that SHA-256."""
    return db.session.scalar(select(FoundingLink).where(FoundingLink.digest == digest))


def chained_networks() -> Sequence[Network]:
    """Every network, in the order in which chains are locked."""
    return db.session.scalars(select(Network).order_by(Network.id)).all()


def open_grant(person_id: int) -> OperatorGrant | None:
    """The grant by which somebody looks after the server, if they do."""
    query = select(OperatorGrant).where(
        OperatorGrant.person_id == person_id, OperatorGrant.ended_at.is_(None)
    )
    return db.session.scalar(query)


def operators() -> Sequence[str]:
    """The names of those who look after the server."""
    return [person.name for person in people_operating()]


def people_operating() -> Sequence[Person]:
    """Those who look after the server now."""
    query = select(Person).join(OperatorGrant, OperatorGrant.person_id == Person.id)
    return db.session.scalars(query.where(OperatorGrant.ended_at.is_(None)).order_by(Person.name)).all()


def last_backup() -> Backup | None:
    """The newest backup that was written whole."""
    return db.session.scalar(select(Backup).order_by(Backup.at.desc()).limit(1))


def how_many_networks() -> int:
    """How many networks this server keeps."""
    return db.session.scalar(select(func.count()).select_from(Network)) or 0


def last_beat() -> WorkerBeat | None:
    """The worker that gave the newest sign of life."""
    return db.session.scalar(select(WorkerBeat).order_by(WorkerBeat.at.desc()).limit(1))


def backups(limit: int = 5) -> Sequence[Backup]:
    """The newest backups."""
    return db.session.scalars(select(Backup).order_by(Backup.at.desc()).limit(limit)).all()


def networks_with_heads() -> Sequence[Any]:
    """Every network with its record's last number and hash."""
    query = select(Network, ChainHead.number, ChainHead.hash).join(
        ChainHead, ChainHead.network_id == Network.id
    )
    return db.session.execute(query.order_by(Network.name)).all()


def answers() -> bool:
    """Whether the database answers at all."""
    try:
        return db.session.scalar(select(1)) == 1
    except SQLAlchemyError:
        return False


def outage() -> Outage | None:
    """The obstacle that keeps the database from being written, if any; nothing is written to find out."""
    try:
        if db.engine.dialect.name == "sqlite":
            _room_for_more()
        elif db.session.scalar(text("SHOW transaction_read_only")) == "on":
            return READ_ONLY
    except (SQLAlchemyError, OSError) as error:
        return outage_of(error) or UNREACHABLE
    finally:
        with suppress(SQLAlchemyError):
            let_go()
    return noted()


def _room_for_more() -> None:
    """Let the file grow, and take it back. Raises what a write would raise."""
    file = db.engine.url.database
    if file and os.path.exists(file) and shutil.disk_usage(file).free < LEAST_ROOM:
        raise OSError(errno.ENOSPC, "less than a megabyte is free")
    let_go()
    writing: Any = {WRITE: 1.0}
    connection = db.session.connection(execution_options=writing)
    connection.execute(text("CREATE TABLE room_for_more AS SELECT zeroblob(65536) AS x"))


def duties_set_aside() -> str:
    """For a monitor: the names of duties that failed at something, and at how many things; empty where all is well."""
    return "".join(f"set aside: {name} ({count})\n" for name, count in sorted(set_aside_by_duty().items()))


def set_aside_by_duty() -> dict[str, int]:
    """At how many things each duty failed for good; at most a hundred in all."""
    return dict(Counter(one.duty for one in set_aside()))


def clock_doubts() -> Sequence[ClockDoubt]:
    """The machines whose clock is not believed, by name."""
    return db.session.scalars(select(ClockDoubt).order_by(ClockDoubt.host)).all()


def refused() -> bool:
    """Whether the mail server refused so much that mail waits."""
    found = mail_trouble()
    line = found.line
    return found.refused or (line is not None and bool(line.tripped_at or line.troubles))


def trouble() -> MailTrouble:
    """The obstacle that keeps mail from going."""
    return mail_trouble()
