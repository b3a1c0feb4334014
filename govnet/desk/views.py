"""The officers' desk."""

from __future__ import annotations

from datetime import timedelta

from flask import Response

from govnet.charter.models import Network
from govnet.desk.blueprint import bp, desk_in
from govnet.kernel import clock
from govnet.kernel.url_converters import asked_page
from govnet.permissions import Can, allows
from govnet.web.pages import page

blueprints = (bp,)


YOUNG = timedelta(days=30)
"""How long the desk shows the first steps of a new network."""
PAGE = 50


@bp.get("/<network:network>/desk")
@allows(Can.SEE_DESK)
def desk(network: Network) -> Response:
    """Everything that waits for an officer, oldest first."""
    there, at = desk_in(network), asked_page()
    return page(
        "desk/desk.html",
        how_many=len(there),
        waiting_here=there[(at - 1) * PAGE : at * PAGE],
        at=at,
        more=len(there) > at * PAGE,
        young=clock.now() - network.founded_at < YOUNG,
    )
