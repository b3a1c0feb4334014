"""Several at the same moment: each in a thread with its own connection, on whichever database the run has."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
from flask import Flask

from govnet.decisions import queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers.actions import AnswerInput, TooLate
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.models import Decision
from govnet.decisions.proposals import actions
from govnet.decisions.rules.outcome import AnswerKind, Outcome
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import GovnetError
from govnet.kernel.transaction import transaction
from tests.at_once import at_once
from tests.builders import a_network, acting
from tests.chain import faults_of
from tests.decisions.builders import a_proposal, answered, decisions, members, version_of

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize("_again", range(4))
def test_two_workers_at_the_same_moment_close_it_once(app: Flask, time: MovedClock, _again: int) -> None:
    network = a_network()
    people = members(network, 3)
    proposals = [a_proposal(network, people[0]) for _ in range(3)]
    for proposal in proposals:
        answered(proposal, network, AnswerKind.AGREE, *people)
    time.move(to=version_of(proposals[0]).deadline)
    db.session.rollback()
    closed = at_once(app, closing_actions.close_due, closing_actions.close_due, closing_actions.close_due)
    assert sum(closed) == 3  # type: ignore[arg-type]
    assert sorted(each.number for each in decisions()) == ["2015-01", "2015-02", "2015-03"]
    assert faults_of(network.id) == []


@pytest.mark.parametrize("_again", range(4))
def test_an_answer_and_the_close_in_the_same_instant_never_disagree(
    app: Flask, time: MovedClock, _again: int
) -> None:
    network = a_network()
    ann, bob, cat = members(network, 3)
    proposal = a_proposal(network, ann)
    version = version_of(proposal)
    answered(proposal, network, AnswerKind.AGREE, ann)
    version_id, deadline = version.id, version.deadline
    actors = [acting(bob, network), acting(cat, network)]
    time.move(to=deadline - timedelta(microseconds=1))
    db.session.rollback()

    def answer(number: int) -> object:
        with transaction():
            answers_actions.answer(
                version_id, AnswerInput(AnswerKind.STAND_ASIDE), by=actors[number], via=Door.WEB
            )
        return "counted"

    def close() -> object:
        time.move(to=deadline)
        with transaction():
            return closing_actions.close(version_id)

    *answers, closed = at_once(app, lambda: answer(0), lambda: answer(1), close)
    assert closed is True
    counted = answers.count("counted")
    assert all(each == "counted" or isinstance(each, TooLate) for each in answers)
    (decision,) = decisions()
    assert f'"stand-aside": {counted}' in decision.tally
    assert queries.tally(version_id).stand_aside == counted


@pytest.mark.parametrize("_again", range(4))
def test_taking_back_and_closing_at_the_same_moment_leave_one_end(
    app: Flask, time: MovedClock, _again: int
) -> None:
    network = a_network()
    (ann,) = members(network, 1)
    proposal = a_proposal(network, ann)
    version_id, deadline = version_of(proposal).id, version_of(proposal).deadline
    proposal_id, actor = proposal.id, acting(ann, network)
    time.move(to=deadline - timedelta(microseconds=1))
    db.session.rollback()

    def withdraw() -> object:
        with transaction():
            found = queries.proposal_whole(proposal_id)
            actions.withdraw(found, "Never mind.", by=actor, via=Door.WEB)
        return "taken back"

    def close() -> object:
        time.move(to=deadline)
        with transaction():
            return closing_actions.close(version_id)

    taken_back, closed = at_once(app, withdraw, close)
    assert (taken_back == "taken back") != (closed is True)
    assert closed is True or not isinstance(closed, Exception)
    assert taken_back == "taken back" or isinstance(taken_back, GovnetError)
    assert len(decisions()) == (1 if closed else 0)


def test_two_tabs_of_one_member_leave_one_answer(app: Flask) -> None:
    network = a_network()
    (ann,) = members(network, 1)
    proposal = a_proposal(network, ann)
    version_id, actor = version_of(proposal).id, acting(ann, network)
    db.session.rollback()

    def answer(kind: AnswerKind) -> object:
        with transaction():
            answers_actions.answer(version_id, AnswerInput(kind, "Because.", "This."), by=actor, via=Door.WEB)
        return kind

    at_once(
        app,
        *[
            lambda kind=kind: answer(kind)
            for kind in (AnswerKind.AGREE, AnswerKind.BLOCK, AnswerKind.NO_VIEW)
        ],
    )
    assert queries.tally(version_id).answered == 1


KILLED = """
    import os, sys
    from datetime import datetime
    from govnet import create_app
    from govnet.decisions.closing import actions
    from govnet.kernel import clock, signals
    app = create_app({"SQLALCHEMY_DATABASE_URI": sys.argv[1], "DATA_DIR": sys.argv[2], "TESTING": True})
    signals.emit = lambda event: os._exit(9)  # everything is written, nothing is committed
    with app.app_context(), clock.moved_to(datetime.fromisoformat(sys.argv[3])):
        actions.close_due()
"""


def test_a_worker_killed_in_between_leaves_it_to_the_next(
    app: Flask, time: MovedClock, tmp_path: object, database_url: str
) -> None:
    network = a_network()
    (ann,) = members(network, 1)
    proposal = a_proposal(network, ann, decisions__closing_hour=12)
    answered(proposal, network, AnswerKind.AGREE, ann)
    time.move(to=version_of(proposal).deadline)
    db.session.rollback()
    script = textwrap.dedent(KILLED)
    command = [sys.executable, "-c", script, database_url, str(tmp_path), time.at.isoformat()]
    killed = subprocess.run(command, check=False, timeout=60)
    assert killed.returncode == 9
    assert db.session.query(Decision).count() == 0
    db.session.rollback()
    assert closing_actions.close_due() == 1
    (decision,) = decisions()
    assert (decision.number, decision.outcome) == ("2015-01", Outcome.CONSENSUS)
    assert faults_of(network.id) == []
