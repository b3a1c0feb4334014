"""A stranger with the public record and the public charter comes to the same outcome, whatever the rule and the answers."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from govnet.charter import actions as charters
from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.rules import load
from govnet.decisions.closing import actions
from govnet.decisions.models import Proposal
from govnet.decisions.rules import outcome
from govnet.decisions.rules.option_count import OPTIONS
from govnet.decisions.rules.outcome import FIVE, AnswerKind, Tally
from govnet.extensions import db
from govnet.kernel.actor import PROGRAM, Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.builders import a_network
from tests.decisions import by_hand
from tests.decisions.builders import answered, decisions, members, version_of
from tests.decisions.rules.test_methods import CITIES, asked, chose
from tests.decisions.stage import browser

pytestmark = pytest.mark.usefixtures("context")

PEOPLE = 6
SHARES = st.sampled_from([{how: text} for how in ("at_least", "more_than") for text in ("1/3", "1/2", "2/3")])
DRAWN: dict[str, st.SearchStrategy[Any]] = {
    "decisions.quorum": st.sampled_from(["none", "count", "fraction", "both"]),
    "decisions.quorum_count": st.integers(1, PEOPLE),
    "decisions.quorum_share": SHARES,
    "decisions.minimum_agreement": SHARES | st.just({"more_than": "0/1"}),
    "decisions.asides_ceiling": SHARES | st.just({"more_than": "1/1"}),
    "decisions.blocks_tolerated": st.integers(0, 2),
    "decisions.fallback": st.sampled_from(["none", "majority"]),
    "decisions.fallback_majority": SHARES,
    "decisions.supermajority": SHARES,
    "decisions.options_settle": st.sampled_from(["advice", "decides"]),
    "decisions.ranking_rule": st.sampled_from(["irv", "borda"]),
    "charter.majority": SHARES,
    "committee.quorum": SHARES,
}
"""Every rule of the charter that an outcome can depend on, beside the method and who decides."""
KINDS = st.sampled_from([AnswerKind.AGREE, AnswerKind.AGREE, *FIVE])
"""Agreement twice, so that something is adopted now and then."""
VALUES = {"ranked": st.integers(1, 4), "score": st.integers(0, 5), "dots": st.integers(0, 1)}


def choices(method: str) -> st.SearchStrategy[dict[int, int]]:
    """The options: three cities and none of them."""
    return st.dictionaries(st.integers(0, 3), VALUES[method], min_size=1).filter(
        lambda each: any(each.values())
    )


@pytest.mark.parametrize("method", [*p.METHODS, *OPTIONS])
def test_a_recount_from_the_record_alone_gives_the_same_outcome(
    app: Flask, time: MovedClock, method: str
) -> None:
    network = a_network()
    people, stranger, ended = members(network, PEOPLE), browser(app), set()
    said = KINDS | choices(method) if method in OPTIONS else KINDS

    @settings(max_examples=14, derandomize=True, phases=[Phase.generate])
    @given(
        st.fixed_dictionaries(DRAWN),
        st.sampled_from(["consensus", "advice"]),
        st.lists(said, max_size=PEOPLE),
    )
    def recounted(drawn: dict[str, Any], own: str, answers: list[Any]) -> None:
        db.session.rollback()
        _adopt(network, {**drawn, "matters.statement_method": own if method in OPTIONS else method})
        proposal = asked(network, people[0], method, *(CITIES if method in OPTIONS else ()))
        for person, each in zip(people, answers, strict=False):
            _say(proposal, network, person, each, method)
        _to_its_end(time, proposal)
        facts, published = _in_the_record(stranger)
        decision = decisions()[-1]
        assert facts["number"] == decision.number
        assert by_hand.outcome(published, facts) == decision.outcome == facts["outcome"]
        assert by_hand.waits(published, facts) == decision.after_waiting == facts["after_waiting"]
        if method in OPTIONS:
            _options_are_the_same(published, method, facts["tally"]["options"])
        ended.add(facts["outcome"])

    recounted()
    assert len(ended) >= 2


def _options_are_the_same(published: dict[str, Any], method: str, options: dict[str, Any]) -> None:
    assert by_hand.first(published, method, options) == options["first"]
    if method != "ranked" or published["decisions.ranking_rule"] == "borda":
        found = by_hand.totals(method, options)
        assert {str(each): str(total) for each, total in found.items()} == options["totals"]


def _adopt(network: Network, changes: dict[str, Any]) -> None:
    with transaction():
        charters.adopt(db.session.merge(network), changes, adopted_by="decision:0", by=PROGRAM, via=Door.CLI)


def _say(proposal: Proposal, network: Network, person: Person, said: Any, method: str) -> None:
    if isinstance(said, dict):
        chose(proposal, network, person, said)
    else:  # between options the only other answer is that one has no view
        answered(proposal, network, AnswerKind.NO_VIEW if method in OPTIONS else said, person)


def _to_its_end(time: MovedClock, proposal: Proposal) -> None:
    for _close in range(2):  # after a Stop there may be a waiting time
        time.move(to=max(time.at, version_of(proposal).deadline))
        actions.close_due()
        db.session.rollback()


def _in_the_record(stranger: FlaskClient) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts of the newest decision's entry, and the rules it cites, which are those that the record sealed."""
    entries = [each["facts"] for each in stranger.get("/uk/record.json").json["entries"] if each.get("facts")]
    facts = next(each for each in entries if each["verb"] == "decisions.decided")
    changed = next(each for each in entries if each["verb"] == "charter.changed")
    assert changed["subject"] == facts["charter"]
    published: dict[str, Any] = stranger.get(f"/uk/charter/{changed['number']}.json").json["rules"]
    text = json.dumps(published, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == changed["digest"]
    return facts, published


MATTERS = st.sampled_from(sorted(p.METHOD_FOR))


@given(
    st.fixed_dictionaries(DRAWN),
    MATTERS,
    st.sampled_from(sorted(p.METHODS)),
    st.sampled_from(["all", "committee"]),
    st.lists(KINDS, max_size=12),
    st.integers(0, 12),
    st.booleans(),
)
def test_the_counting_rule_is_what_the_charter_says_for_every_matter_and_method(
    drawn: dict[str, Any],
    matter: str,
    method: str,
    body: str,
    kinds: list[AnswerKind],
    silent: int,
    stopped: bool,
) -> None:
    charter = load({**drawn, f"matters.{matter}_method": method, f"matters.{matter}_body": body})
    roll, tally = len(kinds) + silent, Tally.of(kinds)
    facts: dict[str, Any] = {"matter": matter, "method": method, "roll_size": roll, "tally": tally.as_json()}
    rule = outcome.rule_for(charter, matter)
    waited = stopped and rule.fallback is not None
    found = outcome.outcome(tally, roll, rule.after_waiting() if waited else rule)
    assert found == by_hand.outcome(charter.stored(), {**facts, "after_waiting": waited})
