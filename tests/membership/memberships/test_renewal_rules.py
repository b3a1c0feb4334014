"""When memberships are to be renewed, by the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.kernel.calendar import months_after
from govnet.membership.memberships import renewal_rules
from tests.sentences import read

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("start", "renewed", "since", "months", "expected"),
    [
        (date(2015, 1, 10), None, date(2014, 1, 1), 12, date(2016, 1, 10)),
        (date(2015, 1, 10), date(2015, 12, 1), date(2014, 1, 1), 12, date(2016, 12, 1)),
        (date(2001, 1, 10), None, date(2014, 5, 1), 12, date(2015, 5, 1)),
        (date(2001, 1, 10), date(2013, 1, 1), date(2014, 5, 1), 12, date(2015, 5, 1)),
        (date(2015, 8, 31), None, date(2014, 1, 1), 6, date(2016, 2, 29)),
        (date(2015, 1, 10), None, date(2014, 1, 1), 0, None),
    ],
)
def test_the_months_run_from_the_last_renewal_and_never_from_before_the_rule(
    start, renewed, since, months, expected
):
    assert renewal_rules.due_on(start, renewed, since, months) == expected


def test_after_a_short_month_the_last_days_of_the_one_before_are_due_together():
    assert renewal_rules.latest_due(date(2015, 2, 28), 1) == date(2015, 1, 31)
    assert renewal_rules.latest_due(date(2015, 2, 27), 1) == date(2015, 1, 27)


@given(DAYS, st.integers(1, 120))
def test_memberships_due_today_are_exactly_those_that_began_by_then(today, months):
    latest = renewal_rules.latest_due(today, months)
    assert months_after(latest, months) <= today
    assert months_after(latest + timedelta(days=1), months) > today


@given(DAYS, st.integers(14, 365), st.integers(0, 400))
def test_nobody_runs_out_before_the_grace_is_over_and_some_days_after_the_second_mail(asked, grace, late):
    reminded = asked + timedelta(days=grace - renewal_rules.lead(grace) + late)
    end = renewal_rules.lapses_on(asked, reminded, grace)
    assert end >= asked + timedelta(days=grace)
    assert end >= reminded + timedelta(days=renewal_rules.lead(grace))
    assert renewal_rules.lead(grace) == 7


@pytest.mark.parametrize(
    ("today", "due", "asked", "complaint"),
    [
        (date(2015, 4, 13), None, False, "goes on until its member leaves"),
        (date(2015, 4, 13), None, True, "goes on until its member leaves"),
        (date(2015, 4, 13), date(2015, 6, 1), False, "from 2015-05-02 on"),
        (date(2015, 5, 1), date(2015, 6, 1), False, "There is nothing to renew yet."),
        (date(2015, 5, 2), date(2015, 6, 1), False, ""),
        (date(2015, 4, 13), date(2015, 6, 1), True, ""),
    ],
)
def test_a_membership_is_renewed_in_its_time(today, due, asked, complaint):
    found = renewal_rules.cannot_renew(today, due, asked)
    assert (found is None) == (complaint == "")
    assert complaint in read(found)


@pytest.mark.parametrize(("grace", "days"), [(0, 0), (1, 0), (2, 1), (13, 6), (14, 7), (60, 7)])
def test_the_second_mail_comes_a_week_or_half_of_a_short_grace_before_the_end(grace, days):
    assert renewal_rules.lead(grace) == days


def test_without_a_second_mail_a_membership_ends_with_the_grace():
    assert renewal_rules.lapses_on(date(2015, 4, 13), None, 30) == date(2015, 5, 13)


@given(DAYS, st.integers(-240, 240))
def test_months_keep_their_day_or_the_last_one(day, months):
    other = months_after(day, months)
    assert (other.year * 12 + other.month) - (day.year * 12 + day.month) == months
    assert other.day <= day.day
