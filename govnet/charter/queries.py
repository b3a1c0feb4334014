"""Reading networks and the charter in force."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from govnet.charter.models import CharterVersion, Network
from govnet.extensions import db
from govnet.kernel import clock


def network_by_slug(slug: str) -> Network | None:
    """The network with that address."""
    return db.session.scalar(select(Network).where(Network.slug == slug))


def top_networks() -> Sequence[Network]:
    """Networks without a parent, by name."""
    return db.session.scalars(select(Network).where(Network.parent_id.is_(None)).order_by(Network.name)).all()


def version_in_force(network_id: int) -> CharterVersion:
    """The newest charter version whose time has come."""
    query = (
        select(CharterVersion)
        .where(CharterVersion.network_id == network_id, CharterVersion.in_force_from <= clock.now())
        .order_by(CharterVersion.number.desc())
        .limit(1)
    )
    return db.session.execute(query).scalar_one()


def versions(network_id: int) -> Sequence[CharterVersion]:
    """Every charter version, newest first."""
    query = select(CharterVersion).where(CharterVersion.network_id == network_id)
    return db.session.scalars(query.order_by(CharterVersion.number.desc())).all()
