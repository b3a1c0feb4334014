"""Plays the demo's history: the same founding and the same actions as everywhere, with the clock in the past."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from govnet.charter.models import ACCENTS, RESERVED
from govnet.demo import announcements, decisions, drafts, forum, letters, members
from govnet.demo.files import read
from govnet.demo.stage import Calendar, Stage
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SHELL, Door
from govnet.kernel.transaction import let_go
from govnet.operations.founding.actions import found
from govnet.operations.founding.file import read_founding
from govnet.record.models import Entry

ZONE = ZoneInfo("Europe/London")
FOUNDED = 200
"""Days ago at which the network began to be kept here."""
TOLD_LATELY = timedelta(days=3)
"""Events of the last days are notified by mail, hour by hour; for earlier ones this was done long ago."""


def play() -> int:
    """Make everything from the data files, ending at the present; returns how many things happened."""
    calendar = Calendar(clock.now(), ZONE)
    stage = Stage(read(calendar), calendar)
    with clock.moved_to(calendar.at(-FOUNDED, 10)) as moving:
        stage.days_ago(FOUNDED, 10, lambda: _found(stage))
        members.plan(stage)
        forum.plan(stage)
        decisions.plan(stage)
        drafts.plan(stage)
        letters.plan(stage)
        announcements.plan(stage)
        _post_office(stage)
        count = stage.play(moving)
    return count


def _found(stage: Stage) -> None:
    table = tomllib.loads(stage.facts.founding)
    network = found(read_founding(table, reserved=RESERVED, accents=ACCENTS), by=SHELL, via=Door.CLI)
    db.session.flush()  # everything else happens in it
    stage.network_id = network.id
    members.know(stage)


def _post_office(stage: Stage) -> None:
    """Every few days mails leave for real, dated then. Old ones need not be sent again; those of the last days are."""
    for days in range(FOUNDED, TOLD_LATELY.days, -5):
        stage.at(stage.calendar.at(-days, 23), announcements.send, alone=True)
    lately = stage.calendar.now - TOLD_LATELY
    stage.at(lately, lambda: announcements.mark_as_told(lately))
    for hours in range(int(TOLD_LATELY.total_seconds() // 3600), 0, -3):
        stage.at(
            stage.calendar.now - timedelta(hours=hours, minutes=-3), announcements.tell_and_send, alone=True
        )
    stage.at(stage.calendar.now, announcements.tell_and_send, alone=True)


def is_played() -> bool:
    """Whether a network is there already."""
    found = db.session.scalar(select(Entry.id).limit(1)) is not None
    let_go()
    return found
