"""Pages about one's mail, for people with nothing but a browser without scripts."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from govnet.accounts.followed import TITLES
from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.mail import queries, suppressions
from govnet.mail.models import Delivery, Following, Subscription, Suppression, Target
from govnet.mail.outgoing import distribution
from govnet.mail.preferences import actions
from govnet.mail.rules import DeliveryState, Why
from govnet.mail.volume import News, Stance, Volume
from govnet.people import addresses
from tests import builders
from tests.erased import erase
from tests.mail.conftest import say
from tests.mailbox import link, mailbox, text
from tests.pages import Html, check, opened, send
from tests.statements import counted


@pytest.fixture
def uk(app):
    """A network with one member, Ann; the ids of both."""
    with app.app_context():
        network = builders.a_network()
        ann = builders.a_member(network, "Ann")
        return network.id, ann.id


@pytest.fixture
def ann(app, client, uk):
    """Ann's browser."""
    with app.app_context():
        builders.sign_in(client, builders.db.session.get(builders.Person, uk[1]))
    return client


def subscription(app, uk):
    with app.app_context():
        row = queries.subscription_of(uk[1], uk[0])
        return None if row is None else (row.volume, row.silent_at is not None)


def test_a_member_says_how_much_mail_she_wants(app, ann, uk):
    html = opened(ann, "/me/mail")
    assert "What concerns me" in html.text
    assert "The UK network" in html.text
    response = send(ann, "/me/mail", {"volume": "votes"})
    assert "Saved" in response.text
    assert subscription(app, uk) == (Volume.VOTES, False)


def test_a_page_for_many_networks_and_followed_discussions_asks_no_more_than_for_one(
    app, ann, uk, monkeypatch
):
    monkeypatch.setitem(
        TITLES, Target.THREAD, lambda ids: {i: (f"Thread {i}", f"/uk/forum/{i}") for i in ids}
    )
    with app.app_context():
        person = db.session.get(builders.Person, uk[1])
        others = [builders.a_network(slug) for slug in ("wales", "scotland", "ireland")]
        for network in others:
            with transaction():
                builders._belongs(network, person_id=person.id, kind=builders.MembershipKind.INDIVIDUAL)
                by = builders.acting(person, network)
                actions.set_volume(by, network, Volume.DIGEST)
                for number in range(10):
                    actions.take_stance(by, network, "thread", network.id * 100 + number, Stance.FOLLOW)
    opened(ann, "/me/mail")
    with app.app_context(), counted() as statements:
        html = opened(ann, "/me/mail")
    assert html.text.count("How much mail?") == 4
    assert html.text.count("You follow this") == 30
    assert len(statements) <= 8, list(statements)


def test_an_answer_that_is_none_of_the_four_is_asked_again(app, ann, uk):
    response = send(ann, "/me/mail", {"volume": "loads"}, follow=False)
    assert response.status_code == 422
    check(Html(response.text), "/me/mail")
    assert subscription(app, uk) is None


def test_a_member_can_ask_for_no_mail_at_all_and_come_back(app, ann, uk):
    send(ann, "/me/mail", {"csrf_token": _token(ann)}, action="/silence")
    assert subscription(app, uk)[1]
    assert "You asked us to send you no mail" in opened(ann, "/me/mail").text
    send(ann, "/me/mail", {"volume": "concerns_me"})
    assert subscription(app, uk) == (Volume.CONCERNS_ME, False)


def _token(client):
    page = opened(client, "/me/mail")
    return next(f["value"] for form in page.forms for f in form["fields"] if f["name"] == "csrf_token")


def test_followed_and_muted_things_are_listed_and_can_be_undone(app, ann, uk, monkeypatch):
    monkeypatch.setitem(
        TITLES, Target.THREAD, lambda ids: {i: (f"Thread {i}", f"/uk/forum/{i}") for i in ids if i != 43}
    )
    with app.app_context(), transaction():
        network = db.session.get(builders.Network, uk[0])
        by = builders.acting(db.session.get(builders.Person, uk[1]), network)
        for number, stance in ((41, Stance.FOLLOW), (42, Stance.MUTE), (43, Stance.FOLLOW)):
            actions.take_stance(by, network, "thread", number, stance)
    html = opened(ann, "/me/mail")
    assert "Thread 41" in html.text
    assert "Unmute “Thread 42”" in html.text
    assert "Thread 43" not in html.text, "it has gone"
    send(ann, "/me/mail", {"csrf_token": _token(ann)}, action="/thread/42/forget")
    assert "Thread 42" not in opened(ann, "/me/mail").text


