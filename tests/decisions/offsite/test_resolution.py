"""The choices after a Stop, the people who could answer, and the silence of mails about hidden answers."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.models import Mail, Rendering
from govnet.mail.outgoing import distribution
from govnet.record.models import Entry
from tests.builders import a_member, acting, an_organisation
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members, version_of
from tests.decisions.stage import browser
from tests.membership.people import _plain
from tests.pages import opened

pytestmark = pytest.mark.usefixtures("context")
WHY = "A bank of its own is dear."


def stopped(network: Any, time: Any, **_rules: Any) -> Any:
    """A proposal to which Dora said Stop, at the end of its time."""
    ann, dora, *_others = members(network, 3)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    answered(proposal, network, AnswerKind.BLOCK, dora, reason=WHY)
    time.move(to=version_of(proposal).deadline)
    assert closing_actions.close_due() == 1
    return proposal, ann, dora


def told(template: str = "decisions/stopped") -> str:
    while distribution.run():
        pass
    bodies = select(Rendering.body).join(Mail, Mail.id == Rendering.mail_id).where(Mail.template == template)
    return " ".join(_plain(db.session.scalars(bodies).first() or b"").split())


@pytest.mark.parametrize(
    ("visible", "said"),
    [
        ("at_once", WHY),
        ("after_own", "Members who have answered can read why."),
        ("at_close", "Individual answers stay hidden until then."),
    ],
)
def test_the_mail_about_a_stop_tells_no_more_than_the_page_does(time: Any, visible: str, said: str) -> None:
    network = a_network_with_rules(decisions__fallback="majority", decisions__positions_visible=visible)
    stopped(network, time)
    mail = told()
    assert said in mail
    assert (WHY in mail, "1 member said Stop" in mail) == (visible == "at_once", visible == "at_once")


def test_the_record_says_that_it_was_stopped_and_not_by_how_many(time: Any) -> None:
    stopped(a_network_with_rules(decisions__fallback="majority"), time)
    entry = db.session.scalars(select(Entry).where(Entry.verb == "decisions.stopped")).one()
    assert "stops" not in entry.facts


def test_as_soon_as_somebody_says_stop_everybody_sees_what_can_happen(app: Flask) -> None:
    network = a_network_with_rules()
    ann, dora = members(network, 2)
    proposal = a_proposal(network, ann)
    url = f"/uk/proposals/{proposal.id}"
    assert "what can happen now" not in opened(browser(app), url).text
    answered(proposal, network, AnswerKind.BLOCK, dora, reason=WHY)
    for reader, button in ((ann, "reword"), (dora, "suggest")):
        page = opened(browser(app, reader), url)
        assert "A member who said Stop can change that answer or take it back" in page.text
        assert "If it is still stopped when answers close, it is not agreed." in page.text
        assert any(link.endswith(f"{url}/{button}") for link in page.links)
    assert "what can happen now" in opened(browser(app), url).text


def test_with_a_waiting_time_it_says_for_how_long_and_what_decides_then(app: Flask, time: Any) -> None:
    network = a_network_with_rules(decisions__fallback="majority", decisions__fallback_days=10)
    ann, dora = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.BLOCK, dora, reason=WHY)
    url = f"/uk/proposals/{proposal.id}"
    assert (
        "it stays open for another 10 days. After that it is agreed if at least three quarters"
        in opened(browser(app), url).text
    )
    time.move(to=version_of(proposal).deadline)
    closing_actions.close_due()
    page = opened(browser(app, dora), url).text
    assert (
        "a vote decides when answers close: it is agreed if at least three quarters of those who took a side agree."
        in page
    )


def test_hidden_answers_do_not_show_that_somebody_said_stop(app: Flask) -> None:
    network = a_network_with_rules(decisions__positions_visible="at_close")
    ann, dora = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.BLOCK, dora, reason=WHY)
    for client in (browser(app), browser(app, ann), browser(app, dora)):
        assert "what can happen now" not in opened(client, f"/uk/proposals/{proposal.id}").text


def test_the_page_says_who_could_answer_and_whose_answers_are_only_shown(app: Flask) -> None:
    network = a_network_with_rules()
    ann, _bo = members(network, 2)
    an_organisation(network, "Open Ledger Club", spoken_for_by=a_member(network, "Cleo"))
    proposal = a_proposal(network, ann)
    page = opened(browser(app), f"/uk/proposals/{proposal.id}").text
    assert "3 people and 1 organisation could answer when it opened." in page
    other = a_network_with_rules("wales", decisions__voice="organisations")
    dee = a_member(other, "Dee")
    an_organisation(other, "Cymru Agored", spoken_for_by=a_member(other, "Eli"))
    theirs = a_proposal(other, dee)
    page = opened(browser(app), f"/wales/proposals/{theirs.id}").text
    assert (
        "1 organisation could answer when it opened. By our rules the answers of 2 others are shown but not counted."
        in page
    )


def test_where_only_the_rule_changed_both_pages_show_its_old_and_new_value(app: Flask, time: Any) -> None:
    network = a_network_with_rules()
    ann, *_others = members(network, 3)
    proposal = a_proposal(network, ann, committee__seats=11)
    version = version_of(proposal)
    with transaction():
        words = Wording(version.question, version.text, {"committee.seats": 13})
        actions.reword(
            db.session.merge(proposal), words, because="Two more.", by=acting(ann, network), via=Door.WEB
        )
    page = opened(browser(app), f"/uk/proposals/{proposal.id}").text
    assert "What this version would change in our rules, compared with the one before" in page
    assert "11 places" in page
    assert "13 places" in page
