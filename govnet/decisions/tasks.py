"""Tasks from proposals and drafts."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from govnet.decisions.drafts import readiness
from govnet.decisions.proposals.queries import to_answer_in_place, unanswered
from govnet.kernel.tasks import TaskKind


def _proposal(network: Any, key: int) -> str:
    return url_for("decisions.proposal", network=network, proposal_id=key)


def _draft(network: Any, key: int) -> str:
    return url_for("decisions.proposal", network=network, proposal_id=key, _anchor="ask")


TASKS = (
    TaskKind(
        "decisions.answer",
        unanswered,
        asks=_l("Your answer"),
        link=_proposal,
        in_place="decisions/_waiting.html",
        load=to_answer_in_place,
    ),
    TaskKind("decisions.ask", readiness.to_ask, asks=_l("Open it now"), link=_draft),
)
