"""A choice between options, as it stands and as it is kept: for pages, data, mail and the register."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from govnet.decisions import queries
from govnet.decisions.rules import option_count, who_counts
from govnet.decisions.rules.option_count import OPTIONS, Ballot, OptionCount, Totals
from govnet.decisions.rules.outcome import AnswerKind, Rule, Tally
from govnet.kernel.messages import N_, Said
from govnet.record.chain import canonical

if TYPE_CHECKING:
    from govnet.decisions.models import Answer, ProposalVersion


@dataclass(frozen=True)
class OptionLine:
    """One option in the standings."""

    number: int
    title: str
    value: str
    """Its result as text: "7 points"."""
    width: int
    """Of a bar that is 1000 wide."""
    first: bool


@dataclass(frozen=True)
class RoundLine:
    """One round of a ranked count, as sentences."""

    number: int
    lines: tuple[tuple[str, str], ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Choosing:
    """The options of a version and the standings so far."""

    method: str
    rule: Rule
    titles: tuple[str, ...]
    count: OptionCount
    many: int
    """How many chose."""
    ballots: tuple[Ballot, ...] = ()

    def title(self, number: int | None) -> str:
        """An option's text; 0 is "None of these", and None is nothing."""
        if number is None:
            return ""
        return self.titles[number - 1] if number else str(_("None of these"))

    @property
    def numbered(self) -> list[tuple[int, str]]:
        """The options to choose from, "None of these" last."""
        return [(each, self.title(each)) for each in (*range(1, len(self.titles) + 1), option_count.NONE)]

    @property
    def leads(self) -> tuple[str, ...]:
        """The text of the first option; of all that are tied; empty if nobody chose."""
        first = () if self.count.first is None else (self.count.first,)
        return tuple(map(self.title, first or self.count.tied))

    @property
    def tie(self) -> str:
        """The tied options, for the first place or for going out."""
        return " / ".join(self.title(each) for each in self.count.tied)

    @property
    def lines(self) -> list[OptionLine]:
        """The standings, the leader first; in rounds, an option has what it had when it went out or won."""
        had = self._had()
        least = Fraction(self.many if self.rounds_counted else 1)
        whole = max(least, Fraction(1), *had.values())
        return [
            OptionLine(
                each,
                self.title(each),
                self.words(had[each]),
                int(1000 * had[each] / whole),
                each == self.count.first,
            )
            for each in self.count.order
        ]

    @property
    def rounds_counted(self) -> bool:
        """Whether it is counted round by round."""
        return self.method == "ranked" and self.rule.ranking == "irv"

    def _had(self) -> Totals:
        had = dict(self.count.totals)
        for one in self.count.rounds:
            had |= one.totals
        return had

    def words(self, total: Fraction) -> str:
        """A number with its unit: votes, points or dots."""
        number, whole = mixed(total), int(total) if total.denominator == 1 else 2
        if 0 < total < 1:
            return self._part(number)
        if self.method == "dots":
            return str(ngettext("%(n)s dot", "%(n)s dots", whole, n=number))
        if self.rounds_counted:
            return str(ngettext("%(n)s vote", "%(n)s votes", whole, n=number))
        return str(ngettext("%(n)s point", "%(n)s points", whole, n=number))

    def _part(self, number: str) -> str:
        """Less than one: half a vote, ⅓ of a point."""
        if self.rounds_counted:
            return str(_("half a vote") if number == "½" else _("%(n)s of a vote", n=number))
        return str(_("half a point") if number == "½" else _("%(n)s of a point", n=number))

    @property
    def rounds(self) -> list[RoundLine]:
        """The rounds of a ranked count, each as a sentence."""
        return [
            RoundLine(
                at,
                tuple((self.title(each), self.words(total)) for each, total in _ordered(one.totals)),
                tuple(self._said(one)),
            )
            for at, one in enumerate(self.count.rounds, 1)
            if self.many
        ]

    def _said(self, one: option_count.Round) -> list[str]:
        found = []
        if one.spent:
            found.append(
                ngettext(
                    "%(n)s vote names no option that is still in.",
                    "%(n)s votes name no option that is still in.",
                    1 if one.spent == 1 else 2,
                    n=mixed(one.spent),
                )
            )
        if one.level:
            last = ", ".join(map(self.title, one.level))
            found.append(
                _(
                    "Equal last: %(options)s. Whichever of them goes out, the same option comes first.",
                    options=last,
                )
            )
        if one.out:
            found.append(_("Out: %(options)s.", options=", ".join(map(self.title, one.out))))
        elif self.count.tied:
            found.append(_("A tie that no earlier round breaks: %(options)s.", options=self.tie))
        else:
            found.append(_("First: %(option)s.", option=self.title(self.count.first)))
        return [str(each) for each in found]

    def as_data(self) -> dict[str, Any]:
        """The standings as anybody may have them; totals are exact fractions."""
        kept = option_count.stored(self.count, self.ballots)
        return {**kept, "method": self.method, "ranking": self.rule.ranking, "titles": self.as_titles()}

    def as_titles(self) -> dict[str, str]:
        """Each option's number and text."""
        return {str(each): title for each, title in self.numbered}

    def of(self, answer: Answer) -> str:
        """One answer as text, the first option first."""
        return (" › " if self.method == "ranked" else ", ").join(self.each_of(answer))

    def each_of(self, answer: Answer) -> list[str]:
        """Each option that an answer gave something, with its rank, score or dots, the first option first."""
        given = queries.ballot(answer.choices)
        order = sorted(
            given, key=lambda each: (given[each] if self.method == "ranked" else -given[each], each or 99)
        )
        if self.method == "ranked":
            return [f"{given[each]}. {self.title(each)}" for each in order]
        return [
            f"{self.title(each)}: {given[each]}" for each in order if given[each] or self.method == "score"
        ]


