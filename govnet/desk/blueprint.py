"""Shared by the desk's pages and the number on other pages: the desk of an officer, asked once a request."""

from __future__ import annotations

from flask import Blueprint, g

from govnet.charter.models import Network
from govnet.desk import queries
from govnet.desk.tasks import Desk
from govnet.kernel.actor import Actor, current_actor
from govnet.membership.actor import actor_for

bp = Blueprint("desk", __name__)


def desk_in(network: Network) -> Desk:
    """The items on the desk for this person, oldest first."""
    kept: dict[int, Desk] = g.setdefault("desks", {})
    if network.id not in kept:
        kept[network.id] = queries.on_the_desk(network, _officer(network))
    return kept[network.id]


def how_many_on_desk_in(network: Network) -> int:
    """How many things those are."""
    kept: dict[int, Desk] = g.get("desks", {})
    if network.id in kept:
        return len(kept[network.id])
    return queries.how_many_on_desk(network, _officer(network))


def _officer(network: Network) -> Actor:
    actor = current_actor()
    return actor if actor.network_id == network.id else actor_for(actor.person_id or 0, network)
