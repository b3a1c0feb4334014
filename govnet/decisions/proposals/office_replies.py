"""Replies to offices that a proposal would give or take: shown beside it, for as long as it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.decisions.models import Proposal, ProposalVersion
from govnet.decisions.proposals.events import OfficeReplied
from govnet.decisions.proposals.models import OfficeReply
from govnet.decisions.proposals.opening import still_open
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import NotFound, RuleBroken
from govnet.kernel.insertion import row_of
from govnet.offices.models import OfficeChange, OfficePerson
from govnet.permissions import Can, require
from govnet.record.actions import record


@dataclass(frozen=True)
class NamedCase:
    """Somebody whom a proposal names, and the proposal: their own case, where they may read it."""

    named: OfficePerson
    proposal: Proposal

    @property
    def network_id(self) -> int:
        """The proposal's."""
        return self.named.network_id

    @property
    def person_id(self) -> int:
        """The person named."""
        return self.named.person_id

    @property
    def visibility(self) -> str:
        """The readers of the proposal."""
        return self.proposal.visibility


def named_case(network: Network, named_id: int) -> NamedCase:
    """The case of somebody whom a proposal names, by the number of that. NotFound while it is a draft."""
    named = db.session.get(OfficePerson, named_id)
    proposal = _proposal_of(named) if named is not None and named.network_id == network.id else None
    if named is None or proposal is None:
        raise NotFound(_("There is no such proposal."))
    return NamedCase(named, proposal)


def reply(case: NamedCase, text: str, *, by: Actor, via: Door) -> OfficeReply:
    """Reply to it, in place of an earlier reply. RuleBroken once it has closed, or a later version no longer names them."""
    act = require(by, Can.REPLY_IN_OWN_CASE, case, via)
    proposal = case.proposal
    version = still_open(proposal)
    if not text.strip():
        raise RuleBroken(_("Write your reply."), field="text")
    before = db.session.get(OfficeReply, (proposal.id, by.person_id))
    if before is not None and before.text == text.strip():
        return before  # sent twice
    said: dict[str, Any] = {"text": text.strip(), "at": clock.now()}
    row = row_of(OfficeReply, proposal_id=proposal.id, person_id=by.person_id, **said)
    row.text, row.at = said["text"], said["at"]
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(OfficeReplied(act=act, **about))
    return row


def _proposal_of(named: OfficePerson) -> Proposal | None:
    change = db.session.get_one(OfficeChange, named.change_id)
    version = db.session.get_one(ProposalVersion, change.version_id)
    return db.session.get(Proposal, version.proposal_id)
