"""The worker's turn: every duty, again and again, whatever one of them does."""

from __future__ import annotations

import pytest

from govnet.kernel import duties
from govnet.kernel.duties import Duty
from govnet.operations.serving import worker

pytestmark = pytest.mark.usefixtures("context")


def test_a_duty_that_fails_keeps_none_of_the_others_from_their_turn():
    done = []

    def fails():
        raise ValueError("no")

    def works():
        done.append(1)
        return 2

    next_at: dict[str, float] = {}
    assert worker.tick([Duty("bad", fails), Duty("good", works)], next_at) == 2
    assert done == [1]
    assert set(next_at) == {"bad", "good"}


def test_a_duty_with_more_to_do_comes_again_at_once_and_an_idle_one_rests():
    turns = {"busy": 0, "idle": 0}

    def count(name, result):
        def run():
            turns[name] += 1
            return result

        return run

    next_at: dict[str, float] = {}
    both = [Duty("busy", count("busy", 1), seconds=1), Duty("idle", count("idle", 0), seconds=60)]
    for _ in range(3):
        worker.tick(both, next_at)
    assert turns == {"busy": 3, "idle": 1}


def test_duties_by_the_clock_wait_while_it_cannot_be_believed():
    done = []
    both = [
        Duty("close", lambda: done.append("close") or 1),
        Duty("send", lambda: done.append("send") or 1, by_clock=False),
    ]
    worker.tick(both, {}, believed=False)
    assert done == ["send"]
    worker.tick(both, {}, believed=True)
    assert done == ["send", "close", "send"]


def test_nothing_new_is_begun_once_the_worker_is_asked_to_end(app):
    begun = []
    duties.ending.set()
    try:
        worker.tick([Duty("late", lambda: begun.append(1) or 0)], {})
        worker.run(app)
    finally:
        duties.ending.clear()
    assert begun == []
