"""The page that founds a network, and the operator's page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.outage import UNREACHABLE
from govnet.kernel.transaction import transaction
from govnet.mail.delivery import breaker, mailings
from govnet.mail.delivery.smtp import ServerAnswer
from govnet.mail.rules import SmtpStep, judge
from govnet.offices.models import Mandate, Term
from govnet.operations import queries, views
from govnet.operations.founding import links
from govnet.people.models import OperatorGrant, Person
from govnet.record.models import Entry
from tests.builders import a_member, a_network, acting, an_operator, sign_in
from tests.pages import Html, defaults, opened, send

TYPED = {
    "network_name": "The UK network",
    "network_slug": "uk",
    "network_purpose": "To open up how decisions are made.",
    "contact_name": "Robin",
    "contact_email": "hello@example.org",
}
SEAT = {
    "seat2_name": "First place", "seat2_holder": "Sam", "seat2_email": "sam@example.org",
    "seat2_start": "2014-06-09", "seat2_end": "2016-06-08", "seat2_evidence": "Minutes of 9 June 2014.",
}  # fmt: skip
COORDINATOR = {
    "coordinator_holder": "Involve", "coordinator_person": "Robin", "coordinator_email": "robin@example.org",
    "coordinator_scope": "Keep the list.", "coordinator_start": "2012-10-01", "coordinator_end": "2015-06-30",
    "coordinator_evidence": "Custom.",
}  # fmt: skip


def a_link(app: Flask) -> str:
    with app.app_context(), transaction():
        return f"/found/{links.make_link()}"


def at_step(client: FlaskClient, link: str, step: str, typed: dict[str, str]) -> dict[str, str]:
    """The values that the form of a step sends, after this input and as many presses of "Go on" as needed."""
    sent = {**defaults(opened(client, link).forms[-1]), **typed}
    while sent["step"] != step:
        answer = client.post(link, data={**sent, "go": "1"})
        assert answer.status_code == 200, Html(answer.text).text
        sent = defaults(Html(answer.text).forms[-1])
    return sent


def test_a_volunteer_founds_a_network_by_its_link(
    client: FlaskClient, app: Flask, time: clock.MovedClock
) -> None:
    link = a_link(app)
    done = send(client, link, {**TYPED, **SEAT, **COORDINATOR}, follow=False)
    assert (done.status_code, done.headers["Location"]) == (303, link)
    with app.app_context():
        assert db.session.scalars(select(Network)).one().zone == "Europe/London"
        assert db.session.scalars(select(Term)).one().evidence == "Minutes of 9 June 2014."
        assert db.session.scalars(select(Mandate)).one().scope == "Keep the list."
    page = opened(client, link)
    assert "What to do next" in page.text
    assert {"/uk/", "/sign-in", "/uk/settings", "/uk/join"} <= set(page.links)
    time.move(timedelta(days=4))
    assert "/uk/" in opened(client, link, 410).links


def test_a_link_gives_a_network_and_never_the_server(client: FlaskClient, app: Flask) -> None:
    """Whichever network it is, and whatever is sent with the form: operators are named on the command line."""
    for slug in ("uk", "second"):
        link = a_link(app)
        typed = {**defaults(opened(client, link).forms[-1]), **TYPED, **SEAT, "network_slug": slug}
        forged = {"operator_name": "Sam", "operator_email": "sam@example.org", "operator": "sam@example.org"}
        assert client.post(link, data={**typed, **forged}).location == link
    with app.app_context():
        assert db.session.scalars(select(OperatorGrant)).all() == []
        sam = db.session.scalars(select(Person).where(Person.name == "Sam")).one()
        network = db.session.scalars(select(Network).where(Network.slug == "second")).one()
        actor = acting(sam, network)
        assert (actor.is_officer, actor.is_operator) == (True, False)


def test_of_two_who_found_by_one_link_at_once_the_second_is_led_to_what_was_founded(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = a_link(app)
    sent = {**defaults(opened(client, link).forms[-1]), **TYPED}
    client.post(link, data=sent)
    again = client.post(link, data=sent)
    assert (again.status_code, again.location) == (303, link)
    monkeypatch.setattr(views, "_good", links.link_for)  # as if it had looked before the first was done
    meanwhile = client.post(link, data=sent)
    assert (meanwhile.status_code, meanwhile.location) == (303, link)
    with app.app_context():
        assert len(db.session.scalars(select(Network)).all()) == 1


def test_days_are_typed_as_on_any_other_page(client: FlaskClient, app: Flask) -> None:
    days = {"seat2_start": "Mon 9 June 2014", "seat2_end": "8/6/2016", "coordinator_end": "30 September 2015"}
    done = send(client, a_link(app), {**TYPED, **SEAT, **COORDINATOR, **days}, follow=False)
    assert done.status_code == 303
    with app.app_context():
        term, mandate = db.session.scalars(select(Term)).one(), db.session.scalars(select(Mandate)).one()
        assert (term.start, term.end) == (date(2014, 6, 9), date(2016, 6, 9))
        assert (mandate.start, mandate.end) == (date(2012, 10, 1), date(2015, 10, 1))


def test_opening_the_link_uses_nothing_up(client: FlaskClient, app: Flask) -> None:
    link = a_link(app)
    for _ in range(3):
        assert "Found a network" in opened(client, link).text


def test_each_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(
    client: FlaskClient, app: Flask
) -> None:
    link = a_link(app)
    typed = {**TYPED, **SEAT, "network_slug": "forum", "seat2_evidence": "", "contact_email": "nobody"}
    done = send(client, link, typed)
    assert done.status_code == 422
    assert 'id="seat2_evidence-error"' in done.text
    assert 'id="network_slug-error"' in done.text
    assert 'id="contact_email-error"' in done.text
    assert 'value="2014-06-09"' in done.text
    with app.app_context():
        assert db.session.scalars(select(Network)).all() == []
        assert links.is_good(links.link_for(link.rsplit("/", 1)[1]))


def test_a_taken_address_is_named_beside_its_field(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        a_network("uk")
    done = send(client, a_link(app), TYPED)
    assert done.status_code == 422
    assert "There is already a network called “uk” here." in done.text


def test_more_places_can_be_added_without_losing_what_was_typed(client: FlaskClient, app: Flask) -> None:
    link = a_link(app)
    places = at_step(client, link, "places", {**TYPED, **SEAT})
    done = client.post(link, data={**places, "more": "1"})
    assert done.status_code == 200
    assert "seat10_holder" in done.text
    assert "Minutes of 9 June 2014." in done.text


def test_the_rules_can_be_read_before_they_are_chosen(client: FlaskClient, app: Flask) -> None:
    link = a_link(app)
    page = Html(client.post(link, data={**defaults(opened(client, link).forms[-1]), **TYPED, "go": "1"}).text)
    for name in ("Loose", "Usual", "Strict"):
        assert f"Read the rules “{name}”" in page.text
    assert "Answers close at 18:00 on a working day." in page.text


def test_a_link_that_expired_says_what_to_do(client: FlaskClient, app: Flask, time: clock.MovedClock) -> None:
    link = a_link(app)
    time.move(timedelta(days=4))
    assert "govnet init" in opened(client, link, 410).text
    assert "govnet init" in opened(client, "/found/nothing", 410).text


def test_a_monitor_learns_whether_the_database_answers(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")
    monkeypatch.setattr(queries, "outage", lambda: UNREACHABLE)
    assert client.get("/healthz").status_code == 503


def test_only_the_operator_sees_how_the_server_is(client: FlaskClient, app: Flask) -> None:
    assert client.get("/operator").status_code == 303
    with app.app_context():
        sign_in(client, a_member(a_network()))
    assert "Only the operator of the server can" in opened(client, "/operator", 403).text


def test_the_operator_sees_queue_backups_and_networks(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        a_network()
        sign_in(client, an_operator())
    page = opened(client, "/operator")
    for words in (
        "Mails waiting",
        "None yet. On the server: govnet backup FILE",
        "The UK network",
        "Olu Operator",
        "Nothing is stuck.",
    ):
        assert words in page.text, words


def test_the_operator_stops_mail_and_releases_it_and_the_record_shows_both(
    client: FlaskClient, app: Flask
) -> None:
    with app.app_context():
        a_network()
        sign_in(client, an_operator())
    assert send(client, "/operator", {"why": ""}).status_code == 422
    send(client, "/operator", {"why": "The relay is being moved."})
    page = opened(client, "/operator")
    assert "The relay is being moved." in page.text
    send(client, "/operator", {}, action="/operator/drop-mail")
    send(client, "/operator", {}, action="/operator/release-mail")
    with app.app_context():
        assert mailings.line().held_at is None
        verbs = db.session.scalars(select(Entry.verb).order_by(Entry.id)).all()
        assert verbs == ["operator.mail-stopped", "operator.mail-dropped", "operator.mail-released"]


def test_a_rule_against_a_button_is_shown_on_its_page(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        sign_in(client, an_operator())
    sent = client.post("/operator/drop-mail", data=defaults(opened(client, "/operator").forms[-1]))
    assert (sent.status_code, sent.location) == (303, "/operator")
    assert "No mail is held." in opened(client, "/operator").text


def test_the_operator_sees_when_a_refused_line_is_tried_and_can_have_it_at_once(
    client: FlaskClient, app: Flask
) -> None:
    with app.app_context():
        a_network()
        sign_in(client, an_operator())
        with transaction():
            for _ in range(3):
                breaker.trouble(ServerAnswer(judge(SmtpStep.AUTH, 535, "5.7.8 wrong"), 535, "5.7.8 wrong"))
            until = mailings.line().not_before
    page = opened(client, "/operator")
    assert "5.7.8 wrong" in page.text
    assert f"tries again at {until:%H:%M} UTC" in page.text
    send(client, "/operator", {}, action="/operator/use-mail-server-again")
    assert "5.7.8 wrong" not in opened(client, "/operator").text
