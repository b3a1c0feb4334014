"""Admits an applicant, by a decision or by the rules: rows, record and the welcome mail."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from govnet.charter.models import CharterVersion, Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SYSTEM, Act, Actor, Authority, Door
from govnet.kernel.errors import RuleBroken
from govnet.membership import criteria as membership_terms
from govnet.membership import mails, rules
from govnet.membership.applications import queries, speakers
from govnet.membership.events import AdmissionAnnounced, MemberAdmitted, MemberJoined
from govnet.membership.memberships import enrolment
from govnet.membership.models import Application, ApplicationState, ComingIn, Membership, MembershipKind
from govnet.membership.organisations import claims, representatives
from govnet.membership.organisations.queries import open_voice
from govnet.membership.organisations.representatives import say_voice
from govnet.people.models import Organisation, Person
from govnet.record.actions import record
from govnet.record.events import Visibility


def let_in(application: Application, act: Act) -> Membership:
    """Make the applicant, or the organisation, a member from today, whether people decided it or the rules did.

    For an organisation that is one already nothing changes: the applicant asks to speak for it.
    """
    representatives.one_at_a_time(application.network_id)
    there = speakers.membership_there(application)
    if there is not None and application.may_speak:
        return speakers.pass_on(application, there, act)
    organisation: Organisation | None = None
    if application.kind is MembershipKind.ORGANISATION:
        membership, organisation = enrolment.organisation_membership(application)
    else:
        membership = enrolment.own_membership(application)
    application.state, application.decided_at = ApplicationState.ADMITTED, clock.now()
    decided = act.under is not SYSTEM
    application.decided_by_id, application.membership_id = (
        act.by.person_id if decided else None,
        membership.id,
    )
    _record(application, membership, organisation, act, decided=decided)
    if organisation is not None:
        speakers.name_alike(organisation, application.network_id)
        _voice(application, organisation, act)
    network = db.session.get_one(Network, application.network_id)
    sign_in = mails.signing_in(network, application.person_id, application.email)
    party = _party(application, organisation)
    once = f"admitted:{application.id}:{membership.id}"
    mails.to_applicant("admitted", application, key=once, sign_in=sign_in, **party)
    return membership


def _party(application: Application, organisation: Organisation | None) -> dict[str, Any]:
    """The organisation's name for the mail, and whether the applicant speaks for it by now."""
    if organisation is None:
        return {"organisation": "", "speaks": False}
    speaks = open_voice(organisation.id, application.person_id or 0) is not None
    return {"organisation": organisation.name, "speaks": speaks}


def _record(
    application: Application,
    membership: Membership,
    organisation: Organisation | None,
    act: Act,
    *,
    decided: bool,
) -> None:
    version = db.session.get_one(CharterVersion, application.charter_version_id)
    public = organisation is not None or membership.named_in_public
    record(
        (MemberAdmitted if decided else MemberJoined)(
            act=act,
            seen_by=Visibility.PUBLIC if public else None,
            membership=membership,
            name=organisation.name if organisation else application.name,
            application=application,
            charter=version.number,
            criteria=len(json.loads(application.answers)),
        )
    )


def _voice(application: Application, organisation: Organisation, act: Act) -> None:
    """A person who joins for it speaks for it; if somebody does already, one of them or an officer has to confirm it."""
    network = db.session.get_one(Network, application.network_id)
    person_id = application.person_id or 0
    if claims.needs_confirming(organisation.id, person_id):
        claims.claim_from(application, organisation, network, via=act.via)
        return
    row = representatives.voice(organisation, person_id, zone=network.zone, named=application.named_in_public)
    if row is not None:
        say_voice(row, organisation, application.name, act)


DOOR = Door.WORKER


def by_the_rules(application: Application, via: Door) -> None:
    """Let the applicant in if the charter does so by itself.

    Nobody else has to say yes if it lets people in at once, or enough members vouch. An application with an open
    question, with a member's objection, or for an organisation that nobody may speak for, waits. If the organisation
    belongs already, the application is passed on to people who can confirm that its sender speaks for it.
    """
    terms = membership_terms.terms(application.network_id)
    waits = application.kind is MembershipKind.ORGANISATION and not application.may_speak
    if waits or application.state is not ApplicationState.APPLIED:
        return
    if speakers.membership_there(application) is not None:
        let_in(
            application, _by_rule(application, via)
        )  # nobody joins: it becomes a claim that others confirm
        return
    if not rules.by_itself(terms.admission, terms.sponsors, queries.vouches(application.id)):
        return
    if not queries.objected_to(application.id):
        take_in(application, _by_rule(application, via))


def _by_rule(application: Application, via: Door) -> Act:
    """The applicant's act, and the result by the rules."""
    return Act(_applicant(application), SYSTEM, via, application.network_id)


def _applicant(application: Application) -> Actor:
    return Actor(application.person_id, application.name, application.network_id)


def take_in(application: Application, act: Act) -> Membership | None:
    """Let the applicant in: at once, or, where the charter has members object first, after those days (None).

    If a member has objected before, it takes effect at once: the committee has heard the objection.
    """
    days = membership_terms.terms(application.network_id).objection_days
    there = speakers.membership_there(application) is not None
    if not days or there or queries.objected_to(application.id):
        return let_in(application, act)
    _announce(application, days, act)
    return None


def _announce(application: Application, days: int, act: Act) -> None:
    decided = act.under is not SYSTEM
    network = db.session.get_one(Network, application.network_id)
    day = clock.today(network.zone) + timedelta(days=days)
    coming = ComingIn(
        application_id=application.id, network_id=network.id, by_id=act.by.person_id if decided else None,
        authority=act.under.source if decided else "", role=act.under.role if decided else "", at=clock.now(),
        from_at=clock.midnight(day, network.zone),
    )  # fmt: skip
    db.session.add(coming)
    application.state = ApplicationState.ANNOUNCED
    record(
        AdmissionAnnounced(
            act=act,
            application=application,
            name=application.name,
            on=day,
        )
    )
    mails.to_applicant("announced", application, on=day)


def settle(application: Application) -> None:
    """Nothing is to come any more: it came to pass, was objected to, or was taken back."""
    coming = queries.coming_in(application.id)
    if coming is not None:
        coming.settled_at = clock.now()


def take_effect(application_id: int) -> bool:
    """Make a member of somebody whose time to be objected to is over. Inside transaction(); False where nobody waits for it."""
    application = queries.locked(application_id)
    coming = queries.coming_in(application_id)
    if coming is None or application.state is not ApplicationState.ANNOUNCED:
        return False
    coming.settled_at = clock.now()
    who = db.session.get(Person, coming.by_id) if coming.by_id else None
    act = _by_rule(application, DOOR)
    if who is not None:
        by = Actor(who.id, who.name, application.network_id)
        act = Act(by, Authority(coming.authority, coming.role), DOOR, application.network_id)
    try:
        let_in(application, act)
    except RuleBroken:  # the party has a membership by now, or its voice is gone: people look at it
        application.state = ApplicationState.APPLIED
    return True
