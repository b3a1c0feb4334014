"""Answers that arrive when the words are new, or when nothing is taken any more: nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from govnet.charter.models import Network
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.models import Answer, Proposal, RollEntry
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.builders import acting, an_organisation
from tests.decisions.builders import QUESTION, a_network_with_rules, a_proposal, members, version_of
from tests.decisions.rules.test_methods import CITIES, asked
from tests.decisions.stage import browser
from tests.pages import Html, check, defaults

pytestmark = pytest.mark.usefixtures("context")


def form_in(text: str, action: str) -> dict[str, Any]:
    """The fields of the answer's form, as they stand."""
    return defaults(next(each for each in Html(text).forms if each["action"].endswith(action)))


def reworded(proposal: Proposal, network: Network, by: Person, **changes: Any) -> None:
    with transaction():
        words = Wording(QUESTION, "Nine seats, **two each year** up again.", **changes)
        row = db.session.get_one(Proposal, proposal.id)
        actions.reword(row, words, because="One is too few", by=acting(by, network), via=Door.WEB)


def given(proposal: Proposal) -> list[tuple[AnswerKind, str, str]]:
    db.session.rollback()
    query = db.select(Answer).where(Answer.version_id == version_of(proposal).id)
    return [(each.kind, each.reason, each.choices) for each in db.session.scalars(query)]


def test_an_answer_to_words_that_changed_is_given_to_the_new_ones_with_one_button(app: Flask) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    an_organisation(network, "Openness Trust", spoken_for_by=bob)
    proposal = a_proposal(network, ann)
    client, url = browser(app, bob), f"/uk/proposals/{proposal.id}"
    page = client.get(url).text
    entries = db.select(RollEntry.id).where(RollEntry.version_id == version_of(proposal).id)
    trust = db.session.scalars(entries.where(RollEntry.organisation_id.is_not(None))).one()
    reworded(proposal, network, ann)
    typed = {"answer": "worry", "reason": "Too many", "party": str(trust)}
    late = client.post(f"{url}/answer", data=form_in(page, "/answer") | typed)
    assert late.status_code == 409
    words = Html(late.text)
    check(words, url)
    assert "The text changed while you were writing" in words.text
    assert "One is too few" in words.text
    assert "came too late" not in words.text
    assert "Give this answer to the new version" in words.text
    assert given(proposal) == []
    assert client.post(f"{url}/answer", data=form_in(late.text, "/answer")).status_code == 303
    assert given(proposal) == [(AnswerKind.RESERVATIONS, "Too many", "")]


def test_a_choice_between_options_that_changed_keeps_the_reason_and_asks_again(app: Flask) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = asked(network, ann, "ranked", *CITIES)
    client, url = browser(app, bob), f"/uk/proposals/{proposal.id}"
    page = client.get(url).text
    reworded(proposal, network, ann, options=tuple(reversed(CITIES)))
    typed = {"option_1": "1", "reason": "By train"}
    late = client.post(f"{url}/choose", data=form_in(page, "/choose") | typed)
    assert late.status_code == 409
    again = form_in(late.text, "/choose")
    assert (again["option_1"], again["reason"].strip()) == ("", "By train")
    assert client.post(f"{url}/choose", data=again | {"option_2": "1"}).status_code == 303
    assert given(proposal) == [(AnswerKind.CHOICE, "By train", '{"2":1}')]


def test_a_reason_without_an_answer_that_came_after_the_close_is_kept(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal, choice = a_proposal(network, ann), asked(network, ann, "ranked", *CITIES)
    client = browser(app, bob)
    urls = {f"/uk/proposals/{proposal.id}": "/answer", f"/uk/proposals/{choice.id}": "/choose"}
    pages = {url: form_in(client.get(url).text, action) for url, action in urls.items()}
    where, reason = f"/uk/proposals/{proposal.id}", {"reason": "Nine is many"}
    assert client.post(f"{where}/answer", data=pages[where] | reason).status_code == 422
    time.move(to=version_of(proposal).deadline + timedelta(minutes=2))
    closing_actions.close_due()
    for url, action in urls.items():
        late = client.post(url + action, data=pages[url] | reason | {"option_1": "none"})
        assert late.status_code == 409
        check(Html(late.text), url)
        assert "2 minutes before your answer arrived" in Html(late.text).text
        assert "Nine is many" in late.text


def test_the_form_says_what_a_stop_needs_and_what_there_is_to_choose_from(app: Flask) -> None:
    network = a_network_with_rules(decisions__stop_needs="principle")
    ann, bob = members(network, 2)
    client, url = browser(app, bob), f"/uk/proposals/{a_proposal(network, ann).id}"
    text = client.get(url).text
    fields = [each for form in Html(text).forms for each in form["fields"]]
    assert {each["type"] for each in fields if each["name"] == "answer"} == {"radio"}
    label = text[text.index('for="principle"') :]
    label = label[: label.index("<select")]
    assert "Needed with Stop." in label
    assert "if you like" not in label
    forged = client.post(f"{url}/answer", data=form_in(text, "/answer") | {"answer": "maybe"})
    assert forged.status_code == 422
    assert "Choose one of the answers." in forged.text
    assert "Not a valid choice" not in forged.text
    agreed = client.post(f"{url}/answer", data=form_in(text, "/answer") | {"answer": "agree"})
    assert agreed.status_code == 303
