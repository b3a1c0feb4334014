"""However the mail server refuses, mail goes again by itself once it takes it: within an hour, or at once elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import transaction
from govnet.mail import queries, sweep
from govnet.mail.delivery import breaker, mailings, sender, smtp
from govnet.mail.delivery.breaker import Turn
from govnet.mail.headers import Address
from govnet.mail.models import Delivery, Mail, MailLine
from govnet.mail.outgoing import outbox
from govnet.mail.rules import DeliveryState, Priority, SmtpStep, judge, rest_when_refused
from tests import builders
from tests.mail.servers import Grudging, Secured, a_certificate, running

pytestmark = pytest.mark.usefixtures("context")
MINUTE = timedelta(minutes=1)

REPLIES = {
    "GREETING": ("421 4.3.2 busy", "554 5.7.1 not you"),
    "EHLO": ("421 4.3.2 busy", "550 5.7.1 not you", "drop"),
    "STARTTLS": ("454 4.7.0 not now", "502 5.5.1 no such thing", "drop"),
    "AUTH": ("454 4.7.0 not now", "535 5.7.8 wrong", "534 5.7.9 not like this", "drop"),
    "MAIL": ("421 4.3.2 busy", "451 4.3.0 not now", "550 5.7.1 not from you", "530 5.7.0 sign in", "drop"),
    "RCPT": (
        "421 4.3.2 busy",
        "451 4.3.0 not now",
        "554 5.7.1 Relay access denied",
        "550 relay not permitted",
        "550 5.7.1 not from you",
        "530 5.7.0 sign in",
        "drop",
    ),
    "DATA": ("421 4.3.2 busy", "451 4.3.0 not now", "554 5.7.1 not from you", "drop"),
    "END": ("421 4.3.2 busy", "452 4.3.1 full", "554 5.7.1 spam", "554 5.6.0 not this", "drop"),
}
TABLE = [(step, said) for step, replies in REPLIES.items() for said in replies]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that our own side trusts, too."""
    return a_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def settings(app: Flask, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The app's mail settings, of STARTTLS and a sign-in; as before afterwards."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mail = app.extensions["mail"]
    for name, value in {
        "server": "127.0.0.1",
        "use_tls": True,
        "username": "govnet",
        "password": "right",
    }.items():
        monkeypatch.setattr(mail, name, value)
    monkeypatch.setattr(mail, "port", mail.port)
    return mail


def a_mail(local: str = "ann") -> int:
    """A mail to one person waits to be sent; its id."""
    with transaction():
        return outbox.post(
            "accounts/nobody",
            to=Address(f"{local}@example.org"),
            context={"joins": [], "takes": [], "again": "https://example.org/sign-in"},
            priority=Priority.SIGN_IN,
        )


def the_worker() -> None:
    """One turn of what the worker does about mail."""
    sweep.run()
    sender.run()


def refused(server: Grudging, time: clock.MovedClock, times: int = 3) -> None:
    """The worker runs until the server has refused so often."""
    for _ in range(200):
        the_worker()
        if server.asked >= times:
            return
        time.move(MINUTE)
    raise AssertionError("the server was not asked")


def state_of(mail_id: int) -> DeliveryState:
    query = select(Delivery.state).where(Delivery.mail_id == mail_id)
    return db.session.scalars(query).one()


def line() -> MailLine:
    return db.session.get_one(MailLine, 1, populate_existing=True)


def all_is_well() -> bool:
    found = line()
    return not (found.tripped_at or found.not_before or found.troubles or queries.trouble().any)


def grudging(step: str, said: str) -> Grudging:
    return Grudging(**({"EHLO": said, "HELO": said} if step == "EHLO" else {step: said}))


@pytest.mark.parametrize(("step", "said"), TABLE)
def test_mail_refused_three_times_goes_within_an_hour_once_the_server_takes_it(
    settings: Any, certificate: Path, time: clock.MovedClock, step: str, said: str
) -> None:
    server = grudging(step, said)
    with running(Secured(server, certificate)) as settings.port:
        mail_id = a_mail()
        refused(server, time)
        server.says.clear()
        for _ in range(60):
            time.move(MINUTE)
            the_worker()
        assert server.taken == ["ann@example.org"]
    assert state_of(mail_id) is DeliveryState.ACCEPTED
    assert all_is_well()


@pytest.mark.parametrize(("step", "said"), TABLE)
def test_mail_refused_three_times_goes_at_once_under_other_settings(
    settings: Any, certificate: Path, time: clock.MovedClock, step: str, said: str
) -> None:
    server, other = grudging(step, said), Grudging()
    with running(
        Secured(other, certificate)
    ) as other_port:  # both at once, or the second may get the first one's port
        with running(Secured(server, certificate)) as settings.port:
            mail_id = a_mail()
            refused(server, time)
        settings.port = other_port
        sender.run()
        assert other.taken == ["ann@example.org"]
    assert state_of(mail_id) is DeliveryState.ACCEPTED
    assert all_is_well()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("password", "wrong"), ("username", "nobody"), ("server", "localhost"), ("use_tls", False), ("port", 1)],
)
def test_each_setting_that_was_wrong_is_tried_at_once_when_it_is_right(
    settings: Any,
    certificate: Path,
    time: clock.MovedClock,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    wrong: Any,
) -> None:
    server = Grudging(
        **({"MAIL": "530 5.7.0 Must issue a STARTTLS command first"} if name == "use_tls" else {})
    )
    with running(Secured(server, certificate)) as settings.port:
        right = getattr(settings, name)
        setattr(settings, name, wrong)
        mail_id = a_mail()
        for _ in range(60):
            the_worker()
            time.move(MINUTE)
        assert line().troubles >= 3
        assert server.taken == []
        server.says.clear()
        setattr(settings, name, right)
        sender.run()
    assert state_of(mail_id) is DeliveryState.ACCEPTED
    assert all_is_well()


