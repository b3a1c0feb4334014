"""Reading networks and the charter in force."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from sqlalchemy import Select, and_, bindparam, func, select

from govnet.charter import parameters as p
from govnet.charter.models import CharterVersion, Network
from govnet.charter.rules import Charter, load
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.per_app import PerApp
from govnet.kernel.per_request import PerRequest
from govnet.kernel.statements import another


@cache
def _by_slug() -> Select[Network, str, int]:
    """Built once: every request asks it, and has the rules in force with it."""
    dated = another(CharterVersion, "dated")
    in_force = (
        select(func.max(dated.number))
        .where(dated.network_id == Network.id, dated.in_force_from <= bindparam("now"))
        .scalar_subquery()
    )
    newest = and_(CharterVersion.network_id == Network.id, CharterVersion.number == in_force)
    query = select(Network, CharterVersion.parameters, CharterVersion.number).outerjoin(
        CharterVersion, newest
    )
    return query.where(Network.slug == bindparam("slug"))


def network_by_slug(slug: str) -> Network | None:
    """The network with that address. Its rules in force are known to the request from then on."""
    found = db.session.execute(_by_slug(), {"slug": slug, "now": clock.now()}).one_or_none()
    if found is None:
        return None
    if found.number is not None:
        _known()[found.Network.id] = _loaded(found.parameters, found.number)
    network: Network = found.Network
    return network


def top_networks() -> Sequence[Network]:
    """Networks without a parent, by name."""
    return db.session.scalars(select(Network).where(Network.parent_id.is_(None)).order_by(Network.name)).all()


def version_in_force(network_id: int) -> CharterVersion:
    """The newest charter version whose time has come."""
    query = _newest(network_id).where(CharterVersion.in_force_from <= clock.now())
    version: CharterVersion = db.session.execute(query).scalar_one()
    return version


def latest_version(network_id: int) -> CharterVersion:
    """The newest version, even where the clock was set back: the next one follows it."""
    return db.session.execute(_newest(network_id)).scalar_one()


def _newest(network_id: int):  # type: ignore[no-untyped-def]
    query = select(CharterVersion).where(CharterVersion.network_id == network_id)
    return query.order_by(CharterVersion.number.desc()).limit(1)


def version_numbered(network_id: int, number: int) -> CharterVersion | None:
    """The version with that number."""
    query = select(CharterVersion).where(
        CharterVersion.network_id == network_id, CharterVersion.number == number
    )
    return db.session.scalar(query)


def versions(network_id: int) -> Sequence[CharterVersion]:
    """Every charter version, newest first."""
    query = select(CharterVersion).where(CharterVersion.network_id == network_id)
    return db.session.scalars(query.order_by(CharterVersion.number.desc())).all()


@lru_cache(maxsize=256)
def _loaded(parameters: str, number: int) -> Charter:
    return load(json.loads(parameters), number)


def rules_of(version: CharterVersion) -> Charter:
    """A version's rules, typed: `rules_of(version)[parameters.QUORUM]`."""
    return _loaded(version.parameters, version.number)


_known: PerRequest[dict[int, Charter]] = PerRequest("rules_in_force", dict)
"""The rules in force, by network."""


def rules_in_force(network_id: int) -> Charter:
    """The network's rules as they hold now: asked for once a request, and each time in a transaction."""
    known = _known()
    if network_id not in known:
        known[network_id] = rules_of(version_in_force(network_id))
    return known[network_id]


def rule_in_force(network_id: int, key: str) -> object:
    """Return their value for one rule."""
    return rules_in_force(network_id)[p.CATALOGUE[key]]


def rules_changed() -> None:
    """Forget the rules that this request has read."""
    _known.forget()


@dataclass(frozen=True)
class Named:
    """A decision as other pages cite it."""

    number: str
    question: str
    address: str


_namer: PerApp[list[Callable[[Collection[str]], Mapping[str, Named]]]] = PerApp("decisions_named", list)


def decisions_are_named_by(namer: Callable[[Collection[str]], Mapping[str, Named]]) -> None:
    """The citation of "decision:<id>": the decisions, a floor above, provide it."""
    _namer()[:] = [namer]


def named(references: Collection[str | None]) -> Mapping[str, Named]:
    """The decisions among these references, all in one go."""
    wanted = {each for each in references if each}
    return _namer()[0](wanted) if _namer() and wanted else {}
