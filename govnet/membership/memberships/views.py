"""The list of members, and the acts of a member on their own membership."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound
from govnet.kernel.url_converters import asked_page
from govnet.membership.blueprint import bp
from govnet.membership.criteria import unagreed
from govnet.membership.memberships import actions, departure, queries
from govnet.membership.memberships import renewal as memberships_renewal
from govnet.membership.memberships.departure import places_affected
from govnet.membership.memberships.forms import NamingForm, OwnAddressForm, RenewForm
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.membership.organisations.queries import open_voice
from govnet.membership.signed_links import ids_of
from govnet.permissions import Can, allows, can
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form
from govnet.web.pages import data_page, never_cached, page, see


@bp.get("/<network:network>/members")
@allows(Can.READ)
def members(network: Network) -> Response:
    """Names for members; numbers, and those who agreed to be named, for everybody."""
    inside = can(current_actor(), Can.SEE_MEMBERS, network)
    at = asked_page()
    return page(
        "membership/memberships/members.html",
        counts=queries.counts(network.id),
        people=queries.listed_people(network, named_only=not inside, page=at),
        inside=inside,
        at=at,
        full=queries.PAGE,
        K=MembershipKind,
    )


@bp.get("/<network:network>/members.json")
@allows(Can.READ)
def members_data(network: Network) -> Response:
    """The public facts: numbers, and the members who agreed to be named."""
    counts = queries.counts(network.id)
    named = queries.listed_people(network, named_only=True)
    return data_page(
        {
            "people": counts.people,
            "organisations": counts.organisations,
            "observers": counts.observers,
            "named": [{"name": p.name, "kind": p.kind.value, "since": p.since.isoformat()} for p in named],
        }
    )


@bp.get("/<network:network>/membership")
@allows(Can.OWN)
def own(network: Network) -> Response:
    """Somebody's own membership: its start, the criteria, who sees the name, and the way out."""
    person_id = current_actor().person_id or 0
    rows = [
        (row, queries.name_of(row), queries.sentences(row), _named(row, person_id))
        for row in queries.own_memberships(person_id, network.id)
    ]
    stands = {row[0].id: memberships_renewal.stands(row[0], network) for row in rows}
    facts: dict[str, Any] = {
        "on_roll_from": memberships_renewal.on_roll_from,
        "stands": stands,
        "today": clock.today(network.zone),
    }
    return page(
        "membership/memberships/own.html",
        rows=rows,
        S=MembershipState,
        K=MembershipKind,
        form=Form(),
        **facts,
    )


def _named(membership: Membership, person_id: int) -> bool:
    """Whether everybody may see the person's name there."""
    voice = open_voice(membership.organisation_id, person_id) if membership.organisation_id else membership
    return bool(voice and voice.named_in_public)


def _party(key: int) -> Membership:
    """The membership with its party's name loaded."""
    found = queries.with_party(key)
    if found is None:
        raise NotFound(_("There is no such membership."))
    return found


@bp.post("/<network:network>/membership/<int:membership_id>/naming")
@allows(Can.OWN, membership=Membership)
def naming(network: Network, membership: Membership) -> Response:
    """Say who may see one's name."""
    named = bool(NamingForm(about=membership).named.data)
    return press(
        lambda: actions.name_in_public(_party(membership.id), named, by=current_actor(), via=Door.WEB),
        url_for(".own"),
    )


@bp.post("/<network:network>/membership/<int:membership_id>/confirm")
@allows(Can.HOLD_MEMBERSHIP, membership=Membership)
def confirm_own(network: Network, membership: Membership) -> Response:
    """Somebody signed in confirms a membership from the old list."""
    return press(
        lambda: actions.confirm(_party(membership.id), by=current_actor(), via=Door.WEB), url_for(".own")
    )


def _renew_form(membership: Membership) -> RenewForm:
    form = RenewForm(about=membership)
    form.agrees.offer(unagreed(membership))
    return form


