"""Which of decisions that replace each other hold, some of them on trial: by the rule, and by the same as SQL."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from govnet.charter.models import Network
from govnet.decisions.models import Decision
from govnet.decisions.register import search, succession
from govnet.decisions.rules.in_force import DecisionState, state_of
from govnet.extensions import db
from govnet.kernel import clock
from govnet.people.models import Person
from tests.builders import a_member, a_network
from tests.decisions import many

pytestmark = pytest.mark.usefixtures("context")

TODAY = date(2015, 4, 13)
TRIALS = (None, TODAY, TODAY + timedelta(1))
"""For good; on trial until today, so it has ended; on trial still."""
PLACES = list(product([None], [None, 0], [None, 0, 1], [None, 0, 1, 2]))
"""Which earlier one each of four replaces."""
LINES = list(product(PLACES, product(TRIALS, repeat=4)))


@pytest.fixture
def expected() -> dict[int, DecisionState]:
    """Four decisions that replace each other in every way, each for good or on trial: the state of each."""
    network: Network = a_network()
    author: Person = a_member(network)
    shapes, states = [], {}
    for number, (places, until) in enumerate(LINES):
        for at, place in enumerate(places):
            replaces = None if place is None else 4 * number + 1 + place
            decided = clock.now() + timedelta(minutes=at)
            shapes.append({"decided_at": decided, "trial_until": until[at], "supersedes_id": replaces})
            states[len(shapes)] = expected_of(at, places, until)
    many.adopted_as(network, author, shapes)
    return states


def expected_of(at: int, places: tuple[int | None, ...], until: tuple[date | None, ...]) -> DecisionState:
    """The state of one of four: any successor keeps it out of force as long as any of that lasts."""
    after = {at}
    for each in range(at + 1, 4):
        if places[each] in after:
            after.add(each)
    if any(until[each] != TODAY for each in after - {at}):
        return DecisionState.REPLACED
    return DecisionState.ENDED if until[at] == TODAY else DecisionState.IN_FORCE


def test_of_every_four_that_replace_each_other_the_rule_and_its_sql_say_the_same(
    expected: dict[int, DecisionState],
) -> None:
    assert len(expected) == 4 * 24 * 81
    rows = succession.read(db.select(Decision.id))
    assert {each.id: state_of(each, TODAY) for each in rows} == expected
    for wanted in DecisionState:
        query = db.select(Decision.id).where(search.in_state(wanted, TODAY))
        assert set(db.session.scalars(query)) == {key for key, each in expected.items() if each is wanted}


def test_whichever_of_them_is_read_alone_says_the_same(expected: dict[int, DecisionState]) -> None:
    for key in list(expected)[::31]:
        db.session.expunge_all()
        (found,) = succession.read(db.select(Decision.id).where(Decision.id == key))
        assert state_of(found, TODAY) is expected[key]
