"""The demo's files hold together: everybody who speaks exists, was there at the time, and is invented."""

import re
import tomllib
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from govnet.charter import parameters
from govnet.charter.models import ACCENTS, RESERVED
from govnet.charter.rules import Charter, problems
from govnet.charter.working_days import working
from govnet.decisions.rules.deadlines import earliest
from govnet.decisions.rules.outcome import FIVE, AnswerKind, Outcome, Tally, outcome, rule_for
from govnet.demo import decisions
from govnet.demo.facts import Facts, ThreadFact
from govnet.demo.files import read
from govnet.demo.stage import Calendar, Stage, spread
from govnet.operations.founding.file import read_founding

CALENDAR = Calendar(datetime(2026, 5, 14, 10, 20, tzinfo=UTC), ZoneInfo("Europe/London"))
ROLES = {"member", "steering", "coordinator", "operator"}


@pytest.fixture(scope="module")
def facts() -> Facts:
    return read(CALENDAR)


def member_since(facts: Facts) -> dict[str, int]:
    """Days ago at which each person could first speak: as a member, or when her organisation joined."""
    since = {
        key: one.days_ago
        for key, one in facts.people.items()
        if one.kind not in ("subscriber", "unconfirmed")
    }
    speakers = {one.representative: one.days_ago for one in facts.organisations.values()}
    return {
        key: min(days, speakers.get(key, days)) if facts.people[key].kind == "representative" else days
        for key, days in since.items()
    }


def times(thread: ThreadFact) -> list[datetime]:
    begun = CALENDAR.at(-thread.days_ago, thread.hour)
    return [
        begun,
        *spread(
            CALENDAR,
            days_ago=thread.days_ago,
            hour=thread.hour,
            over_days=thread.over_days,
            count=len(thread.posts),
        ),
    ]


def test_some_sixty_members_and_twelve_organisations_belong(facts: Facts) -> None:
    assert 58 <= sum(one.kind == "member" for one in facts.people.values()) <= 64
    assert len(facts.organisations) == 12


def test_each_button_of_the_demo_page_names_one_person(facts: Facts) -> None:
    assert {one.act_as for one in facts.people.values()} - {""} == ROLES


def test_the_five_topics_bear_their_titles(facts: Facts) -> None:
    topics = tomllib.loads(facts.founding)["topic"]
    assert [one["title"] for one in topics] == [
        "Purpose of the network",
        "Membership of the network",
        "Role & membership of the steering committee",
        "Position of the network coordinator",
        "Anything else",
    ]


def test_threads_reach_from_nothing_said_to_a_hundred_and_twenty_posts(facts: Facts) -> None:
    sizes = sorted(1 + len(one.posts) for one in facts.threads)
    assert len(sizes) >= 25
    assert (sizes[0], sizes[-1]) == (1, 120)


def test_everybody_named_in_the_demo_exists(facts: Facts) -> None:
    named = [one.by for thread in facts.threads for one in thread.posts]
    named += [one.by for one in (*facts.threads, *facts.proposals, *facts.elsewhere, *facts.announcements)]
    named += [one.summary.by for one in facts.threads if one.summary]
    named += [key for thread in facts.threads for key in thread.thanks]
    named += [facts.human(one) for it in facts.proposals for one in it.answers]
    named += [one.by for one in (*facts.hidden, *facts.reports)]
    named += [
        key for one in facts.organisations.values() for key in (one.representative, one.alternate) if key
    ]
    assert set(named) <= set(facts.people)


def test_topics_threads_and_posts_that_others_name_are_there(facts: Facts) -> None:
    threads = {one.key for one in facts.threads}
    posts = {post.key for thread in facts.threads for post in thread.posts if post.key}
    assert {one.topic for one in facts.threads} == {
        one["slug"] for one in tomllib.loads(facts.founding)["topic"]
    }
    assert {one.thread for one in facts.proposals} <= threads
    assert {one.thread for one in facts.elsewhere} - {""} <= threads
    assert {one.post for one in (*facts.hidden, *facts.reports)} == posts


def test_everybody_who_posts_belonged_by_then(facts: Facts) -> None:
    since = member_since(facts)
    for thread in facts.threads:
        for writer, moment in zip(
            [thread.by, *(post.by for post in thread.posts)], times(thread), strict=True
        ):
            assert moment.date() > CALENDAR.day(-since[writer]), (thread.key, writer)


