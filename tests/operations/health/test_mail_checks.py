"""The doctor says what the sender would meet: over the same line, with the same certificate and sign-in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from govnet.cli import main
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import PROGRAM, SHELL, Door
from govnet.kernel.errors import NotAllowed
from govnet.kernel.transaction import transaction
from govnet.mail.delivery import breaker, mailings, sender, smtp
from govnet.mail.models import Delivery
from govnet.mail.rules import DeliveryState, SmtpStep, judge
from govnet.operations import operators, sample_mail
from govnet.operations.health import mail_checks
from govnet.operations.models import WorkerBeat
from govnet.record.models import Entry
from govnet.sign_in.models import SignInLink
from govnet.sign_in.rules import LINK_LASTS
from tests.builders import a_network, a_person, an_operator
from tests.mail.delivery.test_breaker import TABLE, grudging
from tests.mail.servers import Free, Grudging, Moody, Secured, a_certificate, running
from tests.mailbox import mailbox, text
from tests.pages import send


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The app's mail settings; as before afterwards."""
    mail = app.extensions["mail"]
    for name in ("server", "port", "use_tls", "use_ssl", "username", "password", "suppress"):
        monkeypatch.setattr(mail, name, getattr(mail, name))
    mail.server = "127.0.0.1"
    return mail


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def signs_in(settings: Any, trusted: None) -> Any:
    """Settings of STARTTLS and the right password."""
    settings.use_tls, settings.username, settings.password = True, "govnet", "right"
    return settings


@pytest.fixture
def run(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    monkeypatch.setattr(main, "create_app", lambda: app)
    return lambda *words: CliRunner().invoke(main, list(words))


def senders_verdict() -> bool:
    """Whether the sender itself would hand over a mail."""
    try:
        with smtp.open_line(timeout=2) as line:
            return line.deliver("us@example.org", "ann@example.org", b"Subject: x\r\n\r\nx\r\n").code == 250
    except smtp.LineDown:
        return False


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(("step", "said"), [row for row in TABLE if row[0] not in ("RCPT", "DATA", "END")])
def test_the_doctor_and_the_sender_agree_on_each_refusal(
    signs_in: Any, certificate: Path, step: str, said: str
) -> None:
    with running(Secured(grudging(step, said), certificate)) as signs_in.port:
        well, words = mail_checks.smtp()
        assert (well, senders_verdict()) == (False, False)
    assert f"127.0.0.1:{signs_in.port}" in words
    if said != "drop" and step != "EHLO":
        assert said.partition(" ")[2].partition(" ")[2] in words


@pytest.mark.usefixtures("context")
def test_a_server_that_takes_us_is_well_and_gets_no_mail(signs_in: Any, certificate: Path) -> None:
    server = Grudging()
    with running(Secured(server, certificate)) as signs_in.port:
        assert mail_checks.smtp() == (True, f"127.0.0.1:{signs_in.port} answers 250")
    assert server.taken == []


@pytest.mark.usefixtures("context")
def test_a_certificate_that_nobody_vouches_for_is_named_and_no_password_is_sent(
    settings: Any, certificate: Path
) -> None:
    settings.use_tls, settings.username, settings.password = True, "govnet", "right"
    server = Grudging(AUTH="235 2.7.0 welcome")
    with running(Secured(server, certificate)) as settings.port:
        well, words = mail_checks.smtp()
        assert not senders_verdict()
    assert (well, server.asked) == (False, 0)
    assert "certificate" in words


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    "host", ["relay.example.org", "10.0.0.7", "192.168.1.1", "2001:db8::1", "localhost.example.org"]
)
def test_a_password_is_not_sent_in_plain_text_to_another_machine(settings: Any, host: str) -> None:
    settings.server, settings.username, settings.password = host, "govnet", "right"
    well, words = mail_checks.smtp()
    assert not well
    assert "plain text: set MAIL_USE_TLS=1" in words


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_on_the_same_machine_it_may_be(settings: Any, certificate: Path, host: str) -> None:
    settings.server, settings.username, settings.password = host, "govnet", "right"
    with running(Secured(Grudging(), certificate)) as settings.port:
        assert mail_checks.smtp()[0]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("name", "password", "said"),
    [("govnet", None, "MAIL_USERNAME is set and MAIL_PASSWORD is not"),
     ("govnet", "", "MAIL_USERNAME is set and MAIL_PASSWORD is not"),
     (None, "right", "MAIL_PASSWORD is set and MAIL_USERNAME is not")],
)  # fmt: skip
def test_half_a_sign_in_is_named(settings: Any, name: Any, password: Any, said: str) -> None:
    settings.username, settings.password = name, password
    well, words = mail_checks.smtp()
    assert not well
    assert words.startswith(said)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server", "a..example.org"),
        ("server", ".example.org"),
        ("server", "x" * 70),
        ("port", 99_999),
        ("password", "grün"),
    ],
)
def test_settings_that_no_server_is_asked_with_are_a_sentence_for_doctor_and_sender(
    signs_in: Any, certificate: Path, name: str, value: Any
) -> None:
    with running(Secured(Grudging(), certificate)) as signs_in.port:
        setattr(signs_in, name, value)
        well, words = mail_checks.smtp()
        assert not well
        assert str(value) not in words or name != "password"
        assert not senders_verdict()


