"""Pages about one's mail: how much, which discussions, and how to stop it from any mail."""

from __future__ import annotations

from flask import Blueprint, Flask, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import csrf, db, limiter
from govnet.kernel.transaction import transaction
from govnet.mail import queries
from govnet.mail.fields import NOTES, VolumeForm
from govnet.mail.models import Subscription
from govnet.mail.outgoing.outbox import TO_A_LIST
from govnet.mail.preferences import actions
from govnet.mail.preferences import unsubscribe as preferences_unsubscribe
from govnet.mail.preferences.forms import LeaveForm, MailAddressForm
from govnet.mail.volume import Reach, Volume
from govnet.permissions import Can, allows
from govnet.web import origins
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form
from govnet.web.pages import never_cached, page

bp = Blueprint("mail", __name__)
blueprints = (bp,)
ONE_CLICK = "One-Click"


def bind(app: Flask) -> None:
    """Lets each page that promises a mail show whether mail goes out."""
    app.jinja_env.globals["mail_standstill"] = _standstill


def _standstill() -> queries.Standstill | None:
    """Whether mail stands still; a page with this notice is not cached, since it may be over in a minute."""
    never_cached()
    return queries.standstill()


@bp.get("/<network:network>/mail")
@allows(Can.READ)
def about(network: Network) -> Response:
    """The page about this network's mail, and how to get less or none."""
    return page("mail/preferences/about.html", subscribers=queries.subscribers(network.id))


@bp.route("/<network:network>/mail/leave", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
@allows(Can.READ)
def ask_link(network: Network) -> Response:
    """Somebody who takes just the mail asks for the link that changes or ends it."""
    never_cached()
    form = MailAddressForm(about=network)
    return form_view(
        form,
        lambda: actions.mail_choices(network, str(form.address.data)),
        url_for(".about"),
        lambda status: page("mail/preferences/ask_link.html", status, form=form),
        then=lambda: page("mail/preferences/link_sent.html", address=form.address.data),
    )


@bp.route("/mail/confirm/<token>", methods=["GET", "POST"])
@allows(Can.READ)
def confirm_page(token: str) -> Response:
    """The link in the mail that asks: its page has the button, opening it changes nothing. One that has ended asks anew."""
    never_cached()
    row = actions.of_token(token)
    network = db.session.get_one(Network, row.network_id)
    form = Form(about=row)
    if actions.has_ended(row):
        return _ended_page(row, network, form, token)
    return form_view(
        form,
        lambda: actions.confirm(token),
        url_for(".choose", token=token),
        lambda status: page("mail/preferences/confirm.html", status, form=form, network=network),
        then=lambda: page("mail/preferences/confirmed.html", network=network, token=token),
    )


def _ended_page(row: Subscription, network: Network, form: Form, token: str) -> Response:
    """The link has ended; its one button mails a new one."""
    address, name, language = row.address, row.name, row.language

    def show(_status: int) -> Response:
        return page("mail/preferences/confirm_ended.html", 410, form=form, network=network, address=address)

    if not address:
        return show(410)
    return form_view(
        form,
        lambda: actions.subscribe_address(network, address, name, language=language),
        url_for(".confirm_page", token=token),
        show,
        then=lambda: page("mail/preferences/link_sent.html", address=address, network=network, asks=True),
    )


@bp.route("/mail/choose/<token>", methods=["GET", "POST"])
@allows(Can.READ)
def choose(token: str) -> Response:
    """How much mail an address without an account gets."""
    never_cached()
    row = actions.of_token(token)
    network = db.session.get_one(Network, row.network_id)
    form = VolumeForm(data={"volume": row.volume})
    if form.validate_on_submit():
        return press(
            lambda: actions.set_address_volume(token, Volume(form.volume.data)),
            url_for(".choose", token=token),
            done=_("Saved. This applies from the next mail on."),
        )
    return page(
        "mail/preferences/choose.html",
        422 if form.errors else 200,
        form=form,
        notes=NOTES,
        network=network,
        address=row.address or _("you"),
        silent_at=row.silent_at,
        token=token,
    )


@bp.post("/mail/choose/<token>/stop")
@allows(Can.READ)
def stop(token: str) -> Response:
    """No more mail to an address without an account."""
    return press(
        lambda: actions.unsubscribe(actions.of_token(token)),
        url_for(".choose", token=token),
        done=_("Done. We send nothing more to this address."),
    )


@bp.get("/unsubscribe/<token>")
@allows(Can.READ)
def less(token: str) -> Response:
    """Where a mail's unsubscribe link leads: choices, and nothing changed by looking."""
    never_cached()
    return _leave_page(token)


def _leave_page(token: str, status: int = 200, form: LeaveForm | None = None) -> Response:
    found = preferences_unsubscribe.mail_of_token(token)
    if found is None:
        return page("mail/preferences/unknown.html", 404)
    delivery, mail = found
    by_list = preferences_unsubscribe.is_list(delivery)
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
    return page("mail/preferences/unsubscribe.html", status, **context)


def _left_page(token: str) -> Response:
    return page("mail/preferences/left.html", by_list=token.startswith(TO_A_LIST))


@bp.post("/unsubscribe/<token>")
@csrf.exempt
@allows(Can.READ)
def unsubscribe(token: str) -> Response:
    """RFC 8058: a mail program's own button. The only write without a CSRF token; knowing the token is the
    right.
    """
    never_cached()
    if request.form.get("List-Unsubscribe") != ONE_CLICK:
        elsewhere = origins.sender_of(request.environ) is origins.WriteOrigin.ELSEWHERE
        return origins.refusal() if elsewhere else _leave_page(token, 422)
    with transaction():
        preferences_unsubscribe.leave(token)
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
        preferences_unsubscribe.leave(token, Reach(form.reach.data))
    return _left_page(token)
