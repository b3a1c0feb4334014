"""The decisions room as people meet it: pages, forms without scripts, and data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from govnet.charter import queries as charters
from govnet.decisions import queries
from govnet.decisions.answers import actions
from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.models import Proposal
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.rules.outcome import AnswerKind
from govnet.decisions.suggestions import rewording
from govnet.extensions import db
from govnet.forum.states import Readership
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.mail.models import Mail, Rendering
from govnet.record.models import Entry
from tests.builders import a_member, a_network, a_steering_member, acting, an_organisation
from tests.decisions.builders import (
    QUESTION,
    a_discussion,
    a_network_with_rules,
    a_proposal,
    answered,
    closed_all,
    decisions,
    members,
    taken,
    version_of,
)
from tests.decisions.stage import browser, decide
from tests.pages import Html, ask, opened, send
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")


def eight_days_pass(time: MovedClock) -> None:
    time.move(timedelta(days=8))
    db.session.rollback()
    closed_all()
    db.session.rollback()


def test_a_visitor_reads_what_is_asked_and_finds_no_form(app: Flask) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, bob)
    page = opened(browser(app), f"/uk/proposals/{proposal.id}")
    assert QUESTION in page.text
    assert page.forms == []
    assert "1 Agree" in page.text
    assert bob.name not in page.text
    assert "If it closed now: Agreed." in page.text
    assert "Sign in to answer" in page.text


def test_a_member_sees_names_and_a_visitor_those_who_may_be_named_and_organisations(app: Flask) -> None:
    network = a_network_with_rules()
    ann, bob, cat, dan = members(network, 4)
    an_organisation(network, "Involve", spoken_for_by=dan)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.STAND_ASIDE, bob, reason="It costs too much.")
    answered(proposal, network, AnswerKind.AGREE, cat, named=True)
    member = opened(browser(app, ann), f"/uk/proposals/{proposal.id}").text
    visitor = opened(browser(app), f"/uk/proposals/{proposal.id}").text
    assert bob.name in member
    assert cat.name in member
    assert "It costs too much." in member
    assert bob.name not in visitor
    assert cat.name in visitor
    assert "It costs too much." not in visitor
    assert "1 more reason can be read by members." in visitor


def test_a_member_answers_changes_it_and_takes_it_back(app: Flask) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    proposal_id = a_proposal(network, ann).id
    client, url = browser(app, ann), f"/uk/proposals/{proposal_id}"
    page = Html(send(client, url, {"answer": "agree"}).text)
    assert "You have answered." in page.text
    assert "Agree It counts. Given today, 10:00" in page.text
    send(client, url, {"answer": "worry", "reason": "Too many."})
    assert "Too many." in opened(client, url).text
    send(client, url, {}, action="/take-back")
    assert "You have not answered yet." in opened(client, url).text


def test_a_stop_without_a_reason_comes_back_with_the_input(app: Flask) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    proposal_id = a_proposal(network, ann).id
    answer = send(
        browser(app, ann), f"/uk/proposals/{proposal_id}", {"answer": "stop", "remedy": "More seats."}
    )
    assert answer.status_code == 422
    page = Html(answer.text)
    assert "Say why you want to stop this" in page.text
    assert "More seats." in answer.text


def test_an_answer_that_comes_too_late_keeps_its_words_and_can_be_posted(
    app: Flask, time: MovedClock
) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    proposal_id = a_proposal(network, ann).id
    client, url = browser(app, ann), f"/uk/proposals/{proposal_id}"
    page = opened(client, url)
    form = next(each for each in page.forms if each["action"].endswith("/answer"))
    data = {
        field["name"]: field["value"] for field in form["fields"] if field["type"] in ("hidden", "textarea")
    }
    time.move(timedelta(days=8))
    late = client.post(form["action"], data={**data, "answer": "worry", "reason": "My long worry."})
    assert late.status_code == 409
    assert "It was not counted." in late.text
    assert "My long worry." in late.text


def test_people_who_were_not_asked_read_why_there_is_no_form(app: Flask) -> None:
    network = a_network_with_rules()
    proposal_id = a_proposal(network, a_member(network)).id
    page = opened(browser(app, a_member(network)), f"/uk/proposals/{proposal_id}")
    assert "You were not among those who could answer" in page.text


def test_a_member_proposes_on_a_matter(app: Flask) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    client = browser(app, ann)
    done = send(
        client,
        "/uk/proposals/new?matter=money",
        {"question": "Do we print 500 leaflets?", "text": "For the *workshop*."},
    )
    assert done.status_code == 200
    assert "Do we print 500 leaflets?" in done.text
    assert "<em>workshop</em>" in done.text


def test_sending_the_form_twice_asks_once(app: Flask) -> None:
    network = a_network_with_rules()
    client = browser(app, a_member(network))
    page = opened(client, "/uk/proposals/new?matter=money")
    form = next(each for each in page.forms if each["method"] == "post" and "matter=money" in each["action"])
    data = {field["name"]: field["value"] for field in form["fields"] if field["name"]}
    data |= {"question": "Once?", "text": "Once."}
    first, second = (client.post(form["action"], data=data) for _ in range(2))
    assert first.location == second.location


def test_a_change_of_the_rules_is_written_in_a_form_made_for_them(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    client = browser(app, ann)
    opened(client, "/uk/proposals/new?matter=charter")
    url = "/uk/proposals/new?rule=decisions.minimum_days_open&rule=charter.majority&rule=membership.criteria"
    done = ask(
        client,
        url,
        {
            "question": "Longer?",
            "text": "Yes.",
            "decisions__minimum_days_open": "10",
            "charter__majority": "3/4",
            "membership__criteria": "I share the purpose.\nI am kind.",
        },
    )
    assert done.status_code == 200, Html(done.text).text
    text = Html(done.text).text
    assert "Everybody has at least 7 days to answer a proposal." in text
    assert "Everybody has at least 10 days to answer a proposal." in text
    assert "at least three quarters" in text
    proposal_id = int(done.request.path.rsplit("/", 1)[1])
    send(client, f"/uk/proposals/{proposal_id}", {"answer": "agree"})
    eight_days_pass(time)
    rules = opened(browser(app), "/uk/charter").text
    assert "Everybody has at least 10 days to answer a proposal. decided in 2015-01" in rules
    assert "I am kind." in rules
    decision = opened(browser(app), "/uk/decisions/2015-01").text
    assert "Our rules from then on, version 2" in decision
    history = opened(browser(app), "/uk/charter/history").text
    assert "Version 2" in history
    assert "decided in 2015-01: Longer?" in history
    old = opened(browser(app), "/uk/charter/1").text
    assert "These rules are no longer in force." in old


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"decisions__minimum_days_open": "lots"}, "must be a whole number from 1 to 90"),
        ({"decisions__minimum_days_open": "7", "charter__majority": "2/3"}, "Our rules already say this"),
        ({"charter__majority": "five"}, "must be a fraction"),
    ],
)
def test_rules_that_make_no_sense_come_back_with_a_word(
    app: Flask, typed: dict[str, str], message: str
) -> None:
    network = a_network_with_rules()
    client = browser(app, a_member(network))
    url = "/uk/proposals/new?rule=decisions.minimum_days_open&rule=charter.majority"
    answer = ask(client, url, {"question": "Longer?", "text": "Yes.", **typed})
    assert answer.status_code == 422
    assert message in Html(answer.text).text


def test_the_register_lists_filters_and_links(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    first = a_proposal(network, ann, matter="money")
    second = a_proposal(network, ann)
    answered(first, network, AnswerKind.AGREE, ann)
    answered(second, network, AnswerKind.BLOCK, bob)
    decide(time, second)
    client = browser(app)
    page = opened(client, "/uk/decisions")
    assert "2015-01" in page.text
    assert "2015-02" in page.text
    assert "/uk/decisions/2015-02" in page.links
    assert all(form["method"] == "get" for form in page.forms)
    assert "2015-02" not in opened(client, "/uk/decisions?matter=money").text
    assert "2015-01" not in opened(client, "/uk/decisions?outcome=blocked").text
    assert "2015-01" not in opened(client, "/uk/decisions?year=2014").text
    assert opened(client, "/uk/decisions?page=99999&year=x&door=<script>").h1 == 1


def test_a_decision_s_page_can_be_checked_by_hand(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules(decisions__quorum="count", decisions__quorum_count=2)
    ann, bob, cat = members(network, 3)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann, bob)
    answered(proposal, network, AnswerKind.STAND_ASIDE, cat, reason="Too many.")
    decide(time, proposal)
    text = opened(browser(app), "/uk/decisions/2015-01").text
    for words in (
        "Agreed; 1 disagreed and let it go ahead",
        "Mon 20 Apr 2015, 18:00 BST",
        "In force",
        "3 have answered; 2 of the 3 who could must answer.",
        "The rules under which it was made, version 1",
    ):
        assert words in text, words


def test_too_few_answers_are_announced_with_their_numbers(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules(decisions__quorum="count", decisions__quorum_count=2)
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    decide(time, proposal)
    assert "Too few answered (1 of the 2 needed)" in opened(browser(app), "/uk/decisions/2015-01").text


def test_a_later_decision_replaces_an_earlier_one(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    client = browser(app, ann)
    first = a_proposal(network, ann)
    answered(first, network, AnswerKind.AGREE, ann)
    decide(time, first)
    earlier = str(decisions()[0].id)
    ask(client, f"/uk/proposals/new?matter=money&replaces={earlier}", {"question": "Again?", "text": "Yes."})
    db.session.rollback()
    (newest,) = proposals_queries.open_now(network.id)
    send(client, f"/uk/proposals/{newest.version.proposal_id}", {"answer": "agree"})
    eight_days_pass(time)
    assert "Replaced by 2015-02" in opened(client, "/uk/decisions/2015-01").text
    assert "It replaces 2015-01" in opened(client, "/uk/decisions/2015-02").text


def test_an_officer_records_a_decision_of_a_meeting_and_a_member_objects(
    app: Flask, time: MovedClock
) -> None:
    network = a_network_with_rules()
    sam, ann = a_steering_member(network), a_member(network)
    written = send(
        browser(app, sam),
        "/uk/decisions/record",
        {
            "question": "Our letter to the minister",
            "text": "We write a letter.",
            "matter": "statement",
            "door": "meeting",
            "taken_by": "all",
            "taken_on": "2015-04-09",
            "where": "The meeting in Leeds",
            "present": "Ann, Bo and eleven others",
            "evidence": "The notes.",
        },
    )
    assert written.status_code == 200, Html(written.text).text
    assert "Who was there" in written.text
    assert "Ann, Bo and eleven others" in written.text
    assert "Stands unless somebody objects" in written.text
    url = written.request.path
    time.move(timedelta(minutes=10))
    with app.app_context():
        assert offsite.tell_due() == 1
    assert "Decided elsewhere" in opened(browser(app), "/uk/decisions").text
    objected = send(browser(app, ann), f"{url}/object", {"reason": "I was not told."})
    assert objected.status_code == 200
    assert "Your answer" in objected.text
    assert "I was not told." in objected.text


def test_a_recommendation_of_the_committee_leads_to_asking_everybody(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    sam = a_steering_member(network)
    decide(time, taken(network, sam, body="committee"))
    client = browser(app, sam)
    page = opened(client, "/uk/decisions/2015-01")
    assert "Recommended by the committee" in page.text
    (link,) = [each for each in page.links if "from=2015-01" in each]
    assert "Our letter to the minister" in client.get(link).text


def test_the_author_asks_again_in_other_words_or_takes_it_back(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    proposal_id = a_proposal(network, ann).id
    client, url = browser(app, ann), f"/uk/proposals/{proposal_id}"
    ask(client, f"{url}/reword", {"question": "Seven seats?", "because": "Nine were too many."})
    time.move(timedelta(minutes=11))
    db.session.rollback()
    assert rewording.ask_due() == 1
    text = opened(client, url).text
    assert "Seven seats?" in text
    assert "Nine were too many." in text
    assert "Version 1: " in text
    back = send(client, f"{url}/withdraw", {"reason": "Never mind."})
    assert "Taken back by its author" in back.text
    assert "Seven seats?" in opened(browser(app), "/uk/proposals").text


def test_a_note_is_shown_beside_a_decision(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    decide(time, proposal)
    done = send(
        browser(app, ann), "/uk/decisions/2015-01/note", {"kind": "heard", "text": "We heard **you**."}
    )
    assert "<strong>you</strong>" in done.text


def test_answers_that_the_charter_hides_until_the_close_are_nowhere(app: Flask) -> None:
    network = a_network_with_rules(decisions__positions_visible="at_close")
    ann, bob = members(network, 2)
    proposal_id = a_proposal(network, ann).id
    send(
        browser(app, bob),
        f"/uk/proposals/{proposal_id}",
        {
            "answer": "stop",
            "reason": "Secret.",
            "remedy": "x",
            "principle": "To open up how decisions are made.",
        },
    )
    for client in (browser(app), browser(app, ann)):
        here = f"/uk/proposals/{proposal_id}"
        for url in (
            here,
            f"{here}.json",
            "/uk/",
            "/uk.json",
            "/uk/decisions",
            "/uk/proposals",
            "/uk/record",
            "/me",
        ):
            text = client.get(url).text
            assert "Secret." not in text
            assert "1</strong> Stop" not in text
            assert "would" not in text or "says Stop" not in text
    assert browser(app).get(f"/uk/proposals/{proposal_id}.json").json["answers"] is None
    (shown,) = browser(app).get("/uk.json").json["open"]
    assert (shown["answered"], shown["answers"]) == (1, None)


@pytest.mark.parametrize(
    "url",
    [
        "/uk/decisions/2015-99",
        "/uk/decisions/what",
        "/uk/decisions/2015-",
        "/uk/decisions/99999999999999999999-1",
        "/uk/decisions/2015-99999999999999999999",
        "/uk/proposals/999",
        "/uk/charter/99",
        "/uk/proposals/999.json",
    ],
)
def test_a_missing_page_says_so_plainly(app: Flask, url: str) -> None:
    a_network_with_rules()
    assert browser(app).get(url).status_code == 404


@pytest.mark.parametrize(
    ("url", "status"),
    [("/uk/proposals/new", 303), ("/uk/decisions/record", 303)],
)
def test_a_visitor_is_led_to_sign_in(app: Flask, url: str, status: int) -> None:
    a_network_with_rules()
    assert browser(app).get(url).status_code == status


def test_a_member_cannot_record_decisions_and_reads_who_can(app: Flask) -> None:
    network = a_network_with_rules()
    answer = browser(app, a_member(network)).get("/uk/decisions/record")
    assert answer.status_code == 403
    assert "the committee" in answer.text


def test_the_same_facts_are_there_as_data(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    proposal_id = proposal.id
    answered(proposal, network, AnswerKind.AGREE, ann)
    client = browser(app)
    assert client.get(f"/uk/proposals/{proposal_id}.json").json["answers"]["agree"] == 1
    assert client.get("/uk/proposals.json").json["open"][0]["question"] == QUESTION
    decide(time, proposal)
    (line,) = client.get("/uk/decisions.json").json["decisions"]
    assert (line["number"], line["outcome"], line["could_answer"]) == ("2015-01", "consensus", 1)
    one = client.get("/uk/decisions/2015-01.json").json
    assert one["proposal"]["text"].startswith("Nine seats")
    assert ann.name not in client.get("/uk/decisions/2015-01.json").text
    rules = client.get("/uk/charter.json").json
    assert rules["rules"]["decisions.minimum_days_open"] == 7
    assert client.get("/uk/charter/1.json").json["number"] == 1
    assert len(client.get("/uk/charter/history.json").json["versions"]) == 1


def test_pages_ask_the_database_at_most_eight_times(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, *others = members(network, 12)
    for _ in range(6):
        proposal = a_proposal(network, ann)
        answered(proposal, network, AnswerKind.RESERVATIONS, ann, *others[:6], reason="A worry.")
    decide(time, proposal)
    rule = a_proposal(network, ann, decisions__minimum_days_open=9)
    answered(rule, network, AnswerKind.AGREE, ann)
    decide(time, rule)
    for _ in range(5):
        still = a_proposal(network, ann)
        answered(still, network, AnswerKind.AGREE, *others)
    taken(network, a_steering_member(network))
    still_id = still.id
    db.session.rollback()
    urls = ("decisions", "proposals", f"proposals/{still_id}", "decisions/2015-01", "decisions/2015-07", "charter",
            "charter/history", "decisions.json")  # fmt: skip
    members_browser = browser(app, ann)
    for client in (browser(app), members_browser):
        for url in urls:
            with counted() as statements:
                assert client.get(f"/uk/{url}").status_code == 200
            most = (
                13 if url == f"proposals/{still_id}" else 8
            )  # with suggested words, interests, the roll, the discussion, and who of all these holds an office
            most = 17 if url.startswith("decisions/") else most  # one for each thing that stands beside it
            if client is members_browser and not url.startswith("charter"):
                most += 1  # whether our rules let her propose
            assert len(statements) <= most, (url, len(statements), statements)


def test_a_proposal_from_a_discussion_shows_the_newest_of_it(app: Flask) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    thread_id = a_discussion(network, ann).id
    client = browser(app, ann)
    asked = ask(
        client, f"/uk/proposals/new?matter=money&thread={thread_id}", {"question": "So?", "text": "So."}
    )
    page = Html(asked.text)
    assert f"/uk/forum/{thread_id}" in page.links
    assert "Let us count them." in page.text
    thread = opened(client, f"/uk/forum/{thread_id}")
    assert asked.request.path in thread.links
    assert f"/uk/proposals/new?thread={thread_id}" in thread.links


def test_words_that_came_too_late_are_posted_as_a_comment(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    thread_id = a_discussion(network, ann).id
    client = browser(app, ann)
    asked = ask(
        client, f"/uk/proposals/new?matter=money&thread={thread_id}", {"question": "So?", "text": "So."}
    )
    url = asked.request.path
    form = next(each for each in Html(asked.text).forms if each["action"].endswith("/answer"))
    data = {
        field["name"]: field["value"] for field in form["fields"] if field["type"] in ("hidden", "textarea")
    }
    time.move(timedelta(days=8))
    late = client.post(form["action"], data={**data, "answer": "worry", "reason": "My long worry."})
    kept = next(each for each in Html(late.text).forms if each["action"] == f"{url}/comment")
    comment = {field["name"]: field["value"] for field in kept["fields"] if field["name"]}
    posted = client.post(kept["action"], data=comment, follow_redirects=True)
    assert posted.status_code == 200
    assert "My long worry." in posted.text


def test_tasks_are_answered_on_the_page_you(app: Flask) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    a_proposal(network, ann)
    client = browser(app, ann)
    page = opened(client, "/me")
    assert QUESTION in page.text
    (form,) = [each for each in page.forms if each["action"].endswith("/answer")]
    data = {field["name"]: field["value"] for field in form["fields"] if field["type"] == "hidden"}
    done = client.post(form["action"], data={**data, "answer": "agree"}, follow_redirects=True)
    assert f"Your answer counts: {QUESTION}" in Html(done.text).text
    assert "Nothing waits for you" in Html(done.text).text


def test_on_the_page_you_stand_all_the_answers_and_who_asks(app: Flask) -> None:
    network = a_network_with_rules()
    ann = a_member(network, "Ann")
    a_proposal(network, ann)
    page = opened(browser(app, ann), "/me")
    assert "Ann asks. Nobody has answered yet." in page.text
    for words in ("Agree", "Agree, with a worry", "Disagree, but go ahead", "Stop, and say why", "No view"):
        assert words in page.text


def test_a_stop_that_says_nothing_hears_all_that_it_lacks_at_once(app: Flask) -> None:
    network = a_network_with_rules(decisions__stop_needs="principle")
    ann = a_member(network)
    proposal_id = a_proposal(network, ann).id
    client = browser(app, ann)
    done = send(client, f"/uk/proposals/{proposal_id}", {"answer": "stop"}, action="/answer")
    assert done.status_code == 422
    for wanted in (
        "Say why you want to stop this",
        "Say what would let you live with it.",
        "Choose what your Stop rests on.",
    ):
        assert wanted in done.text


def test_a_receipt_comes_by_mail_once_for_an_answer(app: Flask) -> None:
    network = a_network_with_rules()
    ann = a_member(network)
    proposal_id = a_proposal(network, ann).id
    client = browser(app, ann)
    send(client, f"/uk/proposals/{proposal_id}", {"answer": "agree"}, action="/answer")
    for _time in range(2):
        send(client, f"/uk/proposals/{proposal_id}", {}, action="/answer/receipt")
    with app.app_context():
        (mail,) = db.session.scalars(select(Mail).where(Mail.template == "decisions/receipt"))
        rendering = db.session.scalars(select(Rendering).where(Rendering.mail_id == mail.id)).one()
        assert rendering.subject == f"Your answer is recorded: {QUESTION}"
        assert b"It counts." in (rendering.body or b"")


def test_nobody_gets_a_receipt_for_another_s_answer(app: Flask) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal_id = a_proposal(network, ann).id
    send(browser(app, ann), f"/uk/proposals/{proposal_id}", {"answer": "agree"}, action="/answer")
    page = opened(browser(app, bob), f"/uk/proposals/{proposal_id}")
    assert not [each for each in page.forms if each["action"].endswith("/receipt")]


def test_the_charter_in_force_reads_as_a_document(app: Flask) -> None:
    network = a_network_with_rules(membership__criteria=["I share the purpose."])
    page = opened(browser(app), "/uk/charter")
    assert "On money, all members decide by consensus: everybody can live with it." in page.text
    assert "I share the purpose." in page.text
    assert "the rule dates from the start" in page.text
    assert charters.rules_in_force(network.id)
    assert acting(a_member(network), network).is_member


def test_people_who_propose_from_a_members_discussion_read_that_a_proposal_is_public(app: Flask) -> None:
    network = a_network_with_rules()
    ada = a_member(network, "Ada")
    quiet = a_discussion(network, ada, Readership.MEMBERS).id
    loud = a_discussion(network, ada).id
    client = browser(app, ada)
    assert "A proposal is public" in client.get(f"/uk/proposals/new?matter=statement&thread={quiet}").text
    assert "A proposal is public" not in client.get(f"/uk/proposals/new?matter=statement&thread={loud}").text


def test_the_title_of_a_form_says_which_proposal_it_is_about(app: Flask) -> None:
    ann, _bob = members(network := a_network_with_rules(), 2)
    proposal_id = a_proposal(network, ann).id
    for form in ("reword", "extend", "withdraw", "hide-answers"):
        assert QUESTION in opened(browser(app, ann), f"/uk/proposals/{proposal_id}/{form}").title


def test_people_who_may_not_ask_for_a_review_see_no_link_to_it(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann, bob)
    time.move(to=version_of(proposal).deadline)
    closed_all()
    stranger = a_member(a_network("leeds"))
    review = "/uk/decisions/2015-01/review"
    assert review in opened(browser(app, ann), "/uk/decisions/2015-01").links
    assert review in opened(browser(app), "/uk/decisions/2015-01").links
    assert review not in opened(browser(app, stranger), "/uk/decisions/2015-01").links


def test_a_decision_that_was_recorded_late_says_so_and_why(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules(committee__publish_days=2)
    sam = a_steering_member(network)
    client = browser(app, sam)
    typed = {
        "question": "Chairs", "text": "We buy chairs.", "matter": "committee", "door": "meeting", "taken_by": "committee",
        "taken_on": "2015-04-09", "where": "The meeting in Leeds", "evidence": "The minutes.",
    }  # fmt: skip
    refused = send(client, "/uk/decisions/record", typed)
    assert refused.status_code == 422
    assert "say why it is late" in Html(refused.text).text
    made = send(client, "/uk/decisions/record", {**typed, "late_because": "The minutes took a while."})
    assert "Written down 2 days late The minutes took a while." in Html(made.text).text
    db.session.rollback()
    decide(time, db.session.query(Proposal).one())
    assert "Written down 2 days late The minutes" in opened(browser(app), "/uk/decisions/2015-01").text


def test_the_numbers_of_a_meeting_are_shown_and_its_own_words_are_no_facts(
    app: Flask, time: MovedClock
) -> None:
    network = a_network_with_rules()
    sam, bob = a_steering_member(network), a_member(network)
    proposal = taken(network, sam)
    version_id = version_of(proposal).id
    (mine,) = queries.entries_for(version_id, acting(bob, network))
    with transaction():
        given = actions.AnswerInput(AnswerKind.STAND_ASIDE, "Too late in the evening.")
        answers_entry.enter(
            version_id, mine.id, given, how=Door.MEETING, by=acting(sam, network), via=Door.WEB
        )
    page = opened(browser(app, bob), f"/uk/proposals/{proposal.id}").text
    assert "What each person said there" in page
    assert "It was entered for you. If it is wrong, change it here." in page
    decide(time, proposal)
    assert "Too late in the evening." in opened(browser(app, bob), "/uk/decisions/2015-01").text
    entry = db.session.scalars(db.select(Entry).where(Entry.verb == "decisions.taken_elsewhere")).one()
    assert "The notes of the meeting." not in entry.facts
    assert "The notes of the meeting." in (entry.words or "")
