"""The charter's arithmetic once more, from nothing but what a stranger can download. Nothing here comes from the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

Rules = Mapping[str, Any]
Ballots = Sequence[tuple[Mapping[int, int], int]]
HALF = {"more_than": "1/2"}


def outcome(rules: Rules, facts: Mapping[str, Any]) -> str:
    """A charter's published rules for a decision's entry: matter, method, roll, tally, and whether it waited."""
    tally, method = facts["tally"], facts["method"]
    support, against = tally["agree"] + tally["reservations"], tally["stand-aside"] + tally["block"]
    answered = support + against + tally["no-view"] + tally.get("choice", 0)
    if method == "consent":
        return "blocked" if tally["block"] else _agreed(against)
    if answered < _quorum(rules, facts["matter"], facts["roll_size"]):
        return "no-quorum"
    if method == "advice":
        return "advice"
    if "options" in tally:
        return _chosen(rules, facts["matter"], method, tally["options"])
    if method != "consensus" or facts["after_waiting"]:
        wanted = _majorities(rules, facts["matter"], method)
        carried = support > 0 and all(_reached(each, support, support + against) for each in wanted)
        return "voted" if carried else "not-agreed"
    if tally["block"] > rules["decisions.blocks_tolerated"]:
        return "blocked"
    enough = support > 0 and _reached(rules["decisions.minimum_agreement"], support, answered)
    too_many = against > 0 and _reached(rules["decisions.asides_ceiling"], against, support + against)
    return _agreed(against) if enough and not too_many else "not-agreed"


def waits(rules: Rules, facts: Mapping[str, Any]) -> bool:
    """Whether such answers begin the waiting time after which a vote is held."""
    stopped = outcome(rules, {**facts, "after_waiting": False}) == "blocked"
    return stopped and facts["method"] == "consensus" and rules["decisions.fallback"] == "majority"


def first(rules: Rules, method: str, options: Mapping[str, Any]) -> int | None:
    """Which option comes first by the ballots; None where none does alone."""
    ballots = _ballots(options)
    if not ballots:
        return None
    if method == "ranked" and rules["decisions.ranking_rule"] == "irv":
        possible = could_win(ballots, frozenset(map(int, options["titles"])))
        return possible.pop() if len(possible) == 1 else None
    found = totals(method, options)
    leading = [each for each, total in found.items() if total == max(found.values())]
    return leading[0] if len(leading) == 1 else None


def totals(method: str, options: Mapping[str, Any]) -> dict[int, Fraction]:
    """The result of each option: points, by the places that ballots give it, or the sum of its scores or dots."""
    numbers, ballots = [*map(int, options["titles"])], _ballots(options)
    if method == "ranked":
        return {
            each: Fraction(sum(many * _points(one, each, numbers) for one, many in ballots))
            for each in numbers
        }
    return {each: Fraction(sum(many * one.get(each, 0) for one, many in ballots)) for each in numbers}


def _ballots(options: Mapping[str, Any]) -> Ballots:
    return [({int(each): value for each, value in one.items()}, many) for one, many in options["ballots"]]


def could_win(
    ballots: Ballots, still: frozenset[int], before: tuple[dict[int, Fraction], ...] = ()
) -> set[int]:
    """The options that can come first by rounds when ties among the last fall in every way."""
    totals = dict.fromkeys(still, Fraction(0))
    for ballot, many in ballots:
        ranks = {each: rank for each, rank in ballot.items() if each in still}
        top = [each for each, rank in ranks.items() if rank == min(ranks.values())]
        totals |= {each: totals[each] + Fraction(many, len(top)) for each in top}
    best = max(still, key=lambda each: totals[each])
    if 2 * totals[best] > sum(totals.values()) or len(still) == 1:
        return {best}
    last = [each for each in still if totals[each] == min(totals.values())]
    rest = [total for each, total in totals.items() if each not in last]
    if rest and sum(totals[each] for each in last) < min(rest):
        return could_win(ballots, still - {*last}, (*before, totals))
    for earlier in reversed(before):
        last = [each for each in last if earlier[each] == min(earlier[other] for other in last)]
    return set().union(*(could_win(ballots, still - {gone}, (*before, totals)) for gone in last))


def _agreed(against: int) -> str:
    return "consensus-with-stand-asides" if against else "consensus"


def _quorum(rules: Rules, matter: str, roll: int) -> int:
    if rules[f"matters.{matter}_body"] == "committee":
        return _least(rules["committee.quorum"], roll)
    kind = rules["decisions.quorum"]
    count = rules["decisions.quorum_count"] if kind in ("count", "both") else 0
    share = _least(rules["decisions.quorum_share"], roll) if kind in ("fraction", "both") else 0
    return max(count, share)


def _majorities(rules: Rules, matter: str, method: str) -> list[Mapping[str, str]]:
    """All of these a vote must reach."""
    own = {"supermajority": "decisions.supermajority", "consensus": "decisions.fallback_majority"}
    return [
        rules[own[method]] if method in own else HALF,
        rules["charter.majority"] if matter == "charter" else HALF,
    ]


def _chosen(rules: Rules, matter: str, method: str, options: Mapping[str, Any]) -> str:
    if rules["decisions.options_settle"] != "decides" or rules[f"matters.{matter}_method"] == "advice":
        return "advice"
    if not options["ballots"]:
        return "not-agreed"
    which = first(rules, method, options)
    return "tied" if which is None else "chosen" if which else "none-of-these"


def _points(ballot: Mapping[int, int], each: int, numbers: Sequence[int]) -> Fraction:
    """One for every option that stands below, half for every other that stands level; without a rank is last."""
    rank = {number: ballot.get(number, 99) for number in numbers}
    below = sum(rank[each] < rank[other] for other in numbers)
    return below + Fraction(sum(rank[each] == rank[other] for other in numbers) - 1, 2)


def _reached(share: Mapping[str, str], part: int, whole: int) -> bool:
    ((how, text),) = share.items()
    exact = Fraction(text) * whole
    return part >= exact if how == "at_least" else part > exact


def _least(share: Mapping[str, str], whole: int) -> int:
    return next(part for part in range(whole + 2) if _reached(share, part, whole))
