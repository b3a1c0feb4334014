"""What the desk brings to the number beside You."""

from __future__ import annotations

from govnet.accounts.waiting import desk_is
from govnet.charter.models import Network
from govnet.desk.queries import how_many_on_desk, on_the_desk
from govnet.desk.tasks import Desk
from govnet.kernel.actor import Actor, current_actor
from govnet.membership.actor import actor_for


def bind() -> None:
    """Show the desk, and its number, on the page "You"."""
    desk_is(_desk_of, _how_many_on_desk_of)


def _desk_of(person_id: int, network: Network) -> Desk:
    return on_the_desk(network, _officer(person_id, network))


def _how_many_on_desk_of(person_id: int, network: Network) -> int:
    return how_many_on_desk(network, _officer(person_id, network))


def _officer(person_id: int, network: Network) -> Actor:
    actor = current_actor()
    mine = actor.network_id == network.id and actor.person_id == person_id
    return actor if mine else actor_for(person_id, network)
