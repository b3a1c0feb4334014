"""The fate of places and mandates when a membership ends by leaving, shown before it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, select

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.calendar import DAY
from govnet.kernel.signals import emit
from govnet.mail.subscriptions import no_longer_just_mail
from govnet.membership.events import (
    MemberResigned,
)
from govnet.membership.memberships import queries
from govnet.membership.memberships.actions import _network, seen
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import Body, Constituency, Mandate, MandateNamed, Seat, Term
from govnet.people.models import Person, Representation
from govnet.permissions import Can, require
from govnet.record.actions import record
from govnet.web.pages import weekday_date


def places_affected(network: Network, membership: Membership) -> list[str]:
    """A sentence for each place, and the mandate, of a person who leaves or speaks for an organisation that does."""
    day, alone = clock.today(network.zone), membership.person_id is not None
    query = (
        select(
            Seat,
            Term.end,
            Person.name,
            _own(membership),
            _speaks(membership, BELONGS),
            _elsewhere(membership),
        )
        .join(Term, Term.seat_id == Seat.id)
        .join(Person, Person.id == Term.person_id)
        .join(Body, Body.id == Seat.body_id)
        .where(
            Body.network_id == network.id, Term.end > day, Term.ended_why.is_(None), _concerned(membership)
        )
        .order_by(Term.start, Term.id)
    )
    said, keeps = [], rules_in_force(network.id)[p.UNFIT] == "stays"
    for seat, end, name, own, speaks, elsewhere in db.session.execute(query):
        sister = seat.constituency is Constituency.SISTER_NETWORK
        if alone and not keeps and not sister and not own and not elsewhere:
            said.append(_("Your place “%(place)s” ends today, with all its rights.", place=seat.name))
            continue
        fits = sister or _fits(seat.constituency, alone, own, speaks)
        until = end if fits else _until(network, day, end)
        said.append(_kept(seat.name, "" if alone else name, until - DAY, whole=until == end))
    return [*said, *_mandates(network, membership)]


def _until(network: Network, day: date, end: date) -> date:
    """Before which day, by the rules, somebody who does not fit from that day on still holds the place."""
    charter = rules_in_force(network.id)
    return min(end, day + timedelta(days=charter[p.UNFIT_DAYS])) if charter[p.UNFIT] == "leaves" else end


def _kept(place: str, name: str, last: date, *, whole: bool) -> str:
    """That a place is kept, by `name` or by the reader: as long as it was given for, or while it can be corrected."""
    words = {"place": place, "name": name, "day": weekday_date(last)}
    if whole and name:
        return str(_("%(name)s keeps the place “%(place)s” until %(day)s.", **words))
    if whole:
        return str(_("You keep your place “%(place)s” until %(day)s.", **words))
    if name:
        return str(
            _(
                "By our rules %(name)s keeps the place “%(place)s” until %(day)s, and longer if they fit "
                "it again by then.",
                **words,
            )
        )
    return str(
        _(
            "By our rules you keep your place “%(place)s” until %(day)s, and longer if you fit it again by "
            "then.",
            **words,
        )
    )


def _fits(constituency: Constituency, alone: bool, own: bool, speaks: bool) -> bool:
    """Whether the holder still fits the place; anything that the place does not ask for was never needed."""
    if constituency is Constituency.INDIVIDUAL:
        return own or not alone
    if constituency is Constituency.ORGANISATION:
        return speaks
    return own or speaks


def _concerned(membership: Membership) -> ColumnElement[bool]:
    if membership.person_id is not None:
        return Term.person_id == membership.person_id
    return exists().where(
        Representation.person_id == Term.person_id,
        Representation.organisation_id == membership.organisation_id,
        Representation.end.is_(None),
    )


def _own(membership: Membership) -> ColumnElement[bool]:
    """Whether the holder has another membership in person."""
    return exists().where(
        Membership.person_id == Term.person_id, Membership.network_id == membership.network_id,
        Membership.id != membership.id, Membership.state.in_(BELONGS),
    )  # fmt: skip


def _speaks(membership: Membership, states: Collection[MembershipState]) -> ColumnElement[bool]:
    """Whether the holder speaks for another organisation that belongs."""
    return exists().where(
        Representation.person_id == Term.person_id, Representation.end.is_(None),
        Membership.organisation_id == Representation.organisation_id, Membership.id != membership.id,
        Membership.network_id == membership.network_id, Membership.state.in_(states),
    )  # fmt: skip


def _elsewhere(membership: Membership) -> ColumnElement[bool]:
    """The same, also of one whose membership ran out: with that the place does not end at once."""
    return _speaks(membership, (*BELONGS, MembershipState.LAPSED))


def _mandates(network: Network, membership: Membership) -> list[str]:
    query = (
        select(Mandate.end)
        .join(MandateNamed, MandateNamed.mandate_id == Mandate.id)
        .where(
            Mandate.network_id == network.id,
            Mandate.end > clock.today(network.zone),
            MandateNamed.person_id == membership.person_id,
        )
        .order_by(Mandate.end)
    )
    return [
        _(
            "You keep your mandate as coordinator until %(day)s, unless you give it back.",
            day=weekday_date(end - DAY),
        )
        for end in db.session.scalars(query)
    ]


BELONGS = (MembershipState.ACTIVE, MembershipState.FOUND, MembershipState.SUSPENDED)
"""People who are suspended, or were found and have not answered, keep the place."""


@dataclass(frozen=True)
class Left:
    """Emitted in the transaction in which a membership ends because its holder leaves."""

    network_id: int
    person_id: int | None
    """None for an organisation."""


def resign(membership: Membership, *, by: Actor, via: Door) -> Membership:
    """Leave: no rights from today, nothing that was written or decided goes. Doing it twice does it once."""
    act = require(by, Can.HOLD_MEMBERSHIP, membership, via)
    if membership.end is not None:
        return membership
    network = _network(membership)
    day = clock.today(network.zone)
    membership.state, membership.end = MembershipState.RESIGNED, max(day, membership.start)
    record(
        MemberResigned(
            act=act,
            seen_by=seen(membership),
            membership=membership,
            name=queries.name_of(membership),
        )
    )
    if membership.person_id is not None:
        no_longer_just_mail(network.id, membership.person_id)
    emit(Left(network.id, membership.person_id))
    return membership
