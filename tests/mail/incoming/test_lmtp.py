"""The door for mail: a mail server hands mail in by LMTP, and clients that mean harm get nowhere."""

from __future__ import annotations

import contextlib
import logging
import resource
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from govnet.extensions import db
from govnet.kernel.errors import Busy
from govnet.mail.incoming import inbox, intake, lmtp_listener, reply_handlers
from govnet.mail.incoming.inbox import LARGEST
from govnet.mail.incoming.lmtp import LmtpLimits
from govnet.mail.incoming.lmtp_address import listen_address
from govnet.mail.incoming.lmtp_listener import MailDoor
from govnet.mail.models import InboundMail
from govnet.operations.health import mail_checks

PATTERN = "replies+{token}@govnet.example.org"
LINES: list[socket.socket] = []
"""Connections of the test's own, closed at its end."""
MAIL = "From: nell@example.org\r\nMessage-ID: <{}@example.org>\r\nSubject: Re: Still there?\r\n\r\nYes\r\n"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@pytest.fixture
def taking(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A server whose settings say where mail comes in."""
    monkeypatch.setitem(app.config, "MAIL_REPLIES", PATTERN)
    monkeypatch.setitem(app.config, "LMTP_LISTEN", f"127.0.0.1:{_free_port()}")
    monkeypatch.setattr(lmtp_listener, "AGAIN", 0.1)
    return app


@pytest.fixture
def opened(taking: Flask) -> Iterator[Callable[..., MailDoor]]:
    """Opens the door, once or more often."""
    doors: list[MailDoor] = []

    def start(**limits: float) -> MailDoor:
        address = listen_address(taking.config["LMTP_LISTEN"])
        one = MailDoor(taking, address, LmtpLimits(**{"size": LARGEST, **limits}))  # type: ignore[arg-type]
        one.start()
        doors.append(one)
        _wait_until(lambda: _answers(taking))
        return one

    yield start
    for line in LINES:
        line.close()
    LINES.clear()
    for one in doors:
        one.stop()


def _answers(app: Flask) -> bool:
    with app.app_context():
        return mail_checks._door_answers(app.config["LMTP_LISTEN"])


def _wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def _server(app: Flask) -> smtplib.LMTP:
    address = listen_address(app.config["LMTP_LISTEN"])
    return smtplib.LMTP(
        address.path or address.host, address.port, local_hostname="mail.example.org", timeout=20
    )


def _line(app: Flask) -> socket.socket:
    address = listen_address(app.config["LMTP_LISTEN"])
    line = socket.create_connection((address.host, address.port), timeout=20)
    LINES.append(line)
    return line


def _ours(app: Flask, *ids: int) -> str:
    with app.app_context():
        return reply_handlers.address("confirm", *(ids or (1, 2)))


def _kept(app: Flask) -> list[tuple[str, bytes | None]]:
    with app.app_context():
        rows = db.session.scalars(select(InboundMail).order_by(InboundMail.id)).all()
        return [(row.recipient, row.raw) for row in rows]


def _say(line: socket.socket, *commands: bytes, until: bytes = b"") -> bytes:
    """Send all at once; read to an answer that begins with `until`, or until the other side ends or falls silent."""
    line.sendall(b"".join(commands))
    line.settimeout(20 if until else 0.5)
    said = b""
    with contextlib.suppress(TimeoutError, ConnectionError):
        while not until or not said.endswith(b"\n") or not said.splitlines()[-1].startswith(until):
            piece = line.recv(65_536)
            if not piece:
                break
            said += piece
    return said


def _begin(app: Flask, *recipients: str) -> bytes:
    """All that comes before a mail."""
    to = "".join(f"RCPT TO:<{each}>\r\n" for each in recipients or (_ours(app),))
    return f"LHLO mail.example.org\r\nMAIL FROM:<n@example.org>\r\n{to}DATA\r\n".encode()


def _codes(said: bytes) -> list[bytes]:
    return [each[:3] for each in said.splitlines()]


def test_a_mail_is_kept_before_it_is_answered_for(taking, opened) -> None:
    opened()
    with _server(taking) as server:
        assert server.sendmail("nell@example.org", [_ours(taking)], MAIL.format(1)) == {}
    ((recipient, raw),) = _kept(taking)
    assert recipient == _ours(taking)
    assert raw == b"Return-Path: <nell@example.org>\r\n" + MAIL.format(1).encode()


def test_it_offers_what_the_standard_asks_for_and_no_more(taking, opened) -> None:
    opened()
    with _server(taking) as server:
        server.ehlo()
        offered = set(server.esmtp_features)
    assert offered == {"size", "8bitmime", "pipelining", "enhancedstatuscodes", "help"}
    assert server.esmtp_features["size"] == str(LARGEST)


def test_each_recipient_is_answered_alone(taking, opened) -> None:
    opened()
    one, other, line = _ours(taking, 1, 2), _ours(taking, 3, 4), _line(taking)
    said = _say(line, _begin(taking, one, "nobody@govnet.example.org", other), until=b"354")
    assert _codes(said)[-5:] == [b"250", b"250", b"550", b"250", b"354"]
    assert _codes(_say(line, MAIL.format(1).encode(), b".\r\nQUIT\r\n", until=b"221")) == [
        b"250",
        b"250",
        b"221",
    ]
    assert [recipient for recipient, _raw in _kept(taking)] == [one, other]


def test_one_of_them_may_be_full_while_the_others_take_it(taking, opened, monkeypatch) -> None:
    opened()
    one, other, line = _ours(taking, 1, 2), _ours(taking, 3, 4), _line(taking)
    monkeypatch.setattr(inbox, "MOST_A_DAY", 1)
    _say(line, _begin(taking, one), until=b"354")
    _say(line, MAIL.format(1).encode(), b".\r\n", until=b"250")
    _say(line, _begin(taking, one, other), until=b"354")
    said = _say(line, MAIL.format(2).encode(), b".\r\nQUIT\r\n", until=b"221")
    assert _codes(said) == [b"451", b"250", b"221"]
    assert [recipient for recipient, _raw in _kept(taking)] == [one, other]


def test_the_same_mail_handed_in_twice_is_kept_once(taking, opened) -> None:
    opened()
    for _ in range(2):
        with _server(taking) as server:
            server.sendmail("nell@example.org", [_ours(taking)], MAIL.format(1))
    assert len(_kept(taking)) == 1


def test_a_report_that_nobody_sent_is_taken_as_such(taking, opened) -> None:
    opened()
    with _server(taking) as server:
        server.sendmail("", [_ours(taking)], MAIL.format(1))
    assert (_kept(taking)[0][1] or b"").startswith(b"Return-Path: <>\r\n")


@pytest.mark.parametrize(
    "error", [Busy("no"), OperationalError("", {}, Exception("away")), MemoryError(), ValueError("a fault")]
)
def test_while_it_cannot_be_kept_the_mail_server_has_to_try_again(taking, opened, monkeypatch, error) -> None:
    opened()

    def fails(raw: bytes, recipient: str) -> None:
        raise error

    monkeypatch.setattr(intake, "store", fails)
    with _server(taking) as server, pytest.raises(smtplib.SMTPDataError) as refused:
        server.sendmail("nell@example.org", [_ours(taking)], MAIL.format(1))
    assert refused.value.smtp_code == 451
    monkeypatch.undo()


def test_a_mail_that_is_too_large_is_refused_before_and_after_it_came(taking, opened) -> None:
    opened(size=5_000)
    to = _ours(taking), _ours(taking, 3, 4)
    with _server(taking) as server:
        server.ehlo()
        assert server.docmd("MAIL", "FROM:<nell@example.org> SIZE=5001")[0] == 552
        server.rset()
        server.docmd("MAIL", "FROM:<nell@example.org>")
        for each in to:
            server.docmd("RCPT", f"TO:<{each}>")
        server.putcmd("DATA")
        assert server.getreply()[0] == 354
        server.send(b"x" * 200_000 + b"\r\n.\r\n")
        assert [server.getreply()[0] for _ in to] == [552, 552]
        assert server.noop()[0] == 250
    assert _kept(taking) == []


def test_an_address_that_is_too_much_for_one_mail_waits(taking, opened) -> None:
    opened(recipients=2)
    with _server(taking) as server:
        server.ehlo()
        server.mail("nell@example.org")
        codes = [server.rcpt(_ours(taking, number, number))[0] for number in range(1, 5)]
    assert codes == [250, 250, 452, 452]


def test_commands_that_come_all_at_once_are_answered_in_their_order(taking, opened) -> None:
    opened()
    line, begin = _line(taking), _begin(taking, _ours(taking), "nobody@example.org")
    _say(line, begin, until=b"354")
    said = _say(line, MAIL.format(1).encode(), b".\r\n", begin.partition(b"\n")[2], until=b"354")
    assert _codes(said) == [b"250", b"250", b"250", b"550", b"354"]
    said = _say(line, MAIL.format(2).encode(), b".\r\nQUIT\r\n", until=b"221")
    assert _codes(said) == [b"250", b"221"]
    assert len(_kept(taking)) == 2


AS_IT_IS = {
    "an empty mail": (b"", b""),
    "one dot more at each beginning": (b"..\r\n...a\r\nb.\r\n", b".\r\n..a\r\nb.\r\n"),
    "bare line ends are no end": (b"a\n.\nMAIL FROM:<x@example.org>\n\r.\r\n", b"a\n.\nMAIL FROM:<x@example.org>\n\r.\r\n"),
    "a line of 3 MB": (b"x" * 3_000_000 + b"\r\n", b"x" * 3_000_000 + b"\r\n"),
    "no letters": (bytes(range(256)) * 3 + b"\r\n", bytes(range(256)) * 3 + b"\r\n"),
    "half a line end at a border": (b"x" * 65_533 + b"\r\n" * 40, b"x" * 65_533 + b"\r\n" * 40),
}  # fmt: skip


@pytest.mark.parametrize("name", AS_IT_IS)
def test_a_mail_comes_through_as_it_is(taking, opened, name: str) -> None:
    opened()
    sent, kept = AS_IT_IS[name]
    line = _line(taking)
    _say(line, _begin(taking), until=b"354")
    assert _codes(_say(line, sent, b".\r\n", until=b"2")) == [b"250"]
    assert _kept(taking)[0][1] == b"Return-Path: <n@example.org>\r\n" + kept


def test_half_a_mail_is_no_mail(taking, opened) -> None:
    one = opened()
    for half in (b"", b"From: n@example.org\r\n\r\nYes\r\n", b"x" * 300_000, b"Yes\r\n."):
        line = _line(taking)
        _say(line, _begin(taking), until=b"354")
        line.sendall(half)
        line.close()
    _wait_until(lambda: not one.room.lines)
    assert (_kept(taking), one.room.held) == ([], 0)


NONSENSE = [
    b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
    b"\0\0\0\r\n" * 50,
    b"\xff\xfe\r\n",
    b"LHLO " + b"x" * 100_000 + b"\r\n",
    b"x" * 1_000_000,
    b"EHLO mail\r\nHELO mail\r\nAUTH PLAIN AAAA\r\nSTARTTLS\r\n",
    b"LHLO mail\r\nMAIL FROM:<\xc3\xa9@example.org> SMTPUTF8\r\nRCPT TO:<a@b>\r\nDATA\r\n",
    b"LHLO mail\r\nMAIL FROM:<n@example.org>\r\nRCPT TO:<>\r\nRCPT TO:<\"\r\nRCPT TO:\r\nDATA\r\n",
    b"LHLO mail\r\nMAIL FROM:<n@example.org> SIZE=99999999999999999999\r\nMAIL FROM:x y z\r\nDATA now\r\n",
    b"LHLO mail\r\nVRFY someone\r\nEXPN list\r\nHELP\r\nHELP DATA\r\nNOOP\r\nRSET\r\n",
]  # fmt: skip


def test_nonsense_is_refused_and_the_door_stands(taking, opened, caplog) -> None:
    one = opened(seconds=3.0)
    caplog.set_level(logging.DEBUG)
    for words in NONSENSE:
        with _line(taking) as line:
            said = _say(line, words)
        assert not any(each.startswith((b"354", b"235", b"334")) for each in said.splitlines()), words
        assert all(each[3:4] in (b" ", b"-") for each in said.splitlines()), words
    _wait_until(lambda: not one.room.lines)
    assert _kept(taking) == []
    with _server(taking) as server:
        server.sendmail("nell@example.org", [_ours(taking)], MAIL.format(1))
    assert len(_kept(taking)) == 1
    assert "example.org" not in caplog.text


def test_clients_who_say_nothing_or_read_nothing_are_sent_away(taking, opened) -> None:
    one = opened(seconds=0.5)
    _silent, slow, deaf = _line(taking), _line(taking), _line(taking)
    _say(slow, _begin(taking), until=b"354")
    deaf.setblocking(False)
    with contextlib.suppress(BlockingIOError, ConnectionError):
        while True:
            deaf.send(b"NOOP\r\n" * 10_000)
    _wait_until(lambda: not one.room.lines)
    assert _kept(taking) == []


def test_there_are_only_so_many_at_once(taking, opened) -> None:
    one = opened(connections=3)
    _wait_until(lambda: not one.room.lines)
    lines = [_line(taking) for _ in range(3)]
    _wait_until(lambda: len(one.room.lines) == 3)
    with _line(taking) as late:
        assert _say(late).startswith(b"421 4.3.2")
    for line in lines:
        line.close()
    _wait_until(lambda: not one.room.lines)
    with _server(taking) as server:
        assert server.noop()[0] == 250


def test_mails_that_come_together_have_so_much_memory_and_no_more(taking, opened) -> None:
    one = opened(together=1_000_000)
    lines = [_line(taking) for _ in range(3)]
    for line in lines:
        _say(line, _begin(taking), until=b"354")
        line.sendall(b"x" * 600_000)
    _wait_until(lambda: one.room.held > 400_000)
    said = [_say(line, b"\r\n.\r\n", until=b"")[:3] for line in lines]
    assert sorted(set(said)) in ([b"452"], [b"250", b"452"])
    assert one.room.held == 0


@pytest.mark.parametrize(("lines", "answer"), [(5_000_000, b"250"), (10_000_000, b"552")])
def test_millions_of_line_ends_take_little_memory_and_time(taking, opened, lines: int, answer: bytes) -> None:
    opened()
    line, text = _line(taking), b"\r\n" * lines
    _say(line, _begin(taking), until=b"354")
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert _codes(_say(line, text, b".\r\n", until=answer)) == [answer]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 160_000  # KB
    assert time.process_time() - began < 20  # not by the square of the lines


def test_a_mail_in_hand_is_finished_when_the_worker_ends(taking, opened, monkeypatch) -> None:
    one = opened()
    store, entered, go = intake.store, threading.Event(), threading.Event()

    def slow(raw: bytes, recipient: str) -> InboundMail:
        entered.set()
        assert go.wait(10)
        return store(raw, recipient)

    monkeypatch.setattr(intake, "store", slow)
    idle, busy = _line(taking), _line(taking)
    _say(idle, b"LHLO mail\r\n")
    _say(busy, _begin(taking), until=b"354")
    busy.sendall(MAIL.format(1).encode() + b".\r\n")
    assert entered.wait(10)
    ending = threading.Thread(target=one.stop)
    ending.start()
    assert _say(idle).startswith(b"421")
    go.set()
    ending.join(10)
    assert not ending.is_alive()
    said = _say(busy)
    assert said.startswith(b"250")
    assert b"421" in said
    assert len(_kept(taking)) == 1
    with pytest.raises(OSError, match="refused"):
        _line(taking)


@pytest.mark.parametrize("kind", ["port", "socket"])
def test_of_several_workers_one_listens_and_another_takes_its_place(
    taking, monkeypatch, tmp_path: Path, caplog, kind: str
) -> None:
    if kind == "socket":
        monkeypatch.setitem(taking.config, "LMTP_LISTEN", f"unix:{tmp_path}/lmtp")
        (tmp_path / "lmtp").touch()  # a dead worker's
    address = listen_address(taking.config["LMTP_LISTEN"])
    first, second = (MailDoor(taking, address, LmtpLimits(LARGEST)) for _ in range(2))
    first.start()
    _wait_until(lambda: _answers(taking))
    second.start()
    _wait_until(lambda: second._said != "")
    first.stop()
    _wait_until(lambda: _answers(taking))
    with _server(taking) as server:
        server.sendmail("nell@example.org", [_ours(taking)], MAIL.format(1))
    second.stop()
    assert len(_kept(taking)) == 1
    assert not _answers(taking)


def test_doctor_says_when_nobody_listens(taking, opened) -> None:
    with taking.app_context():
        well, words = mail_checks.mail_in()
        assert not well
        assert taking.config["LMTP_LISTEN"] in words
    opened()
    with taking.app_context():
        assert mail_checks.mail_in() == (True, "nothing has come yet")


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:8024",
        "localhost:8024",
        "[::1]:8024",
        "10.1.2.3:24",
        "192.168.7.1:65535",
        "unix:/run/govnet/lmtp",
    ],
)
def test_it_stands_on_this_machine_or_in_its_network(text: str) -> None:
    assert str(listen_address(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "8024", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:smtp", "0.0.0.0:8024", "[::]:8024",
     "93.184.216.34:8024", "mail.example.org:8024", "unix:", "unix:lmtp", "unix:/" + "x" * 120, "127.0.0.1:٣",
     "224.0.0.1:8024", ":8024"],
)  # fmt: skip
def test_it_stands_nowhere_else(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        listen_address(text)
