"""The table "Who decides what" says what the program does, and each rule leads to the form that changes it."""

from __future__ import annotations

from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.fields import name_of
from govnet.charter.kinds import Statements
from govnet.charter.models import CharterVersion
from govnet.charter.presets import STARTING
from govnet.charter.rules import Charter, load, problems, starting
from govnet.decisions.rules.outcome import AnswerKind, Outcome, Tally, outcome, rule_for
from govnet.decisions.rules.who_decides import who_decides
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.messages import Said
from govnet.membership.models import MembershipState
from tests.builders import a_coordinator, a_member, a_network, a_steering_member, an_organisation
from tests.decisions.builders import a_network_with_rules, one_transaction
from tests.decisions.stage import browser
from tests.pages import Html, opened

ON_PAGES = pytest.mark.usefixtures("context")
CHARTERS: tuple[Charter, ...] = (
    *(starting(name) for name in STARTING),
    *(
        starting("usual").with_changes(
            {
                "matters.money_method": method,
                "matters.money_body": body,
                "decisions.quorum": quorum,
                "decisions.blocks_tolerated": tolerated,
            }
        )
        for method, body, quorum, tolerated in product(
            p.METHODS, p.BODIES, ("none", "count", "fraction", "both"), (0, 2)
        )
    ),
)


def said(sentences: tuple[Any, ...]) -> str:
    return ". ".join(map(str, sentences))


@pytest.mark.parametrize("charter", CHARTERS, ids=range(len(CHARTERS)))
def test_the_table_agrees_with_counting_the_answers(charter: Charter) -> None:
    assert [row.matter for row in who_decides(charter)] == list(p.MATTERS)
    for row in who_decides(charter):
        rule, stops = rule_for(charter, row.matter), said(row.stops)
        assert "%(" not in said(
            (row.method, *row.proposes, *row.answers, *row.needed, *row.open_for, *row.stops)
        )
        one_stop = outcome(Tally.of([AnswerKind.AGREE] * 99 + [AnswerKind.BLOCK]), 100, rule)
        assert ("One Stop" in stops) == (one_stop is Outcome.BLOCKED)
        assert ("binds nobody" in stops) == (one_stop is Outcome.ADVICE)
        two_more = outcome(Tally.of([AnswerKind.AGREE] * 97 + [AnswerKind.BLOCK] * 3), 100, rule)
        assert ("Stop" in stops) == (two_more is Outcome.BLOCKED)
        few = outcome(Tally.of([AnswerKind.AGREE]), 1000, rule)
        assert ("However few" in said(row.needed)) == (few is not Outcome.NO_QUORUM)
        if rule.quorum.count and rule.method != "consent":
            assert str(rule.quorum.count) in said(row.needed)
        assert ("committee" in said(row.answers)) == (charter[p.BODY_FOR[row.matter]] == "committee")
        assert said(row.open_for) == f"{charter[p.MINIMUM_DAYS_OPEN]} to {charter[p.MAXIMUM_DAYS_OPEN]} days"


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"decisions.who_may_propose": "committee"}, "proposes", "The committee"),
        ({"decisions.voice": "organisations"}, "answers", "Member organisations"),
        ({"membership.roll_days": 30}, "answers", "Members for 30 days or more"),
        ({"membership.roll_days": 1}, "answers", "Members for 1 day or more"),
        ({"decisions.minimum_days_open": 60}, "open_for", "60 days"),
        (
            {"decisions.asides_ceiling": {"at_least": "1/4"}},
            "stops",
            "If at least a quarter of those who took a side disagree",
        ),
        (
            {"decisions.minimum_agreement": {"at_least": "1/2"}},
            "stops",
            "Unless at least half of those who answer agree",
        ),
        (
            {"decisions.who_may_stop": "organisations"},
            "stops",
            "One Stop by an organisation, with its reason",
        ),
        (
            {"decisions.fallback": "majority"},
            "stops",
            "After 14 more days, a vote with at least three quarters can carry it",
        ),
        (
            {"matters.money_method": "supermajority"},
            "stops",
            "Unless at least two thirds of those who took a side agree",
        ),
        ({"decisions.answers": ["stand-aside"]}, "stops", "Nobody can say Stop"),
        ({}, "proposes", "Every member"),
        ({}, "answers", "All members"),
        ({"matters.money_body": "committee"}, "answers", "The committee"),
        ({}, "needed", "However few answer, it counts"),
        ({"decisions.quorum": "count"}, "needed", "At least 10"),
        ({"decisions.quorum": "fraction"}, "needed", "at least one tenth of those who could"),
        ({"decisions.quorum": "both"}, "needed", "At least 10, and at least one tenth of those who could"),
        ({"matters.money_body": "committee"}, "needed", "at least half of the committee"),
        ({}, "open_for", "7 to 60 days"),
        ({"decisions.maximum_days_open": 7}, "open_for", "7 days"),
        ({}, "stops", "One Stop, with its reason"),
        ({}, "stops", "If nobody agrees"),
        ({"decisions.blocks_tolerated": 1}, "stops", "More than 1 Stop"),
        ({"decisions.blocks_tolerated": 2}, "stops", "More than 2 Stops"),
        (
            {"decisions.who_may_stop": "organisations", "decisions.blocks_tolerated": 1},
            "stops",
            "More than 1 Stop by an organisation",
        ),
        (
            {"decisions.who_may_stop": "organisations", "decisions.blocks_tolerated": 2},
            "stops",
            "More than 2 Stops by organisations",
        ),
        (
            {"decisions.who_may_stop": "organisations", "matters.money_body": "committee"},
            "stops",
            "One Stop, with its reason",
        ),
        (
            {"decisions.fallback": "majority", "decisions.fallback_days": 1},
            "stops",
            "After 1 more day, a vote with at least three quarters can carry it",
        ),
        ({"matters.money_method": "advice"}, "stops", "Nothing: it is advice and binds nobody"),
        (
            {"matters.money_method": "consent", "decisions.blocks_tolerated": 2},
            "stops",
            "One Stop, with its reason",
        ),
    ],
)
def test_each_rule_shows_in_its_column(changes: dict[str, Any], column: str, words: str) -> None:
    assert problems(Charter(), changes) == {}
    (money,) = (row for row in who_decides(load(changes)) if row.matter == "money")
    assert words in [str(each) for each in getattr(money, column)]


