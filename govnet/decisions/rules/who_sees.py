"""The readers who see the tally and the names beside answers, and when."""

from __future__ import annotations

from enum import StrEnum


class Visible(StrEnum):
    """When members see each other's answers, the loosest first."""

    AT_ONCE = "at_once"
    AFTER_OWN = "after_own"
    AT_CLOSE = "at_close"

    @property
    def tighter(self) -> tuple[Visible, ...]:
        """The setting that protects people who answer better."""
        every = tuple(Visible)
        return every[every.index(self) + 1 :]


def tightest(*all_of: Visible) -> Visible:
    """The most protective of these."""
    return max(all_of, key=tuple(Visible).index)


def sees_tally(visible: Visible, *, closed: bool, has_answered: bool) -> bool:
    """Whether the count so far is shown to this reader."""
    return closed or visible is Visible.AT_ONCE or (visible is Visible.AFTER_OWN and has_answered)


def sees_names(visible: Visible, *, member: bool, closed: bool, has_answered: bool) -> bool:
    """Whether this reader sees names beside answers; visitors see only people who agreed to be named."""
    return member and sees_tally(visible, closed=closed, has_answered=has_answered)
