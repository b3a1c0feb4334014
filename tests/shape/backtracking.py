"""How many steps a backtracking matcher takes for a pattern on a text: what Python's engine does, counted instead of timed.

A pattern is read by Python's own parser, and its tree is run as `re` runs it: the first start first, the first choice first,
back to the last choice where something does not match. So that a short text tells growth from a constant, a repeat of more
than `FEW` times is cut to `FEW`; one of `MANY` or more counts as endless, because two of them in one pattern already make ten
thousand steps for a character.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable
from functools import cache
from typing import Any

import regex

FEW, MANY = 8, 100
ENDLESS = 10**9
_PROPERTY = re.compile(r"\\[pP]\{[^{}]*\}")
_STAND_INS = 0xF0000
"""The first of the private characters that stand for properties such as \\p{L} while the pattern is parsed."""
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
Test = Callable[[str], bool]


class TooManySteps(Exception):
    """A search costs more than it may."""


class Matcher:
    """A pattern, ready to be run as `search` (and `finditer`, `sub`, `split`), `match` or `fullmatch` would run it."""

    def __init__(self, pattern: re.Pattern[Any] | regex.Pattern[Any], use: str, *, cut: bool = True) -> None:
        source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
        self.properties = [regex.compile(found) for found in _PROPERTY.findall(source)]
        numbers = iter(range(_STAND_INS, _STAND_INS + len(self.properties)))
        flags = pattern.flags & (re.I | re.M | re.S | re.X)
        if isinstance(pattern.pattern, bytes) or (isinstance(pattern, re.Pattern) and pattern.flags & re.A):
            flags |= re.A
        self.tree = parser.parse(_PROPERTY.sub(lambda _found: chr(next(numbers)), source), flags)
        self.flags = flags | self.tree.state.flags
        self.use, self.cut = use, cut
        self.tests: list[Test] = []
        self.looped: list[Test] = []
        self._loops = self._endless = 0
        self.program = self._program(self.tree, self.flags)

    def spans(self, text: str, most: int = ENDLESS) -> list[tuple[int, int]]:
        """All that is found, as `finditer` finds it, or the one match; raises TooManySteps beyond `most`."""
        self.steps, self.most = 0, most
        found: list[tuple[int, int]] = []
        at, empty = 0, False
        while at <= len(text):
            end = self._run(self.program, text, at, at if empty else None)
            empty = end == at
            if end is not None:
                found.append((at, end))
            if self.use != "search":
                break
            at = at + 1 if end is None else end
        return found

    def _run(self, program: list[Any], text: str, at: int, barred: int | None = None) -> int | None:
        """Where the first way through the program ends; not with nothing at `barred`, where nothing was found before."""
        whole = program is self.program and self.use == "fullmatch"
        stack: list[tuple[int, int, dict[int, int]]] = [(0, at, {})]
        while stack:
            place, at, began = stack.pop()
            while True:
                self.steps += 1
                if self.steps > self.most:
                    raise TooManySteps
                kind, *given = program[place]
                place += 1
                if kind == "one":
                    if at == len(text) or not given[0](text[at]):
                        break
                    at += 1
                elif kind == "many":
                    test, least, most, greed = given
                    end = at
                    while end < len(text) and end - at < most and test(text[end]):
                        end += 1
                    self.steps += end - at
                    if end - at < least:
                        break
                    ends = range(end, end + 1) if greed == "all" else range(at + least, end + 1)
                    stack += [(place, each, began) for each in ends]
                    break
                elif kind == "split":
                    stack.append((given[1], at, began))
                    place = given[0]
                elif kind == "jump":
                    place = given[0]
                elif kind == "begin":
                    began = {**began, given[0]: at}
                elif kind == "moved":
                    if began[given[0]] == at:
                        break
                elif kind == "call":
                    after = given[0](text, at)
                    if after is None:
                        break
                    at = after
                elif at == barred or (whole and at < len(text)):
                    break
                else:
                    return at
        return None

    def _program(self, tree: Any, flags: int) -> list[Any]:
        code: list[Any] = []
        self._sequence(tree, flags, code)
        return [*code, ("end",)]

    def _sequence(self, tree: Any, flags: int, code: list[Any]) -> None:
        for kind, given in tree:
            test = self.test(kind, given, flags)
            if test is not None:
                code.append(("one", test))
            elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
                self._repeat(given, flags, code, "greedy" if kind is op.MAX_REPEAT else "lazy")
            elif kind is op.POSSESSIVE_REPEAT:
                self._repeat(given, flags, code, "all")
            elif kind is op.SUBPATTERN:
                _number, more, fewer, inside = given
                self._sequence(inside, flags & ~fewer | more, code)
            elif kind is op.BRANCH:
                self._branch(given[1], flags, code)
            elif kind is op.ATOMIC_GROUP:
                self._atomic(self._program(given, flags), code)
            elif kind in (op.ASSERT, op.ASSERT_NOT):
                self._look(self._program(given[1], flags), given, kind is op.ASSERT, code)
            elif kind is op.AT:
                code.append(("call", lambda text, at, w=given: at if _holds(w, flags, text, at) else None))
            else:
                raise AssertionError(
                    f"a pattern uses {kind}, which this matcher does not know: teach it that first"
                )

    def _branch(self, branches: list[Any], flags: int, code: list[Any]) -> None:
        ends = []
        for branch in branches:
            at = len(code)
            code.append(None)
            self._sequence(branch, flags, code)
            ends.append(len(code))
            code.append(None)
            code[at] = ("jump", at + 1) if branch is branches[-1] else ("split", at + 1, len(code))
        for end in ends:
            code[end] = ("jump", len(code))

    def _repeat(self, given: Any, flags: int, code: list[Any], greed: str) -> None:
        least, most = self.times(given)
        self._endless += most == ENDLESS
        test = self.test(*given[2][0], flags) if len(given[2]) == 1 else None
        if test is not None and greed != "lazy":
            code.append(("many", test, least, most, greed))
        elif greed == "all":
            part: list[Any] = []
            self._copies(given[2], flags, part, (least, most), "greedy")
            self._atomic([*part, ("end",)], code)
        else:
            self._copies(given[2], flags, code, (least, most), greed)
        self._endless -= most == ENDLESS

    def times(self, given: Any) -> tuple[int, int]:
        least, most = given[0], ENDLESS if given[1] is op.MAXREPEAT else int(given[1])
        return (min(least, FEW), ENDLESS if most >= MANY else min(most, FEW)) if self.cut else (least, most)

    def _copies(self, tree: Any, flags: int, code: list[Any], times: tuple[int, int], greed: str) -> None:
        least, most = times
        for _ in range(least):
            self._sequence(tree, flags, code)
        splits = []
        for _ in range(1 if most == ENDLESS else most - least):
            splits.append(len(code))
            code.append(None)
            self._loops += 1
            number = self._loops
            code.append(("begin", number))
            self._sequence(tree, flags, code)
            code.append(("moved", number))
        if most == ENDLESS:
            code.append(("jump", splits[0]))
        for at in splits:
            code[at] = ("split", at + 1, len(code)) if greed == "greedy" else ("split", len(code), at + 1)

    def _atomic(self, program: list[Any], code: list[Any]) -> None:
        code.append(("call", lambda text, at: self._run(program, text, at)))

    def _look(self, program: list[Any], given: Any, wanted: bool, code: list[Any]) -> None:
        ahead, tree = given
        widths = (0, 0) if ahead > 0 else tree.getwidth()

        def look(text: str, at: int) -> int | None:
            starts = range(at - int(widths[0]), max(at - int(widths[1]), 0) - 1, -1)
            ends = (self._run(program, text, start) for start in starts)
            found = any(end is not None and (ahead > 0 or end == at) for end in ends)
            return at if found is wanted else None

        code.append(("call", look))

    def test(self, kind: Any, given: Any, flags: int) -> Test | None:
        """Which characters a node takes; None for a node that takes more or less than one."""
        if kind is op.ANY:
            given = [(op.NEGATE, None), *([] if flags & re.S else [(op.LITERAL, 10)])]
        elif kind is op.NOT_LITERAL:
            given = [(op.NEGATE, None), (op.LITERAL, given)]
        elif kind is op.LITERAL:
            given = [(kind, given)]
        elif kind is not op.IN:
            return None
        negated = given[0][0] is op.NEGATE
        items = [self._item(*item, flags) for item in given[negated:]]

        @cache
        def takes(char: str) -> bool:
            cases = {char, char.lower(), char.upper()} if flags & re.I else {char}
            return any(item(c) for item in items for c in cases) is not negated

        self.tests.append(takes)
        if self._endless:
            self.looped.append(takes)
        return takes

    def _item(self, kind: Any, given: Any, flags: int) -> Test:
        if kind is op.CATEGORY:
            category = re.compile(_CATEGORIES[given], flags & re.A)
            return lambda char: category.match(char) is not None
        if kind is op.RANGE:
            return lambda char: len(char) == 1 and given[0] <= ord(char) <= given[1]
        number = given - _STAND_INS
        if 0 <= number < len(self.properties):
            return lambda char: self.properties[number].match(char) is not None
        return lambda char: char == chr(given)


def _holds(where: Any, flags: int, text: str, at: int) -> bool:
    lines = bool(flags & re.M)
    if where in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
        return at == 0 or (lines and where is op.AT_BEGINNING and text[at - 1] == "\n")
    if where in (op.AT_END, op.AT_END_STRING):
        return at == len(text) or (where is op.AT_END and text[at] == "\n" and (lines or at == len(text) - 1))
    word = re.compile(r"\w", flags & re.A)
    here, there = (bool(word.match(text[n : n + 1])) if n >= 0 else False for n in (at - 1, at))
    return (here != there) is (where is op.AT_BOUNDARY)
