"""Rules of joining and belonging, without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from govnet.charter import kinds
from govnet.kernel import web_addresses
from govnet.membership import rules
from govnet.people import organisations


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Open Shed", "the open shed"),
        ("The Open Shed", "  THE   OPEN\tSHED "),
        ("Straße", "STRASSE"),
        ("Café Data", "CAFÉ Data"),
        ("\uff2fpen Shed", "Open Shed"),
    ],
)
def test_an_organisation_is_known_however_its_letters_and_spaces_are_typed(one, other):
    assert organisations.name_key(one) == organisations.name_key(other)


def test_two_organisations_are_not_taken_for_one():
    assert organisations.name_key("Open Shed") != organisations.name_key("Open Shop")


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("www.example.org", "https://www.example.org"),
        ("example.org/about", "https://example.org/about"),
        ("http://example.org", "http://example.org"),
        ("HTTPS://Example.org", "HTTPS://Example.org"),
        ("example.org:8080/x", "https://example.org:8080/x"),
    ],
)
def test_an_address_of_a_site_is_made_whole(typed, whole):
    assert web_addresses.web_address(typed) == whole


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "JavaScript:alert(1)//example.org", "data:text/html,x", "ftp://example.org", "nowhere",
     "https://", "https://ann@example.org", "https://exa mple.org", "http://[::1", "//example.org:99999",
     "java\tscript:alert(1)", "vbscript:x.y"],
)  # fmt: skip
def test_text_that_is_no_web_address_is_none(typed):
    assert web_addresses.web_address(typed) is None


def test_every_sentence_that_was_not_ticked_is_named():
    assert kinds.unticked(["a", "b", "c"], {"b", "z"}) == ["a", "c"]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], None),
        ([1, 2], None),
        ([1, 2, 9], 2),
        ([0, 0, 0], 1),
        ([1.5, 1.5, 1.5], 2),
        ([1, 4.2, 5, 30], 5),
        ([3, 3 + 1 / 86_400, 4], 4),
    ],
)
def test_how_long_answers_usually_take_is_the_middle_one_in_whole_days(days, said):
    assert rules.usual_days([timedelta(days=d) for d in days]) == said


def test_a_strangers_mailbox_gets_three_mails_an_hour_at_most():
    assert [rules.may_be_asked_again(n) for n in range(5)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("admission", "sponsors", "vouched", "comes_in"),
    [
        ("immediate", 0, 0, True),
        ("sponsors", 2, 1, False),
        ("sponsors", 2, 2, True),
        ("committee", 0, 9, False),
    ],
)
def test_nobody_decides_where_the_charter_lets_somebody_in(admission, sponsors, vouched, comes_in):
    assert rules.by_itself(admission, sponsors, vouched) is comes_in


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_takes_no_name_for_a_formula(text):
    assert rules.sheet_cell(text) == f"'{text}"
    assert rules.sheet_text(f"'{text}") == text


def test_an_ordinary_name_is_left_as_it_is():
    for name in ("Ann-Marie O'Neil", "'t Hooft", "Ann =", ""):
        assert rules.sheet_cell(name) == rules.sheet_text(name) == name
