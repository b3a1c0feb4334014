"""Every page that promises a mail says when mail stands still, in the same words to everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.kernel import clock
from govnet.kernel.transaction import transaction
from govnet.mail import queries
from govnet.mail.delivery import breaker, mailings
from govnet.mail.delivery.smtp import ServerAnswer
from govnet.mail.headers import Address
from govnet.mail.outgoing import outbox
from govnet.mail.rules import Priority, SmtpStep, judge
from tests.builders import a_member, a_network, a_person, sign_in
from tests.pages import Html, opened, send

TITLE = "Mail is not being sent at the moment"
TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
NOTICE = '{% include "layouts/mail_standstill.html" %}'
PROMISE = re.compile(
    r"[Ww]e (have )?(send|sent|write|written|mail)\b|on its way to|[Ss]end me|Ask for a new|[Aa]sk by mail|is mailed to"
)
PROMISES_NOTHING = {
    "accounts/security.html": "says how one signs in",
    "components/first_steps.html": "leads to the page that signs in, which says it",
    "membership/memberships/confirming.html": "leads to the page that signs in, which says it",
    "membership/organisations/invitation.html": "leads to the page that signs in, which says it",
    "membership/applications/status.html": "leads to the page that signs in, which says it",
    "mail/preferences/about.html": "says which mails there are",
    "membership/applications/application.html": "tells officers what others are written",
    "operations/found.html": "founds, before there is any mail",
}


def test_every_page_that_promises_a_mail_says_when_mail_stands_still() -> None:
    promising = {
        str(path.relative_to(TEMPLATES)): path.read_text()
        for path in TEMPLATES.rglob("*.html")
        if PROMISE.search(path.read_text())
    }
    silent = {name for name, text in promising.items() if NOTICE not in text}
    assert silent == set(PROMISES_NOTHING)


def held() -> None:
    mailings.hold_all("A copy.")


def refused() -> None:
    for _ in range(3):
        breaker.trouble(ServerAnswer(judge(SmtpStep.AUTH, 535, "5.7.8 wrong"), 535, "5.7.8 wrong"))


def away() -> None:
    for _ in range(3):
        breaker.trouble(ServerAnswer(judge(SmtpStep.CONNECT, None, "timed out"), None, "timed out"))


def nobody_sends() -> None:
    outbox.post(
        "accounts/nobody",
        to=Address("somebody@example.org"),
        context={"joins": [], "takes": [], "again": "https://example.org/sign-in"},
        priority=Priority.SIGN_IN,
    )


CAUSES = {
    held: "until the people who look after this server release it",
    refused: "We try again automatically, next at",
    away: "We try again automatically, next at",
    nobody_sends: "Mail is taking longer than usual",
}


def cause(app: Flask, time: clock.MovedClock, bring: Callable[[], None]) -> None:
    with app.app_context(), transaction():
        bring()
    if bring is nobody_sends:
        time.move(queries.SLOW)


@pytest.mark.parametrize(("bring", "words"), CAUSES.items(), ids=[bring.__name__ for bring in CAUSES])
def test_a_visitor_reads_why_no_mail_goes_out(
    client: FlaskClient, app: Flask, time: clock.MovedClock, bring: Callable[[], None], words: str
) -> None:
    with app.app_context():
        a_network("uk")
    assert TITLE not in opened(client, "/sign-in").text
    cause(app, time, bring)
    text = opened(client, "/sign-in").text
    assert TITLE in text
    assert words in text
    assert "5.7.8" not in text
    assert "somebody@example.org" not in text
    assert TITLE in opened(client, "/uk/join").text
    assert TITLE in opened(client, "/sign-in/link/unknown", 404).text


@pytest.mark.parametrize("bring", CAUSES, ids=[bring.__name__ for bring in CAUSES])
def test_nobody_learns_from_it_which_addresses_there_are(
    client: FlaskClient, app: Flask, time: clock.MovedClock, bring: Callable[[], None]
) -> None:
    with app.app_context():
        a_network("uk")
        a_person("Ann", email="known@example.org")
    cause(app, time, bring)
    told = []
    for address in ("known@example.org", "other@example.org"):
        page = send(client, "/sign-in", {"email": address})
        assert TITLE in page.text
        assert "We have sent" not in page.text
        told.append(Html(page.text).text.replace(address, "-"))
    assert told[0] == told[1]


def test_joining_and_just_the_mail_say_it_when_the_form_was_sent(
    client: FlaskClient, app: Flask, time: clock.MovedClock
) -> None:
    with app.app_context():
        a_network("uk")
    cause(app, time, held)
    page = send(client, "/uk/join/mail", {"address": "ann@example.org"})
    assert "We have sent a mail to the address" in page.text
    assert TITLE in page.text


def test_changing_an_address_says_it_before_and_after(
    client: FlaskClient, app: Flask, time: clock.MovedClock
) -> None:
    with app.app_context():
        sign_in(client, a_member(a_network("uk")))
    assert TITLE not in opened(client, "/me/data").text
    cause(app, time, held)
    assert TITLE not in opened(client, "/me/data").text
    assert TITLE in opened(client, "/me/data/address").text
    assert TITLE in send(client, "/me/data/address", {"email": "new@example.org"}).text


def test_once_the_line_may_be_tried_again_nothing_is_said(
    client: FlaskClient, app: Flask, time: clock.MovedClock
) -> None:
    cause(app, time, refused)
    assert TITLE in opened(client, "/sign-in").text
    time.move(timedelta(minutes=5))
    assert TITLE not in opened(client, "/sign-in").text


def test_a_short_rest_is_nobodys_business(client: FlaskClient, app: Flask) -> None:
    with app.app_context(), transaction():
        breaker.trouble(ServerAnswer(judge(SmtpStep.CONNECT, None, "timed out"), None, "timed out"))
    assert TITLE not in opened(client, "/sign-in").text
