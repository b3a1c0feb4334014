"""The coordinator uploads a list, looks at it, brings it in and takes it back, without scripts."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.membership.memberships import queries
from govnet.membership.models import Membership
from govnet.membership.roster import imports
from govnet.membership.roster.models import RosterImport, RosterImportRow
from govnet.people.models import Person, PersonEmail
from tests import builders
from tests.membership.people import a_network_with_rules
from tests.pages import opened, send
from tests.statements import counted

WHERE = "/uk/members/imports"
LIST = b"""name,email,as,shoe size
Nell Found,nell@example.org,member,38
Ned Found,not an address,member,
Rae Reader,rae@example.org,subscriber,
"""


@pytest.fixture
def cory(client, app):
    with app.app_context():
        builders.sign_in(client, builders.a_coordinator(a_network_with_rules()))
    return client


def uploaded(client, content: bytes = LIST, name: str = "list.csv", **values: str) -> str:
    """Upload a file; the address of what is shown next."""
    response = send(client, WHERE, {"file": (BytesIO(content), name), **values}, follow=False)
    assert response.status_code == 303, response.text
    return response.location


def uk() -> Network:
    return db.session.scalars(select(Network).where(Network.slug == "uk")).one()


def test_a_list_is_looked_at_before_anybody_comes_in(cory, app):
    text = opened(cory, uploaded(cory)).text
    for words in (
        "2 people would come in.",
        "Columns that were ignored: shoe size.",
        "“not an address” is not an email address.",
        "Is asked by mail to confirm that they are a member.",
        "Gets the mail, as before.",
        "Bring in 2 people",
    ):
        assert words in text, words
    assert text.index("not an address") < text.index("Nell Found")
    with app.app_context():
        assert queries.counts(uk().id).found == 0


def test_with_one_button_they_come_in_and_with_another_they_are_taken_back(cory, app):
    where = uploaded(cory)
    assert "1 person was asked to confirm" in send(cory, where, {}, action="/go").text
    send_again = cory.post(f"{where}/go", data={})
    assert send_again.status_code in (303, 400)
    with app.app_context():
        assert queries.counts(uk().id).found == 1
        assert db.session.scalar(select(Person.name).where(Person.name == "Nell Found"))
    assert "Brought in" in opened(cory, WHERE).text
    assert "Taken back" in send(cory, f"{where}/undo", {}, action="/undo").text
    with app.app_context():
        assert queries.counts(uk().id).found == 0
    assert "took back the list" in opened(app.test_client(), "/uk/record").text


def test_it_can_be_pasted_and_people_be_taken_for_members(cory):
    response = send(
        cory,
        WHERE,
        {"pasted": "Nell Found <nell@example.org>\nrae@example.org", "comes_as": "member-as-found"},
    )
    assert "Is asked by mail to confirm" in response.text
    assert "Gets the mail, as before" in response.text


def test_rows_with_notes_show_them_and_come_first(cory):
    content = b"Members of 2014,,\nname,email\n" + b"".join(
        b"N%d,n%d@example.org\n" % (n, n) for n in range(60)
    )
    text = opened(cory, uploaded(cory, content + b'Bo "Bobby" Byrne,bo@example.org\n')).text
    assert "Row 1: is above the heading and was ignored." in text
    assert "has a quotation mark in an odd place" in text


def test_the_second_of_a_couple_stands_before_the_others(cory):
    rows = b"".join(b"N%d,n%d@example.org\n" % (n, n) for n in range(60)) + b"Ned,n7@example.org\n"
    response = send(
        cory, WHERE, {"file": (BytesIO(b"name,email\n" + rows), "x.csv"), "comes_as": "member-as-found"}
    )
    assert "Asked for an address" in response.text
    assert "Has the address of row 9, and is asked there, once, for an address of their own." in response.text


def test_a_list_that_was_looked_at_can_be_deleted(cory, app):
    where = uploaded(cory)
    assert "Nobody was brought in" in send(cory, where, {}, action="/delete").text
    opened(cory, where, 404)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RosterImportRow)) == 0


def test_a_corrected_file_of_the_same_name_is_another_list(cory):
    assert uploaded(cory) != uploaded(cory, LIST.replace(b"not an address", b"ned@example.org"))


def test_ten_lists_wait_and_no_more(cory):
    for number in range(imports.MOST_LOOKED):
        uploaded(cory, b"email\nn%d@example.org\n" % number)
    response = send(cory, WHERE, {"file": (BytesIO(LIST), "x.csv")})
    assert response.status_code == 422
    assert "Delete one first" in response.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose the file, or paste the list."),
        (b"PK\x03\x04", "This is a workbook, not a CSV file."),
        (b"name,telephone\nNell,1\n", "has no column named email"),
        (b"email\nnot an address\n", "No row of this file can be used."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_to_do(cory, content, words):
    response = send(cory, WHERE, {"file": (BytesIO(content), "x.csv"), "comes_as": "member-as-found"})
    assert response.status_code == 422
    assert words in response.text
    assert 'value="member-as-found" checked' in " ".join(response.text.split()) or "checked" in response.text


def test_fifty_rows_stand_on_a_page_whatever_the_list(cory, app):
    rows = b"".join(b"N%d,n%d@example.org\n" % (n, n) for n in range(120))
    where = uploaded(cory, b"name,email\n" + rows)
    assert opened(cory, where).text.count("Gets the mail, as before.") == 50
    assert opened(cory, f"{where}?page=3").text.count("Gets the mail, as before.") == 20
    assert "There are no more rows" in opened(cory, f"{where}?page=9").text
    with app.app_context(), counted() as statements:
        cory.get(where)
    assert len(statements) <= 16


def test_a_list_from_last_week_is_gone(cory, app, time):
    where = uploaded(cory)
    time.move(timedelta(days=7))
    with app.app_context():
        imports.forget_old()
        assert db.session.scalar(select(func.count()).select_from(RosterImport)) == 0
    with app.app_context():
        builders.sign_in(
            cory, db.session.scalars(select(Person).where(Person.name == "Cory Coordinator")).one()
        )
    opened(cory, where, 404)


@pytest.mark.parametrize(
    "who", ["nobody", "a member", "a committee member", "a coordinator of another network"]
)
def test_a_list_is_for_the_coordinator_alone(client, app, cory, who):
    where = uploaded(cory)
    other = app.test_client()
    with app.app_context():
        people = {
            "a member": lambda: builders.a_member(uk()),
            "a committee member": lambda: builders.a_steering_member(uk()),
            "a coordinator of another network": lambda: builders.a_coordinator(a_network_with_rules("wales"), "Cai"),
        }  # fmt: skip
        if who in people:
            builders.sign_in(other, people[who]())
    for address in (WHERE, where, f"{where}/undo"):
        assert other.get(address).status_code in ((403,) if who in people else (302, 303, 401, 403)), address
    assert "imports" not in " ".join(opened(other, "/uk/members").links)
    assert WHERE in opened(cory, "/uk/members").links
    assert WHERE in opened(cory, "/uk/desk").links


def test_nobody_brings_themselves_in(cory, app):
    """The coordinator of the old list, who is no member yet, stands on it: others decide about her."""
    with app.app_context(), transaction():
        row = db.session.scalars(select(Membership).where(Membership.person_id.is_not(None))).one()
        key = row.person_id
        db.session.delete(row)
    with app.app_context():
        address = db.session.scalars(select(PersonEmail.address).where(PersonEmail.person_id == key)).one()
    listed = f"name,email,as\nCory,{address.upper()},member-as-found\nBo,bo@example.org,member-as-found\n"
    where = uploaded(cory, listed.encode())
    assert "This is you. Ask to join with the form" in opened(cory, where).text
    send(cory, where, {}, action="/go")
    with app.app_context():
        people = db.session.scalars(select(Membership.person_id)).all()
        assert len(people) == 1
        assert key not in people


def test_a_namesake_of_somebody_here_is_shown_before_they_come_in(cory, app):
    with app.app_context():
        builders.a_member(db.session.scalars(select(Network)).one(), "NELL found")
    page = opened(cory, uploaded(cory, b"name,email\nNell Found,nell@example.org\nBo Alone,bo@example.org\n"))
    assert page.text.count("Somebody here already has this name: NELL found (member since 2015)") == 1
