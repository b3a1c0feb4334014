"""A network in which nobody is left starts again by its own pages, and what was found is written down once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from govnet.committee import first_people
from govnet.committee.first_people import First
from govnet.decisions.closing.results import not_applied
from govnet.decisions.proposals.offices import OfficeInput
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail
from govnet.mail.outgoing import distribution
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.offices.models import CameBy, OfficeKind, Seat, Term
from govnet.operations.founding import actions
from govnet.people.persons import main_address
from govnet.record.queries import details, entries_about
from tests import builders
from tests.chain import faults_of
from tests.membership.people import mails_to
from tests.offices.builders import a_decision, agreed, all_agree, asked, decision_of
from tests.pages import ask, opened, send

WHY = "All terms ran out last winter."
LAST = date(2016, 4, 12)


@pytest.fixture
def uk(client, app):
    with app.app_context():
        yield builders.a_network()
        db.session.remove()


def names(network, by, *people, why=WHY, last=LAST):
    people = people or (First("Ada Example", "ada@example.org", "Place 1"),)
    with transaction():
        return first_people.name_them(
            network, people, last, why, by=builders.acting(by, network), via=Door.WEB
        )


def told():
    while distribution.run():
        pass
    query = db.session.query(Delivery.address).join(Mail).filter(Mail.template == "offices/found")
    return sorted(row[0] for row in query)


def test_the_operator_names_the_first_people_in_public_and_they_are_written_to(client, uk):
    operator = builders.an_operator()
    builders.sign_in(client, operator)
    page = client.get("/uk/committee").text
    assert "Nobody is in office here, and there are no members who could decide" in page
    assert "/uk/committee/start-again" in page
    link, values = "/uk/committee/start-again", {"name_1": "Ada Example", "email_1": "Ada@example.org"}
    bad = send(client, link, {**values, "name_2": "Bea Example", "last_day": "2016-04-12", "why": WHY})
    assert bad.status_code == 422
    assert "Enter name and e-mail address of each person." in bad.text
    assert "Bea Example" in bad.text
    done = send(client, link, {**values, "last_day": "2016-04-12", "why": WHY})
    assert "Ada Example" in done.text
    assert f"at the start: {WHY}" in done.text
    term = db.session.query(Term).one()
    assert (term.came_by, term.authority, term.start) == (CameBy.AS_FOUND, "", date(2015, 4, 13))
    (entry,) = [details(each) for each in entries_about(uk.id, f"term:{term.id}")]
    assert (entry["actor"], entry["evidence"]) == (operator.name, WHY)
    assert entry["authority"].startswith("operator_grant:")
    assert told() == ["ada@example.org"]
    mail = mails_to("ada@example.org")[-1][1]
    assert WHY in mail
    assert "recorded as it was" in " ".join(mail.split())
    assert "You cannot do this" in opened(client, link).text
    assert faults_of(uk.id) == []


def test_those_named_can_take_it_from_there(uk):
    (term,) = names(uk, builders.an_operator())
    person = db.session.get_one(builders.Person, term.person_id)
    assert builders.acting(person, uk).is_steering


@pytest.mark.parametrize("who", ["member", "officer", "coordinator", "to come", "speaker", "parent"])
def test_the_operator_names_nobody_where_anybody_else_could_decide(uk, who):
    operator = builders.an_operator()
    network = uk
    if who == "member":
        builders.a_member(uk)
    elif who == "officer":
        builders.seated(builders.a_committee(uk), builders.a_person())
    elif who == "to come":
        term = builders.seated(builders.a_committee(uk), builders.a_person())
        with transaction():
            row = db.session.get_one(Term, term.id)
            row.start, row.end = date(2015, 5, 1), date(2015, 6, 1)
    elif who == "coordinator":
        cory = builders.a_coordinator(uk)
        with transaction():
            row = db.session.query(Membership).filter_by(person_id=cory.id).one()
            row.state, row.end = MembershipState.RESIGNED, date(2015, 4, 1)
    elif who == "speaker":
        builders.an_organisation(uk, "The Open Shed", spoken_for_by=builders.a_person())
    else:
        builders.a_member(uk)
        network = builders.a_network("wales", parent_id=uk.id)
    with pytest.raises(RuleBroken, match="name people without them"):
        names(network, operator)


def a_membership(network):
    person = builders.a_member(network)
    return db.session.query(Membership).filter_by(person_id=person.id).one().id


def test_observers_and_organisations_for_which_nobody_speaks_decide_nothing(uk):
    with transaction():
        db.session.get_one(Membership, a_membership(uk)).kind = MembershipKind.OBSERVER
    builders.an_organisation(uk, "The Open Shed")
    names(uk, builders.an_operator())
    assert db.session.query(Term).count() == 1


def test_nobody_but_the_operator_names_anybody(client, uk):
    stranger = builders.a_person()
    with pytest.raises(NotAllowed):
        names(uk, stranger)
    builders.sign_in(client, stranger)
    opened(client, "/uk/committee/start-again", 403)


def test_missing_values_are_named(uk):
    operator = builders.an_operator()
    cases = [
        ({"why": " "}, "how this came about"),
        ({"last": date(2019, 1, 1)}, "24 months"),
        ({"last": date(2015, 4, 1)}, "last day"),
    ]
    for values, words in cases:
        with pytest.raises(RuleBroken, match=words):
            names(uk, operator, **values)
    twice = (First("Ada", "ada@example.org", "Place 1"), First("Ada E", "ada@example.org", "Place 2"))
    with pytest.raises(RuleBroken, match="one place"):
        names(uk, operator, *twice)


def test_a_committee_that_ran_out_gets_its_own_empty_places_back(client, uk, time):
    body = builders.a_committee(uk, seats=3)
    sam = builders.seated(body, builders.a_person("Sam"), days=5)
    time.move(timedelta(days=6))
    assert first_people.empty(uk)
    builders.sign_in(client, builders.an_operator())
    values = {"name_1": "Ada Example", "email_1": "ada@example.org", "last_day": "2016-04-12", "why": WHY}
    send(client, "/uk/committee/start-again", values)
    assert db.session.query(Seat).filter_by(body_id=body.id).count() == 3
    new = db.session.query(Term).order_by(Term.id.desc()).first()
    assert db.session.get_one(Seat, new.seat_id).name == "Seat 1"
    assert new.id != sam.id


# --- by the members of the network it came from


def first(sister, person, n=1, **values):
    usual = {"place": f"Place {n}", "end": date(2016, 4, 13)}
    return OfficeInput(
        what=OfficeKind.FIRST, network_id=sister.id, person_id=person.id, **{**usual, **values}
    )


def test_the_parent_s_members_name_the_first_people_of_a_sister_network_by_a_decision(client, uk):
    ann, ada, bea = (
        builders.a_member(uk),
        builders.a_member(uk, "Ada Example"),
        builders.a_member(uk, "Bea Example"),
    )
    wales = builders.a_network("wales", parent_id=uk.id)
    page = client.get("/wales/committee").text.replace("&amp;", "&")
    link = f"/uk/proposals/new?matter=committee&office=first-{wales.id}-1&office=first-{wales.id}-2&office=first-{wales.id}-3"
    assert link in page
    builders.sign_in(client, ann)
    key = f"office_first_{wales.id}"
    typed = {"question": "Who begins in Wales?", "text": "These two.", f"{key}_1_person": "Ada Example",
             f"{key}_2_person": "Bea Example"}  # fmt: skip
    done = ask(client, link, typed)
    assert "Ada Example takes the place “Place 1” in The WALES network" in done.text
    from govnet.decisions.models import Proposal

    proposal = db.session.query(Proposal).one()
    decision = agreed(proposal, uk)
    assert not_applied(decision) == []
    terms = db.session.query(Term).order_by(Term.id).all()
    assert [each.person_id for each in terms] == [ada.id, bea.id]
    assert {each.authority for each in terms} == {f"decision:{decision.id}"}
    assert all(each.change_id and each.came_by is CameBy.AS_FOUND for each in terms)
    with clock.moved_to(decision.decided_at):
        assert builders.acting(ada, wales).is_steering
        assert decision.number in opened(client, "/wales/committee").text
        assert told() == sorted([main_address(ada.id), main_address(bea.id)])
    assert faults_of(uk.id) == []
    assert faults_of(wales.id) == []


def test_first_people_are_named_once_and_only_in_a_network_of_one_s_own(uk):
    ann, ada, bea = (builders.a_member(uk) for _ in range(3))
    wales, far = builders.a_network("wales", parent_id=uk.id), builders.a_network("far")
    with pytest.raises(RuleBroken, match="no such sister"):
        asked(uk, ann, first(far, ada))
    one, two = asked(uk, ann, first(wales, ada)), asked(uk, ann, first(wales, bea))
    all_agree(two, uk)
    agreed(one, uk)
    assert "Somebody is in office" in " ".join(not_applied(decision_of(two)))
    with pytest.raises(RuleBroken, match="Somebody is in office"):
        asked(uk, ann, first(wales, bea))
    assert db.session.query(Term).count() == 1


def test_the_network_as_found_is_recorded_once_and_before_anything_is_decided(uk):
    operator = builders.an_operator()
    found = {"committee": "Committee", "by": builders.acting(operator, uk)}
    with transaction():
        actions.record_as_found(uk, **found)
    with pytest.raises(RuleBroken, match="once"), transaction():
        actions.record_as_found(uk, **found)
    other = builders.a_network("other")
    a_decision(other)
    with pytest.raises(RuleBroken, match="once"), transaction():
        actions.record_as_found(other, **found)
