"""The rows that other rows name: asked of every table at once, so that a new one cannot be forgotten."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from govnet.extensions import db
from govnet.kernel.models import Base


def named_elsewhere(table: type[Base], keys: Select[Any], *, but: Collection[type[Base]] = ()) -> set[int]:
    """Those of the keys that a query finds which a row of any table names by a foreign key, other than of those in `but`.

    One statement a column that could name them, however many keys there are.
    """
    target: Any = table.__table__
    left_out = {each.__table__ for each in but}
    columns = [
        key.parent
        for other in Base.metadata.sorted_tables
        if other not in left_out
        for key in other.foreign_keys
        if key.column.table is target
    ]
    found: set[int] = set()
    for column in columns:
        found.update(db.session.scalars(select(column).where(column.in_(keys)).distinct()))
    return found
