"""Who looks after the server: given and taken, and told in the record of every network that the server keeps."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from govnet.accounts.models import OperatorGrant, Person
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.operations import queries
from govnet.operations.events import OperatorGiven, OperatorTaken
from govnet.permissions import Can, require
from govnet.record.actions import record
from govnet.record.events import Event


def give(person: Person, *, by: Actor, via: Door) -> None:
    """From now on the person looks after the server; nothing changes if they did already."""
    require(by, Can.OPERATE)
    if queries.open_grant(person.id) is not None:
        return
    db.session.add(OperatorGrant(person_id=person.id, began_at=clock.now()))
    tell_all(OperatorGiven, by=by, via=via, person=person, name=person.name)


def take(person: Person, *, by: Actor, via: Door) -> None:
    """The person no longer looks after the server. Raises RuleBroken when they did not."""
    require(by, Can.OPERATE)
    grant = queries.open_grant(person.id)
    if grant is None:
        raise RuleBroken(_("%(name)s does not look after the server.", name=person.name))
    grant.ended_at = clock.now()
    tell_all(OperatorTaken, by=by, via=via, person=person, name=person.name)


def tell_all(kind: type[Event], *, by: Actor, via: Door, **facts: Any) -> None:
    """Record what an operator did in every network, since the server is everybody's."""
    under = require(by, Can.OPERATE)
    for network in queries.chained_networks():
        record(kind(network=network, by=by, under=under, via=via, **facts))
