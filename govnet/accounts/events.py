"""Events about people's own names, for the networks to know."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.people.models import Person
from govnet.record.events import Event, Visibility


class Renamed(Event):
    """Somebody changed their name; for members, since the public may never have seen either."""

    verb: ClassVar[str] = "accounts.renamed"
    sentence: ClassVar[Any] = _l("%(before)s is now called %(after)s")
    words_of: ClassVar[frozenset[str]] = frozenset({"before", "after"})
    visibility: ClassVar[Visibility] = Visibility.MEMBERS
    subject: ClassVar[str] = "person"

    person: Person
    before: str
    after: str


class Erased(Event):
    """Somebody removed their name; the entry has no words, or it would undo its own effect."""

    verb: ClassVar[str] = "accounts.erased"
    sentence: ClassVar[Any] = _l("A former member removed their name from this site")
    subject: ClassVar[str] = "person"

    person: Person
