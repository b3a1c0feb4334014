"""Somebody with the database file in hand and the triggers gone: the check of the record finds what was done."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from govnet.decisions.closing.actions import close_due
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.forum.threads.actions import change_post
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.operations.health import checks
from tests.builders import a_member, a_network, acting
from tests.chain import built
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members, version_of
from tests.forum.made import a_post, a_thread, a_topic
from tests.operations.founding.test_founding import founded

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


def wrong() -> list[str]:
    """The findings of the check."""
    return [words for finding in checks.verify() if not finding.well for words in finding.words.split("; ")]


def found(sql: str) -> list[str]:
    """The findings of the check after somebody ran that by hand."""
    by_hand(sql)
    return [words for words in wrong() if not built(words)]


def by_hand(sql: str) -> None:
    """Run that with every trigger and check gone."""
    path = str(db.engine.url.database)
    db.session.remove()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.executescript(sql)
        raw.commit()


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
def test_every_kind_of_tampering_is_named(network: None, sql: str, said: str) -> None:
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


def test_an_erased_text_is_a_gap_and_no_fault(network: None) -> None:
    assert (
        found("UPDATE post SET source = '', html = ''; UPDATE entry SET words = NULL, words_salt = NULL")
        == []
    )


@pytest.fixture
def decided(time: MovedClock) -> None:
    """A network that has decided something, and is asked something else."""
    made = a_network_with_rules()
    ann, bob = members(made, 2)
    first, second = a_proposal(made, ann), a_proposal(made, ann)
    for proposal in (first, second):
        answered(proposal, made, AnswerKind.AGREE, ann)
        answered(proposal, made, AnswerKind.STAND_ASIDE, bob, reason="Not now.")
    answered(first, made, AnswerKind.RESERVATIONS, bob, reason="Well.")
    time.move(to=version_of(first).deadline)
    close_due()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "UPDATE position SET kind = 'agree', reason = '' WHERE kind = 'stand-aside'",
            "an answer to proposal",
        ),
        ("UPDATE position SET reason = 'Never.' WHERE kind = 'reservations'", "an answer to proposal"),
        ("UPDATE decision SET outcome = 'not-agreed' WHERE id = 1", "was changed since"),
        ("UPDATE decision SET roll_size = 7 WHERE id = 1", "was changed since"),
        (
            "UPDATE decision SET tally = replace(tally, '\"agree\": 1', '\"agree\": 2') WHERE id = 1",
            "was changed since",
        ),
    ],
)
def test_an_answer_or_an_outcome_that_was_changed_by_hand_is_found(
    decided: None, sql: str, said: str
) -> None:
    assert all(built(words) for words in wrong())
    assert said in " ".join(found(sql))
