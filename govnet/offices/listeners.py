"""What offices bring to the worker and to the pages of other rooms."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from govnet.accounts.waiting import Group, news, waits
from govnet.accounts.yours import forget, yours
from govnet.kernel.duties import duty
from govnet.offices import audit, conduct, personal
from govnet.offices.term_ends import record_ends

NEWS = (
    "term_granted",
    "term_cut_short",
    "term_unfit",
    "term_fits_again",
    "term_ended",
    "mandate_granted",
    "mandate_cut_short",
    "mandate_ended",
    "report_filed",
)


def bind() -> None:
    """Record ends a few seconds after midnight; say what waits, what is somebody's own, and what is new."""
    waits("offices.promise", conduct.waiting, asks=_l("Your promise"), link=_promise)
    news(Group.NEWS, *(f"offices.{verb}" for verb in NEWS))
    yours("offices", personal.held)
    forget(personal.forget)
    audit.bind()
    duty("end offices", record_ends, seconds=5)


def _promise(network: Any, key: int) -> str:
    return url_for("promises.promise", network=network, promise_id=key)
