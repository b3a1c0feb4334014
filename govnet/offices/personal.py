"""The ends in offices when a person removes their name."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.extensions import db
from govnet.offices.models import Mandate, Term, TermEnd
from govnet.offices.term_ends import end_mandate_now, end_now, network_day


def forget(person_id: int) -> None:
    """End what they hold, at once."""
    for term in db.session.scalars(select(Term).where(Term.person_id == person_id)).all():
        if term.end > network_day(term.network_id):
            end_now(term, TermEnd.RESIGNED, _("resigned"))
    for mandate in db.session.scalars(select(Mandate).where(Mandate.person_id == person_id)).all():
        if mandate.end > network_day(mandate.network_id):
            end_mandate_now(mandate)
