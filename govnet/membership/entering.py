"""From an application to a membership, by the rules: at once, once enough members vouch, or after some days."""

from __future__ import annotations

from datetime import timedelta

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SYSTEM, Actor, Authority, Door
from govnet.kernel.errors import RuleBroken
from govnet.membership import application_queries as queries
from govnet.membership import letters, newcomers, rules, speaking
from govnet.membership.admitting import let_in
from govnet.membership.beside import ComingIn
from govnet.membership.events import AdmissionAnnounced
from govnet.membership.models import Application, ApplicationState, Membership, MembershipKind
from govnet.people.models import Person
from govnet.record.actions import record

DOOR = Door.WORKER


def by_the_rules(application: Application, via: Door) -> None:
    """Let the applicant in where the charter does so by itself.

    Nobody else has to say yes where it lets people in at once, or enough members vouch. What somebody was asked
    about, what a member objected to, and an organisation that nobody may speak for, waits. Where the organisation
    belongs already, the application is passed on to who can confirm that its sender speaks for it.
    """
    terms = queries.terms(application.network_id)
    waits = application.kind is MembershipKind.ORGANISATION and not application.may_speak
    if waits or application.state is not ApplicationState.APPLIED:
        return
    if speaking.membership_there(application) is not None:
        let_in(application, via=via)  # nobody joins: it becomes a claim that others confirm
        return
    if not rules.by_itself(terms.admission, terms.sponsors, newcomers.vouches(application.id)):
        return
    if not newcomers.objected_to(application.id):
        take_in(application, via=via)


def take_in(
    application: Application, *, via: Door, by: Actor | None = None, under: Authority = SYSTEM
) -> Membership | None:
    """Let the applicant in: at once, or, where the charter has members object first, after those days (None).

    What was objected to before takes effect at once: the committee has heard it.
    """
    days = queries.terms(application.network_id).objection_days
    there = speaking.membership_there(application) is not None
    if not days or there or newcomers.objected_to(application.id):
        return let_in(application, via=via, by=by, under=under)
    _announce(application, days, (by, under, via))
    return None


def _announce(application: Application, days: int, doing: tuple[Actor | None, Authority, Door]) -> None:
    by, under, via = doing
    network = db.session.get_one(Network, application.network_id)
    day = clock.today(network.zone) + timedelta(days=days)
    coming = ComingIn(
        application_id=application.id, network_id=network.id, by_id=by.person_id if by else None,
        authority=under.source if by else "", role=under.role if by else "", at=clock.now(),
        from_at=clock.midnight(day, network.zone),
    )  # fmt: skip
    db.session.add(coming)
    application.state = ApplicationState.ANNOUNCED
    actor = by or Actor(application.person_id, application.name, application.network_id)
    record(
        AdmissionAnnounced(
            network=network, by=actor, under=under, via=via, application=application, name=application.name,
            on=day,
        )
    )  # fmt: skip
    letters.to_applicant("announced", application, on=day)


def settle(application: Application) -> None:
    """Nothing is to come any more: it came to pass, was objected to, or was taken back."""
    coming = newcomers.coming_in(application.id)
    if coming is not None:
        coming.settled_at = clock.now()


def take_effect(application_id: int) -> bool:
    """Make a member of somebody whose time to be objected to is over. Inside transaction(); False where nobody waits for it."""
    application = queries.locked(application_id)
    coming = newcomers.coming_in(application_id)
    if coming is None or application.state is not ApplicationState.ANNOUNCED:
        return False
    coming.settled_at = clock.now()
    who = db.session.get(Person, coming.by_id) if coming.by_id else None
    by = Actor(who.id, who.name, application.network_id) if who else None
    try:
        let_in(application, via=DOOR, by=by, under=Authority(coming.authority, coming.role) if by else SYSTEM)
    except RuleBroken:  # the party has a membership by now, or its voice is gone: people look at it
        application.state = ApplicationState.APPLIED
    return True
