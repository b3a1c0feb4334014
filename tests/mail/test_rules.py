"""Deliveries, tries, and what a server's answer means."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.mail.rules import (
    LIFETIME,
    MISSED,
    WAITING,
    Against,
    DeliveryState,
    Priority,
    SmtpStep,
    Verdict,
    Why,
    blames_the_line,
    comes_back,
    enhanced,
    judge,
    last_moment,
    line_trips,
    next_try,
    rest,
    rest_when_refused,
    stops_writing,
    trips,
    wait,
)

NOON = datetime(2015, 5, 15, 12, tzinfo=UTC)


def test_every_state_is_waiting_missed_or_accepted_so_that_numbers_add_up():
    assert WAITING | MISSED | {DeliveryState.ACCEPTED} == set(DeliveryState)
    assert not WAITING & MISSED


def test_somebody_waiting_to_sign_in_goes_before_a_digest():
    order = sorted(Priority)
    assert order[0] is Priority.SIGN_IN
    assert order[-1] is Priority.DIGEST
    assert Priority.VOTE < Priority.ANNOUNCEMENT < Priority.DISCUSSION


def test_tries_come_after_one_five_fifteen_sixty_minutes_then_every_four_hours():
    minutes = [wait(tries, 0.5) / timedelta(minutes=1) for tries in range(8)]
    assert minutes == pytest.approx([1, 1, 5, 15, 60, 240, 240, 240])
    assert wait(1, 0) == timedelta(seconds=48)
    assert wait(1, 0.75) == timedelta(seconds=66)


def test_a_line_in_trouble_rests_longer_each_time_up_to_a_quarter_of_an_hour():
    assert [rest(troubles).seconds for troubles in range(8)] == [5, 5, 30, 60, 300, 900, 900, 900]


def test_refused_mail_rests_longer_each_time_up_to_an_hour():
    minutes = [rest_when_refused(refusals) // timedelta(minutes=1) for refusals in range(2, 9)]
    assert minutes == [5, 5, 15, 30, 60, 60, 60]


@pytest.mark.parametrize(
    ("state", "why", "personal", "again"),
    [
        (DeliveryState.FAILED, Why.REFUSED_US, False, True),
        (DeliveryState.FAILED, Why.REFUSED_US, True, True),
        (DeliveryState.FAILED, Why.REFUSED_CONTENT, True, True),
        (DeliveryState.FAILED, Why.REFUSED_CONTENT, False, False),
        (DeliveryState.FAILED, Why.ADDRESS_GONE, True, False),
        (DeliveryState.DEFERRED, Why.REFUSED_US, True, False),
    ],
)
def test_mail_refused_because_it_comes_from_us_is_tried_again(state, why, personal, again):
    assert comes_back(Verdict(state, Against.MAILING, why), personal=personal) is again


@pytest.mark.parametrize(
    ("state", "against", "why", "personal", "line"),
    [
        (DeliveryState.QUEUED, Against.CONNECTION, Why.NO_ANSWER, False, True),
        (DeliveryState.QUEUED, Against.MAILING, Why.BUSY, False, True),
        (DeliveryState.FAILED, Against.MAILING, Why.REFUSED_US, True, True),
        (DeliveryState.FAILED, Against.MAILING, Why.REFUSED_US, False, False),
        (DeliveryState.FAILED, Against.MAILING, Why.REFUSED_CONTENT, True, False),
        (DeliveryState.QUEUED, Against.ROW, Why.REFUSED_US, True, False),
        (DeliveryState.ACCEPTED, Against.NOBODY, Why.NONE, True, False),
    ],
)
def test_the_line_is_blamed_where_the_next_mail_fares_no_better(state, against, why, personal, line):
    assert blames_the_line(Verdict(state, against, why), personal=personal) is line


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_chance_moves_a_try_by_a_fifth_at_most(tries, dice):
    middle = wait(tries, 0.5)
    assert 0.8 * middle <= wait(tries, dice) <= 1.2 * middle


def test_after_five_days_nobody_tries_again():
    limit = last_moment(NOON, None)
    assert limit == NOON + LIFETIME
    assert next_try(30, now=limit - timedelta(hours=5), limit=limit, dice=0.5) is not None
    assert next_try(30, now=limit - timedelta(hours=4), limit=limit, dice=0.5) is None


def test_a_sign_in_link_is_not_sent_after_it_has_expired():
    limit = last_moment(NOON, NOON + timedelta(minutes=10))
    assert next_try(1, now=NOON, limit=limit, dice=0.5) == NOON + timedelta(minutes=1)
    assert next_try(3, now=NOON + timedelta(minutes=6), limit=limit, dice=0.5) is None


def test_no_mail_outlives_five_days_whatever_it_asks_for():
    assert last_moment(NOON, NOON + timedelta(days=30)) == NOON + LIFETIME


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=60, max_size=60))
def test_the_tries_of_a_mail_end(dice):
    now, tries, limit = NOON, 0, last_moment(NOON, None)
    moments = [now]
    while (after := next_try(tries := tries + 1, now=now, limit=limit, dice=dice[tries % 60])) is not None:
        now = after
        moments.append(now)
    assert all(a < b for a, b in pairwise(moments))
    assert len(moments) < 45


@pytest.mark.parametrize(
    ("step", "code", "words", "state", "against", "why"),
    [
        (SmtpStep.DATA, 250, "2.0.0 queued as 17", DeliveryState.ACCEPTED, Against.NOBODY, Why.NONE),
        (SmtpStep.RCPT, 550, "5.1.1 no such user", DeliveryState.FAILED, Against.ROW, Why.ADDRESS_GONE),
        (SmtpStep.RCPT, 550, "no such user", DeliveryState.FAILED, Against.ROW, Why.ADDRESS_GONE),
        (
            SmtpStep.RCPT,
            550,
            "User unknown in virtual table",
            DeliveryState.FAILED,
            Against.ROW,
            Why.ADDRESS_GONE,
        ),
        (SmtpStep.RCPT, 550, "5.2.1 mailbox disabled", DeliveryState.FAILED, Against.ROW, Why.ADDRESS_GONE),
        (SmtpStep.RCPT, 552, "5.2.2 over quota", DeliveryState.FAILED, Against.ROW, Why.MAILBOX_FULL),
        (SmtpStep.RCPT, 550, "I would rather not", DeliveryState.FAILED, Against.ROW, Why.UNKNOWN),
        (
            SmtpStep.RCPT,
            550,
            "5.7.1 blocked by a list",
            DeliveryState.FAILED,
            Against.MAILING,
            Why.REFUSED_US,
        ),
        (SmtpStep.RCPT, 451, "4.3.0 later", DeliveryState.DEFERRED, Against.ROW, Why.BUSY),
        (SmtpStep.RCPT, 452, "4.2.2 mailbox full", DeliveryState.DEFERRED, Against.ROW, Why.MAILBOX_FULL),
        (SmtpStep.RCPT, 421, "4.7.0 slow down", DeliveryState.QUEUED, Against.MAILING, Why.BUSY),
        (SmtpStep.RCPT, None, "", DeliveryState.DEFERRED, Against.CONNECTION, Why.NO_ANSWER),
        (SmtpStep.MAIL, 451, "later", DeliveryState.QUEUED, Against.MAILING, Why.BUSY),
        (SmtpStep.MAIL, 550, "sender refused", DeliveryState.QUEUED, Against.MAILING, Why.REFUSED_US),
        (SmtpStep.DATA, 554, "looks like spam", DeliveryState.FAILED, Against.MAILING, Why.REFUSED_CONTENT),
        (
            SmtpStep.DATA,
            554,
            "5.1.1 nobody here after all",
            DeliveryState.FAILED,
            Against.ROW,
            Why.ADDRESS_GONE,
        ),
        (SmtpStep.DATA, 451, "4.3.0 try again", DeliveryState.DEFERRED, Against.ROW, Why.BUSY),
        (SmtpStep.DATA, None, "", DeliveryState.DEFERRED, Against.CONNECTION, Why.NO_ANSWER),
        (SmtpStep.AUTH, 535, "5.7.8 bad password", DeliveryState.QUEUED, Against.CONNECTION, Why.SIGN_IN),
        (SmtpStep.AUTH, 454, "later", DeliveryState.QUEUED, Against.CONNECTION, Why.SIGN_IN),
        (SmtpStep.CONNECT, None, "", DeliveryState.QUEUED, Against.CONNECTION, Why.NO_ANSWER),
        (SmtpStep.CONNECT, 421, "busy", DeliveryState.QUEUED, Against.CONNECTION, Why.BUSY),
    ],
)
def test_an_answer_counts_against_its_cause(step, code, words, state, against, why):
    verdict = judge(step, code, words)
    assert (verdict.state, verdict.against, verdict.why) == (state, against, why)


@given(st.sampled_from(SmtpStep), st.none() | st.integers(200, 599), st.text(max_size=60))
def test_any_answer_leads_to_a_state_that_a_mail_in_hand_can_take(step, code, words):
    assert judge(step, code, words).state not in {
        DeliveryState.IN_HAND,
        DeliveryState.SUPPRESSED,
        DeliveryState.CANCELLED,
        DeliveryState.EXPIRED,
    }


def test_a_wrong_password_is_known_to_be_for_good():
    assert judge(SmtpStep.AUTH, 535).permanent
    assert not judge(SmtpStep.AUTH, 454).permanent
    assert not judge(SmtpStep.CONNECT, None).permanent


@pytest.mark.parametrize(
    ("step", "code", "words", "verdict"),
    [
        (SmtpStep.RCPT, 299, "", Verdict(DeliveryState.ACCEPTED, Against.NOBODY, Why.NONE)),
        (SmtpStep.RCPT, 300, "", Verdict(DeliveryState.DEFERRED, Against.ROW, Why.BUSY)),
        (SmtpStep.RCPT, 452, "full", Verdict(DeliveryState.DEFERRED, Against.ROW, Why.MAILBOX_FULL)),
        (SmtpStep.RCPT, 452, "4.5.3 many", Verdict(DeliveryState.DEFERRED, Against.ROW, Why.BUSY)),
        (SmtpStep.RCPT, 499, "", Verdict(DeliveryState.DEFERRED, Against.ROW, Why.BUSY)),
        (SmtpStep.RCPT, 500, "", Verdict(DeliveryState.FAILED, Against.ROW, Why.UNKNOWN, True)),
        (SmtpStep.RCPT, 530, "", Verdict(DeliveryState.FAILED, Against.MAILING, Why.REFUSED_US, True)),
        (
            SmtpStep.RCPT,
            550,
            "Relay denied",
            Verdict(DeliveryState.FAILED, Against.MAILING, Why.REFUSED_US, True),
        ),
        (
            SmtpStep.RCPT,
            550,
            "5.7.1 no",
            Verdict(DeliveryState.FAILED, Against.MAILING, Why.REFUSED_US, True),
        ),
        (SmtpStep.RCPT, 550, "5.2.1 off", Verdict(DeliveryState.FAILED, Against.ROW, Why.ADDRESS_GONE, True)),
        (
            SmtpStep.RCPT,
            550,
            "5.2.2 full",
            Verdict(DeliveryState.FAILED, Against.ROW, Why.MAILBOX_FULL, True),
        ),
        (
            SmtpStep.RCPT,
            550,
            "5.3.0 no such user",
            Verdict(DeliveryState.FAILED, Against.ROW, Why.UNKNOWN, True),
        ),
        (
            SmtpStep.DATA,
            554,
            "spam",
            Verdict(DeliveryState.FAILED, Against.MAILING, Why.REFUSED_CONTENT, True),
        ),
        (SmtpStep.MAIL, 499, "", Verdict(DeliveryState.QUEUED, Against.MAILING, Why.BUSY)),
        (SmtpStep.MAIL, 500, "", Verdict(DeliveryState.QUEUED, Against.MAILING, Why.REFUSED_US, True)),
        (SmtpStep.AUTH, 500, "", Verdict(DeliveryState.QUEUED, Against.CONNECTION, Why.SIGN_IN, True)),
        (SmtpStep.AUTH, 499, "", Verdict(DeliveryState.QUEUED, Against.CONNECTION, Why.SIGN_IN)),
        (SmtpStep.AUTH, None, "", Verdict(DeliveryState.QUEUED, Against.CONNECTION, Why.NO_ANSWER)),
    ],
)
def test_a_verdict_says_whether_trying_again_can_help(step, code, words, verdict):
    assert judge(step, code, words) == verdict


def test_only_a_code_at_the_head_of_the_words_counts():
    assert enhanced("5.1.1 gone") == (5, 1, 1)
    assert enhanced("see rule 5.1.1") is None
    assert enhanced("5.1.12345 x") is None


def test_a_few_dead_addresses_of_an_old_list_stop_nothing():
    assert not trips(tried=600, refused=60, blamed_in_a_row=0)
    assert not trips(tried=3, refused=3, blamed_in_a_row=0)
    assert not trips(tried=19, refused=19, blamed_in_a_row=4)
    assert not trips(tried=60, refused=20, blamed_in_a_row=0)


def test_a_mailing_that_is_refused_everywhere_waits_for_a_person():
    assert trips(tried=59, refused=20, blamed_in_a_row=0)
    assert trips(tried=63, refused=22, blamed_in_a_row=0)
    assert trips(tried=5, refused=5, blamed_in_a_row=5)


def test_three_refused_passwords_are_enough():
    assert [line_trips(n) for n in range(5)] == [False, False, False, True, True]


def test_we_stop_writing_after_mail_came_back_five_times():
    assert not stops_writing(4)
    assert stops_writing(5)
