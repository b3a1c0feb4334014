"""Acts on the coordinator's mandate: granted, renewed and withdrawn by decisions, never by its holder."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.charter import parameters
from govnet.charter.models import Network
from govnet.decisions.models import Decision
from govnet.decisions.proposals.offices import Deciding, OfficeInput
from govnet.extensions import db
from govnet.kernel.actor import Act, Actor, Door, by_rule
from govnet.kernel.calendar import DAY
from govnet.kernel.clock import now, today
from govnet.kernel.errors import RuleBroken
from govnet.kernel.models import reference
from govnet.kernel.text import render
from govnet.kernel.translation import say
from govnet.offices import conduct, events, rules
from govnet.offices.models import Mandate, MandateEnd, MandateNamed, MandateReport, OfficeChange
from govnet.offices.queries import dues_of, holder_name, mandate_locked
from govnet.offices.rules import OfficeStage
from govnet.people.models import Organisation, Person
from govnet.permissions import Can, require
from govnet.record.actions import record

T = TypeVar("T")


def check_grant(wanted: OfficeInput, how: Deciding) -> None:
    """RuleBroken when the mandate could not be granted on the day on which it is settled."""
    _granting(wanted, how)


def _granting(wanted: OfficeInput, how: Deciding) -> tuple[date, date, Mandate | None]:
    """From when until before when, and the mandate before it; RuleBroken where days, people or another one are in the way."""
    if not wanted.named:
        raise RuleBroken(_("Name at least one person who acts as coordinator."), field="named")
    if not wanted.scope.strip():
        raise RuleBroken(_("Say what the coordinator may do"), field="scope")
    gone = select(Person.id).where(Person.id.in_(wanted.people), Person.erased_at.is_not(None))
    if db.session.scalar(gone.limit(1)) is not None:
        raise RuleBroken(_("Somebody who was to act as coordinator has left."), field="named")
    start, end = max(wanted.start or how.on, how.on), wanted.end or date.min
    rules.check_span(start, end, today=how.on, longest=how.charter[parameters.MANDATE_MONTHS])
    return start, end, _overlapping_none(wanted, how, start, end)


def grant(wanted: OfficeInput, row: OfficeChange, decision: Decision, how: Deciding) -> None:
    """A decision says who coordinates."""
    start, end, earlier = _granting(wanted, how)
    network = how.network
    mandate = Mandate(
        network_id=network.id,
        organisation_id=wanted.organisation_id,
        person_id=wanted.person_id,
        scope=wanted.scope,
        start=start,
        end=end,
        authority=reference(decision),
        change_id=row.id,
        report_months=how.charter[parameters.REPORT_MONTHS],
    )
    db.session.add(mandate)
    db.session.flush()  # the named people need its id
    db.session.add_all(MandateNamed(mandate_id=mandate.id, person_id=i) for i in wanted.people)
    conduct.ask(mandate, wanted.people)
    same = earlier is not None and _holder(earlier) == (wanted.organisation_id, wanted.person_id)
    record(
        events.MandateGranted(
            act=by_rule(network),
            mandate=mandate,
            holder=_name(mandate),
            start=start,
            last_day=end - DAY,
            renewal=same,
            decision=reference(decision),
            number=decision.number,
            change=row,
            people=list(wanted.people),
            person=_row(Person, wanted.person_id),
            organisation=_row(Organisation, wanted.organisation_id),
        )
    )


def _row(table: type[T], key: int | None) -> T | None:
    return db.session.get(table, key) if key is not None else None


def _holder(mandate: Mandate) -> tuple[int | None, int | None]:
    return mandate.organisation_id, mandate.person_id


def _overlapping_none(wanted: OfficeInput, how: Deciding, start: date, end: date) -> Mandate | None:
    """The newest earlier mandate; raises RuleBroken when one is in the way. The network is locked meanwhile."""
    db.session.execute(select(Network.id).where(Network.id == how.network.id).with_for_update())
    query = select(Mandate).where(Mandate.network_id == how.network.id).order_by(Mandate.start.desc())
    mandates = db.session.scalars(query.execution_options(populate_existing=True)).all()
    for other in mandates:
        if other.start < end and start < other.end and other.start < other.end:
            message = _(
                "There is a coordinator until %(day)s. Choose a first day after that, or end that mandate "
                "first.",
                day=say(other.end - DAY),
            )
            raise RuleBroken(message, field="first_day")
    return next((m for m in mandates if m.end <= start), None)


def _name(mandate: Mandate) -> str:
    if mandate.organisation_id is not None:
        return db.session.get_one(Organisation, mandate.organisation_id).name
    return db.session.get_one(Person, mandate.person_id).name


def check_withdrawal(wanted: OfficeInput, how: Deciding) -> None:
    """RuleBroken when the mandate could not be ended on the day on which it is settled."""
    _ending(wanted, how)


def _ending(wanted: OfficeInput, how: Deciding) -> tuple[Mandate, date]:
    """The mandate, locked, and before which day it is to end. RuleBroken when it is over or another's."""
    mandate = db.session.get(Mandate, wanted.held_id, with_for_update=True, populate_existing=True)
    if (
        mandate is None
        or mandate.network_id != how.network.id
        or _holder(mandate)
        != (
            wanted.organisation_id,
            wanted.person_id,
        )
    ):
        raise RuleBroken(_("There is no such mandate."))
    stage = rules.stage(mandate.start, mandate.end, how.on)
    if stage is OfficeStage.OVER:
        raise RuleBroken(_("That mandate is already over."))
    if stage is OfficeStage.TO_COME:
        return mandate, mandate.start
    end = max(wanted.end or how.on + DAY, how.on + DAY)
    rules.check_last_day(end - DAY, end=mandate.end, today=how.on)
    return mandate, end


