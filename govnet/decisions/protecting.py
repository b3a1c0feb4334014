"""Showing the answers to something open later than it was promised: a protection that is only ever tightened."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from govnet.decisions import queries
from govnet.decisions.events import AnswersHidden
from govnet.decisions.models import ELSEWHERE, Proposal
from govnet.decisions.opening import as_author, still_open
from govnet.decisions.voices import Visible
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.permissions import Can
from govnet.record.actions import record


def hide_answers(proposal: Proposal, visible: str, *, by: Actor, via: Door) -> None:
    """Show answers only as `visible` says, in these words and in any later ones; RuleBroken where that is no tighter."""
    act = as_author(Can.HIDE_ANSWERS, proposal, by, via)
    network, version = queries.network_of(proposal), still_open(proposal)
    if version.method == ELSEWHERE or visible not in version.visible.tighter:
        raise RuleBroken(
            _("Answers can be hidden for longer, never shown earlier than people were told."), field="visible"
        )
    version.visible = Visible(visible)
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(AnswersHidden(**act, network=network, **about, visible=version.visible.value))
