"""Each mail with a link that signs in or confirms says until when it works, and so it is; reading uses none up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, current_app
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.headers import Address
from govnet.mail.models import Delivery, Mail, Rendering
from govnet.mail.preferences import actions
from govnet.membership import mails
from govnet.membership.applications import decisions
from govnet.membership.memberships import actions as memberships_actions
from govnet.membership.models import Membership
from govnet.membership.organisations import actions as organisations_actions
from govnet.people import persons
from govnet.people.models import PersonEmail
from govnet.people.persons import main_address
from govnet.sign_in import address_change, links
from govnet.sign_in.models import SignedInSession, SignInLink
from tests import builders
from tests.membership.people import (
    a_network_with_rules,
    a_waiting_application,
    an_admitted,
    mails_to,
)
from tests.pages import Html, opened, send

LONDON = ZoneInfo("Europe/London")
UNTIL = re.compile(r"(?:until|by) (?:the end of )?(\w{3} \d+ \w{3} \d{4}), (\d\d:\d\d)")
TEMPLATES = Path(__file__).parents[2] / "templates/mail"
PLAIN = {
    "accounts/just_mail", "accounts/nobody", "announcements/held", "forum/appealed", "forum/removal", "forum/replied",
    "forum/reported", "forum/started", "mail/digest", "mail/choices",
}  # fmt: skip
"""Their links neither sign in nor confirm: pages to sign in on, and what an address chooses about its mail."""
ELSEWHERE = {"decisions/entered"}
"""tests/decisions/answers/test_entry.py: it says by when the answer can be undone."""
ONCE = {"accounts.link", "accounts.confirm_address", "accounts.undo_address", "mail.confirm_page"}


def with_links() -> set[str]:
    """The mails whose buttons and links lead to addresses that were made for them, not to a page for everybody."""
    found = set()
    for file in TEMPLATES.rglob("*.txt"):
        for call in re.findall(r"\{\{\s*(?:button|link)\(.*?\)\s*\}\}", file.read_text(), re.S):
            if ' url("' not in call:
                found.add(str(file.relative_to(TEMPLATES).with_suffix("")))
    return found


def of_applications(network: Network, sam: Any) -> None:
    application = a_waiting_application(network)
    more: dict[str, Any] = {
        "by": "Sam", "question": "Why?", "reason": "So.", "appeal_until": clock.now() + timedelta(days=5),
        "on": clock.today(network.zone),
    }  # fmt: skip
    with transaction():
        for name in ("asked", "declined", "announced", "appeal_stands", "appeal_waits", "objected"):
            mails.to_applicant(name, application, **more)
        to = Address("ada@example.org", "Ada")
        mails.already(network, to, "waiting", mails.status_url(application), language="en")
        decisions.admit(application, by=builders.acting(sam, network), via=Door.WEB)


def of_memberships(network: Network, sam: Any) -> None:
    membership = db.session.scalars(select(Membership).where(Membership.person_id == sam.id)).one()
    email = db.session.scalars(select(PersonEmail).where(PersonEmail.person_id == sam.id)).one()
    to, url = (
        Address(email.address, "Sam"),
        memberships_actions.confirming_url(network, membership.id, email.id),
    )
    until = clock.today(network.zone)
    with transaction():
        mails.confirm_membership(
            network, to, url, answers_to="", party="", language="en", key="one", again=False
        )
        mails.own_address(network, to, url, language="en", key="two")
        for name in ("renew", "lapsed"):
            mails.renewal(name, network, to, url, language="en", key=name, until=until, party="", again=False)
        mails.confirmed(network, to, party="", language="en", when="today", key="k", person_id=sam.id)
        organisation = builders.an_organisation(network, "Open Paper", spoken_for_by=sam)
        organisations_actions.invite(
            network, organisation, "Vera", "vera@example.org", False, by=builders.acting(sam, network)
        )


def asks_to_sign_in(address: str) -> datetime | None:
    """As from a browser that is not known."""
    with current_app.test_request_context():
        return links.ask(address, browser="b" * 32)


def of_accounts(network: Network, sam: Any) -> None:
    with transaction():
        asks_to_sign_in(main_address(sam.id))
        address_change.ask("new@example.org", by=builders.acting(builders.a_member(network), network))
        actions.subscribe_address(network, "reader@example.org")
    token = re.search(r"/me/[\w/-]*?([\w-]{32})(?![\w-])", mails_to("new@example.org")[-1][1])
    with transaction():
        assert token and address_change.confirm(token[1])


@pytest.fixture
def mailed(app: Flask) -> dict[str, list[str]]:
    """All these mails, by their template."""
    with app.app_context():
        network = a_network_with_rules()
        sam = builders.a_steering_member(network)
        of_applications(network, sam)
        of_memberships(network, sam)
        of_accounts(network, sam)
        found: dict[str, list[str]] = {}
        query = select(Mail.template, Delivery.address).join(Delivery, Delivery.mail_id == Mail.id)
        for template, address in set(db.session.execute(query).all()):
            for each in mails_of(template, address):
                found.setdefault(template, []).append(each)
        return found


def mails_of(template: str, address: str) -> Iterator[str]:
    """The plain text of each mail of that kind to an address."""
    import quopri

    query = (
        select(Rendering.body)
        .join(Mail, Mail.id == Rendering.mail_id)
        .join(Delivery, Delivery.mail_id == Mail.id)
        .where(Mail.template == template, Delivery.address == address)
    )
    for body in db.session.scalars(query):
        yield quopri.decodestring(body or b"").decode().split("<html")[0]


def tokens_in(app: Flask, text: str) -> list[tuple[str, str]]:
    """Endpoint and path of each link that carries a token, but for those with which mail is stopped."""
    found, urls = [], app.url_map.bind("localhost")
    for url in dict.fromkeys(re.findall(r"https?://[^\s<>\"]+", text)):
        path = urlsplit(url).path
        try:
            endpoint, values = urls.match(path)
        except HTTPException:
            continue
        if "token" in values and not endpoint.startswith(("mail.choose", "mail.unsub")):
            found.append((endpoint, path))
    return found


def test_every_mail_with_such_a_link_is_looked_at(mailed: dict[str, list[str]]) -> None:
    assert with_links() - PLAIN - ELSEWHERE <= set(mailed)


def test_each_says_until_when_and_its_link_works_until_then(
    app: Flask, mailed: dict[str, list[str]], time: Any
) -> None:
    began, looked_at = clock.now(), set()
    for template, texts in mailed.items():
        for text in texts:
            for endpoint, path in tokens_in(app, text):
                said = UNTIL.findall(" ".join(text.split()))
                assert said, (template, text)
                ends = max(datetime.strptime(f"{day} {hour}", "%a %d %b %Y %H:%M") for day, hour in said)
                looked_at.add((template, endpoint, path, ends.replace(tzinfo=LONDON)))
    assert len(looked_at) > 15
    for template, endpoint, path, ends in sorted(looked_at, key=lambda each: each[3]):
        if template == "membership/confirm_application":
            assert ends == began.astimezone(LONDON) + timedelta(days=7)
            continue
        time.move(to=ends - timedelta(minutes=1))
        assert app.test_client().get(path).status_code == 200 or endpoint == "accounts.confirm_address", (
            template
        )
        time.move(to=ends + timedelta(minutes=1))
        gone = app.test_client().get(path)
        assert gone.status_code == 410, (template, gone.status_code)


def test_the_welcome_mail_signs_in_once_in_any_browser_and_only_by_its_button(app: Flask, time: Any) -> None:
    with app.app_context():
        network = a_network_with_rules()
        an_admitted(network, builders.acting(builders.a_steering_member(network), network))
        subject, text = mails_to("ada@example.org")[-1]
    assert subject == "Welcome to The UK network"
    assert "This link works once, until Mon 20 Apr 2015, 10:00 BST." in " ".join(text.split())
    ((_endpoint, path),) = tokens_in(app, text.split("<html")[0])
    time.move(timedelta(days=6))
    scanner, phone, other = app.test_client(), app.test_client(), app.test_client()
    for _ in range(3):
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200
    page = opened(phone, path)
    assert page.title.startswith("Sign in as Ada Newcomer")
    assert send(phone, path, {}, action=path, follow=False).location == "/me"
    assert "Welcome to The UK network" in opened(phone, "/me").text
    used = opened(other, path, 410)
    assert "This link has been used" in used.text
    again = [form["action"] for form in used.forms if form["action"].endswith("/again")]
    assert len(again) == 1
    filled = {f["name"]: f["value"] for form in used.forms for f in form["fields"] if f["name"]}
    sent = other.post(again[0], data=filled)
    assert sent.location == "/sign-in/sent"
    with app.app_context():
        assert "Your link to sign in" in mails_to("ada@example.org")[-1][0]
        assert db.session.scalars(select(SignedInSession)).all()


def test_a_welcome_link_counts_for_no_limit_and_is_known_long_after_its_end(app: Flask, time: Any) -> None:
    with app.app_context():
        network = a_network_with_rules()
        an_admitted(network, builders.acting(builders.a_steering_member(network), network))
        path = tokens_in(app, mails_to("ada@example.org")[-1][1].split("<html")[0])[0][1]
        for _ in range(4):
            with transaction():
                assert asks_to_sign_in("ada@example.org") is None
    time.move(timedelta(days=30))
    with app.app_context():
        links.forget_old()
        assert db.session.scalars(select(SignInLink)).all()
    assert "This link is too old" in opened(app.test_client(), path, 410).text
    time.move(timedelta(days=60))
    with app.app_context():
        links.forget_old()
        assert not db.session.scalars(select(SignInLink)).all()


def test_no_link_signs_in_from_a_mailbox_that_is_no_longer_the_owner_s(app: Flask) -> None:
    with app.app_context():
        network = a_network_with_rules()
        an_admitted(network, builders.acting(builders.a_steering_member(network), network))
        path = tokens_in(app, mails_to("ada@example.org")[-1][1].split("<html")[0])[0][1]
        ada = persons.known_by("ada@example.org").person_id
        with transaction():
            address_change.ask(
                "new@example.org", by=builders.acting(db.session.get(builders.Person, ada), network)
            )
        token = re.search(r"/me/[\w/-]*?([\w-]{32})(?![\w-])", mails_to("new@example.org")[-1][1])
        with transaction():
            assert token and address_change.confirm(token[1])
            assert links.for_mail(ada, "ada@example.org") is None
            asks_to_sign_in("new@example.org")
            new = db.session.scalars(select(SignInLink)).one()
            undo = re.search(r"/me/[\w/-]*?([\w-]{32})(?![\w-])", mails_to("ada@example.org")[-1][1])
            assert undo and address_change.undo(undo[1])
            assert db.session.get(SignInLink, new.id, populate_existing=True) is None
    assert app.test_client().get(path).status_code == 404


def test_an_ended_question_whether_an_address_wants_the_mail_is_asked_anew_by_one_press(
    app: Flask, client: Any, time: Any
) -> None:
    with app.app_context(), transaction():
        actions.subscribe_address(builders.a_network(), "reader@example.org")
    with app.app_context():
        path = tokens_in(app, mails_to("reader@example.org")[-1][1].split("<html")[0])[0][1]
    time.move(timedelta(days=7, minutes=1))
    page = opened(client, path, 410)
    assert "This link has ended" in page.text
    (form,) = (
        each for each in page.forms if each["method"] == "post" and "csrf_token" in str(each["fields"])
    )
    data = {f["name"]: f["value"] for f in form["fields"] if f["name"]}
    assert "A new link is on its way" in Html(client.post(path, data=data).text).text
    with app.app_context():
        assert len(mails_to("reader@example.org")) == 2
    send(client, path, {}, action="")
    assert client.get(path).status_code == 200
