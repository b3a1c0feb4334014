"""How the database finds what a page asks for: by an index, as if the tables were large, and never by reading them through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, inspect, text

from govnet.extensions import db
from govnet.factory.duties import DUTIES
from govnet.kernel.models import Base
from tests.kernel.test_ends_of_types import filled, rules
from tests.record.test_readers import signed_in, world  # noqa: F401 - the fixture

pytestmark = pytest.mark.sqlite
LARGE = {
    "membership": 100_000, "person": 100_000, "person_email": 100_000, "entry": 1_000_000, "telling": 1_000_000,
    "post": 1_000_000, "thread": 50_000, "position": 1_000_000, "proposal_roll": 1_000_000, "delivery": 1_000_000,
    "representation": 4_000, "organisation": 2_000, "letter_signature": 100_000, "application": 100_000,
    "mail": 10_000, "mail_rendering": 10_000, "decision": 10_000, "proposal": 10_000, "proposal_version": 10_000,
    "past_position": 100_000, "signed_in_session": 100_000, "subscription": 100_000,
}  # fmt: skip
FEW = {"network_id": 1, "state": 4, "kind": 3, "verb": 40, "visibility": 3, "done_at": 2}
"""How many values a column has, where they are few; all others tell rows apart well."""


HOLD_FEW = {"ix_post_hidden", "ix_mail_paused", "ix_delivery_waiting"}
"""Partial indexes with few of the table's rows."""


