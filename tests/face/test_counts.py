"""Numbers are said as people say them: "1 member", "2 members"; and the program is nobody who could have done something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from govnet.kernel import folders
from govnet.kernel.actor import PROGRAM, SYSTEM
from govnet.mail.outgoing.notices import ToldEntry
from govnet.membership.name_marks import actor_of
from govnet.record import registry
from tests import builders

ROOT = Path(folders.beside("templates")).parent
THINGS = (
    "members|people|answers|votes|days|posts|entries|rows|discussions|letters|organisations|places|networks|minutes|hours|"
    "months|weeks|times|things|readers|signatures|decisions|proposals|steps|tries|mails|others|addresses|lists|persons|"
    "seats|links|reports|topics|statements"
)
COUNTED = re.compile(rf"%\(\w+\)s (?:{THINGS})\b")
SAID = re.compile(r"(?<![a-z])(?:_|_l|N_)\(\s*\"((?:[^\"\\]|\\.)*)\"")
ALWAYS_MANY = (
    "There are %(most)s mails already",
    "There are already %(most)s lists",
    "Links in mails end after %(days)s days",
    "A file may have %(most)s rows",
    "The file has %(here)s of %(total)s members",
    "%(least)s to %(most)s days",
    "The text is deleted for good in %(days)s days",
    "an uploaded list are deleted after %(days)s days",
    "%(n)s things wait for you",
    "%(address)s answers %(code)s",
    "%(name)s replies",
    "used the unsubscribe button of a mail that %(name)s posted there",
)
"""Limits of the program that are always many, numbers above two, and a verb."""
EXAMPLES = "example_numbers.py"
"""Examples beside a changed rule are of several places."""


def sentences() -> Iterator[tuple[str, str]]:
    for path in sorted(
        [*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt"), *ROOT.glob("govnet/**/*.py")]
    ):
        if path.name != EXAMPLES and "demo" not in path.parts:
            for found in SAID.finditer(path.read_text()):
                yield str(path.relative_to(ROOT)), found[1]


@pytest.mark.usefixtures("context")
def test_every_sentence_that_counts_has_one_for_a_single_thing() -> None:
    events = {str(event.sentence) for event in registry.events().values() if "said" in vars(event)}
    found = [
        f"{where}: {said}"
        for where, said in sentences()
        if COUNTED.search(said) and said not in events and not any(many in said for many in ALWAYS_MANY)
    ]
    assert found == []


class Written(dict[str, object]):
    """An entry in which all that is not given says its name."""

    def __missing__(self, key: str) -> str:
        return key


@pytest.mark.usefixtures("context")
def test_every_event_that_counts_says_one_and_many() -> None:
    counting = [event for event in registry.events().values() if event.counts]
    assert len(counting) > 5
    for event in counting:
        one, many = (event.said(Written({event.counts: number})) for number in (1, 2))
        assert "1 " in one
        assert "2 " in many
        assert one.replace("1 ", "2 ") != many, event.verb


@pytest.mark.usefixtures("context")
def test_mails_say_that_the_site_did_the_program_s_acts() -> None:
    details = {"actor": PROGRAM.name, "authority": str(SYSTEM), "subject": "post:1"}
    told = ToldEntry(1, 1, datetime(2015, 4, 13, tzinfo=UTC), builders.a_network(), None, details)
    assert (actor_of(told), actor_of(told).inside) == ("This site", "This site")
