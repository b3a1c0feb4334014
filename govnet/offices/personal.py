"""What offices hold about a person, and what ends when they remove their name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select

from govnet.extensions import db
from govnet.kernel.calendar import DAY
from govnet.kernel.models import reference
from govnet.offices.models import CodePromise, Mandate, MandateNamed, MandateReport, Seat, Term, TermEnd
from govnet.offices.term_ends import end_mandate_now, end_now, network_day


def held(person_id: int) -> dict[str, Any]:
    """Her places, mandates and reports, for her export."""
    terms = select(Term, Seat.name).join(Seat, Seat.id == Term.seat_id).where(Term.person_id == person_id)
    named = select(MandateNamed.mandate_id).where(MandateNamed.person_id == person_id)
    mandates = select(Mandate).where(or_(Mandate.person_id == person_id, Mandate.id.in_(named)))
    reports = select(MandateReport).where(MandateReport.author_id == person_id)
    promises = select(CodePromise).where(CodePromise.person_id == person_id, CodePromise.at.is_not(None))
    return {
        "promises": [
            {"at": row.at.isoformat() if row.at else None, "sentences": json.loads(row.statements)}
            for row in db.session.scalars(promises)
        ],
        "places": [{"place": name, **_days(term)} for term, name in db.session.execute(terms)],
        "mandates": [{"scope": m.scope, **_days(m)} for m in db.session.scalars(mandates)],
        "reports": [
            {"due": r.due_on.isoformat(), "text": r.source, "at": r.at.isoformat()}
            for r in db.session.scalars(reports)
        ],
    }


def _days(row: Term | Mandate) -> dict[str, str]:
    return {"from": row.start.isoformat(), "last_day": (row.end - DAY).isoformat(), "evidence": row.evidence}


def forget(person_id: int) -> Iterable[str]:
    """End what she holds, at once; entries about her terms and her own mandates lose their words too."""
    terms = db.session.scalars(select(Term).where(Term.person_id == person_id)).all()
    mandates = db.session.scalars(select(Mandate).where(Mandate.person_id == person_id)).all()
    for term in terms:
        if term.end > network_day(term.network_id):
            end_now(term, TermEnd.RESIGNED, _("resigned"))
    for mandate in mandates:
        if mandate.end > network_day(mandate.network_id):
            end_mandate_now(mandate)
    db.session.execute(delete(MandateNamed).where(MandateNamed.person_id == person_id))
    return [reference(row) for row in (*terms, *mandates)]
