"""An application's page, for the applicant and for officers: its story, in words and with dates."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.kernel import clock
from govnet.membership import criteria
from govnet.membership.applications import appeals, speakers
from govnet.membership.applications import queries as applications_queries
from govnet.membership.models import Application, ApplicationState, ClaimState, MembershipKind
from govnet.web.pages import moment

STATES = {
    ApplicationState.UNCONFIRMED: lambda: _("Not confirmed yet"),
    ApplicationState.APPLIED: lambda: _("Waiting for an answer"),
    ApplicationState.ASKED: lambda: _("A question for you"),
    ApplicationState.ANNOUNCED: lambda: _("You are let in"),
    ApplicationState.ADMITTED: lambda: _("You are a member"),
    ApplicationState.DECLINED: lambda: _("Declined"),
    ApplicationState.WITHDRAWN: lambda: _("Taken back"),
}
OFFICER_STATES = {
    **STATES,
    ApplicationState.ASKED: lambda: _("Waiting for the applicant"),
    ApplicationState.ANNOUNCED: lambda: _("Let in, a member soon"),
    ApplicationState.ADMITTED: lambda: _("Let in"),
}
KINDS = {"good": ApplicationState.ADMITTED, "bad": ApplicationState.DECLINED, "warn": ApplicationState.ASKED,
         "plain": ApplicationState.WITHDRAWN}  # fmt: skip


_CLAIMS: dict[ClaimState, tuple[Callable[[], str], str]] = {
    ClaimState.WAITING: (lambda: _("Waiting to be confirmed"), "open"),
    ClaimState.ACCEPTED: (lambda: _("Confirmed"), "good"),
    ClaimState.DECLINED: (lambda: _("Not confirmed"), "bad"),
    ClaimState.WITHDRAWN: (lambda: _("Taken back"), "plain"),
}


def for_applicant(application: Application) -> str:
    """The label of the state for the applicant."""
    if application.passed_on:
        claim = speakers.claim_of(application)
        return _CLAIMS[claim.state if claim else ClaimState.ACCEPTED][0]()
    return _("Waiting for you") if waits_for_voice(application) else str(STATES[application.state]())


def for_officers(application: Application) -> str:
    """The label of the state for the person who decides."""
    if waits_for_voice(application):
        return str(_("Waiting until they may speak"))
    return str(_("Passed on") if application.passed_on else OFFICER_STATES[application.state]())


def colour(application: Application) -> str:
    """The kind of chip or notice that the state is shown in."""
    return next((kind for kind, state in KINDS.items() if application.state is state), "open")


def organisation_name(application: Application) -> str:
    """The organisation that joins, as known or as typed; "" for a person."""
    return application.organisation.name if application.organisation else application.organisation_name


def sentences(application: Application) -> list[str]:
    """The ticked criteria."""
    return list(json.loads(application.answers))


def waits_for_voice(application: Application) -> bool:
    """Whether nobody may speak for the organisation yet, so that it can't be let in."""
    return (
        application.kind is MembershipKind.ORGANISATION
        and not application.may_speak
        and application.state in (ApplicationState.APPLIED, ApplicationState.ASKED)
    )


def page_of(application: Application, network: Network) -> dict[str, Any]:
    """Everything that the applicant's page names."""
    return {
        "application": application,
        "state": for_applicant(application),
        "colour": colour(application),
        **_speaks_for(application),
        "organisation": organisation_name(application),
        "sentences": sentences(application),
        "waits_for_voice": waits_for_voice(application),
        "usual": applications_queries.usual_days(network.id),
        "terms": criteria.terms(network.id),
        "vouched": applications_queries.vouched_by(application.id),
        "coming": applications_queries.coming_in(application.id),
        "objected": applications_queries.objected_to(application.id),
        "heard": appeals.hearing(application.id) if application.decided_at else None,
        "appeal_until": appeals.until(application),
        "now": clock.now(),
        "events": events(application, network.zone),
        "S": ApplicationState,
    }


def _speaks_for(application: Application) -> dict[str, Any]:
    """Whether the organisation belongs already, so that the application is about who speaks for it."""
    claim = speakers.claim_of(application) if application.passed_on else None
    facts = {"belongs": bool(speakers.organisation_there(application)), "claim": claim, "C": ClaimState}
    return facts | ({"colour": _CLAIMS[claim.state][1]} if claim else {})


def events(
    application: Application, zone: str, *, decided_by: str = ""
) -> list[tuple[str, str, str, bool | None]]:
    """The story as a timeline: when, what, no address, done or to come."""
    told: list[tuple[str, str, str, bool | None]] = [
        (moment(application.applied_at, zone), _("The form was sent."), "", True)
    ]
    if application.confirmed_at:
        told.append((moment(application.confirmed_at, zone), _("The address was confirmed."), "", True))
    for note in application.notes:
        words = _("Answered.") if note.by_applicant else _("Something was asked.")
        told.append((moment(note.at, zone), words, "", True))
    if application.decided_at:
        words = for_officers(application)
        words = _("%(words)s, by %(who)s.", words=words, who=decided_by) if decided_by else f"{words}."
        told.append((moment(application.decided_at, zone), words, "", True))
    return told
