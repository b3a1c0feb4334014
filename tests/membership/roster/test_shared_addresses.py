"""Two people with one address on an old list: the first has it, the second waits for an address of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.membership import duties
from govnet.membership.memberships import actions, queries
from govnet.membership.models import Membership, MembershipState
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.membership.signed_links import token_for
from govnet.people import addresses
from govnet.people.models import Person, PersonEmail
from govnet.people.persons import known_by
from govnet.sign_in.models import AddressChange
from tests.membership.people import a_network_with_rules, link_in, mails_to
from tests.pages import opened, send

SHARED = "home@example.org"
COUPLE = f"""name,email,organisation,kind,as
Nell Found,{SHARED},,individual,member
Ned Found,{SHARED},,individual,member
"""
BOTH = """name,email,organisation,kind,as
Bea Ledger,bea@example.org,,individual,member
Bea Ledger,bea@example.org,Open Ledger Club,organisation,member
"""


@pytest.fixture
def network(context):
    return a_network_with_rules()


def bring_in(network, text=COUPLE):
    with transaction():
        return imports.import_roster(network, read_roster(text.encode()).rows, go=True, via=Door.CLI)


def membership_of(name):
    query = select(Membership).join(Person, Person.id == Membership.person_id).where(Person.name == name)
    return db.session.scalars(query).one()


def row_of(name):
    query = select(PersonEmail).join(Person, Person.id == PersonEmail.person_id).where(Person.name == name)
    return db.session.scalars(query).one()


def test_a_member_who_also_speaks_for_an_organisation_is_one_person_with_two_things_to_confirm(network):
    assert [row.name for row in bring_in(network, BOTH).members] == ["Bea Ledger", "Bea Ledger"]
    assert [person.name for person in db.session.scalars(select(Person))] == ["Bea Ledger"]
    assert queries.counts(network.id).found == 2
    duties.ask_found()
    assert len(mails_to("bea@example.org")) == 2


def test_the_first_of_a_couple_has_the_address_and_the_second_waits(network):
    plan = bring_in(network)
    assert [row.name for row in plan.members] == ["Nell Found", "Ned Found"]
    assert "asked there, once, for an address of their own" in plan.planned[1].why
    assert addresses.owner(SHARED).person_id == membership_of("Nell Found").person_id
    assert queries.counts(network.id).found == 2


def test_the_same_list_again_makes_no_third_person(network):
    bring_in(network)
    plan = bring_in(network)
    assert (plan.members, len(plan.known)) == ([], 2)
    assert len(db.session.scalars(select(Person)).all()) == 2


def test_the_second_is_asked_once_and_for_an_address(network, time):
    bring_in(network)
    duties.ask_found()
    time.move(timedelta(days=9))
    duties.ask_found()
    time.move(timedelta(days=9))
    duties.ask_found()
    subjects = [subject for subject, _text in mails_to(SHARED)]
    assert len([one for one in subjects if "an e-mail address of your own" in one]) == 1
    assert len([one for one in subjects if one.startswith("Are you still a member")]) == 2


def test_the_second_can_neither_confirm_nor_sign_in_by_the_address_of_the_first(network):
    bring_in(network)
    ned, row = membership_of("Ned Found"), row_of("Ned Found")
    by = actions.held(ned.id, row.id)[2]
    with pytest.raises(RuleBroken, match="address of your own"), transaction():
        actions.confirm(ned, by=by, email_id=row.id, via=Door.WEB)
    assert (row.verified_at, row_of("Nell Found").verified_at) == (None, None)
    assert known_by(SHARED).person_id == membership_of("Nell Found").person_id


def test_with_an_address_of_their_own_the_second_is_a_member_like_any_other(app, client):
    with app.app_context():
        network = a_network_with_rules()
        bring_in(network)
        ned, row = membership_of("Ned Found"), row_of("Ned Found")
        duties.ask_found()
        url = link_in(
            next(text for subject, text in mails_to(SHARED) if "of your own" in subject), "membership/"
        )
        assert token_for("membership", ned.id, row.id) in url
    assert "with an address that somebody else has too" in opened(client, url).text
    same = send(client, url, {"email": "Home@example.org"})
    assert (same.status_code, "that only you read" in same.text) == (422, True)
    assert "We have sent a mail to ned@example.org" in send(client, url, {"email": "ned@example.org"}).text
    with app.app_context():
        moves = link_in(mails_to("ned@example.org")[0][1], "address")
        assert db.session.scalars(select(AddressChange.address)).one() == "ned@example.org"
    send(client, moves, {})
    with app.app_context():
        assert addresses.owner("ned@example.org").verified
        ids = membership_of("Ned Found").id, row_of("Ned Found").id
        with transaction():
            whole, _address, by = actions.held(*ids)
            actions.confirm(whole, by=by, email_id=ids[1], via=Door.WEB)
        assert membership_of("Ned Found").state is MembershipState.ACTIVE
        assert membership_of("Nell Found").state is MembershipState.FOUND
