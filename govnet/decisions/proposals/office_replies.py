"""Replies to offices that a proposal would give or take: shown beside it, for as long as it is open."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

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
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record


def reply(named: OfficePerson, text: str, *, by: Actor, via: Door) -> OfficeReply:
    """Reply to it, in place of an earlier reply. RuleBroken once it has closed, or a later version no longer names them."""
    act = require(by, Can.REPLY_IN_OWN_CASE, named, via)
    proposal = proposal_of(named)
    check_right(by, Can.READ_PROPOSAL, proposal)
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


def proposal_of(named: OfficePerson) -> Proposal:
    """The proposal that names them. NotFound while it is a draft."""
    change = db.session.get_one(OfficeChange, named.change_id)
    version = db.session.get_one(ProposalVersion, change.version_id)
    proposal = db.session.get(Proposal, version.proposal_id)
    if proposal is None:
        raise NotFound(_("There is no such proposal."))
    return proposal