@bp.route("/<network:network>/membership/<int:membership_id>/renew", methods=["GET", "POST"])
@allows(Can.HOLD_MEMBERSHIP, membership=Membership)
def renew(network: Network, membership: Membership) -> Response:
    """Stay a member, or start again, with the new criteria."""
    form, key = _renew_form(membership), membership.id

    def show(status: int) -> Response:
        row = _party(key)
        renewal = memberships_renewal.stands(row, network)
        return page(
            "membership/memberships/renew.html",
            status,
            membership=row,
            form=form,
            renewal=renewal,
            S=MembershipState,
        )

    return form_view(
        form,
        lambda: memberships_renewal.renew(
            _party(key), form.agrees.ticked(), by=current_actor(), via=Door.WEB
        ),
        url_for(".own"),
        show,
    )


@bp.route("/<network:network>/membership/<int:membership_id>/leave", methods=["GET", "POST"])
@allows(Can.HOLD_MEMBERSHIP, membership=Membership)
def leave(network: Network, membership: Membership) -> Response:
    """Leave: first what ends, what stays, and what one could do instead."""
    form, key = Form(about=membership), membership.id

    def show(status: int) -> Response:
        row = _party(key)
        return page(
            "membership/memberships/leave.html",
            status,
            membership=row,
            party=queries.name_of(row),
            form=form,
            K=MembershipKind,
            offices=places_affected(network, row) if row.end is None else (),
        )

    return form_view(
        form,
        lambda: departure.resign(_party(key), by=current_actor(), via=Door.WEB),
        url_for(".own"),
        show,
    )


@bp.route("/<network:network>/membership/<token>", methods=["GET", "POST"])
@allows(Can.APPLY)
def confirming(network: Network, token: str) -> Response:
    """The page of the mail's link for people from the old list, or those who are to renew: become a member, or stay one.

    Opening it changes nothing. Pressed twice, the button leads to the page that says so.
    """
    membership, _holder = actions.held_by(token, network)
    active = membership.state is MembershipState.ACTIVE
    renews = active or membership.state is MembershipState.LAPSED
    form = _renew_form(membership) if renews else Form()
    if form.is_submitted() and active and memberships_renewal.stands(membership, network).until is None:
        return see(".confirming", token=token)

    def do() -> None:
        row, by = actions.held_by(token, network)
        if isinstance(form, RenewForm):
            memberships_renewal.renew(row, form.agrees.ticked(), by=by, via=Door.WEB)
        else:
            email_id = ids_of("membership", token, 2)[1]
            actions.confirm(row, by=by, email_id=email_id, via=Door.WEB)

    return form_view(
        form,
        do,
        url_for(".confirming", token=token),
        lambda status: _confirming_page(network, token, status, form),
    )


@bp.post("/<network:network>/membership/<token>/address")
@limiter.limit("10 per hour")
@allows(Can.APPLY)
def own_address(network: Network, token: str) -> Response:
    """Somebody whose address on the old list is another's gives one of their own."""
    form = OwnAddressForm()

    def do() -> None:
        membership, by = actions.held_by(token, network)
        email_id = ids_of("membership", token, 2)[1]
        actions.ask_own_address(membership, email_id, str(form.email.data), by=by)

    return form_view(
        form,
        do,
        url_for(".confirming", token=token),
        lambda status: _own_address_page(token, network, status, form),
        then=lambda: page("membership/memberships/own_address_sent.html", address=form.email.data),
    )


def _own_address_page(
    token: str, network: Network, code: int = 200, form: OwnAddressForm | None = None
) -> Response:
    never_cached()
    actor = actions.held_by(token, network)[1]
    return page(
        "membership/memberships/own_address.html",
        code,
        token=token,
        who=actor.name,
        form=form or OwnAddressForm(formdata=None),
    )


def _confirming_page(network: Network, token: str, code: int, form: Form) -> Response:
    never_cached()
    membership, actor = actions.held_by(token, network)
    if membership.state is MembershipState.FOUND and not actions.may_confirm(token):
        return _own_address_page(token, network, code)
    blank = RenewForm(formdata=None)
    blank.agrees.offer(unagreed(membership))
    return page(
        "membership/memberships/confirming.html",
        code,
        membership=membership,
        party=queries.name_of(membership),
        who=actor.name,
        token=token,
        S=MembershipState,
        form=form,
        button=Form(),
        renewal=memberships_renewal.stands(membership, network),
        renew_form=form if isinstance(form, RenewForm) else blank,
    )
