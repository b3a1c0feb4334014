"""Exact fractions with a strictness, such as "at least 2/3", and their names. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from govnet.kernel.messages import N_, Said


class Strictness(StrEnum):
    """Whether reaching the fraction exactly is enough."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"


@dataclass(frozen=True)
class Threshold:
    """A fraction of something counted, exact; never a float."""

    share: Fraction
    strictness: Strictness = Strictness.AT_LEAST

    def met_by(self, part: int, whole: int) -> bool:
        """Whether `part` of `whole` reaches it. Of nothing, nothing is reached."""
        return whole > 0 and part >= self.needed(whole)

    def needed(self, whole: int) -> int:
        """The smallest number out of `whole` that reaches it."""
        exact = self.share * whole
        if self.strictness is Strictness.MORE_THAN:
            return exact.__floor__() + 1
        return exact.__ceil__()

    def stricter(self, other: "Threshold") -> "Threshold":
        """The harder of two to reach."""
        return max(self, other, key=lambda each: (each.share, each.strictness is Strictness.MORE_THAN))


def at_least(numerator: int, denominator: int) -> Threshold:
    """`at_least(2, 3)` is reached by exactly two of three."""
    return Threshold(Fraction(numerator, denominator))


def more_than(numerator: int, denominator: int) -> Threshold:
    """`more_than(1, 2)` is not reached by one of two."""
    return Threshold(Fraction(numerator, denominator), Strictness.MORE_THAN)


def most_entered(answers: int, percent: int) -> int:
    """How many of so many answers may have been entered for others: that share, and one in any case; none with 0."""
    return max(1, answers * percent // 100) if percent else 0


NAMED_FRACTIONS: Mapping[Fraction, str] = {
    Fraction(0): N_("none"),
    Fraction(1, 10): N_("one tenth"),
    Fraction(1, 5): N_("one fifth"),
    Fraction(1, 4): N_("a quarter"),
    Fraction(1, 3): N_("one third"),
    Fraction(1, 20): N_("one twentieth"),
    Fraction(1, 8): N_("one eighth"),
    Fraction(1, 6): N_("one sixth"),
    Fraction(3, 10): N_("three tenths"),
    Fraction(3, 8): N_("three eighths"),
    Fraction(2, 5): N_("two fifths"),
    Fraction(1, 2): N_("half"),
    Fraction(3, 5): N_("three fifths"),
    Fraction(5, 8): N_("five eighths"),
    Fraction(2, 3): N_("two thirds"),
    Fraction(7, 10): N_("seven tenths"),
    Fraction(5, 6): N_("five sixths"),
    Fraction(7, 8): N_("seven eighths"),
    Fraction(3, 4): N_("three quarters"),
    Fraction(4, 5): N_("four fifths"),
    Fraction(9, 10): N_("nine tenths"),
    Fraction(1): N_("all"),
}


def fraction_words(share: Fraction) -> Said:
    """`two thirds`, `51%`; a fraction without an everyday name in digits as people say them: `5 in 7`."""
    if share in NAMED_FRACTIONS:
        return Said(NAMED_FRACTIONS[share])
    over, under = share.numerator, share.denominator
    if 100 % under == 0:
        return Said(N_("%(percent)s%%"), {"percent": over * 100 // under})
    return Said(N_("%(over)s in %(under)s"), {"over": over, "under": under})
