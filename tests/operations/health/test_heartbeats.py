"""Workers' signs of life: each process has its own, one that ends well is missed by nobody, and one that died is named."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, insert, select

from govnet.cli import main
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.operations import keys
from govnet.operations.backups import actions
from govnet.operations.health import checks, heartbeats, mail_checks, status
from govnet.operations.models import WorkerBeat
from govnet.operations.serving import worker
from tests import builders

pytestmark = pytest.mark.usefixtures("context")
NOBODY = 4_000_000
"""A number that no process of this machine has: Linux goes to 4,194,304 at most, and gives the highest last."""


def another(host: str = "elsewhere", pid: int = 7, *, ago: int = 0) -> None:
    """A worker of another process gave a sign of life so many seconds ago."""
    at = clock.now() - timedelta(seconds=ago)
    with transaction():
        db.session.execute(insert(WorkerBeat).values(host=host, pid=pid, at=at, release="0"))


def known() -> set[tuple[str, int]]:
    return {(row.host, row.pid) for row in db.session.scalars(select(WorkerBeat))}


def test_two_workers_of_one_machine_do_not_hide_each_other() -> None:
    heartbeats.beat()
    another(heartbeats._host(), os.getpid() + 1)
    well, words = checks.CHECKS["worker"]()
    assert well
    assert words.startswith("2 at work")


def test_a_worker_that_ends_as_it_should_is_missed_by_nobody() -> None:
    heartbeats.beat()
    heartbeats.end()
    assert known() == set()
    heartbeats.refuse_while_one_lives()
    assert checks.CHECKS["worker"]() == (
        False,
        "no worker is running: start “govnet serve” or “govnet worker”.",
    )


def test_one_that_died_among_several_is_named_for_a_day(time: MovedClock) -> None:
    another("old-box", 41)
    time.move(timedelta(seconds=91))
    heartbeats.beat()
    well, words = checks.CHECKS["worker"]()
    assert not well
    assert "the worker on old-box (process 41)" in words
    assert "Workers that run: 1." in words
    time.move(timedelta(days=1))
    heartbeats.beat()
    assert checks.CHECKS["worker"]()[0]


@pytest.mark.parametrize("door", ["127.0.0.1:1", "unix:/nowhere/lmtp", "localhost:1"])
def test_a_machine_without_a_worker_misses_no_door_of_its_own(
    app: Flask, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    monkeypatch.setitem(app.config, "MAIL_REPLIES", "replies+{token}@example.org")
    monkeypatch.setitem(app.config, "LMTP_LISTEN", door)
    assert not checks.CHECKS["mail in"]()[0], "no worker runs anywhere"
    another("elsewhere", ago=91)
    assert not checks.CHECKS["mail in"]()[0], "the one elsewhere is dead"
    another("far-away")
    well, words = checks.CHECKS["mail in"]()
    assert well
    assert "the worker on far-away" in words
    heartbeats.beat()
    assert not checks.CHECKS["mail in"]()[0], "one runs here and does not listen"


def test_a_door_in_the_network_is_the_same_one_for_all_machines() -> None:
    doors = ("10.0.0.5:8024", "[fd00::5]:8024", "127.0.0.1:8024", "unix:/run/govnet/lmtp")
    assert [mail_checks._only_here(door) for door in doors] == [False, False, True, True]


def test_a_worker_that_begins_takes_the_place_of_those_of_its_machine_that_are_gone() -> None:
    another(heartbeats._host(), NOBODY)
    another("elsewhere", NOBODY)
    another(heartbeats._host(), os.getppid())
    heartbeats.begin()
    assert known() == {
        ("elsewhere", NOBODY),
        (heartbeats._host(), os.getppid()),
        (heartbeats._host(), os.getpid()),
    }


def test_a_worker_is_seen_before_its_first_duty() -> None:
    heartbeats.begin()
    assert status.parts()["worker"]["ok"]
    with pytest.raises(heartbeats.WorkerLives):
        heartbeats.refuse_while_one_lives()


def test_while_a_worker_lives_nothing_is_restored_upgraded_or_accepted(
    tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "create_app", lambda: app)
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    builders.a_network()
    target = tmp_path / "whole.tar.gz"
    actions.take(target)
    another()
    keys.check()
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-key-of-at-least-32-characters")
    for words in (["restore", str(target), "--replace"], ["upgrade"], ["operator", "accept-keys"]):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 1, done.output
        assert "A worker is running on elsewhere. Stop govnet everywhere" in done.output
    assert not list((tmp_path / "data").glob("before-*"))


def test_a_copy_that_was_put_back_knows_no_worker_of_before(tmp_path: Path) -> None:
    builders.a_network()
    another(ago=30)
    target = tmp_path / "whole.tar.gz"
    actions.take(target)
    with transaction():
        db.session.execute(delete(WorkerBeat))
    actions.restore(target, replace=True)
    assert known() == set()


def test_a_turn_of_the_worker_gives_a_sign_of_life(app: Flask) -> None:
    turns = iter([False, True])
    worker.run(app, until=lambda: next(turns))
    assert (heartbeats._host(), os.getpid()) in known()
