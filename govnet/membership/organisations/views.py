"""Organisations: which belong, who speaks for each, and how that changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.clock import today
from govnet.kernel.errors import NotFound
from govnet.kernel.url_converters import asked_page
from govnet.membership import signed_links
from govnet.membership.blueprint import bp
from govnet.membership.models import ClaimState, Membership, RepresentationClaim
from govnet.membership.organisations import actions, queries
from govnet.membership.organisations.forms import ClaimForm, InviteForm
from govnet.people.models import Organisation, Representation
from govnet.permissions import Can, allows, can
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form
from govnet.web.pages import data_page, never_cached, page


@bp.get("/<network:network>/organisations")
@allows(Can.READ)
def organisations(network: Network) -> Response:
    """The organisations that belong; who speaks for each, for those who may know."""
    inside = can(current_actor(), Can.SEE_MEMBERS, network)
    at = asked_page()
    found, more = queries.organisations(network, at)
    return page(
        "membership/organisations/organisations.html", organisations=found, more=more, at=at, inside=inside
    )


@bp.get("/<network:network>/organisations.json")
@allows(Can.READ)
def organisations_data(network: Network) -> Response:
    """The public facts, a page at a time."""
    at = asked_page()
    rows, more = queries.organisations(network, at)
    return data_page(
        {
            "organisations": [
                {
                    "id": o.id,
                    "name": o.name,
                    "url": o.url,
                    "since": o.since.isoformat(),
                    "spoken_for_by": o.primary.name if o.primary and o.primary.named_in_public else None,
                }
                for o in rows
            ],
            "next": url_for(".organisations_data", page=at + 1) if more else None,
        }
    )


@bp.get("/<network:network>/organisations/<int:organisation_id>")
@allows(Can.READ, organisation=Organisation)
def organisation(network: Network, organisation: Organisation) -> Response:
    """One organisation: the start of its membership, its speaker, its stand-ins."""
    return _organisation_page(network, organisation)


def _membership(network: Network, organisation: Organisation) -> Membership:
    found = queries.membership_of(organisation.id, network.id)
    if found is None:
        raise NotFound(_("This organisation is not a member of the network."))
    return found


def _facts(network: Network, organisation: Organisation) -> dict[str, Any]:
    membership = _membership(network, organisation)
    voices = queries.voices([organisation.id], today(network.zone)).get(organisation.id, [])
    return {"organisation": organisation, "membership": membership, "voices": voices}


def _organisation_page(
    network: Network, organisation: Organisation, code: int = 200, form: Form | None = None
) -> Response:
    actor = current_actor()
    facts = _facts(network, organisation)
    settles = can(actor, Can.CONFIRM_REPRESENTATIVE, organisation)
    return page(
        "membership/organisations/organisation.html",
        code,
        **facts,
        inside=can(actor, Can.SEE_MEMBERS, network),
        mine=can(actor, Can.NAME_REPRESENTATIVE, organisation),
        settles=settles,
        claims=queries.claims_waiting(network.id, organisation.id) if settles else [],
        speaks=any(voice.person_id == actor.person_id for voice in facts["voices"]),
        form=form,
        claim_form=form if isinstance(form, ClaimForm) else None,
        invite_form=form if isinstance(form, InviteForm) else InviteForm(about=organisation, formdata=None),
    )


@bp.get("/<network:network>/organisations/<int:organisation_id>.json")
@allows(Can.READ, organisation=Organisation)
def organisation_data(network: Network, organisation: Organisation) -> Response:
    """The public facts."""
    facts = _facts(network, organisation)
    membership = facts["membership"]
    return data_page(
        {
            "id": organisation.id,
            "name": organisation.name,
            "url": organisation.url,
            "state": membership.state.value,
            "since": membership.start.isoformat(),
            "until": membership.end.isoformat() if membership.end else None,
            "voices": len(facts["voices"]),
            "spoken_for_by": [v.name for v in facts["voices"] if v.named_in_public],
        }
    )


@bp.route("/<network:network>/organisations/<int:organisation_id>/speak", methods=["GET", "POST"])
@allows(Can.SPEAK_FOR, organisation=Organisation)
def claim(network: Network, organisation: Organisation) -> Response:
    """Say that one may speak for the organisation."""
    form = ClaimForm(about=organisation)

    def do() -> RepresentationClaim:
        _membership(network, organisation)
        primary = form.role.data == "primary"
        return actions.claim(
            network, organisation, form.evidence.data or "", primary, by=current_actor(), via=Door.WEB
        )

    return form_view(
        form,
        do,
        url_for(".organisation", organisation_id=organisation.id),
        lambda status: page(
            "membership/organisations/claim.html", status, **_facts(network, organisation), form=form
        ),
        done=_("Thank you. The people who can confirm it have been notified, and you get a mail."),
        makes=True,
    )


def _settle(
    network: Network, claim: RepresentationClaim, settle: Callable[..., RepresentationClaim], done: str
) -> Response:
    """One answer to somebody's claim, once; then, or where a rule is against it, the organisation."""
    form, key = Form(about=claim), claim.organisation_id
    return form_view(
        form,
        lambda: settle(claim, by=current_actor(), via=Door.WEB),
        url_for(".organisation", organisation_id=key),
        lambda status: _organisation_page(network, db.session.get_one(Organisation, key), status, form),
        done=done,
        makes=True,
    )


