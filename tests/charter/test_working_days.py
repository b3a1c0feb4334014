"""Nothing is due on a day that the network keeps free."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.charter.working_days import from_day, holiday, problem, until_day, working
from govnet.decisions.rules import deadlines
from tests.sentences import read

ENGLAND = Charter({p.HOLIDAYS.key: "GB-ENG"})
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("place", "day", "free"),
    [
        ("GB-ENG", date(2015, 5, 4), True),
        ("none", date(2015, 5, 4), False),
        ("GB-SCT", date(2015, 1, 2), True),
        ("GB-ENG", date(2015, 1, 2), False),
        ("GB-NIR", date(2015, 3, 17), True),
        ("GB-WLS", date(2015, 3, 17), False),
        ("IE", date(2015, 3, 17), True),
        ("GB-ENG", date(2015, 5, 9), True),
        ("GB-ENG", date(9999, 12, 31), False),
    ],
)
def test_which_days_are_free_depends_on_the_place(place: str, day: date, free: bool) -> None:
    assert working(day, Charter({p.HOLIDAYS.key: place})) is not free


def test_people_who_choose_a_holiday_read_its_name_and_a_day_that_would_do() -> None:
    assert read(problem(date(2015, 5, 25), ENGLAND)) == (
        "2015-05-25 is a public holiday (Spring Bank Holiday). Choose another day, such as 2015-05-26."
    )
    assert read(problem(date(2015, 5, 23), ENGLAND)) == (
        "2015-05-23 is not a working day. Choose a day from Monday to Friday, such as 2015-05-26."
    )
    assert problem(date(2015, 5, 26), ENGLAND) is None


def test_a_proposal_that_would_close_at_easter_closes_after_it() -> None:
    opened = datetime(2015, 3, 27, 10, tzinfo=UTC)
    assert deadlines.earliest(opened, ENGLAND, LONDON) == date(2015, 4, 7)
    assert deadlines.objections_until(opened, ENGLAND, LONDON).date() == date(2015, 4, 7)
    assert deadlines.earliest(opened, Charter(), LONDON) == date(2015, 4, 3)


@pytest.mark.parametrize("place", p.HOLIDAYS.options)
def test_every_place_has_holidays_that_the_library_knows(place: str) -> None:
    rules = Charter({p.HOLIDAYS.key: place})
    days = [date(2026, 1, 1), date(2026, 12, 25)]
    assert all(bool(holiday(day, rules)) is (place != "none") for day in days)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from([*p.HOLIDAYS.options]))
def test_the_next_and_the_last_working_day_are_working_days_nearby(day: date, place: str) -> None:
    rules = Charter({p.HOLIDAYS.key: place})
    after, before = from_day(day, rules), until_day(day, rules)
    assert before <= day <= after
    assert working(after, rules)
    assert working(before, rules)
    assert (after - before).days <= 10
