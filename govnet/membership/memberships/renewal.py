"""Renewing a membership with one click, and what happens when nobody does: asked, asked again, run out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select, update

from govnet.charter.models import Network
from govnet.charter.parameters import ROLL_DAYS
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door, by_rule
from govnet.kernel.duties import each, each_row
from govnet.kernel.errors import RuleBroken
from govnet.mail.headers import Address
from govnet.membership import mails
from govnet.membership.criteria import agree
from govnet.membership.events import MembershipLapsed, MembershipRenewed, RenewalUnheard
from govnet.membership.memberships import actions, queries, renewal_queries, renewal_rules
from govnet.membership.memberships.renewal_queries import Renewal, RenewalRule
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Organisation
from govnet.permissions import Can, require
from govnet.record.actions import record

_AT_ONCE = 50
"""Memberships that are looked after at one turn."""


def renew(membership: Membership, ticked: Collection[str] = (), *, by: Actor, via: Door) -> Membership:
    """Stay a member: the months run anew from today. Doing it twice on a day does it once.

    RuleBroken while a sentence that is new since is not ticked, and where there is nothing to renew.
    """
    act = require(by, Can.HOLD_MEMBERSHIP, membership, via)
    row = _locked_whole(membership.id)
    network = db.session.get_one(Network, row.network_id)
    day, asked = clock.today(network.zone), row.renewal_asked_at is not None
    if row.state is MembershipState.ACTIVE and row.renewed_on == day and not asked:
        return row
    if row.state is not MembershipState.ACTIVE:
        return actions.restart(row, ticked, by=by, via=via)
    rule = renewal_queries.rule_of(network)
    due = renewal_rules.due_on(row.start, row.renewed_on, rule.since, rule.months)
    broken = renewal_rules.cannot_renew(day, due, asked)
    if broken is not None:
        raise RuleBroken(broken)
    agree(row, ticked)
    row.renewed_on, row.renewal_asked_at, row.renewal_reminded_at = day, None, None
    record(MembershipRenewed(act=act, membership=row, name=queries.name_of(row)))
    return row


def _locked(membership_id: int) -> Membership:
    query = select(Membership).where(Membership.id == membership_id).with_for_update()
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _locked_whole(membership_id: int) -> Membership:
    """The same with its party and network."""
    _locked(membership_id)
    whole = queries.with_party(membership_id)
    assert whole is not None
    return whole


def run() -> int:
    """Do the day's work in every network: ask, ask again, let run out. Returns how many memberships it was."""
    networks = [network.id for network in renewal_queries.networks()]
    return each("renew memberships", networks, _one_network, alone=True)


def _one_network(network_id: int) -> int:
    rule = renewal_queries.rule_of(db.session.get_one(Network, network_id))
    done = 0
    for name, which, do in _STEPS:
        done += each_row(name, Membership, partial(which, rule, _AT_ONCE), partial(do, rule))
    return done


def _forget(_rule: RenewalRule, membership_id: int) -> bool:
    """Somebody was asked under a rule that no longer holds: they need not answer now."""
    nothing = {"renewal_asked_at": None, "renewal_reminded_at": None}
    db.session.execute(update(Membership).where(Membership.id == membership_id).values(nothing))
    return True


def _ask(rule: RenewalRule, membership_id: int) -> bool:
    row = _locked(membership_id)
    row.renewal_asked_at, row.renewal_reminded_at = clock.now(), None
    return _write("renew", membership_id, rule, again=False) or _unheard(membership_id, rule)


def _unheard(membership_id: int, rule: RenewalRule) -> bool:
    """Nobody speaks for the organisation: the officers of the network are notified before it runs out."""
    row = queries.with_party(membership_id)
    last = last_day(row, rule) if row is not None else None
    if row is None or row.organisation_id is None or last is None:
        return False
    record(
        RenewalUnheard(
            act=by_rule(row),
            membership=row,
            name=queries.name_of(row),
            organisation=db.session.get_one(Organisation, row.organisation_id),
            last_day=last,
        )
    )
    return True


def _remind(rule: RenewalRule, membership_id: int) -> bool:
    row = _locked(membership_id)
    row.renewal_reminded_at = clock.now()
    return _write("renew", membership_id, rule, again=True)


def _lapse(rule: RenewalRule, membership_id: int) -> bool:
    row = _locked_whole(membership_id)
    row.state = MembershipState.LAPSED
    row.renewal_asked_at = row.renewal_reminded_at = None
    record(
        MembershipLapsed(
            act=by_rule(row),
            seen_by=actions.seen(row),
            membership=row,
            name=queries.name_of(row),
        )
    )
    return _write("lapsed", membership_id, rule, again=False)


def _write(template: str, membership_id: int, rule: RenewalRule, *, again: bool) -> bool:
    whole = queries.with_party(membership_id)
    assert whole is not None
    address = queries.address_to_ask(whole)
    if address is None:
        return False
    mails.renewal(
        template,
        db.session.get_one(Network, whole.network_id),
        Address(address.address, address.person.name),
        actions.confirming_url(whole.network, whole.id, address.id),
        language=address.person.locale,
        key=_key(template, whole, rule, again=again),
        party=queries.name_of(whole) if whole.organisation_id else "",
        until=last_day(whole, rule),
        again=again,
    )
    return True


def _key(template: str, row: Membership, rule: RenewalRule, *, again: bool) -> str:
    """One mail of each kind for the months that run since the last renewal, under one rule."""
    runs = row.renewed_on or row.start
    return f"renewal:{row.id}:{runs}:{rule.since_at:%Y%m%d%H%M%S}:{template}:{'again' if again else 'first'}"


_STEPS: tuple[tuple[str, Callable[..., Sequence[int]], Callable[[RenewalRule, int], bool]], ...] = (
    ("forget that members were asked", renewal_queries.outdated, _forget),
    ("ask members to renew", renewal_queries.to_ask, _ask),
    ("remind members to renew", renewal_queries.to_remind, _remind),
    ("let memberships run out", renewal_queries.to_lapse, _lapse),
)


def last_day(membership: Membership, rule: RenewalRule) -> date | None:
    """The last day on which somebody who was asked can renew."""
    asked, reminded = membership.renewal_asked_at, membership.renewal_reminded_at
    if asked is None:
        return None
    return (
        renewal_rules.lapses_on(_day(asked, rule), _day(reminded, rule) if reminded else None, rule.grace)
        - renewal_rules.DAY
    )


def _day(moment: datetime, rule: RenewalRule) -> date:
    return moment.astimezone(rule.zone_info).date()


def stands(membership: Membership, network: Network) -> Renewal:
    """How a membership stands, for its member's page."""
    rule, day = renewal_queries.rule_of(network), clock.today(network.zone)
    if membership.state is not MembershipState.ACTIVE or membership.end is not None:
        return Renewal(None, membership.state is MembershipState.LAPSED, None)
    due = renewal_rules.due_on(membership.start, membership.renewed_on, rule.since, rule.months)
    until = last_day(membership, rule) if due else None
    return Renewal(due, renewal_rules.cannot_renew(day, due, until is not None) is None, until)


def on_roll_from(membership: Membership) -> date:
    """The first day on which the member's answer counts in what opens."""
    charter = rules_in_force(membership.network_id)
    return membership.start + timedelta(days=charter[ROLL_DAYS])
