"""The page about mail: how much, what is followed and muted, and whether we can write at all."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.accounts.blueprint import bp, my_id, my_places
from govnet.accounts.followed import followings
from govnet.charter.models import Network
from govnet.kernel.actor import current_actor
from govnet.mail import labels, queries
from govnet.mail.fields import NOTES, VolumeForm
from govnet.mail.models import Subscription
from govnet.mail.preferences import actions
from govnet.mail.volume import Volume
from govnet.people.addresses import readers
from govnet.permissions import Can, allows
from govnet.web.form_view import press
from govnet.web.pages import page


@bp.get("/me/mail")
@allows(Can.OWN)
def volume() -> Response:
    """The page about mail: how much, what is followed and muted, and whether we can write at all."""
    return _volume_page()


def _volume_page(status: int = 200, failed: tuple[Network, VolumeForm] | None = None) -> Response:
    person_id = my_id()
    said = queries.subscriptions_of(person_id)
    networks = [_one_network(network, said.get(network.id), failed) for network in _networks()]
    me = next(iter(readers([person_id])), None)
    stopped = queries.suppression_of(me.address) if me else None
    return page(
        "accounts/mail.html",
        status,
        networks=networks,
        notes=NOTES,
        followed=followings(person_id),
        address=me.address if me else "",
        stopped=labels.stopped(stopped) if stopped else "",
    )


def _networks() -> list[Network]:
    return [place.network for place in my_places() if place.has_membership]


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
    """A form with the name of this network: several are on one page."""
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
    return press(
        lambda: actions.set_volume(current_actor(), network, Volume(form.volume.data)),
        url_for(".volume"),
        done=_("Saved. This applies from the next mail on."),
    )


@bp.post("/me/mail/<network:network>/silence")
@allows(Can.OWN)
def silence(network: Network) -> Response:
    """Nothing at all from this network."""
    return press(
        lambda: actions.silence(current_actor(), network),
        url_for(".volume"),
        done=_("We now send you only the links that you ask for yourself."),
    )


@bp.post("/me/mail/<any(thread, topic):target>/<int:target_id>/forget")
@allows(Can.OWN)
def forget_stance(target: str, target_id: int) -> Response:
    """Neither follow nor mute any more."""
    return press(lambda: actions.forget_stance(current_actor(), target, target_id), url_for(".volume"))


@bp.post("/me/mail/try-again")
@allows(Can.OWN)
def try_again() -> Response:
    """The address works again, says the person."""
    me = next(iter(readers([my_id()])), None)
    return press(
        lambda: me is not None and actions.try_again(current_actor(), me.address),
        url_for(".volume"),
        done=lambda lifted: lifted and _("Thank you. The next mail goes to your address again."),
    )
