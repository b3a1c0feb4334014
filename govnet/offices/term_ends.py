"""The end of terms and mandates: rights stop by date alone; here each end is put on record, once."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import by_rule
from govnet.kernel.calendar import DAY
from govnet.kernel.duties import each_row, perhaps
from govnet.kernel.signals import emit
from govnet.offices import events
from govnet.offices.models import Mandate, MandateEnd, Seat, Term, TermEnd
from govnet.offices.queries import holder_name, mandate_whole
from govnet.people.models import Person
from govnet.record.actions import record


def record_ends() -> int:
    """Record every end whose day has come; how many there were. Two workers at once record each one once."""
    terms = each_row("end terms", Term, partial(_due, Term), _end_term)
    return terms + each_row("end mandates", Mandate, partial(_due, Mandate), _end_mandate)


def _due(table: type[Term] | type[Mandate], *only: ColumnElement[bool]) -> list[int]:
    query = (
        select(table.id, table.end, Network.zone)
        .join(Network, Network.id == table.network_id)
        .where(
            table.end_recorded_at.is_(None), table.end <= clock.now().date() + DAY, *only
        )  # no zone is further ahead
    )
    rows = db.session.execute(query.order_by(table.end, table.id)).all()
    return [row.id for row in rows if perhaps(partial(_is_over, row.end, row.zone))]


def _is_over(end: date, zone: str) -> bool:
    return end <= clock.today(zone)


def _is_over_here(row: Term | Mandate) -> bool:
    """Asked once more by the network's own calendar; raises what `perhaps` left to be met here."""
    return _is_over(row.end, db.session.get_one(Network, row.network_id).zone)


def _end_term(key: int) -> bool:
    term = db.session.get_one(Term, key)
    if not _is_over_here(term):
        return False
    term.end_recorded_at, term.ended_why = clock.now(), term.ended_why or TermEnd.EXPIRED
    seat = db.session.get_one(Seat, term.seat_id)
    record(
        events.TermEnded(
            act=by_rule(seat),
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
    mandate = mandate_whole(key)
    if not _is_over_here(mandate):
        return False
    mandate.end_recorded_at, mandate.ended_why = clock.now(), mandate.ended_why or MandateEnd.EXPIRED
    record(
        events.MandateEnded(
            act=by_rule(mandate),
            mandate=mandate,
            holder=holder_name(mandate),
            last_day=mandate.end - DAY,
            why=mandate_end_words(mandate.ended_why),
        )
    )
    emit(events.MandateOver(mandate))
    return True


def term_end_words(why: TermEnd) -> str:
    """The reason why a term ended, for a page."""
    words: dict[TermEnd, str] = {
        TermEnd.EXPIRED: _("its time was over"),
        TermEnd.RESIGNED: _("resigned"),
        TermEnd.REMOVED: _("removed by a decision"),
        TermEnd.INELIGIBLE: _("no longer fits the place"),
    }
    return words[why]


def mandate_end_words(why: MandateEnd) -> str:
    """The reason why a mandate ended, for a page."""
    words: dict[MandateEnd, str] = {
        MandateEnd.EXPIRED: _("its time was over"),
        MandateEnd.GIVEN_BACK: _("given back"),
        MandateEnd.WITHDRAWN: _("withdrawn by a decision"),
    }
    return words[why]


def network_day(network_id: int) -> Any:
    return clock.today(db.session.get_one(Network, network_id).zone)


def end_now(term: Term, why: TermEnd, words: str) -> None:
    """End a term today and record it, once: nothing is left for tomorrow."""
    network = db.session.get_one(Network, term.network_id)
    seat = db.session.get_one(Seat, term.seat_id)
    term.given_until = term.given_until or term.end
    term.end, term.ended_why = max(term.start, clock.today(network.zone)), why
    term.end_recorded_at = clock.now() if term.end <= clock.today(network.zone) else None
    told = events.TermEnded if term.end_recorded_at else events.TermCutShort
    record(
        told(
            act=by_rule(network),
            term=term,
            seat=seat,
            place=seat.name,
            holder=db.session.get_one(Person, term.person_id).name,
            last_day=term.end - DAY,
            why=words,
        )
    )


def end_mandate_now(mandate: Mandate) -> None:
    network = db.session.get_one(Network, mandate.network_id)
    mandate.end = max(mandate.start, clock.today(network.zone))
    mandate.ended_why = MandateEnd.GIVEN_BACK
    record(
        events.MandateCutShort(
            act=by_rule(network),
            mandate=mandate,
            holder=db.session.get_one(Person, mandate.person_id).name,
            last_day=mandate.end - DAY,
            why=_("given back"),
        )
    )
