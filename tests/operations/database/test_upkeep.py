"""The worker's check of the database: once a day and after growth, by any worker; the operator's page shows the last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, text

from govnet.charter.models import Network
from govnet.charter.queries import version_in_force
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.operations.database import upkeep
from govnet.operations.health.checks import examine
from govnet.operations.models import DatabaseLook
from govnet.people.models import Person
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


@pytest.mark.sqlite
def test_a_network_that_has_grown_is_counted_again_the_same_day() -> None:
    network = builders.a_network()
    assert upkeep.look() == 1
    _bring_in(network, 101)
    assert [upkeep.look(), upkeep.look()] == [1, 0]
    _bring_in(network, 101)
    assert upkeep.look() == 0, "twice as many need no look before tomorrow"
    _bring_in(network, 500)
    assert [upkeep.look(), upkeep.look()] == [1, 0]


@pytest.mark.sqlite
def test_connections_that_are_open_hear_of_the_new_numbers() -> None:
    """The pages' connections stay open for weeks: counted when there was one person, they would look through all."""
    network = builders.a_network()
    builders.a_member(network)
    upkeep.count()
    with db.engine.connect() as page:
        assert _looks_through_everybody(page, 7)
        _bring_in(network, 600)
        upkeep.count()
        assert not _looks_through_everybody(page, 8)


def _looks_through_everybody(page: Connection, person_id: int) -> bool:
    """Whether somebody's membership is found on a connection, once it has read something, by reading all people."""
    page.execute(text("SELECT count(*) FROM network")).all()
    found = "SELECT state FROM person LEFT JOIN membership ON person_id = person.id AND network_id = 1"
    query = f"{found} WHERE person.id = {person_id}"  # an EXPLAIN that was kept would be answered as before
    plan = page.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
    page.rollback()
    return any("SCAN" in row.detail for row in plan)


def _bring_in(network: Network, many: int) -> None:
    same = {"network_id": network.id, "charter_version_id": version_in_force(network.id).id, "state": MembershipState.ACTIVE,
            "kind": MembershipKind.INDIVIDUAL, "start": clock.today(network.zone), "confirmed_at": clock.now()}  # fmt: skip
    with transaction():
        rows = [{"name": f"Member {n}", "created_at": clock.now()} for n in range(many)]
        people = db.session.scalars(insert(Person).returning(Person.id), rows).all()
        db.session.execute(insert(Membership), [{"person_id": one, **same} for one in people])