def test_a_member_learns_why_mail_does_not_reach_her_and_has_us_try_again(app, ann, uk):
    with app.app_context(), transaction():
        address = next(iter(addresses.readers([uk[1]]))).address
        row = Suppression(digest=suppressions.digest(address), why=Why.MAILBOX_FULL, returned=5)
        row.since = builders.clock.now()
        db.session.add(row)
    html = opened(ann, "/me/mail")
    assert "We stopped writing to you on Mon 13 Apr 2015: mail came back 5 times." in html.text
    assert "the mailbox is full" in html.text
    response = send(ann, "/me/mail", {"csrf_token": _token(ann)}, action="/try-again")
    assert "Thank you" in response.text
    assert "We stopped writing" not in opened(ann, "/me/mail").text


def test_a_visitor_is_led_to_sign_in(client, uk):
    response = client.get("/me/mail")
    assert response.status_code == 303
    assert "/sign-in" in response.headers["Location"]


def test_the_page_about_a_network_s_mail_is_public(client, uk):
    html = opened(client, "/uk/mail")
    assert "We don’t track who opens a mail" in html.text


@pytest.fixture
def told(app, uk, teller):
    """Have Ann told of something; the unsubscribe token of her mail."""

    def _told(news=News.DISCUSSION, **values):
        with app.app_context():
            network = db.session.get(builders.Network, uk[0])
            teller.tells(news=news, people=[uk[1]], concerned=[uk[1]], **values)
            say(network, builders.a_member(network))
            distribution.run()
            query = select(Delivery.token).order_by(Delivery.id.desc())
            return db.session.scalars(query).first()

    return _told


def test_looking_at_the_unsubscribe_page_changes_nothing(app, client, uk, told):
    token = told(thread=41)
    html = opened(client, f"/unsubscribe/{token}")
    assert "This discussion" in html.text
    assert client.head(f"/unsubscribe/{token}").status_code == 200
    assert subscription(app, uk) is None


def test_one_click_in_a_mail_program_leaves_votes_only(app, client, uk, told):
    token = told(thread=41)
    for _ in range(2):
        response = client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert subscription(app, uk) == (Volume.VOTES, False), "sent twice it leaves no more than once"


def test_one_click_on_a_vote_s_mail_ends_all_mail_and_twice_is_harmless(app, client, uk, told):
    token = told(news=News.VOTE)
    for _ in range(2):
        response = client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
    assert subscription(app, uk)[1]
    with app.app_context():
        assert db.session.scalars(select(Delivery.state)).all() == [DeliveryState.CANCELLED]


def test_one_click_needs_no_session_and_sets_no_cookie(client, told):
    response = client.post(f"/unsubscribe/{told()}", data={"List-Unsubscribe": "One-Click"})
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_post_that_is_no_one_click_changes_nothing(app, client, uk, told):
    response = client.post(f"/unsubscribe/{told()}", data={"something": "else"})
    assert response.status_code == 422
    assert subscription(app, uk) is None


def test_one_discussion_alone_can_be_left(app, client, uk, told):
    token = told(thread=41)
    response = send(client, f"/unsubscribe/{token}", {"reach": "thread"})
    assert "Done" in response.text
    with app.app_context():
        row = db.session.scalars(select(Following)).one()
        assert (row.target_id, row.stance) == (41, Stance.MUTE)
    assert subscription(app, uk) is None


@pytest.mark.parametrize(("reach", "left"), [("all_but_votes", (Volume.VOTES, False)), ("everything", None)])
def test_more_can_be_left(app, client, uk, told, reach, left):
    send(client, f"/unsubscribe/{told(thread=41)}", {"reach": reach})
    assert subscription(app, uk) == (left or (Volume.CONCERNS_ME, True))


def test_a_mail_of_no_discussion_offers_none(client, told):
    assert "This discussion" not in opened(client, f"/unsubscribe/{told(news=News.ANNOUNCEMENT)}").text


def test_the_choice_needs_the_page_s_token_like_any_form(client, told):
    response = client.post(f"/unsubscribe/{told()}/choose", data={"reach": "everything"})
    assert response.status_code == 400


def test_a_reader_of_a_list_elsewhere_cannot_take_the_whole_list_out(app, client, uk, told, tmp_path):
    with app.app_context(), transaction():
        db.session.get(builders.Network, uk[0]).list_address = "old-list@example.org"
    told(news=News.ANNOUNCEMENT, to_list=True)
    with app.app_context():
        token = db.session.scalars(select(Delivery.token).where(Delivery.token.startswith("list-"))).one()
    assert "through the list old-list@example.org" in opened(client, f"/unsubscribe/{token}").text
    with mailbox(app, tmp_path) as box:
        for _ in range(2):
            response = client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
            assert response.status_code == 200
        send(client, f"/unsubscribe/{token}", {"reach": "everything"})
        with app.app_context():
            box.deliver()
        (asked,) = box.to("contact@example.org")
        assert asked["Subject"] == "A reader of old-list@example.org wants less of our mail"
        assert "/unsubscribe/list-" in box.last_to("old-list@example.org")["List-Unsubscribe"]


