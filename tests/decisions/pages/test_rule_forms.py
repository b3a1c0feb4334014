"""The form in which our rules are changed: what it is about stands open, all other rules are folded beside their values."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from govnet.charter import parameters as p
from govnet.charter.fields import name_of
from govnet.charter.kinds import Choice, Choices, Share, Statements, WholeNumber
from govnet.charter.models import CharterVersion
from govnet.decisions.models import ProposalVersion
from govnet.decisions.queries import changes_of
from govnet.decisions.suggestions import rewording
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.clock import MovedClock
from govnet.kernel.messages import Said
from govnet.kernel.translation import say
from tests.builders import a_member, a_network, a_steering_member
from tests.decisions.builders import QUESTION, a_network_with_rules, a_proposal, one_transaction
from tests.decisions.stage import browser
from tests.pages import Html, ask, defaults, opened, send

pytestmark = pytest.mark.usefixtures("context")
WORDS = {"question": QUESTION, "text": "Because."}
FORM = "/uk/proposals/new?rule=decisions.minimum_days_open"
ASKED = {key: rule for key, rule in p.CATALOGUE.items() if not rule.retired}
"""The changes open to a network without rules of its own."""
OTHER: dict[type, Any] = {Statements: "We are kind.", Share: "5/7"}


def folds(html: str) -> dict[str, bool]:
    """Each fold's words, and whether it stands open."""
    found = re.findall(r"<details(?: class=\"rule\")?( open)?>\s*<summary[^>]*>(.*?)</summary>", html, re.S)
    return {" ".join(re.sub(r"<[^>]+>", " ", words).split()): bool(is_open) for is_open, words in found}


def other_value(rule: Any) -> Any:
    """Something that the rule can be, and is not by default."""
    if isinstance(rule, WholeNumber):
        return str(rule.least if rule.default != rule.least else rule.least + 1)
    if isinstance(rule, Choices):
        return [each for each in rule.options if {each} != rule.default][:1]
    if isinstance(rule, Choice):
        return next(each for each in rule.options if each != rule.default)
    return OTHER.get(type(rule)) or ("no" if rule.default else "yes")


def newest_changes() -> dict[str, Any]:
    db.session.rollback()
    version = db.session.scalars(select(ProposalVersion).order_by(ProposalVersion.id.desc()).limit(1)).one()
    return changes_of(version)


def proposing(app: Flask, **rules: Any) -> FlaskClient:
    network = a_network_with_rules(**rules)
    return browser(app, a_member(network))


def test_every_other_rule_is_folded_beside_the_value_that_is_in_force(app: Flask) -> None:
    client = proposing(app, decisions__dots=7)
    found = folds(client.get(FORM).text)
    for rule in ASKED.values():
        if rule is not p.MINIMUM_DAYS_OPEN:
            value = 7 if rule is p.DOTS else rule.default
            words = " ".join(f"{say(Said(rule.title))} {say(rule.phrase(value))}".split())
            assert found[words.replace("'", "&#39;")] is False, words
    for title in p.SECTIONS.values():
        assert found[title] is False
    assert "In force now: 7 days." in Html(client.get(FORM).text).text


@pytest.mark.parametrize("key", ASKED)
def test_the_input_in_any_fold_is_kept_when_the_form_comes_back_and_the_fold_is_open(
    app: Flask, key: str
) -> None:
    client, rule = proposing(app), p.CATALOGUE[key]
    url = FORM if rule is not p.MINIMUM_DAYS_OPEN else "/uk/proposals/new?rule=decisions.dots"
    typed = {name_of(rule): other_value(rule)}
    back = send(client, url, {"question": "", "text": "Kept.", **typed})
    assert back.status_code == 422
    found = folds(back.text)
    changed = [words for words, is_open in found.items() if is_open]
    title = say(Said(p.SECTIONS[rule.section]))
    assert f"{title}: 1 changed" in changed
    assert len([words for words in changed if words.startswith(say(Said(rule.title)))]) >= 1
    assert len(changed) == 2
    (form,) = (each for each in Html(back.text).forms if "/proposals/new" in each["action"])
    sent = defaults(form)[name_of(rule)]
    assert (
        sent.strip() == typed[name_of(rule)]
        if isinstance(sent, str) and isinstance(typed[name_of(rule)], str)
        else [sent] == typed[name_of(rule)]
    )


