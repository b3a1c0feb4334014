"""The actor, the door and the authority: frozen, built once a request from current rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from flask import g


class Door(StrEnum):
    """The way an action came in."""

    WEB = "web"
    MAIL = "mail"
    MEETING = "meeting"
    LIST = "list"
    PHONE = "phone"
    LETTER = "letter"
    CLI = "cli"
    API = "api"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Authority:
    """The source of the power used: `source` is a row such as "term:3", or a rule's name."""

    source: str
    role: str

    def __str__(self) -> str:
        return self.source


SYSTEM = Authority("rules", "rules")
"""The network's own rules, applied by the program: a deadline that passed, a term that ended."""
OPERATOR_SHELL = Authority("shell", "operator")
"""The operator of the server at the command line."""
ONESELF = Authority("self", "self")
"""Everybody over their own things."""


@dataclass(frozen=True, slots=True)
class Represents:
    """One organisation that the actor may speak for, and its membership here (None while it has none)."""

    organisation_id: int
    organisation: str
    membership_id: int | None
    primary: bool


@dataclass(frozen=True, slots=True)
class HeldOffice:
    """A current term in a seat, or a current mandate."""

    id: int
    body_id: int | None = None
    body_kind: str = ""
    chair: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """The person's current standing in one network; an empty one is a visitor."""

    person_id: int | None = None
    name: str = ""
    network_id: int | None = None
    membership_id: int | None = None
    membership_kind: str = ""
    represents: tuple[Represents, ...] = ()
    terms: tuple[HeldOffice, ...] = ()
    mandates: tuple[HeldOffice, ...] = ()
    operator_grant_id: int | None = None
    speaks_for: frozenset[int] = frozenset()
    """Every organisation that they speak for or stand in for, a member here or not."""
    alone: bool = False
    """Nobody else holds an office here."""
    system: bool = False

    @property
    def signed_in(self) -> bool:
        """A person, whatever else."""
        return self.person_id is not None

    @property
    def is_member(self) -> bool:
        """Has a current, confirmed membership of their own, or speaks for an organisation that has one."""
        return self.membership_id is not None or any(r.membership_id for r in self.represents)

    @property
    def is_steering(self) -> bool:
        """Sits on the committee today."""
        return any(term.body_kind == "committee" for term in self.terms)

    @property
    def is_chair(self) -> bool:
        """Sits in the committee's chair today."""
        return any(term.body_kind == "committee" and term.chair for term in self.terms)

    @property
    def is_coordinator(self) -> bool:
        """Holds a current coordinator's mandate, or is named in one."""
        return bool(self.mandates)

    @property
    def is_officer(self) -> bool:
        """Has the officers' desk."""
        return self.is_steering or self.is_coordinator

    @property
    def is_operator(self) -> bool:
        """Runs the server; no political rights come with it."""
        return self.operator_grant_id is not None

    def as_stranger(self) -> Actor:
        """In a network for which they were not built: themselves, and the organisations they speak for, but nothing there."""
        spoken = tuple(replace(each, membership_id=None) for each in self.represents)
        return replace(self, network_id=None, membership_id=None, represents=spoken, terms=(), mandates=())


VISITOR = Actor()
PROGRAM = Actor(name="govnet", system=True)
"""The worker, acting by the rules."""
SHELL = Actor(name="The operator", system=True)
"""The operator at the command line, and the holder of a link that a command printed."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something done: the actor, the right, the door, and the network whose record it belongs to."""

    by: Actor
    under: Authority
    via: Door
    network_id: int | None

    def within(self, network: HasNetwork) -> Act:
        """The same in the record of another network."""
        return replace(self, network_id=network.network_id)


class HasNetwork(Protocol):
    """A network, or a row of one."""

    @property
    def network_id(self) -> int: ...


def by_rule(row: HasNetwork) -> Act:
    """The program as actor by the rules, in the network of that row."""
    return Act(PROGRAM, SYSTEM, Door.WORKER, row.network_id)


def current_actor() -> Actor:
    """The actor of this request (wired in by create_app)."""
    actor: Actor = g.get("actor", VISITOR)
    return actor
