"""What membership asks of the floors above: who decides applications today."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from govnet.charter.models import Network
from govnet.membership.models import Membership

Officers = Callable[[int], Collection[int]]
_officers: list[Officers] = []


def officers_are(lookup: Officers) -> None:
    """Where to ask which persons sit on a network's committee or act under its coordinator's mandate today."""
    _officers[:] = [lookup]


def officers(network_id: int) -> Collection[int]:
    """The persons who look after the network today: they are told of applications and reports."""
    return _officers[0](network_id) if _officers else ()


_coordinated: list[Callable[[int], bool]] = []


def coordinated_is(lookup: Callable[[int], bool]) -> None:
    """Where to ask whether somebody coordinates a network today."""
    _coordinated[:] = [lookup]


def coordinated(network_id: int) -> bool:
    """Whether there is a coordinator today: without one the committee decides what would be the coordinator's."""
    return _coordinated[0](network_id) if _coordinated else True


_offices: list[Callable[[Network, Membership], Sequence[str]]] = []


def offices_after_are(lookup: Callable[[Network, Membership], Sequence[str]]) -> None:
    """Where to ask, in sentences, what becomes of places and mandates when a membership ends by leaving."""
    _offices[:] = [lookup]


def offices_after(network: Network, membership: Membership) -> Sequence[str]:
    """A sentence for each place or mandate that whoever leaves holds; none for most."""
    return _offices[0](network, membership) if _offices else ()
