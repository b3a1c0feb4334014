"""Names of people, checked at every door."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import govnet
import govnet.factory  # all tables
from govnet.forum.models import Topic
from govnet.kernel import clock
from govnet.kernel.errors import RuleBroken
from govnet.kernel.models import NAMES, Base
from govnet.kernel.person_names import can_be_read, is_office, trouble
from govnet.people.models import Person

NAMES_OF_PEOPLE = (
    "Ann Author", "Siân Ó Briain", "O’Brien", "O'Brien", "Jean-Luc", "Nguyễn Thị Minh Khai", "Анна Иванова", "Анна-Maria",
    "Ελένη Παππά", "محمد علی", "می\u200cخواهم", "क्\u200dष", "क्\u200cष", "श्री राम", "שָׁלוֹם", "สมชาย ใจดี", "田中さくら",
    "田中ソフトLab", "김철수", "李小龍", "Örn Ægisson", "Łukasz Żak", "ʻAkamu Kaʻiulani", "Ọlá Ṣẹgun", "Cory Coordinator",
    "Sam Steering", "Olu Operator", "Chair Maker", "Ann 2", "Ann (UK)", "Trees ❤\ufe0f", "བོད་ཡིག", "မြန်မာ", "Adminah", "Bo",
    "X Æ A-12", "Ann\u00a0Author", " Ann ",
)  # fmt: skip
"""Each as people of somewhere write their names."""
NOT_SEEN = (
    "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\u00ad", "\ufeff",
    "\u034f", "\u061c", "\u115f", "\u3164", "\uffa0", "\u17b4", "\u180e", "\u2800", "\ufe0f", "\U000e0041", "\ue000", "\x00",
    "\x07", "\ufffd", "\U000e0100",
)  # fmt: skip
MIXED = (
    "Cооrdinator",
    "Аnn",
    "Bοb",
    "pаypal",
    "Ivаn",
    "Анna",
    "Ꭺnn",
    "Ann\u0430",
    "İvаn",
    "О’Brien",
    "Ωmega",
    "Բob",
)
MARKED = ("Z" + "\u0301" * 6, "\u0301Ann", "x\u20dd", "a" + "\u0300\u0301\u0302\u0303\u0304\u0305")
DRESSED = ("𝐀𝐧𝐧", "Ⓐnn", "🄰nn", "Ａnn", "ａｄｍｉｎ", "ᵃnn")
OFFICES = (
    "Coordinator", "coordinator", "The Coordinator", "C0ordinator", "Cöordinator", "Co-ordinator", "COMMITTEE", "Chair",
    "Steering committee", "Chair of the committee", "Your coordinator", "The network’s coordinator", "govnet",
    "Govnet Support", "Admin", "Moderator", "The operator", "Secretary",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES_OF_PEOPLE)
def test_people_are_called_as_they_are_called(name: str) -> None:
    assert trouble(name, person=True) is None


@pytest.mark.parametrize("unseen", NOT_SEEN, ids=ascii)
def test_invisible_characters_are_in_no_name(unseen: str) -> None:
    for name in (f"Ann{unseen}Author", f"{unseen}Ann", f"Ann{unseen}", f"Ann {unseen}", unseen):
        said = trouble(name)
        assert said is not None, ascii(name)
        assert f"U+{ord(unseen):04X}" in str(said) or "marks" in str(said) or "letters" in str(said)


@pytest.mark.parametrize("name", [*MIXED, *MARKED, *DRESSED, "---", "…"], ids=ascii)
def test_text_that_only_looks_like_a_name_is_none(name: str) -> None:
    assert trouble(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        "Ann (coordinator)",
        "Ann, Coordinator",
        "Ann · committee",
        "Ann – chair",
        "Ann [ADMIN]",
        "Ann speaks for Oxfam",
    ],
)
def test_nobody_writes_a_mark_beside_their_name(name: str) -> None:
    assert trouble(name, person=True) is not None


@pytest.mark.parametrize("name", OFFICES)
def test_nobody_is_called_by_an_office_and_a_place_may_be(name: str) -> None:
    assert is_office(name)
    assert trouble(name, person=True) is not None
    assert trouble("Chair") is None


def test_every_name_in_the_database_is_guarded() -> None:
    guarded = {f"{column.class_.__tablename__}.{column.key}" for column in NAMES}
    passing = {  # copies of what was guarded where it came from, and what is no name of anybody
        "letter_signature.name", "mail_recipient.name", "subscription.name", "roster_import.file_name", "roster_import_row.name",
        "key_digest.name", "delivery.name", "rendering.name", "evidence_mail.sender_name", "inbound.name",
    }  # fmt: skip
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("name")
    }
    assert {
        name
        for name in found
        if name.partition(".")[0] in ("person", "organisation", "network", "seat", "body")
    } <= guarded
    assert {"application.name", "representation_claim.name", "topic.title", "network.contact_name"} <= guarded
    assert sorted(found - guarded - passing) == []


def test_no_door_writes_a_wrong_name() -> None:
    for row, field, name in ((Person, "name", "Аnn"), (Topic, "title", "Gen\u200beral")):
        with pytest.raises(RuleBroken) as refused:
            row(**{field: name})
        assert refused.value.field == field
    person = Person(name="Ann", created_at=clock.now())
    with pytest.raises(RuleBroken):
        person.name = "Ann\u202e"
    assert person.name == "Ann"
    person.name = ""


def asked_for() -> dict[str, str]:
    """Each field of a form that is called a name, and what makes it."""
    found = {}
    for path in Path(govnet.__file__).parent.rglob("*forms.py"):
        classes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
        for node in (node for each in classes for node in each.body if isinstance(node, ast.Assign)):
            name = ast.unparse(node.targets[0])
            if isinstance(node.value, ast.Call) and (
                name.endswith(("name", "holder", "_person")) or name.startswith("name_")
            ):
                found[f"{path.parent.name}.{name}"] = ast.unparse(node.value.func)
    return found


def test_fields_for_names_are_fields_for_names() -> None:
    """A form that asks for a name judges what was typed before it is cleaned."""
    assert len(asked_for()) > 8
    assert {field: kind for field, kind in asked_for().items() if kind != "NameText"} == {}


@pytest.mark.parametrize(
    ("name", "good"), [("Ann", True), ("李", True), ("3", True), ("", False), ("- -", False), ("…", False)]
)
def test_a_name_can_be_read(name, good):
    assert can_be_read(name) is good
