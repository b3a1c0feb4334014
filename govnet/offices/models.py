"""Bodies, seats, terms and mandates. Terms that must never overlap cannot: the database sees to it."""

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
    Select,
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
from govnet.kernel import personal
from govnet.kernel.calendar import day_before
from govnet.kernel.models import EXCLUSIONS, Base, Instant, Key, Name, Words, enum_type, is_name, where
from govnet.kernel.triggers import trigger
from govnet.offices import rules
from govnet.people.models import Organisation, Person


class BodyKind(StrEnum):
    """The kind of body."""

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
    """The constituency of a seat."""

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
    name: Mapped[Name] = mapped_column(info=personal.naming())
    position: Mapped[int]
    constituency: Mapped[Constituency] = mapped_column(
        enum_type(Constituency, "constituency"), default=Constituency.ANY
    )
    is_chair: Mapped[bool] = mapped_column(default=False)
    vacancy_note: Mapped[str] = mapped_column(Text, default="")
    """While it is empty: the plan for it."""
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
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("places", entries=True)
    )
    start: Mapped[date]
    end: Mapped[date] = mapped_column(info=personal.stays("last_day", read=day_before))
    came_by: Mapped[CameBy] = mapped_column(enum_type(CameBy, "came_by"))
    authority: Mapped[str] = mapped_column(String(80), default="")
    """The decision that gave it, "decision:<id>"; empty only as found, with evidence."""
    evidence: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
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


def _named_in(person_id: Any) -> Select[Any]:
    """The mandates under which somebody acts."""
    return select(MandateNamed.mandate_id).where(MandateNamed.person_id == person_id)


class Mandate(Base):
    """A coordinator's mandate, from `start` until before `end`; held by an organisation or a person."""

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
    id: Mapped[Key] = mapped_column(info=personal.owner("mandates", empties=False, among=_named_in))
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=personal.owner("mandates", entries=True)
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    scope: Mapped[Words] = mapped_column(info=personal.naming())
    start: Mapped[date]
    end: Mapped[date] = mapped_column(info=personal.stays("last_day", read=day_before))
    authority: Mapped[str] = mapped_column(String(80), default="")
    evidence: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
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
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True, info=personal.owner(erase=personal.ROW)
    )
    mandate: Mapped[Mandate] = relationship(back_populates="named", lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class MandateReport(Base):
    """A coordinator's report, for one of the days on which one is due."""

    __tablename__ = "mandate_report"
    __table_args__ = (UniqueConstraint("mandate_id", "due_on", name="uq_mandate_report_due"),)
    id: Mapped[Key]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    due_on: Mapped[date]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=personal.owner("reports"))
    at: Mapped[Instant]
    source: Mapped[Words] = mapped_column(info=personal.stays("text"))
    html: Mapped[Words]
    mandate: Mapped[Mandate] = relationship(back_populates="reports", lazy="raise")
    author: Mapped[Person] = relationship(lazy="raise")


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


class CodePromise(Base):
    """Somebody who takes office is asked for a promise; `at` says when it was given."""

    __tablename__ = "code_promise"
    __table_args__ = (
        CheckConstraint("(term_id IS NULL) <> (mandate_id IS NULL)", name="one_office"),
        CheckConstraint("(at IS NULL) = (charter_version_id IS NULL)", name="given_under_a_charter"),
        UniqueConstraint("term_id", name="uq_code_promise_term"),
        UniqueConstraint("mandate_id", "person_id", name="uq_code_promise_mandate"),
        Index("ix_code_promise_open", "person_id", **where("at IS NULL")),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("promises")
    )
    term_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    asked_at: Mapped[Instant]
    at: Mapped[Instant | None]
    charter_version_id: Mapped[int | None] = mapped_column(ForeignKey("charter_version.id"))
    """The version whose code was promised: the one in force on that day."""
    statements: Mapped[str] = mapped_column(
        Text, default="[]", info=personal.stays("sentences", read=personal.from_json)
    )
    """JSON: the text of the ticked sentences."""


class OfficeKind(StrEnum):
    """The change to an office."""

    PLACE = "place"
    END_TERM = "end of term"
    NEW_PLACE = "new place"
    MANDATE = "mandate"
    END_MANDATE = "end of mandate"
    FIRST = "first person"
    """Somebody takes a first place in a sister network that has nobody yet."""


OFFICE_MATTERS = frozenset({"committee", "mandate", "charter"})
"""The matters of a proposal that names an office; about our rules, as an exception to them."""


class OfficeChange(Base):
    """One office that a version gives or ends, with the person and the place by name; never changed."""

    __tablename__ = "office_change"
    __table_args__ = (
        UniqueConstraint("version_id", "number", name="uq_office_change_number"),
        UniqueConstraint("id", "person_id", name="uq_office_change_id_person"),
        UniqueConstraint("id", "network_id", name="uq_office_change_id_network"),
        CheckConstraint(
            "what NOT IN ('place', 'end of term') OR (seat_id IS NOT NULL AND person_id IS NOT NULL)",
            name="names_person_and_place",
        ),
        CheckConstraint(
            "what NOT IN ('mandate', 'end of mandate') OR (person_id IS NULL) <> (organisation_id IS NULL)",
            name="names_one_holder",
        ),
        CheckConstraint("what <> 'first person' OR person_id IS NOT NULL", name="names_a_person"),
        CheckConstraint("what NOT IN ('place', 'mandate', 'first person') OR \"end\" IS NOT NULL", name="has_an_end"),
        CheckConstraint("(what IN ('end of term', 'end of mandate')) = (held_id IS NOT NULL)", name="names_what_ends"),
        CheckConstraint('start IS NULL OR start < "end"', name="dates_in_order"),
    )  # fmt: skip
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(
        ForeignKey("proposal_version.id"), info=personal.owner("offices_proposed", empties=False)
    )
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    """Where the office is: the proposal's own network, or a sister that has nobody."""
    number: Mapped[int]
    what: Mapped[OfficeKind] = mapped_column(enum_type(OfficeKind, "what"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    place: Mapped[Name] = mapped_column(default="", info=personal.stays())
    """The place's name when it was asked."""
    held_id: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))
    """The term or mandate that ends; no foreign key, for a term points to what it began by."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    scope: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    start: Mapped[date | None]
    """The first day; None for the day on which it is decided."""
    end: Mapped[date | None]
    """The first day outside; of what ends, None for the day after it is decided."""
    came_by: Mapped[str] = mapped_column(String(40), default="")
    constituency: Mapped[str] = mapped_column(String(40), default="")
    person: Mapped[Person | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    people: Mapped[list[OfficePerson]] = relationship(lazy="raise", order_by="OfficePerson.id")


is_name(OfficeChange.place)


class OfficePerson(Base):
    """Somebody whom an office change names: their own case, in which they reply and are not counted."""

    __tablename__ = "office_person"
    __table_args__ = (UniqueConstraint("change_id", "person_id", name="uq_office_person_once"),)
    id: Mapped[Key]
    change_id: Mapped[int] = mapped_column(ForeignKey("office_change.id"))
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    """The proposal's."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    change: Mapped[OfficeChange] = relationship(lazy="raise", viewonly=True)
