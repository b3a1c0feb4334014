"""Numbers as people type them, links, months, and sentences with their values."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from govnet.kernel import calendar
from govnet.kernel.messages import Said, counted
from govnet.kernel.numbers import fraction, whole_number
from govnet.kernel.web_addresses import web_address


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7", 7),
        (" 07 ", 7),
        ("0", 0),
        ("123456789", 123_456_789),
        ("1234567890", None),
        ("-1", None),
        ("+1", None),
        ("7.5", None),
        ("", None),
        (None, None),
        ("²", None),
        (12, 12),
    ],
)
def test_a_whole_number_has_at_most_nine_digits_and_no_sign(typed: object, number: int | None) -> None:
    assert whole_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2/3", Fraction(2, 3)),
        (" 2 / 3 ", Fraction(2, 3)),
        ("10%", Fraction(1, 10)),
        ("12.5 %", Fraction(1, 8)),
        ("0.25", Fraction(1, 4)),
        ("1", Fraction(1)),
        ("1.0625", Fraction(17, 16)),
        ("9999/9999", Fraction(1)),
    ],
)
def test_a_fraction_is_exact_however_it_is_typed(typed: str, value: Fraction) -> None:
    assert fraction(typed) == value


@pytest.mark.parametrize("typed", ["", "1/0", "10000", "-1/2", "1/2/3", "half", "1.", "0.12345"])
def test_other_texts_are_no_fraction_and_the_error_has_their_beginning(typed: str) -> None:
    with pytest.raises(ValueError) as wrong:
        fraction(typed + "?" * 99)
    assert str(wrong.value) == (typed + "?" * 99)[:40]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" example.org ", "https://example.org"),
        ("http://example.org:80", "http://example.org:80"),
        ("example.org:1", "https://example.org:1"),
        ("example.org:0", None),
        ("http://.example.org", None),
        ("http://localhost", None),
    ],
)
def test_a_web_address_names_a_site_and_a_door_that_can_be(typed: str, address: str | None) -> None:
    assert web_address(typed) == address


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2015, 3, 31), -1, date(2015, 2, 28)),
        (date(2015, 1, 15), -1, date(2014, 12, 15)),
        (date(2015, 12, 15), 12, date(2016, 12, 15)),
        (date(2015, 12, 31), 0, date(2015, 12, 31)),
    ],
)
def test_months_go_back_as_well(day: date, months: int, then: date) -> None:
    assert calendar.months_after(day, months) == then


def test_the_last_day_is_the_one_before_the_end() -> None:
    assert calendar.day_before(date(2015, 3, 1)) == date(2015, 2, 28)


def test_a_sentence_has_the_form_of_its_number_and_lists_with_commas() -> None:
    assert str(
        counted("%(num)s day for %(people)s", "%(num)s days for %(people)s", 1, people=("Ann", "Bo"))
    ) == ("1 day for Ann, Bo")
    assert str(counted("%(num)s day", "%(num)s days", 2)) == "2 days"
    assert str(counted("%(num)s day", "%(num)s days", 0)) == "0 days"
    assert str(Said("%(list)s", {"list": [Said("one"), 2]})) == "one, 2"
