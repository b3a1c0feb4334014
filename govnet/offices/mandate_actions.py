"""Writing the coordinator's mandate: granted, renewed and withdrawn by decisions, never by who holds it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.accounts.models import Person
from govnet.charter import parameters
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.kernel.actor import Actor, Door
from govnet.kernel.clock import now, today
from govnet.kernel.errors import RuleBroken
from govnet.kernel.text import render
from govnet.membership.models import Organisation
from govnet.offices import events, promising, rules
from govnet.offices.basis import basis_numbered
from govnet.offices.founding import By
from govnet.offices.mandates import dues_of, holder_name, mandate_locked
from govnet.offices.models import Mandate, MandateEnd, MandateNamed, MandateReport
from govnet.offices.rules import DAY, Stage
from govnet.permissions import Can, require
from govnet.record.actions import record


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateGrant:
    """Who coordinates (an organisation or a person), who acts, what they may do, and by which decision."""

    organisation_id: int | None = None
    person_id: int | None = None
    named: Collection[int] = ()
    scope: str
    first_day: date
    last_day: date
    decision: str

    @property
    def people(self) -> list[int]:
        """Everybody who will act under it."""
        return list(dict.fromkeys([*([self.person_id] if self.person_id else []), *self.named]))


def grant_mandate(network: Network, grant: MandateGrant, *, by: Actor, via: Door) -> Mandate:
    """Write down that a decision says who coordinates. The holder of an old or the new one cannot record it."""
    under = require(by, Can.RECORD_MANDATE, network)
    basis = basis_numbered(network.id, grant.decision)
    rules.check_basis(basis, rules.MANDATE_MATTERS)
    start, end = grant.first_day, grant.last_day + DAY
    charter = rules_in_force(network.id)
    rules.check_appoints(basis, charter[parameters.BODY_FOR["mandate"]])
    rules.check_span(start, end, today=today(network.zone), longest=charter[parameters.MANDATE_MONTHS])
    if not grant.people:
        raise RuleBroken(_("Name at least one person who acts as coordinator."), field="named")
    earlier = _overlapping_none(network, start, end)
    rules.check_not_holder(by.person_id, [*grant.people, *(_people_of(earlier) if earlier else ())])
    mandate = Mandate(
        network_id=network.id,
        organisation_id=grant.organisation_id,
        person_id=grant.person_id,
        scope=grant.scope,
        start=start,
        end=end,
        authority=basis.reference,
        report_months=charter[parameters.REPORT_MONTHS],
    )
    db.session.add(mandate)
    db.session.flush()  # the named people need its id
    db.session.add_all(MandateNamed(mandate_id=mandate.id, person_id=i) for i in grant.people)
    promising.ask(mandate, grant.people)
    same = earlier is not None and _holder(earlier) == (grant.organisation_id, grant.person_id)
    record(
        events.MandateGranted(
            network=network, by=by, under=under, via=via, mandate=mandate, holder=_name(mandate), start=start,
            last_day=grant.last_day, renewal=same, decision=basis.reference, number=basis.number,
        )
    )  # fmt: skip
    return mandate


def _holder(mandate: Mandate) -> tuple[int | None, int | None]:
    return mandate.organisation_id, mandate.person_id


def _overlapping_none(network: Network, start: date, end: date) -> Mandate | None:
    """The newest earlier mandate; raises RuleBroken when one is in the way. The network is locked meanwhile."""
    db.session.execute(select(Network.id).where(Network.id == network.id).with_for_update())
    query = select(Mandate).where(Mandate.network_id == network.id).order_by(Mandate.start.desc())
    mandates = db.session.scalars(query).all()
    for other in mandates:
        if other.start < end and start < other.end and other.start < other.end:
            message = _(
                "There is a coordinator until %(day)s. Choose a first day after that, or end that first.",
                day=(other.end - DAY).isoformat(),
            )
            raise RuleBroken(message, field="first_day")
    return next((m for m in mandates if m.end <= start), None)


def _people_of(mandate: Mandate) -> list[int]:
    named = db.session.scalars(
        select(MandateNamed.person_id).where(MandateNamed.mandate_id == mandate.id)
    ).all()
    return [*named, *([mandate.person_id] if mandate.person_id else [])]


def _name(mandate: Mandate) -> str:
    if mandate.organisation_id is not None:
        return db.session.get_one(Organisation, mandate.organisation_id).name
    return db.session.get_one(Person, mandate.person_id).name


def withdraw_mandate(mandate: Mandate, last_day: date, *, decision: str, by: Actor, via: Door) -> None:
    """Write down that a decision ends the mandate after `last_day`; never recorded by its holder."""
    network = _locked(mandate)
    under = require(by, Can.RECORD_MANDATE, network)
    basis = basis_numbered(network.id, decision)
    rules.check_basis(basis, rules.MANDATE_MATTERS)
    rules.check_not_holder(by.person_id, _people_of(mandate))
    _end_after(mandate, last_day, network)
    mandate.ended_why, mandate.end_authority = MandateEnd.WITHDRAWN, basis.reference
    why = _("by decision %(number)s", number=basis.number)
    _record_cut_short(mandate, network, By(by, under, via), why)


def give_back_mandate(mandate: Mandate, last_day: date, *, by: Actor, via: Door) -> None:
    """Whoever acts under it gives it back, after `last_day`."""
    under = require(by, Can.GIVE_BACK_MANDATE, mandate)
    network = _locked(mandate)
    _end_after(mandate, last_day, network)
    mandate.ended_why = MandateEnd.GIVEN_BACK
    _record_cut_short(mandate, network, By(by, under, via), _("given back"))


def _locked(mandate: Mandate) -> Network:
    db.session.refresh(mandate, with_for_update=True)
    return db.session.get_one(Network, mandate.network_id)


def _end_after(mandate: Mandate, last_day: date, network: Network) -> None:
    day = today(network.zone)
    if rules.stage(mandate.start, mandate.end, day) is Stage.TO_COME:
        mandate.end = mandate.start
        return
    rules.check_last_day(last_day, end=mandate.end, today=day)
    mandate.end = last_day + DAY


def _record_cut_short(mandate: Mandate, network: Network, who: By, why: str) -> None:
    record(
        events.MandateCutShort(
            network=network, by=who.actor, under=who.under, via=who.via, mandate=mandate, holder=_name(mandate),
            last_day=mandate.end - DAY, why=why, decision=mandate.end_authority,
        )
    )  # fmt: skip


def file_report(mandate: Mandate, due_on: date, text: str, *, by: Actor, via: Door) -> MandateReport:
    """Say in public what was done, for one of the days on which a report is due; it stays as it was filed."""
    under = require(by, Can.REPORT_AS_COORDINATOR, mandate)
    held = mandate_locked(mandate.id)
    network = db.session.get_one(Network, held.network_id)
    dues = dues_of(held, today(network.zone))
    if due_on not in {due.on for due in dues if not due.filed}:
        raise RuleBroken(_("No report is due on that day, or it is there already."), field="due_on")
    report = MandateReport(
        mandate_id=held.id, network_id=network.id, due_on=due_on, author_id=by.person_id, at=now(),
        source=text, html=render(text),
    )  # fmt: skip
    db.session.add(report)
    held.next_report_on = next((due.on for due in dues if not due.filed and due.on != due_on), None)
    digest = hashlib.sha256(text.encode()).hexdigest()
    record(
        events.ReportFiled(
            network=network, by=by, under=under, via=via, mandate=held, holder=holder_name(held), report=report,
            due=due_on, digest=digest,
        )
    )  # fmt: skip
    return report
