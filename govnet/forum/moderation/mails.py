"""Mails to one person about their post or their report; written in the transaction of what they tell."""

from __future__ import annotations

from typing import Any

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import queries
from govnet.forum.models import Hiding, Post, Report
from govnet.forum.moderation import rules
from govnet.mail.headers import Address
from govnet.mail.outgoing import outbox
from govnet.membership.name_marks import signed
from govnet.people.addresses import readers


def _post(post: Post) -> dict[str, Any]:
    return {"thread": post.thread.title, "thread_id": post.thread_id, "number": post.number}


def _to_author(post: Post, template: str, **context: Any) -> None:
    """Nobody is written to without an address, or after they have gone."""
    author = next(iter(readers([post.author_id])), None) if post.author_id else None
    if author is None:
        return
    network = db.session.get_one(Network, post.network_id)
    outbox.post(
        template,
        to=Address(author.address, author.name),
        context={**_post(post), "zone": network.zone, **context},
        network=network,
        language=author.language,
        person_id=author.person_id,
    )


def hidden(row: Hiding, post: Post, by: str) -> None:
    """Your post was hidden: what it said, why, and until when and how to appeal."""
    until = rules.days_after(row.at, queries.terms_of(post.network_id).appeal_days)
    _to_author(post, "forum/hidden", kind=row.kind.value, text=queries.with_names(post.thread_id, post.source),
               reason=row.reason, by=signed(by, row.by_id, db.session.get_one(Network, post.network_id)),
               appeal_until=until, hiding_id=row.id)  # fmt: skip


def shown_again(row: Hiding, why: str) -> None:
    """Your post is shown again."""
    _to_author(row.post, "forum/shown_again", reason=why, kind=row.kind.value)


def stays_hidden(row: Hiding, why: str) -> None:
    """Two others agreed with the hiding of your post."""
    _to_author(row.post, "forum/stays_hidden", reason=why, hiding_id=row.id)


def report_answered(row: Report, post: Post, *, stands: bool) -> None:
    """The result of your report, to a person or to the address that a visitor left."""
    found = next(iter(readers([row.reporter_id])), None) if row.reporter_id else None
    address = Address(found.address, found.name) if found else Address(row.email, row.name)
    if not address.address:
        return
    outbox.post(
        "forum/report_answered",
        to=address,
        context={
            "thread": post.thread.title,
            "thread_id": post.thread_id,
            "number": post.number,
            "stands": stands,
            "answer": row.answer,
        },
        network=db.session.get_one(Network, post.network_id),
        language=found.language if found else "",
        person_id=row.reporter_id,
    )
