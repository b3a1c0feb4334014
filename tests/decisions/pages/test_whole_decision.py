"""A decision on one page: its words from first to last, its check, its review, and what visitors see of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from govnet.charter.models import Network
from govnet.decisions.closing import check, notes, reviews
from govnet.decisions.models import Decision, Proposal
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Wording
from govnet.decisions.register import queries
from govnet.decisions.register.models import NoteKind
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from tests.builders import a_member, acting, an_organisation
from tests.decisions.builders import (
    a_discussion,
    a_network_with_rules,
    a_proposal,
    answered,
    decisions,
    members,
    rewritten,
    taken,
)
from tests.decisions.closing.test_reviews import asks, closed, decided, on_review
from tests.decisions.stage import browser, decide
from tests.pages import Html, opened, send
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def network() -> Network:
    return a_network_with_rules(decisions__review_members=2)


def reworded(network: Network, time: MovedClock, **more: Any) -> Decision:
    """Asked, asked again in other words, and agreed."""
    ann = a_member(network, "Ann Example")
    proposal = a_proposal(network, ann, **more)
    with transaction():
        words = Wording("Should the committee have 9 seats?", "Nine seats, **two each year** up again.")
        again = db.session.get_one(Proposal, proposal.id)
        actions.reword(again, words, because="One was too few.", by=acting(ann, network), via=Door.WEB)
    answered(proposal, network, AnswerKind.AGREE, ann)
    return closed(time, proposal)


def test_a_newcomer_reads_all_words_with_their_differences_on_one_page(
    app: Flask, network: Network, time: MovedClock
) -> None:
    number = reworded(network, time).number
    response = browser(app).get(f"/uk/decisions/{number}")
    assert "<del>one </del>" in response.text
    assert "<ins>two </ins>" in response.text
    page = opened(browser(app), f"/uk/decisions/{number}")
    assert "One was too few." in page.text
    assert "Version 2" in page.text
    data = browser(app).get(f"/uk/decisions/{number}.json").json
    assert [each["number"] for each in data["versions"]] == [1, 2]
    parts = data["versions"][1]["changes"]
    assert "".join(part["text"] for part in parts if part["kind"] != "ins") == data["versions"][0]["text"]


def test_a_stop_that_led_to_another_version_is_shown_beside_the_version_it_was_given_to(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.BLOCK, bob)
    words = Wording("Should the committee have 9 seats?", "Nine seats, and two more.")
    with transaction():
        actions.reword(proposal, words, because="More seats.", by=acting(ann, network), via=Door.WEB)
    answered(proposal, network, AnswerKind.AGREE, ann, bob)
    decide(time, proposal)
    (decision,) = decisions()
    page = opened(browser(app, ann), f"/uk/decisions/{decision.number}")
    assert page.text.index("It leaves people out.") < page.text.index("Version 2")
    visitor = opened(browser(app), f"/uk/decisions/{decision.number}").text
    assert "It leaves people out." not in visitor
    assert "1 more reason can be read by members." in visitor


def test_the_timeline_runs_from_the_discussion_to_the_last_review(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann, bob, cat = members(network, 3)
    thread_id = a_discussion(network, ann).id
    time.move(timedelta(days=1))
    proposal = a_proposal(network, ann)
    with transaction():
        db.session.get_one(Proposal, proposal.id).thread_id = thread_id
    answered(proposal, network, AnswerKind.AGREE, ann)
    decision = closed(time, proposal)
    time.move(timedelta(days=1))
    with transaction():
        found = queries.decision(network.id, decision.number)
        notes.add_note(found, NoteKind.HEARD, "Much.", by=acting(ann, network), via=Door.WEB)
    asks(decision, network, bob, cat)
    db.session.rollback()
    said = [
        each["what"] for each in browser(app).get(f"/uk/decisions/{decision.number}.json").json["timeline"]
    ]
    assert said == [
        "The discussion began: How many seats?",
        "Everybody concerned was asked",
        "Agreed",
        "Written beside it: what we heard, and what changed",
        "2 members had it looked at again",
    ]


def test_a_discussion_for_members_is_not_named_to_visitors(
    app: Flask, network: Network, time: MovedClock
) -> None:
    from govnet.forum.states import Readership

    ann = a_member(network)
    thread_id = a_discussion(network, ann, Readership.MEMBERS).id
    proposal = a_proposal(network, ann)
    with transaction():
        db.session.get_one(Proposal, proposal.id).thread_id = thread_id
    answered(proposal, network, AnswerKind.AGREE, ann)
    number = closed(time, proposal).number
    assert "How many seats?" not in opened(browser(app), f"/uk/decisions/{number}").text
    assert "How many seats?" in opened(browser(app, ann), f"/uk/decisions/{number}").text


def test_a_member_asks_for_a_review_and_the_two_pages_lead_to_each_other(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann, bob, cat = members(network, 3)
    number = decided(time, network, ann).number
    url = f"/uk/decisions/{number}/review"
    answer = Html(send(browser(app, bob), url, {"reason": "It has not worked."}).text)
    assert "You have asked for it." in answer.text
    assert "It has not worked." in answer.text
    assert "It has not worked." not in opened(browser(app), f"/uk/decisions/{number}").text
    assert "1 member has asked for a review." in opened(browser(app), f"/uk/decisions/{number}").text
    send(browser(app, cat), url, {"reason": ""})
    page = opened(browser(app), f"/uk/decisions/{number}")
    assert f"Should decision {number} be taken back?" in page.text
    there = next(link for link in page.links if "/proposals/" in link and link.split("/")[-1].isdigit())
    proposal = opened(browser(app), there)
    assert f"/uk/decisions/{number}" in proposal.links


def test_a_review_that_is_refused_says_why_before_and_after(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann, bob = members(network, 2)
    number = decided(time, network, ann, kind=AnswerKind.BLOCK).number
    page = opened(browser(app, bob), f"/uk/decisions/{number}/review")
    assert "was not agreed, so there is nothing to take back" in page.text
    assert page.forms == [form for form in page.forms if not form["action"].endswith("/review")]


def test_a_visitor_is_led_to_sign_in_before_asking(app: Flask, network: Network, time: MovedClock) -> None:
    number = decided(time, network, a_member(network)).number
    response = browser(app).get(f"/uk/decisions/{number}/review")
    assert response.status_code == 303
    assert "sign-in" in response.location


def test_a_trial_and_a_review_that_is_due_lead_to_a_proposal(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann = a_member(network)
    decision = on_review(time, network, ann, date(2015, 6, 1), date(2015, 9, 1), committee__seats=11)
    url, client = f"/uk/decisions/{decision.number}", browser(app, ann)
    page = opened(client, url)
    assert "On trial" in page.text
    assert "Fewer mails go out." in page.text
    assert "Confirm it for good" in page.text
    assert "Its review has been due" not in page.text
    time.move(timedelta(days=60))
    page = opened(client, url)
    assert "Its review has been due since Mon 1 Jun 2015" in page.text
    confirm = next(link for link in page.links if "replaces=" in link and "from=" in link)
    send(client, confirm, {"text": "It works."})
    time.move(timedelta(days=80))
    reviews.remind_due()
    db.session.rollback()
    ended = opened(browser(app), url).text
    assert "was not confirmed for good: it is no longer in force" in ended


def test_a_minority_has_a_thousand_characters_and_adds_to_its_note(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.STAND_ASIDE, bob)
    answered(proposal, network, AnswerKind.AGREE, ann)
    decision = closed(time, proposal)

    def write(text: str) -> None:
        with transaction():
            found = queries.decision(network.id, decision.number)
            notes.add_note(found, NoteKind.MINORITY, text, by=acting(bob, network), via=Door.WEB)

    with pytest.raises(RuleBroken, match="in all: this one has 1,001, and 1,000 are left"):
        write("x" * 1001)
    write("Nine are too many. " + "x" * 960)
    time.move(timedelta(hours=1))
    write("Seven, I meant.")
    with pytest.raises(RuleBroken, match="at most 1,000 characters in all: this one has 7, and 6 are left"):
        write("And so.")
    db.session.rollback()
    text = opened(browser(app), f"/uk/decisions/{decision.number}").text
    assert text.count("What the minority says") == 1
    assert text.index("Nine are too many.") < text.index("Added today, ") < text.index("Seven, I meant.")


def test_a_decision_has_a_button_to_print_it_once_scripts_run(
    app: Flask, network: Network, time: MovedClock
) -> None:
    number = closed(time, a_proposal(network, a_member(network))).number
    html = browser(app).get(f"/uk/decisions/{number}").text
    assert '<button type="button" class="is-small" data-print hidden>Print</button>' in html


def test_the_check_counts_again_and_shows_members_every_row(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann, bob, cat = (a_member(network, name) for name in ("Ann", "Bob", "Cat"))
    an_organisation(network, "Involve", spoken_for_by=a_member(network, "Dan"))
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann, named=True)
    answered(proposal, network, AnswerKind.STAND_ASIDE, bob)
    number = closed(time, proposal).number
    url = f"/uk/decisions/{number}/check"
    page = opened(browser(app), url)
    assert "5 could give an answer that counts" in page.text
    assert "2 did. 3 did not." in page.text
    assert "not the same" not in page.text
    assert page.text.count("the same") >= 8
    for link in [link for link in page.links if "show=" in link]:
        opened(browser(app), link.partition("#")[0])
    roll = opened(browser(app, cat), f"{url}?show=roll").text
    assert all(name in roll for name in ("Ann", "Bob", "Cat", "Dan", "Involve"))
    seen = opened(browser(app), f"{url}?show=roll").text
    assert "Ann" in seen
    assert "Involve" in seen
    assert "Bob" not in seen
    assert "Cat" not in seen
    assert "Bob" not in opened(browser(app), f"{url}?show=stand-aside").text


def test_a_tally_that_differs_from_the_rows_is_called_out(
    app: Flask, network: Network, time: MovedClock
) -> None:
    number = decided(time, network, a_member(network)).number
    assert "not the same" not in opened(browser(app), f"/uk/decisions/{number}/check").text
    kept = '{"agree": 7, "reservations": 0, "stand-aside": 0, "block": 0, "no-view": 0}'
    rewritten(tally=kept, digest="0" * 64)
    page = opened(browser(app), f"/uk/decisions/{number}/check").text
    assert page.count("not the same") == 2


def test_the_check_tells_who_came_and_went_and_which_rules_had_changed(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann = a_member(network, "Ann")
    decided(time, network, ann, committee__seats=11)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    time.move(timedelta(days=2))
    late = a_member(network, "Late Comer", start=date(2015, 4, 22))
    number = closed(time, proposal).number
    page = opened(browser(app, ann), f"/uk/decisions/{number}/check").text
    assert "1 membership began. (Late Comer)" in page
    assert "decided in 2015-01" in page
    assert "The committee has 11 places." in page
    visitor = opened(browser(app), f"/uk/decisions/{number}/check").text
    assert "1 membership began." in visitor
    assert late.name not in visitor


def test_a_check_of_a_decision_made_elsewhere_counts_nothing(
    app: Flask, network: Network, time: MovedClock
) -> None:
    from tests.builders import a_steering_member

    proposal = taken(network, a_steering_member(network))
    decide(time, proposal)
    page = opened(browser(app), "/uk/decisions/2015-01/check").text
    assert "Nothing was counted" in page


def test_a_long_roll_is_shown_in_pages_and_asks_no_more_often(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann, *others = members(network, 130)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, *others[:120])
    number = closed(time, proposal).number
    other = a_network_with_rules("scotland")
    alone = a_member(other)
    few = closed_in(other, alone, time)
    client = browser(app, ann)
    first = opened(client, f"/uk/decisions/{number}/check?show=answered")
    assert any("page=2" in link for link in first.links)
    assert not any(
        "page=3" in link
        for link in opened(client, f"/uk/decisions/{number}/check?show=answered&page=2").links
    )
    numbers = []
    for reader, url in ((ann, f"/uk/decisions/{number}"), (alone, f"/scotland/decisions/{few}")):
        reading = browser(app, reader)
        for end in ("", "/check?show=answered"):
            with counted() as statements:
                assert reading.get(url + end).status_code == 200
            numbers.append(len(statements))
    assert numbers[:2] == numbers[2:]
    assert max(numbers) <= 17  # how many answered and the first of them are asked for apart


def closed_in(network: Network, person: Any, time: MovedClock) -> str:
    """The number of a small decision in another network."""
    proposal = a_proposal(network, person)
    answered(proposal, network, AnswerKind.AGREE, person)
    return closed(time, proposal).number


def test_a_line_to_cite_names_network_number_title_and_address(
    app: Flask, network: Network, time: MovedClock
) -> None:
    number = decided(time, network, a_member(network)).number
    page = opened(browser(app), f"/uk/decisions/{number}")
    assert (
        f"The UK network, decision {number}: “Should the committee have 9 seats?”, Mon 20 Apr 2015"
        in page.text
    )
    assert f"http://localhost/uk/decisions/{number}" in page.text


def test_many_who_came_are_counted_and_the_first_are_named(
    app: Flask, network: Network, time: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "NAMED", 2)
    ann = a_member(network, "Ann")
    proposal = a_proposal(network, ann)
    today = clock.today(network.zone)
    for name in ("Bea", "Cid", "Dot"):
        a_member(network, name, start=today)
    number = closed(time, proposal).number
    text = opened(browser(app, ann), f"/uk/decisions/{number}/check").text
    assert "3 memberships began. (Bea, Cid …)" in text
    assert "0 memberships ended." in text
    text = opened(app.test_client(), f"/uk/decisions/{number}/check").text
    assert "3 memberships began." in text
    assert "Bea" not in text
