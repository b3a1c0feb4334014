"""Statements that every request asks, past the ORM: columns only, built once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable

from govnet.extensions import db


def rows(statement: Executable, asked: Mapping[str, Any]) -> Sequence[Any]:
    """What a constant statement of columns finds, in the running transaction. What was not flushed is not seen."""
    return db.session.connection().execute(statement, dict(asked)).all()