@pytest.mark.parametrize("key", [k for k, each in ASKED.items() if isinstance(each, WholeNumber | Share)])
def test_a_value_without_sense_is_named_at_its_field_in_an_open_fold(app: Flask, key: str) -> None:
    client, rule = proposing(app), p.CATALOGUE[key]
    back = ask(client, "/uk/proposals/new?matter=charter", WORDS | {name_of(rule): "lots"})
    assert back.status_code == 422
    page = Html(back.text)
    assert f"#{name_of(rule)}" in page.links
    assert [
        words for words, is_open in folds(back.text).items() if is_open and say(Said(rule.title)) in words
    ]
    (field,) = (each for form in page.forms for each in form["fields"] if each["name"] == name_of(rule))
    assert field["value"] == "lots"


def test_a_rule_that_is_changed_in_a_fold_is_proposed_with_the_one_from_the_link(app: Flask) -> None:
    client = proposing(app)
    done = ask(client, FORM, WORDS | {"decisions__minimum_days_open": "9", "decisions__dots": "3"})
    assert "/proposals/" in done.request.path
    assert newest_changes() == {"decisions.minimum_days_open": 9, "decisions.dots": 3}


def test_without_a_link_all_rules_are_folded_and_one_must_change(app: Flask) -> None:
    client = proposing(app)
    assert not any(folds(client.get("/uk/proposals/new?matter=charter").text).values())
    none = ask(client, "/uk/proposals/new?matter=charter", WORDS)
    assert none.status_code == 422
    assert "Choose at least one of our rules to change." in Html(none.text).text
    ask(client, "/uk/proposals/new?matter=charter", WORDS | {"decisions__answers": ["block"]})
    assert newest_changes() == {"decisions.answers": ["block"]}


def test_a_decision_made_while_the_form_was_open_is_not_undone_by_it(app: Flask) -> None:
    network = a_network_with_rules(membership__criteria=["I share the purpose."])
    client = browser(app, a_member(network))
    (form,) = (each for each in opened(client, FORM).forms if "/proposals/new" in each["action"])
    typed = defaults(form) | WORDS | {"membership__criteria": "I share the purpose.\nI am kind."}
    with one_transaction():
        meanwhile = '{"decisions.dots": 9, "membership.criteria": ["I share the purpose.", "I listen."]}'
        db.session.add(
            CharterVersion(network_id=network.id, number=2, parameters=meanwhile, in_force_from=clock.now())
        )
    checked = client.post(form["action"], data=typed)
    (last,) = (each for each in Html(checked.text).forms if each["method"] == "post")
    client.post(last["action"], data=defaults(last) | {"checked": "y"})
    assert newest_changes() == {"membership.criteria": ["I share the purpose.", "I listen.", "I am kind."]}


def test_a_draft_and_new_words_show_their_rules_open_and_the_rest_folded(
    app: Flask, time: MovedClock
) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    client = browser(app, ann)
    draft = send(client, FORM, WORDS | {"decisions__minimum_days_open": "9", "draft": "y"}).request.path
    reword = f"/uk/proposals/{a_proposal(network, ann, decisions__minimum_days_open=9).id}/reword"
    for url in (f"{draft}/change", reword):
        page = client.get(url).text
        assert 'value="9"' in page
        found = folds(page)
        assert found["Dots to give away 5 dots"] is False
        assert not [words for words in found if words.startswith("Shortest time to answer")]
    send(client, f"{draft}/change", {"decisions__dots": "4"})
    assert "everybody has 4 dots to give away" in opened(client, draft).text
    ask(client, reword, {"decisions__dots": "4", "because": "Dots, too."})
    time.move(timedelta(minutes=11))
    db.session.rollback()
    assert rewording.ask_due() == 1
    assert newest_changes() == {"decisions.minimum_days_open": 9, "decisions.dots": 4}


def test_a_decision_of_a_meeting_about_our_rules_is_entered_in_the_same_fields(app: Flask) -> None:
    network = a_network("uk")
    client = browser(app, a_steering_member(network))
    page = client.get("/uk/decisions/record").text
    assert folds(page)["Did it change our rules? Choose the rules"] is False
    assert folds(page)["Dots to give away 5 dots"] is False
    typed = WORDS | {
        "matter": "charter", "door": "meeting", "taken_by": "all", "taken_on": "2015-04-10",
        "where": "Leeds", "evidence": "The minutes.", "decisions__dots": "many",
    }  # fmt: skip
    back = send(client, "/uk/decisions/record", typed)
    assert back.status_code == 422
    assert folds(back.text)["How we decide: 1 changed"] is True
    assert folds(back.text)["Did it change our rules? Choose the rules"] is True
    send(client, "/uk/decisions/record", typed | {"decisions__dots": "4"})
    assert newest_changes() == {"decisions.dots": 4}


def test_an_unchanged_rule_shows_no_change(app: Flask) -> None:
    client = proposing(app)
    assert "decisions__dots" not in client.get("/uk/proposals/new?matter=money").text
