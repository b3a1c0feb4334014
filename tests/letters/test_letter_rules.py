"""When a letter takes names, and what may follow what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.letters import rules
from govnet.letters.rules import LetterState, SignatureCount
from tests.sentences import read

LONDON = ZoneInfo("Europe/London")
CHARTER = Charter({})
MONDAY = datetime(2015, 4, 13, 9, 0, tzinfo=UTC)
DAY = date(2015, 4, 20)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2015, 4, 19), "at least 7 days to sign: choose 2015-04-20 or later"),
        (date(2015, 4, 20), ""),
        (date(2015, 4, 25), ""),
        (date(2016, 4, 12), ""),
        (date(2016, 4, 13), "for a year at most: choose 2016-04-12 or earlier"),
        (date(2014, 1, 1), "at least 7 days to sign"),
    ],
)
def test_everybody_has_a_week_to_sign_and_nobody_a_year_and_a_day(day: date, why: str) -> None:
    assert (
        (why in read(rules.day_problem(day, MONDAY, CHARTER, LONDON)))
        if why
        else (rules.day_problem(day, MONDAY, CHARTER, LONDON) is None)
    )


def test_opening_after_the_closing_hour_gives_the_whole_last_day() -> None:
    assert rules.soonest(MONDAY.replace(hour=17), CHARTER, LONDON) == date(2015, 4, 20)
    evening = MONDAY.replace(hour=19)
    assert rules.soonest(evening, CHARTER, LONDON) == date(2015, 4, 21)


def test_a_network_sets_how_long_letters_are_open() -> None:
    charter = Charter({"decisions.letters_days": 21})
    assert rules.soonest(MONDAY, charter, LONDON) == date(2015, 5, 4)


@given(st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)), st.integers(1, 90))
def test_the_first_possible_day_always_gives_the_days_that_the_rules_promise(
    wall: datetime, days: int
) -> None:
    opened = wall.replace(tzinfo=LONDON)
    charter = Charter({"decisions.letters_days": days})
    first = rules.soonest(opened, charter, LONDON)
    closing = datetime(first.year, first.month, first.day, charter[p.CLOSING_HOUR])
    assert timedelta(days=days) <= closing - wall < timedelta(days=days + 1)
    assert rules.day_problem(first, opened, charter, LONDON) is None
    assert rules.day_problem(first - timedelta(days=1), opened, charter, LONDON) is not None


@pytest.mark.parametrize(
    ("state", "late", "words"),
    [
        (LetterState.OPEN, -1, ""),
        (LetterState.OPEN, 0, "This closed less than a minute ago."),
        (LetterState.OPEN, 120, "This closed 2 minutes ago."),
        (LetterState.GATHERED, -60, "closed this letter early"),
        (LetterState.GATHERED, 7200, "This closed 2 hours ago. Your name was neither added nor taken back."),
        (LetterState.SENT, 90_000, "already been sent"),
        (LetterState.ANSWERED, 90_000, "already been sent"),
        (LetterState.WITHDRAWN, -60, "taken back by its author"),
    ],
)
def test_names_are_taken_until_the_deadline_and_afterwards_it_is_said_why_not(
    state: LetterState, late: int, words: str
) -> None:
    now = MONDAY + timedelta(seconds=late)
    found = rules.why_no_names(state, now, MONDAY)
    assert rules.takes_names(state, now, MONDAY) == (found is None) == (words == "")
    assert words in read(found)


@pytest.mark.parametrize("state", LetterState)
@pytest.mark.parametrize("others", [False, True])
def test_words_change_only_while_nobody_else_has_signed_them(state: LetterState, others: bool) -> None:
    found = rules.why_not_edited(state, signed_by_others=others)
    assert (found is None) == (state is LetterState.OPEN and not others)
    if state is LetterState.OPEN and others:
        assert read(found) == (
            "Somebody else has signed it, so its text can no longer be changed. You can take it back and start "
            "another."
        )
    elif found:
        assert "stays as it was signed" in read(found)


@pytest.mark.parametrize("state", LetterState)
def test_only_what_is_open_can_be_closed_early(state: LetterState) -> None:
    found = rules.why_not_closed(state)
    assert (found is None) == (state is LetterState.OPEN)
    assert found is None or "already closed" in read(found)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LetterState.OPEN, ""),
        (LetterState.GATHERED, ""),
        (LetterState.SENT, "that has been sent can’t be taken back"),
        (LetterState.ANSWERED, "that has been sent can’t be taken back"),
        (LetterState.WITHDRAWN, "already been taken back"),
    ],
)
def test_a_letter_is_taken_back_before_it_is_sent_or_not_at_all(state: LetterState, words: str) -> None:
    found = rules.why_not_withdrawn(state)
    assert (found is None) == (words == "")
    assert words in read(found)


@pytest.mark.parametrize(
    ("state", "count", "words"),
    [
        (LetterState.GATHERED, SignatureCount(1, 0), ""),
        (LetterState.GATHERED, SignatureCount(0, 1), ""),
        (LetterState.GATHERED, SignatureCount(0, 0), "Nobody signed it"),
        (LetterState.OPEN, SignatureCount(9, 0), "still open for signing"),
        (LetterState.SENT, SignatureCount(9, 0), "already recorded"),
        (LetterState.ANSWERED, SignatureCount(9, 0), "already recorded"),
        (LetterState.WITHDRAWN, SignatureCount(9, 0), "taken back"),
    ],
)
def test_a_letter_is_sent_once_after_it_closed_and_with_a_name(
    state: LetterState, count: SignatureCount, words: str
) -> None:
    found = rules.why_not_sent(state, count)
    assert (found is None) == (words == "")
    assert words in read(found)


@pytest.mark.parametrize(
    ("sent_on", "due", "field", "words"),
    [
        (DAY, None, "", ""),
        (DAY, DAY + timedelta(days=1), "", ""),
        (DAY + timedelta(days=2), None, "", ""),
        (DAY - timedelta(days=1), None, "sent_on", "open for signing until 2015-04-20"),
        (DAY + timedelta(days=3), None, "sent_on", "in the future"),
        (DAY, DAY, "reply_due", "due after the letter was sent"),
        (DAY, DAY - timedelta(days=9), "reply_due", "due after the letter was sent"),
    ],
)
def test_it_was_sent_between_its_closing_and_today_and_a_reply_is_due_later(
    sent_on: date, due: date | None, field: str, words: str
) -> None:
    days = {"closed_on": DAY, "today": DAY + timedelta(days=2)}
    found = {name: read(said) for name, said in rules.sent_problems(sent_on, due, **days)}
    assert list(found) == ([field] if field else [])
    assert all(words in sentence for sentence in found.values())


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LetterState.OPEN, "First record that it was sent"),
        (LetterState.GATHERED, "First record that it was sent"),
        (LetterState.SENT, ""),
        (LetterState.ANSWERED, "already recorded"),
        (LetterState.WITHDRAWN, "no reply to it"),
    ],
)
def test_a_reply_comes_once_to_what_was_sent(state: LetterState, words: str) -> None:
    found = rules.why_not_answered(state)
    assert (found is None) == (words == "")
    assert words in read(found)


@pytest.mark.parametrize(
    ("on", "text", "url", "problems"),
    [
        (0, "Thank you.", "", {}),
        (1, "", "https://example.org/reply", {}),
        (1, "", "example.org/reply", {}),
        (-1, "Thank you.", "", {"replied_on": "It was sent on 2015-04-20"}),
        (2, "Thank you.", "", {"replied_on": "in the future"}),
        (0, " ", "", {"text": "what the reply says"}),
        (0, "Thank you.", "javascript:alert(1)", {"url": "not the address of a page"}),
        (0, "", "not an address", {"url": "not the address of a page"}),
        (0, " ", " ", {"url": "not the address of a page", "text": "what the reply says"}),
    ],
)
def test_a_reply_has_a_day_that_can_be_and_says_something(
    on: int, text: str, url: str, problems: dict[str, str]
) -> None:
    days = {"sent_on": DAY, "today": DAY + timedelta(days=1)}
    found = {
        name: read(said) for name, said in rules.reply_problems(DAY + timedelta(days=on), text, url, **days)
    }
    assert list(found) == list(problems)
    assert all(words in found[name] for name, words in problems.items())


@pytest.mark.parametrize(
    ("state", "due", "is_overdue"),
    [
        (LetterState.SENT, DAY - timedelta(days=1), True),
        (LetterState.SENT, DAY, False),
        (LetterState.SENT, None, False),
        (LetterState.ANSWERED, DAY - timedelta(days=1), False),
    ],
)
def test_a_reply_is_overdue_from_the_day_after_it_was_due(
    state: LetterState, due: date | None, is_overdue: bool
) -> None:
    assert rules.overdue(state, due, DAY) == is_overdue
