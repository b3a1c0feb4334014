"""Tasks of the authors of letters."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from govnet.kernel.tasks import TaskKind
from govnet.letters import queries


def _letter(network: Any, key: int) -> str:
    return url_for("letters.letter", network=network, letter_id=key)


TASKS = (
    TaskKind("letters.send", queries.to_send, asks=_l("Send it, and record that"), link=_letter),
    TaskKind("letters.chase", queries.to_chase, asks=_l("The reply is overdue"), link=_letter),
)
