"""Whether answers and decisions are still what the record says of them: for the check of the record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from govnet.decisions.answering import sealed
from govnet.decisions.beside import EvidenceMail
from govnet.decisions.book import Decision
from govnet.decisions.events import Answered, AnswerEntered, ProposalDecided
from govnet.decisions.evidence_events import MailKept
from govnet.decisions.models import Position, Proposal, ProposalVersion
from govnet.extensions import db
from govnet.record import registry
from govnet.record.models import Entry
from govnet.record.rules import canonical


def bind() -> None:
    """Have them compared."""
    registry.checks(changed_answers)
    registry.checks(changed_mails)
    registry.keeps(ProposalDecided.verb, said=_said, texts=_decisions)


def changed_answers(network_id: int) -> Iterator[str]:
    """Answers that nobody recorded so: each has a salt with which its digest in the record can be made again.

    Whose words were erased is passed over: nothing is left that could be compared.
    """
    query = select(Entry.facts).where(
        Entry.network_id == network_id, Entry.verb.in_((Answered.verb, AnswerEntered.verb))
    )
    recorded = {json.loads(facts)["digest"] for facts in db.session.scalars(query)}
    answers = (
        select(Position, ProposalVersion.proposal_id)
        .join(ProposalVersion, ProposalVersion.id == Position.version_id)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(Proposal.network_id == network_id, ~Position.erased)
        .order_by(Position.id)
        .execution_options(yield_per=1000)
    )
    for position, proposal_id in db.session.execute(answers):
        if sealed(position) not in recorded:
            yield f"an answer to proposal {proposal_id} is not the one that was recorded"
        db.session.expunge(position)


def changed_mails(network_id: int) -> Iterator[str]:
    """Mails kept with decisions that are not, byte for byte, those that were recorded."""
    query = select(Entry.facts).where(Entry.network_id == network_id, Entry.verb == MailKept.verb)
    recorded = {json.loads(facts)["digest"] for facts in db.session.scalars(query)}
    mails = (
        select(EvidenceMail.proposal_id, EvidenceMail.digest, EvidenceMail.raw)
        .join(Proposal, Proposal.id == EvidenceMail.proposal_id)
        .where(Proposal.network_id == network_id)
        .order_by(EvidenceMail.id)
        .execution_options(yield_per=20)
    )
    for proposal_id, digest, raw in db.session.execute(mails):
        if digest not in recorded or (raw is not None and sha256(raw).hexdigest() != digest):
            yield f"a mail kept with proposal {proposal_id} is not the one that was recorded"


def _said(facts: Mapping[str, Any]) -> tuple[str, str]:
    result = _result(facts["number"], facts["outcome"], facts["tally"], facts["roll_size"])
    return facts["subject"], sha256(result.encode()).hexdigest()


def _decisions(network_id: int) -> Iterator[tuple[str, str]]:
    for each in db.session.scalars(select(Decision).where(Decision.network_id == network_id)):
        result = _result(each.number, each.outcome.value, json.loads(each.tally), each.roll_size)
        yield f"decision:{each.id}", result


def _result(number: str, outcome: str, tally: Mapping[str, Any], roll_size: int) -> str:
    return canonical({"number": number, "outcome": outcome, "tally": tally, "roll_size": roll_size})