def withdraw(wanted: OfficeInput, row: OfficeChange, decision: Decision, how: Deciding) -> None:
    """A decision ends a mandate."""
    mandate, end = _ending(wanted, how)
    mandate.end, mandate.ended_why = end, MandateEnd.WITHDRAWN
    mandate.end_authority, mandate.end_change_id = reference(decision), row.id
    db.session.flush()  # a mandate that is granted by the same decision finds it ended
    why = _("by decision %(number)s", number=decision.number)
    _record_cut_short(mandate, by_rule(mandate), why, row)


def give_back_mandate(mandate: Mandate, last_day: date, *, by: Actor, via: Door) -> None:
    """Give the mandate back after `last_day`, by a person who acts under it."""
    act = require(by, Can.GIVE_BACK_MANDATE, mandate, via)
    network = _locked(mandate)
    if (mandate.ended_why, mandate.end) == (MandateEnd.GIVEN_BACK, last_day + DAY):
        return  # sent twice
    _end_after(mandate, last_day, network)
    mandate.ended_why = MandateEnd.GIVEN_BACK
    _record_cut_short(mandate, act, _("given back"))


def _locked(mandate: Mandate) -> Network:
    db.session.refresh(mandate, with_for_update=True)
    return db.session.get_one(Network, mandate.network_id)


def _end_after(mandate: Mandate, last_day: date, network: Network) -> None:
    day = today(network.zone)
    if rules.stage(mandate.start, mandate.end, day) is OfficeStage.TO_COME:
        mandate.end = mandate.start
        return
    rules.check_last_day(last_day, end=mandate.end, today=day)
    mandate.end = last_day + DAY


def _record_cut_short(mandate: Mandate, act: Act, why: str, change: OfficeChange | None = None) -> None:
    record(
        events.MandateCutShort(
            act=act,
            mandate=mandate,
            holder=_name(mandate),
            last_day=mandate.end - DAY,
            why=why,
            decision=mandate.end_authority,
            change=change,
        )
    )


def file_report(mandate: Mandate, due_on: date, text: str, *, by: Actor, via: Door) -> MandateReport:
    """File a public report, for one of the days on which one is due; it stays as it was filed."""
    act = require(by, Can.REPORT_AS_COORDINATOR, mandate, via)
    held = mandate_locked(mandate.id)
    network = db.session.get_one(Network, held.network_id)
    dues = dues_of(held, today(network.zone))
    if due_on not in {due.on for due in dues if not due.filed}:
        raise RuleBroken(_("No report is due on that day, or it has already been filed."), field="due_on")
    report = MandateReport(
        mandate_id=held.id, network_id=network.id, due_on=due_on, author_id=by.person_id, at=now(),
        source=text, html=render(text),
    )  # fmt: skip
    db.session.add(report)
    held.next_report_on = next((due.on for due in dues if not due.filed and due.on != due_on), None)
    digest = hashlib.sha256(text.encode()).hexdigest()
    record(
        events.ReportFiled(
            act=act,
            mandate=held,
            holder=holder_name(held),
            report=report,
            due=due_on,
            digest=digest,
        )
    )
    return report
