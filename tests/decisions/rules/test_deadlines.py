"""When answers close."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.rules import Charter, load
from govnet.charter.working_days import working
from govnet.decisions.rules import deadlines
from govnet.decisions.rules.who_counts import (
    KnownAnswer,
    Visible,
    counts,
    may_stop,
    on_roll,
    other_party,
    principles,
    second_hand,
    sees_names,
    sees_tally,
    stop_lacks,
    tightest,
)

LONDON = ZoneInfo("Europe/London")
WEEK = Charter().with_changes({"decisions.minimum_days_open": 7})
MONDAY = datetime(2015, 5, 4, 9, 0, tzinfo=UTC)


def test_answers_close_at_six_by_the_network_s_own_clock_in_summer_and_winter() -> None:
    assert deadlines.closes(date(2015, 5, 15), WEEK, LONDON) == datetime(2015, 5, 15, 17, 0, tzinfo=UTC)
    assert deadlines.closes(date(2015, 1, 15), WEEK, LONDON) == datetime(2015, 1, 15, 18, 0, tzinfo=UTC)


def test_a_proposal_opened_in_the_morning_may_close_the_same_weekday_a_week_later() -> None:
    assert deadlines.earliest(MONDAY, WEEK, LONDON) == date(2015, 5, 11)


def test_a_proposal_opened_after_the_closing_hour_has_its_seven_days_all_the_same() -> None:
    assert deadlines.earliest(MONDAY.replace(hour=17, minute=1), WEEK, LONDON) == date(2015, 5, 12)


def test_a_proposal_opened_at_the_closing_hour_itself_has_exactly_seven_days() -> None:
    assert deadlines.earliest(MONDAY.replace(hour=17), WEEK, LONDON) == date(2015, 5, 11)


def test_nothing_closes_on_a_weekend() -> None:
    saturday = datetime(2015, 5, 9, 9, 0, tzinfo=UTC)
    assert deadlines.earliest(saturday, WEEK, LONDON) == date(2015, 5, 18)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2015, 5, 8), "at least 7 days to answer: choose 2015-05-11 or later"),
        (date(2015, 5, 16), "not a working day"),
        (date(2015, 7, 15), "can’t stay open that long: choose 2015-07-03 or earlier"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_the_nearest_that_can(day: date, words: str) -> None:
    assert words in str(deadlines.day_problem(day, MONDAY, WEEK, LONDON))


def test_a_day_between_the_two_is_fine() -> None:
    assert deadlines.day_problem(date(2015, 5, 15), MONDAY, WEEK, LONDON) is None


def test_an_answer_in_the_last_second_counts_and_one_at_the_deadline_does_not() -> None:
    deadline = datetime(2015, 5, 15, 17, 0, tzinfo=UTC)
    assert deadlines.takes_answers(deadline - timedelta(microseconds=1), deadline)
    assert not deadlines.takes_answers(deadline, deadline)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a minute"), (60, "1 minute"), (125, "2 minutes"), (7200, "2 hours"), (90000, "1 day")],
)
def test_a_person_who_came_late_reads_by_how_much(seconds: int, words: str) -> None:
    assert str(deadlines.how_late(MONDAY, MONDAY + timedelta(seconds=seconds))) == words


def test_the_last_day_is_announced_once_it_has_begun_and_not_for_what_just_opened() -> None:
    deadline = datetime(2015, 5, 15, 17, 0, tzinfo=UTC)
    assert not deadlines.last_call_due(deadline - timedelta(hours=25), MONDAY, deadline)
    assert deadlines.last_call_due(deadline - timedelta(hours=24), MONDAY, deadline)
    assert not deadlines.last_call_due(deadline, MONDAY, deadline)
    assert not deadlines.last_call_due(
        deadline - timedelta(hours=2), deadline - timedelta(hours=40), deadline
    )


def test_new_words_give_people_a_week_more_but_not_for_ever() -> None:
    deadline = deadlines.closes(date(2015, 5, 11), WEEK, LONDON)
    last = deadlines.cap(MONDAY, deadline, WEEK, LONDON)
    assert last == deadlines.closes(date(2015, 6, 1), WEEK, LONDON), "21 days after the first closing day"
    later = deadlines.reworded(deadline, deadline - timedelta(hours=25), last, WEEK, LONDON)
    assert later == deadlines.closes(date(2015, 5, 18), WEEK, LONDON)
    assert deadlines.reworded(last, last - timedelta(hours=25), last, WEEK, LONDON) == last


def test_new_words_never_bring_the_deadline_forward() -> None:
    deadline = deadlines.closes(date(2015, 6, 11), WEEK, LONDON)
    assert deadlines.reworded(deadline, MONDAY, MONDAY, WEEK, LONDON) == deadline
    assert deadlines.cap(MONDAY, deadline, load({p.EXTENSION_MOST.key: 0}), LONDON) == deadline


def test_the_last_hours_are_frozen_from_their_first_second() -> None:
    deadline = deadlines.closes(date(2015, 5, 11), WEEK, LONDON)
    assert deadlines.frozen(deadline - timedelta(hours=24, seconds=1), deadline, WEEK) is None
    assert deadlines.frozen(deadline - timedelta(hours=24), deadline, WEEK) is not None
    open_to_the_end = load({p.FROZEN_HOURS.key: 0})
    assert deadlines.frozen(deadline - timedelta(seconds=1), deadline, open_to_the_end) is None


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2015, 5, 16), "working day"),
        (date(2015, 5, 11), "a later day"),
        (date(2015, 5, 8), "a later day"),
        (date(2015, 6, 2), "no day after"),
        (date(2015, 6, 1), None),
    ],
)
def test_more_time_is_given_to_a_later_working_day_within_the_rules(day: date, words: str | None) -> None:
    deadline = deadlines.closes(date(2015, 5, 11), WEEK, LONDON)
    last = deadlines.cap(MONDAY, deadline, WEEK, LONDON)
    problem = deadlines.extension_problem(day, deadline, last, WEEK, LONDON)
    assert (problem is None) if words is None else (problem is not None and words in str(problem.text))


@given(
    st.integers(0, 20 * 365 * 24 * 60),
    st.integers(1, 60),
    st.integers(0, 23),
    st.sampled_from(
        ["Europe/London", "Pacific/Auckland", "America/St_Johns", "Asia/Kathmandu", "Africa/Cairo"]
    ),
)
def test_people_always_have_the_days_they_were_promised(
    minutes: int, days: int, hour: int, zone: str
) -> None:
    charter = Charter().with_changes({"decisions.minimum_days_open": days, "decisions.closing_hour": hour})
    place, start = ZoneInfo(zone), MONDAY + timedelta(minutes=minutes)
    day = deadlines.earliest(start, charter, place)
    deadline = deadlines.closes(day, charter, place)
    wall = deadline.astimezone(place).replace(tzinfo=None) - start.astimezone(place).replace(tzinfo=None)
    assert wall >= timedelta(days=days, hours=-1)
    assert wall < timedelta(days=days + 3)
    assert working(day, charter)
    assert deadlines.latest(start, charter, place) >= day


def test_each_membership_has_one_voice_unless_only_organisations_count() -> None:
    only = Charter().with_changes({"decisions.voice": "organisations"})
    assert counts("individual", Charter())
    assert not counts("individual", only)
    assert counts("organisation", only)
    assert counts("individual", only, body="committee")
    assert not on_roll("observer")


def test_nobody_casts_two_answers_that_count() -> None:
    mine = KnownAnswer(party=1, cast_by=7, counted=True)
    both = {"own": True, "may": {1, 2}}
    assert "take back the first one" in str(second_hand([mine], party=2, caster=7, **both))
    assert second_hand([mine], party=1, caster=7, **both) is None
    assert second_hand([mine], party=2, caster=8, **both) is None


def test_a_former_speaker_s_answer_stands_and_one_s_own_is_shown_beside_it() -> None:
    theirs = KnownAnswer(party=1, cast_by=7, counted=True)
    assert second_hand([theirs], party=2, caster=7, own=True, may={2}) is None
    assert other_party([theirs], party=2, caster=7) == 1
    assert "ask a colleague" in str(second_hand([theirs], party=3, caster=7, own=False, may={2, 3}))


def test_an_answer_that_is_only_shown_leaves_room_for_the_organisation_s() -> None:
    shown = KnownAnswer(party=1, cast_by=7, counted=False)
    assert second_hand([shown], party=2, caster=7, own=False, may={1, 2}) is None


def test_a_stop_says_why_and_what_would_help_and_what_it_rests_on() -> None:
    assert set(stop_lacks(" ", "", "", None)) == {"reason", "remedy"}
    assert set(stop_lacks("It excludes people.", "", "", ["We exclude nobody."])) == {"remedy", "principle"}
    assert set(stop_lacks("It excludes people.", "x", "Made up.", ["We exclude nobody."])) == {"principle"}
    assert stop_lacks("It excludes people.", "x", "We exclude nobody.", ["We exclude nobody."]) == {}


def test_without_principles_of_its_own_a_stop_rests_on_the_purpose_and_what_members_agree_to() -> None:
    bare = load({p.CRITERIA.key: ["I share it."], p.CODE_OF_CONDUCT.key: ["I am kind."]})
    assert principles(bare, "Open government.") == ("Open government.", "I share it.", "I am kind.")
    own = load({p.OWN_CLAUSES.key: ["We publish what we are sent.", "Open government."]})
    assert principles(own, "Open government.") == ("Open government.", "We publish what we are sent.")
    assert principles(load({p.PRINCIPLES.key: ["Nobody is left out."]}), "x") == ("Nobody is left out.",)


@pytest.mark.parametrize(
    ("who", "organisation", "body", "can"),
    [
        ("everyone", False, "all", True),
        ("organisations", False, "all", False),
        ("organisations", True, "all", True),
        ("organisations", False, "committee", True),
    ],
)
def test_the_charter_says_who_can_say_stop(who: str, organisation: bool, body: str, can: bool) -> None:
    assert may_stop(load({p.WHO_MAY_STOP.key: who}), organisation=organisation, body=body) is can


@pytest.mark.parametrize(
    ("visible", "closed", "answered", "seen"),
    [
        ("at_once", False, False, True),
        ("after_own", False, False, False),
        ("after_own", False, True, True),
        ("at_close", False, True, False),
        ("at_close", True, False, True),
    ],
)
def test_answers_show_when_the_charter_says(visible: str, closed: bool, answered: bool, seen: bool) -> None:
    assert sees_tally(Visible(visible), closed=closed, has_answered=answered) is seen
    assert sees_names(Visible(visible), member=True, closed=closed, has_answered=answered) is seen
    assert not sees_names(Visible(visible), member=False, closed=closed, has_answered=answered)


def test_every_way_the_charter_can_show_answers_has_a_place_among_the_protections() -> None:
    assert tuple(p.VISIBLE.options) == tuple(Visible)
    assert Visible.AT_ONCE.tighter == (Visible.AFTER_OWN, Visible.AT_CLOSE)
    assert Visible.AT_CLOSE.tighter == ()
    assert tightest(Visible.AT_CLOSE, Visible.AT_ONCE) is Visible.AT_CLOSE


def test_a_decision_of_a_meeting_is_late_after_the_time_in_the_rules() -> None:
    rules = Charter().with_changes({"committee.publish_days": 14})
    late = [deadlines.days_late(date(2015, 4, day), date(2015, 4, 30), rules) for day in (14, 15, 16, 17)]
    assert late == [2, 1, 0, 0]
    assert deadlines.days_late(date(2014, 4, 1), date(2015, 4, 30), Charter()) == 0
