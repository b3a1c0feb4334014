"""Reads offices; above all the actor: a person's standing today, from current rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.orm import joinedload, selectinload

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.offices.models import (
    Body,
    BodyKind,
    CodePromise,
    Mandate,
    MandateNamed,
    MandateReport,
    Seat,
    Term,
)
from govnet.offices.rules import ReportDue, reports_due
from govnet.people.models import Person


def holders(network: Network, roles: tuple[str, ...]) -> list[str]:
    """The names of those who hold one of the roles ("steering", "chair", "coordinator") today, for "ask Sam"."""
    day = today(network.zone)
    names: list[str] = []
    if {"steering", "chair"} & set(roles):
        query = (
            select(Person.name)
            .join(Term, Term.person_id == Person.id)
            .join(Seat, Seat.id == Term.seat_id)
            .join(Body, Body.id == Term.body_id)
            .where(Body.network_id == network.id, Body.kind == "committee", Term.start <= day, Term.end > day)
        )
        if "steering" not in roles:
            query = query.where(Seat.is_chair)
        names += db.session.scalars(query.order_by(Seat.position)).all()
    if "coordinator" in roles:
        query = (
            select(Person.name)
            .join(MandateNamed, MandateNamed.person_id == Person.id)
            .join(Mandate, Mandate.id == MandateNamed.mandate_id)
            .where(Mandate.network_id == network.id, Mandate.start <= day, Mandate.end > day)
        )
        names += db.session.scalars(query.order_by(Person.name)).all()
    return list(dict.fromkeys(names))


def officers(network_id: int) -> set[int]:
    """The persons who sit on the committee or act under a mandate today."""
    day = today(db.session.get_one(Network, network_id).zone)
    return {*sitting(network_id, day), *coordinating(network_id, day)}


def coordinating(network_id: int, day: date) -> set[int]:
    """The persons who act under a mandate that day: whose it is, and those named in it."""
    current = (Mandate.network_id == network_id, Mandate.start <= day, Mandate.end > day)
    named = (
        select(MandateNamed.person_id).join(Mandate, Mandate.id == MandateNamed.mandate_id).where(*current)
    )
    holders = select(Mandate.person_id).where(*current, Mandate.person_id.is_not(None))
    return set(db.session.scalars(union(named, holders)))


def by_role(network_id: int) -> dict[str, set[int]]:
    """The persons in each role today: "steering" and "coordinator"."""
    day = today(db.session.get_one(Network, network_id).zone)
    return {"steering": set(sitting(network_id, day)), "coordinator": coordinating(network_id, day)}


def role_of(person: Any, network: Any, day: Any) -> ColumnElement[str | None]:
    """The role of a person in a network on a day, as a column: "coordinator", else "steering", else NULL."""
    acts = (
        select(literal("coordinator"))
        .select_from(MandateNamed)
        .join(Mandate, Mandate.id == MandateNamed.mandate_id)
        .where(
            MandateNamed.person_id == person,
            Mandate.network_id == network,
            Mandate.start <= day,
            Mandate.end > day,
        )
    )
    sits = (
        select(literal("steering"))
        .select_from(Term)
        .join(Body, Body.id == Term.body_id)
        .where(Term.person_id == person, Body.network_id == network, Body.kind == BodyKind.COMMITTEE)
        .where(Term.start <= day, Term.end > day)
    )
    return func.coalesce(acts.limit(1).scalar_subquery(), sits.limit(1).scalar_subquery())


def sitting(network_id: int, day: date) -> Sequence[int]:
    """The persons on the committee that day, in the order of its seats."""
    query = (
        select(Term.person_id)
        .join(Seat, Seat.id == Term.seat_id)
        .join(Body, Body.id == Term.body_id)
        .where(
            Body.network_id == network_id, Body.kind == BodyKind.COMMITTEE, Term.start <= day, Term.end > day
        )
    )
    return db.session.scalars(query.order_by(Seat.position)).all()


@cache
def _whole() -> tuple[Any, ...]:
    return (
        joinedload(Mandate.person),
        joinedload(Mandate.organisation),
        selectinload(Mandate.named).joinedload(MandateNamed.person),
        selectinload(Mandate.reports).joinedload(MandateReport.author),
    )


def mandates(network_id: int) -> Sequence[Mandate]:
    """Every mandate with its holder, its people and its reports, the newest first."""
    query = select(Mandate).where(Mandate.network_id == network_id).options(*_whole())
    return db.session.scalars(query.order_by(Mandate.start.desc(), Mandate.id.desc())).all()


def mandate_locked(mandate_id: int) -> Mandate:
    """One mandate with all that belongs to it, locked until the transaction ends."""
    query = select(Mandate).where(Mandate.id == mandate_id).with_for_update(of=Mandate)
    return db.session.scalars(query.options(*_whole()).execution_options(populate_existing=True)).one()


def mandate_whole(mandate_id: int) -> Mandate:
    """One mandate with all that belongs to it."""
    return db.session.scalars(select(Mandate).where(Mandate.id == mandate_id).options(*_whole())).one()


def current_mandate(network_id: int, day: date) -> Mandate | None:
    """The mandate that holds on that day."""
    query = select(Mandate).where(Mandate.network_id == network_id, Mandate.start <= day, Mandate.end > day)
    return db.session.scalars(query.options(*_whole()).order_by(Mandate.id).limit(1)).first()


def holder_name(mandate: Mandate) -> str:
    """The organisation's or the person's name; empty when the person's was erased."""
    holder = mandate.organisation or mandate.person
    return holder.name if holder is not None else ""


def dues_of(mandate: Mandate, day: date) -> list[ReportDue]:
    """The days on which it reports, up to its end."""
    filed = {report.due_on for report in mandate.reports}
    dues = reports_due(mandate.start, mandate.end, mandate.report_months, filed=filed, today=day)
    return [due for due in dues if mandate.reports_since is None or due.on >= mandate.reports_since]


def promises_asked(**office: int) -> Sequence[CodePromise]:
    """Promises of that term or mandate (`term_id`, `mandate_id`) that were asked for and not given."""
    return db.session.scalars(select(CodePromise).filter_by(**office, at=None)).all()
