"""A network's name, its purpose and the hour at which answers close: by its rules, which a decision changes and nobody alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.charter import document, queries
from govnet.charter import parameters as p
from govnet.charter.events import NetworkRenamed, PurposeChanged, RulesAdopted
from govnet.charter.kinds import OneLine, Parameter
from govnet.charter.models import Network
from govnet.charter.queries import Named
from govnet.extensions import db
from govnet.kernel.translation import say
from govnet.record.actions import record
from govnet.record.models import Entry

DECIDED: Mapping[str, OneLine] = {"name": p.OWN_NAME, "purpose": p.OWN_PURPOSE}
"""Columns of a network that follow a rule of it."""
_EVENTS = {"name": NetworkRenamed, "purpose": PurposeChanged}


@dataclass(frozen=True)
class Fixed:
    """One thing that only a decision changes: how it is now, by which rule, and the decision that set it, if one did."""

    label: str
    value: str
    key: str
    decision: Named | None


def follow(adopted: RulesAdopted) -> None:
    """Set the network's name and purpose by its new rules; without one, it is as it was found."""
    network, charter = adopted.network, adopted.rules
    for column, event in _EVENTS.items():
        old = getattr(network, column)
        new = charter[DECIDED[column]] or _as_found(network.id, event.verb, old)
        if new != old:
            setattr(network, column, new)
            about: dict[str, Any] = {"act": adopted.act, "about": network, "adopted_by": adopted.adopted_by}
            record(event(**about, old=old, new=new))


def _as_found(network_id: int, verb: str, now: str) -> str:
    """Before the first change."""
    query = select(Entry.facts).where(Entry.network_id == network_id, Entry.verb == verb)
    first = db.session.scalar(query.order_by(Entry.number).limit(1))
    return str(json.loads(first)["old"]) if first else now


def fixed(network: Network) -> list[Fixed]:
    """The part of the page of settings that shows and does not change."""
    versions = {each.number: each for each in reversed(queries.versions(network.id))}
    rules = [queries.rules_of(each) for each in versions.values()]
    since, cited = document.set_by(rules), queries.named([each.adopted_by for each in versions.values()])
    closing = say(p.CLOSING_HOUR.phrase(rules[-1][p.CLOSING_HOUR]))
    shown: list[tuple[str, str, Parameter[Any]]] = [
        (_("Name"), network.name, p.OWN_NAME),
        (_("Purpose"), network.purpose, p.OWN_PURPOSE),
        (_("Hour at which answers close"), closing, p.CLOSING_HOUR),
    ]
    return [
        Fixed(label, value, rule.key, cited.get(versions[since[rule.key]].adopted_by or ""))
        for label, value, rule in shown
    ]
