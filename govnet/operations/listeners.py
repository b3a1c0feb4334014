"""What the worker does for whoever looks after the server: a sign of life, and the list of erasures."""

from __future__ import annotations

from govnet.accounts.erasure import Gone
from govnet.kernel.duties import believe_when, duty, forget_over
from govnet.kernel.signals import Starting, WorkBegins, WorkEnds, listen
from govnet.operations import beats, erasure_list, redaction, schema, standstill, upkeep
from govnet.operations.clock_check import ClockCheck
from govnet.people.addresses import PersonErased


def bind() -> None:
    """Have these called."""
    believe_when(ClockCheck().holds)
    duty("say that the worker lives", beats.beat, seconds=20, by_clock=False)
    duty("remove names that are for members", redaction.remove_names, seconds=3600, by_clock=False)
    duty("look through the database", upkeep.look, seconds=600, by_clock=False)
    duty("forget what is over", forget_over, seconds=3600)
    duty("write down who was erased", erasure_list.write_file, seconds=600, by_clock=False)
    listen(Gone, erasure_list.note_person)
    listen(PersonErased, erasure_list.note_addresses)
    listen(Starting, _before_anything_runs)
    listen(WorkBegins, _begin)
    listen(WorkEnds, _end)


def _before_anything_runs(_starting: Starting) -> None:
    """The tables are looked at, and whoever was erased and is there again goes."""
    schema.check()
    standstill.check()
    erasure_list.catch_up()


def _begin(_begins: WorkBegins) -> None:
    beats.begin()


def _end(_ends: WorkEnds) -> None:
    beats.end()
