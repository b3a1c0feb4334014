"""Signing in by mail: once, for ten minutes, and only where it was asked for."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.mail.models import Mail
from govnet.people import persons
from govnet.people.models import Person, PersonEmail
from govnet.sign_in import queries
from govnet.sign_in.models import SignedInSession, SignInLink
from tests import builders
from tests.accounts.conftest import newest_link
from tests.mailbox import text
from tests.pages import HERE, Html, check, defaults, opened, send

ANDROID = {"User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:124.0) Gecko/124.0 Firefox/124.0"}


def ask(client, address, next_path=""):
    return send(client, "/sign-in" + (f"?next={next_path}" if next_path else ""), {"email": address})


def csrf(page):
    return next(f["value"] for form in page.forms for f in form["fields"] if f["name"] == "csrf_token")


def digits(page):
    return re.search(r"\b(\d{3}) (\d{3})\b", page.text).expand(r"\1\2")


def signed_in(client):
    return client.get("/me").status_code == 200


def count(app, table):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def test_ann_signs_in_by_the_link_in_her_mail(app, client, ann, post):
    page = Html(ask(client, ann.address, "/uk/join").text)
    assert "Check your mail" in page.text
    path = newest_link(app, post, ann.address)
    assert not signed_in(client)
    assert "Sign in as Ann Example" in opened(client, path).text
    response = send(client, path, {}, action=path, follow=False)
    assert (response.status_code, response.location) == (303, "/uk/join")
    assert signed_in(client)


def test_the_mail_says_until_when_and_how(app, client, ann, post):
    ask(client, ann.address.upper())
    newest_link(app, post, ann.address)
    mail = post.last_to(ann.address)
    assert mail["Subject"] == "Your link to sign in, until 10:10"
    assert "The link works once, until Mon 13 Apr 2015, 10:10 BST" in text(mail)
    assert mail["List-Id"] is None


def test_known_and_unknown_addresses_get_the_same_answer(app, client, ann, post):
    answers = []
    for address in (ann.address, "nobody@example.org"):
        response = ask(app.test_client(), address)
        answers.append((response.status_code, response.text.replace(address, "…").split("csrf_token")[0]))
        answers[-1] = (answers[-1][0], re.sub(r'value="[^"]{20,}"', "", answers[-1][1]))
    assert answers[0] == answers[1]
    assert count(app, SignInLink) == 2
    assert count(app, Mail) == 2
    with app.app_context():
        post.deliver()
    mail = post.last_to("nobody@example.org")
    assert "/sign-in/link/" not in text(mail)
    assert "/uk/join" in text(mail)


def test_known_and_unknown_addresses_cost_about_as_many_statements(app, ann):
    from tests.statements import counted

    costs = []
    for address in (ann.address, "nobody@example.org"):
        client = app.test_client()
        opened(client, "/sign-in")
        with app.app_context(), counted() as statements:
            send(client, "/sign-in", {"email": address}, follow=False)
        costs.append(len(statements))
    assert abs(costs[0] - costs[1]) <= 1


def test_opening_the_link_changes_nothing(app, client, ann, post):
    ask(client, ann.address)
    path = newest_link(app, post, ann.address)
    for browser in (client, app.test_client(), client):
        assert browser.get(path).status_code == 200
        assert browser.head(path).status_code == 200
    assert count(app, SignedInSession) == 0
    send(client, path, {}, action=path)
    assert signed_in(client)


def test_a_link_works_once(app, client, ann, post):
    ask(client, ann.address)
    path = newest_link(app, post, ann.address)
    send(client, path, {}, action=path)
    send(client, "/sign-out", {})
    page = opened(client, path, 410)
    assert "This link has been used" in page.text
    token = csrf(opened(client, "/sign-in"))
    assert client.post(path, data={"csrf_token": token}).status_code == 410
    assert not signed_in(client)


def test_pressing_the_button_twice_is_no_drama(app, client, ann, post):
    ask(client, ann.address)
    path = newest_link(app, post, ann.address)
    send(client, path, {}, action=path)
    assert "You are signed in here as Ann Example" in opened(client, path, 410).text
    assert count(app, SignedInSession) == 1


def test_an_expired_link_has_one_button_for_a_new_one(app, client, ann, post, time):
    ask(client, ann.address, "/uk/join")
    path = newest_link(app, post, ann.address)
    time.move(timedelta(minutes=10))
    page = opened(client, path, 410)
    assert "This link is too old" in page.text
    send_again = [form for form in page.forms if form["action"].endswith("/again")]
    assert len(send_again) == 1
    fields = {f["name"]: f["value"] for f in send_again[0]["fields"] if f["name"]}
    assert client.post(send_again[0]["action"], data=fields).location == "/sign-in/sent"
    new = newest_link(app, post, ann.address)
    assert new != path
    assert send(client, new, {}, action=new, follow=False).location == "/uk/join"


@pytest.mark.parametrize("jump", [timedelta(hours=-5), timedelta(days=400)])
def test_a_clock_that_jumps_makes_no_link_last_longer(app, client, ann, post, time, jump):
    ask(client, ann.address)
    path = newest_link(app, post, ann.address)
    time.move(jump)
    opened(client, path, 410)


def test_another_browser_shows_six_digits_that_sign_in_where_they_were_asked_for(app, client, ann, post):
    ask(client, ann.address, "/uk/join")
    path = newest_link(app, post, ann.address)
    phone = app.test_client()
    page = opened(phone, path)
    check(page, path)
    code = digits(page)
    token = csrf(page)
    phone.post(path, data={"csrf_token": token})
    assert not signed_in(phone)
    assert code not in opened(client, path).text
    response = send(client, "/sign-in/sent", {"code": f"{code[:3]} {code[3:]}"}, follow=False)
    assert response.location == "/uk/join"
    assert signed_in(client)
    assert not signed_in(phone)
    opened(phone, path, 410)


def test_after_five_wrong_tries_the_right_digits_are_worth_nothing(app, client, ann, post):
    ask(client, ann.address)
    code = digits(opened(app.test_client(), newest_link(app, post, ann.address)))
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in ("4 attempts", "3 attempts", "2 attempts", "one attempt"):
        response = send(client, "/sign-in/sent", {"code": wrong})
        assert response.status_code == 422
        assert left in Html(response.text).text
    page = Html(send(client, "/sign-in/sent", {"code": wrong}).text)
    assert "too old" in page.text
    assert not [form for form in page.forms if form["action"] == "/sign-in/code"]
    token = csrf(opened(client, "/sign-in"))
    client.post("/sign-in/code", data={"csrf_token": token, "code": code})
    assert not signed_in(client)


def test_text_that_can_be_no_code_costs_no_try_and_the_page_says_what_to_type(app, client, ann, post):
    ask(client, ann.address)
    code = digits(opened(app.test_client(), newest_link(app, post, ann.address)))
    for typed in (code[:5], f"{code}0", "ann@example.org", "l23 456", code[:5] + "O", "00000"):
        response = send(client, "/sign-in/sent", {"code": typed})
        assert response.status_code == 422
        assert "A code is six digits, such as 123 456." in Html(response.text).text
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert "4 attempts" in Html(send(client, "/sign-in/sent", {"code": wrong}).text).text
    send(client, "/sign-in/sent", {"code": f"{code[:2]}-{code[2:4]}-{code[4:]}"})
    assert signed_in(client)


def test_the_link_itself_still_works_after_wrong_digits(app, client, ann, post):
    ask(client, ann.address)
    path = newest_link(app, post, ann.address)
    wrong = f"{(int(digits(opened(app.test_client(), path))) + 1) % 1_000_000:06d}"
    for _ in range(5):
        client.post(
            "/sign-in/code",
            data={"csrf_token": csrf(opened(client, "/sign-in")), "code": wrong},
        )
    send(client, path, {}, action=path)
    assert signed_in(client)


def test_digits_asked_for_by_a_stranger_help_only_a_reader_who_reveals_them(app, client, ann, post):
    stranger, own = client, app.test_client()
    ask(stranger, ann.address)
    code = digits(opened(own, newest_link(app, post, ann.address)))
    ask(own, ann.address)
    own_page = opened(own, "/sign-in/sent")
    assert own_page.forms
    wrong = send(own, "/sign-in/sent", {"code": code})
    assert wrong.status_code == 422


def test_a_cookie_that_was_there_before_is_not_the_one_that_signs_in(app, client, ann, post):
    opened(client, "/sign-in")
    before = client.get_cookie("govnet").value
    ask(client, ann.address)
    path = newest_link(app, post, ann.address)
    send(client, path, {}, action=path)
    thief = app.test_client()
    thief.set_cookie("govnet", before)
    assert not signed_in(thief)
    with client.session_transaction() as cookie:
        assert "browser" not in cookie
        assert len(cookie["_user_id"]) >= 40


def test_a_form_opened_before_signing_in_comes_back_filled_and_can_be_sent_then(app, client, ann, post):
    token = csrf(opened(client, "/sign-in"))
    ask(client, ann.address)
    path = newest_link(app, post, ann.address)
    send(client, path, {}, action=path)
    response = client.post("/me/data/name", data={"csrf_token": token, "name": "Ann Other"}, headers=HERE)
    assert response.status_code == 400
    form = Html(response.text).forms[0]
    assert client.post(form["action"], data=defaults(form)).status_code == 303
    assert "Ann Other" in opened(client, "/me").text


def test_somebody_else_s_form_does_not_survive_a_change_of_person(app, ann_here, ann, post):
    token = csrf(opened(ann_here, "/me/data/name"))
    with app.app_context():
        bob = builders.a_person("Bob Example", email="bob@example.org")
        bob_id = bob.id
    ask(ann_here, "bob@example.org")
    path = newest_link(app, post, "bob@example.org")
    send(ann_here, path, {}, action=path)
    assert ann_here.post("/me/data/name", data={"csrf_token": token, "name": "Eve"}).status_code == 400
    with app.app_context():
        assert db.session.get_one(Person, bob_id).name == "Bob Example"
        assert queries.open_sessions(ann.id) == []


def test_the_sixth_link_in_an_hour_has_to_wait_and_the_page_says_how_long(app, client, ann):
    for _ in range(5):
        assert ask(client, ann.address).status_code == 200
    response = ask(client, ann.address)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "Try again" in Html(response.text).text
    assert ask(client, "somebody.else@example.org").status_code == 200


@pytest.mark.parametrize(
    "path", ["//evil.example/", "https://evil.example", "/\\evil.example", "%2F%2Fevil.example"]
)
def test_after_signing_in_nobody_lands_on_another_site(app, client, ann, post, path):
    ask(client, ann.address, path)
    link = newest_link(app, post, ann.address)
    location = send(client, link, {}, action=link, follow=False).location
    assert location == "/me"


@pytest.mark.parametrize(
    "address", ["", "ann", "ann@", "@example.org", "ann@example", "a b@example.org", "ann@example.org\nBcc: x@example.org",
                "ann@exa mple.org", "x" * 65 + "@example.org", "ann@" + "x" * 300 + ".org", "ann@example.org,b@example.org",
                '"a b"@example.org', "ann@[127.0.0.1]", "a" * 200_000]
)  # fmt: skip
def test_a_wrong_address_is_called_one(app, client, address):
    response = ask(client, address)
    assert response.status_code == 422
    assert count(app, SignInLink) == 0
    assert "Error:" in Html(response.text).title


def test_an_address_in_another_script_goes_where_the_wire_says(app, client, post):
    ask(client, "ann@bücher.example.org")
    with app.app_context():
        post.deliver()
    assert post.to("ann@xn--bcher-kva.example.org")


def test_a_link_cut_off_in_the_mail_says_so(client, ann):
    assert "We do not know this link" in opened(client, "/sign-in/link/abc", 404).text


def test_links_of_yesterday_are_forgotten(app, client, ann, post, time):
    from govnet.sign_in import links

    ask(client, ann.address)
    time.move(timedelta(days=2))
    with app.app_context():
        assert links.forget_old() == 1
    assert count(app, SignInLink) == 0


def test_signing_in_again_in_one_browser_leaves_one_session(app, ann_here, ann, post):
    ask(ann_here, ann.address)
    path = newest_link(app, post, ann.address)
    send(ann_here, path, {}, action=path)
    with app.app_context():
        assert len(queries.open_sessions(ann.id)) == 1


def test_somebody_from_an_old_list_proves_her_address_by_signing_in(app, client, post):
    from govnet.kernel.transaction import transaction

    with app.app_context():
        builders.a_network()
        with transaction():
            person = Person(name="Olive Oldhand", created_at=clock.now())
            db.session.add(person)
            db.session.flush()
            found = person.id
            db.session.add(PersonEmail(person_id=found, address="old.hand@example.org", main=True))
        assert persons.main_address(found) == ""
    ask(client, "old.hand@example.org")
    path = newest_link(app, post, "old.hand@example.org")
    send(client, path, {}, action=path)
    assert "Olive Oldhand" in opened(client, "/me").text
    with app.app_context():
        assert persons.main_address(found) == "old.hand@example.org"