@contextmanager
def a_worker(app: Flask) -> Iterator[None]:
    """A worker that sends, and says that it lives."""
    with app.app_context(), transaction():
        db.session.add(WorkerBeat(host="here", pid=1, at=clock.now(), release="0"))
    ending = threading.Event()

    def work() -> None:
        while not ending.wait(0.05):
            with app.app_context():
                sender.run()

    thread = threading.Thread(target=copy_context().run, args=(work,))
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(20)


def test_an_accepted_mail_is_reported_with_the_server_s_answer(
    run: Callable[..., Result], app: Flask, signs_in: Any, certificate: Path
) -> None:
    server = Grudging()
    with running(Secured(server, certificate)) as signs_in.port, a_worker(app):
        done = run("doctor", "--mail", "Ann@Example.org")
    assert done.exit_code == 0, done.output
    assert server.taken == ["ann@example.org"]
    assert "at most 60 seconds" in done.output
    assert "ok    mail: " in done.output
    assert "250 2.0.0 Ok: queued as 4F2A" in done.output


@pytest.mark.parametrize(("step", "said"), TABLE)
def test_a_refused_mail_is_reported_with_the_server_s_answer(
    run: Callable[..., Result], app: Flask, signs_in: Any, certificate: Path, step: str, said: str
) -> None:
    with running(Secured(grudging(step, said), certificate)) as signs_in.port, a_worker(app):
        done = run("doctor", "--mail", "ann@example.org")
    assert done.exit_code == 1, done.output
    assert f"LOOK  mail: 127.0.0.1:{signs_in.port} " in done.output
    if said != "drop" and step != "EHLO":
        assert said.rpartition(" ")[2] in done.output


def test_an_address_that_is_not_there_is_refused_with_the_servers_words(
    run: Callable[..., Result], app: Flask, settings: Any
) -> None:
    with running(Free(Moody())) as settings.port, a_worker(app):
        done = run("doctor", "--mail", "gone@example.org")
    assert done.exit_code == 1
    assert "refused it: 550 5.1.1 no such user" in done.output


def test_where_no_mail_can_go_nothing_is_queued_and_nothing_waited_for(
    run: Callable[..., Result], app: Flask, settings: Any, time: clock.MovedClock
) -> None:
    def said() -> str:
        done = run("doctor", "--mail", "ann@example.org")
        assert done.exit_code == 1
        return str(done.output)

    assert "no worker takes it, because none is running" in said()
    with app.app_context(), transaction():
        db.session.add(WorkerBeat(host="here", pid=1, at=clock.now(), release="0"))
    time.move(sample_mail.ALIVE)
    assert "the last sign of life was 90 seconds ago" in said()
    with app.app_context(), transaction():
        for _ in range(3):
            breaker.trouble(smtp.ServerAnswer(judge(SmtpStep.AUTH, 535, "5.7.8 wrong"), 535, "5.7.8 wrong"))
        until = mailings.line().not_before
    assert f"refuses our mail: 5.7.8 wrong. govnet tries again at {until:%H:%M} UTC" in said()
    with app.app_context(), transaction():
        mailings.hold_all("This is a copy.")
    assert "mail is held: This is a copy." in said()
    settings.suppress = True
    assert "set to send no mail" in said()
    with app.app_context():
        assert db.session.scalars(select(Delivery)).all() == []


