"""Appeals against hiding, as arithmetic: which people may hear one, and what two of them make of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from govnet.forum.states import AppealOutcome

LAW_DAYS = 14
"""Days for which a post hidden for a legal reason can be shown again; then its text is removed."""


VOICES = 2
"""The number of equal answers that decide an appeal."""


def outcome_of(voices: Iterable[AppealOutcome]) -> AppealOutcome | None:
    """The result of an appeal: the first answer that two have given, in the order of their answers."""
    said: dict[AppealOutcome, int] = {}
    for voice in voices:
        said[voice] = said.get(voice, 0) + 1
        if said[voice] >= VOICES:
            return voice
    return None


def may_hear(person: int | None, *, hid: int, wrote: int | None, spoken: Collection[int]) -> bool:
    """Never who hid the post, never who wrote it, and each once."""
    return person is not None and person not in (hid, wrote) and person not in spoken


def days_after(at: datetime, days: int) -> datetime:
    """When something that may be done within `days` is over."""
    return at + timedelta(days=days)
