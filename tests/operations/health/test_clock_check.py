"""A worker that starts with a clock far from the record closes nothing until somebody vouches for the clock."""

from __future__ import annotations

import time as system
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from govnet.charter.models import Network
from govnet.cli import main
from govnet.extensions import db
from govnet.kernel import clock, duties
from govnet.kernel.actor import SHELL, Door
from govnet.kernel.duties import Duty
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.time_source import is_synchronised
from govnet.kernel.transaction import transaction
from govnet.operations import operators
from govnet.operations.events import ClockConfirmed, MailStopped
from govnet.operations.health.checks import examine
from govnet.operations.health.clock_check import AGAIN, FAR, ClockCheck
from govnet.operations.models import ClockDoubt
from govnet.operations.serving import worker
from govnet.record.models import Entry
from tests import builders
from tests.pages import opened, send

WEEK = timedelta(days=7)


@pytest.fixture
def uk(time, context) -> Network:
    network = builders.a_network()
    say_something()
    return network


def say_something() -> None:
    """Anything that leaves an entry at the present time."""
    with transaction():
        operators.tell_all(MailStopped, by=SHELL, via=Door.CLI, why="A try.")


def started() -> ClockCheck:
    """A worker that has just started, on a machine without a time server."""
    return ClockCheck(lambda: False)


def doubts() -> list[ClockDoubt]:
    db.session.rollback()
    return list(db.session.scalars(select(ClockDoubt)))


@pytest.mark.parametrize("off", [timedelta(0), timedelta(days=2), -timedelta(days=2), FAR, -FAR])
def test_a_clock_near_the_newest_entry_is_believed(uk, time, off):
    time.move(off)
    assert started().holds()
    assert doubts() == []


@pytest.mark.parametrize("off", [FAR + timedelta(minutes=1), WEEK, timedelta(days=4000), -WEEK])
def test_a_clock_far_from_the_newest_entry_is_not(uk, time, off):
    time.move(off)
    assert not started().holds()
    assert len(doubts()) == 1


def test_a_record_without_entries_doubts_nothing(time, context):
    assert started().holds()


def test_neither_a_new_entry_by_the_same_clock_nor_another_start_settles_it(uk, time):
    time.move(WEEK)
    check = started()
    assert not check.holds()
    say_something()
    assert not started().holds()
    assert len(doubts()) == 1


def test_a_corrected_clock_is_believed(uk, time):
    time.move(WEEK)
    assert not started().holds()
    time.move(-WEEK)
    assert started().holds()
    assert doubts() == []


def test_a_server_that_was_off_for_a_week_goes_on_once_its_clock_is_synchronised(uk, time, monkeypatch):
    time.move(to=datetime.fromtimestamp(system.time(), UTC))
    heard: list[bool] = []
    check = ClockCheck(lambda: bool(heard))
    assert not check.holds()
    heard.append(True)
    assert not check.holds()  # asked again some seconds later
    monkeypatch.setattr(
        "govnet.operations.health.clock_check.time.monotonic", lambda: system.perf_counter() + 2**40
    )
    assert check.holds()
    assert doubts() == []
    assert AGAIN < 60


def test_a_time_server_vouches_for_the_machine_s_clock_and_for_no_other(uk, time):
    time.move(WEEK)  # the machine's own clock says something else altogether
    assert not ClockCheck(lambda: True).holds()


def test_the_operator_confirms_once_and_it_stands_in_every_record(app, time, client):
    with app.app_context():
        networks = {builders.a_network().id, builders.a_network("scotland").id}
        operator = builders.an_operator()
        say_something()
        time.move(WEEK)
        builders.sign_in(client, operator)
        assert not started().holds()
        clock_now = next(finding for finding in examine() if finding.name == "clock")
        assert "confirm-clock" in clock_now.words
        assert not clock_now.well
    assert "is the clock right?" in opened(client, "/operator").text
    send(client, "/operator", {}, action="/operator/confirm-clock")
    assert "is the clock right?" not in opened(client, "/operator").text
    assert "confirmed that the server’s clock is right" in opened(client, "/uk/record").text
    with app.app_context():
        assert started().holds()
        found = db.session.scalars(select(Entry).where(Entry.verb == ClockConfirmed.verb)).all()
        assert {entry.network_id for entry in found} == networks
        assert {entry.visibility.value for entry in found} == {"public"}
        db.session.rollback()
        with pytest.raises(RuleBroken), transaction():
            operators.confirm_clock(by=SHELL, via=Door.CLI)


def test_nobody_but_the_operator_confirms(uk, time):
    member = builders.a_member(uk)
    time.move(WEEK)
    assert not started().holds()
    with pytest.raises(NotAllowed), transaction():
        operators.confirm_clock(by=builders.acting(member, uk), via=Door.WEB)
    assert len(doubts()) == 1


def test_the_command_line_confirms_too(uk, time, app, monkeypatch):
    monkeypatch.setattr(main, "create_app", lambda: app)
    time.move(WEEK)
    assert not started().holds()
    assert (
        CliRunner()
        .invoke(main, ["operator", "confirm-clock"])
        .output.endswith("Everything that is due will close within a minute.\n")
    )
    done = CliRunner().invoke(main, ["operator", "confirm-clock"])
    assert (done.exit_code, done.output) == (
        1,
        "Error: The clock is not in doubt, and nothing is waiting for it.\n",
    )
    assert started().holds()


def test_the_worker_tells_and_sends_but_closes_nothing_while_the_clock_is_in_doubt(
    uk, time, app, monkeypatch
):
    done: list[str] = []
    both = (
        Duty("close", lambda: done.append("close") or 0),
        Duty("send", lambda: done.append("send") or 0, by_clock=False),
    )
    monkeypatch.setattr(worker, "duties", lambda: both)
    monkeypatch.setattr(duties, "_believed", [started().holds])
    time.move(WEEK)
    worker.run(app, until=lambda: "send" in done)
    assert done == ["send"]
    monkeypatch.setattr(duties, "_believed", [lambda: 1 / 0])  # what cannot be checked is not believed
    worker.run(app, until=lambda: len(done) > 1)
    assert done == ["send", "send"]


def test_the_kernel_is_asked_for_real():
    assert is_synchronised() in (True, False)
    assert clock.is_followed() is False
