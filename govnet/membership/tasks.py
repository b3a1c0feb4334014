"""Tasks from membership."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from govnet.charter.models import Network
from govnet.kernel.tasks import TaskKind, task_rows
from govnet.membership.models import Application, ApplicationState, Membership, MembershipState
from govnet.people.models import Representation


def unconfirmed(person_id: int, _now: datetime) -> list[Select[Any]]:
    """Memberships from an old list that the person can confirm."""
    return [part.where(Membership.state == MembershipState.FOUND) for part in _held(person_id)]


def to_renew(person_id: int, _now: datetime) -> list[Select[Any]]:
    """Memberships that the person was asked to renew."""
    asked = (Membership.state == MembershipState.ACTIVE, Membership.renewal_asked_at.is_not(None))
    return [part.where(*asked) for part in _held(person_id)]


def _held(person_id: int) -> tuple[Select[Any], Select[Any]]:
    """The person's own memberships, and those of organisations that they are the first to speak for."""
    row = task_rows(Membership.network_id, Membership.id, Network.name).where(Membership.end.is_(None))
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
        task_rows(Application.network_id, Application.id, Network.name)
        .join(Network, Network.id == Application.network_id)
        .where(Application.person_id == person_id, Application.state == ApplicationState.ASKED)
    )


def _own_page(network: Any, _key: int) -> str:
    return url_for("membership.own", network=network)


def _renewing(network: Any, key: int) -> str:
    return url_for("membership.renew", network=network, membership_id=key)


def _my_application(network: Any, _key: int) -> str:
    return url_for("membership.my_application", network=network)


TASKS = (
    TaskKind("membership.confirm", unconfirmed, asks=_l("Confirm"), link=_own_page),
    TaskKind("membership.renew", to_renew, asks=_l("Renew"), link=_renewing),
    TaskKind("membership.answer", asked, asks=_l("Answer"), link=_my_application),
)
