"""What membership hears of other rooms, and its duties."""

from __future__ import annotations

from functools import partial

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
    personal,
    queries,
    renewing,
    verifying,
)
from govnet.membership.models import Application, Membership
from govnet.people.addresses import PersonErased, heard_by
from govnet.record import registry

_AT_ONCE = 20
"""People from an old list who are asked at one turn."""
_ASK, _ADMIT = "ask those found to confirm", "have admissions take effect"
_FORGET = "forget unconfirmed applications"


def bind() -> None:
    """Hear of erasures and incoming mail; admit, renew and forget in time."""
    registry.learn(appeal_events)
    registry.learn(organisation_events)
    listen(PersonErased, personal.forget_addresses)
    heard_by(queries.left)
    by_mail.bind()
    verifying.bind()
    duty(_ASK, ask_found, seconds=5)
    duty("renew memberships", renewing.run, seconds=30)
    duty("forget uploaded lists", importing.forget_old, seconds=3600)
    duty(_ADMIT, admissions, seconds=30)
    duty(_FORGET, forget_unconfirmed, seconds=3600)


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
