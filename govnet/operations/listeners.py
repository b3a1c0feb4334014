"""What the worker does for whoever looks after the server: a sign of life, and the list of erasures."""

from __future__ import annotations

import socket

from govnet import __version__
from govnet.accounts.erasure import Gone
from govnet.kernel import clock
from govnet.kernel.duties import believe_when, duty, forget_over
from govnet.kernel.events import Starting, listen
from govnet.kernel.insertion import row_of
from govnet.kernel.transaction import transaction
from govnet.operations import erasure_list, redaction, schema, upkeep
from govnet.operations.clock_check import ClockCheck
from govnet.operations.models import WorkerBeat
from govnet.people.addresses import PersonErased


def bind() -> None:
    """Have these called."""
    believe_when(ClockCheck().holds)
    duty("say that the worker lives", beat, seconds=20, by_clock=False)
    duty("remove names that are for members", redaction.remove_names, seconds=3600, by_clock=False)
    duty("look through the database", upkeep.look, seconds=600, by_clock=False)
    duty("forget what is over", forget_over, seconds=3600)
    duty("write down who was erased", erasure_list.write_file, seconds=600, by_clock=False)
    listen(Gone, erasure_list.note_person)
    listen(PersonErased, erasure_list.note_addresses)
    listen(Starting, _before_anything_runs)


def _before_anything_runs(_starting: Starting) -> None:
    """The tables are looked at, and whoever was erased and is there again goes."""
    schema.check()
    erasure_list.catch_up()


def beat() -> int:
    """Write down that this machine's worker is alive."""
    host = socket.gethostname()[:200]
    with transaction():
        row = row_of(WorkerBeat, host=host, at=clock.now(), release=__version__)
        row.at, row.release = clock.now(), __version__
    return 1
