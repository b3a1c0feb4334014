"""Each right is refused with a whole sentence that says who has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from govnet import create_app
from govnet.kernel.actor import VISITOR
from govnet.permissions import TABLE, Can, refusal
from govnet.roles import Grant
from tests.face.pseudo import sentences

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
"""What may stand in the sentence for each role."""


@pytest.fixture(scope="module", autouse=True)
def in_a_request() -> Iterator[Flask]:
    app = create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://", "TESTING": True})
    with app.test_request_context("/"):
        yield app


def _unnamed(right: Can, grants: tuple[Grant, ...]) -> set[str]:
    return {each.role for each in grants if not any(words in right.value for words in NAMED[each.role])}


@pytest.mark.parametrize("right", Can, ids=lambda right: right.name.lower())
def test_a_refusal_is_one_sentence_that_names_every_role_with_the_right(right: Can) -> None:
    message = str(refusal(right, VISITOR))
    assert message == right.value
    assert message.startswith("Everybody can " if "everybody" in {g.role for g in TABLE[right]} else "Only ")
    assert message.endswith(".") and " can " in message and "%" not in message
    assert message.count(".") == 1
    assert _unnamed(right, TABLE[right]) == set()


def test_translators_get_the_sentence_of_each_right_as_a_whole() -> None:
    found = sentences()
    assert [right for right in Can if right.value not in found] == []


def test_no_two_rights_are_refused_with_the_same_sentence() -> None:
    assert len(TABLE) == len(Can) == len(Can.__members__)
