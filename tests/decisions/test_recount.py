"""A stranger with the public record and the public charter comes to the same outcome."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.charter import parameters as p
from govnet.charter.rules import Charter, load
from govnet.decisions import closing
from govnet.decisions.rules import FIVE, Kind, Outcome, Tally, outcome, rule_for
from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members, version_of

USUAL = {
    "decisions__quorum": "both",
    "decisions__quorum_count": 3,
    "decisions__minimum_agreement": {"at_least": "1/2"},
    "decisions__asides_ceiling": {"more_than": "1/3"},
    "decisions__fallback": "majority",
}


@pytest.fixture(autouse=True)
def context_for_rows(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


@pytest.mark.parametrize("method", ["consensus", "consent", "majority", "supermajority", "advice"])
def test_a_recount_from_the_record_alone_gives_the_same_outcome(
    app: Flask, time: MovedClock, method: str
) -> None:
    network = a_network_with_rules(**USUAL, matters__statement_method=method)
    people, dice = members(network, 6), random.Random(method)
    ended = set()
    for _each in range(8):
        proposal = a_proposal(network, people[0])
        for person in people[: dice.randint(1, 6)]:
            answered(proposal, network, dice.choice([Kind.AGREE, Kind.AGREE, Kind.AGREE, *FIVE]), person)
        for _close in range(2):  # after a Stop there is a waiting time
            time.move(to=version_of(proposal).deadline)
            closing.close_due()
            db.session.rollback()
    for facts in _decided(app.test_client()):
        assert _by_hand(app.test_client(), facts) is Outcome(facts["outcome"])
        ended.add(facts["outcome"])
    assert len(ended) >= (1 if method == "advice" else 2)


def _decided(stranger: FlaskClient) -> list[dict[str, Any]]:
    lines = stranger.get("/uk/data/record.jsonl").text.splitlines()
    facts = [json.loads(entry["facts"]) if isinstance(entry.get("facts"), str) else entry.get("facts")
             for entry in map(json.loads, lines)]  # fmt: skip
    return [each for each in facts if each and each.get("verb") == "decisions.decided"]


def _by_hand(stranger: FlaskClient, facts: dict[str, Any]) -> Outcome:
    """What anybody makes of the numbers, with the rules as they are published."""
    published = stranger.get("/uk/charter/1.json").get_json()
    rule = rule_for(_charter(published), facts["matter"], facts["method"])
    tally = Tally(*(facts["tally"][kind.value] for kind in FIVE))
    return outcome(tally, facts["roll_size"], rule.after_waiting() if facts["after_waiting"] else rule)


def _charter(published: dict[str, Any]) -> Charter:
    rules = published["rules"]
    assert set(rules) == set(p.CATALOGUE)
    return load(rules, 1)
