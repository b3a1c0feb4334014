"""Bodies, seats, terms and mandates. What must never overlap cannot: the database sees to it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
    select,
    text,
)
from sqlalchemy.orm import (
    Mapped,
    MappedSQLExpression,
    column_property,
    mapped_column,
    relationship,
)
from sqlalchemy.schema import DDL

from govnet.charter.models import Network
from govnet.decisions.office_models import OfficeChange as OfficeChange  # what terms and mandates refer to
from govnet.decisions.rules import ADOPTED
from govnet.kernel.models import EXCLUSIONS, Base, Instant, Key, Name, Words, enum_type, is_name, where
from govnet.kernel.triggers import differs, refuse, trigger
from govnet.offices import rules
from govnet.people.models import Organisation, Person


class BodyKind(StrEnum):
    """What sort of body."""

    COMMITTEE = "committee"
    WORKING_GROUP = "working group"


class Body(Base):
    """The steering committee, or a working group."""

    __tablename__ = "body"
    __table_args__ = (
        Index("uq_body_committee", "network_id", unique=True, **where("kind = 'committee'")),
    )  # fmt: skip
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[Name]
    kind: Mapped[BodyKind] = mapped_column(enum_type(BodyKind, "kind"))
    network: Mapped[Network] = relationship(lazy="raise")
    seats: Mapped[list[Seat]] = relationship(back_populates="body", lazy="raise", order_by="Seat.position")


is_name(Body.name)


def _network_of(body_id: Mapped[int]) -> MappedSQLExpression[int]:
    return column_property(
        select(Body.network_id).where(Body.id == body_id).correlate_except(Body).scalar_subquery()
    )


class Constituency(StrEnum):
    """Who may sit in a seat."""

    ANY = "any"
    INDIVIDUAL = "individual"
    ORGANISATION = "organisation"
    SISTER_NETWORK = "sister network"


class Seat(Base):
    """A place in a body; at most one of a body is its chair."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("id", "body_id", name="uq_seat_id_body"),
        UniqueConstraint("body_id", "position", name="uq_seat_position"),
        Index(
            "uq_seat_chair",
            "body_id",
            unique=True,
            sqlite_where=text("is_chair"),
            postgresql_where=text("is_chair"),
        ),
    )
    id: Mapped[Key]
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    network_id: Mapped[int] = _network_of(body_id)
    """Its body's, so that an address in another network does not find it."""
    name: Mapped[Name]
    position: Mapped[int]
    constituency: Mapped[Constituency] = mapped_column(
        enum_type(Constituency, "constituency"), default=Constituency.ANY
    )
    is_chair: Mapped[bool] = mapped_column(default=False)
    vacancy_note: Mapped[str] = mapped_column(Text, default="")
    """While it is empty: what happens next, in words."""
    body: Mapped[Body] = relationship(back_populates="seats", lazy="raise")
    terms: Mapped[list[Term]] = relationship(
        back_populates="seat", lazy="raise", foreign_keys="[Term.seat_id, Term.body_id]", viewonly=True
    )


is_name(Seat.name)


class CameBy(StrEnum):
    """How somebody came to an office."""

    ELECTION = "election"
    APPOINTMENT = "appointment"
    CO_OPTION = "co-option"
    AS_FOUND = "as found"


class TermEnd(StrEnum):
    """Why a term ended."""

    EXPIRED = "expired"
    RESIGNED = "resigned"
    REMOVED = "removed by decision"
    INELIGIBLE = "ineligible"


class Unfit(StrEnum):
    """Why somebody no longer fits the place they hold."""

    NO_MEMBER = "no member"
    NOT_IN_PERSON = "not in person"
    NO_ORGANISATION = "no organisation"
    ONE_TOO_MANY = "one too many"


