"""Acts of an operator that everybody may know."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.charter.models import Network
from govnet.kernel.messages import NN_
from govnet.people.models import Person
from govnet.record.events import Event


class NetworkFounded(Event):
    """The network began to be kept here."""

    verb: ClassVar[str] = "network.founded"
    sentence: ClassVar[Any] = _l("%(actor)s founded %(name)s here, as it was at the time.")
    subject: ClassVar[str] = "founded"

    founded: Network
    name: str
    purpose: str


class SisterFound(Event):
    """A sister network that has started or is about to."""

    verb: ClassVar[str] = "network.sister-found"
    sentence: ClassVar[Any] = _l("%(actor)s recorded a sister network: %(name)s.")
    subject: ClassVar[str] = "sister"

    sister: Network
    name: str
    state: str


class OperatorGiven(Event):
    """Somebody looks after the server from now on."""

    verb: ClassVar[str] = "operator.given"
    sentence: ClassVar[Any] = _l("%(name)s looks after the server from now on: technical rights only.")
    words_of: ClassVar[frozenset[str]] = frozenset({"name"})
    subject: ClassVar[str] = "person"

    person: Person
    name: str


class OperatorTaken(Event):
    """Somebody no longer looks after the server."""

    verb: ClassVar[str] = "operator.taken"
    sentence: ClassVar[Any] = _l("%(name)s no longer looks after the server.")
    words_of: ClassVar[frozenset[str]] = frozenset({"name"})
    subject: ClassVar[str] = "person"

    person: Person
    name: str


class NamesRemoved(Event):
    """Names that only members may read were taken out of entries that the public could read."""

    verb: ClassVar[str] = "record.names_removed"
    sentence: ClassVar[Any] = NN_(
        "Names that only members may read were removed from %(count)s earlier entry.",
        "Names that only members may read were removed from %(count)s earlier entries.",
    )
    counts: ClassVar[str] = "count"
    subject: ClassVar[str] = "about"

    about: Network
    count: int
    last: int
    """The number of the last such entry."""


class BackupRestored(Event):
    """The data was put back to an earlier day; its mail waits for a person."""

    verb: ClassVar[str] = "operator.restored"
    sentence: ClassVar[Any] = _l(
        "%(actor)s restored a backup of %(taken)s. Mail is held until a person releases it."
    )

    taken: str
    erased_again: int


class MailReleased(Event):
    """Mail that waited goes out again."""

    verb: ClassVar[str] = "operator.mail-released"
    sentence: ClassVar[Any] = _l("%(actor)s let mail go out again.")

    why_held: str


class MailStopped(Event):
    """No mail goes out until a person releases it."""

    verb: ClassVar[str] = "operator.mail-stopped"
    sentence: ClassVar[Any] = _l("%(actor)s stopped all mail: %(why)s")
    words_of: ClassVar[frozenset[str]] = frozenset({"why"})

    why: str


class MailDropped(Event):
    """The mail that was waiting when mail was held is not sent."""

    verb: ClassVar[str] = "operator.mail-dropped"
    sentence: ClassVar[Any] = NN_(
        "%(actor)s deleted %(count)s mail that was waiting.",
        "%(actor)s deleted %(count)s mails that were waiting.",
    )
    counts: ClassVar[str] = "count"

    count: int


class LineReset(Event):
    """After many errors the mail server is used again."""

    verb: ClassVar[str] = "operator.line-reset"
    sentence: ClassVar[Any] = _l("%(actor)s let the mail server be used again.")


class LinkPrinted(Event):
    """Somebody who looks after the server can sign in without a mail."""

    verb: ClassVar[str] = "operator.link-printed"
    sentence: ClassVar[Any] = _l(
        "%(actor)s printed a link that signs in %(name)s, who looks after the server. It works once, for "
        "ten minutes."
    )
    words_of: ClassVar[frozenset[str]] = frozenset({"name"})
    subject: ClassVar[str] = "person"

    person: Person
    name: str


class ClockConfirmed(Event):
    """The server's clock is right, though nothing was recorded for long."""

    verb: ClassVar[str] = "operator.clock-confirmed"
    sentence: ClassVar[Any] = _l(
        "%(actor)s confirmed that the server’s clock is right. Everything due since %(newest)s can close now."
    )

    newest: date


class KeysAccepted(Event):
    """Keys of the server were changed on purpose."""

    verb: ClassVar[str] = "operator.keys-accepted"
    sentence: ClassVar[Any] = _l(
        "%(actor)s said that these settings of the server were changed on purpose: %(which)s."
    )

    which: str
