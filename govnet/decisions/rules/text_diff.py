"""The difference between two texts, word by word, at a bounded cost, with long unchanged passages folded. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, groupby
from typing import Any

SAME, INS, DEL, FOLD = "same", "ins", "del", "fold"
BUDGET = 500_000
"""The most comparisons for a difference, about 50 ms: the rest is shown as replaced."""
AROUND = 240
"""Unchanged characters that stay readable before and after a change."""
LEAST_FOLD = 400
"""Less than this is not worth folding."""

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_PARAGRAPHS = re.compile(r"[^\n]*\n+|[^\n]+")
_WORDS = re.compile(r"\s+|\w+\s?|[^\w\s]\s?")
_BLANK = re.compile(r"\s")
Block = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text and what became of it: the same, put in, or taken out."""

    kind: str
    text: str


class _Purse:
    """The remaining budget for the comparison."""

    def __init__(self, left: int) -> None:
        self.left = left

    def pay(self, cost: int) -> bool:
        """Whether there was enough left for it."""
        if cost > self.left:
            return False
        self.left -= cost
        return True


def segments(old: str, new: str, *, budget: int = BUDGET) -> tuple[Segment, ...]:
    """The change of each word: all but INS in order is `old`, all but DEL is `new`, to the letter.

    Paragraphs are compared first, then the words of those that differ. The cost has a limit: where texts of thousands
    of repeated words would exceed it, the rest is shown as removed and added as a whole.
    """
    purse = _Purse(budget)
    found: list[Segment] = []
    for kind, gone, come in _compared(_PARAGRAPHS.findall(old), _PARAGRAPHS.findall(new), purse):
        if kind == SAME:
            found.append(Segment(SAME, gone))
        else:
            found += _words(gone, come, purse)
    return _tidy(found)


def _words(gone: str, come: str, purse: _Purse) -> Iterator[Segment]:
    """The text of a changed passage."""
    for kind, old, new in _compared(_WORDS.findall(gone), _WORDS.findall(come), purse):
        if kind == SAME:
            yield Segment(SAME, old)
        else:
            yield Segment(DEL, old)
            yield Segment(INS, new)


def _compared(old: Sequence[str], new: Sequence[str], purse: _Purse) -> Iterator[tuple[str, str, str]]:
    """Passages in order: the same in both, or changed from one to the other."""
    i = j = 0
    for start, other, size in (*_blocks(old, new, purse), (len(old), len(new), 0)):
        if start > i or other > j:
            yield "changed", "".join(old[i:start]), "".join(new[j:other])
        if size:
            text = "".join(old[start : start + size])
            yield SAME, text, text
        i, j = start + size, other + size