def test_a_refused_line_is_tried_ever_more_seldom_and_by_one_mail_at_a_time(
    settings: Any, certificate: Path, time: clock.MovedClock
) -> None:
    server = Grudging(AUTH="535 5.7.8 wrong")
    with running(Secured(server, certificate)) as settings.port:
        for n in range(20):
            a_mail(f"p{n}")
        refused(server, time)
        seen = server.asked
        for _ in range(24 * 60):
            time.move(MINUTE)
            sender.run()
        assert server.asked - seen <= 4 + 24
        assert line().not_before - time.at <= timedelta(hours=1)
        server.says = {"MAIL": "550 5.7.1 not from you"}
        for rest in range(1, 4):
            time.move(timedelta(hours=1))
            before = server.asked
            for _ in range(5):
                sender.run()
            assert server.asked == before + 1, rest
        server.says.clear()
        time.move(timedelta(hours=1))
        for _ in range(10):
            the_worker()
        assert len(server.taken) == len(set(server.taken)) == 20
    assert all_is_well()


def test_only_one_of_several_senders_tries_a_line_that_rested(time: clock.MovedClock) -> None:
    answer = smtp.ServerAnswer(judge(SmtpStep.AUTH, 535, "wrong"), 535, "wrong")
    with transaction():
        for _ in range(3):
            breaker.trouble(answer)
    a_mail()
    lease = timedelta(seconds=150)
    assert breaker.turn(lease) is Turn.SHUT
    time.move(rest_when_refused(3))
    assert [breaker.turn(lease) for _ in range(3)] == [Turn.TRIAL, Turn.SHUT, Turn.SHUT]
    time.move(lease)
    assert breaker.turn(lease) is Turn.TRIAL


def test_of_senders_that_look_at_the_same_instant_one_tries(app: Flask, time: clock.MovedClock) -> None:
    with transaction():
        breaker.trouble(smtp.ServerAnswer(judge(SmtpStep.AUTH, 535, "wrong"), 535, "wrong"))
    a_mail()
    time.move(timedelta(hours=1))
    together, turns = threading.Barrier(3), []

    def look() -> None:
        with app.app_context():
            together.wait()
            turns.append(breaker.turn(timedelta(seconds=150)))

    threads = [threading.Thread(target=copy_context().run, args=(look,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(turn.value for turn in turns) == ["shut", "shut", "trial"]


def test_two_machines_with_different_settings_that_are_both_wrong_rest_together(
    settings: Any, certificate: Path, time: clock.MovedClock
) -> None:
    server = Grudging(AUTH="535 5.7.8 wrong")
    with running(Secured(server, certificate)) as settings.port:
        a_mail()
        refused(server, time)
        asked, tries = server.asked, line().troubles
        for turn in range(60):
            settings.password = f"wrong{turn % 2}"
            sender.run()
        assert line().troubles == tries + 2, line().words
        assert server.asked <= asked + 2


def test_a_line_that_is_held_is_not_tried_under_any_settings(
    settings: Any, certificate: Path, time: clock.MovedClock
) -> None:
    server = Grudging()
    with running(Secured(server, certificate)) as settings.port:
        a_mail()
        with transaction():
            mailings.hold_all("A copy.")
            breaker.note_settings()
        settings.password = "another"
        for _ in range(3):
            the_worker()
            time.move(timedelta(hours=2))
        assert server.taken == []


def test_the_row_keeps_no_password_and_too_few_digits_to_guess_one_by(settings: Any) -> None:
    with transaction():
        breaker.note_settings()
    kept = line().settings
    assert kept == breaker.mark()
    assert len(kept) == 4
    settings.password = "Right"
    assert breaker.mark() != kept


def test_a_person_who_stops_a_mailing_that_refusals_paused_is_obeyed(
    settings: Any, certificate: Path, time: clock.MovedClock
) -> None:
    server = Grudging(MAIL="550 5.7.1 not from you")
    with running(Secured(server, certificate)) as settings.port:
        mail_id = a_mail()
        refused(server, time)
        with transaction():
            mailings.pause(mail_id, by="Cory Coordinator")
        server.says.clear()
        for _ in range(5):
            time.move(timedelta(hours=1))
            the_worker()
        assert server.taken == []
        with transaction():
            mailings.resume(mail_id)
        sender.run()
        assert server.taken == ["ann@example.org"]


def test_the_operators_button_lets_everything_go_that_refusals_held(
    settings: Any, certificate: Path, time: clock.MovedClock
) -> None:
    server = Grudging(MAIL="550 5.7.1 not from you")
    operator = builders.acting(builders.an_operator(), builders.a_network())
    with running(Secured(server, certificate)) as settings.port:
        a_mail()
        refused(server, time)
        server.says.clear()
        assert queries.trouble().any
        with transaction():
            mailings.reset_line(operator)
        sender.run()
        assert server.taken == ["ann@example.org"]
    assert all_is_well()


def test_a_mail_that_is_refused_for_five_days_is_given_up(
    settings: Any, certificate: Path, time: clock.MovedClock
) -> None:
    server = Grudging(MAIL="550 5.7.1 not from you")
    with running(Secured(server, certificate)) as settings.port:
        mail_id = a_mail()
        for _ in range(6 * 24):
            the_worker()
            time.move(timedelta(hours=1))
    assert state_of(mail_id) is DeliveryState.EXPIRED
    sweep.run()
    assert db.session.get_one(Mail, mail_id, populate_existing=True).paused_at is None