def pretend(connection: Any) -> None:
    """Have the planner believe that the tables are as large as they may become."""
    connection.execute(text("ANALYZE"))
    connection.execute(text("DELETE FROM sqlite_stat1"))
    say = text("INSERT INTO sqlite_stat1 VALUES (:t, :i, :n)")
    for table in inspect(connection).get_table_names():
        rows = LARGE.get(table, 200)
        connection.execute(say, {"t": table, "i": None, "n": str(rows)})
        for index in [row[1] for row in connection.execute(text(f"PRAGMA index_list({table})"))]:
            alike = rows // 1_000 if index in HOLD_FEW else rows
            numbers = [alike]
            for column in [row[2] for row in connection.execute(text(f"PRAGMA index_info({index})"))]:
                alike = max(alike // FEW.get(str(column), 5_000), 1)
                numbers.append(alike)
            connection.execute(say, {"t": table, "i": index, "n": " ".join(map(str, numbers))})
    connection.execute(text("ANALYZE sqlite_schema"))


@contextmanager
def heard() -> Iterator[list[tuple[str, Any]]]:
    """The statements sent while the block runs, with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def names(statement: str) -> dict[str, str]:
    """Which table each alias stands for."""
    pairs = re.findall(r"(?:FROM|JOIN|,|UPDATE)\s+\(?(\w+)(?:\s+AS\s+(\w+))?", statement)
    return {alias or table: table for table, alias in pairs}


def read_through(statement: str, parameters: Any) -> set[str]:
    """The large tables of which the statement reads every row, or every row of a network."""
    known = names(statement)
    found = set()
    with db.engine.connect() as connection:
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
            step = re.match(r"(SCAN|SEARCH) (\w+)(.*)", row[3])
            if step is None or known.get(step[2]) not in LARGE:
                continue
            by = re.findall(r"(\w+)[=<>]", step[3])
            if step[1] == "SCAN" or by == ["network_id"] or set(by) <= set(FEW):
                found.add(f"{known[step[2]]}: {row[3]}")
    return found


def asked_by(app: Any, world: Any, who: str) -> dict[tuple[str, str], set[str]]:  # noqa: F811
    """Every line of a plan that reads a large table through, with its statement, and the addresses that ask so."""
    found: dict[tuple[str, str], set[str]] = {}
    client = app.test_client() if who == "visitor" else signed_in(app, world, who)
    for rule in rules(app):
        with app.app_context(), heard() as statements:
            client.get(filled(rule), buffered=True)
        with app.app_context():
            for statement, parameters in statements:
                for line in read_through(statement, parameters):
                    found.setdefault((line, statement), set()).add(rule.rule)
    return found


WELL = {
    ("proposal_version: SEARCH proposal_version USING INDEX ix_proposal_version_due (state=?)", "proposal_version.state ="):
        "those that are open: few",
    ("proposal_version: SEARCH proposal_version USING INDEX ix_proposal_version_due (state=?)", "proposal_version.state IN"):
        "those that are open, asked or unopposed: few",
    ("proposal: SCAN proposal USING INDEX ix_proposal_drafts", "proposal.state <> 'asked'"): "those that are drafts: few",
    ("proposal: SCAN proposal USING COVERING INDEX ix_proposal_drafts", "proposal.state <> 'asked'"):
        "those that are drafts: few",
    ("application: SEARCH application USING INDEX ix_application_waiting (network_id=? AND state=?)", "application.state ="):
        "those that wait: few",
    ("post: SEARCH post USING INDEX ix_post_hidden (network_id=?)", "post.state = 'hidden'"): "those that are hidden: few",
    ("organisation: SCAN organisation", "SELECT DISTINCT organisation.id, organisation.name"):
        "those offered when joining, unless there are more than anybody reads",
    ("organisation: SCAN organisation", "SELECT organisation.name \nFROM organisation"):
        "those that came since the last announcement, by name: of some thousands at most",
    ("mail: SEARCH mail USING INDEX ix_mail_paused (network_id=?)", "mail.paused_at IS NOT NULL"): "those that are stopped: few",
}  # fmt: skip
"""Rows found by their state alone, with the statement, and the reason why that is well."""
ALL_OF_IT = ("record.jsonl", "record.csv", "/me/data")
"""Files that hold everything: their addresses end or begin so."""
COUNTED = "USING COVERING INDEX ix_membership_numbers"
"""How many belong is counted in an index, without the rows."""


def is_a_page_of_it(statement: str, line: str) -> bool:
    """Whether rows come in the order of an index, and no more are asked for than are shown."""
    return "LIMIT" in statement and " INDEX " in line


def exceptions(asked: tuple[str, str], where: set[str]) -> bool:
    line, statement = asked
    files = all(any(part in rule for part in ALL_OF_IT) for rule in where)
    well = any(line == plan and part in statement for plan, part in WELL)
    return well or files or COUNTED in line or is_a_page_of_it(statement, line)


@pytest.mark.parametrize("who", ["visitor", "member", "officer"])
def test_no_page_reads_a_large_table_through(app, world, who):  # noqa: F811
    with app.app_context(), db.engine.begin() as connection:
        pretend(connection)
    found = asked_by(app, world, who)
    wrong = {asked: where for asked, where in found.items() if not exceptions(asked, where)}
    assert {f"{line} in {sorted(where)}: {statement}" for (line, statement), where in wrong.items()} == set()


def only_for_some_values() -> set[tuple[str, str]]:
    """The columns on whose values it hangs whether an index holds a row."""
    found = set()
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            condition = str(index.dialect_options["sqlite"]["where"])
            found |= {(table.name, name) for name in re.findall(r"(\w+)\"? (?:=|<>|IN|NOT IN) ", condition)}
    return found


def hands_in(statements: list[tuple[str, Any]]) -> set[str]:
    """The statements that compare such a column with a value that is handed in."""
    hangs, found = only_for_some_values(), set()
    assert ("body", "kind") in hangs
    for statement, _values in statements:
        known = names(statement)
        compared = re.findall(r"(\w+)\.(\w+) (?:=|!=|<>|IN|NOT IN) \(?\?", statement)
        found |= {statement for table, column in compared if (known.get(table, table), column) in hangs}
    return found


@pytest.mark.parametrize("who", ["visitor", "member", "officer"])
def test_no_page_hands_in_a_value_on_which_an_index_hangs(app, world, who):  # noqa: F811
    """SQLite would prepare the statement anew each time, and PostgreSQL could not use the index."""
    client = app.test_client() if who == "visitor" else signed_in(app, world, who)
    for rule in rules(app):
        with app.app_context(), heard() as statements:
            client.get(filled(rule), buffered=True)
        assert hands_in(statements) == set(), rule.rule


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.name)
def test_no_duty_hands_in_such_a_value(app, world, duty):  # noqa: F811
    with app.app_context(), heard() as statements:
        duty.run()
    assert hands_in(statements) == set()


@pytest.mark.parametrize("who", ["visitor", "member", "officer"])
def test_no_page_joins_what_may_be_missing_to_a_whole_table(app, world, who):  # noqa: F811
    """An outer join of a join in brackets: SQLite puts all of the inner one together first."""
    client = app.test_client() if who == "visitor" else signed_in(app, world, who)
    wrong = set()
    for rule in rules(app):
        with app.app_context(), heard() as statements:
            client.get(filled(rule), buffered=True)
        wrong |= {
            (rule.rule, one) for one, _values in statements if re.search(r"OUTER JOIN \((?!SELECT)", one)
        }
    assert wrong == set()
