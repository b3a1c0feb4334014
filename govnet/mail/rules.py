"""The states of a delivery, the times of its tries, and what an SMTP server's answer counts against."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class DeliveryState(StrEnum):
    """Where one mail to one address stands. SMTP cannot know "delivered", so there is no such state."""

    QUEUED = "queued"
    IN_HAND = "in_hand"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    HELD = "held"


WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.IN_HAND, DeliveryState.DEFERRED, DeliveryState.HELD})
MISSED = frozenset(
    {DeliveryState.FAILED, DeliveryState.SUPPRESSED, DeliveryState.CANCELLED, DeliveryState.EXPIRED}
)


class Priority(IntEnum):
    """Which mail goes first when many wait: somebody sits in front of the sign-in page, nobody before a
    digest.
    """

    SIGN_IN = 0
    VOTE = 10
    PERSONAL = 20
    ANNOUNCEMENT = 30
    DISCUSSION = 40
    DIGEST = 50


LIFETIME = timedelta(days=5)
SHORT_RESTS = 2
"""After more failures in a row the line rests so long that somebody who waits for a mail should know."""
_RESTS = tuple(timedelta(seconds=s) for s in (5, 30, 60, 300, 900))
_RESTS_WHEN_REFUSED = tuple(timedelta(minutes=m) for m in (5, 15, 30, 60))
_WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
MOST_LOST_LEASES = 3


def wait(tries: int, dice: float) -> timedelta:
    """How long to wait after this many failed tries (1, 5, 15, 60 min, then 4 h), a fifth more or less by
    `dice` in [0, 1).
    """
    return _WAITS[min(max(tries, 1), len(_WAITS)) - 1] * (0.8 + 0.4 * dice)


def rest(troubles: int) -> timedelta:
    """How long the line is left alone after this many failures in a row: short at first, since people wait
    for sign-in links; a quarter of an hour at most.
    """
    return _RESTS[min(max(troubles, 1), len(_RESTS)) - 1]


def rest_when_refused(refusals: int) -> timedelta:
    """The pause after so many refusals in a row before one mail is tried: an hour at most."""
    beyond = min(max(refusals - LINE_REFUSALS_TO_TRIP, 0), len(_RESTS_WHEN_REFUSED) - 1)
    return _RESTS_WHEN_REFUSED[beyond]


def last_moment(made: datetime, not_after: datetime | None) -> datetime:
    """The instant after which a mail is not worth sending: five days, or sooner if it has its own limit (RFC 5321,
    4.5.4.1).
    """
    limit = made + LIFETIME
    return limit if not_after is None else min(limit, not_after)


def next_try(tries: int, *, now: datetime, limit: datetime, dice: float) -> datetime | None:
    """When a deferred mail is tried again, or None where that would be too late."""
    moment = now + wait(tries, dice)
    return moment if moment < limit else None


class SmtpStep(StrEnum):
    """How far the talk with the server had come when it answered."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"


class Against(StrEnum):
    """The target of an answer: nobody, this address, the whole mailing, or the line to the server."""

    NOBODY = "nobody"
    ROW = "row"
    MAILING = "mailing"
    CONNECTION = "connection"


class Why(StrEnum):
    """The cause in a form for which pages have a sentence."""

    NONE = "none"
    ADDRESS_GONE = "address_gone"
    MAILBOX_FULL = "mailbox_full"
    REFUSED_US = "refused_us"
    REFUSED_CONTENT = "refused_content"
    SIGN_IN = "sign_in"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNKNOWN = "unknown"


BLAMES_US = frozenset({Why.REFUSED_US, Why.REFUSED_CONTENT})
PASSING = frozenset({Why.BUSY, Why.NO_ANSWER, Why.SIGN_IN, *BLAMES_US})
"""Troubles that other mail settings may correct."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The meaning of one answer: the row's next state, what it counts against, and whether trying again can
    help.
    """

    state: DeliveryState
    against: Against
    why: Why
    permanent: bool = False


def comes_back(verdict: Verdict, *, personal: bool) -> bool:
    """Whether a mail that was refused for good is tried again nevertheless: the server refuses us and not
    its address, or the content of a mail to one person, who has no other way to get it.
    """
    if verdict.state is not DeliveryState.FAILED:
        return False
    return verdict.why is Why.REFUSED_US or (personal and verdict.why is Why.REFUSED_CONTENT)


def blames_the_line(verdict: Verdict, *, personal: bool) -> bool:
    """Whether an answer means that the next mail fares no better: no connection, no sign-in, our sender refused, a
    pause asked for, or a mail that the program wrote to one person refused because it comes from us.
    """
    if verdict.against is Against.CONNECTION:
        return True
    if verdict.against is not Against.MAILING:
        return False
    return verdict.state is DeliveryState.QUEUED or (personal and verdict.why is Why.REFUSED_US)


