"""How entries are chained, checked as a stranger checks them: by docs/protocol.md and SHA-256 alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from govnet.record import chain
from govnet.record.chain import Fault, Link, Stored

AT = datetime(2015, 5, 3, 17, 0, 0, 5, tzinfo=UTC)


def by_protocol(*parts: str) -> str:
    """SHA-256 of each part with its length in eight bytes, the greatest first, in front."""
    whole = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
    return hashlib.sha256(whole).hexdigest()


def test_hashes_are_made_as_the_protocol_says() -> None:
    assert chain.genesis("uk") == by_protocol("govnet-chain-1", "uk")
    assert chain.salted_digest("sält", "text") == by_protocol("sält", "text")
    link = Link("uk", 12, AT, "public", "facts", "words", "before")
    assert link.hash() == by_protocol(
        "govnet-entry-1", "uk", "12", "2015-05-03T17:00:00.000005Z", "public", "facts", "words", "before"
    )


def test_an_instant_is_written_in_utc_wherever_it_was_measured() -> None:
    there = AT.astimezone(timezone(timedelta(hours=13)))
    assert chain.stamp(there) == chain.stamp(AT) == "2015-05-03T17:00:00.000005Z"


def test_canonical_json_has_sorted_keys_no_blanks_and_letters_as_they_are() -> None:
    assert chain.canonical({"b": 1, "a": ["é", None]}) == '{"a":["é",null],"b":1}'
    with pytest.raises(ValueError, match="JSON"):
        chain.canonical({"a": float("nan")})


def a_chain(length: int) -> list[Stored]:
    """Entries that follow from one another."""
    entries: list[Stored] = []
    before = chain.genesis("uk")
    for number in range(1, length + 1):
        facts, words = chain.salted_digest("s", "facts"), chain.salted_digest("t", "words")
        link = Link("uk", number, AT, "public", facts, words, before)
        entries.append(Stored(link, link.hash(), "facts", "s", "words", "t"))
        before = link.hash()
    return entries


def test_a_whole_chain_has_no_fault_with_its_texts_or_without_those_that_were_erased() -> None:
    one, two, three = a_chain(3)
    assert list(chain.faults("uk", [one, two, three])) == []
    gone = replace(two, facts=None, facts_salt=None, words=None, words_salt=None)
    assert list(chain.faults("uk", [one, gone, three])) == []
    part = replace(two, facts=None, facts_salt=None)
    assert list(chain.faults("uk", [one, part, three])) == []


NO_LINK = "does not follow from the entry before it"
CHANGED = "was changed: its hash does not fit what it says"


def test_a_missing_entry_is_named_and_the_check_goes_on_behind_it() -> None:
    one, _two, three, four = a_chain(4)
    assert list(chain.faults("uk", [one, three, four])) == [
        Fault(2, "entry 2 is missing; the next is 3"),
        Fault(3, NO_LINK),
    ]


def test_a_chain_of_another_network_does_not_begin_here() -> None:
    assert list(chain.faults("wales", a_chain(2))) == [Fault(1, NO_LINK)]


def test_an_entry_that_says_something_else_no_longer_fits_its_hash() -> None:
    one, two, three = a_chain(3)
    moved = replace(two, link=replace(two.link, at=AT + timedelta(seconds=1)))
    assert list(chain.faults("uk", [one, moved, three])) == [Fault(2, CHANGED)]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"facts": "other"}, "its facts were changed"),
        ({"facts": None}, "its facts were changed"),
        ({"facts_salt": None}, "its facts were changed"),
        ({"words": "other"}, "its words were changed"),
        ({"words_salt": "other"}, "its words were changed"),
        ({"facts": None, "facts_salt": None, "words": "other"}, "its words were changed"),
    ],
)
def test_a_text_that_was_changed_is_found(change: dict[str, str | None], what: str) -> None:
    one, two, three = a_chain(3)
    assert list(chain.faults("uk", [one, replace(two, **change), three])) == [Fault(2, what)]
