"""Pages about one's mail: how much, which discussions, and how to stop it from any mail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, flash, request
from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.extensions import csrf, db, limiter
from govnet.kernel.actor import current_actor
from govnet.kernel.transaction import transaction
from govnet.mail import actions, leaving, queries, wording
from govnet.mail.forms import NOTES, AddressForm, LeaveForm, VolumeForm
from govnet.mail.models import Subscription
from govnet.mail.outbox import TO_A_LIST
from govnet.mail.registry import places
from govnet.mail.volume import Reach, Volume
from govnet.people.addresses import readers
from govnet.permissions import Can, allows
from govnet.web import origins
from govnet.web.forms import Form
from govnet.web.pages import never_cached, page, see

bp = Blueprint("mail", __name__)
blueprints = (bp,)
ONE_CLICK = "One-Click"


def bind(app: Flask) -> None:
    """Each page that promises a mail can say whether mail goes."""
    app.jinja_env.globals["mail_standstill"] = _standstill


def _standstill() -> queries.Standstill | None:
    """Whether mail stands still; the page that says so is not kept, since that may be over in a minute."""
    never_cached()
    return queries.standstill()


@bp.get("/me/mail")
@allows(Can.OWN)
def volume() -> Response:
    """How much mail, what is followed and muted, and whether we can write at all."""
    return _volume_page()


def _volume_page(status: int = 200, failed: tuple[Network, VolumeForm] | None = None) -> Response:
    person_id = current_actor().person_id or 0
    said = queries.subscriptions_of(person_id)
    networks = [_one_network(network, said.get(network.id), failed) for network in places(person_id)]
    me = next(iter(readers([person_id])), None)
    stopped = queries.suppression_of(me.address) if me else None
    return page(
        "mail/pages/volume.html",
        status,
        networks=networks,
        notes=NOTES,
        followed=queries.followings(person_id),
        address=me.address if me else "",
        stopped=wording.stopped(stopped) if stopped else "",
    )


def _one_network(
    network: Network, said: Subscription | None, failed: tuple[Network, VolumeForm] | None
) -> dict[str, Any]:
    if failed is not None and failed[0].id == network.id:
        form = failed[1]
    else:
        form = _volume_form(network, formdata=None)
        form.volume.data = said.volume if said else Volume.CONCERNS_ME
    return {"network": network, "form": form, "silent_at": said.silent_at if said else None}


def _volume_form(network: Network, **values: Any) -> VolumeForm:
    """A form of this network's own: several stand on one page."""
    form = VolumeForm(**values)
    form.volume.id = f"volume-{network.slug}"
    return form


@bp.post("/me/mail/<network:network>")
@allows(Can.OWN)
def set_volume(network: Network) -> Response:
    """One network's answer."""
    form = _volume_form(network)
    if not form.validate_on_submit():
        return _volume_page(422, (network, form))
    with transaction():
        actions.set_volume(current_actor(), network, Volume(form.volume.data))
    flash(_("Saved. It counts from the next mail on."), "success")
    return see(".volume")


@bp.post("/me/mail/<network:network>/silence")
@allows(Can.OWN)
def silence(network: Network) -> Response:
    """Nothing at all from this network."""
    with transaction():
        actions.silence(current_actor(), network)
    flash(_("We send you nothing more from here but the links that you ask for yourself."), "success")
    return see(".volume")


@bp.post("/me/mail/<any(thread, topic):target>/<int:target_id>/forget")
@allows(Can.OWN)
def forget_stance(target: str, target_id: int) -> Response:
    """Neither follow nor mute any more."""
    with transaction():
        actions.forget_stance(current_actor(), target, target_id)
    return see(".volume")


@bp.post("/me/mail/try-again")
@allows(Can.OWN)
def try_again() -> Response:
    """The address works again, says the person."""
    me = next(iter(readers([current_actor().person_id or 0])), None)
    with transaction():
        lifted = me is not None and actions.try_again(current_actor(), me.address)
    if lifted:
        flash(_("Thank you. The next mail goes to your address again."), "success")
    return see(".volume")


@bp.get("/<network:network>/mail")
@allows(Can.READ)
def about(network: Network) -> Response:
    """What mail this network sends, and how to get less or none."""
    return page("mail/pages/about.html", subscribers=queries.subscribers(network.id))


