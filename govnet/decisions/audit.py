"""Whether answers and decisions are still what the record says of them: for the check of the record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from govnet.decisions.answers.actions import sealed
from govnet.decisions.closing.events import ReviewOpened
from govnet.decisions.models import Answer, AnyProposal, Decision, ProposalVersion, VersionState
from govnet.decisions.offsite.events import Objected, TakenElsewhere, TakenElsewhereLate
from govnet.decisions.proposals import offices
from govnet.decisions.proposals.events import (
    AboutProposal,
    Answered,
    AnswerEntered,
    MeetingNoteWritten,
    ProposalDecided,
    ProposalOpened,
    ProposalReworded,
)
from govnet.decisions.register.models import DecisionNote, MeetingNote
from govnet.extensions import db
from govnet.offices.models import OfficeChange
from govnet.record import registry
from govnet.record.audit import key_of, other_html, told
from govnet.record.chain import canonical
from govnet.record.events import plain
from govnet.record.models import Entry

ASKED = tuple(
    event.verb
    for event in (
        ProposalOpened,
        ProposalReworded,
        TakenElsewhere,
        TakenElsewhereLate,
        Objected,
        ReviewOpened,
    )
)
"""The entries by which something was asked, each with the question and the digest of the text."""

_ASKED = ProposalVersion.state != VersionState.DRAFT
"""A draft belongs to its author alone: the record has its digest for those who read it, and is not compared with it."""


def bind() -> None:
    """Have them compared."""
    registry.checks(changed_answers)
    registry.checks(changed_questions)
    registry.checks(changed_headlines)
    registry.checks(changed_offices)
    registry.checks(changed_pages)
    registry.keeps(ProposalDecided.verb, said=_said, texts=_decisions)
    registry.keeps(MeetingNoteWritten.verb, texts=_notes)
    registry.keeps(*ASKED, said=_asked, texts=_texts)


def changed_answers(network_id: int) -> Iterator[str]:
    """Answers that nobody recorded so: each has a salt with which its digest in the record can be made again.

    Answers whose words were erased are left out: nothing is left that could be compared.
    """
    query = select(Entry.facts).where(
        Entry.network_id == network_id, Entry.verb.in_((Answered.verb, AnswerEntered.verb))
    )
    recorded = {json.loads(facts)["digest"] for facts in db.session.scalars(query)}
    answers = (
        select(Answer, ProposalVersion.proposal_id)
        .join(ProposalVersion, ProposalVersion.id == Answer.version_id)
        .join(AnyProposal, AnyProposal.id == ProposalVersion.proposal_id)
        .where(AnyProposal.network_id == network_id, ~Answer.erased)
        .order_by(Answer.id)
        .execution_options(yield_per=1000)
    )
    for answer, proposal_id in db.session.execute(answers):
        if sealed(answer) not in recorded:
            yield f"an answer to proposal {proposal_id} is not the one that was recorded"
        db.session.expunge(answer)


def changed_questions(network_id: int) -> Iterator[str]:
    """Proposals that ask something else than the record says, and those of which it says nothing.

    Every entry about a proposal has its question; where who asked it is gone, another's still has it.
    """
    verbs = [verb for verb, event in registry.events().items() if issubclass(event, AboutProposal)]
    opened: set[int] = set()
    said: dict[int, str | None] = {}
    for entry in told(network_id, *verbs):
        key = key_of(entry.facts["version"])
        opened |= {key} if entry.verb in ASKED else set()
        said[key] = said.get(key) or entry.said("question")
    rows = select(ProposalVersion.id, AnyProposal.id, ProposalVersion.number, ProposalVersion.question)
    rows = rows.join(AnyProposal, ProposalVersion.proposal_id == AnyProposal.id)
    rows = rows.where(AnyProposal.network_id == network_id, _ASKED).order_by(ProposalVersion.id)
    for key, proposal, number, question in db.session.execute(rows.execution_options(yield_per=1000)):
        if key not in opened:
            yield f"there is no entry that opened proposal {proposal} in its words number {number}"
        elif said[key] not in (None, question):
            yield f"proposal {proposal}, in its words number {number}, asked something else"


def changed_offices(network_id: int) -> Iterator[str]:
    """Proposals that name other people or places than the record says."""
    said = {key_of(e.facts["version"]): e.facts.get("offices", []) for e in told(network_id, *ASKED)}
    named = offices.rows_of([key for key, told_ in said.items() if told_])
    query = select(OfficeChange.version_id).join(ProposalVersion).join(AnyProposal)
    there = set(db.session.scalars(query.where(AnyProposal.network_id == network_id, _ASKED).distinct()))
    named |= offices.rows_of(there - named.keys())
    for version_id, rows in sorted(named.items()):
        asked = offices.facts(offices.inputs(rows, network_id))
        if plain(asked) != said.get(version_id):
            yield f"proposal {_proposal(version_id)} names other offices than was recorded"


def _proposal(version_id: int) -> int:
    return db.session.get_one(ProposalVersion, version_id).proposal_id


def changed_headlines(network_id: int) -> Iterator[str]:
    """Lines of the register that read otherwise than the record, or that it does not know, or that are gone."""
    said = {entry.key: entry for entry in told(network_id, ProposalDecided.verb)}
    rows = select(Decision.id, Decision.year, Decision.serial, Decision.question, Decision.proposal_id)
    rows = rows.where(Decision.network_id == network_id).order_by(Decision.id)
    for key, year, serial, question, proposal_id in db.session.execute(
        rows.execution_options(yield_per=1000)
    ):
        entry, number = said.pop(key, None), f"{year}-{serial:02d}"
        if entry is None:
            yield f"there is no entry that made decision {number}"
        elif entry.said("question") not in (None, question):
            yield f"the question of decision {number} is not the one that was recorded"
        elif key_of(entry.facts["proposal"]) != proposal_id:
            yield f"decision {number} is of another proposal than was recorded"
    yield from (
        f"decision {entry.facts['number']} is on record, but not there any more" for entry in said.values()
    )


def changed_pages(network_id: int) -> Iterator[str]:
    """Proposals, and notes beside decisions, that read otherwise on their page than they were written."""
    versions = select(AnyProposal.id, ProposalVersion.text, ProposalVersion.html)
    versions = versions.join(ProposalVersion, ProposalVersion.proposal_id == AnyProposal.id)
    versions = versions.where(AnyProposal.network_id == network_id, _ASKED)
    yield from other_html(versions, "the page of proposal %(name)s does not show its text")
    notes = select(DecisionNote.id, DecisionNote.text, DecisionNote.html)
    notes = notes.join(Decision, Decision.id == DecisionNote.decision_id)
    notes = notes.where(Decision.network_id == network_id)
    yield from other_html(notes, "what is shown of note %(name)s beside a decision is not its text")
    of_meetings = select(MeetingNote.id, MeetingNote.text, MeetingNote.html).where(
        MeetingNote.network_id == network_id
    )
    yield from other_html(of_meetings, "what is shown of note %(name)s of a meeting is not its text")


def _notes(network_id: int) -> Iterator[tuple[str, str]]:
    query = select(MeetingNote.id, MeetingNote.text).where(MeetingNote.network_id == network_id)
    for key, text in db.session.execute(query):
        yield f"meeting_note:{key}", text


def _asked(facts: Mapping[str, Any]) -> tuple[tuple[str, int], str]:
    return (facts["subject"], facts["number"]), facts["digest"]


def _texts(network_id: int) -> Iterator[tuple[tuple[str, int], str]]:
    query = select(AnyProposal.id, ProposalVersion.number, ProposalVersion.text)
    rows = query.join(AnyProposal, AnyProposal.id == ProposalVersion.proposal_id)
    rows = rows.where(AnyProposal.network_id == network_id, _ASKED).execution_options(yield_per=100)
    for key, number, words in db.session.execute(rows):
        yield (f"proposal:{key}", number), words


def _said(facts: Mapping[str, Any]) -> tuple[str, str]:
    result = _result(facts["number"], facts["outcome"], facts["tally"], facts["roll_size"])
    return facts["subject"], sha256(result.encode()).hexdigest()


def _decisions(network_id: int) -> Iterator[tuple[str, str]]:
    for each in db.session.scalars(select(Decision).where(Decision.network_id == network_id)):
        result = _result(each.number, each.outcome.value, json.loads(each.tally), each.roll_size)
        yield f"decision:{each.id}", result


def _result(number: str, outcome: str, tally: Mapping[str, Any], roll_size: int) -> str:
    return canonical({"number": number, "outcome": outcome, "tally": tally, "roll_size": roll_size})
