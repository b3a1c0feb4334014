"""What holds for offices, before there is a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.kernel import calendar
from govnet.kernel.errors import RuleBroken
from govnet.offices import rules
from govnet.offices.rules import OfficeStage

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
    return str(broken.value.message)


def test_nobody_gets_a_term_that_is_over_backwards_or_longer_than_the_rules_say():
    year = date(2016, 4, 13)
    rules.check_span(DAY, year, today=DAY, longest=12)
    refused("last_day", lambda: rules.check_span(DAY, DAY, today=DAY, longest=12))
    refused("last_day", lambda: rules.check_span(date(2015, 1, 1), DAY, today=DAY, longest=12))
    words = refused("last_day", lambda: rules.check_span(DAY, year + timedelta(1), today=DAY, longest=12))
    assert "12 months" in words
    words = refused("first_day", lambda: rules.check_span(date.max, date.max, today=DAY, longest=12))
    assert "ten years" in words


def test_somebody_who_leaves_names_a_day_that_is_still_to_come_and_early_enough():
    rules.check_last_day(DAY, end=DAY + timedelta(2), today=DAY)
    refused("last_day", lambda: rules.check_last_day(DAY - timedelta(1), end=DAY + timedelta(2), today=DAY))
    refused("last_day", lambda: rules.check_last_day(DAY, end=DAY, today=DAY))


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
