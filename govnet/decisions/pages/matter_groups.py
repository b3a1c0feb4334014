"""Which matters are decided by the same people in the same way: a proposer is asked only between such groups."""

from __future__ import annotations

from dataclasses import dataclass

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions.proposals import roll
from govnet.decisions.proposals.opening import may_propose
from govnet.kernel.actor import Actor


@dataclass(frozen=True)
class SameRule:
    """One way of deciding, with its matters."""

    body: str
    method: str
    matters: tuple[str, ...]


def same_rules(network: Network, charter: Charter, by: Actor) -> tuple[SameRule, ...]:
    """The matters on which somebody may propose, by their rule, in the catalogue's order; our rules have a form of their own."""
    found: dict[tuple[str, str], list[str]] = {}
    for matter in p.MATTERS:
        if matter != "charter" and may_propose(network, by, matter):
            rule = (roll.deciding(network, charter, matter), charter[p.METHOD_FOR[matter]])
            found.setdefault(rule, []).append(matter)
    return tuple(SameRule(body, method, tuple(matters)) for (body, method), matters in found.items())
