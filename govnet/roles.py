"""The people a right can be given to: predicates over the frozen actor and plain attributes of the subject.

Each answers with the authority that it rests on (a membership, a term, a mandate), which goes into the record, or
with None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from govnet.kernel.actor import ONESELF, Actor, Authority
from govnet.kernel.per_app import PerApp

Predicate = Callable[[Actor, Any], Authority | None]
ALONE = "alone"
"""Begins the authority of an officer who decided their own case because there was nobody else."""


@dataclass(frozen=True)
class Lookups:
    """The table's questions to the rooms above it."""

    actor: Callable[[int, int], Actor]
    """A person's standing in a network: (person, network)."""
    rule: Callable[[int, str], object]
    """The value of a rule in the charter in force: (network, rule)."""
    for_all: Callable[[int, str], bool]
    """Whether all members decide on a matter because nobody sits on the committee: (network, matter or "" for any)."""
    in_office: Callable[[int], Mapping[str, set[int]]]
    """The persons in each role today, "steering" and "coordinator": (network)."""


_lookups: PerApp[list[Lookups]] = PerApp("lookups", list)


def looks_up(lookups: Lookups) -> None:
    """Where the table finds what it needs to know of people and networks."""
    _lookups()[:] = [lookups]


def lookups() -> Lookups:
    """The functions that were handed to looks_up()."""
    return _lookups()[0]


def everybody(actor: Actor, subject: Any) -> Authority | None:
    """No right is needed."""
    return Authority("public", "everybody")


def person(actor: Actor, subject: Any) -> Authority | None:
    """Anybody signed in."""
    return ONESELF if actor.signed_in else None


def member(actor: Actor, subject: Any) -> Authority | None:
    """A current membership of one's own, or of an organisation one speaks for."""
    if actor.membership_id is not None:
        return Authority(f"membership:{actor.membership_id}", "member")
    return representative(actor, subject)


def representative(actor: Actor, subject: Any) -> Authority | None:
    """Speaks for a member organisation."""
    spoken = next((r.membership_id for r in actor.represents if r.membership_id), None)
    return Authority(f"membership:{spoken}", "representative") if spoken else None


def primary(actor: Actor, subject: Any) -> Authority | None:
    """Speaks first for the organisation that the subject is, or names in `organisation_id`."""
    wanted = getattr(subject, "organisation_id", getattr(subject, "id", None))
    spoken = (r for r in actor.represents if r.primary and r.organisation_id == wanted)
    return next((Authority(f"membership:{r.membership_id}", "representative") for r in spoken), None)


def steering(actor: Actor, subject: Any) -> Authority | None:
    """Sits on the committee today."""
    return next(
        (Authority(f"term:{t.id}", "steering") for t in actor.terms if t.body_kind == "committee"), None
    )


def chair(actor: Actor, subject: Any) -> Authority | None:
    """Sits in the chair today."""
    return next(
        (Authority(f"term:{t.id}", "chair") for t in actor.terms if t.body_kind == "committee" and t.chair),
        None,
    )


def coordinator(actor: Actor, subject: Any) -> Authority | None:
    """Acts under a current mandate."""
    return next((Authority(f"mandate:{m.id}", "coordinator") for m in actor.mandates), None)


def holds_mandate(actor: Actor, subject: Any) -> Authority | None:
    """Acts under this very mandate, today."""
    mine = any(m.id == getattr(subject, "id", None) for m in actor.mandates)
    return Authority(f"mandate:{subject.id}", "coordinator") if mine else None


def operator(actor: Actor, subject: Any) -> Authority | None:
    """Runs the server."""
    return Authority(f"operator_grant:{actor.operator_grant_id}", "operator") if actor.is_operator else None


def oneself(actor: Actor, subject: Any) -> Authority | None:
    """The subject is the actor's own: it names its person in `person_id` or `author_id`, or is one."""
    owner = getattr(subject, "author_id", None) or getattr(subject, "person_id", None)
    return ONESELF if actor.signed_in and owner == actor.person_id else None


def concerned(actor: Actor, subject: Any) -> bool:
    """Whether it is the actor's own case: about them, or an organisation that they speak for.

    A subject names its people and organisations by their ids, in `concerns` and `concerns_organisations`.
    """
    people = getattr(subject, "concerns", ())
    organisations = getattr(subject, "concerns_organisations", ())
    mine = actor.person_id is not None and actor.person_id in people
    return mine or not actor.speaks_for.isdisjoint(organisations)


def apart(holds: Predicate) -> Predicate:
    """Has the power, but never in their own case."""
    return lambda actor, subject: None if concerned(actor, subject) else holds(actor, subject)


