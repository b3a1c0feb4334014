"""Links that found a network: printed once on the server, good for one founding within a few days."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SHELL, Door
from govnet.kernel.errors import RuleBroken
from govnet.operations import queries
from govnet.operations.founding import actions
from govnet.operations.founding.data import Founding
from govnet.operations.models import FoundingLink

GOOD_FOR = timedelta(days=3)


def digest(token: str) -> str:
    """SHA-256, in hex: tokens are never stored themselves."""
    return hashlib.sha256(token.encode()).hexdigest()


def retire_links() -> int:
    """Have no link that was printed before found anything any more; returns how many could. Inside transaction()."""
    moment = clock.now()
    good = (FoundingLink.used_at.is_(None), FoundingLink.expires_at > moment)
    keys = db.session.scalars(select(FoundingLink.id).where(*good).with_for_update()).all()
    db.session.execute(update(FoundingLink).where(FoundingLink.id.in_(keys), *good).values(expires_at=moment))
    return len(keys)


def make_link() -> str:
    """A new token for /found/<token>. Inside transaction()."""
    token = secrets.token_urlsafe(24)
    moment = clock.now()
    db.session.add(FoundingLink(digest=digest(token), made_at=moment, expires_at=moment + GOOD_FOR))
    return token


def link_for(token: str) -> FoundingLink | None:
    """The link with that token, used or not, expired or not."""
    return queries.link_by_digest(digest(token))


def is_good(link: FoundingLink) -> bool:
    """Whether it can still found a network."""
    return link.used_at is None and clock.now() < link.expires_at


def found_by(link_id: int, founding: Founding) -> Network:
    """Found the network and use the link up; a link never names an operator.

    Raises RuleBroken when it was used or has expired meanwhile.
    """
    link = db.session.get_one(FoundingLink, link_id, with_for_update=True)
    if not is_good(link):
        raise RuleBroken(
            _("This link has been used or has expired. On the server, “govnet init” prints a new one.")
        )
    network = actions.found(replace(founding, operator=None), by=SHELL, via=Door.WEB)
    link.used_at, link.network_id = clock.now(), network.id
    return network
