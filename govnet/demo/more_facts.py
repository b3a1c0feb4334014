"""More of what the demo's data files hold; facts.py is long enough."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter with the names under it, in the order in which they came, and what became of it."""

    key: str
    thread: str
    by: str
    title: str
    to: str
    text: str
    opened_days_ago: int
    closes_days: int
    names: tuple[str, ...]
    taken_back: tuple[str, ...] = ()
    sent_days_ago: int | None = None
    how: str = ""
    reply_due_days: int | None = None
    replied_days_ago: int | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of a post that nobody has answered yet."""

    post: str
    by: str
    days_ago: int
    reason: str