@bp.post("/<network:network>/organisations/claims/<int:claim_id>/confirm")
@allows(Can.CONFIRM_REPRESENTATIVE, claim=RepresentationClaim)
def confirm_claim(network: Network, claim: RepresentationClaim) -> Response:
    """Confirm that somebody may speak for an organisation."""
    return _settle(network, claim, actions.confirm, _("Confirmed. They get a mail."))


@bp.post("/<network:network>/organisations/claims/<int:claim_id>/decline")
@allows(Can.CONFIRM_REPRESENTATIVE, claim=RepresentationClaim)
def decline_claim(network: Network, claim: RepresentationClaim) -> Response:
    """Do not confirm it."""
    return _settle(network, claim, actions.decline, _("Not confirmed. They get a mail."))


@bp.post("/<network:network>/organisations/<int:organisation_id>/invite")
@allows(Can.NAME_REPRESENTATIVE, organisation=Organisation)
def invite(network: Network, organisation: Organisation) -> Response:
    """The person who speaks for an organisation names somebody else."""
    form = InviteForm(about=organisation)
    name, primary = form.name.data or "", form.role.data == "primary"
    return form_view(
        form,
        lambda: actions.invite(
            network, organisation, name, form.email.data or "", primary, by=current_actor()
        ),
        url_for(".organisation", organisation_id=organisation.id),
        lambda status: _organisation_page(network, organisation, status, form),
        done=_("We have sent a mail to %(name)s. They speak for it once they accept.", name=name),
        makes=True,
    )


def _voice(network: Network, key: int) -> Representation:
    row = queries.whole_voice(key)
    if row is None or queries.membership_of(row.organisation_id, network.id) is None:
        raise NotFound(_("Nobody with this number speaks for an organisation."))
    return row


@bp.post("/<network:network>/organisations/voices/<int:voice_id>/first")
@allows(Can.NAME_REPRESENTATIVE, voice=Representation)
def hand_on(network: Network, voice: Representation) -> Response:
    """Let a stand-in speak for the organisation instead."""
    return press(
        lambda: actions.hand_on(_voice(network, voice.id), network, by=current_actor(), via=Door.WEB),
        url_for(".organisation", organisation_id=voice.organisation_id),
    )


@bp.post("/<network:network>/organisations/voices/<int:voice_id>/end")
@allows(Can.END_REPRESENTATION, voice=Representation)
def end_voice(network: Network, voice: Representation) -> Response:
    """Stop speaking for an organisation, or end a stand-in."""
    return press(
        lambda: actions.end(_voice(network, voice.id), network, by=current_actor(), via=Door.WEB),
        url_for(".organisation", organisation_id=voice.organisation_id),
    )


def _invited(network: Network, token: str) -> RepresentationClaim:
    found = queries.claim(signed_links.ids_of("claim", token)[0])
    if found is None or found.network_id != network.id:
        raise NotFound(_("This link no longer works."))
    return found


@bp.get("/<network:network>/organisations/named/<token>")
@allows(Can.APPLY)
def invitation(network: Network, token: str) -> Response:
    """Where the mail's link leads somebody who was named. Looking changes nothing."""
    never_cached()
    return page(
        "membership/organisations/invitation.html",
        claim=_invited(network, token),
        token=token,
        S=ClaimState,
        form=Form(),
    )


@bp.post("/<network:network>/organisations/named/<token>/<any(accept, refuse):answer>")
@allows(Can.APPLY)
def answer_invitation(network: Network, token: str, answer: str) -> Response:
    """Accept to speak for the organisation, or not."""

    def do() -> None:
        found = _invited(network, token)
        if answer == "accept":
            actions.accept(found, via=Door.WEB)
        else:
            actions.refuse(found)

    return press(do, url_for(".invitation", token=token))
