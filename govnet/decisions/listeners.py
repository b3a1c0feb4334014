"""Brings decisions to the rooms below."""

from __future__ import annotations

from govnet.charter.queries import decisions_are_named_by
from govnet.decisions.register import queries


def bind() -> None:
    """Cite decisions on the charter's pages."""
    decisions_are_named_by(queries.named)
