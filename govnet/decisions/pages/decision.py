"""A decision with all its parts: its versions, its later history, and its dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from govnet.charter.rules import Change
from govnet.decisions import labels, queries
from govnet.decisions.closing import petitions, results
from govnet.decisions.closing.petitions import Petition
from govnet.decisions.models import Decision, ProposalVersion
from govnet.decisions.offsite import evidence
from govnet.decisions.offsite.models import EvidenceMail
from govnet.decisions.pages import proposal as pages_proposal
from govnet.decisions.pages.proposal import VersionTally
from govnet.decisions.proposals import offices
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.proposals.models import OfficeReply
from govnet.decisions.register import queries as register_queries
from govnet.decisions.register.models import DecisionNote, NoteKind, Reviews
from govnet.decisions.rules import in_force, text_diff
from govnet.decisions.rules.in_force import DecisionState, Spell
from govnet.decisions.rules.outcome import Outcome
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.translation import say, say_when
from govnet.permissions import Can, can
from govnet.web.pages import last_day, moment


@dataclass(frozen=True)
class VersionText:
    """One version, and its differences from the one before it."""

    version: ProposalVersion
    parts: Sequence[tuple[str, str]]
    rules: Sequence[Change] = ()
    """The effect on the rules that the version before it did not have."""
    answered: VersionTally | None = None
    """How people answered them, where others took their place."""


@dataclass(frozen=True)
class Note:
    """One author's note beside a decision, with the same author's later additions."""

    first: DecisionNote
    added: Sequence[DecisionNote]


@dataclass(frozen=True)
class DecisionPage:
    """A decision as one reader sees it."""

    decision: Decision
    now: VersionTally
    today: date
    zone: ZoneInfo
    words: Sequence[VersionText]
    petition: Petition
    reviewed: tuple[Decision, Reviews] | None
    """The decision that this one looked at again, if it came of a petition."""
    thread: Thread | None
    changed: tuple[int, tuple[Change, ...]] | None
    not_applied: Sequence[str]
    mails: Sequence[EvidenceMail]
    """Those from which it came."""
    office_replies: Sequence[OfficeReply] = ()
    """The replies of the people named."""
    own_case: None = None

    @property
    def named(self) -> list[str]:
        """The offices that it gave or ended."""
        return self.now.named

    @property
    def state(self) -> DecisionState:
        """Whether it holds."""
        return in_force.state_of(self.decision, self.today)

    @property
    def later(self) -> Decision | None:
        """Its successor."""
        return in_force.replaced_by(self.decision, self.today)

    @property
    def again(self) -> Decision | None:
        """The earlier decision that is in force again, as this one's trial has ended."""
        return in_force.holds_again(self.decision, self.today)

    @property
    def back(self) -> Spell | None:
        """The last time that another had its place, if that one's trial has ended and it holds again."""
        if self.state is not DecisionState.IN_FORCE:
            return None
        return next(reversed(in_force.returns(self.decision, self.today, self.zone)), None)

    @property
    def on_trial(self) -> bool:
        """Whether it holds only until a day."""
        return in_force.on_trial(self.decision, self.today)

    @property
    def review_due(self) -> bool:
        """Whether its day of review has come."""
        return in_force.review_due(self.decision, self.today)

    @property
    def headline(self) -> str:
        """The outcome as a sentence, with its numbers."""
        decision = self.decision
        needed = queries.rule_of(decision.version).quorum.needed(decision.roll_size)
        return labels.headline(decision.outcome, results.tally_of(decision), needed, decision.door)

    def notes(self, *kinds: str) -> list[Note]:
        """The notes beside it, one for each author and kind, with the author's additions."""
        found: dict[Any, list[DecisionNote]] = {}
        for note in self.decision.notes:
            if note.kind.value in kinds:
                found.setdefault((note.kind, note.author_id), []).append(note)
        return [Note(each[0], each[1:]) for each in found.values()]


def whole(network_id: int, number: str, zone: str, actor: Actor) -> DecisionPage:
    """The decision with that number and everything beside it; NotFound. As many statements for any decision."""
    decision = register_queries.decision(network_id, number)
    proposal = decision.version.proposal
    thread = db.session.get(Thread, proposal.thread_id) if proposal.thread_id else None
    now = pages_proposal.decision_standing(decision, actor)
    return DecisionPage(
        decision,
        now,
        clock.today(zone),
        ZoneInfo(zone),
        _versions(decision, actor),
        petitions.petition(decision, actor),
        petitions.reviewed_by(decision.proposal_id),
        thread if thread is not None and can(actor, Can.READ_THREAD, thread) else None,
        register_queries.changes_of_rules(decision),
        results.not_applied(decision),
        evidence.mails_of(proposal.id) if proposal.offsite else (),
        offices.replies_to(proposal.id) if now.offices else (),
    )


def _versions(decision: Decision, actor: Actor) -> list[VersionText]:
    """Every version, the first one first, each with its differences from the one before, and the earlier answers."""
    query = (
        select(ProposalVersion)
        .where(ProposalVersion.proposal_id == decision.proposal_id)
        .where(ProposalVersion.opened_at >= decision.version.proposal.opened_at)
        .options(joinedload(ProposalVersion.charter_version))
        .order_by(ProposalVersion.number)
    )
    rows = db.session.scalars(query).all()
    for each in rows:
        set_committed_value(each, "proposal", decision.version.proposal)
    before = [None, *rows[:-1]]
    answered = [*pages_proposal.earlier_standings(rows[:-1], actor), None]
    return [
        VersionText(
            each,
            text_diff.shown(old.text, each.text) if old and old.text != each.text else (),
            proposals_queries.between(old, each) if old else (),
            then,
        )
        for old, each, then in zip(before, rows, answered, strict=True)
    ]


