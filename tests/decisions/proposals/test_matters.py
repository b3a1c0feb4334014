"""The matter of a proposal: "what we do" is one, and the form asks for it only if it changes who decides."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.presets import STARTING
from govnet.charter.rules import Charter, load, starting
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import Proposal
from govnet.decisions.pages.matter_groups import same_rules
from govnet.extensions import db
from tests.builders import a_member, a_network, a_steering_member, acting
from tests.decisions.builders import a_network_with_rules, members, version_of
from tests.decisions.stage import browser
from tests.pages import Html, ask, opened, send

pytestmark = pytest.mark.usefixtures("context")

NEW = "/uk/proposals/new"
TYPED = {"question": "Shall we meet in Leeds?", "text": "In **June**."}
ALL = {f"matters__{matter}_body": "all" for matter in p.MATTERS}


def asked_about() -> Proposal:
    db.session.rollback()
    return db.session.query(Proposal).one()


def fields(page: Html) -> list[str]:
    return [field["name"] for form in page.forms for field in form["fields"] if field["name"]]


def older(**stored: object) -> Charter:
    """A charter from before what we do was a matter."""
    kept = {key: value for key, value in load(stored).stored().items() if "activities" not in key}
    return load(kept, number=1)


# --- the matter


@pytest.mark.parametrize("body", ["all", "committee"])
@pytest.mark.parametrize("method", sorted(p.METHODS))
def test_where_rules_are_older_than_the_matter_it_goes_as_what_is_said_in_our_name(
    body: str, method: str
) -> None:
    charter = older(**{"matters.statement_body": body, "matters.statement_method": method})
    assert charter[p.BODY_FOR["activities"]] == body
    assert charter[p.METHOD_FOR["activities"]] == method


@pytest.mark.parametrize("name", sorted(STARTING))
def test_every_charter_to_start_from_says_it_in_so_many_words(name: str) -> None:
    assert {"matters.activities_body", "matters.activities_method"} <= set(starting(name).stored())


def test_a_change_of_the_rule_for_statements_leaves_the_rule_for_what_we_do() -> None:
    before = older()
    after = before.with_changes({"matters.statement_body": "committee"})
    assert after[p.BODY_FOR["statement"]] == "committee"
    assert after[p.BODY_FOR["activities"]] == before[p.BODY_FOR["activities"]] == "all"
    assert load(after.stored()).stored() == after.stored()


def test_a_network_that_was_founded_before_keeps_its_rules_to_the_letter(app: Flask) -> None:
    kept = json.dumps({"matters.statement_body": "committee"})
    network = a_network(parameters=kept)
    version = charters.version_in_force(network.id)
    assert version.parameters == kept
    page = opened(browser(app), "/uk/charter").text
    assert "what we do" in page.lower()
    assert charters.rules_in_force(network.id)[p.BODY_FOR["activities"]] == "committee"


# --- when it is asked


def test_where_all_is_decided_alike_nothing_is_asked_and_it_is_about_what_we_do(app: Flask) -> None:
    network = a_network_with_rules(**ALL)
    ann = a_member(network)
    client = browser(app, ann)
    page = opened(client, NEW)
    assert "matter" not in fields(page)
    assert "All members decide by consensus" in page.text
    ask(client, NEW, TYPED)
    assert (asked_about().matter, asked_about().body) == ("activities", "all")


def test_where_the_answer_changes_who_decides_it_is_asked_after_the_text_by_the_rule(app: Flask) -> None:
    network = a_network_with_rules(
        **ALL | {"matters__money_body": "committee", "matters__money_method": "majority"}
    )
    a_steering_member(network)
    client = browser(app, a_member(network))
    page = opened(client, NEW)
    names = fields(page)
    assert names.index("question") < names.index("text") < names.index("matter") < names.index("way")
    headings = ("All members decide by consensus", "What we do", "The committee decides by a vote", "Money")
    places = [
        page.text.casefold().index(words.casefold(), page.text.index("What is it about?"))
        for words in headings
    ]
    assert places == sorted(places)
    refused = send(client, NEW, TYPED)
    assert refused.status_code == 422
    assert "Choose what it is about, so that we know who decides." in refused.text
    assert "In **June**." in refused.text
    ask(client, NEW, TYPED | {"matter": "money"})
    assert (asked_about().matter, asked_about().body) == ("money", "committee")
    assert version_of(asked_about()).method == "majority"


def test_a_way_that_the_matter_does_not_have_is_asked_again_and_nothing_is_lost(app: Flask) -> None:
    network = a_network_with_rules(**ALL | {"matters__money_method": "majority"})
    client = browser(app, a_member(network))
    page = send(client, NEW, TYPED | {"matter": "money", "way": "consent"})
    assert page.status_code == 422
    assert "By our rules this is decided in another way. Choose how." in page.text
    assert "In **June**." in page.text
    assert "Majority" in page.text or "vote" in page.text
    ask(client, NEW, TYPED | {"matter": "activities", "way": "consent"})
    assert version_of(asked_about()).method == "consent"


def test_change_it_leads_back_with_what_was_chosen(app: Flask) -> None:
    network = a_network_with_rules(**ALL | {"matters__money_body": "committee"})
    a_steering_member(network)
    client = browser(app, a_member(network))
    back = Html(ask(client, NEW, TYPED | {"matter": "money"}, press="change").text)
    ticked = [
        f["value"] for each in back.forms for f in each["fields"] if f["name"] == "matter" and f["checked"]
    ]
    assert ticked == ["money"]


@pytest.mark.parametrize("odd", ["charter", "x", "", "Money", "9" * 40])
def test_a_matter_that_nobody_offered_is_asked_for_again(app: Flask, odd: str) -> None:
    network = a_network_with_rules(**ALL | {"matters__money_body": "committee"})
    client = browser(app, a_member(network))
    assert send(client, NEW, TYPED | {"matter": odd}).status_code == 422
    assert db.session.query(Proposal).count() == 0


def test_a_draft_is_about_the_chosen_matter(app: Flask) -> None:
    network = a_network_with_rules(**ALL | {"matters__money_body": "committee"})
    client = browser(app, a_member(network))
    made = send(client, NEW, TYPED | {"matter": "statement", "draft": "y"})
    assert made.status_code == 200
    db.session.rollback()
    assert db.session.query(Draft).one().matter == "statement"
    assert "What is it about?" not in opened(client, f"{made.request.path}/change").text


def test_the_form_leads_to_our_rules_to_places_and_to_letters(app: Flask) -> None:
    network = a_network_with_rules()
    links = opened(browser(app, a_member(network)), NEW).links
    for wanted in ("/uk/proposals/new?matter=charter", "/uk/committee", "/uk/letters/new"):
        assert wanted in links


def test_each_matter_stands_in_one_group_and_our_rules_in_none() -> None:
    network = a_network_with_rules(matters__money_method="majority", matters__members_body="committee")
    a_steering_member(network)
    ann, _bob = members(network, 2)
    charter = charters.rules_in_force(network.id)
    found = same_rules(network, charter, acting(ann, network))
    assert sorted(each for rule in found for each in rule.matters) == sorted(set(p.MATTERS) - {"charter"})
    assert len({(rule.body, rule.method) for rule in found}) == len(found)
    for rule in found:
        assert {charter[p.METHOD_FOR[each]] for each in rule.matters} == {rule.method}
