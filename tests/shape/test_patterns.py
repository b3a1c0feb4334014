"""No pattern of the program takes time by the square of a text: each is run, as it is used, on floods of its own characters.

Steps are counted, not timed (`backtracking`), so the answer is the same on every machine. A flood is what leads into an endless
repeat, then one of the texts that could go round in it, many times, then something that does not fit. Four times as much of it
may cost six times the steps. No bound elsewhere excuses a pattern: bounds are moved, and what is linear needs none.
"""

from __future__ import annotations

import ast
import importlib
import re
import re._constants as op  # type: ignore[import-not-found]
from collections.abc import Iterable, Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import regex

from tests.shape import source
from tests.shape.backtracking import ENDLESS, Matcher, TooManySteps

TIMES = 32
CHEAP = 8
"""Steps for a character that no growth could hide in: the square of 32 is sixteen for each."""
DEAR = 100
PAIRED = 8
"""Characters that are tried by twos: those that most parts of the pattern take."""
ANY = " aZ1_\n\té\u0301\u200d.,;:!?@<>()[]{}\"'`*#&=|/\\+-~^$%\x00"
MODULES = {"re", "regex"}
COMPILERS = {f"{module}.compile" for module in MODULES}
HARMLESS = ("escape", "Pattern", "Match", "error")


class Flood(NamedTuple):
    """A text that grows: `once` comes again and again."""

    before: str
    once: str
    after: str

    def text(self, times: int) -> str:
        return self.before + times * self.once + self.after


