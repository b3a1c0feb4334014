"""Which rows others name: asked of every table at once, so that a new one cannot be forgotten."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.models import Base

_MANY = 500


def named_elsewhere(
    table: type[Base], keys: Collection[int], *, but: Collection[type[Base]] = ()
) -> set[int]:
    """Those of these keys that a row of any table names by a foreign key, other than rows of the tables in `but`."""
    target: Any = table.__table__
    left_out = {each.__table__ for each in but}
    columns = [
        key.parent
        for other in Base.metadata.sorted_tables
        if other not in left_out
        for key in other.foreign_keys
        if key.column.table is target
    ]
    wanted = sorted(keys)
    found: set[int] = set()
    for start in range(0, len(wanted), _MANY):
        some = wanted[start : start + _MANY]
        for column in columns:
            found.update(db.session.scalars(select(column).where(column.in_(some)).distinct()))
    return found
