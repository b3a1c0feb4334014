"""The base of every table: aware instants, enums stored by value, and names for every constraint."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, Dialect, Enum, Integer, MetaData, String, Text, event, literal_column, text
from sqlalchemy import DateTime as SaDateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from govnet.kernel.person_names import proper

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCInstant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; refuses a naive one."""

    impl = SaDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware in, UTC to the database (naive UTC on SQLite, which has no zones)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WrittenOut(Enum):
    """An Enum whose members stand in conditions as they are, not as values that are handed in.

    Where an index is for some values only, a value handed in keeps PostgreSQL from using it (its manual, 11.8), and SQLite
    from keeping the prepared statement: it is prepared anew whenever such a value is bound (sqlite3_prepare_v2, 4c).
    """

    class Comparator(Enum.Comparator):
        """Comparisons of a column of this type."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """With the members among the operands written out."""
            return super().operate(op, *(_written_out(each, self.type) for each in other), **kwargs)

    comparator_factory = Comparator


def _written_out(operand: Any, kind: Any) -> Any:
    if isinstance(operand, str) and operand in kind.enums:
        return literal_column(f"'{operand}'", kind)
    if isinstance(operand, list | tuple | set | frozenset):
        return [_written_out(each, kind) for each in operand]
    return operand


def enum_type(kind: type[enum.Enum], name: str) -> Enum:
    """A StrEnum stored by value in a plain column, with a named CHECK of its values."""
    return WrittenOut(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [m.value for m in members],
        validate_strings=True,
    )


def where(condition: str) -> dict[str, Any]:
    """Keywords that make an Index partial on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


Instant = Annotated[datetime, mapped_column(UTCInstant())]
Words = Annotated[str, mapped_column(Text())]
Name = Annotated[str, mapped_column(String(200))]
Digest = Annotated[str, mapped_column(String(64))]
Key = Annotated[int, mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)]


class Base(DeclarativeBase):
    """Subclass this, not db.Model, so that types are checked."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCInstant()},
    )

    def __repr__(self) -> str:
        identity = {c.name: getattr(self, c.name, None) for c in self.__mapper__.primary_key}
        return f"<{type(self).__name__} {identity}>"


def is_name(column: Any, *, person: bool = False) -> None:
    """Let a column take only names, through any door: anything else raises RuleBroken when it is set."""

    def check(_row: object, value: Any, before: Any, _initiator: object) -> Any:
        return value if not value or value == before else proper(value, column.key, person=person)

    event.listen(column, "set", check, retval=True)
    NAMES.append(column)


UNNESTED: Any = "unnested"
"""For `innerjoin`: an outer join where what it hangs on may be missing. In brackets SQLite would read the whole table first."""
NAMES: list[Any] = []
"""All such columns."""
EXCLUSIONS: dict[str, str] = {}
"""Constraints that PostgreSQL alone has (EXCLUDE), each with its table."""


def reference(row: Base) -> str:
    """How the record names a row: "table:key"."""
    keys: list[Any] = [
        getattr(row, row.__mapper__.get_property_by_column(c).key) for c in row.__mapper__.primary_key
    ]
    if any(key is None for key in keys):
        raise ValueError(f"{type(row).__name__} has no key yet")
    return ":".join([row.__tablename__, *map(str, keys)])


class Submission(Base):
    """A form that was sent: the same key and text again lead to the thing made the first time."""

    __tablename__ = "submission"
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    base: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[Instant]


class DutyFailure(Base):
    """One thing that a duty of the worker failed at; it is tried again ever later, and the others go on."""

    __tablename__ = "duty_failure"
    duty: Mapped[str] = mapped_column(String(100), primary_key=True)
    thing: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Its key; 0 where the duty failed before it came to anything."""
    attempts: Mapped[int]
    error: Mapped[Words]
    at: Mapped[Instant]
    next_at: Mapped[Instant]
