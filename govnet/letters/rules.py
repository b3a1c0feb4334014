"""When a letter takes names, and what may follow what. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.decisions.rules.deadlines import how_late, takes_answers
from govnet.kernel.messages import N_, Said, counted
from govnet.kernel.web_addresses import web_address

LONGEST = 365
"""Days for which a letter can be open at the most: after a year nobody remembers what they signed."""


class LetterState(StrEnum):
    """The life of a letter. `gathered` has all its names and is to be sent."""

    OPEN = "open"
    GATHERED = "gathered"
    SENT = "sent"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


UNSENT = frozenset({LetterState.OPEN, LetterState.GATHERED})


@dataclass(frozen=True)
class SignatureCount:
    """How many signed, each for themselves, and how many organisations."""

    members: int = 0
    organisations: int = 0

    @property
    def all(self) -> int:
        """All names together."""
        return self.members + self.organisations


def soonest(opened: datetime, charter: Charter, zone: ZoneInfo) -> date:
    """The first day whose closing hour leaves everybody the charter's days, by the wall clock."""
    wall = opened.astimezone(zone).replace(tzinfo=None) + timedelta(days=charter[p.LETTERS_DAYS])
    late = wall.time() > time(charter[p.CLOSING_HOUR])
    return wall.date() + timedelta(days=1 if late else 0)


def latest(opened: datetime, zone: ZoneInfo) -> date:
    """The last day to which a letter opened then can be open."""
    return opened.astimezone(zone).date() + timedelta(days=LONGEST)


def day_problem(day: date, opened: datetime, charter: Charter, zone: ZoneInfo) -> Said | None:
    """Why a letter opened then can't take names until this day, or nothing."""
    first, last = soonest(opened, charter, zone), latest(opened, zone)
    if day < first:
        return counted(
            "Everybody has at least %(num)s day to sign: choose %(first)s or later.",
            "Everybody has at least %(num)s days to sign: choose %(first)s or later.",
            charter[p.LETTERS_DAYS],
            first=first,
        )
    if day > last:
        return Said(
            N_("A letter can be open for a year at most: choose %(last)s or earlier."), {"last": last}
        )
    return None


def takes_names(state: LetterState, now: datetime, deadline: datetime) -> bool:
    """Whether names can be added and taken back: strictly before the deadline, and while it is open."""
    return state is LetterState.OPEN and takes_answers(now, deadline)


def why_no_names(state: LetterState, now: datetime, deadline: datetime) -> Said | None:
    """Why a name can't be added or taken back any more, or nothing while it can."""
    if takes_names(state, now, deadline):
        return None
    if state is LetterState.WITHDRAWN:
        return Said(N_("This letter was taken back by its author: nothing is sent in anybody’s name."))
    if state in (LetterState.SENT, LetterState.ANSWERED):
        return Said(N_("This letter has already been sent, with the names that were under it."))
    if now >= deadline:
        return Said(
            N_("This closed %(late)s ago. Your name was neither added nor taken back."),
            {"late": how_late(deadline, now)},
        )
    return Said(N_("Its author closed this letter early. It is sent with the names that are under it."))


def why_not_edited(state: LetterState, *, signed_by_others: bool) -> Said | None:
    """The reason why the text can no longer be changed, or nothing: signers know what they signed."""
    if state is not LetterState.OPEN:
        return Said(N_("The text of a closed letter stays as it was signed."))
    if signed_by_others:
        return Said(
            N_(
                "Somebody else has signed it, so its text can no longer be changed. You can take it back "
                "and start another."
            )
        )
    return None


def why_not_closed(state: LetterState) -> Said | None:
    """Why it can't be closed early, or nothing."""
    return None if state is LetterState.OPEN else Said(N_("It is already closed for signing."))


def why_not_withdrawn(state: LetterState) -> Said | None:
    """Why it can't be taken back, or nothing."""
    if state in UNSENT:
        return None
    if state is LetterState.WITHDRAWN:
        return Said(N_("It has already been taken back."))
    return Said(N_("A letter that has been sent can’t be taken back. You can write another letter."))


def why_not_sent(state: LetterState, count: SignatureCount) -> Said | None:
    """The reason why it can't be recorded as sent, or nothing."""
    if state is LetterState.OPEN:
        return Said(N_("It is still open for signing. It can be sent once it is closed."))
    if state is LetterState.WITHDRAWN:
        return Said(N_("It was taken back, so it is not sent."))
    if state in (LetterState.SENT, LetterState.ANSWERED):
        return Said(N_("It is already recorded that it was sent."))
    return None if count.all else Said(N_("Nobody signed it, so there is nothing to send."))


def sent_problems(
    sent_on: date, reply_due: date | None, *, closed_on: date, today: date
) -> Iterable[tuple[str, Said]]:
    """The mistakes in the days of a letter's sending, by field."""
    if sent_on < closed_on:
        yield (
            "sent_on",
            Said(
                N_("It was open for signing until %(day)s: choose that day or a later one."),
                {"day": closed_on},
            ),
        )
    elif sent_on > today:
        yield "sent_on", Said(N_("That day is in the future. Record it once the letter has been sent."))
    if reply_due is not None and reply_due <= sent_on:
        yield "reply_due", Said(N_("A reply is due after the letter was sent: choose a later day, or none."))


def why_not_answered(state: LetterState) -> Said | None:
    """The reason why a reply can't be recorded, or nothing."""
    if state is LetterState.SENT:
        return None
    if state is LetterState.ANSWERED:
        return Said(N_("A reply is already recorded."))
    if state is LetterState.WITHDRAWN:
        return Said(N_("It was taken back, so there is no reply to it."))
    return Said(N_("First record that it was sent, and when."))


def reply_problems(
    replied_on: date, text: str, url: str, *, sent_on: date, today: date
) -> Iterable[tuple[str, Said]]:
    """The mistakes in a reply, by field."""
    if replied_on < sent_on:
        yield (
            "replied_on",
            Said(N_("It was sent on %(day)s, so a reply can’t have come before that."), {"day": sent_on}),
        )
    elif replied_on > today:
        yield "replied_on", Said(N_("That day is in the future."))
    if url and web_address(url) is None:
        yield "url", Said(N_("This is not the address of a page. An address begins with https://"))
    if not text.strip() and not url.strip():
        yield "text", Said(N_("Enter what the reply says, or a link to it."))


def overdue(state: LetterState, reply_due: date | None, today: date) -> bool:
    """Whether the day of the reply has gone by without one."""
    return state is LetterState.SENT and reply_due is not None and reply_due < today
