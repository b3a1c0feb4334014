"""What membership brings to the pages of other rooms: what waits, what is hers, what must be forgotten; its duties."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from govnet.accounts.waiting import Group, news, thing, waits
from govnet.accounts.yours import forget, yours
from govnet.charter.models import Network
from govnet.kernel.duties import duty, each_row
from govnet.kernel.signals import listen
from govnet.membership import (
    actions,
    appeal_events,
    by_mail,
    entering,
    importing,
    member_actions,
    newcomers,
    organisation_events,
    own,
    queries,
    renewing,
    verifying,
)
from govnet.membership.models import Application, ApplicationState, Membership, MembershipState
from govnet.people.addresses import PersonErased, heard_by
from govnet.people.models import Representation
from govnet.record import registry

_AT_ONCE = 20
"""People from an old list who are asked at one turn."""
_ASK, _ADMIT = "ask those found to confirm", "have admissions take effect"
_FORGET = "forget unconfirmed applications"


def bind() -> None:
    """Register everything."""
    registry.learn(appeal_events)
    registry.learn(organisation_events)
    waits("membership.confirm", unconfirmed, asks=_l("Confirm"), link=_own_page)
    waits("membership.renew", to_renew, asks=_l("Renew"), link=_renewing)
    waits("membership.answer", asked, asks=_l("Answer"), link=_my_application)
    news(Group.NEWS, "membership.joined", "membership.admitted", "organisation.represented")
    yours("membership", own.held)
    forget(_forget)
    listen(PersonErased, own.forget_addresses)
    heard_by(queries.left)
    by_mail.bind()
    verifying.bind()
    duty(_ASK, ask_found, seconds=5)
    duty("renew memberships", renewing.run, seconds=30)
    duty("forget uploaded lists", importing.forget_old, seconds=3600)
    duty(_ADMIT, admissions, seconds=30)
    duty(_FORGET, forget_unconfirmed, seconds=3600)


def unconfirmed(person_id: int, _now: datetime) -> list[Select[Any]]:
    """Memberships from an old list that the person can confirm."""
    return [part.where(Membership.state == MembershipState.FOUND) for part in _held(person_id)]


def to_renew(person_id: int, _now: datetime) -> list[Select[Any]]:
    """Memberships that the person was asked to renew."""
    asked = (Membership.state == MembershipState.ACTIVE, Membership.renewal_asked_at.is_not(None))
    return [part.where(*asked) for part in _held(person_id)]


def _held(person_id: int) -> tuple[Select[Any], Select[Any]]:
    """The person's own memberships, and those of organisations that they are the first to speak for."""
    row = thing(Membership.network_id, Membership.id, Network.name).where(Membership.end.is_(None))
    row = row.join(Network, Network.id == Membership.network_id)
    speaks = (
        Representation.person_id == person_id,
        Representation.is_primary,
        Representation.end.is_(None),
    )
    spoken = row.join(Representation, Representation.organisation_id == Membership.organisation_id)
    return row.where(Membership.person_id == person_id), spoken.where(*speaks)


def asked(person_id: int, _now: datetime) -> Select[Any]:
    """The person's applications about which something was asked."""
    return (
        thing(Application.network_id, Application.id, Network.name)
        .join(Network, Network.id == Application.network_id)
        .where(Application.person_id == person_id, Application.state == ApplicationState.ASKED)
    )


def _own_page(network: Any, _key: int) -> str:
    return url_for("membership.own", network=network)


def _renewing(network: Any, key: int) -> str:
    return url_for("membership.renewing_page", network=network, membership_id=key)


def _my_application(network: Any, _key: int) -> str:
    return url_for("membership.my_application", network=network)


def _forget(person_id: int) -> Iterable[str]:
    return own.forget(person_id)


def ask_found() -> int:
    """Write to people from an old list, one a transaction. Returns how many."""
    due = partial(queries.found_to_ask, limit=_AT_ONCE)
    return each_row(_ASK, Membership, due, member_actions.ask_to_confirm)


def admissions() -> int:
    """Make members of those whose time to be objected to is over, one at a time. Returns how many."""
    return each_row(_ADMIT, Application, newcomers.due, entering.take_effect)


def forget_unconfirmed() -> int:
    """Delete what was typed about addresses that nobody confirmed in a week. Returns how many."""
    return each_row(_FORGET, Application, actions.unconfirmed, actions.forget_unconfirmed)
