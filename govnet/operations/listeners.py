"""Checks when a process begins or ends, and when somebody removes their name."""

from __future__ import annotations

from govnet.accounts.erasure import PersonGone
from govnet.kernel.duties import believe_when
from govnet.kernel.signals import Starting, WorkBegins, WorkEnds, listen
from govnet.operations.backups import erasure_list, restored_copy
from govnet.operations.database import schema
from govnet.operations.health import heartbeats
from govnet.operations.health.clock_check import ClockCheck
from govnet.people.addresses import PersonErased


def bind() -> None:
    """Have these called."""
    believe_when(ClockCheck().holds)
    listen(PersonGone, erasure_list.note_person)
    listen(PersonErased, erasure_list.note_addresses)
    listen(Starting, _before_anything_runs)
    listen(WorkBegins, _begin)
    listen(WorkEnds, _end)


def _before_anything_runs(_starting: Starting) -> None:
    """The tables are checked, and people who were erased and are there again go."""
    schema.check()
    restored_copy.check()
    erasure_list.catch_up()


def _begin(_begins: WorkBegins) -> None:
    heartbeats.begin()


def _end(_ends: WorkEnds) -> None:
    heartbeats.end()
