"""The ends in membership when a person removes their name; columns declare what is emptied."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.membership.applications import admission
from govnet.membership.memberships import departure, queries
from govnet.membership.models import (
    Application,
    ApplicationState,
    ClaimState,
    Membership,
    RepresentationClaim,
)
from govnet.membership.organisations import actions as organisations_actions
from govnet.membership.organisations.queries import network_of, whole_voice
from govnet.people.addresses import PersonErased
from govnet.people.models import Person, Representation

_DONE = (ApplicationState.ADMITTED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN)


def forget(person_id: int) -> None:
    """End what they hold, and take back what they asked for. Inside transaction()."""
    _end_memberships(person_id)
    _end_representations(person_id)
    _withdraw_applications(Application.person_id == person_id)
    theirs = or_(RepresentationClaim.person_id == person_id, RepresentationClaim.invited_by_id == person_id)
    _withdraw_claims(theirs)


def _end_memberships(person_id: int) -> None:
    query = select(Membership.id).where(Membership.person_id == person_id, Membership.end.is_(None))
    for key in db.session.scalars(query).all():
        membership = queries.with_party(key)
        assert membership is not None
        by = Actor(person_id, queries.name_of(membership), membership.network_id)
        departure.resign(membership, by=by, via=Door.WEB)


def _end_representations(person_id: int) -> None:
    query = select(Representation).where(Representation.person_id == person_id, Representation.end.is_(None))
    name = db.session.get_one(Person, person_id).name
    for row in db.session.scalars(query).all():
        network, voice = network_of(row.organisation_id), whole_voice(row.id)
        if network is not None and voice is not None:
            organisations_actions.end(voice, network, by=Actor(person_id, name, network.id), via=Door.WEB)
        else:
            row.end = max(clock.now().date(), row.start)


def _withdraw_applications(condition: ColumnElement[bool]) -> None:
    query = select(Application).where(condition, Application.state.not_in(_DONE)).with_for_update()
    for row in db.session.scalars(query.execution_options(populate_existing=True)).all():
        row.state, row.decided_at = ApplicationState.WITHDRAWN, clock.now()
        admission.settle(row)


def _withdraw_claims(condition: ColumnElement[bool]) -> None:
    waiting = RepresentationClaim.state == ClaimState.WAITING
    query = select(RepresentationClaim).where(condition, waiting).with_for_update()
    for row in db.session.scalars(query.execution_options(populate_existing=True)).all():
        row.state, row.settled_at = ClaimState.WITHDRAWN, clock.now()


def forget_addresses(gone: PersonErased) -> None:
    """Delete input with one of the addresses that belongs to nobody."""
    _withdraw_applications(Application.email.in_(gone.addresses) & Application.person_id.is_(None))
    _withdraw_claims(RepresentationClaim.email.in_(gone.addresses) & RepresentationClaim.person_id.is_(None))
