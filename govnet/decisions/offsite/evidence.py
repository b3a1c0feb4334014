"""The mails from which something that was decided off site came: kept as they were sent, shown without addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from govnet.decisions import queries
from govnet.decisions.models import Proposal, VersionState
from govnet.decisions.offsite.events import MailKept, MailRemoved
from govnet.decisions.offsite.models import EvidenceMail
from govnet.decisions.proposals.opening import still_open
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import NotFound, RuleBroken
from govnet.mail.incoming import parser
from govnet.permissions import Can, require
from govnet.record.actions import record

LARGEST = 900_000
"""The largest mail that is kept, in bytes."""
MOST = 20
"""Mails for one decision."""
_MOST_TEXT = 20_000


def keep(
    proposal: Proposal, raw: bytes, *, mail: parser.Incoming | None = None, by: Actor, via: Door
) -> EvidenceMail:
    """Keep a mail with a decision made elsewhere, while objections can be made. The same mail twice is kept once.

    `mail` is the result of `readable` from before the transaction; without it, it is read now. Raises RuleBroken for a file
    that is no mail, too large or one too many, and once it is closed.
    """
    act = require(by, Can.RECORD_DECISION, queries.network_of(proposal), via)
    version = still_open(proposal)
    if version.state is not VersionState.UNOPPOSED:
        raise RuleBroken(_("Mails are kept only with a decision taken elsewhere, while nobody has objected."))
    mail = mail or readable(raw)
    digest = hashlib.sha256(raw).hexdigest()
    known = select(EvidenceMail).where(EvidenceMail.proposal_id == proposal.id, EvidenceMail.digest == digest)
    row = db.session.scalar(known)
    if row is not None:
        return row
    if (db.session.scalar(select(func.count()).where(EvidenceMail.proposal_id == proposal.id)) or 0) >= MOST:
        raise RuleBroken(_("There are %(most)s mails already. Keep only those that matter.", most=MOST))
    row = EvidenceMail(
        proposal_id=proposal.id,
        digest=digest,
        raw=raw,
        sender=mail.sender,
        sender_name=mail.sender_name,
        subject=mail.subject,
        sent_at=mail.sent_at,
        text=mail.text[:_MOST_TEXT],
        added_by_id=by.person_id,
        at=clock.now(),
    )
    db.session.add(row)
    record(MailKept(act=act, **_about(proposal, version), digest=digest))
    return row


def readable(raw: bytes) -> parser.Incoming:
    """The mail in a file. Slow: call it before the transaction.

    Raises RuleBroken if it is too large, too tangled or no mail.
    """
    if len(raw) > LARGEST:
        raise RuleBroken(
            _("This mail is larger than %(most)s KB. Save it without its pictures.", most=LARGEST // 1000),
            field="file",
        )
    mail = parser.read(raw)
    if mail.over:
        raise RuleBroken(
            _(
                "This mail is too complicated for a program to read. Save it as plain text, without its "
                "attachments."
            ),
            field="file",
        )
    if not (mail.sent_at and (mail.sender or mail.sender_name)):
        raise RuleBroken(
            _("This is not a mail as it was sent: save it in your mail program as a file that ends in .eml."),
            field="file",
        )
    return mail


def _about(proposal: Proposal, version: Any) -> dict[str, Any]:
    return {"proposal": proposal, "version": version, "question": version.question}


def remove(proposal: Proposal, mail_id: int, why: str, *, by: Actor, via: Door) -> EvidenceMail:
    """Take a mail away because it is unlawful or private: that it was there, and why it went, stays. Twice does it once."""
    act = require(by, Can.RECORD_DECISION, queries.network_of(proposal), via)
    row = mail_of(proposal, mail_id)
    if row.removed_at is not None:
        return row
    if not why.strip():
        raise RuleBroken(_("Say why."), field="reason")
    row.raw, row.subject, row.text, row.sender, row.sender_name = None, "", "", "", ""
    row.removed_at, row.removed_why = clock.now(), why.strip()
    about = _about(proposal, queries.newest_version(proposal.id))
    record(MailRemoved(act=act, **about, digest=row.digest, reason=row.removed_why))
    return row


def mail_of(proposal: Proposal, mail_id: int) -> EvidenceMail:
    """A mail that is kept with this proposal. NotFound."""
    row = db.session.get(EvidenceMail, mail_id)
    if row is None or row.proposal_id != proposal.id:
        raise NotFound(_("There is no such mail here."))
    return row


def mails_of(proposal_id: int) -> Sequence[EvidenceMail]:
    """All that are kept with it, the oldest first."""
    query = select(EvidenceMail).where(EvidenceMail.proposal_id == proposal_id)
    oldest = query.options(joinedload(EvidenceMail.added_by)).order_by(EvidenceMail.sent_at, EvidenceMail.id)
    return db.session.scalars(oldest).all()


def as_data(mail: EvidenceMail) -> dict[str, Any]:
    """The facts for everybody: neither the sender nor the text."""
    return {
        "sha256": mail.digest,
        "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
        "removed_because": mail.removed_why or None,
    }
