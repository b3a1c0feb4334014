"""Figures of source text: what its lines hold, what it defines twice, how long things are, and what they are called."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

Tree = Mapping[str, str]
"""The text of each file by its path from the root, such as "govnet/forum/threads/views.py"."""

CANONICAL = frozenset({
    "models", "rules", "events", "queries", "actions", "forms", "views", "notify", "cli", "triggers", "listeners",
})  # fmt: skip
"""The names that files of all features share; any other file is named by a noun of docs/glossary.md."""
CALLS = ("record", "select", "transaction")
LONGEST = 10
_TRIVIA = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
    tokenize.ENDMARKER,
}  # fmt: skip
_ROUTES = frozenset(["route", "get", "post", "put", "patch", "delete"])
_NOTE = re.compile(r"\{#.*?#\}", re.DOTALL)


@dataclass
class Python:
    """One Python file."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def lines(self) -> list[str]:
        return list(io.StringIO(self.text))

    @cached_property
    def tokens(self) -> list[tokenize.TokenInfo]:
        return list(tokenize.generate_tokens(io.StringIO(self.text).readline))

    @cached_property
    def kinds(self) -> Counter[str]:
        """How many lines are code, import, docstring, comment or blank; one that is two of them is the first."""
        lines = self.lines
        kinds = dict.fromkeys(range(1, len(lines) + 1), "blank")
        imports, docs = (_lines(nodes) for nodes in self._apart())
        order = ("blank", "comment", "docstring", "import", "code")
        for token in self.tokens:
            if token.type == tokenize.COMMENT:
                kind = "comment"
            elif token.type in _TRIVIA:
                continue
            elif token.start[0] in imports:
                kind = "import"
            else:
                kind = "docstring" if token.type == tokenize.STRING and token.start[0] in docs else "code"
            for number in range(token.start[0], token.end[0] + 1):
                if lines[number - 1].strip():
                    kinds[number] = max(kinds[number], kind, key=order.index)
        return Counter(kinds.values())

    def _apart(self) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """The import statements, and the docstrings, those below a field included."""
        statements = [node for node in ast.walk(self.tree) if isinstance(node, ast.stmt)]
        imports = [node for node in statements if isinstance(node, ast.Import | ast.ImportFrom)]
        docs = [
            node for node in statements
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        ]  # fmt: skip
        return imports, docs

    def defined(self, *kinds: type[ast.AST]) -> Iterator[Any]:
        """The classes or functions that the file defines, at whatever depth."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def calls(self, name: str) -> int:
        """How often it calls a function of this name, alone or of something (`act.record(...)`)."""
        return sum(_called(node.func) == name for node in self.defined(ast.Call))

    def skips(self) -> int:
        """How many comments keep the formatter out."""
        return sum(
            token.type == tokenize.COMMENT and token.string.startswith("# fmt: skip") for token in self.tokens
        )

    def routes(self) -> int:
        """How many addresses its views are registered at."""
        decorators = (one for node in self.defined(ast.FunctionDef) for one in node.decorator_list)
        return sum(
            isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in _ROUTES
            and bool(one.args) and isinstance(one.args[0], ast.Constant)
            for one in decorators
        )  # fmt: skip


def _lines(nodes: list[ast.stmt]) -> set[int]:
    return {number for node in nodes for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    of_itself = isinstance(function, ast.Attribute) and ast.unparse(function.value) == function.attr
    return function.attr if isinstance(function, ast.Attribute) and not of_itself else ""


def measured(tree: Tree) -> dict[str, Any]:
    """All figures of one tree; those of names, calls and lengths are of the program's own files, in govnet/."""
    program = _python(tree, "govnet")
    return {
        "govnet": _counted(program),
        "tests": _counted(_python(tree, "tests")),
        "templates": _templates(tree),
        "routes": sum(file.routes() for file in program),
        "fmt_skips": sum(file.skips() for file in program),
        "classes_of_one_name": _twice(program),
        "other_names": _other_names(tree, program),
        "calls": {f"{name}()": _by_stem(program, name) for name in CALLS},
        "longest_files": _longest((len(file.lines), file.path) for file in program),
        "longest_functions": _longest(
            ((node.end_lineno or 0) - node.lineno + 1, f"{file.path}: {node.name}")
            for file in program
            for node in file.defined(ast.FunctionDef, ast.AsyncFunctionDef)
        ),
    }


def summed(tree: Tree, paths: Iterable[str]) -> dict[str, int]:
    """How many files these are, how long, and how many of their lines are neither blank, comment, docstring nor import."""
    counted = _counted([Python(path, tree[path]) for path in paths])
    return {name: counted[name] for name in ("files", "lines", "code")}


def nouns(glossary: str) -> frozenset[str]:
    """The words in code of the glossary's tables: all that stands in backticks there."""
    rows = [line for line in glossary.splitlines() if line.lstrip().startswith("|")]
    return frozenset(word for row in rows for word in re.findall(r"`([a-z_]+)`", row))


def _python(tree: Tree, room: str) -> list[Python]:
    return [
        Python(path, text)
        for path, text in sorted(tree.items())
        if path.startswith(f"{room}/") and path.endswith(".py")
    ]


def _counted(files: list[Python]) -> dict[str, int]:
    kinds = sum((file.kinds for file in files), Counter[str]())
    named = {kind: kinds[kind] for kind in ("code", "import", "docstring", "comment", "blank")}
    return {"files": len(files), "lines": kinds.total(), **named}


def _templates(tree: Tree) -> dict[str, int]:
    texts = [_NOTE.sub("", text) for path, text in tree.items() if path.startswith("templates/")]
    code = sum(bool(line.strip()) for text in texts for line in text.splitlines())
    return {"files": len(texts), "code": code}


def _twice(files: list[Python]) -> dict[str, Any]:
    where = defaultdict[str, list[str]](list)
    for file in files:
        for node in file.defined(ast.ClassDef):
            where[node.name].append(file.path)
    twice = {name: paths for name, paths in sorted(where.items()) if len(paths) > 1}
    return {"names": len(twice), "which": twice}


def _other_names(tree: Tree, files: list[Python]) -> dict[str, Any]:
    known = CANONICAL | nouns(tree.get("docs/glossary.md", ""))
    stems = {file.path: PurePosixPath(file.path).stem for file in files}
    other = [
        path
        for path, stem in stems.items()
        if not stem.startswith("__") and not {stem, stem.removesuffix("s")} & known
    ]
    return {"files": len(other), "which": other}


def _by_stem(files: list[Python], name: str) -> dict[str, int]:
    found = Counter[str]()
    for file in files:
        found[PurePosixPath(file.path).stem] += file.calls(name)
    return {stem: number for stem, number in found.most_common() if number}


def _longest(lengths: Iterator[tuple[int, str]]) -> dict[str, int]:
    first = sorted(lengths, key=lambda one: (-one[0], one[1]))[:LONGEST]
    return {what: number for number, what in first}
