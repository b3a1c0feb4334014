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
from govnet.decisions.rules.outcome import FIVE, AnswerKind
from govnet.decisions.rules.who_counts import (
    KnownAnswer,
    always_told,
    counts,
    may_stop,
    needs_principle,
    offered,
    on_roll,
    other_party,
    principles,
    second_hand,
    stop_lacks,
)
from govnet.decisions.rules.who_sees import Visible, sees_names, sees_tally, tightest
from tests.sentences import read

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
    assert words in read(deadlines.day_problem(day, MONDAY, WEEK, LONDON))


@pytest.mark.parametrize("day", [date(2015, 5, 11), date(2015, 5, 15), date(2015, 7, 3)])
def test_the_first_day_the_last_one_and_one_between_are_fine(day: date) -> None:
    assert deadlines.day_problem(day, MONDAY, WEEK, LONDON) is None


def test_an_answer_in_the_last_second_counts_and_one_at_the_deadline_does_not() -> None:
    deadline = datetime(2015, 5, 15, 17, 0, tzinfo=UTC)
    assert deadlines.takes_answers(deadline - timedelta(microseconds=1), deadline)
    assert not deadlines.takes_answers(deadline, deadline)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "less than a minute"),
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (119, "1 minute"),
        (120, "2 minutes"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (7200, "2 hours"),
        (86_399, "23 hours"),
        (86_400, "1 day"),
        (172_800, "2 days"),
    ],
)
def test_a_person_who_came_late_reads_by_how_much(seconds: int, words: str) -> None:
    assert str(deadlines.how_late(MONDAY, MONDAY + timedelta(seconds=seconds))) == words


def test_the_last_day_is_announced_once_it_has_begun_and_not_for_what_just_opened() -> None:
    deadline = datetime(2015, 5, 15, 17, 0, tzinfo=UTC)
    assert not deadlines.last_call_due(deadline - timedelta(hours=25), MONDAY, deadline)
    assert deadlines.last_call_due(deadline - timedelta(hours=24), MONDAY, deadline)
    assert not deadlines.last_call_due(deadline, MONDAY, deadline)
    for hours, due in ((40, False), (48, False), (49, True)):
        opened = deadline - timedelta(hours=hours)
        assert deadlines.last_call_due(deadline - timedelta(hours=2), opened, deadline) is due


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
    last = "In the last 24 hours before answers close the text can’t be changed. You can still say Stop."
    assert read(deadlines.frozen(deadline - timedelta(hours=24), deadline, WEEK)) == last
    open_to_the_end = load({p.FROZEN_HOURS.key: 0})
    assert deadlines.frozen(deadline - timedelta(seconds=1), deadline, open_to_the_end) is None


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2015, 5, 16), "not a working day"),
        (date(2015, 5, 11), "choose a later day than 2015-05-11"),
        (date(2015, 5, 8), "choose a later day than 2015-05-11"),
        (date(2015, 5, 12), ""),
        (date(2015, 6, 1), ""),
        (date(2015, 6, 2), "allow no day after 2015-06-01"),
    ],
)
def test_more_time_is_given_to_a_later_working_day_within_the_rules(day: date, words: str) -> None:
    deadline = deadlines.closes(date(2015, 5, 11), WEEK, LONDON)
    last = deadlines.cap(MONDAY, deadline, WEEK, LONDON)
    problem = deadlines.extension_problem(day, deadline, last, WEEK, LONDON)
    assert (problem is None) == (words == "")
    assert words in read(problem)


def test_a_proposal_that_has_all_its_time_gets_no_more() -> None:
    deadline = deadlines.closes(date(2015, 6, 1), WEEK, LONDON)
    problem = deadlines.extension_problem(date(2015, 6, 2), deadline, deadline, WEEK, LONDON)
    assert read(problem) == "It already has all the time that our rules allow."


def test_new_words_leave_everybody_a_day_by_the_clock_on_the_wall() -> None:
    closing = datetime(2015, 3, 29, 17, 0, tzinfo=UTC)  # 18:00, on the day that has 23 hours
    assert deadlines.too_little(closing - timedelta(hours=23), closing, LONDON) is None
    late = deadlines.too_little(closing - timedelta(hours=23) + timedelta(seconds=1), closing, LONDON)
    assert read(late) == (
        "There is not enough time left to ask everybody again. Take the proposal back and propose it anew, "
        "or leave the text as it is."
    )


