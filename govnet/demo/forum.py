"""The discussions of the demo's people: threads, posts, frames and summaries, thanks, and hidden posts with reasons."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from govnet.demo.facts import AppealFact, Hidden, PostFact, ReportFact, ThreadFact
from govnet.demo.stage import Stage, evenly, spread
from govnet.extensions import db
from govnet.forum import queries as forum
from govnet.forum.models import Appeal as AppealRow
from govnet.forum.models import Hiding
from govnet.forum.models import Post as PostRow
from govnet.forum.models import Thread as ThreadRow
from govnet.forum.moderation import actions as moderation_actions
from govnet.forum.states import AppealOutcome, HidingKind, Readership
from govnet.forum.threads import actions, thanks
from govnet.kernel.actor import Door

_OUTCOMES = {"stays hidden": AppealOutcome.UPHELD, "shown again": AppealOutcome.LIFTED}


def plan(stage: Stage) -> None:
    """Have every thread begin, go on and end at its time."""
    for thread in stage.facts.threads:
        _thread(stage, thread)
    for hidden in stage.facts.hidden:
        stage.days_ago(hidden.days_ago, 20, lambda hidden=hidden: _hide(stage, hidden))  # type: ignore[misc]
        for appeal in hidden.appeals:
            _appeal(stage, hidden, appeal)
    for one in stage.facts.reports:
        stage.days_ago(one.days_ago, 13, lambda one=one: _report(stage, one))  # type: ignore[misc]


def _thread(stage: Stage, thread: ThreadFact) -> None:
    begun = stage.calendar.at(-thread.days_ago, thread.hour)
    stage.at(begun, lambda: _start(stage, thread))
    moments = spread(stage.calendar, days_ago=thread.days_ago, hour=thread.hour, over_days=thread.over_days,
                     count=len(thread.posts))  # fmt: skip
    for number, (post, moment) in enumerate(zip(thread.posts, moments, strict=True), 2):
        stage.at(moment, lambda post=post: _reply(stage, thread, post))  # type: ignore[misc]
        if post.first:
            edited = moment + timedelta(minutes=3)
            stage.at(edited, lambda post=post, number=number: _edit(stage, thread, post, number))  # type: ignore[misc]
    last = moments[-1] if moments else begun
    for key, moment in zip(
        thread.thanks, evenly(begun, last + timedelta(hours=5), len(thread.thanks)), strict=True
    ):
        joined = stage.calendar.at(1 - stage.facts.people[key].days_ago, 9)
        stage.at(max(moment, joined), lambda key=key: _thank(stage, thread, key))  # type: ignore[misc]
    if thread.summary:
        stage.days_ago(thread.summary.days_ago, 21, lambda: _sum_up(stage, thread))
    if thread.closed_days_ago is not None:
        stage.days_ago(thread.closed_days_ago, 9, lambda: _close(stage, thread))


def _start(stage: Stage, thread: ThreadFact) -> None:
    topic = forum.topic_by_slug(stage.network_id, thread.topic)
    if topic is None:
        raise ValueError(f"there is no topic {thread.topic}")
    frame = thread.frame and actions.Frame(
        question=thread.frame.question,
        can_change=thread.frame.can_change,
        decides=thread.frame.decides,
        until=stage.calendar.day(thread.frame.until_days),
    )
    draft = actions.ThreadInput(title=thread.title, body=thread.text.strip(), audience=Readership(thread.visibility),
                          frame=frame or actions.Frame())  # fmt: skip
    row = actions.start_thread(topic, draft, by=stage.actor(thread.by), via=Door.WEB)
    stage.threads[thread.key] = row.id


def _row(stage: Stage, thread: ThreadFact) -> ThreadRow:
    return forum.thread_of(stage.threads[thread.key])


def _reply(stage: Stage, thread: ThreadFact, post: PostFact) -> None:
    text = (post.first or post.text).strip()
    row = actions.reply(_row(stage, thread), by=stage.actor(post.by), body=text, via=Door.WEB)
    if post.key:
        db.session.flush()  # reports and appeals name it by its key
        stage.posts[post.key] = row.id


def _edit(stage: Stage, thread: ThreadFact, post: PostFact, number: int) -> None:
    row = forum.post_numbered(stage.threads[thread.key], number)
    if row is None:
        raise ValueError(f"{thread.key} has no post {number}")
    whole = forum.post_of(row.id)
    actions.change_post(
        whole, by=stage.actor(post.by), body=post.text.strip(), revision=whole.revision, via=Door.WEB
    )


def _thank(stage: Stage, thread: ThreadFact, key: str) -> None:
    query = select(PostRow.id).where(PostRow.thread_id == stage.threads[thread.key])
    first = db.session.scalars(query.order_by(PostRow.number).limit(1)).one()
    thanks.thank(forum.post_of(first), by=stage.actor(key))


def _sum_up(stage: Stage, thread: ThreadFact) -> None:
    row = _row(stage, thread)
    if thread.summary is None:
        return
    head = actions.Head(title=row.title, frame=actions.frame_of(row), summary=thread.summary.text.strip(),
                        revision=row.revision)  # fmt: skip
    actions.frame_thread(row, head, by=stage.actor(thread.summary.by), via=Door.WEB)


def _close(stage: Stage, thread: ThreadFact) -> None:
    actions.close_thread(_row(stage, thread), by=stage.actor(thread.by), via=Door.WEB)


def _hide(stage: Stage, hidden: Hidden) -> None:
    post = forum.post_of(stage.posts[hidden.post])
    moderation_actions.hide(
        post, by=stage.actor(hidden.by), kind=HidingKind.HIDDEN, reason=hidden.reason, via=Door.WEB
    )


def _appeal(stage: Stage, hidden: Hidden, appeal: AppealFact) -> None:
    stage.days_ago(appeal.days_ago, 22, lambda: _make_appeal(stage, hidden, appeal))
    if appeal.decided_days_ago is None:
        return
    for hour, key in enumerate(appeal.decided_by, 17):
        stage.days_ago(appeal.decided_days_ago, hour, lambda key=key: _hear(stage, hidden, appeal, key))  # type: ignore[misc]


def _hiding(stage: Stage, hidden: Hidden) -> Hiding:
    return db.session.scalars(select(Hiding).where(Hiding.post_id == stage.posts[hidden.post])).one()


def _make_appeal(stage: Stage, hidden: Hidden, appeal: AppealFact) -> None:
    post = forum.post_of(stage.posts[hidden.post])
    hiding = _hiding(stage, hidden)
    hiding.post = post
    moderation_actions.appeal(hiding, by=stage.actor(appeal.by), text=appeal.text, via=Door.WEB)


def _hear(stage: Stage, hidden: Hidden, appeal: AppealFact, key: str) -> None:
    post = forum.post_of(stage.posts[hidden.post])
    row = db.session.scalars(select(AppealRow).where(AppealRow.hiding_id == _hiding(stage, hidden).id)).one()
    row.hiding.post = post
    moderation_actions.hear(
        row, by=stage.actor(key), outcome=_OUTCOMES[appeal.outcome], reason=appeal.reason, via=Door.WEB
    )


def _report(stage: Stage, one: ReportFact) -> None:
    post = forum.post_of(stage.posts[one.post])
    moderation_actions.report(post, by=stage.actor(one.by), reason=one.reason, via=Door.WEB)
