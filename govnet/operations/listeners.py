"""What the worker does for whoever looks after the server: a sign of life."""

from __future__ import annotations

import socket

from govnet import __version__
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import duty
from govnet.kernel.transaction import transaction
from govnet.operations.models import WorkerBeat


def bind() -> None:
    """Have the worker call this."""
    duty("say that the worker lives", beat, seconds=20)


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