@bp.route("/<network:network>/mail/leave", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
@allows(Can.READ)
def ask_link(network: Network) -> Response:
    """Somebody who takes just the mail asks for the link that changes or ends it."""
    never_cached()
    form = AddressForm(about=network)
    if request.method == "GET" or not form.validate_on_submit():
        return page("mail/pages/ask_link.html", 422 if form.is_submitted() else 200, form=form)
    with transaction():
        actions.mail_choices(network, str(form.address.data))
    return page("mail/pages/link_sent.html", address=form.address.data)


@bp.route("/mail/confirm/<token>", methods=["GET", "POST"])
@allows(Can.READ)
def confirm_page(token: str) -> Response:
    """The link in the mail that asks: its page has the button, opening it changes nothing. One that has ended asks anew."""
    never_cached()
    row = actions.of_token(token)
    network = db.session.get_one(Network, row.network_id)
    form = Form(about=row)
    if actions.has_ended(row):
        return _ended_page(row, network, form)
    if request.method == "GET" or not form.validate_on_submit():
        return page(
            "mail/pages/confirm.html", 422 if form.is_submitted() else 200, form=form, network=network
        )
    with transaction():
        actions.confirm(token)
    return page("mail/pages/confirmed.html", network=db.session.get_one(Network, row.network_id), token=token)


def _ended_page(row: Subscription, network: Network, form: Form) -> Response:
    """The link has ended; its one button mails a new one."""
    if request.method == "GET" or not row.address or not form.validate_on_submit():
        return page("mail/pages/confirm_ended.html", 410, form=form, network=network, address=row.address)
    address = row.address
    with transaction():
        actions.subscribe_address(network, address, row.name, language=row.language)
    return page("mail/pages/link_sent.html", address=address, network=network, asks=True)


@bp.route("/mail/choose/<token>", methods=["GET", "POST"])
@allows(Can.READ)
def choose(token: str) -> Response:
    """How much mail an address without an account gets."""
    never_cached()
    row = actions.of_token(token)
    network = db.session.get_one(Network, row.network_id)
    form = VolumeForm()
    if request.method == "GET":
        form.volume.data = row.volume
    elif form.validate_on_submit():
        with transaction():
            actions.set_address_volume(token, Volume(form.volume.data))
        flash(_("Saved. It counts from the next mail on."), "success")
        return see(".choose", token=token)
    values = {
        "network": network,
        "address": row.address or _("you"),
        "silent_at": row.silent_at,
        "token": token,
    }
    return page("mail/pages/choose.html", 422 if form.errors else 200, form=form, notes=NOTES, **values)


@bp.post("/mail/choose/<token>/stop")
@allows(Can.READ)
def stop(token: str) -> Response:
    """No more mail to an address without an account."""
    with transaction():
        actions.unsubscribe(actions.of_token(token))
    flash(_("Done. Nothing more comes to this address."), "success")
    return see(".choose", token=token)


@bp.get("/unsubscribe/<token>")
@allows(Can.READ)
def less(token: str) -> Response:
    """Where a mail's unsubscribe link leads: choices, and nothing changed by looking."""
    never_cached()
    return _leave_page(token)


def _leave_page(token: str, status: int = 200, form: LeaveForm | None = None) -> Response:
    found = leaving.mail_of_token(token)
    if found is None:
        return page("mail/pages/unknown.html", 404)
    delivery, mail = found
    by_list = leaving.is_list(delivery)
    gone = delivery.person_id is None and delivery.subscription_id is None and not by_list
    network = db.session.get(Network, mail.network_id) if mail.network_id else None
    form = form or LeaveForm(data={"reach": Reach.THREAD if mail.thread_id else Reach.ALL_BUT_VOTES})
    form.offer(thread=mail.thread_id is not None)
    context = {
        "network": network,
        "form": form,
        "token": token,
        "gone": gone,
        "by_address": delivery.subscription_id is not None,
        "list_address": delivery.address if by_list else "",
    }
    return page("mail/pages/unsubscribe.html", status, **context)


def _left_page(token: str) -> Response:
    return page("mail/pages/left.html", by_list=token.startswith(TO_A_LIST))


@bp.post("/unsubscribe/<token>")
@csrf.exempt
@allows(Can.READ)
def unsubscribe(token: str) -> Response:
    """RFC 8058: a mail program's own button. The only write without a CSRF token; knowing the token is the
    right.
    """
    never_cached()
    if request.form.get("List-Unsubscribe") != ONE_CLICK:
        elsewhere = origins.sender_of(request.environ) is origins.Sender.ELSEWHERE
        return origins.refusal() if elsewhere else _leave_page(token, 422)
    with transaction():
        leaving.leave(token)
    return _left_page(token)


@bp.post("/unsubscribe/<token>/choose")
@allows(Can.READ)
def leave(token: str) -> Response:
    """The choice made on the page."""
    never_cached()
    form = LeaveForm().offer(thread=True)
    if not form.validate_on_submit():
        return _leave_page(token, 422, form)
    with transaction():
        leaving.leave(token, Reach(form.reach.data))
    return _left_page(token)
