"""Reads renewals: the rule of each network with its start, and the memberships that are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from govnet.charter.models import Network
from govnet.charter.parameters import GRACE_DAYS, RENEWAL_MONTHS
from govnet.charter.queries import rules_of, versions
from govnet.extensions import db
from govnet.kernel import clock
from govnet.membership.memberships import renewal_rules
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import PersonEmail, Representation


@dataclass(frozen=True, slots=True)
class RenewalRule:
    """How memberships are renewed in a network today, and since when it is so."""

    network_id: int
    zone: str
    months: int
    grace: int
    since_at: datetime
    """The time when the number of months began to hold: nobody's first renewal is counted from before."""

    @property
    def zone_info(self) -> ZoneInfo:
        """The network's zone."""
        return ZoneInfo(self.zone)

    @property
    def since(self) -> date:
        """The day on which it began to hold."""
        return self.since_at.astimezone(self.zone_info).date()

    def before(self, days: int) -> datetime:
        """The instant before which something happened that is at least so many days old today."""
        return clock.midnight(clock.today(self.zone) - timedelta(days=days - 1), self.zone)


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a membership stands: when it is to be renewed, whether it can be now, and until when."""

    due: date | None
    possible: bool
    until: date | None
    """Of somebody who was asked: the last day."""


def networks() -> Sequence[Network]:
    """Every network."""
    return db.session.scalars(select(Network).order_by(Network.id)).all()


def rule_of(network: Network) -> RenewalRule:
    """The rule in force, and since when its months have been what they are."""
    past = [each for each in versions(network.id) if each.in_force_from <= clock.now()]
    charter = rules_of(past[0])
    months, since = charter[RENEWAL_MONTHS], past[0].in_force_from
    for each in past:
        if rules_of(each)[RENEWAL_MONTHS] != months:
            break
        since = each.in_force_from
    return RenewalRule(network.id, network.zone, months, charter[GRACE_DAYS], since)


def _active(rule: RenewalRule) -> tuple[ColumnElement[bool], ...]:
    return (
        Membership.network_id == rule.network_id,
        Membership.state == MembershipState.ACTIVE,
        Membership.end.is_(None),
    )


def _ids(limit: int, *conditions: ColumnElement[bool]) -> Sequence[int]:
    query = select(Membership.id).where(*conditions).order_by(Membership.id).limit(limit)
    return db.session.scalars(query).all()


def outdated(rule: RenewalRule, limit: int, *only: ColumnElement[bool]) -> Sequence[int]:
    """Memberships whose members were asked under a rule that holds no longer."""
    asked = Membership.renewal_asked_at.is_not(None)
    old = () if not rule.months else (Membership.renewal_asked_at < rule.since_at,)
    return _ids(limit, *_active(rule), asked, *old, *only)


def to_ask(rule: RenewalRule, limit: int, *only: ColumnElement[bool]) -> Sequence[int]:
    """Memberships that are due, and whose members were not asked.

    A person whom no mail reaches is left as they are; an organisation for which nobody speaks is not.
    """
    if not rule.months:
        return ()
    latest = renewal_rules.latest_due(clock.today(rule.zone), rule.months)
    if rule.since > latest:
        return ()
    runs = func.coalesce(Membership.renewed_on, Membership.start) <= latest
    return _ids(limit, *_active(rule), runs, Membership.renewal_asked_at.is_(None), _reachable(), *only)


def _reachable() -> ColumnElement[bool]:
    own = exists().where(PersonEmail.person_id == Membership.person_id, PersonEmail.main)
    spoken = exists().where(
        Representation.organisation_id == Membership.organisation_id,
        Representation.is_primary,
        Representation.end.is_(None),
        PersonEmail.person_id == Representation.person_id,
        PersonEmail.main,
    )
    alone = ~exists().where(
        Representation.organisation_id == Membership.organisation_id,
        Representation.is_primary,
        Representation.end.is_(None),
    )
    return or_(own, spoken, and_(Membership.organisation_id.is_not(None), alone))


def to_remind(rule: RenewalRule, limit: int, *only: ColumnElement[bool]) -> Sequence[int]:
    """Those who were asked and have a few days left."""
    if not rule.months:
        return ()
    asked = Membership.renewal_asked_at < rule.before(rule.grace - renewal_rules.lead(rule.grace))
    return _ids(limit, *_active(rule), asked, Membership.renewal_reminded_at.is_(None), *only)


def to_lapse(rule: RenewalRule, limit: int, *only: ColumnElement[bool]) -> Sequence[int]:
    """Those who were asked twice, and whose time is over."""
    if not rule.months:
        return ()
    return _ids(
        limit,
        *_active(rule),
        Membership.renewal_asked_at < rule.before(rule.grace),
        Membership.renewal_reminded_at < rule.before(renewal_rules.lead(rule.grace)),
        *only,
    )
