"""What the worker does for whoever looks after the server: a sign of life, and the list of erasures."""

from __future__ import annotations

import socket

from govnet import __version__
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import duty
from govnet.kernel.transaction import transaction
from govnet.operations import backups
from govnet.operations.models import WorkerBeat


def bind() -> None:
    """Have the worker call these."""
    duty("say that the worker lives", beat, seconds=20)
    duty("list the erased outside the database", backups.note_erasures, seconds=20)


def beat() -> int:
    """Write down that this machine's worker is alive."""
    host = socket.gethostname()[:200]
    with transaction():
        row = db.session.get(WorkerBeat, host)
        if row is None:
            row = WorkerBeat(host=host)
            db.session.add(row)
        row.at, row.release = clock.now(), __version__
    return 1
