"""Appeals of declined applicants; two other people hear one, and the first answer that two give decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel import appeals, clock
from govnet.kernel.actor import ONESELF, Act, Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.membership import criteria, mails
from govnet.membership.applications import admission, queries
from govnet.membership.events import (
    AdmissionAppealed,
    AdmissionAppealGranted,
    AdmissionAppealHeard,
    AdmissionAppealStands,
)
from govnet.membership.models import (
    AdmissionAppeal,
    AdmissionVoice,
    AppealAnswer,
    Application,
    ApplicationState,
    MembershipKind,
)
from govnet.people.models import Person
from govnet.permissions import Can, require
from govnet.record.actions import record


@dataclass(frozen=True, slots=True)
class Hearing:
    """An appeal with the answers to it, by name."""

    appeal: AdmissionAppeal
    voices: Sequence[tuple[AdmissionVoice, str]]


def hearing(application_id: int) -> Hearing | None:
    """The appeal about an application, if there is one."""
    found = db.session.scalar(select(AdmissionAppeal).where(AdmissionAppeal.application_id == application_id))
    if found is None:
        return None
    query = select(AdmissionVoice, Person.name).join(Person, Person.id == AdmissionVoice.person_id)
    rows = db.session.execute(
        query.where(AdmissionVoice.appeal_id == found.id).order_by(AdmissionVoice.at, AdmissionVoice.id)
    )
    return Hearing(found, [(voice, name) for voice, name in rows])


def until(application: Application) -> datetime | None:
    """The end of the time for an appeal; None if the rules have no appeal, or nothing was declined."""
    days = criteria.terms(application.network_id).appeal_days
    if not days or application.state is not ApplicationState.DECLINED or application.decided_at is None:
        return None
    return application.decided_at + timedelta(days=days)


def appeal(application: Application, text: str, *, via: Door) -> AdmissionAppeal:
    """Ask two others to look at it again, with a reason. RuleBroken where it is too late, or was done."""
    row = queries.locked(application.id)
    last = until(row)
    if last is None:
        raise RuleBroken(_("There is nothing to appeal against."))
    if hearing(row.id) is not None:
        raise RuleBroken(_("You have appealed already."))
    if clock.now() > last:
        raise RuleBroken(_("The time to appeal is over. You can apply again whenever you like."))
    if not text:
        raise RuleBroken(_("Say why it should be looked at again."), field="body")
    days = timedelta(days=criteria.terms(row.network_id).appeal_days)
    made = AdmissionAppeal(
        application_id=row.id, network_id=row.network_id, text=text, at=clock.now(), due_at=clock.now() + days
    )
    db.session.add(made)
    act = Act(Actor(row.person_id, row.name, row.network_id), ONESELF, via, row.network_id)
    record(AdmissionAppealed(act=act, application=row, name=row.name))
    return made


def may_hear(application: Application, found: Hearing | None, by: Actor) -> bool:
    """Whether the actor is one of the others: not the person who declined, not the applicant, and each once."""
    if found is None or found.appeal.decided_at is not None:
        return False
    heard = {voice.person_id for voice, _name in found.voices}
    return appeals.may_hear(
        by.person_id, concerned={application.decided_by_id, application.person_id}, heard=heard
    )


def hear(
    application: Application, answer: AppealAnswer, reason: str, *, by: Actor, via: Door
) -> AdmissionVoice:
    """Answer an appeal: the refusal stands or the applicant is let in, and why; two equal answers decide it."""
    act = require(by, Can.HEAR_ADMISSION_APPEAL, application, via)
    row = queries.locked(application.id)  # two who speak at once are counted one after the other
    found = hearing(row.id)
    if found is None or not may_hear(row, found, by):
        raise RuleBroken(_("Two other people decide this, each of them once, and not the one who declined."))
    if not reason:
        raise RuleBroken(_("Give a reason: it is mailed to %(name)s.", name=row.name), field="reason")
    voice = AdmissionVoice(
        appeal_id=found.appeal.id, person_id=by.person_id, answer=answer, reason=reason, at=clock.now()
    )
    db.session.add(voice)
    record(AdmissionAppealHeard(act=act, application=row, name=row.name))
    outcome = appeals.agreed_by_two([*(each.answer for each, _name in found.voices), answer])
    if outcome is not None:
        _decide(row, found, voice, act)
    return voice


def _decide(row: Application, found: Hearing, last: AdmissionVoice, act: Act) -> None:
    found.appeal.outcome, found.appeal.decided_at = last.answer, clock.now()
    if last.answer is AppealAnswer.STANDS:
        said = [voice.reason for voice, _name in found.voices if voice.answer is last.answer]
        record(AdmissionAppealStands(act=act, application=row, name=row.name))
        mails.to_applicant("appeal_stands", row, reason="\n\n".join([*said, last.reason]))
        return
    record(AdmissionAppealGranted(act=act, application=row, name=row.name))
    here = queries.standing(row.network_id, row.email, row.kind, row.organisation_id)
    if here.case is not queries.ApplicantStanding.NEW:
        return  # an applicant who applied again, or is in by now, needs nothing more
    if row.kind is MembershipKind.ORGANISATION and not row.may_speak:
        _reopen(row)
    else:
        admission.take_in(row, act)


def _reopen(row: Application) -> None:
    """Nobody may speak for the organisation yet: the application waits for that again, as if it had not been declined."""
    row.state, row.reason = ApplicationState.APPLIED, ""
    row.decided_at = row.decided_by_id = None
    mails.to_applicant("appeal_waits", row)
