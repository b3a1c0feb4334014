"""Reads a founding from a file's table or a form, and says everything that is wrong with it at once. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from govnet.charter import parameters, rules
from govnet.charter.kinds import OneLine
from govnet.charter.presets import STARTING
from govnet.kernel.messages import N_, Said
from govnet.operations.founding.cells import NO_DAY, Cells
from govnet.operations.founding.data import (
    BadFounding,
    Founding,
    FoundingMandate,
    FoundingTrouble,
    FoundPerson,
    FoundSeat,
    FoundSister,
    FoundTopic,
)

CONSTITUENCIES: Final = ("any", "individual", "organisation", "sister network")
TOPICS: Final = (
    FoundTopic(title=N_("Purpose of the network"), about=N_("What we are for, and what we leave to others.")),
    FoundTopic(title=N_("Membership of the network"), about=N_("The members, and what they agree to.")),
    FoundTopic(title=N_("The committee"), about=N_("Its work, and the people on it.")),
    FoundTopic(title=N_("The coordinator"), about=N_("What may be done in our name, and by whom.")),
    FoundTopic(title=N_("Anything else"), about=N_("News, offers of help, hello.")),
)
"""Suggested topics for any network: on the page, and for a file that names no others."""
STATES: Final = ("proposed", "active", "dormant", "concluded")


def read_founding(table: Mapping[str, Any], *, reserved: Sequence[str], accents: Sequence[str]) -> Founding:
    """The founding that a table describes. Raises BadFounding with everything that is wrong with it."""
    troubles: list[FoundingTrouble] = []
    top = Cells(table, "", troubles)
    network, contact, committee = top.inner("network"), top.inner("contact"), top.inner("committee")
    charter, evidence = _charter(top.inner("charter"))
    founding = Founding(
        slug=network.slug("slug", reserved),
        name=network.called("name", need=N_("Say what the network is called.")),
        purpose=network.text("purpose", need=N_("Say in one sentence what the network is for."), limit=1000),
        zone=network.zone("zone"),
        accent=network.choice("accent", accents, accents[0]),
        list_address=network.email("list_address"),
        contact_name=contact.called("name", need=N_("Name the person whom people can write to or ring.")),
        contact_email=contact.email("email", need=N_("Give the mailbox that people can write to.")),
        contact_phone=contact.text("phone", limit=40),
        charter=charter,
        charter_evidence=evidence,
        committee=committee.called("name") or "Committee",
        seats=_seats(committee),
        mandate=_mandate(top.inner("coordinator")) if top.table.get("coordinator") else None,
        sisters=tuple(_sister(cells, reserved) for cells in top.many("sister")),
        topics=tuple(_topic(cells) for cells in top.many("topic")) or TOPICS,
        operator=_operator(top.inner("operator")) if top.table.get("operator") else None,
    )
    _agree(founding, troubles)
    for cells in (top, network, contact, committee):
        cells.done()
    if troubles:
        raise BadFounding(troubles)
    return founding


def _charter(cells: Cells) -> tuple[rules.Charter, str]:
    name = cells.choice("start", tuple(STARTING), "usual")
    evidence = cells.text("evidence", limit=2000)
    changes = cells.inner("changes").table
    cells.done()
    charter = rules.starting(name if name in STARTING else "usual")
    for key, said in rules.problems(charter, changes).items():
        cells.troubles.append(FoundingTrouble(f"{cells.where}.changes.{key}", said))
    for key in changes:
        if isinstance(parameters.CATALOGUE.get(key), OneLine):
            said = Said(
                N_("Say this at the top of the file, as name or purpose: a decision changes it later.")
            )
            cells.troubles.append(FoundingTrouble(f"{cells.where}.changes.{key}", said))
    if cells.troubles or not changes:
        return charter, evidence
    return rules.Charter(charter.with_changes(changes).values, charter.number), evidence


def _seats(committee: Cells) -> tuple[FoundSeat, ...]:
    seats = tuple(_seat(cells) for cells in committee.many("seats"))
    if sum(seat.chair for seat in seats) > 1:
        committee.wrong("seats", N_("Only one place can be the chair."))
    return seats


def _seat(cells: Cells) -> FoundSeat:
    vacant = cells.yes("vacant")
    seat = FoundSeat(
        name=cells.called("name", need=N_("Say what the place is called.")),
        constituency=cells.choice("constituency", CONSTITUENCIES, "any"),
        evidence=cells.text("evidence", need=N_("Say how we know: a decision, a mail, custom."), limit=2000),
        chair=cells.yes("chair"),
        holder=None if vacant else _person(cells, "holder"),
        start=NO_DAY if vacant else (days := cells.days())[0],
        end=NO_DAY if vacant else days[1],
    )
    if vacant and any(cells.table.get(name) for name in ("holder", "email", "start", "end")):
        cells.wrong("vacant", N_("An empty place has no holder and no dates."))
    else:
        cells.done()
    return seat


def _person(cells: Cells, name: str) -> FoundPerson:
    return FoundPerson(
        name=cells.called(name, person=True, need=N_("Say who it is, or write vacant = true.")),
        email=cells.email("email", need=N_("Give the address by which they will sign in.")),
    )


def _mandate(cells: Cells) -> FoundingMandate:
    kind = cells.choice("holder_kind", ("organisation", "person"), "organisation")
    holder = cells.called(
        "holder", person=kind == "person", need=N_("Say who coordinates: a person or an organisation.")
    )
    start, end = cells.days()
    mandate = FoundingMandate(
        organisation=holder if kind == "organisation" else "",
        named=_named(cells, holder, kind),
        scope=cells.text("scope", need=N_("Say what the coordinator may do."), limit=5000),
        start=start,
        end=end,
        evidence=cells.text("evidence", need=N_("Say how we know: a decision, a mail, custom."), limit=2000),
    )
    cells.done()
    return mandate


def _named(cells: Cells, holder: str, kind: str) -> tuple[FoundPerson, ...]:
    if kind == "person":
        return (
            FoundPerson(
                name=holder,
                email=cells.email("email", need=N_("Give the address by which they will sign in.")),
            ),
        )
    people = []
    for person in cells.many("named"):
        people.append(_person(person, "name"))
        person.done()
    if not people:
        cells.wrong("named", N_("Name at least one person who acts for the organisation."))
    return tuple(people)


def _topic(cells: Cells) -> FoundTopic:
    topic = FoundTopic(
        title=cells.text("title", need=N_("Say what the topic is called.")),
        about=cells.text("about", limit=500),
        slug=cells.text("slug", limit=40),
    )
    cells.done()
    return topic


def _operator(cells: Cells) -> FoundPerson:
    person = _person(cells, "name")
    cells.done()
    return person


def _sister(cells: Cells, reserved: Sequence[str]) -> FoundSister:
    sister = FoundSister(
        slug=cells.slug("slug", reserved),
        name=cells.called("name", need=N_("Say what the network is called.")),
        state=cells.choice("state", STATES, "proposed"),
    )
    cells.done()
    return sister


def _agree(founding: Founding, troubles: list[FoundingTrouble]) -> None:
    """Values that must fit together: nobody has two places or two names, no two networks one address."""
    top = Cells({}, "", troubles)
    seats: dict[str, int] = {}
    for number, seat in enumerate(founding.seats, 1):
        if seat.holder and seats.setdefault(seat.holder.email, number) != number:
            top.wrong(
                f"committee.seats.{number}.email",
                N_("This person already has place %(first)s."),
                first=seats[seat.holder.email],
            )
    names = {person.email: person.name for person in reversed(founding.named)}
    for person in founding.named:
        if person.email and names[person.email] != person.name:
            top.wrong(
                "committee",
                N_("%(email)s has two names: %(one)s and %(other)s."),
                email=person.email,
                one=names[person.email],
                other=person.name,
            )
    slugs = [founding.slug, *(sister.slug for sister in founding.sisters)]
    for slug in sorted({slug for slug in slugs if slug and slugs.count(slug) > 1}):
        top.wrong("sister", N_("Two networks are called “%(slug)s”."), slug=slug)
