"""Writing offices: nobody has one but by a decision, an election, or as found."""

from __future__ import annotations

from collections.abc import Sequence

from govnet.charter.models import Network
from govnet.kernel.actor import Actor, Door
from govnet.offices.founding import (
    By,
    FoundMandate,
    FoundPlace,
    committee_as_found,
    mandate_as_found,
)
from govnet.permissions import Can, require


def record_as_found(
    network: Network,
    *,
    committee: str,
    places: Sequence[FoundPlace] = (),
    mandates: Sequence[FoundMandate] = (),
    by: Actor,
    via: Door = Door.CLI,
) -> None:
    """At founding: the committee and the coordinator as they were, each with its evidence. Inside transaction().

    Founding is the operator's work, so this asks for that right.
    """
    who = By(by, require(by, Can.OPERATE), via)
    committee_as_found(network, committee, places, who)
    for mandate in mandates:
        mandate_as_found(network, mandate, who)
