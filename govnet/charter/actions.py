"""Putting a charter into force. Nobody has the right: the program does it at founding and at a decision."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from govnet.charter import queries
from govnet.charter.events import CharterChanged, CharterFound, RulesAdopted
from govnet.charter.models import CharterVersion, Network
from govnet.charter.rules import Charter, canonical, problems
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.signals import emit
from govnet.kernel.translation import say
from govnet.permissions import Can, require
from govnet.record.actions import record


def begin(network: Network, charter: Charter, *, evidence: str, by: Actor, via: Door) -> CharterVersion:
    """Write down the rules as found: the network's first version, with how we know."""
    act = require(by, Can.SET_RULES, network, via)
    version = _version(network, charter, number=1, evidence=evidence)
    digest = _digest(version.parameters)
    found = CharterFound(act=act, charter=version, digest=digest, evidence=evidence)
    record(found)
    return version


def adopt(
    network: Network, changes: Mapping[str, Any], *, adopted_by: str, by: Actor, via: Door
) -> CharterVersion:
    """Put changed rules into force from now. RuleBroken when they don't fit the rules of today."""
    act = require(by, Can.SET_RULES, network, via)
    latest = queries.latest_version(network.id)
    charter = queries.rules_of(latest)
    RuleBroken.check((None, say(said)) for said in problems(charter, changes).values())
    new = charter.with_changes(changes)
    version = _version(network, new, number=latest.number + 1, adopted_by=adopted_by)
    event = CharterChanged(
        act=act,
        charter=version,
        number=version.number,
        adopted_by=adopted_by,
        digest=_digest(version.parameters),
        changed=sorted(changes),
    )
    record(event)
    emit(RulesAdopted(network, new, adopted_by, act))
    return version


def _version(network: Network, charter: Charter, *, number: int, **values: str) -> CharterVersion:
    version = CharterVersion(
        network_id=network.id,
        number=number,
        parameters=canonical(charter.stored()),
        in_force_from=clock.now(),
        **values,
    )
    db.session.add(version)
    queries.rules_changed()
    db.session.flush()  # the decision's page and the record name it by its key
    return version


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