def test_a_row_has_its_matter_with_the_rules_that_decide_it_and_nothing_else() -> None:
    rows = {row.matter: row for row in who_decides(load({"matters.money_method": "majority"}))}
    money, usual = rows["money"], rows["statement"]
    assert money.keys == ("matters.money_body", "matters.money_method")
    assert str(money.method) == str(Said(p.METHODS["majority"]))
    assert [str(each) for each in money.stops] == ["Unless more than half of those who took a side agree"]
    assert [str(each) for each in usual.stops] == ["One Stop, with its reason", "If nobody agrees"]
    assert [str(each) for each in usual.answers] == ["All members"]


def changing(page: Html) -> list[str]:
    """The links of the page that lead to the form for a change of rules that are named."""
    return [link for link in page.links if "/proposals/new?" in link and "rule=" in link]


@ON_PAGES
def test_beside_each_rule_stands_the_form_that_changes_it_with_its_value(app: Flask) -> None:
    network = a_network_with_rules(membership__criteria=["I share the purpose."])
    charter = charters.rules_in_force(network.id)
    client = browser(app, a_member(network))
    links = changing(opened(client, "/uk/charter"))
    named = {key for link in links for key in parse_qs(urlsplit(link).query)["rule"]}
    assert named == {key for key, each in p.CATALOGUE.items() if charter.applies(each) and charter.asks(each)}
    for link in links:
        page = opened(client, link)
        (form,) = (each for each in page.forms if each["method"] == "post")
        for key in parse_qs(urlsplit(link).query)["rule"]:
            rule, name = p.CATALOGUE[key], name_of(p.CATALOGUE[key])
            fields = [each for each in form["fields"] if each["name"] == name]
            assert fields, (link, name)
            if isinstance(rule, Statements):
                assert fields[0]["value"].strip() == "\n".join(charter[rule])
            elif fields[0]["type"] in ("radio", "checkbox"):
                ticked = {each["value"] for each in fields if each["checked"]}
                held = {True: "yes", False: "no"}.get(charter[rule], charter[rule])
                assert ticked == (set(held) if isinstance(held, frozenset) else {held})


@ON_PAGES
def test_the_contents_lead_to_each_chapter(app: Flask) -> None:
    a_network("uk")
    page = opened(browser(app), "/uk/charter")
    for key, title in p.SECTIONS.items():
        assert f"#{key}" in page.links
        assert key in page.ids
        assert title in page.text
    assert page.text.index("Contents") < page.text.index("1. Who belongs")


@ON_PAGES
def test_only_people_who_may_propose_are_led_to_the_form(app: Flask) -> None:
    uk, north = a_network("uk"), a_network_with_rules("north", decisions__who_may_propose="committee")
    for network in (uk, north):
        here = f"/{network.slug}/charter"
        speaker = a_member(network, "Spoke", state=MembershipState.SUSPENDED)
        an_organisation(network, f"Open {network.slug}", spoken_for_by=speaker)
        everybody = network is uk
        expected = {
            None: False,
            a_member(network): everybody,
            speaker: everybody,
            a_member(network, state=MembershipState.SUSPENDED): False,
            a_member(a_network(f"other-{network.slug}")): False,
            a_steering_member(network): True,
            a_coordinator(network): everybody,
        }
        for person, may in expected.items():
            client = browser(app, person) if person else browser(app)
            page = opened(client, here)
            assert bool(changing(page)) == may, (network.slug, person and person.name)
            assert any("/proposals/new" in link for link in page.links) == may
            if person:
                form = client.get(f"/{network.slug}/proposals/new?rule=decisions.dots")
                assert form.status_code == (200 if may else 403)


@ON_PAGES
def test_rules_that_hold_no_longer_lead_to_no_form(app: Flask) -> None:
    network = a_network("uk")
    client = browser(app, a_member(network))
    with one_transaction():
        db.session.add(
            CharterVersion(network_id=network.id, number=2, parameters="{}", in_force_from=clock.now())
        )
    assert changing(opened(client, "/uk/charter"))
    assert changing(opened(client, "/uk/charter/2"))
    assert not changing(opened(client, "/uk/charter/1"))
