"""A network that stands already, for journeys that begin after its founding."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser

from tests.journeys.house import House, link, running
from tests.journeys.people import DESK, PHONE, Somebody

FILE = """
[network]
slug = "uk"
name = "UK Network"
purpose = "To open up how decisions are made."
zone = "Europe/London"
accent = "plum"
list_address = "{list_address}"
[contact]
name = "Robin Baker"
email = "hello@example.org"
phone = "01632 960 000"
[charter]
start = "{start}"
evidence = "Written down from memory."
[charter.changes]
{changes}
[committee]
name = "Steering group"
[[committee.seats]]
name = "Chair"
chair = true
holder = "Sam Potter"
email = "sam@example.org"
start = 2014-06-09
end = 2016-06-09
evidence = "Minutes of 9 June 2014."
[[committee.seats]]
name = "Second place"
holder = "Tess Miller"
email = "tess@example.org"
start = 2014-06-09
end = 2016-06-09
evidence = "Minutes of 9 June 2014."
[[committee.seats]]
name = "Third place"
holder = "Uma Carter"
email = "uma@example.org"
start = 2014-06-09
end = 2016-06-09
evidence = "Minutes of 9 June 2014."
[[committee.seats]]
name = "Fourth place"
vacant = true
evidence = "Empty since the spring."
[coordinator]
holder_kind = "person"
holder = "Robin Baker"
email = "robin@example.org"
scope = "Keep the list and write to everybody."
start = 2014-07-01
end = 2015-07-01
evidence = "Minutes of 9 June 2014."
[operator]
name = "Kit Fuller"
email = "kit@example.org"
"""


@dataclass
class Cast:
    """Those who take part in one journey."""

    house: House
    browser: Browser
    scripts: bool
    there: dict[str, Somebody] = field(default_factory=dict)

    def enters(self, name: str, width: int = PHONE, kind: type[Somebody] = Somebody) -> Somebody:
        """Somebody opens a browser."""
        self.there[name] = kind(name, self.house, self.browser, self.scripts, width)
        return self.there[name]

    def officers(self, *names: str) -> None:
        """People at desks, signed in."""
        self._sign_in([self.enters(name, DESK) for name in names])

    def members(self, *names: str) -> None:
        """People from the old list with their phones, who have confirmed and are signed in."""
        self._sign_in([self.confirms(name) for name in names])

    def confirms(self, name: str, kind: type[Somebody] = Somebody) -> Somebody:
        """Somebody from the old list says yes to being a member."""
        person = self.enters(name, PHONE, kind)
        mail = self.house.mail(person.email, "are you still a member")
        person.sends(link(mail, "/uk/"), "Yes, I am a member")
        return person

    @staticmethod
    def _sign_in(people: list[Somebody]) -> None:
        for person in people:
            person.has_asked_for_a_link()
        for person in people:
            person.has_opened_it()

    def __getitem__(self, name: str) -> Somebody:
        """The one whose name begins so."""
        return next(person for full, person in self.there.items() if full.startswith(name))

    def go_home(self) -> None:
        """Close all browsers."""
        for person in self.there.values():
            person.goes_home()


def found(
    house: House,
    *members: str,
    start: str = "usual",
    changes: str = "",
    list_address: str = "",
) -> None:
    """Found the network above by the command line, and bring in members from an old list."""
    file = house.folder / "network.toml"
    file.write_text(FILE.format(start=start, changes=changes, list_address=list_address))
    house.command("init", "--file", str(file))
    if members:
        roster = house.folder / "members.csv"
        lines = [f"{name},{name.split()[0].lower()}@example.org,,individual,member" for name in members]
        roster.write_text("\n".join(["name,email,organisation,kind,as", *lines]))
        house.command("import", "members", str(roster), "--go")


@contextmanager
def the_network(house: House, cast: Cast, *members: str, **how: str) -> Iterator[Cast]:
    """Founded, and running."""
    found(house, *members, **how)
    with running(house):
        yield cast
