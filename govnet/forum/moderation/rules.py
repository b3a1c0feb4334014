"""The times that hiding a post begins, as arithmetic."""

from __future__ import annotations

from datetime import datetime, timedelta

LAW_DAYS = 14
"""Days for which a post hidden for a legal reason can be shown again; then its text is removed."""


def days_after(at: datetime, days: int) -> datetime:
    """When something that may be done within `days` is over."""
    return at + timedelta(days=days)
