"""The record's work at the end of every transaction."""

from __future__ import annotations

from govnet.kernel.transaction import last_step
from govnet.record.actions import append_collected


def bind() -> None:
    """Append its recorded events."""
    last_step(append_collected)
