"""The network's settings, and its logo."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import identity, logo, settings
from govnet.charter.forms import NetworkSettingsForm
from govnet.charter.models import Network
from govnet.kernel.actor import Door, current_actor
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.languages import known, named
from govnet.web.pages import lasting, page

bp = Blueprint("settings", __name__)
blueprints = (bp,)


@bp.route("/<network:network>/settings", methods=["GET", "POST"])
@allows(Can.CHANGE_SETTINGS)
def change_settings(network: Network) -> Response:
    """The page for the network's contact and looks; everybody can see the changes in the record."""
    now = settings.values(network)
    listed = {**now, "languages": now["languages"].split(), "seen": settings.fingerprint(network)}
    form = NetworkSettingsForm(about=network, known=named(known()), data=listed)

    def do() -> None:
        settings.change(
            network,
            form.typed(settings.NAMES),
            logo=form.picture,
            without_logo=form.without_logo.data,
            seen=form.seen.data or "",
            by=current_actor(),
            via=Door.WEB,
        )

    def show(status: int) -> Response:
        form.ask_for_the_logo_again()
        fixed = identity.fixed(network)
        return page("charter/settings.html", status, form=form, fixed=fixed, most=logo.MOST_BYTES // 1000)

    return form_view(form, do, url_for(".change_settings"), show, done=_("The settings are saved."))


@bp.get("/<network:network>/settings/logo/<digest>.png")
@allows(Can.READ)
def logo_picture(network: Network, digest: str) -> Response:
    """The logo, for good: another one has another address. One that was taken away is not found."""
    return lasting(settings.logo_of(network, digest), digest, "image/png")