ACCEPTED = Verdict(DeliveryState.ACCEPTED, Against.NOBODY, Why.NONE)
UNSENDABLE = Verdict(DeliveryState.FAILED, Against.ROW, Why.UNKNOWN, permanent=True)
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
_NOBODY_THERE = re.compile(
    r"no such (user|recipient|mailbox|address)|unknown (user|recipient|address)"
    r"|(user|recipient|address|mailbox) (is )?(unknown|not found|does(n't| not) exist)",
    re.IGNORECASE,
)


_SIGN_IN_FIRST = frozenset({530, 534, 535, 538})
"""RFC 4954, 6: the server wants us to sign in, or to do so in another way."""
_NO_RELAY = re.compile(r"relay(ing)?( access)? (denied|not permitted|not allowed|prohibited)", re.IGNORECASE)


def enhanced(words: str) -> tuple[int, int, int] | None:
    """The enhanced status code at the head of a server's answer (RFC 3463), if it gave one."""
    found = _ENHANCED.match(words)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def judge(step: SmtpStep, code: int | None, words: str = "") -> Verdict:
    """The meaning of a server's answer; `code` None is a timeout or a dropped line (RFC 5321, 4.2 and 3463)."""
    if step in (SmtpStep.CONNECT, SmtpStep.AUTH):
        return _judge_line(step, code)
    if code is None:
        return Verdict(DeliveryState.DEFERRED, Against.CONNECTION, Why.NO_ANSWER)
    if code == 421:
        return Verdict(DeliveryState.QUEUED, Against.MAILING, Why.BUSY)
    if step is SmtpStep.MAIL:
        why = Why.REFUSED_US if code >= 500 else Why.BUSY
        return Verdict(DeliveryState.QUEUED, Against.MAILING, why, permanent=code >= 500)
    return _judge_row(step, code, words)


def _judge_line(step: SmtpStep, code: int | None) -> Verdict:
    why = Why.NO_ANSWER if code is None else Why.SIGN_IN if step is SmtpStep.AUTH else Why.BUSY
    return Verdict(DeliveryState.QUEUED, Against.CONNECTION, why, permanent=code is not None and code >= 500)


def _judge_row(step: SmtpStep, code: int, words: str) -> Verdict:
    if 200 <= code < 300:
        return ACCEPTED
    status = enhanced(words)
    full = status is not None and status[1:] == (2, 2)
    if code < 500:
        why = Why.MAILBOX_FULL if full or (code == 452 and status is None) else Why.BUSY
        return Verdict(DeliveryState.DEFERRED, Against.ROW, why)
    if code in _SIGN_IN_FIRST or _NO_RELAY.search(words) or (status is not None and status[1] == 7):
        return Verdict(DeliveryState.FAILED, Against.MAILING, Why.REFUSED_US, permanent=True)
    if _gone(status, words):
        return Verdict(DeliveryState.FAILED, Against.ROW, Why.ADDRESS_GONE, permanent=True)
    if full:
        return Verdict(DeliveryState.FAILED, Against.ROW, Why.MAILBOX_FULL, permanent=True)
    if step is SmtpStep.DATA:
        return Verdict(DeliveryState.FAILED, Against.MAILING, Why.REFUSED_CONTENT, permanent=True)
    return Verdict(DeliveryState.FAILED, Against.ROW, Why.UNKNOWN, permanent=True)


def _gone(status: tuple[int, int, int] | None, words: str) -> bool:
    if status is None:
        return bool(_NOBODY_THERE.search(words))
    return status[1] == 1 or status[1:] == (2, 1)


REFUSALS_TO_TRIP = 20
SAME_REFUSALS_TO_TRIP = 5
LINE_REFUSALS_TO_TRIP = 3
RETURNS_TO_SUPPRESS = 5


def trips(*, tried: int, refused: int, blamed_in_a_row: int) -> bool:
    """Whether a mailing goes so badly that a person must look: every third of at least 20 refused, or the
    mail itself five times running.
    """
    if blamed_in_a_row >= SAME_REFUSALS_TO_TRIP:
        return True
    return refused >= REFUSALS_TO_TRIP and refused * 3 > tried


def line_trips(permanent_in_a_row: int) -> bool:
    """Whether the server refuses us for good (a wrong password, for example), so that asking again does harm."""
    return permanent_in_a_row >= LINE_REFUSALS_TO_TRIP


def stops_writing(returned: int) -> bool:
    """Whether mail came back from an address so often, with none accepted in between, that we stop writing
    there.
    """
    return returned >= RETURNS_TO_SUPPRESS
