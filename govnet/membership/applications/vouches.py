"""Members' word on applicants: that they know them, or that they object to letting them in."""

from __future__ import annotations

from flask_babel import gettext as _

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.membership import criteria as membership_terms
from govnet.membership import mails, rules
from govnet.membership.applications import admission, queries
from govnet.membership.events import AdmissionObjected, Vouched
from govnet.membership.models import AdmissionObjection, Application, ApplicationState, Vouch
from govnet.permissions import Can, require
from govnet.record.actions import record


def vouch(application: Application, *, by: Actor, via: Door) -> bool:
    """Vouch for an applicant. True if this let them in.

    Doing it twice does it once. RuleBroken for oneself, for observers, and if nobody is asked to vouch.
    """
    act = require(by, Can.VOUCH, application, via)
    row = queries.locked(application.id)
    person_id = by.person_id or 0
    if queries.has_vouched(row.id, person_id):
        return False
    _check_voice(row, by)
    terms = membership_terms.terms(row.network_id)
    if terms.admission != "sponsors" or row.state.value not in rules.OPEN or queries.objected_to(row.id):
        raise RuleBroken(_("Nobody needs to vouch for %(name)s any more.", name=row.name))
    vouched = Vouch(application_id=row.id, network_id=row.network_id, person_id=person_id, at=clock.now())
    db.session.add(vouched)
    db.session.flush()  # the rule counts it
    record(Vouched(act=act, application=row, name=row.name))
    admission.by_the_rules(row, via)
    return row.state in (ApplicationState.ADMITTED, ApplicationState.ANNOUNCED)


def object_to(application: Application, reason: str, *, by: Actor, via: Door) -> AdmissionObjection:
    """Object, with a reason, to somebody who was let in and is not a member yet: the committee decides."""
    act = require(by, Can.OBJECT_TO_MEMBER, application, via)
    row = queries.locked(application.id)
    _check_voice(row, by)
    if not reason:
        raise RuleBroken(_("Give a reason: the committee has to weigh it."), field="reason")
    coming = queries.coming_in(row.id)
    if queries.objected_to(row.id) and coming is None:
        raise RuleBroken(_("Somebody has already objected: the committee decides."))
    if row.state is not ApplicationState.ANNOUNCED or coming is None or coming.from_at <= clock.now():
        raise RuleBroken(_("The time to object to %(name)s is over.", name=row.name))
    coming.settled_at, row.state = clock.now(), ApplicationState.APPLIED
    objection = AdmissionObjection(
        application_id=row.id, network_id=row.network_id, person_id=by.person_id or 0, reason=reason, at=clock.now()
    )  # fmt: skip
    db.session.add(objection)
    db.session.flush()  # the record names it by key
    record(
        AdmissionObjected(
            act=act,
            objection=objection,
            application=row,
            name=row.name,
            reason=reason,
        )
    )
    mails.to_applicant("objected", row)
    return objection


def _check_voice(application: Application, by: Actor) -> None:
    if by.person_id == application.person_id:
        raise RuleBroken(_("This is about you, so other members have to vouch or object."))
    if by.membership_kind == "observer" and not by.represents:
        raise RuleBroken(_("Observers cannot vouch for new members or object to them."))
