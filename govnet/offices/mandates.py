"""Reading mandates: the one that holds today, earlier ones, and the reports that are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from govnet.extensions import db
from govnet.offices.models import Mandate, MandateNamed, MandateReport
from govnet.offices.rules import ReportDue, reports_due


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
