"""Events of a charter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.charter.models import CharterVersion, Network
from govnet.charter.rules import Charter
from govnet.kernel.actor import Act
from govnet.record.events import Event


class CharterFound(Event):
    """The rules as they were when the network began to be kept here."""

    verb: ClassVar[str] = "charter.found"
    sentence: ClassVar[Any] = _l("%(actor)s recorded our rules as they were.")
    subject: ClassVar[str] = "charter"

    charter: CharterVersion
    digest: str
    evidence: str


class CharterChanged(Event):
    """A decision put new rules into force."""

    verb: ClassVar[str] = "charter.changed"
    sentence: ClassVar[Any] = _l("Our rules changed: version %(number)s is in force from now on.")
    subject: ClassVar[str] = "charter"

    charter: CharterVersion
    number: int
    adopted_by: str
    digest: str
    changed: Sequence[str] = ()


@dataclass(frozen=True)
class RulesAdopted:
    """Emitted when a decision has changed the rules, so that those about the network itself take effect."""

    network: Network
    rules: Charter
    adopted_by: str
    act: Act


class SettingsChanged(Event):
    """Officers changed how the network can be reached, or its colour."""

    verb: ClassVar[str] = "offices.settings_changed"
    sentence: ClassVar[Any] = _l("%(actor)s changed the network’s settings: %(what)s.")
    words_of: ClassVar[frozenset[str]] = frozenset({"old", "new"})
    subject: ClassVar[str] = "about"

    about: Network
    what: list[str]
    old: dict[str, Any]
    new: dict[str, Any]


class LogoChanged(Event):
    """Officers gave the network a logo, another one, or none. Each is named by the digest of its bytes, "" for none."""

    verb: ClassVar[str] = "offices.logo_changed"
    sentence: ClassVar[Any] = _l("%(actor)s changed the network’s logo.")
    subject: ClassVar[str] = "about"

    about: Network
    old_digest: str
    new_digest: str


class NetworkRenamed(Event):
    """A decision gave the network another name."""

    verb: ClassVar[str] = "offices.network_renamed"
    sentence: ClassVar[Any] = _l("The network is called “%(new)s” from now on, as was decided.")
    subject: ClassVar[str] = "about"

    about: Network
    adopted_by: str
    old: str
    new: str


class PurposeChanged(Event):
    """A decision gave the network another purpose."""

    verb: ClassVar[str] = "offices.purpose_changed"
    sentence: ClassVar[Any] = _l("The network’s purpose is from now on, as was decided: “%(new)s”")
    subject: ClassVar[str] = "about"

    about: Network
    adopted_by: str
    old: str
    new: str