def test_a_mail_that_nothing_takes_is_waited_for_a_while_and_no_longer(
    app: Flask, settings: Any, context: Any
) -> None:
    with transaction():
        db.session.add(WorkerBeat(host="here", pid=1, at=clock.now(), release="0"))
    well, words = sample_mail.send("ann@example.org", patience=0.5)
    assert not well
    assert words.startswith("no worker took it within")
    assert db.session.scalars(select(Delivery.state)).all() == [DeliveryState.QUEUED]


@pytest.mark.parametrize("typed", ["nobody", "", "a@b@c", "ann@example.org\nBcc: x@example.org"])
def test_a_wrong_address_is_named_as_one(run: Callable[..., Result], typed: str) -> None:
    done = run("doctor", "--mail", typed)
    assert done.exit_code == 1
    assert "is not an e-mail address" in done.output


def test_an_operator_gets_a_link_on_the_server_once_and_the_record_shows_it(
    run: Callable[..., Result], app: Flask, client: Any, time: clock.MovedClock, tmp_path: Path
) -> None:
    with app.app_context():
        a_network("here")
        a_network("there")
        an_operator("Olu", email="olu@example.org")
    done = run("operator", "link", "Olu@Example.org")
    assert done.exit_code == 0, done.output
    path = "/sign-in/link/" + done.output.split("/sign-in/link/")[1].strip()
    with app.app_context():
        verbs = db.session.execute(select(Entry.network_id, Entry.verb, Entry.visibility)).all()
        assert [(verb, str(seen)) for _network, verb, seen in verbs] == [
            ("operator.link-printed", "public")
        ] * 2
        with mailbox(app, tmp_path) as box:
            box.deliver()
            assert "used its command line to print a link" in text(box.last_to("olu@example.org"))
    assert send(client, path, {}, follow=False).status_code == 303
    assert client.get("/operator").status_code == 200
    assert client.get(path).status_code == 410


def test_a_printed_link_ends_after_ten_minutes(
    run: Callable[..., Result], app: Flask, client: Any, time: clock.MovedClock
) -> None:
    with app.app_context():
        a_network("here")
        an_operator("Olu", email="olu@example.org")
    path = (
        "/sign-in/link/"
        + run("operator", "link", "olu@example.org").output.split("/sign-in/link/")[1].strip()
    )
    assert client.get(path).status_code == 200
    time.move(LINK_LASTS)
    assert client.get(path).status_code == 410


@pytest.mark.parametrize("address", ["kit@example.org", "nobody@example.org", "nonsense"])
def test_nobody_but_an_operator_gets_a_link(run: Callable[..., Result], app: Flask, address: str) -> None:
    with app.app_context():
        a_network("here")
        a_person("Kit", email="kit@example.org")
    done = run("operator", "link", address)
    assert done.exit_code == 1
    assert "Nobody who looks after the server has the address" in done.output
    with app.app_context():
        assert db.session.scalars(select(SignInLink)).all() == []
        assert db.session.scalars(select(Entry)).all() == []


def test_former_operators_get_no_link(run: Callable[..., Result], app: Flask) -> None:
    with app.app_context():
        a_network("here")
        an_operator("Olu", email="olu@example.org")
    run("operator", "take", "olu@example.org")
    assert run("operator", "link", "olu@example.org").exit_code == 1


@pytest.mark.parametrize("door", [door for door in Door if door is not Door.CLI])
def test_no_link_is_made_through_another_door(app: Flask, door: Door) -> None:
    with app.app_context():
        a_network("here")
        an_operator("Olu", email="olu@example.org")
        for by in (SHELL, PROGRAM):
            with pytest.raises(NotAllowed), transaction():
                operators.print_link("olu@example.org", by=by, via=door)
