"""Answering, changing one's answer, and taking it back, until the deadline and not after."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from govnet.charter import queries as charters
from govnet.decisions import queries
from govnet.decisions.answers import options
from govnet.decisions.answers.models import ReasonReply
from govnet.decisions.models import Answer, PastAnswer, ProposalVersion, RollEntry, VersionState
from govnet.decisions.proposals.events import Answered, AnswerTakenBack
from govnet.decisions.proposals.interests import recused
from govnet.decisions.rules import deadlines, who_counts
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.errors import Conflict, NotAllowed, RuleBroken
from govnet.kernel.translation import say, say_when
from govnet.permissions import Can, require
from govnet.record.actions import record
from govnet.record.chain import canonical, salted_digest
from govnet.record.events import Event


class TooLate(Conflict):
    """The answer came after the deadline, or after a new version. It was not counted."""


@dataclass(frozen=True)
class AnswerInput:
    """The input for an answer."""

    kind: AnswerKind
    reason: str = ""
    remedy: str = ""
    principle: str = ""
    named: bool = False
    choices: Mapping[int, int] = field(default_factory=dict)
    """Between options: each option's number and its rank, score or dots."""


@dataclass(frozen=True)
class Hand:
    """The person whose answer it is, how it came, and whether it counts."""

    person_id: int | None
    door: Door
    _: KW_ONLY
    recused: bool
    counted: bool
    entered_by_id: int | None = None
    """The person who enters it for them."""


def answer(
    version_id: int, given: AnswerInput, *, by: Actor, via: Door, entry_id: int | None = None
) -> Answer:
    """Give or change the answer of one's own party (`entry_id` when one has two to choose from).

    Beside an answer that one gave for a party one spoke for before, and that counts, one's own is kept and does not count.
    TooLate at the deadline and after; RuleBroken for a Stop without reason or a second counted answer.
    """
    version = takes_answers(version_id)
    act = require(by, Can.ANSWER, version.proposal, via)
    parties = queries.entries_for(version_id, by)
    entry = _one_of(parties, entry_id)
    _check_asked(version, given, queries.answer_of(entry.id))
    check(version, given, entry)
    aside = recused(version, by.person_id)
    counted = entry.counted and not aside and _first_hand(version_id, entry, parties, by)
    hand = Hand(by.person_id, via, recused=aside, counted=counted)
    return put_in(version, entry, given, hand, lambda **sealed: Answered(**_about(version, act), **sealed))


def put_in(
    version: ProposalVersion, entry: RollEntry, given: AnswerInput, hand: Hand, event: Callable[..., Event]
) -> Answer:
    """Make it the answer of that party, whoever hands it in: every way of answering ends here, its checks done.

    The answer before it is kept as a past one; where it is the same, nothing happens, since it was sent twice. `event` is
    called with the answer's `digest`, and whether one was `changed`.
    """
    before = queries.answer_of(entry.id)
    said = {
        "kind": given.kind, "reason": given.reason, "remedy": given.remedy,
        "principle": given.principle if given.kind is AnswerKind.BLOCK else "",
        "choices": options.stored(given.choices) if given.kind is AnswerKind.CHOICE else "",
        "named": given.named, "recused": hand.recused, "counted": hand.counted,
        "cast_by_id": hand.person_id, "entered_by_id": hand.entered_by_id,
    }  # fmt: skip
    if hand.entered_by_id is not None:
        said["door"] = (
            hand.door
        )  # an officer may correct how it came; one's own answer is the same by mail and on the web
    if before is not None and all(getattr(before, name) == value for name, value in said.items()):
        return before
    was_by = before.cast_by_id if before is not None and before.counted else None
    if before is not None:
        keep(before)
    answer = before or Answer(version_id=version.id, entry_id=entry.id)
    for name, value in said.items():
        setattr(answer, name, value)
    answer.door = hand.door
    answer.at, answer.salt, answer.erased = clock.now(), secrets.token_hex(16), False
    db.session.add(answer)
    record(event(digest=sealed(answer), changed=before is not None))
    let_count(version.id, was_by)
    return answer


def take_back(version_id: int, entry_id: int | None, *, by: Actor, via: Door) -> None:
    """Have no answer any more, as long as answers can be given; what a colleague gave stands until it is changed.

    `entry_id` says for which party, where one has given several.
    """
    version = takes_answers(version_id)
    act = require(by, Can.ANSWER, version.proposal, via)
    answer = _given_by(by, _meant(queries.entries_for(version_id, by), entry_id))
    drop(answer)
    record(AnswerTakenBack(**_about(version, act)))


def drop(answer: Answer) -> None:
    """Take the party's answer back; an answer that was entered for them is not entered again."""
    keep(answer, undone=answer.entered_by_id is not None)
    db.session.execute(delete(ReasonReply).where(ReasonReply.entry_id == answer.entry_id))
    db.session.delete(answer)
    let_count(answer.version_id, answer.cast_by_id)


def sealed(answer: Answer) -> str:
    """The digest of an answer that the record keeps: with the answer's salt anybody can check it."""
    said = {"kind": answer.kind.value, "reason": answer.reason, "remedy": answer.remedy}
    more = {"principle": answer.principle, "choices": answer.choices}
    return salted_digest(answer.salt, canonical(said | {name: text for name, text in more.items() if text}))


def takes_answers(version_id: int) -> ProposalVersion:
    """The version, locked against closing, if answers to it are still taken; TooLate otherwise."""
    version = queries.version_for_answer(version_id)
    late = too_late(version)
    if late:
        raise TooLate(late)
    return version


def is_taken(version: ProposalVersion) -> bool:
    """Whether answers to this version are still taken."""
    return version.is_open and deadlines.takes_answers(clock.now(), version.deadline)


