"""When a decision may be looked at again, and how much a minority may write."""

from __future__ import annotations

from datetime import date

import pytest

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.decisions.rules import petitions
from govnet.decisions.rules.petitions import Asking
from tests.sentences import read

NUMBER = "2015-07"


@pytest.mark.parametrize(
    ("asking", "sentence"),
    [
        (Asking(NUMBER, "in-force"), ""),
        (
            Asking(NUMBER, "not-adopted"),
            "Decision 2015-07 was not agreed, so there is nothing to take back. Propose it anew.",
        ),
        (
            Asking(NUMBER, "replaced", replaced_by="2015-09"),
            "Decision 2015-07 was replaced by 2015-09: ask for that one to be looked at again.",
        ),
        (
            Asking(NUMBER, "ended", trial_until=date(2015, 5, 1), under_review=True, asked_before=True),
            "Decision 2015-07 was on trial and ended on 2015-05-01: there is nothing to take back.",
        ),
        (
            Asking(NUMBER, "in-force", under_review=True, asked_before=True),
            "Decision 2015-07 is already being looked at again: answer that proposal.",
        ),
        (
            Asking(NUMBER, "in-force", asked_before=True),
            "You have already asked for this. Everybody can ask once.",
        ),
    ],
)
def test_a_review_is_asked_for_once_and_of_a_decision_that_holds(asking: Asking, sentence: str) -> None:
    found = petitions.refusal(asking)
    assert (found is None) == (sentence == "")
    assert read(found) == sentence


def test_a_review_opens_with_as_many_as_the_charter_wants() -> None:
    charter = Charter({p.REVIEW_MEMBERS.key: 3})
    assert [petitions.enough(asked, charter) for asked in (2, 3, 4)] == [False, True, True]


def test_nobody_alone_takes_back_a_wish_of_many() -> None:
    assert read(petitions.closed_to_one(3)) == (
        "3 members asked for this, so nobody can take it back or change its text alone."
    )


@pytest.mark.parametrize(
    ("kind", "length", "before", "fits"),
    [
        ("minority", 1000, 0, True),
        ("minority", 1001, 0, False),
        ("minority", 400, 600, True),
        ("minority", 401, 600, False),
        ("minority", 1, 1200, False),
        ("other", 5000, 1200, True),
    ],
)
def test_the_notes_of_a_minority_have_a_limit_together(
    kind: str, length: int, before: int, fits: bool
) -> None:
    assert (petitions.note_too_long(kind, "x" * length, before) is None) is fits


def test_a_note_that_is_too_long_reads_how_much_is_left() -> None:
    for before, left in ((0, "1,000"), (1200, "0")):
        assert read(petitions.note_too_long("minority", "x" * 1500, before)) == (
            "Your notes for the minority can have at most 1,000 characters in all: this one has 1,500, and "
            f"{left} are left."
        )
