"""Somebody with the database file in hand and the triggers gone: the check of the record finds what was done."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from govnet.extensions import db
from govnet.forum.actions import change_post
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.operations import checks
from tests.builders import a_member, a_network, acting
from tests.forum.made import a_post, a_thread, a_topic
from tests.operations.test_founding import founded

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.sqlite]

LAST = "WHERE number = (SELECT max(number) FROM entry)"


@pytest.fixture
def network() -> None:
    """A network with a discussion whose last post was changed once."""
    made = a_network()
    member = a_member(made)
    thread = a_thread(a_topic(made), member)
    post = a_post(thread, member, body="As it was.")
    with transaction():
        change_post(post, by=acting(member, made), body="As it is.", revision=1, via=Door.WEB)


def found(sql: str) -> list[str]:
    """What the check says after somebody ran that by hand."""
    path = str(db.engine.url.database)
    db.session.remove()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.executescript(sql)
        raw.commit()
    return [finding.words for finding in checks.verify() if not finding.well]


@pytest.mark.parametrize(
    "column",
    ["verb", "subject", "facts", "facts_salt", "facts_digest", "words", "words_salt", "words_digest", "prev_hash", "hash"],
)  # fmt: skip
def test_every_column_of_text_is_covered(network: None, column: str) -> None:
    assert found(f"UPDATE entry SET {column} = 'zz' || {column} {LAST}")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (f"UPDATE entry SET actor_id = 999 {LAST}", "its column actor_id"),
        (f"UPDATE entry SET at = '2014-01-01 00:00:00.000000' {LAST}", "its hash does not fit"),
        (f"UPDATE entry SET at = 'rubbish' {LAST}", "cannot be read"),
        (f"UPDATE entry SET visibility = 'committee' {LAST}", "its hash does not fit"),
        (f"UPDATE entry SET visibility = 'x' {LAST}", "cannot be read"),
        (f"UPDATE entry SET words = '{{}}', words_salt = NULL {LAST}", "its words were changed"),
        (f"DELETE FROM entry {LAST}", "but its head says"),
        ("DELETE FROM entry WHERE number = 2", "entry 2 is missing"),
        ("DELETE FROM entry", "but its head says"),
        ("DELETE FROM chain_head", "no head"),
    ],
)
def test_whatever_was_done_is_said(network: None, sql: str, said: str) -> None:
    assert said in "; ".join(found(sql))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE post SET source = 'It never said that.' WHERE revision = 2",
        "UPDATE post_version SET source = 'It never said that.'",
    ],
)
def test_a_text_that_the_record_knows_cannot_be_changed_unseen(network: None, sql: str) -> None:
    assert "the text that it speaks of was changed since" in "; ".join(found(sql))


def test_rules_cannot_be_changed_unseen() -> None:
    founded()
    assert "was changed since" in found("UPDATE charter_version SET parameters = parameters || ' '")[0]


def test_what_was_emptied_is_a_gap_and_no_fault(network: None) -> None:
    assert (
        found("UPDATE post SET source = '', html = ''; UPDATE entry SET words = NULL, words_salt = NULL")
        == []
    )
