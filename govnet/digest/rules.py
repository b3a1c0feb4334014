"""When a digest is due, and how a week's entries become a page that can be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY, HOUR = 0, 8
MOST_OF_A_KIND = 12


def last_slot(now: datetime, zone: str) -> datetime:
    """The last Monday, 8:00 in the network's zone, that is not in the future."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() - timedelta(days=(local.weekday() - MONDAY) % 7)
    slot = datetime.combine(day, time(HOUR), ZoneInfo(zone))
    if slot > local:
        slot = datetime.combine(day - timedelta(days=7), time(HOUR), ZoneInfo(zone))
    return slot


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as the digest may show it."""

    verb: str
    subject: str | None
    sentence: str
    address: str | None


@dataclass(frozen=True, slots=True)
class DigestLine:
    """The newest of what happened to one thing in one way, and how many more there were."""

    sentence: str
    address: str | None
    more: int


def grouped(items: Iterable[Item], order: Iterable[str]) -> dict[str, list[DigestLine]]:
    """Lines by the word before the verb's dot, in this order, newest first; kinds not in it are left out."""
    found: dict[str, dict[tuple[str, str | None], DigestLine]] = {kind: {} for kind in order}
    for item in items:
        lines = found.get(item.verb.partition(".")[0])
        if lines is None:
            continue
        same = (item.verb, item.subject)
        before = lines.pop(same, None)
        lines[same] = DigestLine(item.sentence, item.address, 0 if before is None else before.more + 1)
    return {kind: list(reversed(lines.values())) for kind, lines in found.items() if lines}
