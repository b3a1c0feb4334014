"""Facts about features for record and mail: each verb's event, its link, and its notices. create_app fills it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Any

from flask_babel import gettext
from flask_babel import gettext as _

from govnet.kernel.actor import PROGRAM, SYSTEM
from govnet.kernel.per_app import PerApp
from govnet.kernel.translation import nested, say
from govnet.record.events import Event
from govnet.roles import ALONE

Link = Callable[[Mapping[str, Any]], str | None]

_events: PerApp[dict[str, type[Event]]] = PerApp("events", dict)
_links: PerApp[dict[str, Link]] = PerApp("links", dict)
_tellers: PerApp[dict[str, Callable[..., Any]]] = PerApp("tellers", dict)


@dataclass(frozen=True)
class KeptText:
    """Texts outside the record whose SHA-256 is in it."""

    verbs: tuple[str, ...]
    said: Callable[[Mapping[str, Any]], tuple[Hashable, str] | None]
    """From an entry's facts and words: which text, and its digest; None if that was erased."""
    texts: Callable[[int], Iterable[tuple[Hashable, str]]]
    """A network's texts, each under the same key."""


_kept: PerApp[dict[tuple[str, ...], KeptText]] = PerApp("kept", dict)
_checks: PerApp[list[Callable[[int], Iterable[str]]]] = PerApp("checks", list)
_withheld: PerApp[list[Callable[[int], Iterable[str]]]] = PerApp("withheld", list)


def learn(events: ModuleType) -> None:
    """Take in every event class of a feature's events module."""
    for thing in vars(events).values():
        if isinstance(thing, type) and issubclass(thing, Event) and "verb" in vars(thing):
            known = _events().setdefault(thing.verb, thing)
            if known is not thing:
                raise ValueError(f"two events are called {thing.verb}")


def link_to(table: str, link: Link) -> None:
    """Say where entries whose subject is a row of `table` lead: `link` gets the entry's details, with "key"."""
    _links()[table] = link


def tell(teller: Callable[..., Any], *events: type[Event]) -> None:
    """Register `teller`, which makes the notices of these events (see docs/telling.md)."""
    _tellers().update({event.verb: teller for event in events})


def tellers() -> dict[str, Callable[..., Any]]:
    """The notices, by verb."""
    return _tellers()


def teller(verb: str) -> Callable[..., Any] | None:
    """The notice of that verb, if any."""
    return _tellers().get(verb)


def digest_of_subject(facts: Mapping[str, Any]) -> tuple[str, str]:
    """The subject of an entry, and the digest of its text."""
    return facts["subject"], facts["digest"]


def keeps(
    *verbs: str,
    texts: Callable[[int], Any],
    said: Callable[..., tuple[Hashable, str] | None] = digest_of_subject,
) -> None:
    """Have the check of the record compare those texts with the digests that entries of these verbs hold."""
    _kept()[verbs] = KeptText(verbs, said, texts)


def checks(check: Callable[[int], Iterable[str]]) -> None:
    """Let the check of the record call `check`, which returns the differences between a network's rows and its entries."""
    if check not in _checks():
        _checks().append(check)


def withhold(subjects: Callable[[int], Iterable[str]]) -> None:
    """Have digests of texts kept back in a network's entries about these subjects, while it names them."""
    if subjects not in _withheld():
        _withheld().append(subjects)


def withheld(network_id: int) -> frozenset[str]:
    """All subjects of which no digest of a text is given out now: few, and found by an index."""
    return frozenset(subject for subjects in _withheld() for subject in subjects(network_id))


def further_checks() -> Iterable[Callable[[int], Iterable[str]]]:
    """All such checks."""
    return _checks()


def kept_texts() -> Iterable[KeptText]:
    """All texts that the record can be asked about."""
    return _kept().values()


def events() -> dict[str, type[Event]]:
    """Every verb that may come up."""
    return _events()


def sentence(details: Mapping[str, Any]) -> str:
    """An entry as a sentence, for people; an erased name reads "somebody"."""
    event = _events().get(details["verb"])
    if event is None:
        return str(details["verb"])
    said = event.spoken_as
    values = {name: said[name](value) if name in said else _spoken(value) for name, value in details.items()}
    if by_the_rules(details):
        values["actor"] = gettext("This site")
    words = nested(event.said(_Details(values)))
    if str(details.get("authority", "")).startswith(f"{ALONE}:"):
        return str(_("%(what)s It was about themselves, and nobody else held an office.", what=words))
    return words


def by_the_rules(details: Mapping[str, Any]) -> bool:
    """Whether the program did it, by the network's rules: nobody whose name could be said."""
    return details.get("authority") == str(SYSTEM) and details.get("actor") == PROGRAM.name


def _spoken(value: Any) -> Any:
    """A day as people write it; everything else as it is."""
    if not isinstance(value, str) or len(value) != len("2015-05-15"):
        return value
    try:
        return say(date.fromisoformat(value))
    except ValueError:
        return value


def address(details: Mapping[str, Any]) -> str | None:
    """The page of what the entry is about, if it has one."""
    table, _, key = str(details.get("subject") or "").partition(":")
    link = _links().get(table)
    return link({**details, "key": key}) if link else None


_PEOPLE = {"actor", "name", "holder", "party", "before", "after"}
"""The names of people in sentences."""


class _Details(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return gettext("somebody") if key in _PEOPLE else "…"
