"""Writing offices: nobody has one but by a decision, an election, or as found."""

from __future__ import annotations

from collections.abc import Sequence

from govnet.charter.models import Network
from govnet.kernel.actor import Actor, Authority, Door
from govnet.offices.founding import (
    By,
    FoundMandate,
    FoundPlace,
    committee_as_found,
    mandate_as_found,
)


def record_as_found(
    network: Network,
    *,
    committee: str,
    places: Sequence[FoundPlace] = (),
    mandates: Sequence[FoundMandate] = (),
    by: Actor,
    under: Authority,
    via: Door = Door.CLI,
) -> None:
    """At founding: the committee and the coordinator as they were, each with its evidence. Inside transaction().

    `under` is what the founding rests on (the server's shell, or the one-time link).
    """
    who = By(by, under, via)
    committee_as_found(network, committee, places, who)
    for mandate in mandates:
        mandate_as_found(network, mandate, who)
