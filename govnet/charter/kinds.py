"""The kinds of parameter a charter is made of: how each is checked, stored and said. Pure."""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Generic, TypeVar, cast

from govnet.charter.thresholds import Strictness, Threshold, fraction_words
from govnet.kernel.messages import N_, NN_, Said, counted
from govnet.kernel.numbers import fraction, whole_number
from govnet.kernel.person_names import trouble

T = TypeVar("T")
MOST_STATEMENTS, LONGEST_STATEMENT = 40, 500


class BadValue(ValueError):
    """A value that a parameter can't take; `said` tells a person what to do."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


@dataclass(frozen=True, kw_only=True)
class Parameter(ABC, Generic[T]):
    """One rule that a network can set: its type, default, explanation and sentence."""

    key: str
    default: T
    title: str
    explains: str
    clause: str
    when: tuple[str, frozenset[Any]] | None = None
    """Another parameter's key and the values of it that give this one a meaning; of several chosen, one is enough."""
    older: str = ""
    """The key of the parameter that holds in its place where a charter is older than this one."""
    retired: bool = False
    """The default holds for every network and is no longer asked or stored; another value of an older charter
    holds until that network decides for the default.
    """

    @property
    def section(self) -> str:
        """The chapter of the charter for it."""
        return self.key.partition(".")[0]

    @abstractmethod
    def check(self, value: object) -> T:
        """The value as its type; BadValue explains why not."""

    def encode(self, value: T) -> Any:
        """As JSON has it."""
        return value

    def decode(self, stored: Any) -> T:
        """From JSON, checked like anything that comes from outside."""
        return self.check(stored)

    @abstractmethod
    def phrase(self, value: T) -> Said | tuple[Said, ...] | str:
        """The value as it stands inside a sentence."""

    def states(self, value: T) -> Said:
        """The sentence of the charter document."""
        return Said(self.clause, {"value": self.phrase(value)})


UNITS: Mapping[str, tuple[str, str]] = {
    "hours": NN_("%(num)s hour", "%(num)s hours"),
    "days": NN_("%(num)s day", "%(num)s days"),
    "months": NN_("%(num)s month", "%(num)s months"),
    "members": NN_("%(num)s member", "%(num)s members"),
    "people": NN_("%(num)s person", "%(num)s people"),
    "places": NN_("%(num)s place", "%(num)s places"),
    "terms": NN_("%(num)s term", "%(num)s terms"),
    "stops": NN_("%(num)s Stop", "%(num)s Stops"),
    "dots": NN_("%(num)s dot", "%(num)s dots"),
    "percent": NN_("%(num)s per cent", "%(num)s per cent"),
}


