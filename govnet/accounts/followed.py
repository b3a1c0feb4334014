"""A person's followed and muted things, as the page about her mail lists them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from govnet.extensions import db
from govnet.forum.queries import thread_titles, topic_titles
from govnet.mail.models import Following, Target
from govnet.mail.volume import Stance

TITLES = {Target.THREAD: thread_titles, Target.TOPIC: topic_titles}
"""Title and address of each that still exists, by its key."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Something followed or muted, as /me/mail lists it."""

    target: Target
    target_id: int
    network_id: int
    stance: Stance
    title: str
    address: str


def followings(person_id: int) -> list[Followed]:
    """All that a person follows or mutes and that still exists."""
    query = select(Following).where(Following.person_id == person_id).order_by(Following.at.desc())
    rows = db.session.scalars(query).all()
    found = []
    for kind in Target:
        mine = [row for row in rows if row.target is kind]
        known = TITLES[kind]([row.target_id for row in mine])
        found += [
            Followed(kind, row.target_id, row.network_id, row.stance, *known[row.target_id])
            for row in mine
            if row.target_id in known
        ]
    return found
