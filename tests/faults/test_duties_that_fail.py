"""A duty of the worker while the database fails: what it could not do is done at a later turn, once, and nothing is half done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from govnet.extensions import db
from govnet.kernel import duties
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import Busy
from govnet.kernel.outage import note
from tests.faults.failing import Step, drawn, failing
from tests.faults.kept import Kept, other
from tests.mailbox import mailbox
from tests.operations import due

DRAWN, DRAWN_ON_POSTGRESQL = 40, 12
LATER = timedelta(minutes=20)
"""When a lease is over, and what was put off is tried again."""
TURNS = 60


class Office(Kept):
    """A database with something due for every duty, which each trial finds as it was."""

    def __init__(self, app: Flask, time: MovedClock) -> None:
        super().__init__(app)
        self.time, self.at = time, time.at
        self.keep()

    def restore(self) -> None:
        super().restore()
        self.time.move(to=self.at)

    def work(self, duty: duties.Duty) -> None:
        """Until there is nothing left to do."""
        for _ in range(TURNS):
            if not duty.run() or duty.name in due.OF_EACH:
                break
            db.session.remove()
        db.session.remove()

    def work_later(self, duty: duties.Duty) -> None:
        """The same, once leases are over; what a sender left in hand is taken back before."""
        self.time.move(LATER)
        sweep = next(one for one in duties.duties() if one.name == "sweep mail")
        for one in (duty, sweep, duty):
            self.work(one)


@pytest.fixture
def office(context: None, app: Flask, time: MovedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setitem(app.config, "MAIL_REPLIES", due.REPLIES)
    due.make(time)
    yield Office(app, time)
    note(None)


def test_a_duty_that_meets_a_failing_database_does_all_of_it_later_and_once(
    office: Office, tmp_path: Path
) -> None:
    trials: list[tuple[duties.Duty, Step, dict[str, Any]]] = []
    with mailbox(office.app, tmp_path):
        for duty in duties.duties():
            office.restore()
            with failing(db.engine) as count:
                office.work(duty)
            office.work_later(duty)
            state = office.state()
            trials += [(duty, step, state) for step in count.steps()]
        wrong = [
            trouble
            for duty, step, state in drawn(
                trials, DRAWN_ON_POSTGRESQL if office.postgresql else DRAWN, "duties"
            )
            for trouble in _tried(office, duty, step, state)
        ]
    assert not wrong, "\n".join(wrong)


def _tried(office: Office, duty: duties.Duty, step: Step, state: dict[str, Any]) -> Iterator[str]:
    office.restore()
    with failing(db.engine, step), contextlib.suppress(DBAPIError, Busy):
        office.work(duty)
    db.session.remove()
    office.work_later(duty)
    for name, more in other(office.state(), state).items():
        yield f"{duty.name}, failing at {step}: {name} {more}"
