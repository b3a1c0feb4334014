"""Signs of life of the workers: a row for each process, which it takes away when it ends as it should."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Row, delete, inspect, select

from govnet import __version__
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.errors import GovnetError
from govnet.kernel.insertion import row_of
from govnet.kernel.transaction import in_transaction, let_go, transaction
from govnet.operations.models import WorkerBeat

ALIVE = timedelta(seconds=90)
"""A worker that gave no sign of life for so long is dead."""
_FORGOTTEN = timedelta(days=1)
"""The time after which a dead one is no longer reported."""


class WorkerLives(GovnetError):
    """A worker is running, and the command needs that none is."""


def beat() -> int:
    """Write down that this process works, and forget those who were silent for a day."""
    with transaction():
        _write_beat()
        db.session.execute(delete(WorkerBeat).where(WorkerBeat.at < clock.now() - _FORGOTTEN))
    return 1


def _write_beat() -> None:
    row = row_of(WorkerBeat, host=_host(), pid=os.getpid(), at=clock.now(), release=__version__)
    row.at, row.release = clock.now(), __version__


def begin() -> None:
    """The first sign of life, before any duty. Workers of this machine whose processes are gone are forgotten."""
    with transaction():
        _write_beat()
        here = select(WorkerBeat.pid).where(WorkerBeat.host == _host())
        dead = [pid for pid in db.session.scalars(here) if not _runs(pid)]
        db.session.execute(delete(WorkerBeat).where(WorkerBeat.host == _host(), WorkerBeat.pid.in_(dead)))


def end() -> None:
    """This process ends as it should: it is missed by nobody."""
    with transaction():
        mine = (WorkerBeat.host == _host(), WorkerBeat.pid == os.getpid())
        db.session.execute(delete(WorkerBeat).where(*mine))


def refuse_while_one_lives() -> None:
    """Raises WorkerLives where one gave a sign of life in the last minute and a half; asks tables of any release."""
    if not inspect(db.engine).has_table(WorkerBeat.__tablename__):
        return
    beat = _newest()
    if beat is not None and beat.at > clock.now() - ALIVE:
        raise WorkerLives(
            f"A worker is running on {beat.host}. Stop govnet everywhere and try again; after a worker "
            "that was killed, "
            "wait a minute and a half."
        )


def _newest() -> Row[str, datetime] | None:
    """Of the columns that tables of every release have."""
    query = select(WorkerBeat.host, WorkerBeat.at).order_by(WorkerBeat.at.desc()).limit(1)
    found = db.session.execute(query).first()
    if not in_transaction():
        let_go()  # an upgrade makes this very table anew
    return found


def silent() -> Sequence[WorkerBeat]:
    """Workers that stopped without ending as they should, the latest first."""
    over = WorkerBeat.at <= clock.now() - ALIVE
    return db.session.scalars(select(WorkerBeat).where(over).order_by(WorkerBeat.at.desc())).all()


def elsewhere() -> str:
    """A machine on which a worker lives, where none does on this one; empty otherwise."""
    alive = select(WorkerBeat.host).where(WorkerBeat.at > clock.now() - ALIVE).order_by(WorkerBeat.at.desc())
    hosts = db.session.scalars(alive).all()
    return "" if not hosts or _host() in hosts else hosts[0]


def look() -> tuple[bool, str]:
    """For `govnet doctor`: whether a worker lives, and whether one of several died."""
    query = select(WorkerBeat).where(WorkerBeat.at > clock.now() - ALIVE).order_by(WorkerBeat.at.desc())
    alive, dead = db.session.scalars(query).all(), silent()
    if not alive and not dead:
        return False, _("no worker is running: start “govnet serve” or “govnet worker”.")
    if dead:
        stopped = _(
            "the worker on %(host)s (process %(pid)s) gave its last sign of life %(when)s UTC and did not "
            "end as it should.",
            host=dead[0].host, pid=dead[0].pid, when=f"{dead[0].at:%Y-%m-%d %H:%M}",
        )  # fmt: skip
        return False, f"{stopped} {_('Workers that run: %(number)s.', number=len(alive))}"
    seconds = int((clock.now() - alive[0].at).total_seconds())
    words = _(
        "%(number)s at work; last sign of life on %(host)s %(seconds)s seconds ago",
        number=len(alive), host=alive[0].host, seconds=seconds,
    )  # fmt: skip
    return True, words


def _host() -> str:
    return socket.gethostname()[:200]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
