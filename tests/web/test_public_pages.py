"""Pages that a cache may keep: nothing that was meant for one reader."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests import builders
from tests.pages import opened


def test_a_message_is_shown_once_and_by_no_cache_again(app, client):
    with app.app_context():
        builders.a_network()
    plain = client.get("/uk/")
    assert "public" in plain.headers["Cache-Control"]
    with client.session_transaction() as session:
        session["_flashes"] = [("success", "It stands.")]
    asked = {"If-None-Match": plain.headers["ETag"]}
    told = client.get("/uk/", headers=asked)
    assert (told.status_code, "It stands." in told.text) == (200, True)
    assert told.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in told.headers
    assert client.get("/uk/", headers=asked).status_code == 304


def test_people_who_have_a_form_open_read_pages_of_their_own(app, client):
    with app.app_context():
        builders.a_network()
    etag = client.get("/uk/").headers["ETag"]
    opened(client, "/sign-in")
    answer = client.get("/uk/", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


def is_emptied(client: FlaskClient, url: str) -> bool:
    return client.get(url, buffered=True).headers.get("Clear-Site-Data") == '"cache"'


def test_a_session_that_was_ended_elsewhere_leaves_nothing_in_the_browser(app, client):
    from govnet.kernel.transaction import transaction
    from govnet.sign_in import sessions

    with app.app_context():
        person = builders.a_member(builders.a_network())
        builders.sign_in(client, person)
        with transaction():
            sessions.end_all_sessions(person.id)
    assert not is_emptied(client, "/static/icon.svg")
    assert is_emptied(client, "/uk/")
    assert client.get_cookie("govnet") is None
    assert not is_emptied(client, "/uk/")
    assert "public" in client.get("/uk/").headers["Cache-Control"]
