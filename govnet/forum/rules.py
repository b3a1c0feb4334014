"""The forum's arithmetic: pages of posts, what is new, and who may read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.forum.states import Readership
from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import N_, Said

PAGE = 20
"""Posts on a page. Numbers have no gaps, so a page is a span of numbers."""
MARK_AFTER = timedelta(minutes=5)
"""Reading moves a mark at most this often."""
QUOTED = 1_500
"""Characters of a post that are quoted; the rest is a click away."""
RESERVED_SLUGS = frozenset({"moderation", "new", "preview", "posts", "reports", "appeals"})

_WIDTH = {Readership.PUBLIC: 2, Readership.MEMBERS: 1, Readership.COMMITTEE: 0}


def page_of(number: int) -> int:
    """The page on which the post with that number stands."""
    return max(1, -(-number // PAGE))


def span(page: int) -> tuple[int, int]:
    """The first and last number on a page."""
    return (page - 1) * PAGE + 1, page * PAGE


def new_since(mark: int | None, posts: int) -> int:
    """How many posts somebody has not read; where they never were, nothing is called new."""
    return 0 if mark is None else max(0, posts - mark)


def unread(mark: int | None, posts: int, *, signed_in: bool) -> int:
    """How many posts of a discussion in a list are unread: all of them where somebody never opened it; none for visitors."""
    if not signed_in:
        return 0
    return posts if mark is None else new_since(mark, posts)


def marked(mark: int | None, first: int, last: int) -> int:
    """How far somebody has read who now sees the posts `first` to `last`: what they jumped over stays unread."""
    if mark is None:
        return last
    return max(mark, last) if first <= mark + 1 else mark


def may_mark(at: datetime | None, now: datetime) -> bool:
    """Whether reading may move a mark that was set at `at`."""
    return at is None or now - at >= MARK_AFTER


def audiences(*, member: bool, officer: bool) -> frozenset[Readership]:
    """The threads that somebody may read: officers all, members all but the committee's."""
    if officer:
        return frozenset(Readership)
    return frozenset({Readership.PUBLIC, Readership.MEMBERS}) if member else frozenset({Readership.PUBLIC})


def within(wanted: Readership, widest: Readership) -> bool:
    """Whether a thread for `wanted` fits into a topic for `widest`."""
    return _WIDTH[wanted] <= _WIDTH[widest]


_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")


def slug_of(title: str) -> str:
    """A topic's address made from its title: a-z0-9-, never a number alone, never a word of ours."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = _NOT_IN_SLUG.sub("-", plain).strip("-")[:60].strip("-")
    if len(slug) < 2 or slug.isdigit() or slug in RESERVED_SLUGS:
        slug = f"topic-{slug}".strip("-")
    return slug


def quoted(source: str) -> str:
    """A text as the beginning of an answer; its own quotes are left out."""
    lines = [line for line in source.splitlines() if not line.startswith(">")]
    text = "\n".join(lines).strip("\n")
    if len(text) > QUOTED:
        kept = text[:QUOTED]
        at = max(kept.rfind("\n"), kept.rfind(" "))
        text = f"{kept[: at if at > QUOTED // 2 else QUOTED].rstrip()} …"
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n")) + "\n\n"


_AT = re.compile(r"(?<!\w)@(\w[^\n@]{0,80})")


def mentioned(source: str, names: Mapping[int, str]) -> set[int]:
    """The people whose whole name stands behind an @ in the text, outside of what it quotes."""
    own = "\n".join(line for line in source.splitlines() if not line.startswith(">"))
    known: dict[str, set[int]] = {}
    for key, name in names.items():
        known.setdefault(name.casefold(), set()).add(key)
    lengths = {len(name) for name in known} - {0}
    spots = {match[1].casefold() for match in _AT.finditer(own)}
    found = {
        spot[:length]
        for spot in spots
        for length in lengths
        if spot[:length] in known and not spot[length : length + 1].isalnum()
    }
    return {key for name in found for key in known[name]}


def names(source: str, name: str) -> bool:
    """Whether the text names somebody by their whole name, outside of what it quotes."""
    own = _words(" ".join(line for line in source.splitlines() if not line.startswith(">")))
    return bool(name.strip()) and _words(name) in own


def _words(text: str) -> str:
    """The text with a line end around each of its words, which makes whole words easy to find."""
    return "".join(f"\n{word}\n" for word in _WORD_OR_MARK.findall(text.casefold()))


@dataclass(frozen=True, slots=True)
class ForumTerms:
    """The charter's rules for talking."""

    appeal_days: int = p.APPEAL_DAYS.default
    members_topics: bool = p.MEMBERS_TOPICS.default


def terms(charter: Charter) -> ForumTerms:
    """The charter's rules for talking."""
    return ForumTerms(charter[p.APPEAL_DAYS], charter[p.MEMBERS_TOPICS])


def may_begin(audience: Readership, said: ForumTerms) -> bool:
    """Whether the charter lets something new be begun for these readers."""
    return said.members_topics or audience is not Readership.MEMBERS


def check_audience(audience: Readership, said: ForumTerms) -> None:
    """Nothing is begun for members only where the charter wants discussions public."""
    if not may_begin(audience, said):
        raise RuleBroken(
            Said(N_("By our rules no discussion is for members only. Choose who reads it.")), field="audience"
        )


def is_over(until: date | None, today: date) -> bool:
    """Whether the day until which a discussion was to run has gone by."""
    return until is not None and until < today


def check_until(until: date | None, *, before: date | None, today: date) -> None:
    """A discussion that is given a day gets one that is still to come, or today; the day it had may stay."""
    if until is not None and until != before and until < today:
        raise RuleBroken(Said(N_("This day is in the past. Choose today or a later day.")), field="until")