def alone(actor: Actor, subject: Any) -> Authority | None:
    """Decides their own case because nobody else holds an office, as when a network is founded. The record shows it."""
    if not (actor.alone and concerned(actor, subject)):
        return None
    found = steering(actor, subject) or coordinator(actor, subject)
    return Authority(f"{ALONE}:{found.source}", found.role) if found else None


def reader(actor: Actor, subject: Any) -> Authority | None:
    """The subject's `visibility` lets the actor read it."""
    visibility = str(getattr(subject, "visibility", "public"))
    if visibility == "public":
        return everybody(actor, subject)
    officer = steering(actor, subject) or coordinator(actor, subject)
    return officer or (member(actor, subject) if visibility == "members" else None)


def reading(holds: Predicate) -> Predicate:
    """Has the power, and may read what it is about."""
    return lambda actor, subject: holds(actor, subject) if reader(actor, subject) else None


def network_of(actor: Actor, subject: Any) -> int | None:
    """The network whose rules hold: the subject's, or the actor's where it names none."""
    found: int | None = getattr(subject, "network_id", None)
    return actor.network_id if found is None else found


def member_for_all(actor: Actor, subject: Any) -> Authority | None:
    """A member, on a matter on which all members decide while nobody sits on the committee."""
    found, network_id = member(actor, subject), network_of(actor, subject)
    if found is None or network_id is None:
        return None
    return found if lookups().for_all(network_id, getattr(subject, "matter", "")) else None


def for_the_committee(actor: Actor, subject: Any) -> Authority | None:
    """Acts under a mandate, if the person concerned is the only one on the committee."""
    held = _held(actor, subject, "steering")
    return coordinator(actor, subject) if held and held <= set(getattr(subject, "concerns", ())) else None


def for_the_coordinator(actor: Actor, subject: Any) -> Authority | None:
    """Sits on the committee, if nobody acts under a mandate but the person concerned."""
    held = _held(actor, subject, "coordinator")
    return steering(actor, subject) if held <= set(getattr(subject, "concerns", ())) else None


def _held(actor: Actor, subject: Any, role: str) -> set[int]:
    network_id = network_of(actor, subject)
    return set() if network_id is None or not actor.is_officer else lookups().in_office(network_id)[role]


@dataclass(frozen=True)
class Grant:
    """Those who have a right: the role's name in the record, and the predicate."""

    role: str
    holds: Predicate
    begins: tuple[Any, ...] = ()
    """Of an author: the rights to begin such a thing, of which they need one."""


@dataclass(frozen=True)
class Given:
    """The people to whom a right is given, and its sentence: empty for the right's own."""

    grants: tuple[Grant, ...]
    sentence: str = ""


@dataclass(frozen=True)
class ByCharter:
    """A right that a rule of the charter moves: the people for each value of that rule, its default first."""

    rule: str
    choices: Mapping[object, Given]

    def reaches(self, actor: Actor, subject: Any) -> bool:
        """Whether some value would give the actor the right: for all others the charter need not be asked."""
        grants = (grant for given in self.choices.values() for grant in given.grants)
        return any(grant.holds(actor, subject) for grant in grants)


def charter_decides(rule: str, choices: Mapping[object, Given | tuple[Grant, ...]]) -> ByCharter:
    """A row for a right that the charter in force gives, by the value of that rule; its default comes first."""
    whole = {value: each if isinstance(each, Given) else Given(each) for value, each in choices.items()}
    return ByCharter(rule, whole)


EVERYBODY = Grant("everybody", everybody)
PERSON = Grant("person", person)
MEMBER = Grant("member", member)
OTHER_MEMBER = Grant("member", apart(member))
MEMBER_FOR_ALL = Grant("member", member_for_all)
STEERING = Grant("steering", apart(steering))
CHAIR = Grant("chair", apart(chair))
COORDINATOR = Grant("coordinator", apart(coordinator))
SITTING = Grant("steering", steering)
COORDINATING = Grant("coordinator", coordinator)
FOR_THE_COMMITTEE = Grant("coordinator", apart(for_the_committee))
FOR_THE_COORDINATOR = Grant("steering", apart(for_the_coordinator))
NOBODY_ELSE = Grant("steering", alone)
MANDATE_HOLDER = Grant("coordinator", holds_mandate)
OPERATOR = Grant("operator", apart(operator))
OWNER = Grant("self", oneself)
PRIMARY = Grant("primary", primary)
READER = Grant("reader", reader)
OFFICERS = (STEERING, COORDINATOR)
"""Never in a case of their own."""
IN_OFFICE = (SITTING, COORDINATING)
"""Rights that take no distance: reading and taking part, also in matters about oneself."""
READING_MEMBER = Grant("member", reading(member))
READING_PERSON = Grant("person", reading(person))
READING_OWNER = Grant("self", reading(oneself))
