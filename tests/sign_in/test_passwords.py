"""Hashing keeps nobody from reading: few at once, one waiting of each asker, known browsers first, and else the mailed link."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.middleware.proxy_fix import ProxyFix

from govnet.extensions import db
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import transaction
from govnet.operations.serving.http_server import THREADS, Server, networks
from govnet.operations.serving.server_socket import bound
from govnet.people.models import Person
from govnet.sign_in import passwords
from govnet.sign_in.passwords import Asker
from tests.pages import Html, send

GOOD = "heron lantern pebble"


class Room:
    """Requests that wait for a turn, each in a thread, until they are told to leave."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.refused: list[str] = []
        self.threads: list[threading.Thread] = []
        self.leaves: dict[str, threading.Event] = {}

    def enter(self, name: str, asker: Asker) -> None:
        leave = self.leaves[name] = threading.Event()

        def wait() -> None:
            try:
                with passwords._turn(asker):
                    self.came.append(name)
                    leave.wait(10)
            except Busy:
                self.refused.append(name)

        thread = threading.Thread(target=wait)
        self.threads.append(thread)
        thread.start()
        thread.join(0.1)

    def leave(self, name: str) -> None:
        self.leaves[name].set()
        time.sleep(0.1)


@pytest.fixture
def room(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    room = Room()
    monkeypatch.setattr(passwords, "_busy", lambda: Busy("busy"))
    yield room
    for leave in room.leaves.values():
        leave.set()
    for thread in room.threads:
        thread.join(15)
        assert not thread.is_alive()
    assert (passwords._room.in_hand, passwords._room.waiting) == ([], [])


def test_two_are_in_hand_and_the_others_wait_in_order(room: Room) -> None:
    for name in "abcd":
        room.enter(name, Asker(name))
    assert room.came == ["a", "b"]
    room.leave("b")
    room.leave("a")
    assert room.came == ["a", "b", "c", "d"]
    assert room.refused == []


def test_of_one_asker_one_is_in_hand_and_one_waits(room: Room) -> None:
    for name in ("first", "second", "third", "fourth"):
        room.enter(name, Asker("mallory"))
    room.enter("other", Asker("other"))
    assert (room.came, room.refused) == (["first", "other"], ["third", "fourth"])
    room.leave("first")
    assert room.came == ["first", "other", "second"]


def test_when_the_room_is_full_the_last_stranger_is_turned_away_and_a_known_browser_comes_first(
    room: Room,
) -> None:
    full = passwords.AT_ONCE + passwords.MOST_WAITING
    for number in range(full):
        room.enter(f"stranger {number}", Asker(str(number)))
    room.enter("one too many", Asker("late"))
    assert room.refused == ["one too many"]
    room.enter("known", Asker("known", known=True))
    assert room.refused == ["one too many", f"stranger {full - 1}"]
    room.leave("stranger 0")
    assert room.came == ["stranger 0", "stranger 1", "known"]


def test_a_browser_in_which_she_signed_in_before_has_a_turn_before_all_strangers(
    app: Flask, client: FlaskClient, ann: Any, room: Room
) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Person, ann.id).password_hash = passwords.hashed(GOOD)
    typed = {"email": ann.address, "password": GOOD}
    assert send(client, "/sign-in/password", typed).request.path == "/me"
    send(client, "/sign-out", {})
    for number in range(passwords.ROOM):
        room.enter(f"stranger {number}", Asker(str(number)))
    assert send(app.test_client(), "/sign-in/password", typed).status_code == 503
    answers: list[int] = []
    known = threading.Thread(
        target=lambda: answers.append(send(client, "/sign-in/password", typed).status_code)
    )
    known.start()
    for _ in range(100):
        if room.refused:
            break
        time.sleep(0.05)
    room.leave("stranger 0")
    known.join(10)
    assert answers == [200]


def test_nobody_waits_for_ever(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.05)
    for name in "abc":
        room.enter(name, Asker(name))
    assert room.refused == ["c"]


def test_people_who_find_no_room_get_the_mailed_link_and_lose_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 0)
    monkeypatch.setattr(passwords, "AT_ONCE", 0)
    response = send(client, "/sign-in/password", {"email": "ann@example.org", "password": "heron lantern"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    page = Html(response.text)
    assert "this password was not checked" in page.text
    assert "we send a link to ann@example.org" in page.text
    assert 'value="ann@example.org"' in response.text
    form = next(f for f in page.forms if f["action"] == "/sign-in")
    fields = {f["name"]: f["value"] for f in form["fields"] if f["name"]}
    sent = client.post("/sign-in", data=fields, follow_redirects=True)
    assert "ann@example.org" in sent.text
    assert sent.request.path == "/sign-in/sent"


def test_a_new_password_that_finds_no_room_is_not_set(
    app: Flask, ann_here: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 0)
    monkeypatch.setattr(passwords, "AT_ONCE", 0)
    response = send(ann_here, "/me/security/password", {"password": "heron lantern pebble"})
    assert response.status_code == 503
    assert "Nothing was changed" in Html(response.text).text


def test_pages_come_at_once_while_many_guess(app: Flask) -> None:
    """Real sockets: 24 guesses from 24 askers, 24 from one, and somebody who reads."""
    app.config["TRUSTED_PROXIES"], kept = 1, app.wsgi_app
    app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    sock = bound("127.0.0.1", 0)
    server = Server(app, sock, proxies=networks(["127.0.0.1"]), threads=THREADS + passwords.ROOM)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    port = sock.getsockname()[1]
    statuses: list[int] = []

    def ask(method: str, path: str, body: str = "", **fields: str) -> tuple[int, str, str]:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        line.request(method, path, body, {"Host": "127.0.0.1", **fields})
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        return answer.status, text, (answer.getheader("Set-Cookie") or "").partition(";")[0]

    def guess(peer: str) -> None:
        _status, text, cookie = ask("GET", "/sign-in/password")
        hidden = {f["name"]: f["value"] for f in Html(text).forms[0]["fields"] if f["name"]}
        body = urlencode({**hidden, "email": "ann@example.org", "password": "wrong wrong wrong"})
        form = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie,
            "X-Forwarded-For": peer,
        }
        statuses.append(ask("POST", "/sign-in/password", body, **form)[0])

    try:
        peers = [f"192.0.2.{number}" for number in range(24)] + ["198.51.100.1"] * 24
        guesses = [threading.Thread(target=guess, args=(peer,)) for peer in peers]
        for thread in guesses:
            thread.start()
        waits = []
        while any(thread.is_alive() for thread in guesses):
            began = time.monotonic()
            assert ask("GET", "/healthz")[0] == 200
            waits.append(time.monotonic() - began)
        for thread in guesses:
            thread.join(30)
        assert set(statuses) <= {422, 503, 429}
        assert 422 in statuses
        assert max(waits) < 4
    finally:
        server.drain()
        running.join(30)
        server.close()
        app.wsgi_app, app.config["TRUSTED_PROXIES"] = kept, 0  # type: ignore[method-assign]
