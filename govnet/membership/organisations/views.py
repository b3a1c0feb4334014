"""Organisations: which belong, who speaks for each, and how that changes."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.clock import today
from govnet.kernel.errors import NotFound
from govnet.kernel.paths import asked_page
from govnet.kernel.transaction import transaction
from govnet.membership import links
from govnet.membership.blueprint import bp
from govnet.membership.models import ClaimState, RepresentationClaim
from govnet.membership.organisations import actions, queries
from govnet.membership.organisations.forms import ClaimForm, InviteForm
from govnet.people.models import Organisation, Representation
from govnet.permissions import Can, allows, can
from govnet.web.forms import Form, once
from govnet.web.pages import data_page, never_cached, page, see


@bp.get("/<network:network>/organisations")
@allows(Can.READ)
def organisations(network: Network) -> Response:
    """The organisations that belong; who speaks for each, for those who may know."""
    inside = can(current_actor(), Can.SEE_MEMBERS, network)
    at = asked_page()
    found, more = queries.organisations(network, at)
    return page("membership/organisations.html", organisations=found, more=more, at=at, inside=inside)


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
    """One organisation: since when it belongs, who speaks for it, who can stand in."""
    return _organisation_page(network, organisation)


def _facts(network: Network, organisation: Organisation) -> dict[str, Any]:
    membership = queries.membership_of(organisation.id, network.id)
    if membership is None:
        raise NotFound(_("This organisation does not belong to the network."))
    voices = queries.voices([organisation.id], today(network.zone)).get(organisation.id, [])
    return {"organisation": organisation, "membership": membership, "voices": voices}


def _organisation_page(
    network: Network, organisation: Organisation, code: int = 200, form: Form | None = None
) -> Response:
    actor = current_actor()
    facts = _facts(network, organisation)
    settles = can(actor, Can.CONFIRM_REPRESENTATIVE, organisation)
    return page(
        "membership/organisation.html",
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
    form, by, key = ClaimForm(about=organisation), current_actor(), organisation.id
    facts = _facts(network, organisation)
    if form.validate_on_submit():
        with form.catching():
            evidence, primary = form.evidence.data or "", form.role.data == "primary"
            return once(
                form,
                lambda: actions.claim(network, organisation, evidence, primary, by=by, via=Door.WEB),
                lambda _made: url_for(".organisation", network=network, organisation_id=key),
                done=_("Thank you. It is with those who can confirm it; you get a mail."),
            )
    return page("membership/claim.html", 422 if form.is_submitted() else 200, **facts, form=form)


@bp.post("/<network:network>/organisations/<int:organisation_id>/invite")
@allows(Can.NAME_REPRESENTATIVE, organisation=Organisation)
def invite(network: Network, organisation: Organisation) -> Response:
    """Who speaks for an organisation names somebody else."""
    form, by, key = InviteForm(about=organisation), current_actor(), organisation.id
    if form.validate_on_submit():
        with form.catching():
            name, email, primary = form.name.data or "", form.email.data or "", form.role.data == "primary"
            return once(
                form,
                lambda: actions.invite(network, organisation, name, email, primary, by=by),
                lambda _made: url_for(".organisation", network=network, organisation_id=key),
                done=_("We have written to %(name)s. It holds once they accept.", name=name),
            )
    return _organisation_page(network, organisation, 422, form)


def _voice(network: Network, key: int) -> Representation:
    row = queries.whole_voice(key)
    if row is None or queries.membership_of(row.organisation_id, network.id) is None:
        raise NotFound(_("Nobody speaks for an organisation by this number."))
    return row


@bp.post("/<network:network>/organisations/voices/<int:voice_id>/first")
@allows(Can.NAME_REPRESENTATIVE, voice=Representation)
def hand_on(network: Network, voice: Representation) -> Response:
    """Have somebody who stands in speak for the organisation instead."""
    by, where = current_actor(), voice.organisation_id
    with transaction():
        actions.hand_on(_voice(network, voice.id), network, by=by, via=Door.WEB)
    return see(".organisation", organisation_id=where)


@bp.post("/<network:network>/organisations/voices/<int:voice_id>/end")
@allows(Can.END_REPRESENTATION, voice=Representation)
def end_voice(network: Network, voice: Representation) -> Response:
    """Stop speaking for an organisation, or end that somebody stands in."""
    by, where = current_actor(), voice.organisation_id
    with transaction():
        actions.end(_voice(network, voice.id), network, by=by, via=Door.WEB)
    return see(".organisation", organisation_id=where)


def _invited(network: Network, token: str) -> RepresentationClaim:
    query = select(RepresentationClaim).options(joinedload(RepresentationClaim.organisation))
    found = db.session.scalar(query.where(RepresentationClaim.id == links.ids_of("claim", token)[0]))
    if found is None or found.network_id != network.id:
        raise NotFound(_("This link is not good any more."))
    return found


@bp.get("/<network:network>/organisations/named/<token>")
@allows(Can.APPLY)
def invitation(network: Network, token: str) -> Response:
    """Where the mail's link leads somebody who was named. Looking changes nothing."""
    never_cached()
    return page(
        "membership/invitation.html", claim=_invited(network, token), token=token, S=ClaimState, form=Form()
    )


@bp.post("/<network:network>/organisations/named/<token>/<any(accept, refuse):answer>")
@allows(Can.APPLY)
def answer_invitation(network: Network, token: str, answer: str) -> Response:
    """Accept to speak for the organisation, or not."""
    with transaction():
        found = _invited(network, token)
        if answer == "accept":
            actions.accept(found, via=Door.WEB)
        else:
            actions.refuse(found)
    return see(".invitation", token=token)
