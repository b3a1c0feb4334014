"""A draft is a proposal that asks nobody yet; suggestions belong to a version, a draft's or an open one's."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from govnet.kernel.text import render

revision, down_revision, branch_labels, depends_on = "0033", "0032", None, None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DRAFTED = sa.text("state <> 'asked'")
OFFICE = ("what", "seat_id", "place", "held_id", "person_id", "organisation_id", "scope", "came_by", "constituency")


def upgrade() -> None:
    bind = op.get_bind()
    drafts, suggestions, sponsors = (
        _rows(bind, table) for table in ("proposal_draft", "proposal_draft_suggestion", "proposal_sponsor")
    )
    _widen_proposals()
    _widen_versions()
    for table in ("proposal_sponsor", "proposal_draft_suggestion", "proposal_draft"):
        op.drop_table(table)
    _make_tables()
    if bind.dialect.name == "postgresql":  # the one of today knows drafts; it is put back when all is done
        op.execute("DROP TRIGGER IF EXISTS office_change_while_open ON office_change")
    tables = sa.MetaData()
    tables.reflect(bind)
    moved = {row["id"]: _moved(bind, tables.tables, row) for row in drafts}
    for row in sponsors:
        proposal_id, _version = moved[row["draft_id"]]
        values = {"proposal_id": proposal_id, "person_id": row["person_id"], "at": row["at"]}
        bind.execute(sa.insert(tables.tables["proposal_sponsor"]).values(values))
    for row in suggestions:
        key = row.pop("id")
        _proposal, row["version_id"] = moved[row.pop("draft_id")]
        now = _added(bind, tables.tables["proposal_suggestion"], row)
        former = {"id": key, "suggestion_id": now}
        bind.execute(sa.insert(tables.tables["proposal_draft_suggestion"]).values(former))


def _rows(bind: sa.Connection, name: str) -> list[dict[str, Any]]:
    table = sa.Table(name, sa.MetaData(), autoload_with=bind)
    return [dict(row) for row in bind.execute(sa.select(table).order_by(table.c.id)).mappings()]


def _widen_proposals() -> None:
    """Who is asked, through which door, from when and until when: of a draft none of it is known yet."""
    with op.batch_alter_table("proposal") as batch:
        batch.alter_column("body", existing_type=sa.String(length=20), nullable=True)
        batch.alter_column("door", existing_type=sa.String(length=40), nullable=True)
        batch.alter_column("opened_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch.alter_column("first_deadline", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch.add_column(sa.Column("state", sa.String(length=40), nullable=False, server_default="asked"))
        batch.add_column(sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("closes_on", sa.Date(), nullable=True))
        batch.create_check_constraint(op.f("ck_proposal_state"), "state IN ('draft', 'asked', 'dropped')")
        batch.create_check_constraint(
            op.f("ck_proposal_asked_is_whole"),
            "state <> 'asked' OR (body IS NOT NULL AND door IS NOT NULL AND opened_at IS NOT NULL"
            " AND first_deadline IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_proposal_draft_asks_nobody"),
            "state = 'asked' OR (body IS NULL AND door IS NULL AND opened_at IS NULL"
            " AND first_deadline IS NULL AND drafted_at IS NOT NULL AND changed_at IS NOT NULL)",
        )
    op.create_index(
        "ix_proposal_drafts",
        "proposal",
        ["network_id", "state"],
        sqlite_where=DRAFTED,
        postgresql_where=DRAFTED,
    )


def _widen_versions() -> None:
    """The same of a draft's text."""
    with op.batch_alter_table("proposal_version") as batch:
        batch.alter_column("opened_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch.alter_column("deadline", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch.alter_column("visible", existing_type=sa.String(length=40), nullable=True)
        batch.alter_column("roll_size", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("charter_version_id", existing_type=KEY, nullable=True)
        batch.drop_constraint(op.f("ck_proposal_version_state"), type_="check")
        batch.create_check_constraint(
            op.f("ck_proposal_version_state"), "state IN ('draft', 'open', 'unopposed', 'closed')"
        )
        batch.drop_constraint(op.f("ck_proposal_version_trial_has_signs"), type_="check")
        batch.create_check_constraint(
            op.f("ck_proposal_version_trial_has_signs"),
            "state = 'draft' OR (trial_until IS NULL) = (trial_signs = '')",
        )
        batch.create_check_constraint(
            op.f("ck_proposal_version_opened_is_whole"),
            "state = 'draft' OR (opened_at IS NOT NULL AND deadline IS NOT NULL AND visible IS NOT NULL"
            " AND roll_size IS NOT NULL AND charter_version_id IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_proposal_version_draft_is_not_opened"),
            "state <> 'draft' OR (opened_at IS NULL AND deadline IS NULL AND visible IS NULL"
            " AND roll_size IS NULL AND charter_version_id IS NULL)",
        )


def _make_tables() -> None:
    """The numbers that drafts and their suggestions had until now, and who wants a draft asked."""
    op.create_table(
        "proposal_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("proposal_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_draft_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_draft")),
    )
    op.create_index(op.f("ix_proposal_draft_proposal_id"), "proposal_draft", ["proposal_id"])
    op.create_table(
        "proposal_draft_suggestion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("suggestion_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["proposal_suggestion.id"],
            name=op.f("fk_proposal_draft_suggestion_suggestion_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_draft_suggestion")),
        sa.UniqueConstraint("suggestion_id", name=op.f("uq_proposal_draft_suggestion_suggestion_id")),
    )
    op.create_table(
        "proposal_sponsor",
        sa.Column("id", KEY, nullable=False),
        sa.Column("proposal_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_sponsor_proposal_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_sponsor_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_sponsor")),
        sa.UniqueConstraint("proposal_id", "person_id", name="uq_proposal_sponsor_once"),
    )
    op.create_index(op.f("ix_proposal_sponsor_person_id"), "proposal_sponsor", ["person_id"])


