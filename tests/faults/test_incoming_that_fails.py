"""Mail that comes in while the database fails: the mail server tries again where nothing was kept, and all happens once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from govnet.cli import main
from govnet.extensions import db
from govnet.kernel.actor import Door as By
from govnet.kernel.clock import MovedClock
from govnet.kernel.duties import duties
from govnet.kernel.errors import Busy
from govnet.kernel.outage import note
from govnet.kernel.transaction import transaction
from govnet.mail.incoming import inbox, intake, reply_handlers
from govnet.mail.incoming.lmtp import LmtpLimits
from govnet.mail.incoming.lmtp_address import listen_address
from govnet.mail.incoming.lmtp_listener import MailDoor
from govnet.mail.models import Fate, InboundMail, Mail
from govnet.membership import duties as membership_duties
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.operations import mail_pipe
from tests.faults.failing import AFTER, BEFORE, Count, Step, drawn, failing, trouble
from tests.faults.kept import Kept, other
from tests.mailbox import mailbox
from tests.membership.people import a_network_with_rules
from tests.operations import due

DRAWN = 10
LATER = timedelta(minutes=20)
ROSTER = b"name,email,organisation,kind,as\nNell Found,nell@example.org,,individual,member\n"
WORK = ("read mail", "sweep mail", "tell", "send")
Way = Callable[[bytes, str], bool]
"""Hands a mail in for an address; whether the mail server was told that it is taken."""


def _mail(text: str = "Yes", sender: str = "nell@example.org", **fields: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = sender, "Re: Are you still?", "<once@example.org>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


COMES = {
    "confirm": {
        "a yes": _mail(),
        "what is no yes": _mail("I would rather talk about it first."),
        "a yes from another address": _mail(sender="stranger@example.org"),
        "an answer by a machine": _mail("I am away.", Auto_Submitted="auto-replied"),
        "a report that mail came back": b"Return-Path: <>\r\n" + _mail("It came back."),
        "from nobody": b"Message-ID: <once@example.org>\r\nSubject: Yes\r\n\r\nYes\r\n",
        "too tangled to read": (
            b"From: nell@example.org\r\nMessage-ID: <once@example.org>\r\n"
            b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * 30_000
        ),
    }
}
"""Every kind of mail that comes in, by the purpose of the address that it comes to."""


@pytest.mark.usefixtures("context")
def test_every_purpose_of_an_address_has_mails_that_are_tried() -> None:
    assert set(COMES) == set(reply_handlers._handlers())


class Post(Kept):
    """A server to which mail comes; somebody from an old list was asked."""

    def __init__(self, app: Flask, time: MovedClock) -> None:
        super().__init__(app)
        self.time = time
        asked = select(Mail.contact).where(Mail.template == "membership/confirm_membership")
        self.to = db.session.scalars(asked).one()
        self.keep()
        self.at = time.at

    def restore(self) -> None:
        super().restore()
        self.time.move(to=self.at)

    def waiting(self) -> int:
        found = db.session.scalar(select(func.count()).select_from(InboundMail)) or 0
        db.session.remove()
        return found

    def work(self) -> None:
        """The worker reads, tells and sends until nothing is left, once what was put off is due again."""
        named = {duty.name: duty for duty in duties()}
        for _ in range(2):
            self.time.move(LATER)
            for name in WORK:
                while named[name].run():
                    db.session.remove()
        db.session.remove()


@pytest.fixture
def post(
    context: None, app: Flask, time: MovedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Post]:
    monkeypatch.setitem(app.config, "MAIL_REPLIES", due.REPLIES)
    for name, value in {
        "MAIL_REPLIES": due.REPLIES,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SQLITE_SYNCHRONOUS": "OFF",
    }.items():
        monkeypatch.setenv(name, value)
    network = a_network_with_rules()
    with transaction():
        imports.import_roster(network, read_roster(ROSTER).rows, go=True, via=By.CLI)
    membership_duties.ask_found()
    with mailbox(app, tmp_path):
        yield Post(app, time)
    note(None)


@contextlib.contextmanager
def by_lmtp(app: Flask, step: Step | None) -> Iterator[tuple[Count, Way]]:
    """The worker's door; the answer to the mail server is 250 where it need not try again."""
    door = MailDoor(app, listen_address("127.0.0.1:8024"), LmtpLimits(inbox.LARGEST))
    answers = {"250": True, "451": False}
    with failing(db.engine, step) as count, contextlib.closing(door._loop):
        yield count, lambda raw, to: answers[door._kept(raw, to)[:3]]