@dataclass(frozen=True, kw_only=True)
class WholeNumber(Parameter[int]):
    """A whole number with a unit and a range, both ends allowed."""

    unit: str
    least: int
    most: int
    clause_zero: str = ""

    def check(self, value: object) -> int:
        if isinstance(value, str):
            value = whole_number(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise BadValue(
                Said(
                    N_("“%(title)s” must be a whole number from %(least)s to %(most)s."),
                    {"title": Said(self.title), "least": self.least, "most": self.most},
                )
            )
        return value

    def phrase(self, value: int) -> Said:
        if self.unit == "hour":
            return Said(f"{value:02d}:00")
        return counted(*UNITS[self.unit], value)

    def states(self, value: int) -> Said:
        return Said(self.clause_zero) if self.clause_zero and not value else super().states(value)


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter[str]):
    """One of several choices, each with its words inside the clause."""

    options: Mapping[str, str]
    woven: Mapping[str, str] = field(default_factory=dict)
    """For the charter document: whole sentences that name the parameters which only mean something beside this
    choice, such as %(decisions__quorum_count)s.
    """

    def check(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise BadValue(
                Said(N_("Choose one of the answers for “%(title)s”."), {"title": Said(self.title)})
            )
        return value

    def phrase(self, value: str) -> Said:
        return Said(self.options[value])


@dataclass(frozen=True, kw_only=True)
class Choices(Parameter[frozenset[str]]):
    """Several of a set, at least one."""

    options: Mapping[str, str]

    def check(self, value: object) -> frozenset[str]:
        words = value if isinstance(value, list | tuple | set | frozenset) else ()
        chosen = frozenset(cast("Iterable[str]", words)) if all(isinstance(w, str) for w in words) else None
        if not chosen or not chosen <= set(self.options):
            raise BadValue(Said(N_("Tick at least one answer for “%(title)s”."), {"title": Said(self.title)}))
        return chosen

    def encode(self, value: frozenset[str]) -> list[str]:
        return sorted(value)

    def phrase(self, value: frozenset[str]) -> tuple[Said, ...]:
        return tuple(Said(words) for option, words in self.options.items() if option in value)


@dataclass(frozen=True, kw_only=True)
class YesNo(Parameter[bool]):
    """Yes or no, with a whole sentence for each."""

    clause_no: str

    def check(self, value: object) -> bool:
        if isinstance(value, str) and value in {"yes", "no"}:
            value = value == "yes"
        if not isinstance(value, bool):
            raise BadValue(Said(N_("Answer “%(title)s” with yes or no."), {"title": Said(self.title)}))
        return value

    def phrase(self, value: bool) -> Said:
        return Said(N_("yes") if value else N_("no"))

    def states(self, value: bool) -> Said:
        return Said(self.clause if value else self.clause_no)


@dataclass(frozen=True, kw_only=True)
class Statements(Parameter[tuple[str, ...]]):
    """A list of sentences that people tick one by one; may be empty."""

    clause_none: str

    def check(self, value: object) -> tuple[str, ...]:
        lines: Sequence[object] = (
            value.splitlines() if isinstance(value, str) else cast("Sequence[object]", value)
        )
        if not isinstance(lines, list | tuple) or not all(isinstance(line, str) for line in lines):
            raise BadValue(
                Said(N_("Write one sentence on each line for “%(title)s”."), {"title": Said(self.title)})
            )
        kept = tuple(line for line in (" ".join(str(line).split()) for line in lines) if line)
        if len(kept) > MOST_STATEMENTS or any(len(line) > LONGEST_STATEMENT for line in kept):
            raise BadValue(
                Said(
                    N_("“%(title)s” can have at most %(lines)s sentences of %(letters)s characters each."),
                    {"title": Said(self.title), "lines": MOST_STATEMENTS, "letters": LONGEST_STATEMENT},
                )
            )
        if len(set(kept)) != len(kept):
            raise BadValue(Said(N_("“%(title)s” says the same thing twice."), {"title": Said(self.title)}))
        return kept

    def encode(self, value: tuple[str, ...]) -> list[str]:
        return list(value)

    def phrase(self, value: tuple[str, ...]) -> Said:
        return counted("%(num)s sentence", "%(num)s sentences", len(value))

    def states(self, value: tuple[str, ...]) -> Said:
        return Said(self.clause if value else self.clause_none)


@dataclass(frozen=True, kw_only=True)
class OneLine(Parameter[str]):
    """One line in the network's own words; "" until it decides on one."""

    limit: int
    clause_none: str
    is_name: bool = False

    def check(self, value: object) -> str:
        line = unicodedata.normalize("NFC", " ".join(value.split())) if isinstance(value, str) else None
        if line is None or any(unicodedata.category(each) in ("Cc", "Cs") for each in line):
            raise BadValue(
                Said(N_("Write “%(title)s” on one line, as plain text."), {"title": Said(self.title)})
            )
        if len(line) > self.limit:
            words = N_("“%(title)s” can have at most %(limit)s characters.")
            raise BadValue(Said(words, {"title": Said(self.title), "limit": self.limit}))
        if line and self.is_name and (fault := trouble(line)) is not None:
            raise BadValue(fault)
        return line

    def phrase(self, value: str) -> Said:
        return Said(N_("“%(words)s”"), {"words": value}) if value else Said(N_("as it was at the start"))

    def states(self, value: str) -> Said:
        return super().states(value) if value else Said(self.clause_none)


@dataclass(frozen=True, kw_only=True)
class Share(Parameter[Threshold]):
    """An exact fraction with its strictness."""

    clause_never: str = ""
    """The charter's sentence for a threshold that nothing can reach."""

    def check(self, value: object) -> Threshold:
        threshold = value if isinstance(value, Threshold) else _threshold(value)
        if threshold is None or not 0 <= threshold.share <= 1 or threshold.share.denominator > 1000:
            raise BadValue(
                Said(
                    N_("“%(title)s” must be a fraction from 0 to 1, such as 2/3 or 10%%."),
                    {"title": Said(self.title)},
                )
            )
        return threshold

    def encode(self, value: Threshold) -> dict[str, str]:
        return {value.strictness.value: f"{value.share.numerator}/{value.share.denominator}"}

    def phrase(self, value: Threshold) -> Said:
        if value == Threshold(Fraction(0), Strictness.MORE_THAN):
            return Said(N_("at least one"))
        words = (
            N_("at least %(share)s") if value.strictness is Strictness.AT_LEAST else N_("more than %(share)s")
        )
        return Said(words, {"share": fraction_words(value.share)})

    def states(self, value: Threshold) -> Said:
        if self.clause_never and value == Threshold(Fraction(1), Strictness.MORE_THAN):
            return Said(self.clause_never)
        return super().states(value)


def _threshold(value: object) -> Threshold | None:
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((strictness, share),) = value.items()
    try:
        return Threshold(fraction(str(share)), Strictness(strictness))
    except ValueError:
        return None


def unticked(sentences: Sequence[str], ticked: Collection[str]) -> list[str]:
    """Those of the charter's sentences that were not agreed to, in its order."""
    return [sentence for sentence in sentences if sentence not in ticked]
