"""Whether decisions made elsewhere, their mails and their objections still agree with the record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import select

from govnet.decisions.models import Proposal
from govnet.decisions.offsite.events import MailKept, Objected, TakenElsewhere, TakenElsewhereLate
from govnet.decisions.offsite.models import EvidenceMail, OffsiteDecision, OffsiteObjection
from govnet.extensions import db
from govnet.record import registry
from govnet.record.audit import key_of, told
from govnet.record.models import Entry


def bind() -> None:
    """Have them compared."""
    registry.checks(changed_decisions)
    registry.checks(changed_objections)
    registry.checks(changed_mails)


def changed_decisions(network_id: int) -> Iterator[str]:
    """Decisions whose day, body or evidence differs from the record."""
    said = {
        key_of(entry.facts["subject"]): entry
        for entry in told(network_id, TakenElsewhere.verb, TakenElsewhereLate.verb)
    }
    rows = select(OffsiteDecision).join(Proposal).where(Proposal.network_id == network_id)
    for row in db.session.scalars(rows.order_by(OffsiteDecision.proposal_id)):
        entry = said.pop(row.proposal_id, None)
        if entry is None:
            yield f"there is no entry that wrote down off-site decision {row.proposal_id}"
        elif (entry.facts["taken_on"], entry.facts["taken_by"]) != (row.taken_on.isoformat(), row.taken_by):
            yield f"off-site decision {row.proposal_id} was taken on another day, or by others, than was recorded"
        elif entry.said("evidence") not in (None, row.evidence):
            yield f"off-site decision {row.proposal_id} rests on other words than were recorded"
    yield from (f"off-site decision {key} is on record, but not there any more" for key in sorted(said))


def changed_objections(network_id: int) -> Iterator[str]:
    """Objections by others than was recorded, and those of which the record says nothing."""
    said = {key_of(entry.facts["subject"]): entry for entry in told(network_id, Objected.verb)}
    rows = select(OffsiteObjection).join(Proposal, Proposal.id == OffsiteObjection.proposal_id)
    for row in db.session.scalars(rows.where(Proposal.network_id == network_id)):
        entry = said.pop(row.proposal_id, None)
        if entry is None or entry.facts["actor"] != row.person_id:
            yield f"the objection to off-site decision {row.proposal_id} is not the one that was recorded"
    yield from (f"the objection to off-site decision {key} is not there any more" for key in sorted(said))


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
