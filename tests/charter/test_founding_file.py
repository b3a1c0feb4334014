"""A founding is read whole, or everything that is wrong with it is said at once."""

import tomllib
from datetime import date
from typing import Any

import pytest

from govnet.charter import parameters as p
from govnet.operations.founding.data import BadFounding, Founding
from govnet.operations.founding.file import read_founding

FILE = """
[network]
slug = "uk"
name = "The UK network"
purpose = "To open up how decisions are made."
zone = "Europe/London"
accent = "plum"
list_address = "list@example.org"
[contact]
name = "Robin"
email = "hello@example.org"
phone = "01632 960 000"
[charter]
start = "strict"
evidence = "Custom."
[charter.changes]
"decisions.quorum" = "none"
[committee]
name = "Steering group"
[[committee.seats]]
name = "First place"
constituency = "individual"
chair = true
holder = "Sam"
email = "Sam@example.org"
start = 2014-06-09
end = "2016-06-09"
evidence = "Minutes of 9 June 2014."
[[committee.seats]]
name = "Second place"
vacant = true
evidence = "Empty since the spring."
[coordinator]
holder = "Involve"
named = [{ name = "Robin", email = "robin@example.org" }]
scope = "Keep the list."
start = 2012-10-01
end = 2015-07-01
evidence = "Custom."
[[sister]]
slug = "scotland"
name = "The Scottish network"
"""


def table(**changes: object) -> dict[str, Any]:
    """The file above as a table, with cells changed by their paths: `network__slug="me"`; None takes one out."""
    found = tomllib.loads(FILE)
    for path, value in changes.items():
        cell: Any = found
        *steps, last = (int(step) if step.isdecimal() else step for step in path.split("__"))
        for step in steps:
            cell = cell[step]
        if value is None:
            del cell[last]
        else:
            cell[last] = value
    return found


def read(found: dict[str, Any]) -> Founding:
    return read_founding(found, reserved=("me", "forum"), accents=("teal", "plum"))


def said(found: dict[str, Any]) -> list[str]:
    with pytest.raises(BadFounding) as caught:
        read(found)
    return [str(trouble) for trouble in caught.value.troubles]


def test_a_whole_file_is_read() -> None:
    founding = read(table())
    assert (founding.slug, founding.accent, founding.committee) == ("uk", "plum", "Steering group")
    assert [seat.holder.email if seat.holder else None for seat in founding.seats] == [
        "sam@example.org",
        None,
    ]
    assert founding.seats[0].start.isoformat() == "2014-06-09"
    assert founding.mandate is not None
    assert founding.mandate.organisation == "Involve"
    assert sorted(founding.people) == ["robin@example.org", "sam@example.org"]
    assert founding.sisters[0].state == "proposed"


def test_the_charter_begins_as_chosen_and_differs_where_the_network_does() -> None:
    charter = read(table()).charter
    assert charter[p.MINIMUM_DAYS_OPEN] == 14
    assert charter[p.QUORUM] == "none"
    assert charter.number == 1


def test_a_network_without_a_committee_or_a_coordinator_can_be_founded() -> None:
    founding = read(table(committee=None, coordinator=None, sister=None, charter=None))
    assert (founding.seats, founding.mandate, founding.sisters) == ((), None, ())
    assert founding.charter[p.QUORUM] == "both"


def test_a_person_can_coordinate_in_her_own_name() -> None:
    alone = {"holder_kind": "person", "holder": "Robin", "email": "robin@example.org", "scope": "All of it.",
             "start": "2012-10-01", "end": "2015-07-01", "evidence": "Custom."}  # fmt: skip
    mandate = read(table(coordinator=alone)).mandate
    assert mandate is not None
    assert (mandate.organisation, mandate.named[0].name) == ("", "Robin")


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    [
        ("network__slug", "UK!", "network.slug: Use 2 to 40 small letters"),
        ("network__slug", "forum", "network.slug: “forum” is a word that this site uses itself"),
        ("network__slug", None, "network.slug: Choose the short name"),
        ("network__name", 7, "network.name: This should be text in quotation marks"),
        ("network__name", "N" * 201, "network.name: This is too long: at most 200"),
        ("network__purpose", None, "network.purpose: Say in one sentence"),
        ("network__zone", "Europe/Leeds", "network.zone: There is no time zone “Europe/Leeds”"),
        ("network__accent", "puce", "network.accent: Choose one of: teal, plum"),
        ("network__colour", "red", "network.colour: There is nothing of this name here"),
        ("network", "uk", "network: This should be a table of its own"),
        ("contact__email", "nobody", "contact.email: “nobody” is not an email address"),
        ("contact__name", " \t ", "contact.name: Name the person"),
        ("charter__start", "wild", "charter.start: Choose one of: loose, usual, strict"),
        (
            "charter__changes",
            {"decisions.mood": 1},
            "charter.changes.decisions.mood: There is no rule called",
        ),
        ("charter__changes", {"decisions.quorum": "some"}, "charter.changes.decisions.quorum: "),
        ("committee__seats__0__evidence", None, "committee.seats.1.evidence: Say how we know"),
        ("committee__seats__0__email", None, "committee.seats.1.email: Give the address"),
        ("committee__seats__0__end", "2014-06-09", "committee.seats.1.end: This must be later"),
        ("committee__seats__0__start", "June", "committee.seats.1.start: Write a day such as 24 March 2015"),
        ("committee__seats__0__start", None, "committee.seats.1.start: Say since which day"),
        ("committee__seats__0__chair", "yes", "committee.seats.1.chair: Write true or false"),
        ("committee__seats__1__chair", True, "committee.seats: Only one place can be the chair"),
        ("committee__seats__1__holder", "Sam", "committee.seats.2.vacant: An empty place has no holder"),
        ("committee__seats", "two", "committee.seats: This should be a list"),
        ("coordinator__named", [], "coordinator.named: Name at least one person"),
        ("coordinator__scope", None, "coordinator.scope: Say what the coordinator may do"),
        ("coordinator__named__0__role", "x", "coordinator.named.1.role: There is nothing of this name here"),
        ("coordinator__named", [{"name": "Samuel", "email": "sam@example.org"}], "has two names"),
        ("sister__0__slug", "uk", "sister: Two networks are called “uk”"),
        ("sister__0__state", "asleep", "sister.1.state: Choose one of"),
    ],
)
def test_a_mistake_is_named_with_its_place(path: str, value: object, wrong: str) -> None:
    assert any(line.startswith(wrong) or wrong in line for line in said(table(**{path: value})))


@pytest.mark.parametrize(
    "written", ["2014-06-09", "9 June 2014", "9/6/2014", "Mon 9 Jun 2014", date(2014, 6, 9)]
)
def test_a_day_is_read_as_people_write_it(written: object) -> None:
    founding = read(table(committee__seats__0__start=written))
    assert founding.seats[0].start == date(2014, 6, 9)


def test_one_person_cannot_have_two_places() -> None:
    seats = tomllib.loads(FILE)["committee"]["seats"]
    twice = [seats[0], {**seats[0], "name": "Third place", "chair": False}]
    assert said(table(committee={"seats": twice})) == [
        "committee.seats.2.email: This person already has place 1."
    ]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    lines = said(table(network__slug="me", contact__email="x", committee__seats__0__evidence=""))
    assert len(lines) == 3
