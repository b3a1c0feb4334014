"""Brings the coordinator to proposals."""

from __future__ import annotations

from govnet.coordinator import actions
from govnet.decisions.proposals.offices import effect_is
from govnet.offices.models import OfficeKind


def bind() -> None:
    """Carry out what proposals decide about the mandate."""
    effect_is(OfficeKind.MANDATE, actions.check_grant, actions.grant)
    effect_is(OfficeKind.END_MANDATE, actions.check_withdrawal, actions.withdraw)