def _ordered(totals: Totals) -> list[tuple[int, Fraction]]:
    return sorted(totals.items(), key=lambda each: (-each[1], each[0] or 99))


def mixed(number: Fraction) -> str:
    """A number as people write it: 3, 2½, ⅓; where there is no such sign to two places, 2.58."""
    whole, rest = divmod(Fraction(number), 1)
    if not rest:
        return str(whole)
    if rest in SIGNS:
        return f"{whole or ''}{SIGNS[rest]}"
    return format_decimal(round(float(number), 2), locale=get_locale() or "en")


SIGNS = {
    Fraction(over, under): unicodedata.lookup(f"VULGAR FRACTION {name}")
    for over, under, name in (
        (1, 2, "ONE HALF"), (1, 3, "ONE THIRD"), (2, 3, "TWO THIRDS"), (1, 4, "ONE QUARTER"), (3, 4, "THREE QUARTERS"),
        (1, 5, "ONE FIFTH"), (2, 5, "TWO FIFTHS"), (3, 5, "THREE FIFTHS"), (4, 5, "FOUR FIFTHS"), (1, 6, "ONE SIXTH"),
        (5, 6, "FIVE SIXTHS"), (1, 8, "ONE EIGHTH"), (3, 8, "THREE EIGHTHS"), (5, 8, "FIVE EIGHTHS"), (7, 8, "SEVEN EIGHTHS"),
    )
}  # fmt: skip
"""The fractions that have a sign of their own."""


def of_ballots(method: str, rule: Rule, titles: Sequence[str], ballots: Sequence[Ballot]) -> Choosing:
    """The choice as these ballots make it."""
    found = option_count.count(method, ballots, len(titles), ranking=rule.ranking)
    return Choosing(method, rule, tuple(titles), found, len(ballots), tuple(ballots))


def of_version(version: ProposalVersion, rule: Rule) -> Choosing | None:
    """The choice as the database has it; None if there are no options."""
    if version.method not in OPTIONS:
        return None
    titles = queries.options_of([version.id]).get(version.id, [])
    return of_ballots(version.method, rule, titles, queries.ballots(version.id))


def kept(tally: Tally, choosing: Choosing | None) -> dict[str, Any]:
    """The register's summary of the answers: the number of each, and with options the whole count."""
    return tally.as_json() | ({"options": choosing.as_data()} if choosing else {})


def tally_from(stored: dict[str, Any]) -> Tally:
    """The tally in the register, with the text of the first option."""
    options = stored.get("options")
    tally = Tally.from_counts({key: many for key, many in stored.items() if key != "options"})
    if not options or (options["first"] is None and not options["tied"]):
        return tally
    names = {**options["titles"], "0": str(_("None of these"))}
    leading = options["tied"] or [options["first"]]
    return replace(tally, leads=tuple(names[str(each)] for each in leading))


def problem(version: ProposalVersion, kind: AnswerKind, choices: Mapping[int, int]) -> Said | None:
    """The reason why a version can't be answered so: options are for choices, and nothing else."""
    if version.method not in OPTIONS:
        if kind is AnswerKind.CHOICE:
            return Said(N_("There is nothing to choose between here: give one of the answers."))
        if kind in who_counts.offered(queries.charter_of(version)):
            return None
        return Said(N_("By our rules this answer is not offered. Choose another, and say why."))
    if kind is AnswerKind.NO_VIEW:
        return None
    if kind is not AnswerKind.CHOICE:
        return Said(N_("Choose between the options, “None of these” too, or say that you have no view."))
    options = queries.options_of([version.id]).get(version.id, [])
    return option_count.problem(version.method, choices, len(options), queries.rule_of(version).dots)


def stored(choices: Mapping[int, int]) -> str:
    """A choice as its row keeps it."""
    return canonical({str(number): value for number, value in choices.items()})
