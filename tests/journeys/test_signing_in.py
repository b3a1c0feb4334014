"""Ada signs in by a mailed link: in the browser that asked, from another one, too late, and with a password."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.journeys.house import House, link, subject_of, words
from tests.journeys.network import Cast, the_network
from tests.journeys.people import Somebody

pytestmark = pytest.mark.journey
LINK = "Your link to sign in"


@pytest.fixture(scope="module")
def ada(house: House, cast: Cast) -> Iterator[Somebody]:
    """A member who has a phone and, later, a borrowed computer."""
    with the_network(house, cast, "Ada Wood"):
        yield cast.enters("Ada Wood")


def asks_for_a_link(ada: Somebody, address: str = "") -> None:
    """Fill in the form to sign in."""
    ada.opens("/sign-in")
    ada.writes("Your e-mail address", address or ada.email)
    ada.presses("Send me a link")
    ada.is_at("Check your mail")


def test_known_and_unknown_addresses_get_the_same_answer(ada: Somebody) -> None:
    asks_for_a_link(ada, "nobody@example.org")
    unknown = ada.page.locator("main").inner_text().replace("nobody@example.org", "…")
    asks_for_a_link(ada)
    assert ada.page.locator("main").inner_text().replace(ada.email, "…") == unknown
    assert "/sign-in/link/" not in words(ada.house.mail("nobody@example.org", "Nobody here has this address"))


def test_the_link_signs_her_in_where_she_asked_for_it_and_works_once(ada: Somebody) -> None:
    mail = ada.house.mail(ada.email, LINK)
    assert "until 10:" in subject_of(mail)
    ada.opens(link(mail, "/sign-in/link/"))
    ada.is_at("Sign in as Ada Wood")
    ada.sees_none("link", "Sign out")
    ada.presses("Sign in", within=ada.page.locator("main"))
    ada.sees("link", "Sign out")
    ada.opens(link(mail, "/sign-in/link/"), 410)
    ada.is_at("This link has been used")
    ada.reads("You are signed in here as Ada Wood.")


def test_opened_in_another_browser_the_link_shows_six_digits_for_the_first_one(ada: Somebody) -> None:
    phone, computer = ada.page, ada.another_browser()
    before = len(ada.house.mails(ada.email))
    ada.page = computer
    asks_for_a_link(ada)
    mail = ada.house.mail(ada.email, LINK, after=before)
    ada.page = phone
    ada.opens(link(mail, "/sign-in/link/"))
    ada.is_at("Your six digits")
    digits = re.search(r"\b\d{3} \d{3}\b", ada.page.locator("main").inner_text())
    assert digits
    ada.page = computer
    ada.writes("Six-digit code", "000 000" if digits[0] != "000 000" else "111 111")
    ada.presses("Sign in here")
    ada.reads("That code is wrong. You have 4 attempts left.")
    ada.writes("Six-digit code", digits[0])
    ada.presses("Sign in here")
    ada.sees("link", "Sign out")


def test_an_old_link_has_one_button_that_mails_a_new_one(ada: Somebody) -> None:
    ada.page = ada.another_browser()
    before = len(ada.house.mails(ada.email))
    asks_for_a_link(ada)
    mail = ada.house.mail(ada.email, LINK, after=before)
    ada.house.later(timedelta(minutes=11))
    ada.opens(link(mail, "/sign-in/link/"), 410)
    ada.is_at("This link is too old")
    assert ada.page.locator("main").get_by_role("button").count() == 1
    ada.presses("Send me a new link")
    again = ada.house.mail(ada.email, LINK, after=before + 1)
    ada.opens(link(again, "/sign-in/link/"))
    ada.presses("Sign in", within=ada.page.locator("main"))
    ada.sees("link", "Sign out")


def test_she_sets_a_password_and_it_opens_the_door_too(ada: Somebody) -> None:
    ada.opens("/me/security")
    ada.follows("Set a password")
    ada.writes("New password", "short")
    ada.presses("Save")
    ada.reads("Please look at this again")
    ada.writes("New password", "four quiet green boats")
    ada.presses("Save")
    ada.reads("or with your password")
    ada.page = ada.another_browser()
    ada.opens("/sign-in")
    ada.follows("I have set a password")
    ada.writes("Your e-mail address", ada.email)
    ada.writes("Password", "four quiet green goats")
    ada.presses("Sign in", within=ada.page.locator("main"))
    ada.reads("The address or the password is not right.")
    ada.writes("Password", "four quiet green boats")
    ada.presses("Sign in", within=ada.page.locator("main"))
    ada.sees("link", "Sign out")


@contextmanager
def another_site(host: str, action: str) -> Iterator[str]:
    """A page on another port of this machine, whose button sends a form to `action`."""
    page = (
        f'<!doctype html><form method="post" action="{action}"><input name="name" value="Eve Elsewhere">'
        '<input name="csrf_token" value="x"><button>Win a prize</button></form>'
    )

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://{host}:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("write", ["/me/data/name", "/sign-out", "/sign-in"])
def test_a_page_of_another_site_can_send_nothing_in_her_name(ada: Somebody, host: str, write: str) -> None:
    context = ada.page.context
    ada.opens("/me")
    before = context.cookies()
    with another_site(host, ada.house.url + write) as elsewhere:
        ada.page.goto(elsewhere)
        with ada.page.expect_navigation() as sent:
            ada.page.get_by_role("button", name="Win a prize").click()
    assert (sent.value.status, sent.value.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    assert context.cookies() == before
    ada.opens("/me")
    ada.reads("Ada Wood")
    ada.sees("link", "Sign out")


def test_signed_out_everywhere_none_of_her_browsers_knows_her(ada: Somebody) -> None:
    ada.opens("/me/security")
    ada.is_at("Where am I signed in?")
    ada.presses("Sign out everywhere")
    for context in ada.contexts:
        ada.page = context.pages[0]
        ada.opens("/me/security")
        ada.is_at("Sign in")
