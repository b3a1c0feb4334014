"""Answers that are hidden for longer than was promised, and never for less."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from govnet.charter.models import Network
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.models import Proposal
from govnet.decisions.pages import proposal as pages_proposal
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.decisions.rules.who_sees import Visible
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from govnet.record.models import Entry
from tests.builders import acting, sign_in
from tests.decisions.builders import QUESTION, a_network_with_rules, a_proposal, answered, members, version_of
from tests.pages import opened, send


def hidden(proposal: Proposal, by: Person, network: Network, visible: str = "at_close") -> None:
    with transaction():
        actions.hide_answers(proposal, visible, by=acting(by, network), via=Door.WEB)


@pytest.mark.usefixtures("context")
def test_its_proposer_hides_the_answers_until_the_close_and_nobody_sees_them_any_more() -> None:
    network = a_network_with_rules()
    ann, bob, cat = members(network, 3)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.STAND_ASIDE, bob)
    hidden(proposal, ann, network)
    page = pages_proposal.proposal_page(proposal.id, network, acting(cat, network))
    assert (page.now.counts, page.now.names, page.now.nameable) == (False, False, [])
    assert pages_proposal.as_data(page.now)["answers"] is None
    entry = db.session.scalars(db.select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (entry.verb, entry.actor_id) == ("decisions.answers_hidden", ann.id)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("visible", ["at_once", "after_own", "never", ""])
def test_hidden_answers_are_never_shown_earlier(visible: str) -> None:
    network = a_network_with_rules(decisions__positions_visible="after_own")
    (ann,) = members(network, 1)
    proposal = a_proposal(network, ann)
    with pytest.raises(RuleBroken, match="hidden for longer"):
        hidden(proposal, ann, network, visible)


@pytest.mark.usefixtures("context")
def test_only_its_proposer_can_hide_them() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    with pytest.raises(NotAllowed):
        hidden(proposal, bob, network)


@pytest.mark.usefixtures("context")
def test_new_words_keep_the_protection_of_the_old_ones() -> None:
    network = a_network_with_rules()
    ann, _bob = members(network, 2)
    proposal = a_proposal(network, ann)
    hidden(proposal, ann, network, "after_own")
    words = Wording(QUESTION, "Nine seats, and a chair.")
    with transaction():
        actions.reword(proposal, words, because="Somebody asked.", by=acting(ann, network), via=Door.WEB)
    assert version_of(proposal).visible is Visible.AFTER_OWN


@pytest.mark.usefixtures("context")
def test_answers_to_earlier_words_are_hidden_until_the_last_ones_close(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__positions_visible="at_close")
    ann, bob, cat = members(network, 3)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.STAND_ASIDE, bob, reason="It is too much.")
    with transaction():
        words = Wording(QUESTION, "Nine seats, and a chair.")
        actions.reword(proposal, words, because="Asked.", by=acting(ann, network), via=Door.WEB)
    (earlier,) = pages_proposal.proposal_page(proposal.id, network, acting(cat, network)).earlier
    assert (earlier.counts, earlier.nameable, earlier.worries) == (False, [], [])
    time.move(to=version_of(proposal).deadline)
    closing_actions.close_due()
    (earlier,) = pages_proposal.proposal_page(proposal.id, network, acting(cat, network)).earlier
    assert (earlier.counts, len(earlier.worries)) == (True, 1)


@pytest.mark.usefixtures("context")
def test_the_database_itself_refuses_to_show_them_earlier() -> None:
    network = a_network_with_rules(decisions__positions_visible="at_close")
    (ann,) = members(network, 1)
    proposal = a_proposal(network, ann)
    with pytest.raises(IntegrityError, match="stays hidden"), transaction():
        version_of(proposal).visible = Visible.AT_ONCE


def test_the_page_asks_for_how_long_and_says_that_there_is_no_way_back(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        network = a_network_with_rules()
        ann, _bob = members(network, 2)
        at = f"/uk/proposals/{a_proposal(network, ann).id}"
        sign_in(client, ann)
    assert "Hide the answers for longer" in opened(client, at).text
    assert send(client, f"{at}/hide-answers", {}).status_code == 422
    assert (
        "Hide the answers for longer" not in send(client, f"{at}/hide-answers", {"visible": "at_close"}).text
    )
    assert "Members see each other’s answers once the proposal has closed." in opened(client, at).text
