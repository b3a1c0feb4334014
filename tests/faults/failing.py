"""A database that fails at a chosen statement or commit, and counts both where nothing fails."""

from __future__ import annotations

import os
import random
import sqlite3
import sys
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy import Engine, event

T = TypeVar("T")
SEED = 11
ALL = os.environ.get("FAULTS") == "all"
ON_SQLITE = () if ALL else pytest.mark.sqlite
"""The mark of a test for which PostgreSQL is worth its time only where all steps are asked for."""
BEFORE, AFTER = "before the commit", "after the commit"


@dataclass
class Step:
    """Where it fails: at the nth statement, or around the nth commit, counted from 1."""

    what: str
    number: int

    def __str__(self) -> str:
        return f"{self.what} {self.number}"


@dataclass
class Count:
    """How many statements and commits an act took."""

    statements: int = 0
    commits: int = 0
    places: dict[Hashable, list[int]] = field(default_factory=dict)
    """The numbers of the statements that the same lines made since the same commit."""

    def steps(self) -> list[Step]:
        """Every place at which it can fail."""
        return [Step("statement", number + 1) for number in range(self.statements)] + self._at_commits()

    def steps_by_place(self) -> list[Step]:
        """The same, and of statements that the same lines of Python make since the same commit the first and the last.

        Whichever of those fails, the database is as it was after that commit, and the error leaves by the same lines.
        Commands are tried so: making the tables takes over a thousand statements, most of them in loops.
        """
        ends = {number for numbers in self.places.values() for number in (numbers[0], numbers[-1])}
        return [Step("statement", number) for number in sorted(ends)] + self._at_commits()

    def _at_commits(self) -> list[Step]:
        return [Step(when, n + 1) for n in range(self.commits) for when in (BEFORE, AFTER)]


def drawn(things: Sequence[T], most: int, name: str) -> list[T]:
    """All of them with FAULTS=all; otherwise `most` of them, drawn by a seed that is printed."""
    if ALL:
        return list(things)
    seed = int(os.environ.get("FAULTS") or SEED)
    print(f"{name}: {min(most, len(things))} of {len(things)} by FAULTS={seed}")
    return random.Random(seed).sample(list(things), min(most, len(things)))


@contextmanager
def failing(engine: Engine, at: Step | None = None) -> Iterator[Count]:
    """Have the database fail at one step, as on a full disk, and go on as if nothing had been; None only counts."""
    count = Count()

    def execute(*_call: Any) -> None:
        count.statements += 1
        if at is None:
            count.places.setdefault((count.commits, _lines()), []).append(count.statements)
        if at and at.what == "statement" and at.number == count.statements:
            raise trouble(engine)

    commit = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        count.commits += 1
        here = at is not None and at.number == count.commits
        if here and at and at.what == BEFORE:
            raise trouble(engine)
        commit(connection)
        if here and at and at.what == AFTER:
            raise trouble(engine)

    for name in ("do_execute", "do_execute_no_params", "do_executemany"):
        event.listen(engine, name, execute)
    engine.dialect.do_commit = do_commit  # type: ignore[method-assign]
    try:
        yield count
    finally:
        for name in ("do_execute", "do_execute_no_params", "do_executemany"):
            event.remove(engine, name, execute)
        engine.dialect.do_commit = commit  # type: ignore[method-assign]


def _lines() -> Hashable:
    """The lines of Python that lead to here, of every module."""
    frame, lines = sys._getframe(1), []
    while frame:
        lines.append((frame.f_code, frame.f_lineno))
        frame = frame.f_back  # type: ignore[assignment]
    return hash(tuple(lines))


def trouble(engine: Engine) -> Exception:
    """The driver's message on a full disk."""
    if engine.dialect.name == "postgresql":
        return psycopg.errors.DiskFull("could not extend file: no space left on device")
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error
