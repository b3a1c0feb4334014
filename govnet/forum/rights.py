"""Which right an action needs under the charter in force: the table says who has it."""

from __future__ import annotations

from govnet.forum.rules import ForumTerms
from govnet.permissions import Can


def to_start(terms: ForumTerms) -> Can:
    """To start a discussion."""
    return Can.START_THREAD_AS_OFFICER if terms.who_may_start == "committee" else Can.START_THREAD


def to_reply(terms: ForumTerms) -> Can:
    """To write in one."""
    return Can.REPLY_AS_PERSON if terms.who_may_post == "anyone" else Can.REPLY


def to_frame(terms: ForumTerms) -> Can:
    """To frame, sum up or close one: its author too, while they could start one."""
    return Can.FRAME_THREAD_AS_OFFICER if terms.who_may_start == "committee" else Can.FRAME_THREAD


def to_change(terms: ForumTerms) -> Can:
    """To change one's own post: while one could still write there."""
    return Can.EDIT_POST_AS_PERSON if terms.who_may_post == "anyone" else Can.EDIT_POST


def to_hide(terms: ForumTerms) -> Can:
    """To hide a post."""
    return Can.HIDE_POST_AS_CHAIR if terms.who_may_hide == "chair" else Can.HIDE_POST
