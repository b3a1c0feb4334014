"""Who belongs, and what a member does with their own membership."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound
from govnet.kernel.paths import asked_page
from govnet.kernel.transaction import transaction
from govnet.membership.blueprint import bp
from govnet.membership.links import ids_of
from govnet.membership.memberships import actions, queries
from govnet.membership.memberships import renewal as memberships_renewal
from govnet.membership.memberships.departure import what_becomes
from govnet.membership.memberships.forms import NamingForm, OwnAddressForm, RenewForm
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.membership.organisations.queries import open_voice
from govnet.membership.terms import unagreed
from govnet.permissions import Can, allows, can
from govnet.web.forms import Form
from govnet.web.pages import data_page, never_cached, page, see


@bp.get("/<network:network>/members")
@allows(Can.READ)
def members(network: Network) -> Response:
    """Names for members; numbers, and those who agreed to be named, for everybody."""
    inside = can(current_actor(), Can.SEE_MEMBERS, network)
    at = asked_page()
    return page(
        "membership/members.html",
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
    """The public facts: numbers, and who agreed to be named."""
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
    """Somebody's own membership: since when, what was agreed to, who sees the name, and the way out."""
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
    return page("membership/own.html", rows=rows, S=MembershipState, K=MembershipKind, form=Form(), **facts)


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
    by, form = current_actor(), NamingForm(about=membership)
    with transaction():
        row = _party(membership.id)
        actions.name_in_public(row, bool(form.named.data), by=by, via=Door.WEB)
    return see(".own")


@bp.post("/<network:network>/membership/<int:membership_id>/confirm")
@allows(Can.HOLD_MEMBERSHIP, membership=Membership)
def confirm_own(network: Network, membership: Membership) -> Response:
    """Somebody signed in confirms a membership from the old list."""
    by = current_actor()
    with transaction():
        actions.confirm(_party(membership.id), by=by, via=Door.WEB)
    return see(".own")


@bp.get("/<network:network>/membership/<int:membership_id>/renew")
@allows(Can.HOLD_MEMBERSHIP, membership=Membership)
def renewing_page(network: Network, membership: Membership) -> Response:
    """The button to stay a member, with what is new to agree to."""
    return _renewing_page(network, membership, _renew_form(membership))


def _renew_form(membership: Membership) -> RenewForm:
    form = RenewForm(about=membership)
    form.agrees.offer(unagreed(membership))
    return form


def _renewing_page(network: Network, membership: Membership, form: RenewForm, code: int = 200) -> Response:
    renewal = memberships_renewal.stands(membership, network)
    return page(
        "membership/renew.html", code, membership=membership, form=form, renewal=renewal, S=MembershipState
    )


@bp.post("/<network:network>/membership/<int:membership_id>/renew")
@allows(Can.HOLD_MEMBERSHIP, membership=Membership)
def renew(network: Network, membership: Membership) -> Response:
    """Stay a member, or start again."""
    by, form, key = current_actor(), _renew_form(membership), membership.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            memberships_renewal.renew(_party(key), form.agrees.ticked(), by=by, via=Door.WEB)
        if not form.errors:
            return see(".own")
    return _renewing_page(network, _party(key), form, 422)


@bp.get("/<network:network>/membership/<int:membership_id>/leave")
@allows(Can.HOLD_MEMBERSHIP, membership=Membership)
def leaving(network: Network, membership: Membership) -> Response:
    """What leaving means: what ends, what stays, and what one could do instead."""
    row = _party(membership.id)
    return page(
        "membership/leave.html",
        membership=row,
        party=queries.name_of(row),
        form=Form(),
        K=MembershipKind,
        offices=what_becomes(network, row) if row.end is None else (),
    )


@bp.post("/<network:network>/membership/<int:membership_id>/leave")
@allows(Can.HOLD_MEMBERSHIP, membership=Membership)
def leave(network: Network, membership: Membership) -> Response:
    """Leave."""
    by = current_actor()
    with transaction():
        actions.resign(_party(membership.id), by=by, via=Door.WEB)
    return see(".own")


@bp.get("/<network:network>/membership/<token>")
@allows(Can.APPLY)
def confirming(network: Network, token: str) -> Response:
    """Where the mail's link leads somebody from the old list. Looking changes nothing."""
    return _confirming_page(network, token)


@bp.post("/<network:network>/membership/<token>/address")
@limiter.limit("10 per hour")
@allows(Can.APPLY)
def own_address(network: Network, token: str) -> Response:
    """Somebody whose address on the old list is another's gives one of their own."""
    form = OwnAddressForm()
    if form.validate_on_submit():
        with form.catching(), transaction():
            membership, by = actions.held_by(token, network)
            email_id = ids_of("membership", token, 2)[1]
            actions.ask_own_address(membership, email_id, str(form.email.data), by=by)
        if not form.errors:
            return page("membership/own_address_sent.html", address=form.email.data)
    return _own_address_page(token, network, 422, form)


def _own_address_page(
    token: str, network: Network, code: int = 200, form: OwnAddressForm | None = None
) -> Response:
    never_cached()
    actor = actions.held_by(token, network)[1]
    return page(
        "membership/own_address.html",
        code,
        token=token,
        who=actor.name,
        form=form or OwnAddressForm(formdata=None),
    )


def _confirming_page(network: Network, token: str, code: int = 200, form: Form | None = None) -> Response:
    never_cached()
    membership, actor = actions.held_by(token, network)
    if membership.state is MembershipState.FOUND and not actions.may_confirm(token):
        return _own_address_page(token, network, code)
    blank = RenewForm(formdata=None)
    blank.agrees.offer(unagreed(membership))
    return page(
        "membership/confirming.html",
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


@bp.post("/<network:network>/membership/<token>")
@allows(Can.APPLY)
def confirm_found(network: Network, token: str) -> Response:
    """The button: yes, I am a member, or I stay one. Pressed twice, it leads to the page that says so."""
    membership, _holder = actions.held_by(token, network)
    active = membership.state is MembershipState.ACTIVE
    if active and memberships_renewal.stands(membership, network).until is None:
        return see(".confirming", token=token)  # sent twice: it is done, and the page says so
    if active or membership.state is MembershipState.LAPSED:
        return _renew_by_link(network, token, membership)
    form = Form()
    with form.catching(), transaction():
        membership, by = actions.held_by(token, network)
        email_id = ids_of("membership", token, 2)[1]
        actions.confirm(membership, by=by, email_id=email_id, via=Door.WEB)
    if not form.errors:
        return see(".confirming", token=token)
    return _confirming_page(network, token, 422, form)


def _renew_by_link(network: Network, token: str, membership: Membership) -> Response:
    form = _renew_form(membership)
    if form.validate_on_submit():
        with form.catching(), transaction():
            row, by = actions.held_by(token, network)
            memberships_renewal.renew(row, form.agrees.ticked(), by=by, via=Door.WEB)
        if not form.errors:
            return see(".confirming", token=token)
    return _confirming_page(network, token, 422, form)
