"""Deciding applications: letting in, asking something, declining with a reason."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SYSTEM, Act, Actor, Authority, Door
from govnet.kernel.errors import NotAllowed, OwnCase, RuleBroken, Stale
from govnet.membership import mails, rules
from govnet.membership import terms as membership_terms
from govnet.membership.applications import admission as applications_admission
from govnet.membership.applications import appeals, speakers
from govnet.membership.applications import queries as applications_queries
from govnet.membership.applications.admission import let_in
from govnet.membership.events import ApplicationAsked, ApplicationDeclined
from govnet.membership.models import Application, ApplicationNote, ApplicationState, Membership
from govnet.offices.queries import by_role
from govnet.permissions import Can, authority, require
from govnet.record.actions import record
from govnet.roles import ALONE, coordinator, steering

_BY_ROLE = {"steering": steering, "coordinator": coordinator}


def admit(application: Application, *, by: Actor, via: Door, seen: int | None = None) -> Membership | None:
    """Make the applicant a member from today; the record says who decided, and by which criteria. Stale if decided.

    None where the charter gives members some days to object first. RuleBroken where more members must vouch.
    For an organisation that belongs already it is passed on, and the organisation's own membership comes back.
    """
    row, act = _to_decide(application, by, via, seen=seen)
    if speakers.membership_there(row) is not None:
        return let_in(row, act)
    terms, vouched = membership_terms.terms(row.network_id), applications_queries.vouches(row.id)
    missing = terms.sponsors - vouched if terms.admission == "sponsors" else 0
    if missing > 0 and not applications_queries.objected_to(row.id):
        raise RuleBroken(
            ngettext("By our rules members vouch for anyone who joins: %(num)s more member has to.",
                     "By our rules members vouch for anyone who joins: %(num)s more members have to.", missing)
        )  # fmt: skip
    return applications_admission.take_in(row, act)


def ask(
    application: Application, question: str, *, by: Actor, via: Door, seen: int | None = None
) -> Application:
    """Ask the applicant something: she gets it by mail, and her answer brings the application back."""
    row, act = _to_decide(application, by, via, yours=question, seen=seen)
    if not question:
        raise RuleBroken(_("Write what you want to know."), field="question")
    note = ApplicationNote(
        application_id=row.id, person_id=by.person_id, by_applicant=False, body=question, at=clock.now()
    )
    db.session.add(note)
    row.state = ApplicationState.ASKED
    record(
        ApplicationAsked(
            act=act,
            application=row,
            name=row.name,
            question=question,
        )
    )
    mails.to_applicant("asked", row, question=question, by=by.name)
    return row


def decline(
    application: Application, reason: str, *, by: Actor, via: Door, seen: int | None = None
) -> Application:
    """Say no, with a reason that is mailed; she may apply again."""
    row, act = _to_decide(application, by, via, yours=reason, seen=seen)
    if not reason:
        raise RuleBroken(_("Give a reason: it is mailed to %(name)s.", name=row.name), field="reason")
    row.state, row.reason = ApplicationState.DECLINED, reason
    row.decided_at, row.decided_by_id = clock.now(), by.person_id
    record(ApplicationDeclined(act=act, application=row, name=row.name, reason=reason))
    mails.to_applicant("declined", row, reason=reason, by=by.name, appeal_until=appeals.until(row))
    return row


def _network(application: Application) -> Network:
    return db.session.get_one(Network, application.network_id)


def _to_decide(
    application: Application, by: Actor, via: Door, *, yours: str = "", seen: int | None = None
) -> tuple[Application, Act]:
    """The application, locked and still open, and what the actor's right rests on.

    `seen`: how many questions and answers stood there when the officer decided. RuleBroken if more do now.
    """
    act = require(by, Can.DECIDE_APPLICATION, application, via)
    row = applications_queries.locked(application.id)
    under = by_the_charter(row, by, act.under, objected=applications_queries.objected_to(row.id))
    if row.state.value not in rules.OPEN:
        who = applications_queries.decided_by(row)
        raise Stale(
            _("%(who)s has already decided this application.", who=who)
            if who else _("This application has been decided."),
            newer=_state(row) + (f" {row.reason}" if row.reason else ""),
            yours=yours,
        )  # fmt: skip
    if seen is not None and seen < applications_queries.notes_of(row.id):
        raise RuleBroken(
            _("Something was asked or answered here in the meantime. Please read it, then send this again.")
        )
    return row, replace(act, under=under)


_STATES = {
    ApplicationState.UNCONFIRMED: lambda: _("The address has not been confirmed."),
    ApplicationState.ANNOUNCED: lambda: _("Let in: a member soon, unless a member objects."),
    ApplicationState.ADMITTED: lambda: _("Let in."),
    ApplicationState.DECLINED: lambda: _("Declined:"),
    ApplicationState.WITHDRAWN: lambda: _("Taken back by the applicant."),
}


def _state(row: Application) -> str:
    if row.passed_on:
        return str(_("Passed on to the people who confirm who speaks for the organisation."))
    return str(_STATES[row.state]())


def by_the_charter(row: Application, by: Actor, asked: Authority, *, objected: bool = False) -> Authority:
    """The authority under which the charter in force has the actor decide; NotAllowed where it has others do it.

    What a member objected to is the committee's, whoever decides otherwise.
    """
    roles = _deciders(row, "committee" if objected else membership_terms.terms(row.network_id).admission)
    if asked == SYSTEM or not roles or asked.source.startswith(ALONE):
        return asked
    found = (_BY_ROLE[role](by, None) for role in sorted(roles))
    under = next((authority for authority in found if authority), None)
    if under is None:
        coordinators = _("By our rules the coordinator decides who joins.")
        committees = _("By our rules the committee decides who joins.")
        raise NotAllowed(coordinators if "coordinator" in roles else committees, roles=sorted(roles))
    if objected and _objects(row, by, roles):
        raise OwnCase(
            _("You have objected to this, so somebody else has to weigh your reason."), roles=sorted(roles)
        )
    return under


def _objects(row: Application, by: Actor, roles: frozenset[str]) -> bool:
    """Whether the actor objected, and somebody who decides did not."""
    held, objectors = by_role(row.network_id), applications_queries.objectors(row.id)
    deciders = {person for role in roles for person in held.get(role, ())} - {row.person_id}
    return by.person_id in objectors and bool(deciders - objectors)


def _deciders(row: Application, admission: str) -> frozenset[str]:
    """The roles that decide it: the charter's, or the other officers where nobody but the applicant has that role."""
    roles = rules.deciders(admission)
    held = by_role(row.network_id)
    others = frozenset(role for role, people in held.items() if people - {row.person_id})
    if not roles or roles & others:
        return roles
    if "coordinator" in roles:
        return frozenset({"steering"})
    only_the_applicant = any(held.get(role) for role in roles)
    return others if only_the_applicant and others else roles


def may_decide(application: Application, by: Actor, *, objected: bool = False) -> bool:
    """Whether the charter has the actor decide: the page shows its buttons accordingly."""
    right = authority(by, Can.DECIDE_APPLICATION, application)
    try:
        return right is not None and bool(by_the_charter(application, by, right, objected=objected))
    except NotAllowed:
        return False
