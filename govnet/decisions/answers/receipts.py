"""A receipt by mail for an answer, for anybody who wants one: the answer, the version, and that it counts."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.decisions import labels, queries
from govnet.decisions.answers import options as answers_options
from govnet.decisions.answers.actions import sealed
from govnet.decisions.models import Answer, ProposalVersion
from govnet.extensions import db
from govnet.kernel.actor import Actor
from govnet.kernel.errors import RuleBroken
from govnet.mail.headers import Address
from govnet.mail.outgoing import outbox
from govnet.people.models import Person
from govnet.people.persons import main_address
from govnet.permissions import Can, check_right


def mail_receipt(version_id: int, entry_id: int | None, *, by: Actor) -> None:
    """Mail the reader a receipt for the answer that they gave for this party; once for each answer, however often asked.

    RuleBroken where they gave none, or have no address.
    """
    version = queries.version_whole(version_id)
    check_right(by, Can.ANSWER, version.proposal)
    query = select(Answer).where(
        Answer.version_id == version_id, Answer.entry_id == entry_id, Answer.cast_by_id == by.person_id
    )
    answer = db.session.scalar(query)
    if answer is None:
        raise RuleBroken(_("You have not given an answer yet, so there is nothing to confirm."))
    person = db.session.get_one(Person, by.person_id)
    address = main_address(person.id)
    if not address:
        raise RuleBroken(_("We have no address of yours to write to. Add one under You."))
    network = version.proposal.network
    outbox.post(
        "decisions/receipt",
        to=Address(address, person.name or ""),
        context=_context(version, answer) | {"network": network, "zone": network.zone},
        network=network,
        language=person.locale,
        person_id=person.id,
        key=f"receipt:{answer.id}:{answer.at.isoformat()}",
    )


def _context(version: ProposalVersion, answer: Answer) -> dict[str, Any]:
    options = answers_options.of_version(version, queries.rule_of(version)) if answer.choices else None
    return {
        "version": version,
        "proposal": version.proposal,
        "given": answer,
        "answer": labels.label(answer.kind),
        "chosen": options.each_of(answer) if options else [],
        "party": queries.party_of(answer.entry_id),
        "digest": sealed(answer),
    }
