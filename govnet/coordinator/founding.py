"""A mandate as found: who held it when the network came here, with the evidence for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Act
from govnet.kernel.calendar import DAY
from govnet.kernel.clock import now, today
from govnet.offices import events
from govnet.offices.models import Mandate, MandateEnd, MandateNamed
from govnet.people.models import Organisation, Person
from govnet.record.actions import record


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMandate:
    """The coordinator as found: an organisation or a person, and the people named to act for it."""

    organisation_id: int | None = None
    person_id: int | None = None
    named: Sequence[int] = ()
    scope: str
    start: date
    end: date
    evidence: str


def mandate_as_found(network: Network, found: FoundMandate, act: Act) -> Mandate:
    """Record a mandate that was there before the network came here; an earlier one is over at once."""
    over = found.end <= today(network.zone)
    mandate = Mandate(
        network_id=network.id,
        organisation_id=found.organisation_id,
        person_id=found.person_id,
        scope=found.scope,
        start=found.start,
        end=found.end,
        evidence=found.evidence,
        reports_since=today(network.zone),
        ended_why=MandateEnd.EXPIRED if over else None,
        end_recorded_at=now() if over else None,
    )
    db.session.add(mandate)
    db.session.flush()  # the named people need its id
    db.session.add_all(MandateNamed(mandate_id=mandate.id, person_id=i) for i in dict.fromkeys(found.named))
    record(
        events.MandateFound(
            act=act,
            mandate=mandate,
            holder=_holder_name(found),
            start=found.start,
            last_day=found.end - DAY,
            evidence=found.evidence,
        )
    )
    return mandate


def _holder_name(found: FoundMandate) -> str:
    if found.organisation_id is not None:
        return db.session.get_one(Organisation, found.organisation_id).name
    return db.session.get_one(Person, found.person_id).name
