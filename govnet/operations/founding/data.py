"""A network's description when it is founded: as it was found, not as one would like it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from govnet.charter.rules import Charter
from govnet.kernel.messages import Said


@dataclass(frozen=True, slots=True)
class FoundingTrouble:
    """The mistakes with their places: `network.slug`, or `committee.seats.3.evidence`, the first place being 1."""

    where: str
    said: Said

    def __str__(self) -> str:
        return f"{self.where}: {self.said}"


class BadFounding(ValueError):
    """Everything that is wrong with a founding, at once."""

    def __init__(self, troubles: Sequence[FoundingTrouble]) -> None:
        super().__init__("\n".join(map(str, troubles)))
        self.troubles = tuple(troubles)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """Somebody who holds an office as found, with the address by which they sign in."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSeat:
    """A place on the committee as found; without a `holder` it is empty, and `evidence` says how we know."""

    name: str
    constituency: str
    evidence: str
    chair: bool
    holder: FoundPerson | None
    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingMandate:
    """The mandate as found; without an `organisation` the one person named holds it."""

    organisation: str
    named: tuple[FoundPerson, ...]
    scope: str
    start: date
    end: date
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSister:
    """A sister network that has started or is about to."""

    slug: str
    name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTopic:
    """Something to talk about from the first day; without a `slug` its title makes one."""

    title: str
    about: str
    slug: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """A network as it was found, all of it checked."""

    slug: str
    name: str
    purpose: str
    zone: str
    accent: str
    list_address: str
    contact_name: str
    contact_email: str
    contact_phone: str
    charter: Charter
    charter_evidence: str
    committee: str
    seats: tuple[FoundSeat, ...]
    mandate: FoundingMandate | None
    sisters: tuple[FoundSister, ...]
    operator: FoundPerson | None
    topics: tuple[FoundTopic, ...]

    @property
    def people(self) -> dict[str, FoundPerson]:
        """Everybody named in the founding, by address."""
        return {person.email: person for person in self.named}

    @property
    def named(self) -> tuple[FoundPerson, ...]:
        """Every naming of a person, in order; the same person may come twice."""
        holders = tuple(seat.holder for seat in self.seats if seat.holder)
        acting = self.mandate.named if self.mandate else ()
        return holders + acting + ((self.operator,) if self.operator else ())
