"""The worker's duties about memberships."""

from __future__ import annotations

from functools import partial

from govnet.kernel.duties import each_row
from govnet.membership.applications import actions, admission
from govnet.membership.applications import queries as applications_queries
from govnet.membership.memberships import actions as memberships_actions
from govnet.membership.memberships import queries
from govnet.membership.models import Application, Membership

_AT_ONCE = 20
"""People from an old list who are asked at one turn."""
ASK, ADMIT = "ask those found to confirm", "have admissions take effect"
FORGET = "forget unconfirmed applications"


def ask_found() -> int:
    """Write to people from an old list, one a transaction. Returns how many."""
    due = partial(queries.found_to_ask, limit=_AT_ONCE)
    return each_row(ASK, Membership, due, memberships_actions.ask_to_confirm)


def admissions() -> int:
    """Make members of those whose time to be objected to is over, one at a time. Returns how many."""
    return each_row(ADMIT, Application, applications_queries.due, admission.take_effect)


def forget_unconfirmed() -> int:
    """Delete the input about addresses that nobody confirmed in a week. Returns how many."""
    return each_row(FORGET, Application, actions.unconfirmed, actions.forget_unconfirmed)
