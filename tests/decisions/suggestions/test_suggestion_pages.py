"""Suggesting other words by the pages: one changes the text in a box and sees the difference before and after it is sent."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.charter.models import Network
from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import Proposal
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.models import Suggestion
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from tests.builders import acting
from tests.decisions.builders import QUESTION, a_network_with_rules, a_proposal, members
from tests.decisions.drafts.builders import a_draft
from tests.decisions.mails import text_of, told
from tests.decisions.stage import browser
from tests.pages import HERE, Html, check, defaults, opened, send

pytestmark = pytest.mark.usefixtures("context")

WAS = "Nine seats, **one each year** up again."
WHY = "Ten is even."


def suggested(client: FlaskClient, url: str, old: str, new: str, why: str = WHY) -> Any:
    """Put other words into the box, look at the difference, and send them."""
    return confirmed(client, looked_at(client, url, old, new, why), url)


def looked_at(client: FlaskClient, url: str, old: str, new: str, why: str = WHY) -> Any:
    return send(client, url, {"text": boxed(opened(client, url)).replace(old, new), "why": why})


def confirmed(client: FlaskClient, page: Any, url: str, **typed: str) -> Any:
    return client.post(url, data={**filled(page, url), **typed}, headers=HERE, follow_redirects=True)


def filled(page: Any, url: str) -> dict[str, Any]:
    html = Html(page.text)
    check(html, url)
    return defaults(next(form for form in html.forms if form["action"] == url))


def boxed(html: Html) -> str:
    """The content of the box."""
    fields = (field for form in html.forms for field in form["fields"] if field["name"] == "text")
    return str(next(fields)["value"]).replace("\r\n", "\n").strip()


@pytest.fixture(params=[Proposal, Draft])
def here(request: pytest.FixtureRequest) -> Any:
    """A network, an author, a reader, and a proposal or a draft with its address."""
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    row: Any = (a_proposal if request.param is Proposal else a_draft)(network, ann)
    return network, ann, bob, row, f"/uk/proposals/{row.id}"


def reworded(network: Network, ann: Any, row: Any, text: str) -> None:
    """Its author finds other words meanwhile."""
    with transaction():
        row = db.session.merge(row)
        by = acting(ann, network)
        if isinstance(row, Proposal):
            actions.reword(row, Wording(QUESTION, text), because="Meanwhile.", by=by, via=Door.WEB)
        else:
            drafts_actions.change(row.id, Wording(QUESTION, text), Ask("statement"), by=by, via=Door.WEB)


def kept() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.query(Suggestion).all()
    return [(each.passage, each.instead) for each in rows]


def test_the_box_holds_the_text_and_what_was_changed_is_shown_before_and_after_it_is_sent(
    app: Flask, here: Any
) -> None:
    _network, ann, bob, _row, url = here
    client = browser(app, bob)
    assert boxed(opened(client, f"{url}/suggest")) == WAS
    page = looked_at(client, f"{url}/suggest", "Nine", "Ten")
    assert page.status_code == 200
    assert "<del>Nine </del><ins>Ten </ins>" in page.text
    assert "Nothing has been sent yet." in page.text
    assert kept() == []
    page = confirmed(client, page, f"{url}/suggest")
    assert "Your suggestion is saved." in page.text
    assert "<del>Nine </del><ins>Ten </ins>" in page.text
    assert kept() == [(WAS, WAS.replace("Nine", "Ten"))]
    assert "Nine" in opened(browser(app, ann), url).text


def test_a_change_after_the_difference_was_checked_is_checked_again(app: Flask, here: Any) -> None:
    client, url = browser(app, here[2]), f"{here[4]}/suggest"
    page = confirmed(client, looked_at(client, url, "Nine", "Ten"), url, text=WAS.replace("Nine", "Eleven"))
    assert "<del>Nine </del><ins>Eleven </ins>" in page.text
    assert kept() == []
    confirmed(client, page, url)
    assert [new for _old, new in kept()] == [WAS.replace("Nine", "Eleven")]


@pytest.mark.parametrize("new", [WAS, f"  {WAS}\n\n", WAS.replace("Nine", "Ni\u202ene")])
def test_the_same_words_are_refused_and_what_was_said_why_stays(app: Flask, here: Any, new: str) -> None:
    client, url = browser(app, here[2]), f"{here[4]}/suggest"
    page = looked_at(client, url, WAS, new)
    assert page.status_code == 422
    assert "You have not changed the text yet." in page.text
    assert WHY in page.text
    assert kept() == []


def test_a_text_of_which_nothing_is_left_and_no_reason_are_refused_with_what_was_typed(
    app: Flask, here: Any
) -> None:
    client, url = browser(app, here[2]), f"{here[4]}/suggest"
    page = looked_at(client, url, WAS, " ")
    assert page.status_code == 422
    assert "Nothing would be left of the text." in page.text
    page = looked_at(client, url, "Nine", "Ten", why="")
    assert page.status_code == 422
    assert boxed(Html(page.text)) == WAS.replace("Nine", "Ten")


LONG = "First part.\n\nNine seats, **one each year** up again.\n\nLast part."


def test_words_that_were_changed_elsewhere_meanwhile_take_the_suggestion_up(app: Flask, here: Any) -> None:
    network, ann, bob, row, url = here
    reworded(network, ann, row, LONG)
    client = browser(app, bob)
    form = filled(client.get(f"{url}/suggest"), f"{url}/suggest")
    reworded(network, ann, row, LONG.replace("First", "Other"))
    typed = {"text": LONG.replace("Nine", "Ten"), "why": WHY}
    page = client.post(f"{url}/suggest", data=form | typed, headers=HERE)
    assert page.status_code == 409
    assert "The text was changed while you were writing." in page.text
    assert "Other part." in page.text
    assert "First part." in page.text
    confirmed(client, page, f"{url}/suggest")
    was = "Nine seats, **one each year** up again.\n"
    assert kept() == [(was, was.replace("Nine", "Ten"))]


def test_words_that_were_changed_in_the_same_place_meanwhile_are_both_shown(app: Flask, here: Any) -> None:
    network, ann, bob, row, url = here
    client = browser(app, bob)
    form = filled(client.get(f"{url}/suggest"), f"{url}/suggest")
    reworded(network, ann, row, "Seven seats.")
    mine = WAS.replace("Nine", "Ten")
    page = client.post(f"{url}/suggest", data=form | {"text": mine, "why": WHY}, headers=HERE)
    assert page.status_code == 409
    assert boxed(Html(page.text)) == mine
    assert "Seven seats." in page.text
    confirmed(client, page, f"{url}/suggest")
    assert kept() == [("Seven seats.", mine)]


def test_a_text_sent_without_its_earlier_version_is_shown_against_the_present_one(
    app: Flask, here: Any
) -> None:
    client, url = browser(app, here[2]), f"{here[4]}/suggest"
    form = filled(client.get(url), url)
    page = client.post(
        url, data=form | {"text": "Ten.", "before": "", "looked": "x", "why": WHY}, headers=HERE
    )
    assert page.status_code == 409
    assert kept() == []


def test_the_mail_to_the_author_says_both_as_text(app: Flask, here: Any) -> None:
    _network, _ann, bob, _row, url = here
    suggested(browser(app, bob), f"{url}/suggest", "one each year", "two each year")
    told()
    text = text_of("Other words for")
    assert "Nine seats, one each year up again." in text
    assert "Nine seats, two each year up again." in text