Event = tuple[str, str, str, bool | None]


def timeline(it: DecisionPage, zone: str, *, exact: bool = False) -> list[Event]:
    """From the first thread to the last review, dated, in the order in which it happened; `exact` for data."""
    when, on = (say_when, say) if exact else (moment, last_day)
    found = [*_talked(it), *_asked(it), *_written(it), *_looked_at_again(it), *_replaced(it)]
    done = [(when(at, zone), said, url, True) for at, said, url in sorted(found, key=lambda e: e[0])]
    offsite = it.decision.version.proposal.offsite
    first: list[Event] = [(on(offsite.taken_on), offsite.taken_where, "", True)] if offsite else []
    return [*first, *done, *_ahead(it, on)]


Happened = tuple[datetime, str, str]


def _talked(it: DecisionPage) -> list[Happened]:
    found: list[Happened] = []
    if it.thread is not None:
        where = url_for("forum.thread", thread_id=it.thread.id)
        found.append((it.thread.at, _("The discussion began: %(title)s", title=it.thread.title), where))
    drafted = it.decision.version.proposal.drafted_at
    if drafted is not None:
        found.append((drafted, _("Drafted together"), ""))
    return found


def _asked(it: DecisionPage) -> list[Happened]:
    found: list[Happened] = []
    for each in it.words:
        version = each.version
        said = _("Everybody concerned was asked") if version.number == 1 else _("Asked again in other words")
        if version.offsite:
            said = _("Written down, and open for objections")
        found.append((version.opened_at, said, f"#words-{version.number}" if len(it.words) > 1 else ""))
        if version.waiting_since:
            found.append((version.waiting_since, _("Stopped; the waiting time began"), ""))
        stops = each.answered.tally.block if each.answered and each.answered.counts else 0
        if version.closed_at and stops:
            said = ngettext("%(num)s member had said Stop", "%(num)s members had said Stop", stops)
            found.append((version.closed_at, said, f"#words-{version.number}"))
        if version.closed_at and version.outcome is Outcome.OBJECTED:
            found.append((version.closed_at, _("Somebody objected"), ""))
    decision = it.decision
    found.append((decision.decided_at, labels.short(decision.outcome, decision.door), ""))
    return found


_NOTES = {
    NoteKind.HEARD: lambda: _("Written beside it: what we heard, and what changed"),
    NoteKind.MINORITY: lambda: _("Written beside it: what the minority says"),
    NoteKind.ERRATUM: lambda: _("Written beside it: a slip in the text"),
}


def _written(it: DecisionPage) -> list[Happened]:
    return [(note.at, _NOTES[note.kind](), "#beside") for note in it.decision.notes]


def _looked_at_again(it: DecisionPage) -> list[Happened]:
    found: list[Happened] = []
    for row, version in it.petition.reviews:
        said = ngettext(
            "%(num)s member had it looked at again",
            "%(num)s members had it looked at again",
            row.requests,
        )
        where = url_for("decisions.proposal", proposal_id=row.proposal_id)
        found.append((version.proposal.opened_at, said, where))
        if version.closed_at and version.decision is not None:
            decided = version.decision
            said = _("Looked at again: %(outcome)s", outcome=labels.short(decided.outcome, decided.door))
            found.append((version.closed_at, said, url_for("decisions.decision", number=decided.number)))
    if it.petition.requests:
        asked = ngettext(
            "%(num)s member asked for a review",
            "The first of %(num)s members asked for a review",
            len(it.petition.requests),
        )
        found.append((it.petition.requests[0].at, asked, "#review"))
    return found


def _replaced(it: DecisionPage) -> list[Happened]:
    """Its successor, and the date when it was in force again."""
    found: list[Happened] = []
    for spell in in_force.spells(it.decision, it.zone):
        for each in spell.by:
            said = _("Replaced by %(number)s", number=each.number)
            if each is it.later and spell.until > it.today:
                said = labels.replaced(it.decision, it.today)
            found.append((each.decided_at, said, url_for("decisions.decision", number=each.number)))
    for spell in in_force.returns(it.decision, it.today, it.zone):
        said = _("In force again: the trial of %(number)s ended", number=spell.last.number)
        at = datetime.combine(spell.until, time.min, it.zone)
        found.append((at, said, url_for("decisions.decision", number=spell.last.number)))
    return found


def _ahead(it: DecisionPage, on: Callable[[date], str]) -> list[Event]:
    """Dates of their own: the review, and the end of a trial."""
    found: list[Event] = []
    decision = it.decision
    if decision.review_on and it.state is DecisionState.IN_FORCE:
        found.append((on(decision.review_on), _("To be looked at again"), "", it.review_due))
    if decision.trial_until and it.state is DecisionState.IN_FORCE:
        found.append((on(decision.trial_until), _("It ends by itself, unless it is confirmed"), "", False))
    if it.state is DecisionState.ENDED and decision.trial_until:
        found.append((on(decision.trial_until), _("Its trial ended; it is no longer in force"), "", True))
    if it.again is not None:
        said = _("In force again: %(number)s, which it had replaced", number=it.again.number)
        when = on(in_force.replaced_until(it.again))
        found.append((when, said, url_for("decisions.decision", number=it.again.number), True))
    return found
