"""What happens to a charter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.charter.models import CharterVersion, Network
from govnet.charter.rules import Charter
from govnet.kernel.actor import Act
from govnet.record.events import Event


@dataclass(frozen=True, kw_only=True)
class CharterFound(Event):
    """The rules as they were when the network began to be kept here."""

    verb: ClassVar[str] = "charter.found"
    sentence: ClassVar[Any] = _l("%(actor)s wrote down our rules as they were.")
    subject: ClassVar[str] = "charter"

    charter: CharterVersion
    digest: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class CharterChanged(Event):
    """A decision put new rules into force."""

    verb: ClassVar[str] = "charter.changed"
    sentence: ClassVar[Any] = _l("Our rules changed: version %(number)s holds from now on.")
    subject: ClassVar[str] = "charter"

    charter: CharterVersion
    number: int
    adopted_by: str
    digest: str
    changed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RulesAdopted:
    """Emitted when a decision has changed the rules, so that what they say of the network itself becomes so."""

    network: Network
    rules: Charter
    adopted_by: str
    act: Act
