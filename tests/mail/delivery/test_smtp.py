"""One line to a mail server, over a real socket on loopback."""

import socket
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from govnet.demo.caught import caught
from govnet.demo.mailbox import Catcher
from govnet.mail.delivery.smtp import LineDown, ServerConnection
from govnet.mail.rules import Against, DeliveryState, Why
from tests.mail.servers import Free, Moody, running

MAIL = b"To: bob@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: Hello\r\n\r\nHello.\r\n.\r\nA lone dot above.\r\n"


def settings(port, **others):
    return SimpleNamespace(
        **{
            "server": "127.0.0.1",
            "port": port,
            "use_ssl": False,
            "use_tls": False,
            "username": None,
            "password": None,
            "debug": 0,
            "suppress": False,
        }
        | others
    )


def line(port, timeout=5.0, **others):
    return ServerConnection(settings(port, **others), timeout=timeout, our_name="govnet.example.org")


@pytest.fixture
def moody():
    with running(Free(Moody())) as port:
        yield port


@contextmanager
def a_server_that_says(*lines):
    """A socket that greets with these lines and then says nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def greet():
            try:
                peer, _ = server.accept()
            except OSError:
                return
            held.append(peer)
            for text in lines:
                peer.sendall(text.encode() + b"\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        yield server.getsockname()[1]
        for peer in held:
            peer.close()
    thread.join(5)


def test_a_mail_arrives_byte_for_byte(tmp_path):
    with running(Catcher(tmp_path)) as port, line(port) as c:
        answer = c.deliver("us@example.org", "bob@example.org", MAIL)
    assert answer.verdict.state is DeliveryState.ACCEPTED
    (mail,) = caught(tmp_path)
    assert mail.raw() == MAIL
    assert mail.headers()["X-Envelope-To"] == "<bob@example.org>"


def test_a_second_run_of_the_catcher_keeps_the_mails_of_the_first(tmp_path):
    for _ in range(2):
        with running(Catcher(tmp_path)) as port, line(port) as c:
            c.deliver("us@example.org", "bob@example.org", MAIL)
    assert [mail.number for mail in caught(tmp_path)] == [2, 1]


@pytest.mark.parametrize(
    ("sender", "to", "content", "state", "why"),
    [
        ("us", "gone", MAIL, DeliveryState.FAILED, Why.ADDRESS_GONE),
        ("us", "later", MAIL, DeliveryState.DEFERRED, Why.BUSY),
        ("us", "blocked", MAIL, DeliveryState.FAILED, Why.REFUSED_US),
    ],
)
def test_after_a_refusal_the_next_mail_still_goes(moody, sender, to, content, state, why):
    with line(moody) as c:
        answer = c.deliver(f"{sender}@example.org", f"{to}@example.org", content)
        assert (answer.verdict.state, answer.verdict.why) == (state, why)
        assert c.open
        assert c.deliver("us@example.org", "bob@example.org", MAIL).verdict.state is DeliveryState.ACCEPTED


def test_a_server_that_is_busy_ends_the_line_and_leaves_the_mail_unharmed(moody):
    with line(moody) as c:
        answer = c.deliver("us@example.org", "busy@example.org", MAIL)
        assert (answer.verdict.state, answer.verdict.against) == (DeliveryState.QUEUED, Against.MAILING)
        assert not c.open


def test_a_dropped_line_is_noticed_and_closing_it_raises_nothing(moody):
    with line(moody) as c:
        answer = c.deliver("us@example.org", "drop@example.org", MAIL)
        assert (answer.verdict.state, answer.verdict.against) == (DeliveryState.DEFERRED, Against.CONNECTION)
        assert answer.code is None
        assert not c.open


def test_a_server_that_falls_silent_is_given_up():
    greeting = ("220 hello", "250 hello", "250 sender ok")
    with a_server_that_says(*greeting) as port, line(port, timeout=0.3) as c:
        answer = c.deliver("us@example.org", "bob@example.org", MAIL)
        assert answer.verdict.why is Why.NO_ANSWER
        assert not c.open


def test_a_server_that_never_greets_is_given_up():
    with a_server_that_says() as port, pytest.raises(LineDown) as down, line(port, timeout=0.3):
        pass
    assert down.value.answer.verdict.against is Against.CONNECTION


def test_a_closed_port_is_reported():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(LineDown) as down, line(port):
        pass
    assert down.value.answer.code is None
    assert not down.value.answer.verdict.permanent


def test_a_wrong_password_is_known_as_such():
    answers = ("220 hello", "250-hello", "250 AUTH PLAIN", "535 5.7.8 wrong")
    with (
        a_server_that_says(*answers) as port,
        pytest.raises(LineDown) as down,
        line(port, username="a", password="b"),
    ):
        pass
    assert down.value.answer.verdict.why is Why.SIGN_IN
    assert down.value.answer.verdict.permanent


def test_asking_for_encryption_where_there_is_none_sends_nothing(moody):
    with pytest.raises(LineDown) as down, line(moody, use_tls=True):
        pass
    assert down.value.answer.verdict.permanent


def test_a_server_that_refuses_us_is_distinguished_from_one_that_refuses_an_address():
    handler = Moody()
    handler.refuse_sender = True
    with running(Free(handler)) as port, line(port) as c:
        answer = c.deliver("us@example.org", "bob@example.org", MAIL)
    assert (answer.verdict.state, answer.verdict.against) == (DeliveryState.QUEUED, Against.MAILING)


def test_a_mail_refused_for_its_content_counts_against_the_mailing():
    handler = Moody()
    handler.mood = "spam"
    with running(Free(handler)) as port, line(port) as c:
        answer = c.deliver("us@example.org", "bob@example.org", MAIL)
    assert (answer.verdict.state, answer.verdict.against) == (DeliveryState.FAILED, Against.MAILING)
