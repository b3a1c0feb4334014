"""Limits on signing in: strangers come up against them, and the account's owner always gets in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from govnet.extensions import db
from govnet.kernel.client_address import peer_of
from govnet.kernel.transaction import transaction
from govnet.mail.models import Mail
from govnet.mail.preferences.actions import take_over
from govnet.people.models import Person
from govnet.sign_in import known_browsers, limits, passwords, rules
from govnet.sign_in.models import SignInLink
from tests import builders
from tests.accounts.conftest import newest_link
from tests.mailbox import text
from tests.pages import HERE, Html, defaults, opened, send
from tests.statements import counted

GOOD = "heron lantern pebble"


def ask(client, address):
    return send(client, "/sign-in", {"email": address}, follow=False)


def flood(app, address, times=5):
    """Somebody asks for links that go to another's mail, each time from another browser."""
    for _ in range(times):
        ask(app.test_client(), address)


def guess(client, address, password):
    return send(client, "/sign-in/password", {"email": address, "password": password}, follow=False)


def signs_in(client, path):
    send(client, path, {}, action=path)
    return client.get("/me").status_code == 200


def mails(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Mail))


SPELLINGS = [
    "Ann@Bücher.example.org",
    "ann@xn--bcher-kva.example.org",
    "ANN@BÜCHER.EXAMPLE.ORG",
    "ann@ｂüｃｈｅｒ.ｅｘａｍｐｌｅ.ｏｒｇ",
    "  ann@bücher。example。org ",
    "ann@bu\u0308cher.example.org",
    "ann@bücher.example.org.",
]


def test_every_spelling_of_an_address_is_one_address(app):
    with app.test_request_context():
        assert len({limits.counted(each).key for each in SPELLINGS}) == 1
        assert limits.counted("an.n@bücher.example.org").key != limits.counted(SPELLINGS[0]).key
    for each in SPELLINGS[:5]:
        assert ask(app.test_client(), each).status_code == 303
    assert ask(app.test_client(), SPELLINGS[-1]).status_code == 429
    assert mails(app) == 5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:0DB8:0001:0002:0:0:0:9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("unknown", "unknown", True),
    ],
)
def test_one_household_is_one_asker(one, other, same):
    assert (peer_of(one) == peer_of(other)) is same