def too_late(version: ProposalVersion) -> str:
    """Why answers to this version are no longer taken; empty while they are."""
    if is_taken(version):
        return ""
    below = _("Your text is below; you can post it as a comment.")
    if version.outcome is not None and not version.outcome.numbered:
        said = _("This was taken back or changed while you were writing. Your answer was not counted.")
    else:
        said = _(
            "This closed on %(when)s, %(late)s before your answer arrived. It was not counted.",
            when=say_when(version.deadline, version.proposal.network.zone),
            late=say(deadlines.how_late(version.deadline, clock.now())),
        )
    return f"{said} {below}"


def _one_of(parties: Sequence[RollEntry], entry_id: int | None) -> RollEntry:
    meant = _meant(parties, entry_id)
    if len(meant) > 1:
        raise RuleBroken(
            _("Choose for whom you answer: for yourself or for your organisation."), field="party"
        )
    return meant[0]


def _meant(parties: Sequence[RollEntry], entry_id: int | None) -> list[RollEntry]:
    """Of the parties for which the actor may answer all, or the one that is meant. NotAllowed where there is none."""
    meant = [each for each in parties if entry_id in (None, each.id)]
    if not meant:
        raise NotAllowed(
            _("You were not among those who could answer when this opened. You can say what you think below.")
        )
    return meant


def _given_by(by: Actor, entries: Sequence[RollEntry]) -> Answer:
    """The one answer among these that is the actor's own doing."""
    answers = [each.answer for each in entries if each.answer is not None]
    given = [each for each in answers if each.cast_by_id == by.person_id]
    if not answers:
        raise RuleBroken(_("There is no answer to take back."))
    if not given:
        raise RuleBroken(_("A colleague gave this answer. It stands until you change it: give another one."))
    if len(given) > 1:
        raise RuleBroken(
            _("Choose which answer you take back: your own or your organisation’s."), field="party"
        )
    return given[0]


def _check_asked(version: ProposalVersion, given: AnswerInput, before: Answer | None) -> None:
    """RuleBroken unless it corrects an answer entered from a meeting; a Stop there would stop nothing."""
    if version.state is VersionState.OPEN:
        return
    if before is None or before.entered_by_id is None:
        raise RuleBroken(_("This was decided elsewhere. You can object to it."))
    if given.kind is AnswerKind.BLOCK:
        raise RuleBroken(
            _("This was decided elsewhere: a Stop here changes nothing. To stop it, object: say why."),
            field="answer",
        )


def _first_hand(version_id: int, entry: RollEntry, parties: Sequence[RollEntry], by: Actor) -> bool:
    """Whether it is the one answer of this person that counts. RuleBroken where another has to go first."""
    caster, own = by.person_id or 0, entry.person_id is not None
    given = queries.answers_by(version_id, caster)
    may = {each.id for each in parties}
    twice = who_counts.second_hand(given, entry.id, caster, own=own, may=may)
    if twice is not None:
        raise RuleBroken(say(twice), field="party")
    return who_counts.other_party(given, entry.id, caster) is None


def let_count(version_id: int, person_id: int | None) -> None:
    """Once nothing else of theirs counts, a person's own answer does that stood back behind another's."""
    db.session.flush()  # a changed answer is seen below, and by the index that lets one answer count
    if person_id is None or any(each.counted for each in queries.answers_by(version_id, person_id)):
        return
    own = (
        select(Answer)
        .join(RollEntry, RollEntry.id == Answer.entry_id)
        .where(
            RollEntry.version_id == version_id,
            RollEntry.person_id == person_id,
            RollEntry.counted,
            Answer.cast_by_id == person_id,
            Answer.recused.is_(False),
        )
    )
    for answer in db.session.scalars(own):
        answer.counted = True


def check(version: ProposalVersion, given: AnswerInput, entry: RollEntry) -> None:
    """RuleBroken unless the party can give this answer to that question, with all that belongs to it."""
    wrong = options.problem(version, given.kind, given.choices)
    if wrong is not None:
        raise RuleBroken(say(wrong))
    if given.kind is AnswerKind.BLOCK:
        _check_stop(version, given, entry)


def _check_stop(version: ProposalVersion, given: AnswerInput, entry: RollEntry) -> None:
    """RuleBroken if this party can't say Stop, or the Stop lacks something that the charter asks for."""
    charter, proposal = charters.rules_of(version.charter_version), version.proposal
    if not who_counts.may_stop(charter, organisation=entry.organisation_id is not None, body=proposal.body):
        raise RuleBroken(
            _("By our rules only organisations can say Stop. You can disagree, and say why."), field="answer"
        )
    asked = who_counts.needs_principle(charter)
    allowed = who_counts.principles(charter, proposal.network.purpose) if asked else None
    lacks = who_counts.stop_lacks(given.reason, given.remedy, given.principle, allowed)
    RuleBroken.check((name, say(said)) for name, said in lacks.items())


def keep(answer: Answer, *, undone: bool = False) -> None:
    """Keep an answer that is about to change, with the time until which it stood."""
    past = PastAnswer(
        version_id=answer.version_id,
        entry_id=answer.entry_id,
        cast_by_id=answer.cast_by_id,
        kind=answer.kind,
        reason=answer.reason,
        remedy=answer.remedy,
        principle=answer.principle,
        choices=answer.choices,
        entered_by_id=answer.entered_by_id,
        door=answer.door,
        undone=undone,
        at=answer.at,
        until=clock.now(),
    )
    db.session.add(past)


def _about(version: ProposalVersion, act: Act) -> dict[str, Any]:
    return {"act": act, "proposal": version.proposal, "version": version, "question": version.question}
