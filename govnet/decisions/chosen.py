"""One answer between options: whether it can be given, and how it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from govnet.decisions import counting, queries, voices
from govnet.decisions.counting import OPTIONS
from govnet.decisions.rules import Kind
from govnet.kernel.messages import N_, Said
from govnet.record.rules import canonical

if TYPE_CHECKING:
    from govnet.decisions.models import ProposalVersion


def problem(version: ProposalVersion, kind: Kind, choices: Mapping[int, int]) -> Said | None:
    """Why a version can't be answered so, in words: options are chosen between, and everything else is not."""
    if version.method not in OPTIONS:
        if kind is Kind.CHOICE:
            return Said(N_("Here is nothing to choose between: give one of the answers."))
        if kind in voices.offered(queries.charter_of(version)):
            return None
        return Said(N_("By our rules this is not one of the answers. Choose another, and say why."))
    if kind is Kind.NO_VIEW:
        return None
    if kind is not Kind.CHOICE:
        return Said(N_("Choose between the options, “None of these” too, or say that you have no view."))
    options = queries.options_of([version.id]).get(version.id, [])
    return counting.problem(version.method, choices, len(options), queries.rule_of(version).dots)


def stored(choices: Mapping[int, int]) -> str:
    """A choice as its row keeps it."""
    return canonical({str(number): value for number, value in choices.items()})
