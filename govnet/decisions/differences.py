"""What a version would change in the rules, and how that differs from what the version before it would have changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govnet.charter import queries as charters
from govnet.charter.rules import Change, Charter, carried_over, diff, problems
from govnet.decisions import queries
from govnet.decisions.models import ProposalVersion


def changes(version: ProposalVersion) -> tuple[Change, ...]:
    """What an open version would change in the rules in force; a closed one, in those it opened under."""
    wanted = queries.changes_of(version)
    if not wanted:
        return ()
    own = charters.rules_of(version.charter_version)
    if not version.is_open:
        return _made(own, wanted)
    now = charters.rules_in_force(version.proposal.network_id)
    return _made(now, carried_over(own, wanted, now)) if _fits(now, own, wanted) else _made(own, wanted)


def between(before: ProposalVersion, version: ProposalVersion) -> tuple[Change, ...]:
    """How the rules that a version would make differ from those that the version before it would have made."""
    wanted, new = queries.changes_of(before), queries.changes_of(version)
    charter = charters.rules_of(version.charter_version)
    if wanted == new or problems(charter, wanted) or problems(charter, new):
        return ()
    return diff(charter.with_changes(wanted), charter.with_changes(new))


def _fits(now: Charter, own: Charter, wanted: Mapping[str, Any]) -> bool:
    return not problems(own, wanted) and not problems(now, carried_over(own, wanted, now))


def _made(charter: Charter, wanted: Mapping[str, Any]) -> tuple[Change, ...]:
    return () if problems(charter, wanted) else diff(charter, charter.with_changes(wanted))
