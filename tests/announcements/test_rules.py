"""When an announcement goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from govnet.announcements import rules
from govnet.kernel.errors import RuleBroken
from tests.sentences import read

NOW = datetime(2015, 4, 13, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "instant"),
    [
        (date(2015, 4, 13), 10, "Europe/London", NOW),
        (date(2015, 1, 13), 9, "Europe/London", datetime(2015, 1, 13, 9, tzinfo=UTC)),
        (date(2015, 3, 29), 1, "Europe/London", datetime(2015, 3, 29, 1, tzinfo=UTC)),
        (date(2015, 4, 14), 8, "Pacific/Auckland", datetime(2015, 4, 13, 20, tzinfo=UTC)),
    ],
)
def test_an_hour_is_one_by_the_networks_clock(day, hour, zone, instant):
    found = rules.at_hour(day, hour, zone)
    assert found == instant
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        (None, timedelta(minutes=10)),
        (timedelta(0), timedelta(minutes=10)),
        (timedelta(minutes=9), timedelta(minutes=10)),
        (timedelta(minutes=11), timedelta(minutes=11)),
        (timedelta(days=366), timedelta(days=366)),
    ],
)
def test_it_goes_when_it_is_wanted_and_never_sooner_than_it_can_be_undone(wanted, goes):
    assert rules.goes_at(None if wanted is None else NOW + wanted, NOW) == NOW + goes


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (timedelta(seconds=-1), "That hour is in the past."),
        (timedelta(days=366, seconds=1), "That is more than a year away."),
    ],
)
def test_it_goes_neither_in_the_past_nor_in_a_year_and_a_day(wanted, words):
    with pytest.raises(RuleBroken) as broken:
        rules.goes_at(NOW + wanted, NOW)
    assert broken.value.field == "day"
    assert read(broken.value.message).startswith(words)


@pytest.mark.parametrize(("seconds", "minutes"), [(-9, 0), (0, 0), (1, 1), (60, 1), (61, 2), (600, 10)])
def test_the_minutes_in_which_it_can_be_undone_are_rounded_up(seconds, minutes):
    assert rules.minutes_left(NOW + timedelta(seconds=seconds), NOW) == minutes
