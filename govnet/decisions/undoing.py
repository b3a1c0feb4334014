"""What a decision changed in the charter, and the values that were there before."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from govnet.charter import queries as charters
from govnet.charter.models import CharterVersion
from govnet.charter.rules import Charter, diff
from govnet.decisions.book import Decision


def change_of(decision: Decision) -> tuple[CharterVersion, CharterVersion] | None:
    """The charter versions before and with what a decision changed; None where it changed nothing.

    The end of a trial is a later version with the same decision beside it, so the earliest one counts.
    """
    for new, old in reversed(list(pairwise(charters.versions(decision.network_id)))):
        if new.adopted_by == f"decision:{decision.id}":
            return old, new
    return None


def former(decision: Decision) -> dict[str, Any]:
    """For each rule that a decision changed and that no later one has changed since: its value before, as JSON."""
    found = change_of(decision)
    if found is None:
        return {}
    old, new = (charters.rules_of(each) for each in found)
    now = charters.rules_of(charters.latest_version(decision.network_id))
    return {
        each.parameter.key: each.parameter.encode(each.old)
        for each in diff(old, new)
        if now[each.parameter] == each.new
    }


def still_to_change(charter: Charter, changes: dict[str, Any]) -> dict[str, Any]:
    """Of some changes those that would change something now."""
    stored = charter.stored()
    return {key: value for key, value in changes.items() if stored.get(key) != value}
