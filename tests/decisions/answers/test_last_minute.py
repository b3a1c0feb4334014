"""Ten thousand answers in the last minute, from eight processes at once, and fifty who would close it."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import time as wall
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.sharedctypes import Synchronized
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import OperationalError

from govnet.charter.models import Network
from govnet.charter.queries import version_in_force
from govnet.decisions.answers import actions
from govnet.decisions.answers.actions import AnswerInput, TooLate, sealed
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.models import Answer
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import transaction
from govnet.mail.models import Mail
from govnet.mail.outgoing import distribution
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.people.models import Person
from govnet.record.models import Entry
from tests.at_once import at_once
from tests.builders import a_member, a_network, acting
from tests.chain import faults_of
from tests.decisions.builders import a_proposal, answered, decisions, version_of
from tests.decisions.stage import browser

pytestmark = pytest.mark.usefixtures("context")

PROCESSES, EACH, WANTED = 8, 1_290, 10_000
PATIENCE = 120
"""Seconds without a single answer, or for the last ones to end: on a busy machine all of them take minutes."""
SAYING = (
    AnswerKind.AGREE,
    AnswerKind.AGREE,
    AnswerKind.RESERVATIONS,
    AnswerKind.STAND_ASIDE,
    AnswerKind.NO_VIEW,
    AnswerKind.AGREE,
)


def a_crowd(network: Network, many: int) -> list[int]:
    """So many members, in two statements."""
    rows = [{"name": f"Person {number}", "created_at": clock.now()} for number in range(many)]
    day = clock.today(network.zone) - timedelta(days=100)
    with transaction():
        people = db.session.scalars(insert(Person).returning(Person.id), rows).all()
        charter = version_in_force(network.id).id
        same = {"network_id": network.id, "charter_version_id": charter, "kind": MembershipKind.INDIVIDUAL}
        same |= {"state": MembershipState.ACTIVE, "start": day, "confirmed_at": clock.now()}
        db.session.execute(insert(Membership), [{"person_id": one, **same} for one in people])
    return list(people)


@dataclass(frozen=True)
class Shared:
    """The processes' knowledge of each other."""

    over: Synchronized[int]
    counted: Synchronized[int]
    late: Synchronized[int]


def _answer_in_turn(
    app: Flask, time: MovedClock, actors: Sequence[Actor], version_id: int, deadline: datetime, shared: Shared
) -> None:
    """The work of one process: each of its people answers once, until it is too late and after."""
    with app.app_context():
        db.engine.dispose(close=False)
        for number, actor in enumerate(actors):
            left = (
                timedelta() if shared.over.value else timedelta(milliseconds=59_000 * (1 - number / EACH) + 1)
            )
            time.move(to=deadline - left)
            try:
                _answer(version_id, SAYING[number % len(SAYING)], actor)
                said = shared.counted
            except TooLate:
                said = shared.late
            with said.get_lock():
                said.value += 1
            db.session.remove()
        db.engine.dispose()


def _answer(version_id: int, kind: AnswerKind, actor: Actor) -> None:
    for _attempt in range(20):
        with suppress(Busy, OperationalError, sqlite3.OperationalError):
            with transaction():
                actions.answer(version_id, AnswerInput(kind), by=actor, via=Door.WEB)
            return
    raise TimeoutError("the database took no answer in twenty tries")


def _in_processes(
    app: Flask, time: MovedClock, actors: Sequence[Actor], version_id: int, deadline: datetime
) -> Shared:
    """All answer; once enough have, the deadline passes for those who are still at it."""
    with_fork = multiprocessing.get_context("fork")
    shared = Shared(with_fork.Value("i", 0), with_fork.Value("i", 0), with_fork.Value("i", 0))
    processes = [
        with_fork.Process(
            target=_answer_in_turn,
            args=(app, time, actors[part::PROCESSES], version_id, deadline, shared),
        )
        for part in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    seen, until = 0, wall.monotonic() + PATIENCE
    while (
        shared.counted.value < WANTED
        and wall.monotonic() < until
        and any(each.is_alive() for each in processes)
    ):
        wall.sleep(0.05)
        if shared.counted.value > seen:
            seen, until = shared.counted.value, wall.monotonic() + PATIENCE
    shared.over.value = 1
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    return shared


def test_ten_thousand_answers_in_the_last_minute_are_all_counted_and_none_that_is_late(
    app: Flask, time: MovedClock
) -> None:
    network = a_network()
    ann = a_member(network)
    people = a_crowd(network, PROCESSES * EACH)
    version = version_of(a_proposal(network, ann))
    version_id, deadline, someone = version.id, version.deadline, acting(ann, network)
    db.session.remove()
    time.move(to=deadline - timedelta(minutes=1))
    shared = _in_processes(
        app, time, [replace(someone, person_id=one) for one in people], version_id, deadline
    )
    time.move(to=deadline)
    assert closing_actions.close_due() == 1
    (decision,) = decisions()
    counted, late = shared.counted.value, shared.late.value
    assert counted >= WANTED
    assert counted + late == len(people)
    exported = browser(app, ann).get(f"/uk/decisions/{decision.number}/answers.json").json
    assert json.loads(decision.tally) == exported["tally"] == _recount(exported["answers"])
    assert sum(exported["tally"].values()) == len(exported["answers"]) == counted
    assert len({each["name"] for each in exported["answers"]}) == counted
    assert db.session.scalar(select(func.max(Answer.at))) < deadline
    assert _digests_in_the_record() == sorted(sealed(each) for each in db.session.scalars(select(Answer)))
    assert faults_of(network.id) == []


def _recount(answers: list[dict[str, Any]]) -> dict[str, int]:
    """One by one, as a member does who trusts nobody's counter."""
    tally = {"agree": 0, "reservations": 0, "stand-aside": 0, "block": 0, "no-view": 0}
    for each in answers:
        if each["counted"] and not each["recused"]:
            tally[each["answer"]] += 1
    return tally


def _digests_in_the_record() -> list[str]:
    facts = db.session.scalars(select(Entry.facts).where(Entry.verb == "decisions.answered"))
    return sorted(json.loads(each)["digest"] for each in facts)


@pytest.mark.parametrize("kind", [AnswerKind.AGREE, AnswerKind.BLOCK])
def test_fifty_close_it_at_once_and_it_has_one_end(app: Flask, time: MovedClock, kind: AnswerKind) -> None:
    network = a_network()
    ann, *others = [a_member(network) for _ in range(4)]
    proposal = a_proposal(network, ann)
    answered(proposal, network, kind, ann)
    answered(proposal, network, AnswerKind.AGREE, *others)
    version = version_of(proposal)
    version_id = version.id
    time.move(to=version.deadline)
    db.session.remove()

    def close() -> bool:
        with transaction():
            return closing_actions.close(version_id)

    closed = at_once(app, *[close] * 50)
    assert closed.count(True) == 1
    assert all(each in (True, False) or isinstance(each, Busy) for each in closed)
    assert [each.number for each in decisions()] == ["2015-01"]
    while distribution.run():
        pass
    assert (
        db.session.scalar(select(func.count()).select_from(Mail).where(Mail.template == "decisions/decided"))
        == 1
    )
