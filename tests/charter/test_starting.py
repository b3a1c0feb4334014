"""The three charters to start from: each sound in itself, and each stricter than the one before."""

import json
from math import inf

import pytest

from govnet.charter import parameters as p
from govnet.charter.contradictions import contradictions
from govnet.charter.presets import ABOUT, NAMES, STARTING
from govnet.charter.rules import load, problems, starting


@pytest.mark.parametrize("name", STARTING)
def test_each_charter_to_start_from_is_sound_and_survives_being_stored(name: str) -> None:
    charter = starting(name)
    assert problems(charter, {}) == {}
    assert load(json.loads(charter.dumps())).dumps() == charter.dumps()
    assert name in NAMES
    assert name in ABOUT


@pytest.mark.parametrize("name", STARTING)
def test_no_charter_to_start_from_contradicts_itself_or_sets_what_means_nothing(name: str) -> None:
    charter = starting(name)
    assert contradictions(charter) == {}
    assert [key for key in STARTING[name] if not charter.applies(p.CATALOGUE[key])] == []


GROWING = (
    *(
        "minimum_days_open",
        "extension_days",
        "extension_most_days",
        "frozen_hours",
        "notice_days",
        "sponsors",
    ),
    *("review_members", "objection_days"),
)


@pytest.mark.parametrize("key", [*(f"decisions.{each}" for each in GROWING), "conduct.appeal_days"])
def test_the_three_charters_grow_stricter(key: str) -> None:
    loose, usual, strict = (starting(name)[p.CATALOGUE[key]] for name in ("loose", "usual", "strict"))
    assert loose <= usual <= strict
    assert loose < strict


OFFICES = (
    "committee.publish_days",
    "committee.vacancy_days",
    "committee.unfit_days",
    "coordinator.report_months",
)


@pytest.mark.parametrize("key", OFFICES)
def test_the_three_charters_leave_offices_less_and_less_time(key: str) -> None:
    """Where no time is set, they have all the time there is."""
    charters = (starting(name) for name in ("loose", "usual", "strict"))
    loose, usual, strict = (charter[p.CATALOGUE[key]] or inf for charter in charters)
    assert loose >= usual >= strict
    assert loose > strict


def test_the_stricter_a_charter_the_more_people_are_notified_and_must_say() -> None:
    loose, usual, strict = (starting(name) for name in ("loose", "usual", "strict"))
    assert loose[p.ALWAYS_TOLD] < usual[p.ALWAYS_TOLD] <= strict[p.ALWAYS_TOLD]
    assert strict[p.ALWAYS_TOLD] == set(p.ALWAYS_TOLD.options)
    assert (loose[p.STOP_NEEDS], strict[p.STOP_NEEDS]) == ("reason", "principle")
    assert (loose[p.STAGGERING], strict[p.STAGGERING]) == ("none", "halves")
    assert (loose[p.CLOSE_EARLY], strict[p.CLOSE_EARLY]) == ("all_answered", "never")


def test_how_many_must_answer_grows_from_none_to_a_quarter() -> None:
    loose, usual, strict = (starting(name) for name in ("loose", "usual", "strict"))
    assert loose[p.QUORUM] == "none"
    assert usual[p.QUORUM_SHARE].needed(124) == 13
    assert strict[p.QUORUM_SHARE].needed(124) == 31
