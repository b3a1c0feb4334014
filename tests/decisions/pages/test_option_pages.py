"""Choosing between options as people meet it: forms without scripts, standings, data and mail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.charter.models import Network
from govnet.decisions.closing import actions
from govnet.decisions.models import Proposal, RollEntry
from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from govnet.people.models import Person
from tests.builders import a_steering_member
from tests.decisions.builders import a_network_with_rules, decisions, members, version_of
from tests.decisions.mails import names_of, subjects, told
from tests.decisions.rules.test_methods import CITIES, asked, chose
from tests.decisions.stage import browser, decide
from tests.pages import ask, defaults, opened, send
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")

NEW = "/uk/proposals/new?matter=statement"


def a_choice(method: str = "ranked", **rules: Any) -> tuple[Network, list[Person], Proposal]:
    """A network of three that chooses between cities."""
    network = a_network_with_rules(**rules)
    people = members(network, 3)
    return network, people, asked(network, people[0], method, *CITIES)


def data_of(client: FlaskClient, address: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(client.get(address).data)
    return found


def test_a_member_proposes_a_choice_between_options(app: Flask) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    client = browser(app, ann)
    page = opened(client, NEW)
    assert "Choose between options" in page.text
    typed = {"question": "Where do we meet?", "text": "In May.", "way": "options", "choosing": "score"}
    refused = send(client, NEW, {**typed, "options": "Leeds"})
    assert refused.status_code == 422
    assert "Enter from 2 to 20 options" in refused.text
    made = ask(client, NEW, {**typed, "options": "Leeds\n\n  Cardiff  \n"})
    assert made.status_code == 200
    assert "Score each option from 0" in made.text
    assert "None of these" in made.text


def test_the_rules_themselves_are_not_offered_as_a_choice(app: Flask) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    page = opened(browser(app, ann), "/uk/proposals/new?rule=decisions.dots")
    assert "Choose between options" not in page.text
    assert "Any objections?" not in page.text
    assert "Just asking" in page.text


def test_an_old_form_can_not_smuggle_a_way_past_the_charter(app: Flask) -> None:
    network = a_network_with_rules(decisions__consent_instead=False)
    (ann,) = members(network, 1)
    answer = ask(browser(app, ann), NEW, {"question": "Q", "text": "T", "way": "consent"})
    assert answer.status_code == 422
    assert db.session.query(Proposal).count() == 0


@pytest.mark.parametrize(
    ("method", "typed", "said"),
    [
        ("ranked", {"option_2": "1", "option_1": "2"}, "1. Leeds › 2. Cardiff"),
        ("score", {"option_2": "5", "option_1": "0"}, "Leeds: 5, Cardiff: 0"),
        ("dots", {"option_2": "3", "option_0": "2"}, "Leeds: 3, None of these: 2"),
    ],
)
def test_a_member_chooses_changes_it_and_takes_it_back(
    app: Flask, method: str, typed: dict[str, str], said: str
) -> None:
    _network, (ann, *_others), proposal = a_choice(method)
    client, address = browser(app, ann), f"/uk/proposals/{proposal.id}"
    assert send(client, address, typed, action="/choose").status_code == 200
    page = opened(client, address)
    assert said in page.text
    assert "If it closed now: Advice given: first comes Leeds." in page.text
    assert send(client, address, {"no_view": "y"}, action="/choose").status_code == 200
    assert "No view It counts." in opened(client, address).text
    assert send(client, address, {}, action="/answer/take-back").status_code == 200
    assert "Give my answer" in str(client.get(address).text)


@pytest.mark.parametrize(
    ("method", "typed", "said"),
    [
        ("dots", {"option_1": "4", "option_2": "4"}, "these are 8"),
        ("dots", {"option_1": "many"}, "whole numbers from 0 to 5"),
        ("ranked", {}, "Choose at least one option"),
    ],
)
def test_numbers_that_do_not_add_up_are_refused_and_the_input_stays(
    app: Flask, method: str, typed: dict[str, str], said: str
) -> None:
    _network, (ann, *_others), proposal = a_choice(method)
    answer = send(
        browser(app, ann), f"/uk/proposals/{proposal.id}", {**typed, "reason": "By train"}, action="/choose"
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert "By train" in answer.text


def test_words_that_came_too_late_are_kept(app: Flask, time: MovedClock) -> None:
    _network, (ann, *_others), proposal = a_choice()
    client = browser(app, ann)
    page = opened(client, f"/uk/proposals/{proposal.id}")
    form = next(each for each in page.forms if each["action"].endswith("/choose"))
    typed = defaults(form) | {"option_1": "1", "reason": "By train"}
    time.move(to=version_of(proposal).deadline)
    actions.close_due()
    db.session.rollback()
    late = client.post(form["action"], data=typed)
    assert late.status_code == 409
    assert "By train" in late.text
    assert "It was not counted" in late.text
    assert json.loads(decisions()[0].tally)["options"]["ballots"] == []


def test_answers_stay_hidden_until_the_close_where_the_rules_say_so(app: Flask, time: MovedClock) -> None:
    network, (ann, bob, _cat), proposal = a_choice("score", decisions__positions_visible="at_close")
    chose(proposal, network, ann, {2: 5}, reason="By train.")
    for reader in (None, ann, bob):
        client = browser(app, reader)
        page = opened(client, f"/uk/proposals/{proposal.id}")
        assert "· comes first" not in page.text
        assert "If it closed now" not in page.text
        assert "5 points" not in page.text
        found = data_of(client, f"/uk/proposals/{proposal.id}.json")
        assert set(found["options"]) == {"titles"}  # type: ignore[call-overload]
    decide(time, proposal)
    assert "5 points" in opened(browser(app, bob), f"/uk/proposals/{proposal.id}").text


def test_visitors_see_the_standings_and_not_who_chose_what(app: Flask) -> None:
    network, (ann, bob, _cat), proposal = a_choice("score")
    chose(proposal, network, ann, {2: 5}, named=True)
    chose(proposal, network, bob, {1: 3})
    page = opened(browser(app), f"/uk/proposals/{proposal.id}")
    assert "5 points" in page.text
    assert ann.name in page.text
    assert bob.name not in page.text
    found = data_of(browser(app), f"/uk/proposals/{proposal.id}.json")
    assert found["options"]["totals"] == {"1": "3", "2": "5", "3": "0", "0": "0"}  # type: ignore[index]
    assert found["outcome"] == "advice"


def test_the_decision_shows_the_rounds_and_how_it_was_counted(app: Flask, time: MovedClock) -> None:
    network, (ann, bob, cat), proposal = a_choice(decisions__options_settle="decides")
    chose(proposal, network, ann, {1: 1, 2: 2})
    chose(proposal, network, bob, {2: 1})
    chose(proposal, network, cat, {3: 1, 2: 2})
    decide(time, proposal)
    (decision,) = decisions()
    page = opened(browser(app, ann), f"/uk/decisions/{decision.number}")
    for words in (
        "A tie: nothing is decided",
        "Round by round",
        "Round 1",
        "Counted round by round",
    ):
        assert words in page.text
    check = opened(browser(app, ann), f"/uk/decisions/{decision.number}/check").text
    assert "Each choice between the options, and each round: the same" in check
    assert "not the same" not in check
    register = opened(browser(app), "/uk/decisions?outcome=tied")
    assert decision.number in register.text
    assert decision.number not in opened(browser(app), "/uk/decisions?outcome=chosen").text


def test_a_page_of_options_asks_the_database_twice_more_than_others(app: Flask) -> None:
    network, (ann, bob, _cat), proposal = a_choice("score")
    chose(proposal, network, ann, {2: 5})
    client = browser(app, bob)
    client.get(f"/uk/proposals/{proposal.id}")
    with counted() as statements:
        client.get(f"/uk/proposals/{proposal.id}")
    assert len(statements) <= 15, len(statements)  # as a proposal, and its options


def test_mail_names_the_options_and_what_each_had(app: Flask, time: MovedClock) -> None:
    network, (ann, _bob, cat), proposal = a_choice("score", decisions__options_settle="decides")
    told()
    chose(proposal, network, ann, {2: 5, 1: 1})
    decide(time, proposal)
    told()
    assert any("Chosen: Leeds" in each for each in subjects())
    assert cat.name in names_of("Chosen: Leeds")


def test_an_officer_enters_a_member_s_ranking_in_a_form(app: Flask) -> None:
    network, (_ann, bob, _cat), proposal = a_choice()
    sam = a_steering_member(network)
    entry = db.session.query(RollEntry).filter_by(person_id=bob.id).one().id
    typed = {"party": str(entry), "how": "phone", "option_3": "1", "reason": "He rang."}
    answer = send(browser(app, sam), f"/uk/proposals/{proposal.id}/enter", typed, action="/enter")
    assert "The answer is entered" in answer.text
    assert "Belfast 1 vote" in opened(browser(app, bob), f"/uk/proposals/{proposal.id}").text
