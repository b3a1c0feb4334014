"""What somebody holds ends when she goes: when she removes her name, or is no longer a member."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, exists, or_, select

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import BY_RULE
from govnet.kernel.calendar import DAY
from govnet.kernel.duties import each_row
from govnet.kernel.models import reference
from govnet.membership.models import ENDED, NOT_ENDED, Membership, MembershipState
from govnet.offices import events
from govnet.offices.beside import CodePromise
from govnet.offices.models import (
    Body,
    Constituency,
    Mandate,
    MandateEnd,
    MandateNamed,
    MandateReport,
    Seat,
    Term,
    TermEnd,
)
from govnet.people.models import Person, Representation
from govnet.record.actions import record


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


def network_day(network_id: int) -> Any:
    return clock.today(db.session.get_one(Network, network_id).zone)


def end_now(term: Term, why: TermEnd, words: str) -> None:
    """End a term today and say so, once: there is nothing left for tomorrow to tell."""
    network = db.session.get_one(Network, term.network_id)
    seat = db.session.get_one(Seat, term.seat_id)
    term.given_until = term.given_until or term.end
    term.end, term.ended_why = max(term.start, clock.today(network.zone)), why
    term.end_recorded_at = clock.now() if term.end <= clock.today(network.zone) else None
    told = events.TermEnded if term.end_recorded_at else events.TermCutShort
    record(
        told(
            **BY_RULE, network=network, term=term, seat=seat, place=seat.name,
            holder=db.session.get_one(Person, term.person_id).name, last_day=term.end - DAY, why=words,
        )
    )  # fmt: skip


def end_mandate_now(mandate: Mandate) -> None:
    network = db.session.get_one(Network, mandate.network_id)
    mandate.end = max(mandate.start, clock.today(network.zone))
    mandate.ended_why = MandateEnd.GIVEN_BACK
    record(
        events.MandateCutShort(
            **BY_RULE, network=network, mandate=mandate,
            holder=db.session.get_one(Person, mandate.person_id).name, last_day=mandate.end - DAY, why=_("given back"),
        )
    )  # fmt: skip


def end_of_those_who_left() -> int:
    """End the terms of those who resigned or were removed as members, and do not belong in another way; how many."""
    return each_row("end offices of those who left", Term, _leaving, _end_one)


def _end_one(key: int) -> int:
    return _end_those_of(Term.id == key)


def end_terms_of(person_id: int, network_id: int) -> None:
    """The same for somebody who leaves right now. Inside transaction()."""
    db.session.flush()  # the membership has ended by what is asked next
    _end_those_of(Term.id.in_(_leaving(Term.person_id == person_id, Term.network_id == network_id)))


def _leaving(*which: ColumnElement[bool]) -> list[int]:
    """The terms that end because their holder left, but for those that the network's rules have them keep.

    Whoever was removed keeps none.
    """
    removed = exists().where(
        Membership.network_id == Body.network_id,
        Membership.person_id == Term.person_id,
        Membership.state == MembershipState.REMOVED,
    )
    rows: Sequence[Any] = db.session.execute(
        _left().add_columns(Body.network_id, removed).where(*which)
    ).all()
    keeps = {
        network_id
        for network_id in {row[1] for row in rows}
        if rules_in_force(network_id)[p.UNFIT] == "stays"
    }
    return [key for key, network_id, thrown_out in rows if thrown_out or network_id not in keeps]


def _end_those_of(*which: ColumnElement[bool]) -> int:
    terms = db.session.scalars(select(Term).where(Term.id.in_(_left()), *which).with_for_update()).all()
    for term in terms:
        end_now(term, TermEnd.INELIGIBLE, _("no longer a member"))
    return len(terms)


def _left() -> Any:
    """Terms that have not ended of people whose memberships all have; who never was a member may sit as found."""
    mine = (Membership.network_id == Body.network_id, Membership.person_id == Term.person_id)
    speaks = (
        exists()
        .where(Representation.person_id == Term.person_id, Representation.end.is_(None))
        .where(Membership.organisation_id == Representation.organisation_id)
        .where(Membership.network_id == Body.network_id, Membership.state.in_(NOT_ENDED))
    )
    return (
        select(Term.id)
        .join(Body, Body.id == Term.body_id)
        .join(Seat, Seat.id == Term.seat_id)
        .where(
            Term.end_recorded_at.is_(None),
            Term.ended_why.is_(None),
            Seat.constituency != Constituency.SISTER_NETWORK,
            exists().where(*mine, Membership.state.in_(ENDED)),
            ~exists().where(*mine, Membership.state.in_(NOT_ENDED)),
            ~speaks,
        )
    )