class Floods:
    """The floods for one pattern, made of a character for each set of its character classes."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        kinds: dict[tuple[bool, ...], str] = {}
        for char in dict.fromkeys([*self._written(matcher.tree), *ANY]):
            kinds.setdefault(tuple(test(char) for test in matcher.tests), char)
        self.chars = [char for _tests, char in sorted(kinds.items(), key=lambda kind: sum(kind[0]))]
        looped = {tuple(test(char) for test in matcher.looped): char for char in self.chars}
        self.looped = [char for tests, char in looped.items() if any(tests)]
        self.hangs = any(
            kind in (op.AT, op.ASSERT, op.ASSERT_NOT) for kind, _given in self._flat(matcher.tree)
        )

    def all(self) -> Iterator[Flood]:
        loops = list(self._loops(self.matcher.tree))
        starts = dict.fromkeys(["", *(before for before, _once in loops)])
        turns = [once for _before, once in loops] + self.looped
        again = [self._sample(self.matcher.tree)[:-1], *(a + b for a, b in product(starts, ["", *turns]))]
        turns += ["".join(pair) for pair in product(self.looped[-PAIRED:], repeat=2)]
        floods = [*product(starts, [*turns, *self.chars]), *product([""], again)]
        for before, once in dict.fromkeys(floods):
            for after in self._ends(once) if once else ():
                yield Flood(before, once, after)

    def _ends(self, once: str) -> Iterator[str]:
        """The text that makes a match fail at its end: nothing, or, if something depends on it, another character."""
        if self.matcher.use != "fullmatch":
            yield ""
        if self.matcher.use == "fullmatch" or self.hangs:
            yield next((char for char in self.chars if char not in once), "")

    def _written(self, tree: Any) -> Iterator[str]:
        """The characters that a pattern names, and those next to its ranges."""
        for kind, given in self._flat(tree):
            if kind in (op.LITERAL, op.NOT_LITERAL):
                yield chr(given)
            elif kind is op.RANGE:
                yield from map(chr, (given[0], given[1], max(given[0] - 1, 0), min(given[1] + 1, 0x10FFFF)))
        for known in self.matcher.properties:
            yield from islice(filter(known.match, map(chr, range(0x3000))), 3)

    def _flat(self, tree: Any) -> Iterator[tuple[Any, Any]]:
        for kind, given in tree:
            yield kind, given
            yield from self._flat(given if kind is op.IN else ())
            for part in _parts(kind, given):
                yield from self._flat(part)

    def _loops(self, tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
        """The text before each endless repeat, and the text that it takes."""
        for node in tree:
            kind, given = node
            if kind in _REPEATS and self.matcher.times(given)[1] == ENDLESS:
                yield before, self._sample(given[2])
            for part in _parts(kind, given):
                yield from self._loops(part, before)
            before += self._sample([node])

    def _sample(self, tree: Any) -> str:
        """A short text that the pattern takes, but for what it asks of what stands around."""
        found = ""
        for kind, given in tree:
            test = self.matcher.test(kind, given, self.matcher.flags)
            if test is not None:
                found += next(filter(test, self.chars), "")
            elif kind in _REPEATS:
                found += self._sample(given[2]) * self.matcher.times(given)[0]
            elif kind not in (op.ASSERT, op.ASSERT_NOT):
                found += self._sample(next(iter(_parts(kind, given)), ()))
        return found


_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


def _parts(kind: Any, given: Any) -> Iterable[Any]:
    """The trees inside a node."""
    if kind in _REPEATS or kind is op.SUBPATTERN:
        return [given[-1]]
    if kind in (op.ASSERT, op.ASSERT_NOT, op.BRANCH):
        return given[1] if kind is op.BRANCH else [given[1]]
    return [given] if kind is op.ATOMIC_GROUP else ()


def slow(pattern: re.Pattern[Any] | regex.Pattern[Any], use: str) -> Flood | None:
    """The first flood whose cost grows by more than its length."""
    matcher = Matcher(pattern, use)
    for flood in Floods(matcher).all():
        text = flood.text(TIMES)
        try:
            matcher.spans(text, DEAR * len(text))
            if matcher.steps > CHEAP * len(text):
                matcher.spans(flood.text(4 * TIMES), 6 * matcher.steps)
        except TooManySteps:
            return flood
    return None


class Found(NamedTuple):
    """A pattern of the program, and how it is used."""

    file: str
    name: str
    patterns: tuple[re.Pattern[Any] | regex.Pattern[Any], ...]
    uses: frozenset[str]


FILES = [path for path in source.files() if MODULES & source.imported(path)]


def compiling(path: Path) -> list[ast.Assign | ast.AnnAssign]:
    """The statements of a module that compile patterns and give them a name."""
    return [
        node
        for node in source.tree(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and {ast.unparse(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)} & COMPILERS
    ]


def uses(path: Path, name: str) -> Iterator[str]:
    """How a pattern is used in a file: a method that is tried at one place only, or `search` for all others."""
    nodes = [node for node in ast.walk(source.tree(path)) if isinstance(node, ast.Attribute | ast.Name)]
    methods = {id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if name == (node.attr if isinstance(node, ast.Attribute) else node.id) and isinstance(
            node.ctx, ast.Load
        ):
            method = methods.get(id(node), "")
            yield method if method in ("match", "fullmatch") else "search"


def patterns() -> Iterator[Found]:
    for path, node in ((file, each) for file in FILES for each in compiling(file)):
        name = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        module = importlib.import_module(f"govnet.{source.name(path).removesuffix('.py').replace('/', '.')}")
        value = getattr(module, name)
        several = (
            value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        )
        where = (
            [path] if name.startswith("_") else [each for each in source.files() if name in each.read_text()]
        )
        used = frozenset(use for each in where for use in uses(each, name))
        yield Found(source.name(path), name, tuple(several), used)


FOUND = list(patterns())
EVERY = pytest.mark.parametrize("found", FOUND, ids=[f"{found.file} {found.name}" for found in FOUND])


@EVERY
def test_a_pattern_takes_time_by_the_length_of_a_text_and_not_by_its_square(found: Found) -> None:
    assert found.uses, f"nobody uses {found.name}"
    for use, pattern in product(found.uses, found.patterns):
        flood = slow(pattern, use)
        assert flood is None, (
            f"{found.name}.{use}() is slow: {flood}. Use ++, *+ or (?>...), or start at one place only."
        )


def test_a_pattern_is_compiled_under_a_name_of_its_module() -> None:
    """So that the test above finds it, and so that it is compiled once."""
    for path in source.files():
        assert "wtforms.validators.Regexp" not in source.imported(path), source.name(path)
    for path in FILES:
        seen = {id(each) for node in compiling(path) for each in ast.walk(node)}
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in MODULES, source.name(path)
            elif isinstance(node, ast.Import):
                renamed = [each.name for each in node.names if each.asname]
                assert not MODULES & set(renamed), source.name(path)
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in MODULES:
                assert node.attr in HARMLESS or id(node) in seen, f"{source.name(path)}: {ast.unparse(node)}"


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (r"(\s+)+x", "match"),
        (r"(?:a|a)*b", "match"),
        (r"(?:a|b|ab)*c", "fullmatch"),
        (r"(\w+\s?)*!", "match"),
        (r"(x+x+)+y", "match"),
        (r"\s*\n\s*\n", "search"),
        (r"\s+$", "search"),
        (r"\s*\n\s*", "search"),
        (r" *=", "search"),
        (r"\s++x", "search"),
        (r"a{1,300}b", "search"),
        (r"a{0,50}a{0,50}a{0,50}b", "search"),
        (r"[^@]+@", "search"),
        (r"\(https?://\S+\)", "search"),
        (r"<a>.*?</a>", "search"),
        (r"(?s)<!--.*?-->", "search"),
        (r'"(?:[^"\\]|\\.)*"', "search"),
        (r"<([^<>]*@[^<>]*)>", "match"),
        (r"x.*\s*:", "match"),
        (r"^(?:> ?)+[^\n]*?(\[a\])$", "match"),
        (r"(?=a*b)", "search"),
        (r"(?m)^(\d+)*$", "search"),
        (r"(?i)Ann.*Bern.*Carl", "search"),
        (r".*a.*b", "match"),
    ],
)
def test_bad_patterns_are_refused(pattern: str, use: str) -> None:
    assert slow(re.compile(pattern), use) is not None


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (r"\s+", "search"),
        (r"(\s+)x", "match"),
        (r"(?<!\s)\s++x", "search"),
        (r"\n\s*\n", "search"),
        (r"(?>a+)b", "match"),
        (r"(?:a|b)*c", "match"),
        (r"a{1,60}b", "search"),
        (r"[^@]{1,64}@[a-z]{1,63}", "search"),
        (r"\w+(?:-\w+)*", "search"),
        (r"\w+(?:-\w+)*", "fullmatch"),
        (r'"[^"]*"', "match"),
        (r"<a>([^<]*)</a>", "search"),
        (r"(?m)^[ \t]*#.*$", "search"),
        (r".*", "search"),
        (r"(\d{4})-(\d{1,2})-(\d{1,2})", "search"),
    ],
)
def test_good_patterns_are_let_through(pattern: str, use: str) -> None:
    assert slow(re.compile(pattern), use) is None


def bundled(tree: Any) -> Iterator[Any]:
    """The repeats and groups that never give back, and hold more than one character."""
    for kind, given in tree:
        if kind is op.ATOMIC_GROUP or (kind is op.POSSESSIVE_REPEAT and list(_several(given[-1]))):
            yield kind
        for part in _parts(kind, given):
            yield from bundled(part)


def _several(tree: Any) -> Iterator[Any]:
    return (kind for kind, _given in tree if len(tree) > 1 or kind not in _ONE)


_ONE = (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY)


@EVERY
def test_a_group_that_never_gives_back_is_for_the_regex_package(found: Found) -> None:
    """CPython before 3.11.5 matches them wrongly (its gh-106052), and Debian 12 has 3.11.2."""
    for pattern in found.patterns:
        if isinstance(pattern, re.Pattern):
            assert not list(bundled(re._parser.parse(pattern.pattern, pattern.flags))), pattern.pattern  # type: ignore[attr-defined]


@pytest.mark.parametrize("pattern", [r"(?:ab|c)*+", r"x(?:ab?)++", r"(?:(?:ab)?+)", r"(?>a+)b"])
def test_groups_that_never_give_back_are_found(pattern: str) -> None:
    assert list(bundled(re._parser.parse(pattern)))  # type: ignore[attr-defined]


@EVERY
def test_the_counting_matcher_finds_what_the_engine_finds(found: Found) -> None:
    for use, pattern in product(("search", "match", "fullmatch"), found.patterns[:3]):
        matcher = Matcher(pattern, use, cut=False)
        for flood in islice(Floods(matcher).all(), 0, None, 29):
            text = flood.text(2)
            given = text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")
            seen = given if isinstance(given, str) else given.decode("latin-1")
            one = getattr(pattern, use)(given)
            wanted = (
                [m.span() for m in pattern.finditer(given)]
                if use == "search"
                else [one.span()]
                if one
                else []
            )
            assert matcher.spans(seen) == wanted, (use, flood)
