"""The proposer's replies to the reasons beside answers, one to each, while answers can be given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, select

from govnet.decisions import queries
from govnet.decisions.answers.models import ReasonReply
from govnet.decisions.models import Answer, Proposal, ProposalVersion, RollEntry
from govnet.decisions.proposals.events import ReasonAnswered
from govnet.decisions.proposals.opening import still_open
from govnet.decisions.rules import who_sees
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import NotFound, RuleBroken
from govnet.permissions import Can, require
from govnet.record.actions import record


@dataclass(frozen=True)
class ReplyStanding:
    """A reply with the answer that it stands beside."""

    text: str
    answer: Answer


def reply(proposal: Proposal, entry_id: int, text: str, *, by: Actor, via: Door) -> None:
    """Reply to the reason of a party on the roll, in place of an earlier reply. RuleBroken where there is none to read."""
    act = require(by, Can.REPLY_TO_REASON, proposal, via)
    _network, version = queries.network_of(proposal), still_open(proposal)
    answer = reason_of(version, entry_id, by)
    if not text.strip():
        raise RuleBroken(_("Write your reply."), field="text")
    row = db.session.get(ReasonReply, entry_id)
    if row is not None and (row.text, row.answers_at) == (text.strip(), answer.at):
        return  # sent twice
    if row is None:
        row = ReasonReply(entry_id=entry_id, version_id=version.id, author_id=by.person_id)
        db.session.add(row)
    row.text, row.answers_at, row.at = text.strip(), answer.at, clock.now()
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    entry = db.session.get_one(RollEntry, entry_id)
    record(ReasonAnswered(act=act, **about, entry=entry))


def reason_of(version: ProposalVersion, entry_id: int, actor: Actor) -> Answer:
    """The answer of a party that gave a reason, where the actor may read it. NotFound; RuleBroken while it is hidden."""
    query = select(Answer).where(Answer.entry_id == entry_id, Answer.version_id == version.id)
    answer = db.session.scalar(query.with_for_update())
    if answer is None or not answer.reason:
        raise NotFound(_("That reason is no longer there."))
    answered = any(each.answer for each in queries.entries_for(version.id, actor))
    if not who_sees.sees_tally(version.visible, closed=False, has_answered=answered):
        raise RuleBroken(_("You cannot read how others answered yet."))
    return answer


def standing(entry_id: int) -> ReplyStanding | None:
    """The reply to a party's answer, unless the answer has changed since."""
    same = and_(Answer.entry_id == ReasonReply.entry_id, Answer.at == ReasonReply.answers_at)
    query = select(ReasonReply.text, Answer).join(Answer, same).where(ReasonReply.entry_id == entry_id)
    found = db.session.execute(query).one_or_none()
    return ReplyStanding(*found) if found else None
