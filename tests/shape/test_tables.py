"""Every table: named constraints, and rows that are loaded on purpose."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import configure_mappers

from govnet.kernel.models import Base


def test_every_constraint_has_a_name(app):
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint | UniqueConstraint):
                assert constraint.name, f"{table.name}: {constraint}"


def test_names_fit_postgresql(app):
    for table in Base.metadata.sorted_tables:
        for thing in (*table.constraints, *table.indexes):
            assert len(str(thing.name)) <= 63, f"{table.name}: {thing.name}"


def test_rows_are_never_loaded_by_accident(app):
    configure_mappers()
    for mapper in Base.registry.mappers:
        for relation in mapper.relationships:
            assert relation.lazy in ("raise", "raise_on_sql", "write_only", "joined", "selectin"), (
                f"{mapper.class_.__name__}.{relation.key} is lazy={relation.lazy}"
            )
