"""What membership asks of the floors above: who decides applications today."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import ColumnElement, String, cast, null

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


_holders: list[Callable[[int], Mapping[str, AbstractSet[int]]]] = []


def office_holders_are(lookup: Callable[[int], Mapping[str, AbstractSet[int]]]) -> None:
    """Where to ask which persons hold which role in a network today."""
    _holders[:] = [lookup]


def office_holders(network_id: int) -> Mapping[str, AbstractSet[int]]:
    """The persons on the committee ("steering") and those who act under a mandate ("coordinator") today."""
    return _holders[0](network_id) if _holders else {}


_role: list[Callable[[Any, Any, Any], ColumnElement[str | None]]] = []


def role_is(column: Callable[[Any, Any, Any], ColumnElement[str | None]]) -> None:
    """Where to ask, in a statement, which role a person has in a network on a day."""
    _role[:] = [column]


def role(person: Any, network: Any, day: Any) -> ColumnElement[str | None]:
    """A column for a statement about people: "coordinator", "steering", or NULL for whoever holds no office that day."""
    return _role[0](person, network, day) if _role else cast(null(), String)


_offices: list[Callable[[Network, Membership], Sequence[str]]] = []


def offices_after_are(lookup: Callable[[Network, Membership], Sequence[str]]) -> None:
    """Where to ask, in sentences, what becomes of places and mandates when a membership ends by leaving."""
    _offices[:] = [lookup]


def offices_after(network: Network, membership: Membership) -> Sequence[str]:
    """A sentence for each place or mandate that whoever leaves holds; none for most."""
    return _offices[0](network, membership) if _offices else ()