def test_an_unknown_link_is_called_unknown(client, uk):
    html = opened(client, "/unsubscribe/nonsense", 404)
    assert "We don’t know this link" in html.text
    assert client.post("/unsubscribe/nonsense", data={"List-Unsubscribe": "One-Click"}).status_code == 404


def test_after_an_erasure_the_link_still_answers(app, client, uk, told):
    token = told()
    with app.app_context():
        erase(uk[1])
    assert client.get(f"/unsubscribe/{token}").status_code == 200
    response = client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    with app.app_context():
        row = db.session.scalars(select(Delivery)).one()
        assert (row.person_id, row.name, row.state) == (None, "", DeliveryState.CANCELLED)
        assert "@" not in row.address
        assert db.session.scalars(select(Subscription)).all() == []


def test_an_erased_person_s_mails_stay_counted(app, client, uk, told):
    told()
    with app.app_context():
        mail_id = db.session.scalars(select(Delivery.mail_id)).one()
        erase(uk[1])
        assert queries.progress([mail_id]).audience == 1


def ask_for_mail(app, uk, address="eve@example.org"):
    with app.app_context(), transaction():
        network = db.session.get(builders.Network, uk[0])
        actions.subscribe_address(network, address, "Eve")


def of_address(app, uk, address="eve@example.org"):
    with app.app_context():
        row = db.session.scalars(select(Subscription).where(Subscription.address == address)).one()
        return row.confirmed_at is not None, row.silent_at is not None, row.volume


def test_somebody_takes_just_the_mail_changes_how_much_and_ends_it(app, client, uk, tmp_path):
    with mailbox(app, tmp_path) as box:
        ask_for_mail(app, uk)
        with app.app_context():
            box.deliver()
        mail = box.last_to("eve@example.org")
    assert mail["Subject"] == "Do you want the mail of The UK network?"
    page = link(mail, "/mail/confirm/").removeprefix("http://127.0.0.1:5000")
    opened(client, page)
    assert of_address(app, uk) == (False, False, Volume.CONCERNS_ME)
    response = send(client, page, {})
    assert "You will get our mail" in response.text
    assert of_address(app, uk)[0]
    choose = next(href for href in Html(response.text).links if "/mail/choose/" in href)
    send(client, choose, {"volume": "everything"})
    assert of_address(app, uk) == (True, False, Volume.EVERYTHING)
    response = send(client, choose, {"csrf_token": _any_token(client, choose)}, action="/stop")
    assert "We send nothing more" in response.text
    assert of_address(app, uk)[1]


def _any_token(client, url):
    page = opened(client, url)
    return next(f["value"] for form in page.forms for f in form["fields"] if f["name"] == "csrf_token")


def test_nobody_can_flood_a_stranger_with_questions(app, uk, time, tmp_path):
    with mailbox(app, tmp_path) as box:
        for _ in range(5):
            ask_for_mail(app, uk)
        with app.app_context():
            assert box.deliver() == 1
        time.move(actions.ASK_AGAIN)
        time.move(actions.ASK_AGAIN)
        ask_for_mail(app, uk)
        with app.app_context():
            assert box.deliver() == 1


def test_subscribers_can_ask_for_the_link_and_nobody_learns_who_they_are(app, client, uk, time, tmp_path):
    with app.app_context(), transaction():
        actions.take_over(db.session.get(builders.Network, uk[0]), "eve@example.org")
    with mailbox(app, tmp_path) as box:
        known = send(client, "/uk/mail/leave", {"address": "Eve@Example.org"})
        unknown = send(client, "/uk/mail/leave", {"address": "nobody@example.org"})
        with app.app_context():
            assert box.deliver() == 1
        mail = box.last_to("eve@example.org")
    assert "/mail/choose/" in text(mail)
    strip = lambda response: re.sub(r"\S+@example.org", "", Html(response.text).text)  # noqa: E731
    assert strip(known) == strip(unknown)


def test_a_wrong_address_is_asked_for_again(client, uk):
    response = send(client, "/uk/mail/leave", {"address": "eve at example"}, follow=False)
    assert response.status_code == 422
    assert "Enter an e-mail address, such as name@example.org" in response.text
    assert "eve at example" in response.text


@pytest.mark.parametrize("path", ["/mail/confirm/nonsense", "/mail/choose/nonsense"])
def test_links_that_are_not_ours_are_not_found(client, uk, path):
    assert client.get(path).status_code == 404