def _blocks(old: Sequence[str], new: Sequence[str], purse: _Purse) -> list[Block]:
    """Runs that are the same in both, in order: what both begin and end with costs next to nothing."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    ends = (len(old) - tail, len(new) - tail)
    middle = _matching(old, new, (head, ends[0], head, ends[1]), purse)
    return [each for each in ((0, 0, head), *middle, (*ends, tail)) if each[2]]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(old), len(new)))


def _matching(
    old: Sequence[str], new: Sequence[str], whole: tuple[int, int, int, int], purse: _Purse
) -> list[Block]:
    """The longest run first, then what lies before and after it, as long as the purse pays for the search."""
    alo, ahi, blo, bhi = whole
    if alo == ahi or blo == bhi or not purse.pay(len(old) + len(new)):
        return []
    matcher: Any = SequenceMatcher(
        None, old, new, autojunk=False
    )  # its stub leaves out b2j, which is documented
    places: dict[str, list[int]] = matcher.b2j
    price = [0, *accumulate(1 + len(places.get(token, ())) for token in old)]
    found, waiting = [], [whole]
    while waiting:
        alo, ahi, blo, bhi = waiting.pop()
        if alo == ahi or blo == bhi or not purse.pay(price[ahi] - price[alo]):
            continue
        a, b, size = matcher.find_longest_match(alo, ahi, blo, bhi)
        if size:
            found.append((a, b, size))
            waiting += [(alo, a, blo, b), (a + size, ahi, b + size, bhi)]
    return sorted(found)


def _tidy(found: Sequence[Segment]) -> tuple[Segment, ...]:
    """Neighbours of a kind as one; a lone blank or comma between changes goes with them, so that they read well."""
    runs = [
        (kind, "".join(each.text for each in group)) for kind, group in groupby(found, key=lambda s: s.kind)
    ]
    runs = [run for run in runs if run[1]]
    done: list[Segment] = []
    gone = come = ""
    for place, (kind, text) in enumerate(runs):
        if kind == SAME and not (_slight(text) and (gone or come) and place + 1 < len(runs)):
            done += [*_change(gone, come), Segment(SAME, text)]
            gone = come = ""
            continue
        gone += text if kind != INS else ""
        come += text if kind != DEL else ""
    return tuple(_merged([*done, *_change(gone, come)]))


def _slight(text: str) -> bool:
    return len(text) <= 3 and "\n" not in text


def _change(gone: str, come: str) -> list[Segment]:
    return [Segment(kind, text) for kind, text in ((DEL, gone), (INS, come)) if text]


def _merged(found: Sequence[Segment]) -> Iterator[Segment]:
    for kind, group in groupby(found, key=lambda each: each.kind):
        yield Segment(kind, "".join(each.text for each in group))


def before(found: Sequence[Segment]) -> str:
    """The old text again."""
    return "".join(each.text for each in found if each.kind != INS)


def after(found: Sequence[Segment]) -> str:
    """The new text again."""
    return "".join(each.text for each in found if each.kind != DEL)


def passage(old: str, new: str) -> tuple[str, str]:
    """The lines in which the texts differ, old and new: replacing the old by the new makes the whole change.

    The old lines are in `old` exactly once and hold words; if the change alone is not, lines around it come along.
    `old` must hold words and differ from `new`.
    """
    was, now = _LINES.findall(old), _LINES.findall(new)
    start = _common(was, now)
    end = len(was) - _common(was[start:][::-1], now[start:][::-1])
    more = 1
    while True:
        gone, come = "".join(was[start:end]), "".join(now[start : len(now) - (len(was) - end)])
        if gone.strip() and old.count(gone) == 1 and old.replace(gone, come) == new:
            return gone, come
        start, end, more = max(0, start - more), min(len(was), end + more), 2 * more


def put_into(text: str, old: str, new: str) -> str | None:
    """Apply the change from `old` to `new` to another text; None if that does not contain those lines exactly once."""
    if not old.strip() or old == new:
        return None
    gone, come = passage(old, new)
    return text.replace(gone, come) if text.count(gone) == 1 else None


def shown(old: str, new: str, *, budget: int = BUDGET) -> list[tuple[str, str]]:
    """For a page: (kind, text), where FOLD holds a long unchanged part that readers can open."""
    found = segments(old, new, budget=budget)
    last = len(found) - 1
    return [
        part
        for place, each in enumerate(found)
        for part in (_folded(each.text, place == 0, place == last) if each.kind == SAME else [_part(each)])
    ]


def _part(each: Segment) -> tuple[str, str]:
    return each.kind, each.text


def _folded(text: str, first: bool, last: bool) -> list[tuple[str, str]]:
    """The words next to a change stay; a long part between is folded."""
    start = 0 if first else _edge(text, AROUND)
    end = len(text) if last else len(text) - _edge(text[::-1], AROUND)
    if end - start < LEAST_FOLD:
        return [(SAME, text)]
    parts = ((SAME, text[:start]), (FOLD, text[start:end]), (SAME, text[end:]))
    return [(kind, piece) for kind, piece in parts if piece]


def _edge(text: str, wanted: int) -> int:
    """The first blank at or after `wanted`, so that no word is cut."""
    found = _BLANK.search(text, wanted)
    return found.end() if found else len(text)
