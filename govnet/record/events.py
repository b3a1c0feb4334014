"""An action's report: an event, a frozen dataclass whose fields become an entry's facts and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from flask_babel import get_domain

from govnet.kernel.actor import Act
from govnet.kernel.frozen import Frozen
from govnet.kernel.models import Base, reference
from govnet.record.chain import stamp


class Visibility(StrEnum):
    """The readers of an entry's facts and words; its hash is for everybody."""

    PUBLIC = "public"
    MEMBERS = "members"
    COMMITTEE = "committee"
    SUBJECT = "subject"


class HasChain(Protocol):
    """The parts of a network that record() needs."""

    @property
    def id(self) -> int: ...
    @property
    def chain(self) -> str: ...


class Event(Frozen):
    """Subclass it in a feature's events.py, with a verb, a sentence and fields of its own.

    A field may be a row (kept as "table:key"), an instant, a day, text, a number, a fraction, or a list of these.
    Fields named in `words_of` are what a person may want erased: names as shown, reasons, titles they wrote.
    `sentence` has %(field)s for each, and %(actor)s; `subject` names the field that the event is about. Where it says
    how many, `counts` names the field with the number, and `sentence` is a pair: NN_("%(count)s post", "%(count)s posts").
    """

    verb: ClassVar[str]
    sentence: ClassVar[Any]
    words_of: ClassVar[frozenset[str]] = frozenset()
    visibility: ClassVar[Visibility] = Visibility.PUBLIC
    subject: ClassVar[str] = ""
    counts: ClassVar[str] = ""
    spoken_as: ClassVar[Mapping[str, Callable[[Any], str]]] = {}
    """Fields that its sentence shows otherwise than the entry holds them."""

    act: Act
    seen_by: Visibility | None = None
    """A narrower (or wider) visibility than the event's usual one, e.g. for a members' thread."""
    tell_from: datetime | None = None
    """The time from which its notices go out; None for at once. Until then withhold() keeps them back."""

    @classmethod
    def said(cls, values: Mapping[str, Any]) -> str:
        """The sentence with an entry's facts and words."""
        if not cls.counts:
            return str(cls.sentence) % values
        said: str = get_domain().get_translations().ungettext(*cls.sentence, int(values[cls.counts]))
        return said % values

    def facts(self) -> dict[str, Any]:
        """The canonical facts: version, verb, actor's id, authority, door, subject, and this event's own."""
        own = {k: v for k, v in self._own().items() if k not in self.words_of}
        about = {"subject": own.pop(self.subject)} if self.subject else {}
        act = {
            "actor": self.act.by.person_id,
            "authority": str(self.act.under),
            "door": self.act.via.value,
        }
        return {"v": 1, "verb": self.verb, **act, **about, **own}

    def words(self) -> dict[str, Any]:
        """The parts that may be erased: the actor's name as shown, and the fields named in words_of."""
        named = (
            {"actor": self.act.by.name} if self.seen() is not Visibility.PUBLIC or self.names_actor() else {}
        )
        return {**named, **{k: v for k, v in self._own().items() if k in self.words_of}}

    def seen(self) -> Visibility:
        """The readers of the entry: judged at the end of the transaction, when everything is as it will be read."""
        return self.seen_by or self.visibility

    def names_actor(self) -> bool:
        """Whether the public may know who did it; members read it in any case."""
        return True

    def _own(self) -> dict[str, Any]:
        return {
            name: plain(getattr(self, name)) for name in self.field_names if name not in Event.field_names
        }


def plain(value: Any) -> Any:
    """A value as JSON has it; rows by reference, instants and fractions as text."""
    if isinstance(value, Base):
        return reference(value)
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if value is None or isinstance(value, str | int | bool):
        return str(value) if isinstance(value, StrEnum) else value
    if hasattr(value, "__html__") or hasattr(value, "_args"):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong in the record")
