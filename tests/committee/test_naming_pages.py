"""The offices in a proposal, as people type and read them: on pages, in drafts, in mail and as data."""

from __future__ import annotations

from datetime import timedelta

import pytest

from govnet.charter.models import Network
from govnet.decisions.drafts import notify
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import Proposal
from govnet.decisions.proposals.events import OfficeReplied
from govnet.decisions.suggestions import rewording
from govnet.extensions import db
from govnet.kernel import clock
from govnet.mail.outgoing import distribution
from govnet.mail.outgoing.notices import ToldEntry
from govnet.offices.models import Body, Mandate, OfficePerson, Term
from govnet.people.persons import main_address
from govnet.record.models import Entry
from tests import builders
from tests.membership.people import mails_to
from tests.offices.builders import a_mandate_for, agreed, asked, decided, end_of, from_before, place, seat
from tests.pages import ask, opened, send

SENTENCE = (
    "Ada Example takes the place “Seat 4”, from the day on which this is decided until Tue 12 Apr 2016."
)


@pytest.fixture
def uk(client, app):
    with app.app_context():
        network = builders.a_network()
        builders.a_committee(network, seats=4)
        yield network
        db.session.remove()


def typed(key, **fields):
    names = {f"office_{key.replace('-', '_')}_{name}": value for name, value in fields.items()}
    return {"question": "Shall we?", "text": "As above.", **names}


def proposal_of_the_day():
    return db.session.query(Proposal).order_by(Proposal.id.desc()).first()


def test_somebody_is_proposed_for_a_place_and_everybody_reads_it_in_words(client, uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk, "Ada Example")
    builders.sign_in(client, sam)
    key = f"place-{seat(uk, 4).id}"
    link = f"/uk/proposals/new?matter=committee&office={key}"
    assert link in client.get("/uk/committee").text.replace("&amp;", "&")
    bad = send(client, link, typed(key, person="Nobody Known", last_day="2016-04-12"))
    assert bad.status_code == 422
    assert "We know nobody called" in bad.text
    assert 'value="Nobody Known"' in bad.text
    late = send(client, link, typed(key, person="Ada Example", last_day="2019-01-01"))
    assert "Our rules allow this for at most 24 months." in late.text
    done = ask(client, link, typed(key, person="ada example", last_day="2016-04-12"))
    assert done.status_code == 200
    assert SENTENCE in done.text.replace("&#39;", "'")
    proposal = proposal_of_the_day()
    client.delete_cookie("govnet")
    assert SENTENCE in opened(client, f"/uk/proposals/{proposal.id}").text
    (facts,) = client.get(f"/uk/proposals/{proposal.id}.json").json["offices"]
    assert (facts["words"], facts["person"], facts["end"]) == (SENTENCE, ada.id, "2016-04-13")
    with clock.moved_to(clock.now() + timedelta(minutes=11)):
        while distribution.run():
            pass
    mail = " ".join(mails_to(main_address(ada.id))[0][1].split())
    assert SENTENCE in mail
    assert "you can reply beside the proposal" in mail
    decision = agreed(proposal, uk)
    address = f"/uk/decisions/{decision.number}"
    assert SENTENCE in opened(client, address).text
    assert client.get(f"{address}.json").json["proposal"]["offices"][0]["what"] == "place"


def test_offices_in_a_draft_are_kept_shown_and_proposed(client, uk):
    sam = builders.a_steering_member(uk)
    builders.a_member(uk, "Ada Example")
    builders.sign_in(client, sam)
    key = f"place-{seat(uk, 4).id}"
    link = f"/uk/proposals/new?matter=committee&office={key}"
    send(client, link, {**typed(key, person="Ada Example", last_day="2016-04-12"), "draft": "1"})
    draft = db.session.query(Draft).one().id
    assert SENTENCE in opened(client, f"/uk/proposals/{draft}").text
    row = db.session.get_one(Draft, draft)
    told = notify._context(_told(db.session.get_one(Network, row.network_id)), row)
    assert told["named"] == [SENTENCE]
    change = f"/uk/proposals/{draft}/change"
    assert 'value="Ada Example"' in client.get(change).text
    send(client, change, typed(key, person="Ada Example", last_day="2016-03-12"))
    assert "until Sat 12 Mar 2016" in opened(client, f"/uk/proposals/{draft}").text
    ask(client, f"/uk/proposals/{draft}", {"closes": "2015-04-20"})
    assert [each.person.name for each in _named(proposal_of_the_day())] == ["Ada Example"]


def _told(network):
    return ToldEntry(1, 1, clock.now(), network, None, {"actor": "Sam"})


def _named(proposal):
    from govnet.decisions.proposals.offices import named_in
    from tests.decisions.builders import version_of

    return named_in(version_of(proposal).id)


def test_rewording_begins_with_what_is_named_and_can_change_it_or_leave_it_out(client, uk, time):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk, "Ada Example")
    builders.a_member(uk, "Bea Example")
    proposal = asked(uk, sam, place(uk, ada, 4))
    key = f"place-{seat(uk, 4).id}"
    builders.sign_in(client, sam)
    link = f"/uk/proposals/{proposal.id}/reword"
    assert 'value="Ada Example"' in client.get(link).text
    ask(client, link, {**typed(key, person="Bea Example"), "because": "Ada cannot."})
    time.move(timedelta(minutes=11))
    rewording.ask_due()
    assert [each.person.name for each in _named(proposal)] == ["Bea Example"]
    assert "Ada Example takes" in opened(client, f"/uk/proposals/{proposal.id}").text
    ask(client, link, {**typed(key, out="y"), "because": "Nobody for now."})
    time.move(timedelta(minutes=11))
    rewording.ask_due()
    assert _named(proposal) == []


