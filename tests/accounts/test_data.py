"""Name, address, zone, and the copy of everything."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from govnet.accounts import export
from govnet.extensions import db
from govnet.people import persons
from govnet.people.models import Person
from govnet.record.models import Entry
from govnet.record.queries import details
from govnet.sign_in import address_change
from govnet.sign_in.models import AddressChange
from tests import builders
from tests.accounts.conftest import newest_link
from tests.chain import faults_of
from tests.mailbox import text
from tests.pages import Html, opened, send
from tests.statements import counted

NEW = "ann.new@example.org"


def csrf(page):
    return next(f["value"] for form in page.forms for f in form["fields"] if f["name"] == "csrf_token")


def address_of(app, ann):
    with app.app_context():
        return persons.main_address(ann.id)


def moved(app, client, ann, post):
    send(client, "/me/data/address", {"email": NEW})
    path = newest_link(app, post, NEW, "/me/address/")
    send(client, path, {}, action=path)
    return newest_link(app, post, ann.address, "/me/address-undo/")


def test_a_new_name_is_recorded_in_each_network_for_members(app, ann_here, ann):
    with app.app_context():
        scot = builders.a_network("scot")
        builders._belongs_to = None
        person = db.session.get_one(Person, ann.id)
        with builders._joined():
            builders._belongs(scot, person_id=person.id, kind="individual")
    assert "Your name is changed" in Html(send(ann_here, "/me/data/name", {"name": "Ann Other"}).text).text
    with app.app_context():
        found = db.session.scalars(select(Entry).where(Entry.verb == "accounts.renamed")).all()
        assert len(found) == 2
        assert {e.visibility.value for e in found} == {"members"}
        assert (details(found[0])["before"], details(found[0])["after"]) == ("Ann Example", "Ann Other")
    assert "Ann Other" in opened(ann_here, "/me").text


def test_the_same_name_again_is_no_news(app, ann_here, ann):
    send(ann_here, "/me/data/name", {"name": "Ann Example"})
    with app.app_context():
        assert db.session.scalar(select(Entry.id).where(Entry.verb == "accounts.renamed")) is None


@pytest.mark.parametrize(
    "name", ["", "   ", "\u202e\u2066", "…", "x" * 101, "- -", "Аnn", "An\u200bn", "Coordinator"]
)
def test_a_name_that_nobody_can_read_is_refused(ann_here, name):
    assert send(ann_here, "/me/data/name", {"name": name}).status_code == 422


def test_a_name_of_ten_thousand_marks_or_with_hidden_turns_is_refused(app, ann_here, ann):
    for name in ("Z" + "\u0301" * 10_000 + "oe", "Zoe \u202eevil\u202c", "Zoe\x00"):
        refused = send(ann_here, "/me/data/name", {"name": name})
        assert refused.status_code == 422
        assert "Type it" in refused.text or "type it" in refused.text
    with app.app_context():
        assert db.session.get_one(Person, ann.id).name == "Ann Example"


def test_a_name_of_a_thousand_tags_stays_words(ann_here):
    send(ann_here, "/me/data/name", {"name": "<img src=x onerror=alert(1)> {{7*7}}"})
    page = ann_here.get("/me/data").text
    assert "<img" not in page
    assert "{{7*7}}" in page


def test_the_old_address_stays_until_the_new_one_says_yes(app, ann_here, ann, post):
    page = Html(send(ann_here, "/me/data/address", {"email": NEW.upper()}).text)
    assert "One mail to open" in page.text
    path = newest_link(app, post, NEW, "/me/address/")
    opened(app.test_client(), path)
    assert address_of(app, ann) == ann.address
    send(ann_here, path, {}, action=path)
    assert address_of(app, ann) == NEW
    opened(ann_here, path, 410)
    with app.app_context():
        assert persons.person_by_email(ann.address) is None


def test_the_old_address_is_notified_and_can_put_everything_back(app, ann_here, ann, post):
    undo = moved(app, ann_here, ann, post)
    assert "now goes to another address" in post.last_to(ann.address)["Subject"]
    stranger = app.test_client()
    assert ann.address in opened(stranger, undo).text
    assert address_of(app, ann) == NEW
    send(stranger, undo, {}, action=undo)
    assert address_of(app, ann) == ann.address
    assert ann_here.get("/me").status_code == 303
    opened(stranger, undo, 410)


def test_a_thief_who_moved_an_account_twice_cannot_take_it_back(app, ann_here, ann, post):
    undo = moved(app, ann_here, ann, post)
    send(ann_here, "/me/data/address", {"email": "third@example.org"})
    path = newest_link(app, post, "third@example.org", "/me/address/")
    send(ann_here, path, {}, action=path)
    second_undo = newest_link(app, post, NEW, "/me/address-undo/")
    owner = app.test_client()
    send(owner, undo, {}, action=undo)
    opened(owner, second_undo, 410)
    assert address_of(app, ann) == ann.address


def test_after_a_week_the_old_address_is_forgotten(app, ann_here, ann, post, time):
    undo = moved(app, ann_here, ann, post)
    time.move(timedelta(days=7))
    opened(ann_here, undo, 410)
    with app.app_context():
        assert address_change.forget_old() == 0
    time.move(timedelta(seconds=1))
    with app.app_context():
        assert address_change.forget_old() == 1
        assert db.session.scalar(select(AddressChange.id)) is None


def test_an_address_that_somebody_has_is_not_told_apart_on_the_page(app, ann_here, ann, post):
    with app.app_context():
        builders.a_person("Bob", email="bob@example.org")
    page = Html(send(ann_here, "/me/data/address", {"email": "bob@example.org"}).text)
    assert "One mail to open" in page.text
    with app.app_context():
        post.deliver()
    assert "already belongs to an account" in text(post.last_to("bob@example.org"))


def test_a_link_is_worth_nothing_when_the_address_became_somebody_else_s(app, ann_here, ann, post):
    send(ann_here, "/me/data/address", {"email": NEW})
    path = newest_link(app, post, NEW, "/me/address/")
    page = opened(ann_here, path)
    with app.app_context():
        builders.a_person("Bob", email=NEW)
    assert ann_here.post(path, data={"csrf_token": csrf(page)}).status_code == 410
    assert address_of(app, ann) == ann.address


def test_a_change_can_be_taken_back_before_it_happens(app, ann_here, ann, post):
    send(ann_here, "/me/data/address", {"email": NEW})
    path = newest_link(app, post, NEW, "/me/address/")
    send(ann_here, "/me/data", {}, action="/cancel")
    opened(ann_here, path, 410)


def test_asking_for_a_second_address_makes_the_first_link_worthless(app, ann_here, ann, post):
    send(ann_here, "/me/data/address", {"email": NEW})
    first = newest_link(app, post, NEW, "/me/address/")
    send(ann_here, "/me/data/address", {"email": "third@example.org"})
    opened(ann_here, first, 410)


def test_the_own_address_is_no_new_one(ann_here, ann):
    response = send(ann_here, "/me/data/address", {"email": ann.address})
    assert response.status_code == 422
    assert "already your address" in Html(response.text).text


def test_times_are_shown_in_the_zone_that_ann_chose(ann_here):
    assert "today, 10:00" in opened(ann_here, "/me/security").text
    send(ann_here, "/me/data/settings", {"zone": "Asia/Tokyo"})
    assert "today, 18:00" in opened(ann_here, "/me/security").text
    assert send(ann_here, "/me/data/settings", {"zone": "Mars/Olympus"}).status_code == 422
    send(ann_here, "/me/data/settings", {"zone": ""})
    assert "today, 10:00" in opened(ann_here, "/me/security").text


def test_ann_takes_a_copy_of_everything(app, ann_here, ann):
    send(ann_here, "/me/data/name", {"name": "Ann Other"})
    response = ann_here.get("/me/data/export")
    assert response.headers["Content-Disposition"] == 'attachment; filename="govnet-2015-04-13.json"'
    assert response.headers["Cache-Control"] == "private, no-store"
    copy = json.loads(response.text)
    assert copy["account"]["person"][0]["name"] == "Ann Other"
    assert copy["account"]["addresses"][0]["address"] == ann.address
    assert copy["record"][0]["words"]["after"] == "Ann Other"
    assert not [word for word in ("password_hash", "digest", "token") if f'"{word}"' in response.text]


def test_the_copy_asks_only_tables_with_something_of_hers(app, ann_here, ann):
    with app.app_context(), counted() as statements:
        copy = export.everything_held(ann.id)
    there = [name for room in copy.values() if isinstance(room, dict) for name, rows in room.items() if rows]
    assert len(statements) <= len(there) + 12  # which tables have some; what no column says by itself


def test_the_copy_needs_a_recent_sign_in_and_some_patience(ann_here, time):
    for _ in range(6):
        assert ann_here.get("/me/data/export").status_code == 200
    assert ann_here.get("/me/data/export").status_code == 429


def test_the_copy_is_not_for_a_phone_that_was_left_lying(ann_here, time):
    time.move(timedelta(hours=1))
    assert ann_here.get("/me/data/export").status_code == 303


def test_the_record_still_verifies_after_all_that(app, ann_here, ann):
    send(ann_here, "/me/data/name", {"name": "Ann Other"})
    with app.app_context():
        assert faults_of(ann.network_id) == []
