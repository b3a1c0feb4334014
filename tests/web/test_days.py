"""A day as people write it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.web.days import read_day


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-15", "15/5/2026", "15/05/2026", "15.5.2026", "15-5-2026", "15 5 2026", "15/5/26",
        "15 May 2026", "15 may 2026", " 15  May   2026 ", "15th May 2026", "15. May 2026", "Fri 15 May 2026",
        "Friday, 15 May 2026", "May 15, 2026", "May 15th 2026", "15 May, 2026",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read_day(text) == date(2026, 5, 15)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "15 May", "31/2/2026", "15 Ju 2026", "15 Mayhem 2026", "15/13/2026", "0/0/0000", "99999-01-01",
     "2026-05-15T10:00", "15 May 2026 or so", "١٥/٥/٢٠٢٦x", "15 " + "M" * 10_000 + " 2026"],
)  # fmt: skip
def test_text_that_is_no_day_is_none(text: str) -> None:
    assert read_day(text) is None


def test_months_have_the_reader_s_names_too() -> None:
    assert read_day("15 Mai 2026", "cy") == date(2026, 5, 15)
    assert read_day("15 Gorff 2026", "cy") == date(2026, 7, 15)
    assert read_day("15 Mai 2026") is None


@given(
    st.dates(date(1900, 1, 1), date(2999, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%a %d %b %Y"]),
)
def test_every_day_is_read_back(day: date, how: str) -> None:
    assert read_day(day.strftime(how)) == day


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    assert read_day(text) is None or isinstance(read_day(text), date)
