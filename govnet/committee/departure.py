"""The end of the terms on the committee of people who left the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, select

from govnet.charter import parameters as p
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.kernel.duties import each_row
from govnet.membership.memberships.departure import Left
from govnet.membership.models import ENDED, NOT_ENDED, Membership, MembershipState
from govnet.offices.models import Body, Constituency, Seat, Term, TermEnd
from govnet.offices.term_ends import end_now
from govnet.people.models import Representation


def end_terms_of_former_members() -> int:
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

    A member who was removed keeps none.
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
    """Terms that go on although every membership of the holder has ended. A holder who never was a member sits as found."""
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


def left(event: Left) -> None:
    """End at once what the rules end with a membership; the worker looks after what it finds later."""
    if event.person_id is not None:
        end_terms_of(event.person_id, event.network_id)
