"""Statements that every request asks, past the ORM: columns only, built once; and what others are built from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Executable
from sqlalchemy.orm import aliased

from govnet.extensions import db

M = TypeVar("M")
K = TypeVar("K")

MOST_KEYS = 5_000
"""In one statement, which may hold each several times: SQLite takes 32,766 values (its SQLITE_MAX_VARIABLE_NUMBER
from 3.32; RETURNING needs 3.35), PostgreSQL 65,535."""


def chunks(keys: Iterable[K], most: int = MOST_KEYS) -> Iterator[list[K]]:
    """The keys in the order given, by as many at a time as one statement takes."""
    rest = list(keys)
    for start in range(0, len(rest), most):
        yield rest[start : start + most]


def rows(statement: Executable, asked: Mapping[str, Any]) -> Sequence[Any]:
    """The result of a constant statement of columns, in the running transaction. It does not see rows that are not flushed."""
    return db.session.connection().execute(statement, dict(asked)).all()


@cache
def another(model: type[M], _role: str) -> type[M]:
    """`model` once more in a statement, by the role of its rows there, such as "writer"; the same one at each call.

    An alias works out its columns when it is first used, which takes longer than most statements.
    """
    return aliased(model)
