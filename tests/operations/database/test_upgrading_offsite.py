"""Decisions made elsewhere before they had a table of their own are the same afterwards, in every state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from govnet.decisions.models import Decision, Proposal, ProposalVersion, VersionState
from govnet.decisions.offsite import actions, closing
from govnet.decisions.offsite.models import OffsiteDecision, OffsiteObjection
from govnet.decisions.queries import newest_version
from govnet.decisions.rules.outcome import Outcome
from govnet.extensions import db
from govnet.kernel import clock
from govnet.operations.database import schema
from govnet.record.audit import check_chain
from tests.operations import dumps
from tests.pages import opened

UK = 1


@pytest.fixture
def later(server: Flask, time: clock.MovedClock) -> dict[str, Any]:
    """The demo of 0.2.0, with off-site decisions in every state, upgraded, at the minute at which all was written."""
    dumps.load("0001")
    found = dumps.go_on("0031")
    time.move(to=datetime.fromisoformat(found["at"]).astimezone(UTC))
    schema.prepare()
    return found


def _version(later: dict[str, Any], name: str) -> ProposalVersion:
    return newest_version(later["made"][name])


def _outcomes(later: dict[str, Any]) -> dict[str, Outcome | None]:
    return {name: _version(later, name).outcome for name in later["made"]}


def test_each_is_in_the_state_in_which_it_was(later: dict[str, Any]) -> None:
    assert schema.missing() == []
    assert _outcomes(later) == {
        "stands": Outcome.ELSEWHERE,
        "on the list": Outcome.ELSEWHERE,
        "recommended": Outcome.RECOMMENDED,
        "taken back": Outcome.WITHDRAWN,
        "asked and decided": Outcome.NO_QUORUM,
        "objected": None,
        "told": None,
        "untold": None,
    }
    unopposed = {name for name in later["made"] if _version(later, name).state is VersionState.UNOPPOSED}
    assert unopposed == {"told", "untold"}
    told = db.session.scalars(select(Proposal).where(Proposal.id.in_(later["made"].values()))).all()
    assert {each.id for each in told if not each.is_told} == {
        later["made"]["untold"],
        later["made"]["taken back"],
    }


def test_the_known_facts_of_each_decision_are_kept(later: dict[str, Any]) -> None:
    row = db.session.get_one(OffsiteDecision, later["made"]["recommended"])
    assert (row.taken_by, row.taken_where, row.present) == (
        "committee",
        "the meeting in York",
        "Eleven people",
    )
    assert (row.days_late, row.late_because) == (3, "The notes were lost.")
    assert row.evidence == "The notes say of it: Nine seats"
    objections = db.session.scalars(select(OffsiteObjection).order_by(OffsiteObjection.proposal_id)).all()
    asked = [later["made"]["asked and decided"], later["made"]["objected"]]
    assert [(each.proposal_id, each.reason) for each in objections] == [
        (asked[0], "We have a clock."),
        (asked[1], "I was not told."),
    ]
    assert all(each.at == _version(later, name).opened_at for each, name in
               zip(objections, ("asked and decided", "objected"), strict=True))  # fmt: skip


def test_the_record_is_whole(later: dict[str, Any]) -> None:
    assert list(check_chain(UK)) == []


def test_every_page_has_the_same_facts_as_data(later: dict[str, Any], server: Flask) -> None:
    db.session.remove()
    client = server.test_client()
    for page, before in later["pages"].items():
        answer = client.get(f"/uk/{page}")
        if isinstance(before, int):
            assert answer.status_code == before, page
        else:
            now = answer.get_json()
            assert {name: now[name] for name in before} == before, page


def test_every_page_opens(later: dict[str, Any], server: Flask) -> None:
    numbers = [decision.number for decision in db.session.scalars(select(Decision))]
    readable = [
        f"proposals/{key}" for name, key in later["made"].items() if name not in ("untold", "taken back")
    ]
    db.session.remove()
    pages = [f"decisions/{number}{more}" for number in numbers for more in ("", "/check")]
    for page in ("decisions", "record", *readable, *pages):
        opened(server.test_client(), f"/uk/{page}")


def test_a_waiting_decision_is_announced_and_stands_when_its_time_has_come(
    later: dict[str, Any], time: clock.MovedClock
) -> None:
    time.move(to=_version(later, "untold").deadline)
    db.session.rollback()
    assert actions.tell_due() == 1
    assert closing.stand_due() == 2
    outcomes = _outcomes(later)
    assert (outcomes["told"], outcomes["untold"]) == (Outcome.ELSEWHERE, Outcome.ELSEWHERE)
    assert list(check_chain(UK)) == []
