"""How the record reads: quotation marks, days, and what a reader may not see."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from govnet.kernel.translation import nested
from govnet.record.page import EntryView, by_day


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("She asked: “Should we pay?”", "She asked: “Should we pay?”"),
        ("““Engagement” becomes “participation”.”", "“‘Engagement’ becomes ‘participation’.”"),
        ("“One” and “two”", "“One” and “two”"),
        ("“He said “never mind”", "“He said “never mind”"),
        ("No marks at all", "No marks at all"),
    ],
)
def test_quotation_marks_inside_quotation_marks_are_single_ones(written: str, read: str) -> None:
    assert nested(written) == read


def a_line(number: int, words: str, day: int, shown: bool) -> EntryView:
    details = {"verb": "x"} if shown else {}
    return EntryView(SimpleNamespace(number=number), date(2015, 4, day), words, None, details)  # type: ignore[arg-type]


def test_entries_that_a_visitor_may_not_read_are_grouped_by_day() -> None:
    hidden = "Something that only members may read"
    lines = [
        a_line(7, hidden, 14, False),
        a_line(6, hidden, 14, False),
        a_line(5, "Ada asked", 14, True),
        a_line(4, "Ada asked", 14, True),
        a_line(3, hidden, 14, False),
        a_line(2, hidden, 13, False),
        a_line(1, "Something that only the committee may read", 13, False),
    ]
    found = [
        (day.day, [line.entry.number for line in shown], [line.entry.number for line in hidden])
        for day, shown, hidden in by_day(lines)
    ]
    assert found == [(14, [5, 4], [7, 6, 3]), (13, [], [2, 1])]