class Term(Base):
    """Somebody sits in a seat from `start` until before `end` (days of the network's zone).

    One that was given up before its first day is empty: it ends where it starts.
    """

    __tablename__ = "term"
    __table_args__ = (
        ForeignKeyConstraint(["seat_id", "body_id"], ["seat.id", "seat.body_id"], name="fk_term_seat_body"),
        CheckConstraint('"end" > start OR ("end" = start AND ended_why IS NOT NULL)', name="dates_in_order"),
        CheckConstraint("authority <> '' OR evidence <> ''", name="by_decision_or_evidence"),
        CheckConstraint(
            "ended_why <> 'removed by decision' OR end_authority <> ''", name="removed_by_decision"
        ),
        CheckConstraint("(unfit_since IS NULL) = (unfit_why IS NULL)", name="unfit_has_a_reason"),
        ForeignKeyConstraint(
            ["change_id", "person_id"],
            ["office_change.id", "office_change.person_id"],
            name="fk_term_change_person",
        ),
        UniqueConstraint("change_id", name="uq_term_change"),
        UniqueConstraint("end_change_id", name="uq_term_end_change"),
        Index("ix_term_end", "end", **where("end_recorded_at IS NULL")),
    )
    id: Mapped[Key]
    seat_id: Mapped[int] = mapped_column(index=True)
    body_id: Mapped[int] = mapped_column()
    network_id: Mapped[int] = _network_of(body_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    start: Mapped[date]
    end: Mapped[date]
    came_by: Mapped[CameBy] = mapped_column(enum_type(CameBy, "came_by"))
    authority: Mapped[str] = mapped_column(String(80), default="")
    """The decision that gave it, "decision:<id>"; empty only as found, with evidence."""
    evidence: Mapped[str] = mapped_column(Text, default="")
    given_until: Mapped[date | None]
    """Of one that was cut short: before which day it was to end."""
    unfit_since: Mapped[date | None]
    """Since when the record says that its holder no longer fits the place."""
    unfit_why: Mapped[Unfit | None] = mapped_column(enum_type(Unfit, "unfit_why"))
    ended_why: Mapped[TermEnd | None] = mapped_column(enum_type(TermEnd, "ended_why"))
    """Why it ends before the day it was given for; once the end is recorded, why it ended."""
    end_authority: Mapped[str] = mapped_column(String(80), default="")
    """The decision that ended it early."""
    end_recorded_at: Mapped[Instant | None]
    change_id: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))
    """Where that decision names this person and this place; only as found, and in terms from before, there is none."""
    end_change_id: Mapped[int | None] = mapped_column(ForeignKey("office_change.id"))
    """Where that decision names this term."""
    person: Mapped[Person] = relationship(lazy="raise")
    seat: Mapped[Seat] = relationship(
        back_populates="terms", lazy="raise", foreign_keys="[Term.seat_id, Term.body_id]", viewonly=True
    )


class MandateEnd(StrEnum):
    """Why a mandate ended."""

    EXPIRED = "expired"
    GIVEN_BACK = "given back"
    WITHDRAWN = "withdrawn by decision"


def _first_report(context: Any) -> date:
    row = context.get_current_parameters()
    since = row.get("reports_since") or row["start"]
    dues = rules.reports_due(row["start"], row["end"], row["report_months"], filed=(), today=since)
    return next(due.on for due in dues if due.on >= since or due.on == row["end"])


class Mandate(Base):
    """What the coordinator may do, from `start` until before `end`; held by an organisation or a person."""

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_holder"),
        CheckConstraint('"end" > start OR ("end" = start AND ended_why IS NOT NULL)', name="dates_in_order"),
        CheckConstraint("authority <> '' OR evidence <> ''", name="by_decision_or_evidence"),
        CheckConstraint(
            "ended_why <> 'withdrawn by decision' OR end_authority <> ''", name="withdrawn_by_decision"
        ),
        ForeignKeyConstraint(
            ["change_id", "network_id"],
            ["office_change.id", "office_change.network_id"],
            name="fk_mandate_change_network",
        ),
        UniqueConstraint("change_id", name="uq_mandate_change"),
        UniqueConstraint("end_change_id", name="uq_mandate_end_change"),
        Index("ix_mandate_end", "end", **where("end_recorded_at IS NULL")),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    scope: Mapped[Words]
    start: Mapped[date]
    end: Mapped[date]
    authority: Mapped[str] = mapped_column(String(80), default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    ended_why: Mapped[MandateEnd | None] = mapped_column(enum_type(MandateEnd, "ended_why"))
    end_authority: Mapped[str] = mapped_column(String(80), default="")
    """The decision that ended it early."""
    end_recorded_at: Mapped[Instant | None]
    network: Mapped[Network] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    named: Mapped[list[MandateNamed]] = relationship(back_populates="mandate", lazy="raise")
    report_months: Mapped[int] = mapped_column(default=12)
    """A report falls due every so many months, by the rules under which it was granted."""
    reports_since: Mapped[date | None]
    """Reports are asked for from this day on: of a mandate as found, from when the network came here."""
    next_report_on: Mapped[date | None] = mapped_column(default=_first_report)
    """The earliest day on which one is due that is not there; None when all are."""
    change_id: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))
    """Where the decision names who coordinates; as found, and in mandates from before, there is none."""
    end_change_id: Mapped[int | None] = mapped_column(ForeignKey("office_change.id"))
    """Where that decision names this mandate."""
    reports: Mapped[list[MandateReport]] = relationship(
        back_populates="mandate", lazy="raise", order_by="MandateReport.due_on"
    )