def _moved(bind: sa.Connection, tables: Any, draft: dict[str, Any]) -> tuple[int, int]:
    """The proposal that a draft is now, and the version with its text: its own, or the first that was asked."""
    proposal, version, former = (tables[name] for name in ("proposal", "proposal_version", "proposal_draft"))
    dates = {"drafted_at": draft["made_at"], "changed_at": draft["changed_at"], "ready_at": draft["ready_at"]}
    key = draft["proposal_id"]
    if key is not None:
        bind.execute(sa.update(proposal).where(proposal.c.id == key).values(dates))
        first = sa.select(version.c.id).where(version.c.proposal_id == key).order_by(version.c.number)
        version_id = bind.execute(first.limit(1)).scalar_one()
    else:
        key, version_id = _written(bind, tables, draft, dates)
    bind.execute(sa.insert(former).values({"id": draft["id"], "proposal_id": key}))
    return key, version_id


def _written(
    bind: sa.Connection, tables: Any, draft: dict[str, Any], dates: dict[str, Any]
) -> tuple[int, int]:
    kept = json.loads(draft["words"])
    words, ask = defaultdict(str, kept["words"]), defaultdict(str, kept["ask"])
    more = defaultdict(str, words["more"] or {})
    same = {name: draft[name] for name in ("network_id", "thread_id", "author_id", "matter")}
    row = same | dates
    row |= {
        "state": "draft" if draft["state"] == "open" else "dropped",
        "review_on": _day(ask["review_on"]),
        "closes_on": _day(ask["closes"]),
    }
    key = _added(bind, tables["proposal"], row)
    text = {"question": draft["question"], "text": words["text"], "html": render(words["text"])}
    version = {
        **text,
        "proposal_id": key,
        "number": 1,
        "author_id": draft["author_id"],
        "because": "",
        "changes": json.dumps(words["changes"] or {}, sort_keys=True, separators=(",", ":")),
        "considered": more["considered"],
        "sources": more["sources"],
        "in_force_on": _day(more["in_force_on"]),
        "trial_until": _day(more["trial_until"]),
        "trial_signs": more["trial_signs"],
        "method": draft["method"],
        "state": "draft",
    }
    version_id = _added(bind, tables["proposal_version"], version)
    for number, title in enumerate(words["options"] or (), 1):
        option = {"version_id": version_id, "number": number, "title": title}
        bind.execute(sa.insert(tables["proposal_option"]).values(option))
    for number, office in enumerate(words["offices"] or (), 1):
        _name(bind, tables, draft["network_id"], version_id, number, office)
    decision = tables["decision"]
    if ask["replaces_id"] and bind.scalar(
        sa.select(decision.c.id).where(decision.c.id == ask["replaces_id"])
    ):
        replaces = {"proposal_id": key, "decision_id": ask["replaces_id"]}
        bind.execute(sa.insert(tables["proposal_replaces"]).values(replaces))
    return key, version_id


def _name(
    bind: sa.Connection, tables: Any, network_id: int, version_id: int, number: int, office: dict[str, Any]
) -> None:
    """An office that a draft would give or end, with the people whom it names."""
    start, end = _day(office.get("start")), _day(office.get("end"))
    texts = ("place", "scope", "came_by", "constituency")
    row = {name: office.get(name) or ("" if name in texts else None) for name in OFFICE}
    row |= {"start": None if start and end and start >= end else start, "end": end}
    row |= {"version_id": version_id, "number": number, "network_id": office.get("network_id") or network_id}
    change = _added(bind, tables["office_change"], row)
    for person in dict.fromkeys([office.get("person_id"), *office.get("named", ())]):
        if person is not None:
            named = {"change_id": change, "network_id": network_id, "person_id": person}
            bind.execute(sa.insert(tables["office_person"]).values(named))


def _added(bind: sa.Connection, table: sa.Table, row: dict[str, Any]) -> int:
    key = bind.execute(sa.insert(table).values(row)).inserted_primary_key
    return int(key[0])


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None
