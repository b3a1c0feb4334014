"""The mail server at each of its replies, and the database under a sender: every mail is taken once, or failed with a reason."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import transaction
from govnet.mail import queries, sweep
from govnet.mail.delivery import sender
from govnet.mail.headers import Address
from govnet.mail.message import MailKind
from govnet.mail.models import Delivery
from govnet.mail.outgoing import outbox
from govnet.mail.outgoing.audience import Recipient
from govnet.mail.outgoing.notices import Notice
from govnet.mail.rules import DeliveryState, Priority, Why
from govnet.mail.volume import News
from tests import builders
from tests.faults.failing import ON_SQLITE, Step, drawn, failing
from tests.faults.kept import Kept
from tests.mail.servers import Grudging, Secured, a_certificate, running

DRAWN, DRAWN_STEPS = 9, 5
MANY = 45
"""Recipients of a mailing: more than are settled in two commits."""
TOGETHER = 20
"""Mails of which a sender may forget that they were taken, where the database fails after that."""
STEPS = ("GREETING", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "END", "QUIT")
SAYS = {
    "not now": "451 4.3.0 not now",
    "never": "554 5.7.1 not you",
    "busy and gone": "421 4.3.2 busy",
    "gone": "drop",
    "silent": "silence",
    "garbage": "\x00\x01 ?? 9",
}
FIVE_MINUTES = timedelta(minutes=5)
TURNS = 60
"""Of five minutes, in which a well server gets all: a line rests an hour at most, a mail four."""
Makes = Callable[[Network], int]


def _sign_in(_network: Network) -> int:
    return outbox.post(
        "accounts/nobody",
        to=Address("ann@example.org"),
        context={"joins": [], "takes": [], "again": "https://example.org/sign-in"},
        priority=Priority.SIGN_IN,
    )


def _to_several(network: Network, kind: MailKind, people: int) -> int:
    context = {"joins": [], "takes": [], "again": "https://example.org/sign-in"}
    notice = Notice(template="accounts/nobody", news=News.ANNOUNCEMENT, kind=kind, context=context)
    row = outbox.mail_row(notice, f"test:{kind}", network)
    to = [Recipient(f"p{n}@example.org", f"P{n}", "en") for n in range(people)]
    return outbox.enqueue(outbox.batch_of(notice, row, network, to))


MAILS: dict[str, Makes] = {
    "a sign-in": _sign_in,
    "a notice": lambda network: _to_several(network, MailKind.NOTICE, 2),
    "a mailing": lambda network: _to_several(network, MailKind.LIST, 3),
}


def test_each_kind_of_mail_is_tried() -> None:
    assert len(MAILS) == len(MailKind)


class Office(Kept):
    """Mail that waits, and a server to which it goes."""

    def __init__(self, app: Flask, time: MovedClock) -> None:
        super().__init__(app)
        self.time, self.at = time, time.at

    def holds(self, make: Makes, network: Network) -> None:
        """Every trial begins with this mail waiting."""
        with transaction():
            make(network)
        self.keep()

    def restore(self) -> None:
        super().restore()
        self.time.move(to=self.at)

    def work(self, *, turns: int = 1) -> None:
        """The worker's duties about mail, again and again, whether or not the database answers."""
        for _ in range(turns):
            with contextlib.suppress(DBAPIError, Busy):
                sweep.run()
            db.session.remove()
            with contextlib.suppress(DBAPIError, Busy):
                while sender.run():
                    pass
            db.session.remove()
            self.time.move(FIVE_MINUTES)

    def deliveries(self) -> dict[str, tuple[DeliveryState, Why]]:
        rows = db.session.execute(select(Delivery.address, Delivery.state, Delivery.why)).all()
        db.session.remove()
        return {address: (state, why) for address, state, why in rows}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def settings(app: Flask, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setitem(app.config, "MAIL_TIMEOUT", 0.4)
    mail = app.extensions["mail"]
    wanted = {
        "server": "127.0.0.1",
        "use_tls": True,
        "username": "govnet",
        "password": "right",
        "port": mail.port,
    }
    for name, value in wanted.items():
        monkeypatch.setattr(mail, name, value)
    return mail


def _grudging(step: str, said: str) -> dict[str, str]:
    return {"EHLO": said, "HELO": said} if step == "EHLO" else {step: said}


@pytest.mark.parametrize("name", [pytest.param(name, marks=ON_SQLITE) for name in MAILS])
def test_whatever_the_server_says_at_a_step_each_mail_is_taken_once_or_failed_with_a_reason(
    context: None, app: Flask, settings: Any, certificate: Path, time: MovedClock, name: str
) -> None:
    office = Office(app, time)
    office.holds(MAILS[name], builders.a_network())
    trials = [(step, how) for step in STEPS for how in SAYS]
    server = Grudging()
    with running(Secured(server, certificate)) as settings.port:
        wrong = [
            f"{name}, {step} {how}: {trouble}"
            for step, how in drawn(trials, DRAWN // len(MAILS), name)
            for trouble in _served(office, server, _grudging(step, SAYS[how]))
        ]
    assert not wrong, "\n".join(wrong)


def _served(office: Office, server: Grudging, says: dict[str, str]) -> Iterator[str]:
    office.restore()
    server.says, server.ids = says, []
    office.work(turns=4)
    server.says = {}
    office.work(turns=TURNS)
    yield from _amiss(office, server)
    if queries.trouble().any:
        yield f"the line does not count as well: {queries.trouble()}"
    db.session.remove()


def _amiss(office: Office, server: Grudging) -> Iterator[str]:
    """Mails that are neither taken once nor failed with a reason."""
    taken = Counter(address for address, _message_id in server.ids)
    for address, (state, why) in office.deliveries().items():
        if state not in (DeliveryState.ACCEPTED, DeliveryState.FAILED):
            yield f"{address} is {state} for good"
        if state is DeliveryState.FAILED and (why is Why.NONE or taken[address]):
            yield f"{address} is failed because of {why}, and was taken {taken[address]} times"
        if state is DeliveryState.ACCEPTED and taken[address] != 1:
            yield f"{address} was taken {taken[address]} times"


def test_while_the_server_is_away_altogether_mail_waits(
    context: None, app: Flask, settings: Any, certificate: Path, time: MovedClock
) -> None:
    office, server = Office(app, time), Grudging()
    office.holds(MAILS["a mailing"], builders.a_network())
    with running(Secured(server, certificate)) as settings.port:
        pass
    office.work(turns=4)
    with running(Secured(server, certificate)) as settings.port:
        office.work(turns=TURNS)
        assert not list(_amiss(office, server))


def test_where_the_database_fails_under_a_sender_only_what_was_just_taken_goes_twice(
    context: None, app: Flask, settings: Any, certificate: Path, time: MovedClock
) -> None:
    office, server = Office(app, time), Grudging()
    office.holds(lambda network: _to_several(network, MailKind.LIST, MANY), builders.a_network())
    with running(Secured(server, certificate)) as settings.port:
        with failing(db.engine) as count:
            office.work()
        assert len(server.ids) == len(set(server.ids)) == MANY
        wrong = [
            f"failing at {step}: {trouble}"
            for step in drawn(count.steps(), DRAWN_STEPS, "steps of a sender")
            for trouble in _sent_while_failing(office, server, step)
        ]
    assert not wrong, "\n".join(wrong)


def _sent_while_failing(office: Office, server: Grudging, step: Step) -> Iterator[str]:
    office.restore()
    server.ids = []
    with failing(db.engine, step):
        office.work()
    office.work(turns=TURNS)
    states = Counter(state for state, _why in office.deliveries().values())
    if states != {DeliveryState.ACCEPTED: MANY}:
        yield f"in the end {states}"
    taken = Counter(server.ids)
    if len(taken) != MANY or len({address for address, _message_id in taken}) != MANY:
        yield f"{len(taken)} mails to {MANY} people"
    twice = [address for (address, _message_id), times in taken.items() if times > 1]
    if max(taken.values()) > 2 or len(twice) > TOGETHER:
        yield f"more than once: {twice}"
