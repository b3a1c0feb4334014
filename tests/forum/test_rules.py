"""Pages of posts, marks, mentions and appeals, as arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.rules import Charter, load
from govnet.forum import rules
from govnet.forum.moderation import rules as moderation_rules
from govnet.forum.states import Readership
from govnet.kernel.errors import RuleBroken
from tests.sentences import read

NOON = datetime(2015, 4, 13, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("number", "page"), [(0, 1), (1, 1), (20, 1), (21, 2), (120, 6), (121, 7)])
def test_a_post_is_on_the_page_of_its_number(number, page):
    assert rules.page_of(number) == page


@given(st.integers(1, 100_000))
def test_every_post_is_within_the_span_of_its_page(number):
    first, last = rules.span(rules.page_of(number))
    assert first <= number <= last
    assert last - first == rules.PAGE - 1


def test_nothing_is_new_to_somebody_who_was_never_there():
    assert rules.new_since(None, 40) == 0
    assert rules.new_since(38, 40) == 2
    assert rules.unread(None, 40, signed_in=True) == 40
    assert rules.unread(None, 40, signed_in=False) == 0
    assert rules.unread(38, 40, signed_in=True) == 2
    assert rules.new_since(41, 40) == 0


def test_reading_the_next_page_moves_the_mark():
    assert rules.marked(20, 21, 40) == 40
    assert rules.marked(30, 21, 40) == 40
    assert rules.marked(19, 21, 40) == 19


def test_a_post_that_somebody_jumped_over_stays_unread():
    assert rules.marked(20, 101, 120) == 20


def test_reading_an_old_page_again_moves_nothing_back():
    assert rules.marked(60, 1, 20) == 60


def test_the_first_visit_counts_as_having_read_so_far():
    assert rules.marked(None, 101, 120) == 120


def test_a_mark_moves_at_most_once_in_five_minutes():
    assert rules.may_mark(None, NOON)
    assert not rules.may_mark(NOON, NOON + timedelta(minutes=4, seconds=59))
    assert rules.may_mark(NOON, NOON + timedelta(minutes=5))


def test_officers_read_all_members_most_and_visitors_what_is_public():
    assert rules.audiences(member=False, officer=False) == {Readership.PUBLIC}
    assert rules.audiences(member=True, officer=False) == {Readership.PUBLIC, Readership.MEMBERS}
    assert rules.audiences(member=False, officer=True) == set(Readership)


@pytest.mark.parametrize(
    ("wanted", "widest", "fits"),
    [
        (Readership.PUBLIC, Readership.PUBLIC, True),
        (Readership.MEMBERS, Readership.PUBLIC, True),
        (Readership.PUBLIC, Readership.MEMBERS, False),
        (Readership.MEMBERS, Readership.COMMITTEE, False),
        (Readership.COMMITTEE, Readership.COMMITTEE, True),
    ],
)
def test_a_discussion_is_read_by_no_more_people_than_its_topic(wanted, widest, fits):
    assert rules.within(wanted, widest) is fits


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Role & membership of the steering committee", "role-membership-of-the-steering-committee"),
        ("2015", "topic-2015"),
        ("Moderation", "topic-moderation"),
        ("Cafés in Caerdydd", "cafes-in-caerdydd"),
        ("!", "topic"),
        ("Q&A", "q-a"),
        ("ab", "ab"),
        ("a", "topic-a"),
        ("a" * 60, "a" * 60),
        ("a" * 61, "a" * 60),
        ("a" * 59 + " bc", "a" * 59),
        ("новости", "topic"),
    ],
)
def test_a_topics_address_is_made_from_its_title(title, slug):
    assert rules.slug_of(title) == slug


@given(st.text(max_size=120))
def test_no_topics_address_is_a_number_or_a_word_of_ours(title):
    slug = rules.slug_of(title)
    assert 2 <= len(slug) <= 80
    assert slug == slug.lower()
    assert not slug.isdigit()
    assert slug not in rules.RESERVED_SLUGS


def test_a_quote_leaves_out_earlier_quotes():
    assert rules.quoted("> earlier\n\nI agree.\n\nReally.") == "> I agree.\n>\n> Really.\n\n"


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("x" * 1500, "x" * 1500),
        ("x" * 1501, "x" * 1500 + " …"),
        ("x" * 1499 + "  yz", "x" * 1499 + " …"),
        ("x" * 1000 + " " + "y" * 600, "x" * 1000 + " …"),
        ("x" * 1000 + "\n" + "y" * 600, "x" * 1000 + " …"),
        ("x" * 751 + " " + "y" * 900, "x" * 751 + " …"),
        ("x" * 750 + " " + "y" * 900, "x" * 750 + " " + "y" * 749 + " …"),
    ],
)
def test_a_long_quote_ends_after_a_word_unless_that_would_halve_it(source, kept):
    assert rules.quoted(source) == f"> {kept}\n\n"


NAMES = {1: "Ann Example", 2: "Ann Exampleton", 3: "Bo", 4: "", 5: "Y"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What do you think, @Ann Example?", {1}),
        ("@ann exampleton, and @Bo!", {2, 3}),
        ("write to bo@Bo.example.org", set()),
        ("> @Bo said so", set()),
        ("nobody", set()),
        ("@Bobby is somebody else", set()),
        ("@Bo2 is somebody else", set()),
        ("@Bo's idea", {3}),
        ("@Y, please", {5}),
        ("@_nobody", set()),
        ("first line\n> quoted\n@Bo", {3}),
        ("two lines\n@Ann\nExample", set()),
    ],
)
def test_people_whose_whole_name_follows_an_at_sign_are_mentioned(text, found):
    assert rules.mentioned(text, NAMES) == found


def test_each_name_is_looked_at_once_however_many_mentions_there_are():
    looked_at = []

    class Name(str):
        __slots__ = ()

        def casefold(self):
            looked_at.append(str(self))
            return super().casefold()

    names = {number: Name(f"Ann Number{number}") for number in range(50)}
    text = "@Ann Number7 @Ann Number77 @ann number8, " + "@Ann @x " * 500
    assert rules.mentioned(text, names) == {7, 8}
    assert len(looked_at) == len(names)


TODAY, OVER = date(2015, 4, 13), date(2015, 4, 12)


@pytest.mark.parametrize(("until", "before"), [(None, OVER), (TODAY, None), (OVER, OVER)])
def test_a_discussion_may_have_a_day_to_come_or_keep_its_own(until, before):
    rules.check_until(until, before=before, today=TODAY)


@pytest.mark.parametrize("before", [None, TODAY, date(2015, 4, 11)])
def test_a_discussion_gets_no_day_that_is_over(before):
    with pytest.raises(RuleBroken) as broken:
        rules.check_until(OVER, before=before, today=TODAY)
    assert broken.value.field == "until"
    assert read(broken.value.message) == "This day is in the past. Choose today or a later day."


def test_a_charter_that_says_nothing_means_the_usual():
    assert rules.terms(load({})) == rules.ForumTerms(14, members_topics=True)
    assert rules.terms(load({"conduct.appeal_days": 21})) == rules.ForumTerms(21, members_topics=True)
    assert rules.terms(Charter({p.MEMBERS_TOPICS.key: False})) == rules.ForumTerms(14, members_topics=False)


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("Ann Example said so.", True),
        ("ANN  example, then", True),
        ("I asked Ann\nExample", True),
        ("Ann Exampleton said so", False),
        ("Joann Example said so", False),
        ("> Ann Example said so", False),
        ("> quoted\nI agree with Ann Example", True),
        ("Ann said so", False),
    ],
)
def test_a_text_names_somebody_by_their_whole_name_alone(source, named):
    assert rules.names(source, "Ann Example") is named


def test_a_name_of_blanks_is_named_nowhere():
    assert not rules.names("Hello.", " ")


def test_something_for_members_only_is_begun_where_the_charter_lets_it():
    public = rules.ForumTerms(members_topics=False)
    assert rules.may_begin(Readership.MEMBERS, rules.ForumTerms(members_topics=True))
    assert rules.may_begin(Readership.COMMITTEE, public)
    rules.check_audience(Readership.PUBLIC, public)
    with pytest.raises(RuleBroken) as broken:
        rules.check_audience(Readership.MEMBERS, public)
    assert broken.value.field == "audience"
    assert read(broken.value.message) == (
        "By our rules no discussion is for members only. Choose who reads it."
    )


def test_a_discussion_is_over_on_the_day_after_its_last():
    assert rules.is_over(OVER, TODAY)
    assert not rules.is_over(TODAY, TODAY)
    assert not rules.is_over(None, TODAY)


def test_days_to_do_something_are_whole_days():
    assert moderation_rules.days_after(NOON, 14) == datetime(2015, 4, 27, 12, 0, tzinfo=UTC)
