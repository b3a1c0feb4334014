"""The proposer's replies to the reasons beside answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions
from govnet.decisions.answers import replies as answers_replies
from govnet.decisions.answers.models import ReasonReply
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.models import Proposal, RollEntry
from govnet.decisions.pages import proposal as pages_proposal
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import NotAllowed, NotFound, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.builders import acting
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members, version_of
from tests.decisions.mails import names_of, told
from tests.decisions.stage import browser
from tests.erased import erase
from tests.pages import Html, opened, send

pytestmark = pytest.mark.usefixtures("context")


def entry_of(proposal: Proposal, person: Person) -> int:
    query = db.select(RollEntry.id).where(RollEntry.person_id == person.id)
    return db.session.scalars(query.where(RollEntry.version_id == version_of(proposal).id)).one()


def replied(
    proposal: Proposal, network: Network, by: Person, to: Person, text: str = "We thought of that."
) -> None:
    with transaction():
        entry_id = entry_of(proposal, to)
        answers_replies.reply(proposal, entry_id, text, by=acting(by, network), via=Door.WEB)


def asked(network: Network) -> tuple[Proposal, Person, Person]:
    """A proposal of Ann's, to which Bob gave a worry."""
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.RESERVATIONS, bob, reason="It costs too much.")
    return proposal, ann, bob


def replies(proposal: Proposal, network: Network, reader: Person) -> list[str]:
    page = pages_proposal.proposal_page(proposal.id, network, acting(reader, network))
    return [each.reply.text for each in page.now.worries if each.reply]


def test_the_proposer_replies_beside_the_reason_and_its_author_is_notified(network: Network) -> None:
    proposal, ann, bob = asked(network)
    replied(proposal, network, ann, bob)
    assert replies(proposal, network, bob) == ["We thought of that."]
    told()
    assert names_of("A reply to your reason") == [bob.name]


def test_a_second_reply_replaces_the_first(network: Network) -> None:
    proposal, ann, bob = asked(network)
    replied(proposal, network, ann, bob)
    replied(proposal, network, ann, bob, "It costs nothing.")
    assert replies(proposal, network, bob) == ["It costs nothing."]


def test_to_an_answer_that_was_changed_the_old_reply_says_nothing(network: Network, time: MovedClock) -> None:
    proposal, ann, bob = asked(network)
    replied(proposal, network, ann, bob)
    time.move(timedelta(minutes=1))
    answered(proposal, network, AnswerKind.STAND_ASIDE, bob, reason="And it is ugly.")
    assert replies(proposal, network, bob) == []


@pytest.mark.parametrize(
    ("who", "text", "error"),
    [("bob", "No.", NotAllowed), ("ann", "  ", RuleBroken), ("nobody", "Hello?", NotFound)],
)
def test_a_reply_that_cannot_be(network: Network, who: str, text: str, error: type[Exception]) -> None:
    proposal, ann, bob = asked(network)
    with pytest.raises(error), transaction():
        entry_id = entry_of(proposal, ann if who == "nobody" else bob)
        by = acting(bob if who == "bob" else ann, network)
        answers_replies.reply(proposal, entry_id, text, by=by, via=Door.WEB)


def test_the_proposer_cannot_reply_to_reasons_that_she_may_not_read_yet() -> None:
    network = a_network_with_rules(decisions__positions_visible="at_close")
    proposal, ann, bob = asked(network)
    with pytest.raises(RuleBroken, match="cannot read"):
        replied(proposal, network, ann, bob)


def test_after_the_close_the_replies_stay_and_the_database_takes_no_more(
    network: Network, time: MovedClock
) -> None:
    proposal, ann, bob = asked(network)
    replied(proposal, network, ann, bob)
    entry_id = entry_of(proposal, bob)
    time.move(to=version_of(proposal).deadline)
    closing_actions.close_due()
    assert replies(proposal, network, bob) == ["We thought of that."]
    with pytest.raises(RuleBroken, match="has closed"):
        replied(proposal, network, ann, bob, "Late.")
    with pytest.raises(IntegrityError, match="closed"), transaction():
        db.session.get_one(ReasonReply, entry_id).text = "Late."


def test_a_person_who_removes_her_name_takes_the_reply_to_her_reason_along(network: Network) -> None:
    proposal, ann, bob = asked(network)
    replied(proposal, network, ann, bob)
    erase(bob.id)
    assert db.session.scalars(db.select(ReasonReply)).all() == []


def test_a_reply_goes_with_an_answer_that_is_taken_back(network: Network) -> None:
    proposal, ann, bob = asked(network)
    replied(proposal, network, ann, bob)
    with transaction():
        entry_id = entry_of(proposal, bob)
        actions.take_back(version_of(proposal).id, entry_id, by=acting(bob, network), via=Door.WEB)
    assert db.session.scalars(db.select(ReasonReply)).all() == []


def test_a_visitor_reads_a_reply_only_beside_a_reason_that_everybody_may_read(
    network: Network, app: Flask
) -> None:
    proposal, ann, bob = asked(network)
    replied(proposal, network, ann, bob)
    at = f"/uk/proposals/{proposal.id}"
    assert "We thought of that." not in opened(browser(app), at).text
    with transaction():
        queries.answer_of(entry_of(proposal, bob)).named = True
    assert "We thought of that." in opened(browser(app), at).text
    (named,) = browser(app).get(f"{at}.json").json["named"]
    assert named["reply"] == "We thought of that."


def test_the_proposer_finds_a_link_beside_each_reason_and_others_none(app: Flask, network: Network) -> None:
    proposal, ann, bob = asked(network)
    at, entry_id = f"/uk/proposals/{proposal.id}", entry_of(proposal, bob)
    here, there = browser(app, ann), browser(app, bob)
    assert f"{at}/reasons/{entry_id}" in opened(here, at).links
    assert f"{at}/reasons/{entry_id}" not in opened(there, at).links
    assert "Write your reply." in send(here, f"{at}/reasons/{entry_id}", {"text": ""}).text
    done = send(here, f"{at}/reasons/{entry_id}", {"text": "Thank you."})
    assert "The proposer replies: Thank you." in Html(done.text).text
    assert here.get(f"{at}/reasons/999999").status_code == 404