def test_everybody_who_answers_belonged_when_the_question_opened(facts: Facts) -> None:
    since = member_since(facts)
    for proposal in facts.proposals:
        for answer in proposal.answers:
            joined = facts.organisations[answer.who].days_ago if answer.organisation else since[answer.who]
            assert joined > proposal.opened_days_ago, (proposal.key, answer.who)


def test_everybody_who_signs_a_letter_belonged_when_it_opened(facts: Facts) -> None:
    since = member_since(facts) | {f"org:{one.key}": one.days_ago for one in facts.organisations.values()}
    for letter in facts.letters:
        assert letter.thread in {one.key for one in facts.threads}, letter.key
        assert len(set(letter.names)) == len(letter.names), letter.key
        assert set(letter.taken_back) <= set(letter.names), letter.key
        for who in (letter.by, *letter.names):
            assert since[who] > letter.opened_days_ago, (letter.key, who)


def test_no_human_answers_twice_in_two_names(facts: Facts) -> None:
    for proposal in facts.proposals:
        voices = {(answer.organisation, answer.who) for answer in proposal.answers}
        humans = Counter(
            facts.human(answer)
            for answer in {voice: a for a in proposal.answers for voice in [(a.organisation, a.who)]}.values()
        )
        assert len(humans) == len(voices), (proposal.key, humans.most_common(1))


def test_the_open_question_has_thirty_answers_of_every_kind(facts: Facts) -> None:
    question = next(one for one in facts.proposals if one.key == "paid")
    kinds = Counter(one.kind for one in question.answers)
    assert question.closes_days == 1
    assert len({(one.organisation, one.who) for one in question.answers}) >= 30
    assert set(kinds) == set(FIVE)


def test_people_who_stop_a_proposal_say_why_and_what_would_help(facts: Facts) -> None:
    every = [
        one for it in facts.proposals for one in (*it.answers, *(a for e in it.earlier for a in e.answers))
    ]
    stops = [one for one in every if one.kind == AnswerKind.BLOCK]
    assert stops
    assert all(len(one.reason) > 40 and one.needs for one in stops)


def test_a_proposal_opens_after_its_thread_and_lasts_a_week_or_more(facts: Facts) -> None:
    begun = {one.key: one.days_ago for one in facts.threads}
    for one in facts.proposals:
        assert one.opened_days_ago < begun[one.thread], one.key
        assert one.opened_days_ago + one.closes_days >= 7, one.key


def test_one_proposal_shows_each_way_to_end(facts: Facts) -> None:
    assert {one.expected for one in facts.proposals} == {
        "", Outcome.CONSENSUS, Outcome.STAND_ASIDES, Outcome.BLOCKED, Outcome.NO_QUORUM}  # fmt: skip
    assert {one.place for one in facts.elsewhere} == {"meeting", "list"}
    assert sum("membership.criteria" in one.changes for one in facts.proposals) == 2


def test_all_that_happened_lies_before_now_and_in_order(facts: Facts) -> None:
    for thread in facts.threads:
        moments = times(thread)
        assert moments == sorted(moments), thread.key
        assert moments[-1] < CALENDAR.now, thread.key


def test_seven_places_one_of_them_empty_each_with_evidence(facts: Facts) -> None:
    seats = tomllib.loads(facts.founding)["committee"]["seats"]
    assert len(seats) == 7
    assert sum(seat.get("vacant", False) for seat in seats) == 1
    assert all(seat["evidence"] for seat in seats)


def test_the_mandate_ends_in_three_months(facts: Facts) -> None:
    end = datetime.fromisoformat(tomllib.loads(facts.founding)["coordinator"]["end"]).date()
    assert 85 <= (end - CALENDAR.today).days <= 95


def test_every_address_in_the_files_leads_nowhere(facts: Facts) -> None:
    text = repr(facts)
    assert re.findall(r"[\w.+-]+@[\w.-]+", text)
    assert all(address.endswith("example.org") for address in re.findall(r"[\w.+-]+@[\w.-]+\w", text))
    assert all(host.endswith("example.org") for host in re.findall(r"https?://([\w.-]+)", text))


