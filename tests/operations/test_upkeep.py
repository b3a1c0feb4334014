"""The worker's daily look through the database: one a day, whoever runs it, and the operator's page shows the last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.operations import upkeep
from govnet.operations.checks import examine
from govnet.operations.models import DatabaseLook
from tests import builders

pytestmark = pytest.mark.usefixtures("context")


def said(*, now: bool) -> tuple[bool, str]:
    found = next(each for each in examine(now=now) if each.name == "database")
    return found.well, found.words


def test_it_is_looked_through_once_a_day(time: MovedClock) -> None:
    assert [upkeep.look(), upkeep.look()] == [1, 0]
    time.move(timedelta(hours=23))
    assert upkeep.look() == 0
    time.move(timedelta(hours=1))
    assert upkeep.look() == 1


def test_the_page_says_what_was_found_and_when() -> None:
    assert "has not looked through it yet" in said(now=False)[1]
    upkeep.look()
    well, words = said(now=False)
    assert (well, "2015-04-13 09:00" in words) == (True, True)
    with transaction():
        db.session.get_one(DatabaseLook, 1).trouble = "row 7 missing from index"
    well, words = said(now=False)
    assert (well, "restore the last backup" in words) == (False, True)
    assert said(now=True)[0]


def test_only_doctor_looks_through_the_file_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(upkeep, "damage", lambda: looked.append(1) or "")
    said(now=False)
    assert looked == []
    said(now=True)
    assert looked == [1]


@pytest.mark.sqlite
def test_the_planner_knows_how_many_rows_there_are() -> None:
    network = builders.a_network()
    for _ in range(30):
        builders.a_member(network)
    upkeep.look()
    rows = dict(db.session.execute(text("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'membership'")).all())
    assert rows["ix_membership_numbers"].startswith("30 ")