def test_days_are_those_of_the_place_where_the_network_is() -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    opened = datetime(2015, 5, 4, 20, 0, tzinfo=UTC)  # 8:00 on Tuesday there
    assert deadlines.earliest(opened, WEEK, auckland) == date(2015, 5, 12)
    assert deadlines.latest(opened, WEEK, auckland) == date(2015, 7, 3)
    assert deadlines.latest(opened, load({p.MAXIMUM_DAYS_OPEN.key: 7}), auckland) == date(2015, 5, 12)
    rules = load({p.EXTENSION_MOST.key: 7, p.CLOSING_HOUR.key: 9})
    first = deadlines.closes(date(2015, 5, 12), rules, auckland)
    assert first == datetime(2015, 5, 11, 21, 0, tzinfo=UTC)
    assert first.tzinfo is UTC
    last = deadlines.cap(opened, first, rules, auckland)
    assert last == deadlines.closes(date(2015, 5, 19), rules, auckland)
    assert deadlines.extension_problem(date(2015, 5, 13), first, last, rules, auckland) is None
    assert "later day than 2015-05-12" in read(
        deadlines.extension_problem(date(2015, 5, 12), first, last, rules, auckland)
    )
    assert deadlines.extension_problem(date(2015, 5, 19), first, last, rules, auckland) is None
    assert "no day after 2015-05-19" in read(
        deadlines.extension_problem(date(2015, 5, 20), first, last, rules, auckland)
    )
    assert deadlines.too_little(opened, opened + timedelta(days=1), auckland) is None
    assert deadlines.too_little(opened, opened + timedelta(hours=23), auckland) is not None
    for day, fits in ((11, False), (12, True)):
        assert (deadlines.day_problem(date(2015, 5, day), opened, WEEK, auckland) is None) is fits
    for day, fits in ((3, True), (6, False)):
        assert (deadlines.day_problem(date(2015, 7, day), opened, WEEK, auckland) is None) is fits
    evening = datetime(2015, 5, 4, 7, 0, tzinfo=UTC)  # 19:00 on Monday there, after the closing hour
    then = deadlines.closes(date(2015, 5, 12), WEEK, auckland)
    assert deadlines.waiting_until(evening, 7, WEEK, auckland) == then
    assert deadlines.objections_until(evening, WEEK, auckland) == then
    assert deadlines.reworded(first, opened, last, rules, auckland) == first


def test_days_of_waiting_and_of_objecting_end_at_the_closing_hour_of_a_working_day() -> None:
    friday = datetime(2015, 5, 15, 17, 0, tzinfo=UTC)
    rules = load({p.OBJECTION_DAYS.key: 2})
    assert deadlines.waiting_until(friday, 14, WEEK, LONDON) == datetime(2015, 5, 29, 17, 0, tzinfo=UTC)
    assert deadlines.waiting_until(friday, 1, WEEK, LONDON) == datetime(2015, 5, 18, 17, 0, tzinfo=UTC)
    assert deadlines.objections_until(friday, rules, LONDON) == datetime(2015, 5, 18, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "days", "then"),
    [
        (None, 3, None),
        (date(2015, 5, 12), 3, date(2015, 5, 12)),
        (date(2015, 5, 11), 3, date(2015, 5, 14)),
        (date(2015, 5, 1), 3, date(2015, 5, 12)),
        (date(2015, 5, 11), 0, date(2015, 5, 12)),
    ],
)
def test_a_day_that_no_longer_comes_after_the_closing_moves_with_it(
    day: date | None, days: int, then: date | None
) -> None:
    assert deadlines.moved(day, date(2015, 5, 11), timedelta(days=days)) == then


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
    assert not on_roll("observer")


def test_nobody_casts_two_answers_that_count() -> None:
    mine = KnownAnswer(party=1, cast_by=7, counted=True)
    both = {"own": True, "may": {1, 2}}
    assert read(second_hand([mine], party=2, caster=7, **both)) == (
        "You have already given an answer that counts in this decision. You can answer for yourself or for "
        "your organisation, not both: take back the first one, or ask a colleague."
    )
    assert second_hand([mine], party=1, caster=7, **both) is None
    assert second_hand([mine], party=2, caster=8, **both) is None


def test_a_former_speaker_s_answer_stands_and_one_s_own_is_shown_beside_it() -> None:
    theirs = KnownAnswer(party=1, cast_by=7, counted=True)
    assert second_hand([theirs], party=2, caster=7, own=True, may={2}) is None
    assert other_party([theirs], party=2, caster=7) == 1
    no = second_hand([theirs], party=3, caster=7, own=False, may={2, 3})
    assert read(no) == (
        "You have already given an answer for somebody for whom you spoke before, and it counts. Nobody can "
        "answer twice: ask a colleague to give this one."
    )


def test_an_answer_that_is_only_shown_leaves_room_for_the_organisation_s() -> None:
    shown = KnownAnswer(party=1, cast_by=7, counted=False)
    assert second_hand([shown], party=2, caster=7, own=False, may={1, 2}) is None


def test_a_stop_says_why_and_what_would_help_and_what_it_rests_on() -> None:
    lacks = {field: read(said) for field, said in stop_lacks(" ", "", "", ["We exclude nobody."]).items()}
    assert lacks == {
        "reason": "Say why you want to stop this: others can only reply to a reason that they know.",
        "remedy": "Say what would let you live with it.",
        "principle": "Choose what your Stop rests on.",
    }
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


def test_the_answers_offered_are_those_of_the_charter_in_the_order_of_the_page() -> None:
    some = Charter({p.ANSWERS.key: frozenset({"no-view", "block"})})
    assert offered(some) == (AnswerKind.AGREE, AnswerKind.BLOCK, AnswerKind.NO_VIEW)
    assert offered(Charter()) == FIVE


@pytest.mark.parametrize(
    ("named", "matter", "what", "told"),
    [
        ({"opening"}, "money", "opening", True),
        ({"opening"}, "money", "result", False),
        ({"charter"}, "money", "opening", False),
        ({"charter"}, "charter", "opening", True),
        ({"opening"}, "charter", "result", False),
    ],
)
def test_everybody_hears_of_the_steps_that_the_charter_names_and_of_the_rules_themselves(
    named: set[str], matter: str, what: str, told: bool
) -> None:
    assert always_told(Charter({p.ALWAYS_TOLD.key: frozenset(named)}), matter, what) is told


def test_a_stop_names_a_principle_where_the_charter_wants_one() -> None:
    assert needs_principle(Charter({p.STOP_NEEDS.key: "principle"}))
    assert not needs_principle(Charter({p.STOP_NEEDS.key: "reason"}))


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
