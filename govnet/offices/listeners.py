"""What offices bring to the worker and to the check of the record."""

from __future__ import annotations

from govnet.kernel.duties import duty
from govnet.offices import audit
from govnet.offices.term_ends import record_ends


def bind() -> None:
    """Record ends a few seconds after midnight."""
    audit.bind()
    duty("end offices", record_ends, seconds=5)
