"""Counting answers to a choice between options, exactly. Pure: numbers in, standings and rounds out.

A ballot maps an option's number to its rank (1 stands first), its score or its dots. Option 0 is always there and
says "None of these", so that people can refuse everything. An option that a ballot does not name has no rank, score 0, no dots.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from govnet.kernel.messages import N_, Said

OPTIONS = ("ranked", "score", "dots")
"""The methods that choose between options."""
NONE = 0
"""The number of "None of these"."""
HIGHEST_SCORE = 5
LEAST_OPTIONS, MOST_OPTIONS = 2, 20
Ballot = Mapping[int, int]
Totals = Mapping[int, Fraction]


@dataclass(frozen=True)
class Round:
    """One round of a ranked count: what every option had, whose answers had run out, and what went out then."""

    totals: Totals
    spent: Fraction
    out: tuple[int, ...] = ()
    level: tuple[int, ...] = ()
    """Those that were last alike, where one of them went out and the same comes first whichever of them goes."""


@dataclass(frozen=True)
class OptionCount:
    """The result of a choice: the first option, or a tie and between which, or neither when nobody chose."""

    totals: Totals
    """The standings: the first round's votes in a ranked count by rounds, else points, scores, dots."""
    first: int | None = None
    tied: tuple[int, ...] = ()
    rounds: tuple[Round, ...] = ()

    @property
    def order(self) -> tuple[int, ...]:
        """The options as the standings list them: what stayed in longest first, then by totals, then by number."""
        lasted = {each: at for at, one in enumerate(self.rounds) for each in one.totals}
        last = self.rounds[-1].totals if self.rounds else {}
        keys = {each: (-lasted.get(each, 0), -last.get(each, 0), -self.totals[each]) for each in self.totals}
        return tuple(sorted(self.totals, key=lambda each: (each != self.first, *keys[each], each or 99)))


def count(method: str, ballots: Iterable[Ballot], options: int, *, ranking: str = "irv") -> OptionCount:
    """Count the ballots on options 1 to `options` and "None of these" by the method: ranked, score or dots."""
    given = list(ballots)
    numbers = (*range(1, options + 1), NONE)
    if method == "ranked":
        return instant_runoff(given, numbers) if ranking == "irv" else borda(given, numbers)
    return highest(given, numbers)


def highest(ballots: Sequence[Ballot], numbers: Sequence[int]) -> OptionCount:
    """Scores or dots: the highest total comes first; equal totals at the top are a tie."""
    totals = {each: Fraction(sum(one.get(each, 0) for one in ballots)) for each in numbers}
    return _first_of(totals, bool(ballots))


def borda(ballots: Sequence[Ballot], numbers: Sequence[int]) -> OptionCount:
    """Rankings by points: from each ballot one for every option that stands below, half for every equal one.

    Options without a rank stand together below all that have one. J.-C. de Borda, "Mémoire sur les élections au
    scrutin", Histoire de l'Académie royale des sciences 1781, in its symmetric form for equal ranks.
    """
    totals = dict.fromkeys(numbers, Fraction(0))
    for ballot, many in _alike(ballots):
        for each in numbers:
            totals[each] += many * _points(ballot, each, numbers)
    return _first_of(totals, bool(ballots))


def _points(ballot: Ballot, each: int, numbers: Sequence[int]) -> Fraction:
    last = len(numbers) + 1
    rank = ballot.get(each, last)
    others = [ballot.get(other, last) for other in numbers if other != each]
    return sum((rank < other) + Fraction(rank == other, 2) for other in others) + Fraction(0)


def _first_of(totals: Totals, anybody: bool) -> OptionCount:
    best = max(totals.values())
    leading = tuple(each for each, total in totals.items() if total == best)
    if not anybody:
        return OptionCount(totals)
    return OptionCount(totals, first=leading[0]) if len(leading) == 1 else OptionCount(totals, tied=leading)


def instant_runoff(ballots: Sequence[Ballot], numbers: Sequence[int]) -> OptionCount:
    """Rankings by rounds: the last option goes out until one option has more than half of the votes still in play.

    Preferential voting as in Robert's Rules of Order (12th ed., 45:62-69). Equal ranks are allowed: such a ballot
    is shared out in equal, exact parts (Split-IRV in Delemazure and Peters, "Generalizing Instant Runoff Voting to
    Allow for Indifferences", 2024). A ballot that names nothing still in play is spent. Of several that are last,
    all go at once when together they have fewer votes than the next (no order among them could change anything);
    else the one that had fewer in the latest earlier round in which they differ; else any of them, where the same
    comes first whichever goes; else it is a tie, nothing settled. A count that would take too long (WORK) is a tie too.
    """
    if not ballots:
        return OptionCount(dict.fromkeys(numbers, Fraction(0)))
    found = _Rounds(_alike(ballots), len(ballots), len(numbers))
    rounds = found.run(numbers, [])
    first = found.leads(rounds[-1])
    tied = _last_of(rounds[-1].totals, rounds[:-1]) if first is None else ()
    return OptionCount(rounds[0].totals, first, tied, tuple(rounds))


WORK = 300_000
"""The most votes that are counted again to see whether a tie among the last can change the first."""