def test_the_mandate_is_proposed_from_its_page_and_as_it_was(client, uk):
    sam = builders.a_steering_member(uk)
    builders.a_coordinator(uk, days=30)
    builders.an_organisation(uk, "The Open Shed")
    builders.sign_in(client, sam)
    link = "/uk/proposals/new?matter=mandate&office=mandate-1"
    assert link in client.get("/uk/coordinator").text.replace("&amp;", "&")
    page = client.get(link).text
    assert "To coordinate." in page
    assert "Cory Coordinator" in page
    done = send(client, link, typed("mandate-1", organisation="the open shed"))
    assert "The Open Shed coordinates the network, from Wed 13 May 2015" in done.text
    assert "These people act for it: Cory Coordinator." in done.text
    mandate = db.session.query(Mandate).one()
    end = f"/uk/proposals/new?matter=mandate&office=end-{mandate.id}"
    assert end in client.get("/uk/coordinator").text.replace("&amp;", "&")
    done = send(client, end, typed(f"end-{mandate.id}"))
    assert (
        "The mandate of Cory Coordinator as coordinator ends on the day on which this is decided."
        in done.text
    )


def test_people_named_reply_beside_the_proposal_and_nobody_else_does(client, uk):
    sam, bea = builders.a_steering_member(uk), builders.a_steering_member(uk, "Bea Steering")
    term = db.session.query(Term).filter_by(person_id=sam.id).one()
    proposal = asked(uk, bea, end_of(term))
    named = db.session.query(OfficePerson).one()
    link = f"/uk/proposals/named/{named.id}/reply"
    builders.sign_in(client, bea)
    assert link not in client.get(f"/uk/proposals/{proposal.id}").text
    opened(client, link, 403)
    builders.sign_in(client, sam)
    assert link in client.get(f"/uk/proposals/{proposal.id}").text
    assert send(client, link, {"text": " "}).status_code == 422
    send(client, link, {"text": "I was ill."})
    for _ in range(2):
        send(client, link, {"text": "I was ill, and am back."})
    assert db.session.query(Entry).filter_by(verb=OfficeReplied.verb).count() == 2
    client.delete_cookie("govnet")
    page = opened(client, f"/uk/proposals/{proposal.id}").text
    assert "Sam Steering (committee) replies I was ill, and am back." in page
    data = client.get(f"/uk/proposals/{proposal.id}.json").json
    assert [each["text"] for each in data["replies"]] == ["I was ill, and am back."]
    decision = agreed(proposal, uk)
    assert "I was ill, and am back." in opened(client, f"/uk/decisions/{decision.number}").text


def test_after_the_close_nobody_replies_any_more(client, uk, time):
    sam, bea = builders.a_steering_member(uk), builders.a_steering_member(uk, "Bea Steering")
    proposal = asked(uk, bea, end_of(db.session.query(Term).filter_by(person_id=sam.id).one()))
    agreed(proposal, uk)
    named = db.session.query(OfficePerson).one()
    time.move(timedelta(days=8))
    builders.sign_in(client, sam)
    late = send(client, f"/uk/proposals/named/{named.id}/reply", {"text": "Wait."})
    assert late.status_code == 422
    assert "This has closed" in late.text


def test_a_decision_of_a_meeting_about_a_place_is_recorded_with_the_place(client, uk):
    sam = builders.a_steering_member(uk)
    builders.a_member(uk, "Ada Example")
    builders.sign_in(client, sam)
    key = f"place-{seat(uk, 4).id}"
    assert f'value="{key}"' in client.get("/uk/decisions/record").text
    values = {
        **typed(key, person="Ada Example", last_day="2016-04-12"),
        "door": "meeting", "taken_on": "2015-04-10", "where": "Leeds", "taken_by": "committee", "evidence": "Notes.",
    }  # fmt: skip
    done = send(client, f"/uk/decisions/record?office={key}", values)
    assert done.status_code == 200, done.text
    assert SENTENCE in done.text


def test_an_exception_to_the_rules_is_offered_among_them(client, uk):
    builders.sign_in(client, builders.a_steering_member(uk))
    page = client.get("/uk/proposals/new?matter=charter").text.replace("&amp;", "&")
    key = f"place-{seat(uk, 4).id}"
    assert f"/uk/proposals/new?matter=charter&office={key}" in page
    opened(client, f"/uk/proposals/new?matter=charter&office={key}")


@pytest.mark.parametrize(
    "key", ["place-0", "place-999", "term-1x", "place-99999999999999999999", "end-7", "new", ""]
)
def test_an_office_that_is_not_there_is_passed_over(client, uk, key):
    builders.sign_in(client, builders.a_steering_member(uk))
    page = opened(client, f"/uk/proposals/new?matter=committee&office={key}")
    assert "Who takes it?" not in page.text


def test_a_term_from_before_names_no_person_and_says_so(client, uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk, "Ada Example")
    decision = decided(uk, sam, place(uk, ada, 4))
    from_before("term")
    assert f"by decision {decision.number} (no person named)" in opened(client, "/uk/committee").text


def test_a_mandate_and_a_committee_of_another_network_are_not_offered(client, uk):
    wales = builders.a_network("wales")
    body = builders.a_committee(wales)
    cory = builders.a_coordinator(wales)
    term = builders.seated(body, builders.a_member(wales))
    builders.sign_in(client, builders.a_steering_member(uk))
    mandate = db.session.query(Mandate).one()
    for matter, key in (("committee", f"term-{term.id}"), ("mandate", f"end-{mandate.id}")):
        assert cory.name not in client.get(f"/uk/proposals/new?matter={matter}&office={key}").text
    assert db.session.query(Body).filter_by(network_id=uk.id).count() == 1
    assert a_mandate_for(cory).what == "mandate"
