"""Passwords, and every browser in which somebody is signed in."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from govnet.extensions import db
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from govnet.sign_in import passwords, queries
from tests import builders
from tests.pages import Html, opened, send
from tests.statements import counted

GOOD = "heron lantern pebble"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:124.0) Gecko/124.0 Firefox/124.0"


@pytest.fixture
def with_password(app, ann):
    """Ann, who has set a password."""
    with app.app_context(), transaction():
        db.session.get_one(Person, ann.id).password_hash = passwords.hashed(GOOD)
    return ann


def by_password(client, address, password=GOOD, **headers):
    page = opened(client, "/sign-in/password")
    fields = {f["name"]: f["value"] for f in page.forms[0]["fields"] if f["name"]}
    return client.post(
        "/sign-in/password", data={**fields, "email": address, "password": password}, headers=headers
    )


def signed_in(client):
    return client.get("/me").status_code == 200


def test_somebody_with_a_password_signs_in_with_it(client, with_password):
    assert by_password(client, with_password.address).location == "/me"
    assert signed_in(client)


def test_a_wrong_sign_in_is_never_explained_further(app, client, ann, with_password):
    with app.app_context():
        builders.a_person("Without", email="without@example.org")
    said = set()
    for address, password in (
        (ann.address, "wrong wrong wrong"), ("without@example.org", GOOD), ("nobody@example.org", GOOD),
        (ann.address, "x" * 5000),
    ):  # fmt: skip
        response = by_password(app.test_client(), address, password)
        assert response.status_code == 422
        said.add("The address or the password is not right." in Html(response.text).text)
    assert said == {True}


def test_accents_may_be_composed_in_either_way(app, client, ann):
    with app.app_context(), transaction():
        db.session.get_one(Person, ann.id).password_hash = passwords.hashed("café café café")
    by_password(client, ann.address, "cafe\u0301 cafe\u0301 cafe\u0301")
    assert signed_in(client)


def test_guessing_at_one_address_has_to_wait(client, with_password):
    for _ in range(10):
        assert by_password(client, with_password.address, "wrong wrong wrong").status_code == 422
    response = by_password(client, with_password.address)
    assert response.status_code == 429
    assert not signed_in(client)


def test_an_old_hash_is_made_anew_when_the_password_is_typed(app, client, ann):
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    with app.app_context(), transaction():
        db.session.get_one(Person, ann.id).password_hash = weak
    by_password(client, ann.address)
    with app.app_context():
        stored = queries.password_of(ann.id)
        assert stored != weak
        assert passwords.fits(stored, GOOD)


def test_at_most_two_passwords_are_hashed_at_once(app, monkeypatch):
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    entered, leave = threading.Barrier(3), threading.Event()

    def hold():
        with passwords._turn():
            entered.wait()
            leave.wait()

    holders = [threading.Thread(target=hold) for _ in range(2)]
    for thread in holders:
        thread.start()
    entered.wait()
    with app.test_request_context(), pytest.raises(Busy):
        passwords.hashed(GOOD)
    leave.set()
    for thread in holders:
        thread.join()
    assert passwords.fits(passwords.hashed(GOOD), GOOD)


def test_ann_sets_changes_and_removes_her_password(app, ann_here, ann):
    assert "Set a password" in opened(ann_here, "/me/security").text
    page = Html(send(ann_here, "/me/security/password", {"password": GOOD}).text)
    assert "Your password is set" in page.text
    assert "Change my password" in page.text
    assert by_password(app.test_client(), ann.address).status_code == 303
    send(ann_here, "/me/security", {}, action="/me/security/password/remove")
    assert by_password(app.test_client(), ann.address).status_code == 422


@pytest.mark.parametrize(
    ("password", "words"),
    [("short", "at least 10 characters"), ("password2015", "easy to guess"), ("Ann Example", "only you know"),
     ("the uk network", "only you know"), ("uknetwork2015", "only you know"),
     ("y" * 300, "at most 200"), ("", "Enter a new password")],
)  # fmt: skip
def test_a_weak_password_is_refused_with_advice(ann_here, password, words):
    response = send(ann_here, "/me/security/password", {"password": password})
    assert response.status_code == 422
    page = Html(response.text)
    assert words in page.text
    assert "Error:" in page.title


def test_setting_a_password_signs_out_every_other_browser(app, ann_here, ann):
    other = app.test_client()
    with app.app_context():
        builders.sign_in(other, db.session.get_one(Person, ann.id))
    send(ann_here, "/me/security/password", {"password": GOOD})
    assert signed_in(ann_here)
    assert not signed_in(other)


def test_half_an_hour_later_the_password_asks_for_a_new_sign_in(ann_here, time):
    time.move(timedelta(minutes=31))
    page = opened(ann_here, "/me/security/password")
    assert "Sign in" in page.title
    assert "Please sign in once more" in page.text
    assert signed_in(ann_here)


def test_ann_sees_her_browsers_in_words_and_signs_one_out(app, ann_here, with_password):
    phone = app.test_client()
    by_password(phone, with_password.address, **{"User-Agent": FIREFOX})
    page = opened(ann_here, "/me/security")
    assert "Firefox on Android" in page.text
    assert "a test this one" in page.text
    with app.app_context():
        there = next(s.id for s in queries.open_sessions(with_password.id) if s.browser != "a test")
    send(ann_here, "/me/security", {}, action=f"/{there}/end")
    assert not signed_in(phone)
    assert signed_in(ann_here)


def test_nobody_signs_somebody_else_out(app, ann_here, ann):
    bob = app.test_client()
    with app.app_context():
        person = builders.a_person("Bob")
        bob_id = person.id
        builders.sign_in(bob, person)
    with app.app_context():
        session_id = queries.open_sessions(bob_id)[0].id
    page = opened(ann_here, "/me/security")
    token = next(f["value"] for f in page.forms[0]["fields"] if f["name"] == "csrf_token")
    ann_here.post(f"/me/security/sessions/{session_id}/end", data={"csrf_token": token})
    assert signed_in(bob)


def test_signing_out_everywhere_ends_this_browser_too(app, ann_here, ann):
    other = app.test_client()
    with app.app_context():
        builders.sign_in(other, db.session.get_one(Person, ann.id))
    page = Html(send(ann_here, "/me/security", {}, action="end-all").text)
    assert "signed out everywhere" in page.text
    assert not signed_in(other)
    assert not signed_in(ann_here)


def seen_at(app, person_id):
    with app.app_context():
        return queries.open_sessions(person_id)[0].seen_at


def test_last_here_moves_at_most_once_in_five_minutes(app, ann_here, ann, time):
    first = seen_at(app, ann.id)
    time.move(timedelta(minutes=4))
    opened(ann_here, "/me")
    assert seen_at(app, ann.id) == first
    time.move(timedelta(minutes=2))
    opened(ann_here, "/me")
    assert seen_at(app, ann.id) == first + timedelta(minutes=6)
    with app.app_context(), counted() as statements:
        ann_here.get("/me/security")
    assert not [s for s in statements if s.startswith("UPDATE")]


def test_last_here_gives_up_when_others_are_writing(app, ann_here, ann, time):
    first = seen_at(app, ann.id)
    time.move(timedelta(minutes=6))
    with app.app_context(), db.engine.connect() as other:
        if db.engine.dialect.name == "sqlite":
            other.exec_driver_sql("COMMIT")
            other.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            other.execute(text("SELECT id FROM signed_in_session FOR UPDATE"))
        assert ann_here.get("/me").status_code == 200
        other.rollback()
    assert seen_at(app, ann.id) == first


def test_a_session_lasts_ninety_days(ann_here, time):
    time.move(timedelta(days=89))
    assert signed_in(ann_here)
    time.move(timedelta(days=2))
    assert not signed_in(ann_here)
