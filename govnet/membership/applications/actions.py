"""Joining: asking to, confirming the address, and being let in, asked something or declined."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from govnet.charter import kinds
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.mail.headers import Address
from govnet.mail.page_addresses import site_url
from govnet.membership import criteria as membership_terms
from govnet.membership import mails, rules
from govnet.membership.applications import admission, queries, speakers
from govnet.membership.applications.queries import ApplicantStanding, KnownApplicant
from govnet.membership.criteria import JoiningTerms
from govnet.membership.events import ApplicantMaySpeak, ApplicationAnswered, ApplicationWithdrawn, Applied
from govnet.membership.memberships.actions import confirming_url
from govnet.membership.models import Application, ApplicationNote, ApplicationState, MembershipKind
from govnet.membership.organisations import representatives
from govnet.membership.signed_links import token_for, url_until
from govnet.people import organisations
from govnet.people.addresses import parsed
from govnet.people.persons import main_address, person_for
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record

LINK_LASTS = timedelta(days=7)
"""The time in which an address can be confirmed; then the input is deleted."""


@dataclass(frozen=True, kw_only=True)
class ApplicationInput:
    """The input of somebody who wants to join. If they are signed in, name and address are known."""

    charter: int
    """The number of the version whose sentences were ticked."""
    answers: tuple[str, ...]
    name: str = ""
    email: str = ""
    kind: MembershipKind = MembershipKind.INDIVIDUAL
    organisation_id: int | None = None
    organisation_name: str = ""
    organisation_url: str = ""
    may_speak: bool = False
    named_in_public: bool = False
    about: str = ""
    language: str = ""


def apply(network: Network, asks: ApplicationInput, *, by: Actor, via: Door) -> Application | None:
    """Store an application, and write to the address: nothing happens until it is confirmed.

    If somebody is signed in the address is known, so the application waits at once. None if the address
    has another state already; its owner learns of that by mail, and nobody else does.
    """
    check_right(by, Can.APPLY)
    terms = _agreed(network, asks)
    email = _address(asks, by)
    standing = queries.standing(network.id, email, asks.kind, _known_organisation(asks))
    if standing.case is not ApplicantStanding.NEW:
        return _already(network, Address(email, asks.name), standing, by, asks.language)
    if not by.signed_in and not rules.may_be_asked_again(queries.asked_within_an_hour(email)):
        return None
    application = _written_down(network, asks, terms, email, by)
    if by.person_id is not None:
        _take(application, by.person_id, by, via)
    else:
        mails.to_applicant(
            "confirm_application",
            application,
            speaks_for=speakers.organisation_there(application),
            status_url=mails.status_url(application, until=application.applied_at + LINK_LASTS),
        )
    return application


def _agreed(network: Network, asks: ApplicationInput) -> JoiningTerms:
    terms = membership_terms.terms(network.id)
    if terms.number != asks.charter:
        raise RuleBroken(_("Our rules changed while you were writing. Please read the sentences again."))
    if asks.kind.value not in terms.kinds:
        raise RuleBroken(_("Choose how you join."), field="party")
    if kinds.unticked(terms.criteria, asks.answers):
        raise RuleBroken(_("Tick each sentence that members agree to."), field="criteria")
    if kinds.unticked(terms.code, asks.answers):
        raise RuleBroken(_("Tick each sentence of how we treat each other."), field="code")
    for_organisation = asks.kind is MembershipKind.ORGANISATION
    if for_organisation and not asks.organisation_id and not asks.organisation_name:
        raise RuleBroken(_("Choose the organisation, or write its name."), field="organisation")
    return terms


def _address(asks: ApplicationInput, by: Actor) -> str:
    if by.person_id is None:
        return parsed(asks.email)
    address = main_address(by.person_id)
    if not address:
        raise RuleBroken(_("Confirm your e-mail address first, so that we can answer you."))
    return address


def _known_organisation(asks: ApplicationInput) -> int | None:
    if asks.organisation_id or asks.kind is not MembershipKind.ORGANISATION:
        return asks.organisation_id
    found = organisations.organisation_called(asks.organisation_name)
    return found.id if found else None


def _already(
    network: Network, to: Address, standing: KnownApplicant, by: Actor, language: str
) -> Application | None:
    """Somebody signed in reads it here and now; anybody else by mail, so that the page says nothing about an address."""
    if by.signed_in:
        if standing.case is ApplicantStanding.WAITING:
            return queries.whole(standing.row_id)
        raise RuleBroken(_("You are already a member of this network. Look at your membership."))
    if rules.may_be_asked_again(queries.asked_within_an_hour(to.address)):
        url = already_url(network, standing)
        mails.already(network, to, standing.case.value, url, language=language)
    return None


def _written_down(
    network: Network, asks: ApplicationInput, terms: JoiningTerms, email: str, by: Actor
) -> Application:
    wanted = set(terms.criteria) | set(terms.code)
    application = Application(
        network_id=network.id,
        name=by.name or asks.name,
        email=email,
        language=asks.language,
        kind=asks.kind,
        state=ApplicationState.UNCONFIRMED,
        charter_version_id=terms.version_id,
        answers=json.dumps([one for one in asks.answers if one in wanted], ensure_ascii=False),
        named_in_public=asks.named_in_public,
        about=asks.about,
        applied_at=clock.now(),
        **_for_organisation(asks),
    )
    db.session.add(application)
    db.session.flush()  # the link in the mail names it by key
    return application


def _for_organisation(asks: ApplicationInput) -> dict[str, Any]:
    if asks.kind is not MembershipKind.ORGANISATION:
        return {}
    known = _known_organisation(asks)
    return {
        "organisation_id": known,
        "organisation_name": "" if known else asks.organisation_name,
        "organisation_url": "" if known else asks.organisation_url,
        "may_speak": asks.may_speak,
    }


def confirm(application: Application, *, via: Door) -> Application:
    """The owner of the address confirms: from now on the application waits, or is granted by the rules.

    Doing it twice does it once, also from the mails of two forms: it returns the application that counts.
    RuleBroken for a link that is too old, or overtaken by a membership.
    """
    row = queries.locked(application.id)
    if row.state is not ApplicationState.UNCONFIRMED:
        return row
    representatives.one_at_a_time(row.network_id)
    if clock.now() > row.applied_at + LINK_LASTS:
        raise RuleBroken(_("This link worked for seven days. Please fill in the form again."))
    standing = queries.standing(row.network_id, row.email, row.kind, row.organisation_id)
    if standing.case is ApplicantStanding.WAITING:
        return db.session.get_one(Application, standing.row_id)
    if standing.case is not ApplicantStanding.NEW:
        raise RuleBroken(_("You are already a member of this network. Sign in to see your membership."))
    person = person_for(row.email, row.name, language=row.language)
    _take(row, person.id, Actor(person.id, person.name, row.network_id), via)
    return row


def _take(application: Application, person_id: int, by: Actor, via: Door) -> None:
    network = db.session.get_one(Network, application.network_id)
    application.person_id, application.confirmed_at = person_id, clock.now()
    application.state = ApplicationState.APPLIED
    act = require(by, Can.APPLY, network, via)
    if speakers.membership_there(application) is None:
        record(Applied(act=act, application=application, name=application.name))
    admission.by_the_rules(application, via)


def applicant(application: Application) -> Actor:
    """The holder of the link of an application, acting on it."""
    return Actor(application.person_id, application.name, application.network_id)


def answer(application: Application, body: str, *, via: Door) -> Application:
    """The applicant answers a question; the application waits for the officers again."""
    row = queries.locked(application.id)
    if row.state is not ApplicationState.ASKED:
        raise RuleBroken(_("There is no question for you at the moment."))
    if not body:
        raise RuleBroken(_("Write your answer."), field="body")
    by = applicant(row)
    note = ApplicationNote(application_id=row.id, person_id=row.person_id, by_applicant=True, body=body)
    note.at = clock.now()
    db.session.add(note)
    row.state = ApplicationState.APPLIED
    act = require(by, Can.SEE_APPLICATION, row, via)
    record(ApplicationAnswered(act=act, application=row, name=row.name))
    admission.by_the_rules(row, via)
    return row


def speak_now(application: Application, *, via: Door) -> Application:
    """The applicant may speak for her organisation now; if the charter lets people in at once, it is let in.

    If others decide by the charter, they are notified: until now the application did not wait for them. Once, however often.
    """
    row = queries.locked(application.id)
    check_right(applicant(row), Can.SEE_APPLICATION, row)
    if row.state.value not in rules.OPEN:
        raise RuleBroken(_("This application has been decided."))
    if row.may_speak:
        return row
    row.may_speak = True
    admission.by_the_rules(row, via)
    if row.state.value in rules.OPEN:
        _says_may_speak(row, via)
    return row


def _says_may_speak(row: Application, via: Door) -> None:
    by = applicant(row)
    act = require(by, Can.SEE_APPLICATION, row, via)
    record(ApplicantMaySpeak(act=act, application=row, name=row.name))


def withdraw(application: Application, *, via: Door) -> Application:
    """The applicant takes it back; she can apply again whenever she likes. Doing it twice does it once."""
    row = queries.locked(application.id)
    if row.state is ApplicationState.WITHDRAWN:
        return row
    if row.state.value not in rules.PENDING:
        raise RuleBroken(_("This application has been decided, so there is nothing to take back."))
    by = applicant(row)
    admission.settle(row)
    row.state, row.decided_at = ApplicationState.WITHDRAWN, clock.now()
    act = require(by, Can.SEE_APPLICATION, row, via)
    record(ApplicationWithdrawn(act=act, application=row, name=row.name))
    return row


def unconfirmed(*only: ColumnElement[bool]) -> Sequence[int]:
    """Applications whose address nobody confirmed in time."""
    return queries.unconfirmed_before(clock.now() - LINK_LASTS, *only)


def forget_unconfirmed(application_id: int) -> bool:
    """Delete the input. Inside transaction()."""
    db.session.delete(queries.locked(application_id))
    return True


def already_url(network: Network, standing: KnownApplicant) -> str:
    """Where somebody goes who is known here already: to the application, to confirm, or to sign in."""
    if standing.case is ApplicantStanding.WAITING:
        return url_until(network, "membership.mine", token_for("application", standing.row_id))
    if standing.case in (ApplicantStanding.FOUND, ApplicantStanding.LAPSED):
        return confirming_url(network, standing.row_id, standing.email_id)
    return site_url("membership.own", network=network)
