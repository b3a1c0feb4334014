"""Thanks for a post: not in the record, and nobody is mailed."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, update

from govnet.extensions import db
from govnet.forum.models import Post, Thanks
from govnet.forum.states import PostState
from govnet.kernel.actor import Actor
from govnet.kernel.clock import now
from govnet.kernel.errors import RuleBroken
from govnet.kernel.insertion import upsert
from govnet.permissions import Can, check_right

_IN_BULK = {"synchronize_session": False}


def thank(post: Post, *, by: Actor) -> None:
    """Say thanks for somebody else's post; a second time changes nothing."""
    check_right(by, Can.THANK, post)
    if post.author_id == by.person_id:
        raise RuleBroken(_("This post is your own."))
    if post.state is not PostState.VISIBLE:
        raise RuleBroken(_("This post is hidden now."))
    row = upsert(Thanks).values(post_id=post.id, person_id=by.person_id, at=now())
    if db.session.scalar(row.on_conflict_do_nothing().returning(Thanks.post_id)) is not None:
        _count(post.id, 1)


def take_thanks_back(post: Post, *, by: Actor) -> None:
    """Thank somebody no longer for their post; a second time changes nothing."""
    check_right(by, Can.THANK, post)
    mine = delete(Thanks).where(Thanks.post_id == post.id, Thanks.person_id == by.person_id)
    if db.session.scalar(mine.returning(Thanks.post_id)) is not None:
        _count(post.id, -1)


def _count(post_id: int, by: int) -> None:
    counted = update(Post).where(Post.id == post_id).values(thanks=Post.thanks + by)
    db.session.execute(counted.execution_options(**_IN_BULK))