@contextlib.contextmanager
def by_pipe(app: Flask, step: Step | None) -> Iterator[tuple[Count, Way]]:
    """`govnet receive`, which has its own connection; it exits with 0 where the mail server need not try again."""
    count, codes, real = Count(), {0: True, 75: False}, mail_pipe._database

    def fail(what: str, number: int) -> None:
        if step == Step(what, number):
            raise trouble(db.engine)

    @contextlib.contextmanager
    def database(config: Any, begin: str) -> Iterator[inbox.Run]:
        with real(config, begin) as run:

            def counted(statement: str, values: Mapping[str, object]) -> Any:
                count.statements += 1
                fail("statement", count.statements)
                return run(statement, values)

            yield counted
            count.commits += 1
            fail(BEFORE, count.commits)
        fail(AFTER, count.commits)

    def hand_in(raw: bytes, to: str) -> bool:
        db.session.remove()
        done = CliRunner().invoke(main, ["receive", to], input=raw)
        assert bool(done.stderr) == bool(done.exit_code), done.output
        assert len(done.stderr.splitlines()) <= 1, done.stderr
        return codes[done.exit_code]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail_pipe, "_database", database)
        yield count, hand_in


WAYS = {"LMTP": by_lmtp, "pipe": by_pipe}


def test_a_mail_that_meets_a_failing_database_is_kept_once_or_tried_again(post: Post) -> None:
    raw = COMES["confirm"]["a yes"]
    for name, way in WAYS.items():
        post.restore()
        with way(post.app, None) as (count, hand_in):
            assert hand_in(raw, post.to)
        kept = post.state()
        for step in count.steps():
            post.restore()
            with way(post.app, step) as (_count, hand_in):
                said, there = hand_in(raw, post.to), post.waiting()
                where = f"by {name}, failing at {step}"
                assert said <= bool(there), f"{where}: taken, and not kept"
                assert there == (said or step.what == AFTER), f"{where}: {there} kept, and to be tried again"
                assert hand_in(raw, post.to), where
            assert other(post.state(), kept) == {}, where


def test_a_mail_that_is_read_while_the_database_fails_is_done_once_and_whole(post: Post) -> None:
    trials: list[tuple[str, bytes, Step, dict[str, Any]]] = []
    fates = set()
    for name, raw in COMES["confirm"].items():
        post.restore()
        _store(raw, post)
        with failing(db.engine) as count:
            intake.run()
        post.work()
        fates.add(db.session.scalars(select(InboundMail.fate)).one())
        trials += [(name, raw, step, post.state()) for step in count.steps()]
    assert fates == set(Fate) - {Fate.WAITING}
    wrong = [
        one
        for name, raw, step, state in drawn(trials, DRAWN, "mails that come in")
        for one in _read_while_failing(post, name, raw, step, state)
    ]
    assert not wrong, "\n".join(wrong)


def _store(raw: bytes, post: Post) -> None:
    with failing(db.engine):
        intake.store(raw, post.to)
    db.session.remove()


def _read_while_failing(
    post: Post, name: str, raw: bytes, step: Step, state: dict[str, Any]
) -> Iterator[str]:
    post.restore()
    _store(raw, post)
    with failing(db.engine, step), contextlib.suppress(DBAPIError, Busy):
        intake.run()
    db.session.remove()
    _store(raw, post)  # as a mail server does that did not hear the answer
    post.work()
    for what, more in other(post.state(), state).items():
        yield f"{name}, read while failing at {step}: {what} {more}"
