"""What offices bring to the worker and to the pages of other rooms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from govnet.accounts.waiting import Group, desk_is, news, thing, waits
from govnet.accounts.yours import forget, yours
from govnet.charter.events import RulesAdopted
from govnet.charter.models import Network
from govnet.kernel.actor import Actor, current_actor
from govnet.kernel.duties import duty
from govnet.kernel.signals import listen
from govnet.membership.member_actions import Left
from govnet.offices import fitting, identity, leaving, parting, promising, verifying
from govnet.offices.desk import Desk, how_many_on_desk, on_desk, on_the_desk
from govnet.offices.ending import record_ends
from govnet.offices.models import Mandate, MandateNamed
from govnet.offices.queries import actor_for
from govnet.offices.rooms import below, selects

NEWS = (
    "term_granted",
    "term_cut_short",
    "term_unfit",
    "term_fits_again",
    "term_ended",
    "mandate_granted",
    "mandate_cut_short",
    "mandate_ended",
    "report_filed",
)


def bind() -> None:
    """Record ends a few seconds after midnight; fill the desk; say what waits, what is hers, and what is new."""
    on_desk(below, selects)
    desk_is(_desk_of, _how_many_on_desk_of)
    listen(Left, parting.left)
    listen(RulesAdopted, identity.follow)
    waits("offices.report", reports_due, asks=_l("Your report"), link=_report)
    waits("offices.promise", promising.waiting, asks=_l("Your promise"), link=_promise)
    news(Group.NEWS, *(f"offices.{verb}" for verb in NEWS))
    yours("offices", leaving.held)
    forget(leaving.forget)
    verifying.bind()
    duty("end offices", record_ends, seconds=5)
    duty("end offices of those who left", leaving.end_of_those_who_left, seconds=30)
    duty("see who fits their place", fitting.look, seconds=60)


def _desk_of(person_id: int, network: Network) -> Desk:
    return on_the_desk(network, _officer(person_id, network))


def _how_many_on_desk_of(person_id: int, network: Network) -> int:
    return how_many_on_desk(network, _officer(person_id, network))


def _officer(person_id: int, network: Network) -> Actor:
    actor = current_actor()
    mine = actor.network_id == network.id and actor.person_id == person_id
    return actor if mine else actor_for(person_id, network)


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


def _promise(network: Any, key: int) -> str:
    return url_for("promises.promise", network=network, promise_id=key)
