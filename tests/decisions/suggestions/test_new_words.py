"""New words for what is open: under which rules, for how long, and from which words they were made."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from govnet.charter import actions as charters
from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.models import Proposal, ProposalVersion
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.decisions.rules.who_sees import Visible
from govnet.decisions.suggestions import actions as suggestions
from govnet.decisions.suggestions import rewording
from govnet.extensions import db
from govnet.kernel.actor import PROGRAM, Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.builders import a_member, a_steering_member, acting
from tests.decisions.builders import (
    QUESTION,
    a_network_with_rules,
    a_proposal,
    members,
    taken,
    version_of,
)
from tests.decisions.stage import browser
from tests.pages import Html, opened

pytestmark = pytest.mark.usefixtures("context")


def adopted(network: Network, **changes: Any) -> None:
    """Other rules hold from now on."""
    stored = {key.replace("__", "."): value for key, value in changes.items()}
    with transaction():
        row = db.session.merge(network)
        charters.adopt(row, stored, adopted_by="decision:0", by=PROGRAM, via=Door.CLI)


def reworded(
    proposal: Proposal, by: Person, network: Network, text: str = "Nine.", **changes: Any
) -> ProposalVersion:
    rules = {key.replace("__", "."): value for key, value in changes.items()}
    with transaction():
        actions.reword(
            proposal,
            Wording(QUESTION, text, rules),
            because="It is clearer.",
            by=acting(by, network),
            via=Door.WEB,
        )
    return version_of(proposal)


def filled(page: Html, action: str) -> dict[str, Any]:
    """A page's form to this address, as it stands there."""
    form = next(each for each in page.forms if each["action"].endswith(action))
    return {field["name"]: field["value"] or "" for field in form["fields"] if field["name"]}


def test_an_open_proposal_goes_on_under_the_rules_it_opened_under(app: Flask) -> None:
    network = a_network_with_rules(matters__statement_method="majority")
    ann, *_others = members(network, 3)
    proposal = a_proposal(network, ann)
    first = version_of(proposal)
    adopted(
        network,
        matters__statement_method="consensus",
        matters__statement_body="committee",
        decisions__quorum="count",
        decisions__quorum_count=10,
        decisions__positions_visible="at_close",
        decisions__extension_days=20,
    )
    second = reworded(proposal, ann, network)
    assert second.charter_version_id == first.charter_version_id
    assert (second.method, second.roll_size, second.visible) == ("majority", 3, Visible(first.visible))
    assert second.deadline == first.deadline
    assert queries.rule_of(queries.version_whole(second.id)).quorum.needed(3) < 10


def test_an_objection_asks_by_the_rules_that_held_when_it_was_written_down(app: Flask) -> None:
    network = a_network_with_rules(matters__statement_method="majority")
    sam, ann = a_steering_member(network), a_member(network)
    proposal = taken(network, sam)
    first = version_of(proposal)
    adopted(network, matters__statement_method="consensus", decisions__minimum_days_open=20)
    with transaction():
        offsite.object_to(proposal, "I was not told.", by=acting(ann, network), via=Door.WEB)
    second = version_of(proposal)
    assert (second.method, second.charter_version_id) == ("majority", first.charter_version_id)
    assert (second.deadline - second.opened_at).days <= 8


def test_new_words_have_a_whole_day_or_are_refused(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules(decisions__frozen_hours=0)
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    for number in range(4):
        time.move(to=version_of(proposal).deadline - timedelta(hours=1))
        if number < 3:
            again = reworded(proposal, ann, network, f"Nine. {number}")
            assert again.deadline - time.at >= timedelta(days=7)
    with pytest.raises(RuleBroken, match="not enough time left to ask everybody again"):
        reworded(proposal, ann, network)
    assert version_of(proposal).number == 4


def test_more_time_never_passes_a_day_that_the_words_name(app: Flask) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    words = Wording(QUESTION, "Nine.", {}, More(trial_until=date(2015, 4, 27), trial_signs="People come."))
    by = acting(ann, network)
    with transaction():
        proposal = actions.propose(network, words, Ask("statement"), by=by, via=Door.WEB)
    with pytest.raises(RuleBroken, match="names Mon 27 Apr 2015: choose an earlier day"), transaction():
        actions.extend(proposal, date(2015, 4, 27), reason="Easter.", by=by, via=Door.WEB)
    with transaction():
        actions.extend(proposal, date(2015, 4, 24), reason="Easter.", by=by, via=Door.WEB)
    assert version_of(proposal).deadline.date() == date(2015, 4, 24)


def test_a_form_made_from_earlier_words_does_not_undo_newer_ones(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    key, url = proposal.id, f"/uk/proposals/{proposal.id}/reword"
    client = browser(app, ann)
    old = opened(client, url)
    values = {"text": "Nine seats, and **no more**.", "because": "Somebody asked."}
    sent = {**filled(old, url), **values}
    with transaction():
        row = db.session.merge(proposal)
        passage, by = "**one each year** up again", acting(bob, network)
        made = suggestions.suggest(row, passage, "three each year", "It is simpler.", by=by, via=Door.WEB)
        db.session.flush()
        suggestions.accept(made, by=acting(ann, network), via=Door.WEB)
    answer = client.post(url, data=sent)
    assert answer.status_code == 409
    assert "Both versions are below" in answer.text
    assert "Nine seats, three each year." in answer.text
    assert "Nine seats, and **no more**." in answer.text
    assert "Somebody asked." in answer.text
    assert version_of(proposal).number == 2
    again = {**filled(Html(answer.text), url), **values, "checked": "y"}
    assert [client.post(url, data=again).status_code for _ in range(2)] == [303, 303]
    time.move(timedelta(minutes=11))
    db.session.rollback()
    assert rewording.ask_due() == 1
    db.session.rollback()
    newest = queries.newest_version(key)
    assert (newest.number, newest.text) == (3, "Nine seats, and **no more**.")


def test_new_words_that_would_change_nothing_any_more_are_refused_and_the_page_says_so(app: Flask) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    proposal = a_proposal(network, ann, committee__seats=7)
    adopted(network, committee__seats=7)
    with pytest.raises(RuleBroken, match="already say this"):
        reworded(proposal, ann, network, committee__seats=7)
    said = "Our rules already say this, so nothing would change."
    assert said in opened(browser(app), f"/uk/proposals/{proposal.id}").text
    assert reworded(proposal, ann, network, committee__seats=5).number == 2
    page = opened(browser(app), f"/uk/proposals/{proposal.id}").text
    assert "7" in page
    assert said not in page
