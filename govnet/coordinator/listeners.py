"""What the coordinator's room brings to proposals and to the page "You"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from govnet.accounts.waiting import thing, waits
from govnet.charter.models import Network
from govnet.coordinator import actions
from govnet.decisions.offices import effect_is
from govnet.offices.models import Mandate, MandateNamed, OfficeKind


def bind() -> None:
    """Carry out what proposals decide about the mandate; say when a report is due."""
    effect_is(OfficeKind.MANDATE, actions.check_grant, actions.grant)
    effect_is(OfficeKind.END_MANDATE, actions.check_withdrawal, actions.withdraw)
    waits("offices.report", reports_due, asks=_l("Your report"), link=_report)


def reports_due(person_id: int, now: datetime) -> list[Select[Any]]:
    """Reports whose day has come, for whoever acts under the mandate."""
    query = thing(Mandate.network_id, Mandate.id, Network.name).join(
        Network, Network.id == Mandate.network_id
    )
    query = query.where(Mandate.next_report_on <= now, Mandate.start <= now, Mandate.end > now)
    named = query.join(MandateNamed, MandateNamed.mandate_id == Mandate.id)
    return [query.where(Mandate.person_id == person_id), named.where(MandateNamed.person_id == person_id)]


def _report(network: Any, key: int) -> str:
    return url_for("coordinator.report", network=network, mandate_id=key)
