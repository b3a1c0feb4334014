"""One line to the mail server: Flask-Mail's own connection, with the time limits and answers it leaves
out.
"""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from flask import current_app
from flask_mail import Connection

from govnet.mail.headers import plain
from govnet.mail.rules import ACCEPTED, UNSENDABLE, SmtpStep, Verdict, judge

TIMEOUT = 30.0
_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """The server's answer, and its meaning. `code` None is a timeout or a dropped line."""

    verdict: Verdict
    code: int | None
    words: str


class LineDown(Exception):
    """No mail can be sent now: the server is away or does not let us in. `answer` says why."""

    def __init__(self, answer: ServerAnswer) -> None:
        super().__init__(answer.words)
        self.answer = answer


class _Talk(smtplib.SMTP):
    """smtplib keeps to itself what the server says when it takes a mail, and parses each address anew; ours are bare already."""

    said: tuple[int, bytes]

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """Send the sender of the mail (RFC 5321, 4.1.1.2)."""
        return self.docmd("MAIL", " ".join([f"FROM:<{sender}>", *options]))

    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """Send the recipient of the mail (RFC 5321, 4.1.1.3)."""
        return self.docmd("RCPT", " ".join([f"TO:<{recip}>", *options]))

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over the content; `said` is the answer."""
        self.said = super().data(msg)
        return self.said


class _SecureTalk(_Talk, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


class ServerConnection(Connection):
    """A connection that waits 30 s a step at most, checks certificates, and can be closed when the server
    has gone.
    """

    host: smtplib.SMTP | None

    def __init__(self, settings: Any, *, timeout: float = TIMEOUT, our_name: str | None = None) -> None:
        super().__init__(settings)
        self.timeout = timeout
        self.our_name = our_name

    def __enter__(self) -> Self:
        """Connect, greet and sign in; raises LineDown."""
        try:
            super().__enter__()
        except (OSError, smtplib.SMTPException, ValueError, OverflowError) as error:
            raise LineDown(_line_answer(error)) from error
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Say goodbye if anybody is there to hear it; never raises."""
        host, self.host = self.host, None
        if host is None:
            return
        try:
            host.quit()
        except (OSError, smtplib.SMTPException):
            host.close()

    @property
    def open(self) -> bool:
        """Whether the next mail can go over this line."""
        return self.host is not None and self.host.sock is not None

    def configure_host(self) -> smtplib.SMTP:
        """Flask-Mail's steps with a time limit, certificates checked, and the line closed where a step
        fails.
        """
        host = self._connect()
        try:
            if self.mail.use_tls and not self.mail.use_ssl:
                host.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                self._sign_in(host)
            host.ehlo_or_helo_if_needed()
        except BaseException:
            host.close()
            raise
        return host

    def _sign_in(self, host: smtplib.SMTP) -> None:
        try:
            host.login(self.mail.username, self.mail.password)
        except UnicodeError as error:
            words = "MAIL_USERNAME or MAIL_PASSWORD has letters that cannot be sent"
            raise smtplib.SMTPAuthenticationError(535, words) from error

    def _connect(self) -> smtplib.SMTP:
        place = (self.mail.server, self.mail.port)
        if not self.mail.use_ssl:
            return _Talk(*place, local_hostname=self.our_name, timeout=self.timeout)
        context = ssl.create_default_context()
        return _SecureTalk(*place, local_hostname=self.our_name, timeout=self.timeout, context=context)

    def takes_from(self, sender: str) -> ServerAnswer:
        """The server's answer to our sender; no mail is sent. Raises LineDown outside the context."""
        if self.host is None:
            raise LineDown(_answer(SmtpStep.CONNECT, None, "not connected"))
        try:
            code, words = self.host.mail(sender)
            if code == 250:
                self.host.rset()
        except (OSError, smtplib.SMTPException) as error:
            return self._failed(error)
        answer = _answer(SmtpStep.MAIL, code, words)
        return answer if code != 250 else ServerAnswer(ACCEPTED, code, answer.words)

    def deliver(self, sender: str, recipient: str, message: bytes) -> ServerAnswer:
        """Hand one mail to the server for one address, and return its answer. Never raises for anything a
        server does.
        """
        if self.host is None:
            raise LineDown(_answer(SmtpStep.CONNECT, None, "not connected"))
        try:
            refused = self.host.sendmail(sender, [recipient], message)
        except (OSError, smtplib.SMTPException) as error:
            return self._failed(error)
        if refused:
            return _refusal(refused)
        return _answer(SmtpStep.DATA, *getattr(self.host, "said", (250, "")))

    def _failed(self, error: Exception) -> ServerAnswer:
        answer = _row_answer(error)
        if answer.code in (None, 421):
            self._drop()
        return answer

    def _drop(self) -> None:
        if self.host is not None:
            self.host.close()


def unsendable(words: str) -> ServerAnswer:
    """The answer for a mail that cannot even be put together: it fails alone."""
    return ServerAnswer(UNSENDABLE, None, words[:_MOST_WORDS])


def open_line(*, timeout: float = TIMEOUT) -> ServerConnection:
    """A line with the app's settings, to be used as a context manager."""
    name = current_app.config.get("MAIL_DOMAIN")
    return ServerConnection(current_app.extensions["mail"], timeout=timeout, our_name=name)


def switched_off() -> bool:
    """Whether the app is set to send nothing, in which case nothing may be claimed either."""
    return bool(current_app.extensions["mail"].suppress)


def _answer(step: SmtpStep, code: int | None, words: str | bytes) -> ServerAnswer:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    text = plain(text)[:_MOST_WORDS]
    return ServerAnswer(judge(step, code, text), code, text)


def _line_answer(error: Exception) -> ServerAnswer:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _answer(SmtpStep.AUTH, error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _answer(SmtpStep.AUTH, 504, str(error))
    if isinstance(error, ssl.SSLCertVerificationError):
        return _answer(SmtpStep.AUTH, 554, f"certificate: {error.verify_message}")
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(SmtpStep.CONNECT, error.smtp_code, error.smtp_error)
    return _answer(SmtpStep.CONNECT, None, str(error) or type(error).__name__)


def _row_answer(error: Exception) -> ServerAnswer:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _refusal(error.recipients)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _answer(SmtpStep.MAIL, error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPHeloError):
        return _answer(SmtpStep.CONNECT, error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(SmtpStep.DATA, error.smtp_code, error.smtp_error)
    return _answer(SmtpStep.DATA, None, str(error) or type(error).__name__)


def _refusal(refused: dict[str, tuple[int, bytes]]) -> ServerAnswer:
    code, words = next(iter(refused.values()))
    return _answer(SmtpStep.RCPT, code, words)
