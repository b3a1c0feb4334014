"""Deciding applications: letting in, asking something, declining with a reason."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Authority, Door
from govnet.kernel.errors import OwnCase, RuleBroken, Stale
from govnet.membership import criteria as membership_terms
from govnet.membership import mails, rules
from govnet.membership.applications import admission as applications_admission
from govnet.membership.applications import appeals, speakers
from govnet.membership.applications import queries as applications_queries
from govnet.membership.applications.admission import let_in
from govnet.membership.events import ApplicationAsked, ApplicationDeclined
from govnet.membership.models import Application, ApplicationNote, ApplicationState, Membership
from govnet.offices.queries import by_role
from govnet.permissions import Can, authority, require
from govnet.record.actions import record


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
    row = applications_queries.locked(application.id)
    objected = applications_queries.objected_to(row.id)
    act = require(by, _right(objected=objected), row, via)
    if objected and _objects(row, by, act.under):
        raise OwnCase(_("You have objected to this, so somebody else has to weigh your reason."))
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
    return row, act


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


def _right(*, objected: bool) -> Can:
    """After a member's objection the committee decides, even if others do otherwise."""
    return Can.WEIGH_OBJECTION if objected else Can.DECIDE_APPLICATION


def _objects(row: Application, by: Actor, under: Authority) -> bool:
    """Whether the actor objected, and somebody else in that office did not."""
    objectors = applications_queries.objectors(row.id)
    if by.person_id not in objectors:
        return False
    return bool(by_role(row.network_id).get(under.role, set()) - {row.person_id} - objectors)


def may_decide(application: Application, by: Actor, *, objected: bool = False) -> bool:
    """Whether the actor can decide it: the page shows its buttons accordingly."""
    under = authority(by, _right(objected=objected), application)
    return under is not None and not (objected and _objects(application, by, under))
