"""Notices and tasks of membership."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail
from govnet.mail.outgoing import distribution
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.volume import Volume
from govnet.membership import duties, tasks
from govnet.membership.applications import actions, decisions, queries
from govnet.membership.models import MembershipKind
from govnet.membership.organisations import actions as organisations_actions
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.people.persons import main_address, person_by_email
from tests import builders
from tests.membership.people import a_network_with_rules, a_waiting_application, link_in, mails_to
from tests.pages import defaults, opened


@pytest.fixture
def scene(app):
    """A network, inside a context."""
    with app.app_context():
        yield a_network_with_rules()
        db.session.remove()


def told_of(template: str) -> list[str]:
    query = select(Delivery.address).join(Mail, Mail.id == Delivery.mail_id).where(Mail.template == template)
    return sorted(db.session.scalars(query))


def test_officers_are_notified_of_an_application_once_it_is_confirmed(scene):
    sam, cory = builders.a_steering_member(scene), builders.a_coordinator(scene)
    builders.a_member(scene)
    a_waiting_application(scene, about="I read budgets.")
    distribution.run()
    assert told_of("membership/to_decide") == sorted([main_address(sam.id), main_address(cory.id)])
    subject, text = mails_to(main_address(sam.id))[-1]
    assert subject == "Ada Newcomer would like to join"
    assert "I read budgets." in text


def test_officers_are_notified_of_an_organisation_once_somebody_may_speak_for_it(client, app):
    shed = {"kind": MembershipKind.ORGANISATION, "organisation_name": "The Open Shed"}
    with app.app_context():
        network = a_network_with_rules()
        sam = builders.a_steering_member(network)
        address, key = main_address(sam.id), a_waiting_application(network, **shed).id
        distribution.run()
        assert told_of("membership/to_decide") == []
        builders.sign_in(client, sam)
    assert "The Open Shed asks to join" not in opened(client, "/uk/desk").text
    assert "Waiting until they may speak" in opened(client, "/uk/applications").text
    with app.app_context():
        for _ in range(2):
            with transaction():
                actions.speak_now(queries.whole(key), via=Door.WEB)
            distribution.run()
        assert told_of("membership/to_decide") == [address]
    assert "The Open Shed asks to join" in opened(client, "/uk/desk").text


def test_an_officer_who_wants_only_votes_is_not_written_to(scene):
    sam = builders.a_steering_member(scene)
    with transaction():
        preferences_actions.set_volume(builders.acting(sam, scene), scene, Volume.VOTES)
    a_waiting_application(scene)
    distribution.run()
    assert told_of("membership/to_decide") == []


def test_officers_are_notified_that_a_question_was_answered(scene):
    sam = builders.a_steering_member(scene)
    application = a_waiting_application(scene)
    with transaction():
        decisions.ask(application, "Why?", by=builders.acting(sam, scene), via=Door.WEB)
    with transaction():
        actions.answer(application, "Because.", via=Door.WEB)
    distribution.run()
    subjects = [subject for subject, _ in mails_to(main_address(sam.id))]
    assert subjects[-1] == "Ada Newcomer answered about the application"


def test_officers_and_the_speaker_are_notified_of_a_claim(scene):
    sam, bob = builders.a_steering_member(scene), builders.a_person("Bob", email="bob@example.org")
    organisation = builders.an_organisation(scene, "The Open Shed", spoken_for_by=bob)
    ann = builders.acting(builders.a_person("Ann"), scene)
    with transaction():
        organisations_actions.claim(scene, organisation, "Ask them.", False, by=ann, via=Door.WEB)
    distribution.run()
    assert told_of("membership/claimed") == sorted([main_address(sam.id), "bob@example.org"])


def test_a_question_waits_on_the_applicants_own_page(client, app, scene):
    sam = builders.acting(builders.a_steering_member(scene), scene)
    application = a_waiting_application(scene)
    with transaction():
        decisions.ask(application, "Why?", by=sam, via=Door.WEB)
    person = person_by_email("ada@example.org")
    assert [row.key for row in db.session.execute(tasks.asked(person.id, None))] == [application.id]


def test_a_membership_to_confirm_waits_on_her_own_page(client, app):
    with app.app_context():
        network = a_network_with_rules()
        builders.a_person("Nell Known", email="nell@example.org")
        with transaction():
            rows = read_roster(b"name,email,as\nNell,nell@example.org,member\n").rows
            imports.import_roster(network, rows, go=True, via=Door.CLI)
        builders.sign_in(client, person_by_email("nell@example.org"))
    text = opened(client, "/me").text
    assert "Confirm" in text
    assert "Yes, I am a member" in opened(client, "/uk/membership").text


def test_a_person_who_confirms_twice_sees_twice_that_she_is_a_member(client, app):
    with app.app_context():
        rows = read_roster(b"name,email,as\nNell,nell@example.org,member\n").rows
        with transaction():
            imports.import_roster(a_network_with_rules(), rows, go=True, via=Door.CLI)
        duties.ask_found()
        link = link_in(mails_to("nell@example.org")[-1][1], "membership")
    sent = defaults(opened(client, link).forms[-1])
    for _ in range(2):
        done = client.post(link, data=sent)
        assert (done.status_code, done.location) == (303, link)
    assert "You are a member" in opened(client, link).text


def test_every_entry_leads_to_its_page(client, app):
    with app.app_context():
        network = a_network_with_rules()
        sam = builders.a_steering_member(network)
        application = a_waiting_application(network)
        with transaction():
            decisions.admit(application, by=builders.acting(sam, network), via=Door.WEB)
        builders.sign_in(client, sam)
    html = opened(client, "/uk/record")
    assert "Ada Newcomer became a member. Sam Steering decided." in html.text
    assert "Ada Newcomer asked to join." in html.text
