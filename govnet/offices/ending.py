"""The end of terms and mandates: rights stop by date alone; here each end is put on record, once."""

from __future__ import annotations

from datetime import date
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select, update

from govnet.accounts.models import Person
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import BY_RULE
from govnet.kernel.duties import each, perhaps
from govnet.kernel.events import emit
from govnet.offices import events
from govnet.offices.mandates import holder_name, mandate_whole
from govnet.offices.models import Mandate, MandateEnd, Seat, Term, TermEnd
from govnet.offices.rules import DAY
from govnet.record.actions import record


def record_ends() -> int:
    """Record every end whose day has come; how many there were. Two workers at once record each one once."""
    terms = each("end terms", _due(Term), _end_term)
    return terms + each("end mandates", _due(Mandate), _end_mandate)


def _due(table: type[Term] | type[Mandate]) -> list[int]:
    query = (
        select(table.id, table.end, Network.zone)
        .join(Network, Network.id == table.network_id)
        .where(
            table.end_recorded_at.is_(None), table.end <= clock.now().date() + DAY
        )  # no zone is further ahead
    )
    rows = db.session.execute(query.order_by(table.end, table.id)).all()
    return [row.id for row in rows if perhaps(partial(_is_over, row.end, row.zone))]


def _is_over(end: date, zone: str) -> bool:
    return end <= clock.today(zone)


def _mark(table: type[Term] | type[Mandate], key: int) -> bool:
    """Whether it is over where the network is, and ours to record: another worker finds it marked."""
    network_id = select(table.network_id).where(table.id == key).scalar_subquery()
    zone = db.session.scalars(select(Network.zone).where(Network.id == network_id)).one()
    ours = (table.id == key, table.end_recorded_at.is_(None), table.end <= clock.today(zone))
    marked = db.session.execute(update(table).where(*ours).values(end_recorded_at=clock.now()))
    return bool(getattr(marked, "rowcount", 0))


def _end_term(key: int) -> bool:
    if not _mark(Term, key):
        return False
    term = db.session.get_one(Term, key, populate_existing=True)
    term.ended_why = term.ended_why or TermEnd.EXPIRED
    seat = db.session.get_one(Seat, term.seat_id)
    record(
        events.TermEnded(
            **BY_RULE,
            network=db.session.get_one(Network, seat.network_id),
            term=term,
            seat=seat,
            place=seat.name,
            holder=db.session.get_one(Person, term.person_id).name,
            last_day=term.end - DAY,
            why=term_end_words(term.ended_why),
        )
    )
    return True


def _end_mandate(key: int) -> bool:
    if not _mark(Mandate, key):
        return False
    mandate = mandate_whole(key)
    mandate.ended_why = mandate.ended_why or MandateEnd.EXPIRED
    record(
        events.MandateEnded(
            **BY_RULE,
            network=db.session.get_one(Network, mandate.network_id),
            mandate=mandate,
            holder=holder_name(mandate),
            last_day=mandate.end - DAY,
            why=mandate_end_words(mandate.ended_why),
        )
    )
    emit(events.MandateOver(mandate))
    return True


def term_end_words(why: TermEnd) -> str:
    """Why a term ended, as a page says it."""
    words: dict[TermEnd, str] = {
        TermEnd.EXPIRED: _("its time was over"),
        TermEnd.RESIGNED: _("resigned"),
        TermEnd.REMOVED: _("removed by a decision"),
        TermEnd.INELIGIBLE: _("no longer fits the place"),
    }
    return words[why]


def mandate_end_words(why: MandateEnd) -> str:
    """Why a mandate ended, as a page says it."""
    words: dict[MandateEnd, str] = {
        MandateEnd.EXPIRED: _("its time was over"),
        MandateEnd.GIVEN_BACK: _("given back"),
        MandateEnd.WITHDRAWN: _("withdrawn by a decision"),
    }
    return words[why]
