"""Everything that may be written about a person is declared as theirs, or stands here with a reason: no column is forgotten."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from sqlalchemy import Column, Table

from govnet.accounts.export import is_text
from govnet.factory import modules
from govnet.kernel import personal
from govnet.kernel.models import Base

NOT_THEIRS = {
    "a word of the program, or a reference": {
        *("announcement.authority", "announcement.role", "coming_in.authority", "coming_in.role"),
        *("mandate.authority", "mandate.end_authority", "term.authority", "term.end_authority"),
        *("office_change.came_by", "office_change.constituency", "proposal_version.method"),
        *("decision.matter", "decision.body", "decision.method", "delivery.lease_owner"),
        *("proposal.body", "offsite_decision.taken_by"),
    },
    "the page of a text that stands beside it": {
        *("announcement.html", "decision_note.html", "letter.html", "mandate_report.html"),
        *("meeting_note.html", "post.html", "post_version.html"),
        *("thread.summary_html", "letter.reply_html"),
    },
    "what a network asked, decided or was told, whoever wrote it down": {
        *("announcement.counted_how", "announcement.held_why", "decision.tally", "decision.digest"),
        *(f"offsite_decision.{name}" for name in ("taken_where", "evidence", "evidence_url", "present")),
        *("offsite_decision.late_because", "letter.reply", "letter.reply_url"),
    },
    "what officers did with the posts of others, in their office": {
        *("hiding.reason", "hiding.lifted_why", "evidence_mail.removed_why"),
    },
    "a list of others, which is forgotten after some days": {
        *("roster_import.file_name", "roster_import.digest", "roster_import.notes"),
    },
}
"""Columns of rows that have to do with a person, and why nobody's copy and no erasure works them out."""


for _module in modules.MODELS:
    importlib.import_module(f"govnet.{_module}")


def _tied() -> set[Table]:
    """The tables whose rows have to do with a person: they name one, or hang on a row that does."""
    tables, found = Base.metadata.tables.values(), {Base.metadata.tables["person"]}
    while True:
        more = {table for table in tables for key in table.foreign_keys if key.column.table in found} - found
        if not more:
            return found
        found |= more


def _texts() -> Iterator[Column[object]]:
    return (column for table in _tied() for column in table.columns if is_text(column))


def test_every_text_of_a_row_that_has_to_do_with_a_person_is_declared_or_has_its_reason() -> None:
    undeclared = {str(column) for column in _texts() if personal.datum(column) is None}
    listed = {name for names in NOT_THEIRS.values() for name in names}
    assert undeclared - listed == set(), "say what it is beside the column: govnet/kernel/personal.py"
    assert listed - undeclared == set(), "declared by now, or gone"


def test_a_declared_column_belongs_to_somebody() -> None:
    nobodys = {
        str(column)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if (datum := personal.datum(column)) is not None
        and datum.erase is not personal.STAYS
        and not list(personal.owners(table))
    }
    assert nobodys == set()


def test_a_secret_is_in_nobody_s_copy() -> None:
    shown = {
        str(column)
        for column in _texts()
        if (datum := personal.datum(column)) is not None and datum.export is not None
    }
    told = {name for name in shown if any(word in name for word in ("digest", "token", "salt"))}
    assert told == set()
