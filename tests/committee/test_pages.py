"""The committee, the coordinator, the desk and the settings, as people see them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from govnet.accounts import me_views
from govnet.charter.models import Network
from govnet.desk import labels, views
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail
from govnet.mail.outgoing import distribution
from govnet.membership.models import Application, ApplicationState
from govnet.offices import term_ends
from govnet.offices.models import Body, Mandate, Seat, Term
from tests import builders
from tests.pages import opened, send
from tests.statements import counted


@pytest.fixture
def uk(client, app):
    with app.app_context():
        network = builders.a_network()
        body = builders.a_committee(network, seats=4)
        with transaction():
            seat = db.session.query(Seat).filter_by(body_id=body.id, position=4).one()
            seat.vacancy_note = "Election in June."
        yield network
        db.session.remove()


def signed_in(client, person):
    return builders.sign_in(client, person)


def test_everybody_sees_who_sits_on_the_committee_until_when_and_which_places_are_empty(client, uk):
    sam = builders.a_steering_member(uk)
    page = opened(client, "/uk/committee")
    assert "Sam Steering Sat 14 Mar 2015 – Mon 11 Apr 2016" in page.text
    assert "held at the start: The minutes of last March." in page.text
    assert "Empty place Seat 4 · Election in June." in page.text
    assert "4 places. 3 of them are empty" in page.text
    assert not page.forms
    data = client.get("/uk/committee.json").json
    assert [p["empty"] for p in data["places"]] == [True, False, True, True]
    assert data["places"][1]["holder"]["name"] == sam.name


def test_a_term_that_is_over_is_folded_away_and_its_place_is_empty(client, uk, time):
    builders.a_steering_member(uk)
    time.move(timedelta(days=366))
    page = opened(client, "/uk/committee")
    assert "4 of them are empty" in page.text
    assert "Earlier terms Sam Steering" in page.text


def test_somebody_leaves_the_committee(client, uk, time):
    sam = builders.a_steering_member(uk)
    term = db.session.query(Term).one()
    signed_in(client, sam)
    send(client, f"/uk/committee/terms/{term.id}/leave", {"last_day": "2015-04-13"})
    time.move(timedelta(days=1))
    assert not builders.acting(sam, uk).is_steering


def test_a_term_of_another_network_is_not_found(client, uk):
    wales = builders.a_network("wales")
    sam = builders.a_steering_member(wales)
    term = db.session.query(Term).one()
    signed_in(client, sam)
    opened(client, f"/uk/committee/terms/{term.id}/leave", 404)
    opened(client, f"/wales/committee/terms/{term.id}/leave")


def test_officers_say_what_happens_with_an_empty_place(client, uk):
    signed_in(client, builders.a_steering_member(uk))
    seat = db.session.query(Seat).filter_by(position=3).one()
    page = send(client, f"/uk/committee/places/{seat.id}", {"note": "Left open until the general meeting."})
    assert "Left open until the general meeting." in page.text


def test_everybody_sees_what_the_coordinator_may_do_until_when_and_what_is_due(client, uk):
    builders.a_coordinator(uk)
    page = opened(client, "/uk/coordinator")
    assert "Cory Coordinator" in page.text
    assert "at the start: As found." in page.text
    assert "Sun 12 Jul 2015" in page.text
    assert "To come" in page.text
    assert not page.forms
    assert client.get("/uk/coordinator.json").json["serving"][0]["holder"] == "Cory Coordinator"


def test_a_network_without_a_coordinator_says_so(client, uk):
    assert "There is no coordinator today" in opened(client, "/uk/coordinator").text


def test_the_coordinator_files_a_report_that_everybody_can_read(client, uk):
    cory = builders.a_coordinator(uk)
    mandate = db.session.query(Mandate).one()
    signed_in(client, cory)
    page = send(client, f"/uk/coordinator/{mandate.id}/report", {"body": "We met **twice**."})
    assert "<strong>twice</strong>" in page.text
    client.delete_cookie("govnet")
    assert "Filed" in opened(client, "/uk/coordinator").text


def test_the_end_of_a_term_is_announced_once_to_its_holder_and_the_officers(uk, time):
    sam, cory = builders.a_steering_member(uk), builders.a_coordinator(uk, days=800)
    with transaction():
        db.session.query(Term).one().end = date(2015, 4, 14)
    time.move(timedelta(days=1))
    term_ends.record_ends()
    term_ends.record_ends()
    while distribution.run():
        pass
    rows = db.session.query(Delivery.person_id).join(Mail).filter(Mail.template == "offices/term").all()
    assert sorted(r[0] for r in rows) == sorted([sam.id, cory.id])


def an_application(network, name):
    person = builders.a_person(name)
    with transaction():
        charter = db.session.query(builders.CharterVersion).filter_by(network_id=network.id).one()
        row = Application(
            network_id=network.id, name=name, email=f"{name.lower()}@example.org", state=ApplicationState.APPLIED,
            kind="individual", charter_version_id=charter.id, applied_at=clock.now(), confirmed_at=clock.now(),
            person_id=person.id,
        )  # fmt: skip
        db.session.add(row)


def test_the_desk_shows_what_waits_oldest_first_in_words(client, uk, time):
    sam = builders.a_steering_member(uk)
    with transaction():
        db.session.query(Term).one().end = date(2015, 5, 1)
    mandate = builders.a_coordinator(uk, days=90)
    with transaction():
        row = db.session.query(Mandate).one()
        row.next_report_on = date(2015, 4, 1)
    a_decision_in_its_window(uk, sam)
    signed_in(client, sam)
    page = opened(client, "/uk/desk")
    words = page.text
    assert "The term of Sam Steering (Seat 2) ends on Thu 30 Apr 2015" in words
    assert "A report of Cory Coordinator is due on Wed 1 Apr 2015" in words
    assert "“Our letter to the minister” stands unless somebody objects" in words
    assert words.index("A report of") < words.index("Our letter")
    assert mandate is not None


def a_decision_in_its_window(network, officer):
    from tests.decisions.builders import taken

    taken(network, officer)


def test_the_desk_asks_few_questions_however_much_waits(client, uk):
    sam = builders.a_steering_member(uk)
    signed_in(client, sam)
    opened(client, "/uk/desk")
    for n in range(12):
        an_application(uk, f"App{n}x")
    with counted() as statements:
        opened(client, "/uk/desk")
    assert len(statements) <= 8, "\n\n".join(statements)


@pytest.mark.parametrize("path", ["committee", "coordinator"])
def test_these_pages_ask_few_questions_however_many_there_are(client, uk, path):
    body = db.session.query(Body).one()
    for seat in (1, 2, 3, 4):
        builders.seated(body, builders.a_member(uk), seat=seat)
    builders.a_coordinator(uk)
    opened(client, f"/uk/{path}")
    with counted() as statements:
        opened(client, f"/uk/{path}")
    assert len(statements) <= 8, "\n\n".join(statements)


def test_a_long_desk_comes_page_by_page(client, uk, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    names = ["Adaone", "Botwo", "Cythree"]
    for name in names:
        an_application(uk, name)
    builders.sign_in(client, builders.a_coordinator(uk))
    pages = [opened(client, "/uk/desk").text]
    while "Newer" in pages[-1]:
        pages.append(opened(client, f"/uk/desk?page={len(pages) + 1}").text)
    assert len(pages) > 1
    assert [sum(name in page for page in pages) for name in names] == [1, 1, 1]
    assert "Waiting longer" in pages[-1]
    assert "Nothing else is waiting." in opened(client, f"/uk/desk?page={len(pages) + 1}").text


@pytest.mark.parametrize(("path", "shown"), [("/uk/desk", 5), ("/uk/desk?page=2", 5), ("/me", 3)])
def test_only_what_a_page_shows_of_a_desk_is_put_in_words(client, uk, monkeypatch, path, shown):
    said, say = [], labels.waiting
    monkeypatch.setattr(labels, "waiting", lambda network, row: said.append(row) or say(network, row))
    monkeypatch.setattr(views, "PAGE", 5)
    monkeypatch.setattr(me_views, "SHOWN", 3)
    for number in range(12):
        an_application(uk, f"Applicant {number}")
    signed_in(client, builders.a_steering_member(uk))
    page = opened(client, path).text
    assert len([row for row in said if row.kind == "application"]) == shown == page.count("asks to join")


def test_visitors_and_members_have_no_desk(client, uk):
    assert client.get("/uk/desk").status_code == 303
    signed_in(client, builders.a_member(uk))
    opened(client, "/uk/desk", 403)


def test_officers_change_how_the_network_is_reached_and_the_record_says_so(client, uk):
    from govnet.record.queries import details, entries_about

    signed_in(client, builders.a_steering_member(uk))
    bad = send(client, "/uk/settings", {"contact_email": "nonsense", "list_address": ""})
    assert bad.status_code == 422
    assert 'value="nonsense"' in bad.text
    send(
        client,
        "/uk/settings",
        {"contact_phone": "020 7946 0999", "list_address": "List@example.org", "accent": "plum"},
    )
    network = db.session.get_one(Network, uk.id, populate_existing=True)
    assert (network.list_address, network.accent, network.contact_phone) == (
        "list@example.org",
        "plum",
        "020 7946 0999",
    )
    facts = details(entries_about(uk.id, f"network:{uk.id}")[-1])
    assert facts["what"] == ["phone", "mailing list elsewhere", "colour"]


def test_two_who_change_the_settings_at_once_lose_nothing(client, app, uk):
    sam = builders.a_steering_member(uk)
    signed_in(client, sam)
    page = opened(client, "/uk/settings")
    form = {f["name"]: f["value"] for f in page.forms[-1]["fields"] if f["name"]}
    with transaction():
        db.session.get_one(Network, uk.id).contact_phone = "123"
    late = client.post("/uk/settings", data={**form, "contact_phone": "456"})
    assert late.text.count("nothing is lost") == 1
    assert late.status_code == 409
    assert "456" in late.text
    assert "123" in late.text
