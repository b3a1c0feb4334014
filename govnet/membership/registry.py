"""What membership asks of the floors above: who decides applications today."""

from __future__ import annotations

from collections.abc import Callable, Collection

from govnet.charter.models import Network

Officers = Callable[[Network], Collection[int]]
_officers: list[Officers] = []


def officers_are(lookup: Officers) -> None:
    """Where to ask which persons sit on a network's committee or act under its coordinator's mandate today."""
    _officers[:] = [lookup]


def officers(network: Network) -> Collection[int]:
    """The persons who are told of applications."""
    return _officers[0](network) if _officers else ()
