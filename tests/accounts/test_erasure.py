"""Somebody removes her name: what goes, what stays, and what comes back after a restore (nothing)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from govnet.accounts import actions, erasure, personal
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.headers import Address
from govnet.mail.models import Delivery
from govnet.mail.outgoing import outbox
from govnet.people import persons
from govnet.people.models import OperatorGrant, Person, PersonEmail
from govnet.record.models import Entry
from govnet.record.queries import details
from govnet.sign_in.models import AddressChange, SignedInSession, SignInLink
from tests import builders
from tests.chain import faults_of
from tests.pages import Html, defaults, opened, send
from tests.statements import counted


def rename(ann, name="Ann Other"):
    actor = builders.acting(db.session.get_one(Person, ann.id), db.session.get_one(Network, ann.network_id))
    with transaction():
        actions.rename(name, by=actor, via=Door.WEB)


def gone(client):
    return send(client, "/me/remove-my-name", {"word": "remove"})


def test_the_three_ways_to_have_less_each_say_what_stays(ann_here):
    page = opened(ann_here, "/me/leave")
    for words in ("You stay a member", "What you wrote stays under your name", "by “a former member”"):
        assert words in page.text
    assert "/me/remove-my-name" in page.links


def test_after_removing_her_name_nothing_of_ann_is_left(app, ann_here, ann):
    with app.app_context():
        rename(ann)
    page = Html(gone(ann_here).text)
    assert "Your name is removed" in page.text
    assert ann_here.get("/me").status_code == 303
    with app.app_context():
        person = db.session.get_one(Person, ann.id)
        assert (person.name, person.password_hash, person.zone) == ("", None, None)
        for table in (PersonEmail, SignedInSession, SignInLink, AddressChange):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0
        assert persons.person_by_email(ann.address) is None
        assert persons.names([ann.id, 999, None]) == {ann.id: "a former member", 999: "a former member"}


def test_people_who_send_it_again_read_that_it_was_done(app, ann_here):
    page = opened(ann_here, "/me/remove-my-name")
    sent = {**defaults(page.forms[-1]), "word": "remove"}
    cookie = ann_here.get_cookie(app.config["SESSION_COOKIE_NAME"])
    first = ann_here.post("/me/remove-my-name", data=sent)
    assert first.location == "/me/removed"
    again = ann_here.post("/me/remove-my-name", data=sent)
    ann_here.set_cookie(cookie.key, cookie.value)
    at_once = ann_here.post("/me/remove-my-name", data=sent)
    assert [(r.status_code, r.location) for r in (again, at_once)] == [(303, "/me/removed?again=1")] * 2
    assert "it was done the first time" in opened(ann_here, "/me/removed?again=1").text


def test_people_who_were_only_signed_out_do_not_read_that_their_name_is_gone(app, client):
    text = opened(client, client.post("/me/remove-my-name", data={"word": "remove"}).location).text
    assert "If you did not, you were only signed out." in text
    assert "Your name is removed" not in text


def test_the_words_of_her_entries_go_and_the_chain_still_verifies(app, ann_here, ann):
    with app.app_context():
        rename(ann)
    gone(ann_here)
    with app.app_context():
        entries = db.session.scalars(select(Entry).order_by(Entry.number)).all()
        assert [e.verb for e in entries] == ["accounts.renamed", "membership.resigned", "accounts.erased"]
        assert entries[0].words is None
        assert details(entries[2])["actor"] == ""
        assert "Ann" not in "".join(f"{e.facts}{e.words}" for e in entries)
        assert faults_of(ann.network_id) == []


def test_an_erasure_asks_each_table_once(app, ann):
    with app.app_context(), counted() as statements:
        personal.empty(ann.id, [ann.address])
    emptied = [statement.split()[2 if statement.startswith("DELETE") else 1] for statement in statements]
    twice = {table for table in emptied if emptied.count(table) > 1}
    assert twice == {"thread"}  # its summary and its last post are others' than its author's


def test_the_word_has_to_be_typed(app, ann_here, ann):
    response = send(ann_here, "/me/remove-my-name", {"word": "yes please"})
    assert response.status_code == 422
    assert "To confirm, type the word" in Html(response.text).text
    with app.app_context():
        assert db.session.get_one(Person, ann.id).erased_at is None


def test_a_phone_that_was_left_lying_removes_nobody(app, ann_here, ann, time):
    page = opened(ann_here, "/me/remove-my-name")
    token = next(f["value"] for f in page.forms[0]["fields"] if f["name"] == "csrf_token")
    time.move(timedelta(minutes=30))
    response = ann_here.post("/me/remove-my-name", data={"csrf_token": token, "word": "remove"})
    assert response.location.startswith("/sign-in?next=")
    with app.app_context():
        assert db.session.get_one(Person, ann.id).erased_at is None


def test_mail_that_waits_is_not_sent_and_its_links_still_answer(app, ann_here, ann):
    with app.app_context(), transaction():
        outbox.post(
            "accounts/address_taken", to=Address(ann.address, "Ann"), context={}, person_id=ann.id,
        )  # fmt: skip
    gone(ann_here)
    with app.app_context():
        delivery = db.session.scalars(select(Delivery)).one()
        assert delivery.state.value == "cancelled"
        assert (delivery.person_id, delivery.name) == (None, "")
        assert "@" not in delivery.address
        token = delivery.token
    assert app.test_client().get(f"/unsubscribe/{token}").status_code == 200


def test_features_forget_from_the_top_floor_down_and_name_more_entries(app, ann_here, ann, monkeypatch):
    called = []

    def upper(person_id):
        called.append(("upper", person_id))
        return {f"network:{ann.network_id}"}

    def lower(person_id):
        called.append(("lower", person_id))

    monkeypatch.setattr(erasure, "FORGETTERS", (upper, lower, *erasure.FORGETTERS))
    gone(ann_here)
    assert called == [("upper", ann.id), ("lower", ann.id)]


def test_an_operator_who_goes_looks_after_nothing(app, ann_here, ann):
    from govnet.kernel import clock

    with app.app_context(), transaction():
        db.session.add(OperatorGrant(person_id=ann.id, began_at=clock.now()))
    gone(ann_here)
    with app.app_context():
        assert db.session.scalar(select(OperatorGrant.ended_at)) is not None


def test_a_feature_that_cannot_forget_undoes_the_whole_erasure(app, ann_here, ann, monkeypatch):
    def broken(person_id):
        raise ZeroDivisionError

    monkeypatch.setattr(erasure, "FORGETTERS", (*erasure.FORGETTERS, broken))
    assert gone(ann_here).status_code == 500
    with app.app_context():
        assert db.session.get_one(Person, ann.id).name == "Ann Example"
        assert ann_here.get("/me").status_code == 200


def test_an_address_is_free_for_somebody_new_afterwards(app, ann_here, ann):
    gone(ann_here)
    with app.app_context():
        with transaction():
            again = persons.person_for(ann.address, "Ann Example").id
        assert again != ann.id
        with transaction():
            assert persons.person_for(ann.address.upper(), "Another").id == again


def test_people_who_were_erased_are_erased_again_after_a_restore(app, ann):
    with app.app_context():
        with transaction():
            erasure.erase_again(ann.id)
        assert db.session.get_one(Person, ann.id).erased_at is not None
        assert faults_of(ann.network_id) == []


@pytest.mark.parametrize(
    "path", ["/me", "/me/security", "/me/data", "/me/leave", "/me/remove-my-name", "/me/data/export"]
)
def test_none_of_it_is_for_visitors(client, ann, path):
    assert client.get(path).location.startswith("/sign-in?next=/me")
