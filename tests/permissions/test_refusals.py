"""Each right is refused with a whole sentence that says who has it."""

from __future__ import annotations

from govnet.charter import parameters as p
from govnet.charter.kinds import Choice
from govnet.kernel.actor import Actor
from govnet.permissions import TABLE, Can, refusal
from govnet.roles import ByCharter
from tests.face.pseudo import sentences
from tests.permissions.rows import EVERY_ROW, ROWS, Row, under

NAMED = {
    "everybody": ("Everybody",),
    "person": ("people who are signed in",),
    "reader": ("for whom", "who can read", "officers"),
    "member": ("member",),
    "steering": ("the committee", "officers"),
    "coordinator": ("the coordinator", "under this mandate", "officers"),
    "chair": ("the committee’s chair", "the committee"),
    "operator": ("the operator of the server",),
    "primary": ("representative", "speaks for the organisation", "speaks for this organisation", "member"),
    "self": ("person", "member who", "the applicant", "the member", "author"),
}
"""The words for each role in the sentence."""


def _unnamed(row: Row) -> set[str]:
    return {each.role for each in row.grants if not any(words in row.sentence for words in NAMED[each.role])}


@EVERY_ROW
def test_a_refusal_is_one_sentence_that_names_every_role_with_the_right(row: Row) -> None:
    with under(row):
        message = str(refusal(row.right, Actor(network_id=1)).message)
    assert message == row.sentence
    starts = (
        ("Everybody can ",)
        if "everybody" in {g.role for g in row.grants}
        else ("Only ", "By our rules only ")
    )
    assert message.startswith(starts)
    assert message.endswith(".") and " can " in message and "%" not in message
    assert message.count(".") == 1
    assert _unnamed(row) == set()


def test_translators_get_the_sentence_of_each_right_as_a_whole() -> None:
    found = sentences()
    assert [row.sentence for row in ROWS if row.sentence not in found] == []


def test_no_two_rights_are_refused_with_the_same_sentence() -> None:
    assert len(TABLE) == len(Can) == len(Can.__members__)
    assert len({row.sentence for row in ROWS}) == len({(row.right, row.sentence) for row in ROWS})


def test_each_rule_that_moves_a_right_is_one_of_the_charters_and_every_value_of_it_says_whom() -> None:
    for right, row in TABLE.items():
        if isinstance(row, ByCharter):
            rule = p.CATALOGUE[row.rule]
            values = set(rule.options) if isinstance(rule, Choice) else {True, False}
            assert set(row.choices) == values, right
            assert next(iter(row.choices)) == rule.default, right