class _Rounds:
    """The rounds of one count; ties among the last are followed every way."""

    def __init__(self, alike: Sequence[tuple[Ballot, int]], many: int, options: int) -> None:
        self.alike, self.many = alike, many
        self.left = WORK // (len(alike) * options)

    def run(self, still: Sequence[int], before: Sequence[Round]) -> list[Round]:
        """The rounds from here on, with those before; the last one has nobody out."""
        rounds = list(before)
        while True:
            totals = _votes(self.alike, still)
            one = Round(totals, self.many - sum(totals.values(), Fraction(0)))
            last = () if self.leads(one) is not None else _last_of(totals, rounds)
            if len(last) > 1 and not _apart(totals, last):
                one = self._either(one, last, still, rounds)
            else:
                one = Round(one.totals, one.spent, last)
            rounds.append(one)
            if not one.out:
                return rounds
            still = [each for each in still if each not in one.out]

    def leads(self, one: Round) -> int | None:
        """The option with more than half of the votes in play, or the only one; None while there is none."""
        leading = max(one.totals, key=lambda each: one.totals[each])
        enough = 2 * one.totals[leading] > self.many - one.spent or len(one.totals) == 1
        return leading if enough else None

    def _either(
        self, one: Round, last: tuple[int, ...], still: Sequence[int], before: Sequence[Round]
    ) -> Round:
        """That one of them goes out, where the same comes first whichever does; else nobody, and it is a tie."""
        ends: set[int | None] = set()
        for each in last:
            self.left -= 1
            if self.left < 0 or None in ends or len(ends) > 1:
                return one
            gone = Round(one.totals, one.spent, (each,))
            rest = self.run([other for other in still if other != each], [*before, gone])
            ends.add(self.leads(rest[-1]))
        return Round(one.totals, one.spent, last[:1], last) if len(ends) == 1 and None not in ends else one


def _last_of(totals: Totals, before: Sequence[Round]) -> tuple[int, ...]:
    """The options that go out: the last, several with too few together, or those that no earlier round tells apart."""
    fewest = min(totals.values())
    last = [each for each in totals if totals[each] == fewest]
    if _apart(totals, last):
        return tuple(last)
    for earlier in reversed(before):
        least = min(earlier.totals[each] for each in last)
        last = [each for each in last if earlier.totals[each] == least]
    return tuple(last)


def _apart(totals: Totals, last: Sequence[int]) -> bool:
    """Whether all of those have, together, fewer votes than the next: then no order among them changes anything."""
    above = [total for each, total in totals.items() if each not in last]
    return bool(above) and sum((totals[each] for each in last), Fraction(0)) < min(above)


def _votes(alike: Sequence[tuple[Ballot, int]], still: Sequence[int]) -> dict[int, Fraction]:
    totals = dict.fromkeys(still, Fraction(0))
    for ballot, many in alike:
        ranks = {each: ballot[each] for each in still if each in ballot}
        top = [each for each, rank in ranks.items() if rank == min(ranks.values())]
        for each in top:
            totals[each] += Fraction(many, len(top))
    return totals


def _alike(ballots: Iterable[Ballot]) -> list[tuple[Ballot, int]]:
    """Each different ballot and how many gave it, in an order that says nothing about when."""
    many = Counter(tuple(sorted(ballot.items())) for ballot in ballots)
    return [(dict(ballot), many[ballot]) for ballot in sorted(many)]


def problem(method: str, ballot: Ballot, options: int, dots: int) -> Said | None:
    """The reason why this can't be an answer; None when it can."""
    most = {"ranked": options + 1, "score": HIGHEST_SCORE, "dots": dots}[method]
    least = 1 if method == "ranked" else 0
    if any(not 0 <= each <= options for each in ballot):
        return Said(N_("There is no such option."))
    if any(not least <= value <= most for value in ballot.values()):
        words = N_("Use whole numbers from %(least)s to %(most)s.")
        return Said(words, {"least": least, "most": most})
    if method == "dots" and sum(ballot.values()) > dots:
        words = N_("You have %(dots)s dots to give away; these are %(given)s.")
        return Said(words, {"dots": dots, "given": sum(ballot.values())})
    if not ballot or (method == "dots" and not any(ballot.values())):
        return Said(N_("Choose at least one option, or say that you have no view."))
    return None


def stored(found: OptionCount, ballots: Iterable[Ballot]) -> dict[str, Any]:
    """A count as JSON keeps it, with every different ballot, so that anybody can count again."""
    return {
        "first": found.first,
        "tied": list(found.tied),
        "totals": _exact(found.totals),
        "rounds": [
            {"totals": _exact(one.totals), "spent": str(one.spent), "out": list(one.out)}
            | ({"level": list(one.level)} if one.level else {})
            for one in found.rounds
        ],
        "ballots": [
            [{str(each): value for each, value in one.items()}, many] for one, many in _alike(ballots)
        ],
    }


def ballots_in(kept: Mapping[str, Any]) -> list[Ballot]:
    """The ballots of a stored count, one by one."""
    return [
        {int(each): value for each, value in one.items()}
        for one, many in kept["ballots"]
        for _ in range(many)
    ]


def _exact(totals: Totals) -> dict[str, str]:
    return {str(each): str(total) for each, total in totals.items()}
