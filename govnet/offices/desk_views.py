"""The officers' desk, and the network's settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _

from govnet.accounts.waiting import on_desk
from govnet.charter.models import Network
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.pages import page, see
from govnet.kernel.paths import asked_page
from govnet.kernel.transaction import transaction
from govnet.offices import settings
from govnet.offices.forms import SettingsForm
from govnet.offices.views import bp
from govnet.permissions import Can, allows, current_actor

YOUNG = timedelta(days=30)
"""How long the desk shows the first steps of a new network."""
PAGE = 50


@bp.get("/<network:network>/desk")
@allows(Can.SEE_DESK)
def desk(network: Network) -> Response:
    """Everything that waits for an officer, oldest first."""
    there, at = on_desk(current_actor().person_id or 0, network), asked_page()
    return page(
        "offices/desk.html",
        how_many=len(there),
        waiting_here=there[(at - 1) * PAGE : at * PAGE],
        at=at,
        more=len(there) > at * PAGE,
        young=clock.now() - network.founded_at < YOUNG,
    )


@bp.get("/<network:network>/settings")
@allows(Can.CHANGE_SETTINGS)
def change_settings(network: Network) -> Response:
    """How the network can be reached, and its colour."""
    form = SettingsForm(
        about=network, data={**settings.values(network), "seen": settings.fingerprint(network)}
    )
    return page("offices/settings.html", form=form)


@bp.post("/<network:network>/settings")
@allows(Can.CHANGE_SETTINGS)
def save_settings(network: Network) -> Any:
    """Change them; everybody can see in the record what was changed."""
    form = SettingsForm(about=network)
    if form.validate_on_submit():
        with form.catching():
            new = {name: (form[name].data or "").strip() for name in settings.NAMES}
            with transaction():
                settings.change(network, new, seen=form.seen.data or "", by=current_actor(), via=Door.WEB)
            flash(_("The settings are saved."), "success")
            return see(".change_settings")
    return page("offices/settings.html", 422, form=form)