def test_no_place_for_a_date_is_left_unfilled(facts: Facts) -> None:
    assert "{{" not in repr(facts)
    assert (
        "Leeds workshop, St George's Centre, Great George Street, Mon 20 April 2026"
        in facts.elsewhere[1].evidence
    )


def test_the_draft_is_not_sent_and_four_others_were(facts: Facts) -> None:
    assert [one.days_ago is None for one in facts.announcements] == [False] * 4 + [True]


def test_posts_vary_in_length_and_use_markdown(facts: Facts) -> None:
    texts = [post.text for thread in facts.threads for post in thread.posts] + [
        one.text for one in facts.threads
    ]
    assert len(set(texts)) == len(texts)
    assert min(map(len, texts)) < 15
    assert max(map(len, texts)) > 400
    for mark in ("\n- ", "\n> ", "\n1. ", "**", "<https://example.org/", "| --- |".replace(" ", "")):
        assert any(mark in text for text in texts), mark


def test_replies_come_in_waking_hours(facts: Facts) -> None:
    hours = {moment.astimezone(CALENDAR.zone).hour for thread in facts.threads for moment in times(thread)}
    assert min(hours) >= 7
    assert max(hours) <= 22


def test_the_demo_is_founded_by_a_file_that_any_network_could_use(facts: Facts) -> None:
    founding = read_founding(tomllib.loads(facts.founding), reserved=RESERVED, accents=ACCENTS)
    assert founding.charter[parameters.QUORUM] == "none"
    assert {person.email for person in founding.people.values()} <= {
        one.email for one in facts.people.values()
    }
    assert all(
        facts.people[person.email.split("@")[0]].name == person.name for person in founding.people.values()
    )


def test_changes_of_the_charter_in_a_proposal_can_be_changed(facts: Facts) -> None:
    charter = read_founding(tomllib.loads(facts.founding), reserved=RESERVED, accents=ACCENTS).charter
    for proposal in facts.proposals:
        assert problems(charter, proposal.changes) == {}, proposal.key
        assert proposal.matter in parameters.MATTERS, proposal.key


def test_the_rules_after_nine_places_say_what_its_text_says(facts: Facts) -> None:
    charter = read_founding(tomllib.loads(facts.founding), reserved=RESERVED, accents=ACCENTS).charter
    nine = charter.with_changes(next(one for one in facts.proposals if one.key == "nine").changes)
    kinds = ("individual_seats", "organisation_seats", "sister_seats")
    assert nine[parameters.CATALOGUE["committee.seats"]] == 9
    assert [nine[parameters.CATALOGUE[f"committee.{kind}"]] for kind in kinds] == [3, 3, 3]


@pytest.mark.parametrize("day", [*range(1, 15), *range(20, 32)])
def test_whenever_the_demo_starts_a_question_closes_on_the_next_working_day(facts: Facts, day: int) -> None:
    """In an ordinary fortnight of December, and over its holidays."""
    rules = Charter({parameters.HOLIDAYS.key: "GB-ENG"})
    started = Calendar(datetime(2026, 12, day, 17, 30, tzinfo=UTC), ZoneInfo("Europe/London"))
    stage = Stage(calendar=started, facts=facts)
    paid = next(one for one in facts.proposals if one.key == "paid")
    next_one = next(each for n in range(1, 9) if working(each := started.day(n), rules))
    assert decisions.closing_day(stage, paid) == next_one
    assert earliest(started.at(-paid.opened_days_ago, 20.5), rules, started.zone) <= next_one


def test_answers_make_of_each_proposal_what_its_story_says(facts: Facts) -> None:
    charter = read_founding(tomllib.loads(facts.founding), reserved=RESERVED, accents=ACCENTS).charter
    for proposal in (one for one in facts.proposals if one.expected):
        last = {(one.organisation, one.who): AnswerKind(one.kind) for one in proposal.answers}
        found = outcome(Tally.of(last.values()), roll=74, rule=rule_for(charter, proposal.matter))
        assert found == proposal.expected, proposal.key
        charter = charter.with_changes(proposal.changes) if found.adopted and proposal.changes else charter


def test_an_organisation_is_listed_after_its_speaker_and_its_stand_in(facts: Facts) -> None:
    for one in facts.organisations.values():
        for key in filter(None, (one.representative, one.alternate)):
            person = facts.people[key]
            assert person.kind == "representative" or person.days_ago > one.days_ago + 1, (one.key, key)
