"""The number beside You on every page: counted anew after each form that the browser sent, and else twice a minute."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, g, request, session

from govnet.accounts import tasks
from govnet.accounts.blueprint import my_id, my_places
from govnet.desk.blueprint import how_many_on_desk_in
from govnet.kernel import clock
from govnet.kernel.actor import current_actor
from govnet.kernel.per_app import PerApp
from govnet.web.templates import waiting_is

HOLDS = timedelta(seconds=30)
"""How late somebody else's act may show in the number; one's own, by whichever process, shows on the next page."""
_MOST = 10_000
"""Numbers kept in a process."""

_counted: PerApp[dict[tuple[str, ...], tuple[int, datetime]]] = PerApp("badge", dict)


def bind(app: Flask) -> None:
    """Shows the number on every page."""
    waiting_is(number)
    app.after_request(_note_act)


def _note_act(response: Response) -> Response:
    """Have this browser's cookie name its last form, so that no process shows a number from before it."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and "_user_id" in session:
        session["acted"] = secrets.token_urlsafe(6)
    return response


def number() -> int:
    """How many tasks wait for the person who is signed in, and on the desks that are theirs here."""
    counted, now = _counted().get(_key()), clock.now()
    if counted is not None and timedelta() <= now - counted[1] < HOLDS:
        return counted[0]
    on_desks = sum(how_many_on_desk_in(network) for network in officer_in())
    return keep(tasks.how_many_wait(my_id()) + on_desks)


def keep(count: int) -> int:
    """The same number, which a page has just counted by listing all that waits."""
    kept = _counted()
    if len(kept) >= _MOST:
        kept.clear()
    if "_user_id" in session:
        kept[_key()] = (count, clock.now())
    return count


def officer_in() -> Sequence[Any]:
    """This network where the person is an officer, or on the pages of their account each in which they are one."""
    if "places" in g:
        return [place.network for place in my_places() if place.officer]
    return [g.network] if current_actor().is_officer and g.get("network") else []


def _key() -> tuple[str, ...]:
    """This sign-in, its last form, and the desks that are counted with it."""
    networks = (network.slug for network in officer_in())
    return (session.get("_user_id", ""), session.get("acted", ""), *networks)
