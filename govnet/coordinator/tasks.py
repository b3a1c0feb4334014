"""Tasks that come with the mandate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from govnet.charter.models import Network
from govnet.kernel.tasks import TaskKind, task_rows
from govnet.offices.models import Mandate, MandateNamed


def reports_due(person_id: int, now: datetime) -> list[Select[Any]]:
    """Reports whose day has come, for all who act under the mandate."""
    query = task_rows(Mandate.network_id, Mandate.id, Network.name)
    query = query.join(Network, Network.id == Mandate.network_id)
    query = query.where(Mandate.next_report_on <= now, Mandate.start <= now, Mandate.end > now)
    named = query.join(MandateNamed, MandateNamed.mandate_id == Mandate.id)
    return [query.where(Mandate.person_id == person_id), named.where(MandateNamed.person_id == person_id)]


def _report(network: Any, key: int) -> str:
    return url_for("coordinator.report", network=network, mandate_id=key)


TASKS = (TaskKind("offices.report", reports_due, asks=_l("Your report"), link=_report),)