class MandateNamed(Base):
    """Somebody who acts under a mandate."""

    __tablename__ = "mandate_named"
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    mandate: Mapped[Mandate] = relationship(back_populates="named", lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class MandateReport(Base):
    """What the coordinator says was done, for one of the days on which a report is due."""

    __tablename__ = "mandate_report"
    __table_args__ = (UniqueConstraint("mandate_id", "due_on", name="uq_mandate_report_due"),)
    id: Mapped[Key]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    due_on: Mapped[date]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
    source: Mapped[Words]
    html: Mapped[Words]
    mandate: Mapped[Mandate] = relationship(back_populates="reports", lazy="raise")
    author: Mapped[Person] = relationship(lazy="raise")


_ADOPTED = ", ".join(f"'{each.value}'" for each in sorted(ADOPTED))


def _by_naming(table: str, began: str, ended: str, because: str) -> None:
    """By decision an office begins and ends only where an adopted one names it: rows that come, and ends that are new."""
    named = (
        "NOT EXISTS (SELECT 1 FROM office_change c JOIN decision d ON d.version_id = c.version_id "
        "WHERE c.id = NEW.{column} AND {what} AND d.outcome IN (" + _ADOPTED + ") "
        "AND NEW.{authority} = 'decision:' || d.id)"
    )
    begins = f"NEW.{'came_by' if table == 'term' else 'evidence'} {'<>' if table == 'term' else '='} " + (
        "'as found'" if table == "term" else "''"
    )
    begins += " AND " + named.format(column="change_id", authority="authority", what=began)
    ends = f"NEW.ended_why = '{because}' AND " + named.format(
        column="end_change_id", authority="end_authority", what=ended
    )
    new, other = differs("ended_why", "end_change_id"), differs("change_id", "authority")
    refuse(
        f"{table}_by_naming",
        table,
        "an office begins and ends by a decision that names it",
        {
            "INSERT": f"({begins}) OR ({ends})",
            "UPDATE": f"({other} AND {begins}) OR ({new} AND {ends})",
        },
    )


_by_naming(
    "term",
    "c.what = 'place' AND c.seat_id = NEW.seat_id AND c.person_id = NEW.person_id",
    "c.what = 'end of term' AND c.held_id = NEW.id",
    "removed by decision",
)
_by_naming(
    "mandate",
    "c.what = 'mandate' AND c.network_id = NEW.network_id",
    "c.what = 'end of mandate' AND c.held_id = NEW.id",
    "withdrawn by decision",
)


def _no_overlap(column: str, what: str) -> str:
    return (
        f"WHEN EXISTS (SELECT 1 FROM term t WHERE t.id IS NOT NEW.id AND {column} "
        'AND t.start < t."end" AND NEW.start < NEW."end" '
        f'AND t.start < NEW."end" AND NEW.start < t."end") BEGIN SELECT RAISE(ABORT, \'{what}\');'
    )


def _sqlite_only(name: str, column: str, what: str) -> None:
    trigger(
        name,
        "term",
        when="",
        sqlite=f"BEFORE INSERT ON term {_no_overlap(column, what)}",
        also=(f"BEFORE UPDATE ON term {_no_overlap(column, what)}",),
        postgresql="",
    )


_sqlite_only("term_seat_free", "t.seat_id = NEW.seat_id", "two terms of a seat overlap")
_sqlite_only(
    "term_one_seat",
    "t.body_id = NEW.body_id AND t.person_id = NEW.person_id",
    "nobody holds two seats of one body",
)

for _name, _columns in (("ex_term_seat", "seat_id"), ("ex_term_person", "body_id, person_id")):
    EXCLUSIONS[_name] = "term"
    _equal = ", ".join(f"int8range({c}, {c}, '[]') WITH &&" for c in _columns.split(", "))
    event.listen(
        Term.__table__,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f'ALTER TABLE term ADD CONSTRAINT {_name} EXCLUDE USING gist ({_equal}, daterange(start, "end") WITH &&)'
        ).execute_if(dialect="postgresql"),
    )
