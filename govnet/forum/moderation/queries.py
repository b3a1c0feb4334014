"""Reads reports, hidings and appeals: the public log, and one case with all that its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from govnet.extensions import db
from govnet.forum import queries
from govnet.forum.models import Appeal, AppealVoice, Hiding, Post, Report, Thread
from govnet.forum.moderation import rules
from govnet.forum.rules import ForumTerms
from govnet.forum.states import AppealOutcome, HidingKind, ReportState
from govnet.kernel.actor import Actor
from govnet.kernel.appeals import may_hear
from govnet.kernel.clock import now
from govnet.kernel.statements import another
from govnet.people.models import Person

LOG = 30
"""Lines on a page of the log."""


def log(network_id: int, actor: Actor, page: int = 1) -> tuple[Sequence[Any], bool]:
    """Hidden posts, newest first, in discussions that the actor may read, and whether there are more. No texts."""
    lifter = another(Person, "lifter")
    query = (
        select(
            Hiding.id, Hiding.kind, Hiding.reason, Hiding.at, Hiding.lifted_at, Hiding.lifted_why, Post.number,
            Thread.id.label("thread_id"), Thread.title, Person.name.label("by"), Hiding.by_id, lifter.name.label("lifted_by"),
            Appeal.at.label("appealed_at"), Appeal.outcome, Appeal.due_at,
        )
        .join(Post, Post.id == Hiding.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Person, Person.id == Hiding.by_id)
        .outerjoin(lifter, lifter.id == Hiding.lifted_by_id)
        .outerjoin(Appeal, Appeal.hiding_id == Hiding.id)
        .where(Hiding.network_id == network_id, Thread.visibility.in_(queries.reach(actor)))
        .order_by(Hiding.at.desc(), Hiding.id.desc())
        .offset((page - 1) * LOG)
        .limit(LOG + 1)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    return rows[:LOG], len(rows) > LOG


@dataclass(frozen=True, slots=True)
class HeardVoice:
    """The answer of one officer who heard the appeal."""

    name: str
    outcome: AppealOutcome
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ModerationCase:
    """One hiding with its appeal."""

    hiding: Hiding
    by: str
    lifted_by: str
    second: str
    """Of a removal: who had hidden it before."""
    appeal: Appeal | None
    voices: Sequence[HeardVoice]
    spoken: frozenset[int]
    terms: ForumTerms
    appeal_until: datetime

    def may_appeal(self) -> bool:
        """Whether there is still time, and reason, for its author to appeal."""
        return self.appeal is None and self.hiding.lifted_at is None and now() <= self.appeal_until

    def may_remove(self, actor: Actor) -> bool:
        """Whether the actor would be the second person (the table says whether they may hide at all)."""
        hiding, appeal = self.hiding, self.appeal
        if hiding.lifted_at is not None or hiding.kind is HidingKind.REMOVED:
            return False
        return hiding.by_id != actor.person_id and (appeal is None or appeal.decided_at is not None)

    def may_hear(self, actor: Actor) -> bool:
        """Whether the actor is one of the others who could decide it (the table says whether they may at all)."""
        appeal = self.appeal
        if appeal is None or appeal.decided_at is not None:
            return False
        return may_hear(actor.person_id, concerned=appeal.concerns, heard=self.spoken)


def case(hiding: Hiding) -> ModerationCase:
    """Everything about one hiding."""
    appeal = db.session.scalar(select(Appeal).where(Appeal.hiding_id == hiding.id))
    rows = _voices(appeal.id) if appeal else []
    terms = queries.terms_of(hiding.network_id)
    return ModerationCase(
        hiding=hiding,
        by=queries.name_of(hiding.by_id),
        lifted_by=queries.name_of(hiding.lifted_by_id),
        second=queries.name_of(hiding.second_id),
        appeal=appeal,
        voices=[HeardVoice(row.name, row.outcome, row.reason, row.at) for row in rows],
        spoken=frozenset(row.person_id for row in rows),
        terms=terms,
        appeal_until=rules.days_after(hiding.at, terms.appeal_days),
    )


def _voices(appeal_id: int) -> Sequence[Any]:
    query = select(
        AppealVoice.person_id, AppealVoice.outcome, AppealVoice.reason, AppealVoice.at, Person.name
    ).join(Person, Person.id == AppealVoice.person_id)
    return db.session.execute(query.where(AppealVoice.appeal_id == appeal_id).order_by(AppealVoice.at)).all()


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with the post that it is about."""

    report: Report
    post: Post
    reporter: str
    author: str
    earlier: int
    """How many reports of this post wait, this one with them."""


def reported(report: Report) -> Reported:
    """Everything about one report."""
    post = queries.post_of(report.post_id)
    waiting = select(Report.id).where(Report.post_id == post.id, Report.state == ReportState.OPEN)
    return Reported(
        report=report,
        post=post,
        reporter=queries.name_of(report.reporter_id) or report.name,
        author=queries.name_of(post.author_id),
        earlier=len(db.session.scalars(waiting).all()),
    )
