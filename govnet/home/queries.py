"""What the home and About pages show beside the people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.home.people import People, Place
from govnet.kernel.clock import today

SOON = timedelta(days=120)
"""How far ahead "Coming up" looks."""


def sisters(network: Network) -> list[Network]:
    """The networks that name this one as their parent, and the parent itself, by name."""
    query = select(Network).where(or_(Network.parent_id == network.id, Network.id == network.parent_id))
    return list(db.session.scalars(query.order_by(Network.name)))


@dataclass(frozen=True)
class Coming:
    """Something with a day before it: what happens, and on which day."""

    day: date
    words: str
    url: str = ""


def coming_up(network: Network, people: People, limit: int = 3) -> list[Coming]:
    """The next ends of terms and of the mandate within four months, soonest first."""
    latest = today(network.zone) + SOON
    found = [Coming(p.until, _last_day(p)) for p in people.places if p.holder and p.until]
    if people.coordinator and people.coordinator.until:
        found.append(Coming(people.coordinator.until, _("Last day of the coordinator’s mandate")))
    return sorted((c for c in found if c.day <= latest), key=lambda c: c.day)[:limit]


def _last_day(place: Place) -> str:
    words = _("Last day of %(name)s’s term on the committee (%(place)s)", name=place.holder, place=place.name)
    return str(words)
