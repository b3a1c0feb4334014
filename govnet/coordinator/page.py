"""The coordinator's mandate as data."""

from __future__ import annotations

from typing import Any

from govnet.charter.queries import Named
from govnet.kernel.calendar import DAY
from govnet.offices.models import Mandate
from govnet.offices.queries import holder_name


def mandate_facts(mandate: Mandate, decision: Named | None) -> dict[str, Any]:
    """A mandate as data."""
    return {
        "holder": holder_name(mandate),
        "named": [n.person.name for n in mandate.named],
        "scope": mandate.scope,
        "from": mandate.start.isoformat(),
        "last_day": (mandate.end - DAY).isoformat(),
        "decision": decision.number if decision else None,
        "evidence": mandate.evidence,
        "ended": mandate.ended_why.value if mandate.ended_why else None,
        "reports": [{"due": r.due_on.isoformat(), "filed_at": r.at.isoformat()} for r in mandate.reports],
    }
