"""Events of letters. Signatures are for members; the letter itself shows them to everybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.letters.models import Letter
from govnet.record.events import Event, Visibility


class _AboutLetter(Event):
    subject: ClassVar[str] = "letter"
    words_of: ClassVar[frozenset[str]] = frozenset({"title"})

    letter: Letter
    title: str


class LetterOpened(_AboutLetter):
    """Somebody asks others to sign a letter."""

    verb: ClassVar[str] = "letters.opened"
    sentence: ClassVar[Any] = _l("%(actor)s opened a letter for signing: “%(title)s”")
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "addressed_to"})

    addressed_to: str
    deadline: datetime
    digest: str


class LetterChanged(LetterOpened):
    """The author changed the text before anybody else had signed."""

    verb: ClassVar[str] = "letters.changed"
    sentence: ClassVar[Any] = _l(
        "%(actor)s changed the letter “%(title)s” before anybody else had signed it."
    )

    version: int


class LetterSigned(_AboutLetter):
    """A member, or an organisation, put their name under it."""

    verb: ClassVar[str] = "letters.signed"
    sentence: ClassVar[Any] = _l("%(party)s signed the letter “%(title)s”")
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "party"})
    visibility: ClassVar[Visibility] = Visibility.MEMBERS

    party: str
    organisation: int | None


class SignatureTakenBack(LetterSigned):
    """A name was taken back while that could be done."""

    verb: ClassVar[str] = "letters.taken_back"
    sentence: ClassVar[Any] = _l("%(party)s took their name back from the letter “%(title)s”")


class LetterClosed(_AboutLetter):
    """It takes no more names: the deadline passed."""

    verb: ClassVar[str] = "letters.closed"
    sentence: ClassVar[Any] = _l(
        "The letter “%(title)s” is closed for signing. Members: %(members)s; organisations: "
        "%(organisations)s."
    )

    members: int
    organisations: int
    digest: str


class LetterClosedEarly(LetterClosed):
    """Its author closed it before the deadline, and said why."""

    verb: ClassVar[str] = "letters.closed_early"
    sentence: ClassVar[Any] = _l(
        "%(actor)s closed the letter “%(title)s” early. Members: %(members)s; organisations: "
        "%(organisations)s."
    )
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "reason"})

    reason: str


class LetterWithdrawn(_AboutLetter):
    """Its author took it back before it was sent."""

    verb: ClassVar[str] = "letters.withdrawn"
    sentence: ClassVar[Any] = _l("%(actor)s took the letter “%(title)s” back.")
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "reason"})

    reason: str


class LetterSent(_AboutLetter):
    """It went to its addressee."""

    verb: ClassVar[str] = "letters.sent"
    sentence: ClassVar[Any] = _l("The letter “%(title)s” was sent on %(sent_on)s.")
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "how"})

    sent_on: date
    how: str
    reply_due: date | None
    members: int
    organisations: int


class ReplyOverdue(_AboutLetter):
    """The day on which a reply was due has gone by."""

    verb: ClassVar[str] = "letters.overdue"
    sentence: ClassVar[Any] = _l("No reply to the letter “%(title)s” had come by %(reply_due)s.")

    reply_due: date


class ReplyCame(_AboutLetter):
    """A reply came."""

    verb: ClassVar[str] = "letters.answered"
    sentence: ClassVar[Any] = _l("A reply to the letter “%(title)s” came on %(replied_on)s.")

    replied_on: date
    digest: str
    url: str
