"""Reactions of announcements to events in the rooms below."""

from __future__ import annotations

from govnet.announcements.dispatch import hold_of_mandate
from govnet.kernel.signals import listen
from govnet.offices.events import MandateOver


def bind() -> None:
    """Hold what an ended mandate can't send any more."""
    listen(MandateOver, hold_of_mandate)
