"""Rules of offices, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.kernel import calendar
from govnet.kernel.errors import RuleBroken
from govnet.offices import rules
from govnet.offices.rules import OfficeStage
from tests.sentences import read

DAY = date(2015, 4, 13)


@pytest.mark.parametrize(
    ("start", "end", "stage"),
    [
        (DAY, DAY + timedelta(1), OfficeStage.SERVING),
        (DAY - timedelta(9), DAY, OfficeStage.OVER),
        (DAY + timedelta(1), DAY + timedelta(9), OfficeStage.TO_COME),
        (DAY, DAY, OfficeStage.OVER),
    ],
)
def test_a_term_holds_on_its_first_day_and_no_longer_on_its_end(start, end, stage):
    assert rules.stage(start, end, DAY) is stage


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2015, 1, 31), 1, date(2015, 2, 28)),
        (date(2016, 1, 31), 1, date(2016, 2, 29)),
        (date(2015, 11, 30), 3, date(2016, 2, 29)),
        (date(2015, 3, 15), 24, date(2017, 3, 15)),
        (date(2015, 12, 1), 1, date(2016, 1, 1)),
    ],
)
def test_months_are_counted_as_calendars_count_them(day, months, then):
    assert calendar.months_after(day, months) == then


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_months_later_is_that_many_months_later(day, months):
    then = calendar.months_after(day, months)
    assert (then.year - day.year) * 12 + then.month - day.month == months
    assert then.day <= day.day


def refused(field, call):
    with pytest.raises(RuleBroken) as broken:
        call()
    assert broken.value.field == field
    return read(broken.value.message)


TEN_YEARS = DAY + timedelta(3652)


@pytest.mark.parametrize(
    ("start", "end", "field", "words"),
    [
        (TEN_YEARS + timedelta(1), date.max, "first_day", "first day within the next ten years"),
        (DAY, DAY, "last_day", "must not be before the first one"),
        (DAY, DAY - timedelta(1), "last_day", "must not be before the first one"),
        (date(2015, 1, 1), DAY, "last_day", "already be over"),
        (DAY, date(2016, 4, 14), "last_day", "at most 12 months"),
    ],
)
def test_nobody_gets_a_term_that_is_over_backwards_or_longer_than_the_rules_say(start, end, field, words):
    assert words in refused(field, lambda: rules.check_span(start, end, today=DAY, longest=12))


@pytest.mark.parametrize(
    ("start", "end"),
    [(DAY, date(2016, 4, 13)), (DAY, DAY + timedelta(1)), (TEN_YEARS, TEN_YEARS + timedelta(1))],
)
def test_a_term_may_last_a_day_or_the_longest_time_and_begin_in_ten_years(start, end):
    rules.check_span(start, end, today=DAY, longest=12)


def test_somebody_who_leaves_names_a_day_that_is_still_to_come_and_early_enough():
    rules.check_last_day(DAY, end=DAY + timedelta(1), today=DAY)
    yesterday = DAY - timedelta(1)
    words = refused("last_day", lambda: rules.check_last_day(yesterday, end=DAY + timedelta(2), today=DAY))
    assert "in the past" in words
    words = refused("last_day", lambda: rules.check_last_day(DAY, end=DAY, today=DAY))
    assert "ends before that day anyway" in words


def test_reports_fall_due_every_year_and_on_the_last_day():
    dues = rules.reports_due(
        date(2013, 7, 1), date(2016, 1, 1), 12, filed={date(2014, 7, 1)}, today=date(2015, 7, 2)
    )
    assert [(due.on.isoformat(), due.filed, due.overdue) for due in dues] == [
        ("2014-07-01", True, False),
        ("2015-07-01", False, True),
        ("2016-01-01", False, False),
    ]


def test_a_report_is_not_overdue_on_the_day_on_which_it_is_due():
    (first, *_), day = rules.reports_due(DAY, date(2020, 1, 1), 1, filed=(), today=date(2015, 5, 13)), DAY
    assert (first.on, first.overdue) == (date(2015, 5, 13), False)
    assert day < first.on


def test_a_mandate_shorter_than_a_report_s_time_has_one_report_at_its_end():
    assert [d.on for d in rules.reports_due(DAY, date(2015, 6, 1), 12, filed=(), today=DAY)] == [
        date(2015, 6, 1)
    ]


def test_a_report_that_falls_on_the_last_day_is_one_report():
    dues = rules.reports_due(DAY, date(2015, 6, 13), 1, filed=(), today=DAY)
    assert [due.on for due in dues] == [date(2015, 5, 13), date(2015, 6, 13)]
