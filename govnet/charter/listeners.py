"""Immediate effects of adopted rules."""

from __future__ import annotations

from govnet.charter import identity
from govnet.charter.events import RulesAdopted
from govnet.kernel.signals import listen


def bind() -> None:
    """Name a network by its rules."""
    listen(RulesAdopted, identity.follow)
