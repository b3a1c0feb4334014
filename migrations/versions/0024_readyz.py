"""No network may be called readyz: monitors ask for that address."""

from __future__ import annotations

from alembic import op

revision, down_revision, branch_labels, depends_on = "0024", "0023", None, None

_WORDS = (
    "me", "search", "healthz", "metrics", "api", "demo", "static", "sign-in", "sign-out", "found", "operator", "mail",
    "about", "charter", "join", "members", "organisations", "forum", "decisions", "proposals", "committee",
    "coordinator", "elections", "meetings", "manifesto", "plan", "announcements", "record", "data", "desk",
    "robots", "favicon", "well-known", "unsubscribe",
    "applications", "membership", "settings", "letters", "readyz",
)  # fmt: skip


def upgrade() -> None:
    words = ", ".join(f"'{word}'" for word in _WORDS)
    with op.batch_alter_table("network") as batch:
        batch.drop_constraint(op.f("ck_network_slug_not_reserved"), type_="check")
        batch.create_check_constraint(op.f("ck_network_slug_not_reserved"), f"slug NOT IN ({words})")