def test_clients_are_counted_by_the_64_bits_that_a_household_has(app, client):
    with app.app_context():
        builders.a_network()
    fields = defaults(opened(client, "/uk/mail/leave").forms[0]) | {"address": "nobody@example.org"}
    for number in range(20):
        answer = client.post(
            "/uk/mail/leave", data=fields, environ_base={"REMOTE_ADDR": f"2001:db8::{number:x}"}
        )
        assert answer.status_code == 200
    for address, status in (("2001:db8::ffff:1", 429), ("2001:db8:0:1::1", 200)):
        answer = client.post("/uk/mail/leave", data=fields, environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == status


@pytest.mark.parametrize(("times", "later"), [(5, 0), (5, 49), (5, 59), (15, 20 * 60), (40, 21 * 60)])
def test_however_many_links_strangers_ask_for_the_newest_one_lets_her_in_anywhere(
    app, client, ann, post, time, times, later
):
    for number in range(times):
        if number in (5, 10):
            time.move(timedelta(hours=1))
        ask(app.test_client(), ann.address)
    path = newest_link(app, post, ann.address)
    asked = mails(app)
    assert asked == min(times, 15)
    time.move(timedelta(minutes=later))
    answer = ask(client, ann.address)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Open the link in the newest of them" in Html(answer.text).text
    assert mails(app) == asked
    assert "Sign in as Ann Example" in opened(client, path).text
    assert signs_in(client, path)


def test_a_link_that_stands_for_others_works_once_and_its_digits_too(app, client, ann, post):
    flood(app, ann.address)
    path = newest_link(app, post, ann.address)
    phone, second = app.test_client(), app.test_client()
    for browser in (client, second):
        assert ask(browser, ann.address).status_code == 429
    code = re.search(r"\b(\d{3}) (\d{3})\b", opened(phone, path).text).expand(r"\1\2")
    send(client, "/sign-in/sent", {"code": code})
    assert client.get("/me").status_code == 200
    opened(second, path, 410)
    assert "was used" in opened(second, "/sign-in/sent").text
    assert ask(app.test_client(), ann.address).status_code == 303, (
        "none is left to wait for: another is mailed"
    )


def test_a_browser_that_did_not_ask_gets_in_by_no_link(app, client, ann, post):
    flood(app, ann.address)
    path = newest_link(app, post, ann.address)
    token = defaults(opened(client, "/sign-in").forms[0])["csrf_token"]
    client.post(path, data={"csrf_token": token})
    assert client.get("/me").status_code == 303


def test_a_browser_that_knows_her_is_counted_by_itself(app, client, ann, post):
    ask(client, ann.address)
    assert signs_in(client, newest_link(app, post, ann.address))
    send(client, "/sign-out", {})
    flood(app, ann.address, 8)
    before = mails(app)
    assert ask(client, ann.address).status_code == 303
    assert mails(app) == before + 1
    assert signs_in(client, newest_link(app, post, ann.address))
    send(client, "/sign-out", {})
    for _ in range(5):
        assert ask(client, ann.address).status_code == 303
    assert ask(client, ann.address).status_code == 429, "and has no more tries than anybody"


def test_wrong_passwords_of_strangers_shut_out_strangers(app, client, ann, post):
    with app.app_context(), transaction():
        db.session.get_one(Person, ann.id).password_hash = passwords.hashed(GOOD)
    assert guess(client, ann.address, GOOD).status_code == 303
    send(client, "/sign-out", {})
    stranger = app.test_client()
    with_password = {"email": ann.address, "password": "wrong"}
    fields = defaults(opened(stranger, "/sign-in/password").forms[0]) | with_password
    for number in range(10):
        address = ann.address.replace("example", "ｅｘａｍｐｌｅ") if number % 2 else ann.address
        answer = stranger.post("/sign-in/password", data=fields | {"email": address})
        assert answer.status_code == 422
    refused = guess(app.test_client(), ann.address, GOOD)
    assert refused.status_code == 429
    assert "/sign-in" in Html(refused.text).links
    assert "that always works" in Html(refused.text).text
    assert guess(client, ann.address, GOOD).status_code == 303
    new = app.test_client()
    ask(new, ann.address)
    assert signs_in(new, newest_link(app, post, ann.address))


def test_many_askers_behind_one_address_do_not_keep_a_known_browser_or_a_link_out(app, client, ann, post):
    ask(client, ann.address)
    assert signs_in(client, newest_link(app, post, ann.address))
    send(client, "/sign-out", {})
    new = app.test_client()
    ask(new, ann.address)
    path = newest_link(app, post, ann.address)
    stranger = app.test_client()
    fields = defaults(opened(stranger, "/sign-in").forms[0])
    answers = [stranger.post("/sign-in", data=fields | {"email": f"x{n}@example.org"}) for n in range(100)]
    assert answers[-1].status_code == 429
    assert ask(client, ann.address).status_code == 303
    assert signs_in(new, path)


def test_known_and_unknown_addresses_are_limited_alike(app, ann):
    with app.app_context():
        network = db.session.get_one(builders.Network, ann.network_id)
        with transaction():
            take_over(network, "reader@example.org")
    seen = []
    for address in (ann.address, "nobody@example.org", "reader@example.org"):
        answers = []
        for _ in range(7):
            client = app.test_client()
            opened(client, "/sign-in")
            with app.app_context(), counted() as statements:
                answer = ask(client, address)
            page = answer.text if answer.status_code == 429 else client.get("/sign-in/sent").text
            page = re.sub(r'value="[^"]{20,}"', "", page.replace(address, "…"))
            answers.append((answer.status_code, answer.headers.get("Retry-After"), page, len(statements)))
        seen.append(answers)
    for other in seen[1:]:
        for mine, theirs in zip(seen[0], other, strict=True):
            assert mine[:3] == theirs[:3]
            assert abs(mine[3] - theirs[3]) <= 1
    assert [each[0] for each in seen[0]] == [303] * 5 + [429] * 2
    with app.app_context():
        sizes = db.session.execute(
            select(SignInLink.counted, func.count()).group_by(SignInLink.counted)
        ).all()
    assert sorted(count for _key, count in sizes) == [7, 7, 7]


def test_a_person_who_takes_just_the_mail_reads_so_by_mail(app, client, ann, post):
    with app.app_context():
        network = db.session.get_one(builders.Network, ann.network_id)
        with transaction():
            take_over(network, "reader@example.org")
    ask(client, "Reader@Example.org")
    with app.app_context():
        post.deliver()
    mail = post.last_to("reader@example.org")
    assert mail["Subject"] == "You get our mail, and do not need an account for it"
    assert "/mail/choose/" in text(mail)
    assert "/uk/join" in text(mail)
    assert "/sign-in/link/" not in text(mail)


def test_thirty_wrong_codes_in_a_day_are_all_that_an_account_takes_whatever_browsers_they_come_from(
    app, client, ann, post
):
    flood(app, ann.address)
    path = newest_link(app, post, ann.address)
    code = re.search(r"\b(\d{3}) (\d{3})\b", opened(client, path).text).expand(r"\1\2")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    tries = 0
    for _ in range(8):
        stranger = app.test_client()
        fields = defaults(opened(stranger, "/sign-in").forms[0])
        ask(stranger, ann.address)
        for _ in range(5):
            answer = stranger.post("/sign-in/code", data=fields | {"code": wrong})
            tries += "too old" not in Html(answer.text).text
    assert tries < rules.CODES_A_DAY
    ask(client, ann.address)
    client.post("/sign-in/code", headers=HERE, data=fields | {"code": code})
    assert client.get("/me").status_code == 303
    assert signs_in(client, path)


def test_a_browser_s_mark_is_for_one_person_and_cannot_be_made(app):
    with app.test_request_context():
        known_browsers.remember(7)
        kept = app.process_response(app.response_class("")).headers["Set-Cookie"]
    assert "HttpOnly" in kept
    cookie = kept.split(";")[0].partition("=")[2]
    forged = cookie[:-1] + ("0" if cookie[-1] != "0" else "1")
    for value, person_id, known in (
        (cookie, 7, True), (cookie, 8, False), (forged, 7, False), ("x" * 9_000, 7, False), (f"{forged}.{cookie}", 7, True),
    ):  # fmt: skip
        with app.test_request_context(headers={"Cookie": f"govnet-known={value}"}):
            assert bool(known_browsers.mark_of(person_id)) is known


def test_four_people_share_a_browser_at_most_and_each_is_there_once(app):
    jar = ""
    for person_id in (1, 2, 2, 3, 4, 5):
        with app.test_request_context(headers={"Cookie": f"govnet-known={jar}"}):
            known_browsers.remember(person_id)
            kept = app.process_response(app.response_class("")).headers["Set-Cookie"]
        jar = kept.split(";")[0].partition("=")[2]
    with app.test_request_context(headers={"Cookie": f"govnet-known={jar}"}):
        assert [bool(known_browsers.mark_of(each)) for each in range(1, 6)] == [False, True, True, True, True]
