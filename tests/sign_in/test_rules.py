"""Rules of links, codes, passwords and paths, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.sign_in import rules
from govnet.sign_in.rules import LinkState, PasswordFault, link_state, local_path

NOON = datetime(2015, 4, 13, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (timedelta(0), LinkState.LIVE),
        (timedelta(minutes=9, seconds=59), LinkState.LIVE),
        (timedelta(minutes=10), LinkState.EXPIRED),
        (timedelta(days=900), LinkState.EXPIRED),
        (timedelta(minutes=-2), LinkState.LIVE),
        (timedelta(minutes=-2, seconds=-1), LinkState.EXPIRED),
    ],
)
def test_a_link_works_for_ten_minutes_whichever_way_the_clock_jumps(later, state):
    assert link_state(asked_at=NOON, used_at=None, now=NOON + later) is state


def test_a_link_that_was_used_stays_used():
    assert link_state(asked_at=NOON, used_at=NOON, now=NOON) is LinkState.USED


def test_a_link_may_last_longer_than_ten_minutes():
    for minutes, state in ((59, LinkState.LIVE), (60, LinkState.EXPIRED)):
        now = NOON + timedelta(minutes=minutes)
        assert link_state(asked_at=NOON, used_at=None, now=now, lasts=timedelta(hours=1)) is state


def minutes_ago(*minutes):
    return [NOON - timedelta(minutes=each) for each in minutes]


@pytest.mark.parametrize(
    ("asked", "many"),
    [
        ([], False),
        ([1, 2, 3, 4], False),
        ([1, 2, 3, 4, 59], True),
        ([1, 2, 3, 4, 60], False),
        ([70 * n for n in range(1, 15)], False),
        ([70 * n for n in range(1, 16)], True),
        ([*(70 * n for n in range(1, 15)), 24 * 60], False),
    ],
)
def test_five_links_an_hour_and_fifteen_a_day_are_mailed(asked, many):
    assert rules.too_many_links(minutes_ago(*asked), NOON) is many


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        ([0], NOON + timedelta(minutes=10)),
        ([0, 1, 2, 3], NOON + timedelta(minutes=10)),
        ([0, 1, 2, 3, 4], NOON + timedelta(minutes=56)),
        ([0, 1, 2, 3, 55], NOON + timedelta(minutes=10)),
        ([*(90 * n for n in range(14)), 1380], NOON + timedelta(hours=1)),
    ],
)
def test_the_last_link_that_may_be_mailed_works_until_another_may(asked, ends):
    assert rules.link_ends(minutes_ago(*asked)) == ends


def test_a_secret_is_kept_as_its_digest():
    assert rules.digest("token") == "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"
    assert rules.keyed_digest("key", "purpose", "text") == (
        "35058abb5ec62506d5ffe528a5a859dbf9ee82f943a6184326e282be9d0abcce"
    )
    assert rules.code_for("key", "token") == "041383"


def test_a_code_is_six_digits_that_only_the_key_can_make():
    assert len(rules.code_for("key", "token")) == 6
    assert rules.code_for("key", "token") == rules.code_for("key", "token")
    assert rules.code_for("key", "token") != rules.code_for("another", "token")


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "12–34–56", "١٢٣٤٥٦", "１２３４５６"])
def test_a_code_may_be_typed_as_people_type_digits(typed):
    assert rules.code_typed(typed) == "123456"


@pytest.mark.parametrize(
    "typed", ["", "one²", "12345", "1234567", "12345²", "12345O", "123456 is it", "---", "1" * 99]
)
def test_text_that_is_not_six_digits_is_no_code(typed):
    assert rules.code_typed(typed) == ""


@pytest.mark.parametrize(
    "path", ["/", "/" + "a" * 499, "/me", "/uk/forum/41?page=2#post-7", "/uk/decisions/2015-07", "/?q=a%20b"]
)
def test_paths_of_this_site_are_kept(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", None, "me", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/",
        "javascript:alert(1)", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "/a\r\nSet-Cookie: x=1", "/\x00",
        "/" + "a" * 500, "http:///evil.example", "/ /evil", "/\x7f",
    ],
)  # fmt: skip
def test_other_hosts_are_never_gone_to(path):
    assert local_path(path) == ""


@given(st.text(max_size=60))
def test_whatever_is_kept_begins_with_one_slash(text):
    kept = local_path("/" + text)
    assert kept == "" or (kept[0] == "/" and kept[:2] not in ("//", "/\\"))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:124.0) Gecko/124.0 Firefox/124.0", "Firefox on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/123.0 Safari/537.36 Edg/123.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit/605.1.15 Version/17 Safari/605", "Safari on Mac"),
        ("Linux", "Linux"), ("Lynx/2.9", "Lynx"), ("", ""), ("<script>alert(1)</script>", ""), ("A" * 100_000, ""),
    ],
)  # fmt: skip
def test_browsers_are_named_in_words(agent, words):
    assert rules.browser_in_words(agent) == words


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", PasswordFault.SHORT),
        ("123456789", PasswordFault.SHORT),
        ("x" * 201, PasswordFault.LONG),
        ("password12", PasswordFault.PLAIN),
        ("Password2015!", PasswordFault.PLAIN),
        ("1234567890", PasswordFault.PLAIN),
        ("aaaaaaaaaaaa", PasswordFault.PLAIN),
        ("ann@example.org", PasswordFault.OWN),
        ("Ann Example", PasswordFault.OWN),
        ("Summer2015!!", PasswordFault.PLAIN),
        ("1q2w3e4r5t6y", PasswordFault.PLAIN),
        ("manchester united", PasswordFault.PLAIN),
        ("abcdefghijklmnop", PasswordFault.PLAIN),
        ("trustno1trustno1trustno1trustno1trustno1", PasswordFault.PLAIN),
        ("x" * 200, PasswordFault.PLAIN),
        ("p4$$w0rd2015", PasswordFault.PLAIN),
        ("annexample2015", PasswordFault.OWN),
        ("Ann.Example.1", PasswordFault.OWN),
        ("elpmaxe nna 1", PasswordFault.OWN),
        ("heron lantern pebble", None),
        ("x7Kp2mQz9w", None),
        ("aaaaaaaaaaaaaaaaaaaaaaa heron lantern pebble", None),
        ("2015-04-13 teapot", None),
        ("τρία πουλιά κάθονται", None),
    ],
)
def test_a_password_needs_length_and_not_to_be_the_first_guess(password, fault):
    assert rules.password_fault(password, ("Ann Example", "ann@example.org")) is fault


@pytest.mark.parametrize("length", [9, 10, 200, 201])
def test_a_password_may_have_ten_to_two_hundred_characters(length):
    password = ("heron lantern pebble " * 10)[:length]
    wrong = rules.password_fault(password) in (PasswordFault.SHORT, PasswordFault.LONG)
    assert wrong is (length not in (10, 200))


def test_known_words_are_each_text_its_words_and_those_together_both_ways():
    assert rules.own_words(["Ann Éxample", "Al", "x@example.org"]) == [
        "ann éxample",
        "annéxample",
        "éxampleann",
        "ann",
        "éxample",
        "x@example.org",
        "xexampleorg",
        "orgexamplex",
        "example",
        "org",
    ]
    assert rules.own_words(["a" * 99]) == ["a" * 60]


@pytest.mark.parametrize(
    "signs", ["4@8({[<369&#!1/|0$5+7%2", "1!|7$5+%2({[<", "abcdefg123", "\U0001f333é\x00"]
)
def test_no_password_takes_long_to_judge(signs):
    own = ["Ann Example " * 50, *(f"network {n}" for n in range(500))]
    began = process_time()
    rules.password_fault((signs * 200)[: rules.PASSWORD_LONGEST], own)
    rules.password_fault(signs * 100_000, own)
    assert process_time() - began < 3
    assert len(rules.own_words(own)) <= 60
