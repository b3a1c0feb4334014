"""The network's settings, and its logo."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash
from flask_babel import gettext as _

from govnet.charter import identity, logo, settings
from govnet.charter.forms import NetworkSettingsForm
from govnet.charter.models import Network
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.languages import known, named
from govnet.web.pages import lasting, page, see

bp = Blueprint("settings", __name__)
blueprints = (bp,)


@bp.get("/<network:network>/settings")
@allows(Can.CHANGE_SETTINGS)
def change_settings(network: Network) -> Response:
    """How the network can be reached, and how its pages look."""
    now = settings.values(network)
    listed = {**now, "languages": now["languages"].split(), "seen": settings.fingerprint(network)}
    return _page(network, NetworkSettingsForm(about=network, known=named(known()), data=listed))


@bp.post("/<network:network>/settings")
@allows(Can.CHANGE_SETTINGS)
def save_settings(network: Network) -> Any:
    """Change them; everybody can see in the record what was changed."""
    form = NetworkSettingsForm(about=network, known=named(known()))
    if form.validate_on_submit():
        with form.catching():
            typed = {name: form[name].data or "" for name in settings.NAMES if name in form}
            new = {
                name: " ".join(value) if isinstance(value, list) else value.strip()
                for name, value in typed.items()
            }
            file = form.logo.data
            picture = logo.readable(file.read(logo.MOST_BYTES + 1)) if file else None
            with transaction():
                settings.change(
                    network, new, logo=picture, without_logo=form.without_logo.data,
                    seen=form.seen.data or "", by=current_actor(), via=Door.WEB,
                )  # fmt: skip
            flash(_("The settings are saved."), "success")
            return see(".change_settings")
    if form.logo.data and not form.logo.errors:
        form.logo.errors = [_("Choose the logo once more: a browser sends a file only once.")]
    return _page(network, form, 422)


def _page(network: Network, form: NetworkSettingsForm, status: int = 200) -> Response:
    fixed = identity.fixed(network)
    return page("charter/settings.html", status, form=form, fixed=fixed, most=logo.MOST_BYTES // 1000)


@bp.get("/<network:network>/settings/logo/<digest>.png")
@allows(Can.READ)
def logo_picture(network: Network, digest: str) -> Response:
    """The logo, for good: another one has another address. One that was taken away is not found."""
    return lasting(settings.logo_of(network, digest), digest, "image/png")
