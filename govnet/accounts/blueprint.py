"""Shared by the views of this room: the blueprint, the network of a page, and the check for a recent sign-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, flash, g, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import inspect

from govnet.charter.queries import network_by_slug, top_networks
from govnet.kernel.actor import current_actor
from govnet.membership.networks import Belonging, belongings
from govnet.sign_in import rules
from govnet.web.pages import never_cached, see

bp = Blueprint("accounts", __name__)
F = TypeVar("F", bound=Callable[..., Any])


@contextmanager
def inside(network: Any) -> Iterator[None]:
    """Addresses made in the block are those of the network's pages."""
    before, g.network = g.get("network"), network
    try:
        yield
    finally:
        g.network = before


def my_id() -> int:
    """The key of the person who is signed in; 0 of a visitor."""
    return current_actor().person_id or 0


def my_places() -> list[Belonging]:
    """Where the person belongs: asked once a request."""
    if "places" not in g:
        g.places = list(belongings(my_id()))
    places: list[Belonging] = g.places
    return places


@bp.before_request
def _stand_somewhere() -> None:
    """Show these pages in the colours and with the navigation of the network that one comes from."""
    never_cached()
    if current_actor().signed_in:
        places = my_places()
        here = [p.network for p in places if p.network.id == session.get("network_id")]
        g.network = (here or [p.network for p in places] or [None])[0]
        g.officer = any(p.officer for p in places if p.network is g.network)
    if g.get("network") is None:
        g.network = _network_of(next_path() or str(session.get("next", ""))) or _only_network()


@bp.after_app_request
def _remember_where(response: Response) -> Response:
    """Which network a signed-in person was in last, for pages that belong to none."""
    network = g.get("network")
    if network is not None and current_actor().signed_in:
        (key,) = inspect(network).identity  # known even where the database has failed meanwhile
        if session.get("network_id") != key:
            session["network_id"] = key
    return response


def stand_where(path: str) -> None:
    """A link that leads on to a network's page is shown as that network's, in whatever browser."""
    if g.get("network") is None:
        g.network = _network_of(path)


def _network_of(path: str) -> Any:
    slug = path.split("/")[1].split(".")[0].split("?")[0] if path else ""
    return network_by_slug(slug) if slug else None


def _only_network() -> Any:
    found = top_networks()
    return found[0] if len(found) == 1 else None


def next_path() -> str:
    """Where the person wanted to go: a path on this site, or ""."""
    return rules.local_path(request.values.get("next"))


def my_zone() -> str:
    """The zone of the times that this person sees."""
    network = g.get("network")
    return current_user.zone or (network.zone if network is not None else "Europe/London")


def has_page(endpoint: str) -> bool:
    """Whether this server has that page: features above may be left out."""
    return endpoint in current_app.view_functions


def recently(view: F) -> F:
    """Only for somebody who signed in within half an hour: others are led to sign in again, and then back."""

    @wraps(view)
    def asked(**values: Any) -> Any:
        if current_user.is_recent:
            return view(**values)
        flash(_("You signed in a while ago. Please sign in once more, to show that it is you."), "info")
        back = request.path if request.method == "GET" else url_for("accounts.security")
        return see("accounts.sign_in", next=back)

    return asked  # type: ignore[return-value]
