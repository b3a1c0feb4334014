"""Tasks from offices."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from govnet.kernel.tasks import TaskKind
from govnet.offices import conduct


def _promise(network: Any, key: int) -> str:
    return url_for("promises.promise", network=network, promise_id=key)


TASKS = (TaskKind("offices.promise", conduct.waiting, asks=_l("Your promise"), link=_promise),)
