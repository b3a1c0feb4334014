"""Whether posts and hidings still agree with the record: for the check of the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from govnet.extensions import db
from govnet.forum import events
from govnet.forum.models import Hiding, Post, PostVersion, Thread
from govnet.forum.states import HidingKind, PostState
from govnet.record import registry
from govnet.record.audit import RecordedEntry, key_of, other_html, told

_HIDDEN = {events.PostHidden.verb: HidingKind.HIDDEN, events.PostRemoved.verb: HidingKind.REMOVED}
_LIFTED = (events.HidingLifted.verb, events.AppealGranted.verb)


def bind() -> None:
    """Have them compared."""
    registry.keeps("forum.started", "forum.replied", "forum.changed", said=said, texts=texts)
    registry.withhold(hidden)
    registry.checks(changed_pages)
    registry.checks(changed_hidings)


def said(facts: Mapping[str, Any]) -> tuple[tuple[str, int], str] | None:
    """Which post, as which edit left it, and the digest of its text; None where that was erased."""
    post = facts.get("post") or facts["subject"]
    return ((post, facts.get("revision", 1)), facts["text_digest"]) if "text_digest" in facts else None


def hidden(network_id: int) -> Iterator[str]:
    """Entries about the texts of hidden posts: a short text could be guessed from a digest."""
    query = select(Post.id, Post.thread_id, Post.number)
    state = bindparam("state", PostState.HIDDEN, type_=Post.state.type, literal_execute=True)
    query = query.where(Post.network_id == network_id, Post.state == state)  # in the words of its index
    for key, thread_id, number in db.session.execute(query):
        yield f"post:{key}"
        if number == 1:
            yield f"thread:{thread_id}"


def texts(network_id: int) -> Iterator[tuple[tuple[str, int], str]]:
    """Every post of the network as it is, and as it was before each edit."""
    now = select(Post.id, Post.revision, Post.source).where(Post.network_id == network_id)
    earlier = (
        select(PostVersion.post_id, PostVersion.revision, PostVersion.source)
        .join(Post, Post.id == PostVersion.post_id)
        .where(Post.network_id == network_id)
    )
    rows = now.union_all(earlier).execution_options(yield_per=1000)
    for key, revision, source in db.session.execute(rows):
        yield (f"post:{key}", revision), source


def changed_pages(network_id: int) -> Iterator[str]:
    """Posts and summaries that read otherwise on their page than they were written."""
    posts = select(Post.id, Post.source, Post.html).where(Post.network_id == network_id)
    yield from other_html(posts, "the page of post %(name)s does not show its text")
    earlier = select(PostVersion.post_id, PostVersion.source, PostVersion.html)
    earlier = earlier.join(Post, Post.id == PostVersion.post_id).where(Post.network_id == network_id)
    yield from other_html(earlier, "what is shown of post %(name)s before an edit is not its text")
    summaries = select(Thread.id, Thread.summary, Thread.summary_html).where(Thread.network_id == network_id)
    yield from other_html(summaries, "the page of discussion %(name)s does not show its summary")


def changed_hidings(network_id: int) -> Iterator[str]:
    """Lines of the log of hidings that are not as recorded, that the record does not know, or that are gone."""
    hidden: dict[int, RecordedEntry] = {}
    lifted: dict[int, RecordedEntry] = {}
    for entry in told(network_id, *_HIDDEN, *_LIFTED):
        (lifted if entry.verb in _LIFTED else hidden)[key_of(entry.facts["hiding"])] = entry
    rows = select(Hiding).where(Hiding.network_id == network_id).order_by(Hiding.id)
    for row in db.session.scalars(rows.execution_options(yield_per=1000)):
        if row.id not in hidden:
            yield f"there is no entry that hid post {row.post_id}"
        elif wrong := _unlike(row, hidden.pop(row.id), lifted.get(row.id)):
            yield f"{wrong} post {row.post_id} was hidden, or is shown again, is not what was recorded"
    yield from (f"that post {entry.key} was hidden is not in the log any more" for entry in hidden.values())


def _unlike(row: Hiding, entry: RecordedEntry, end: RecordedEntry | None) -> str:
    if (entry.key, _HIDDEN[entry.verb]) != (row.post_id, row.kind) or (end and not row.lifted_at):
        return "whether"
    same = entry.said("reason") in (None, row.reason)
    if end is not None:
        same = same and end.said("reason") in (None, row.lifted_why)
    return "" if same else "why"
