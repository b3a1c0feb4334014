"""The input of a form, as it is kept until it is proposed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any, TypeVar

from govnet.charter.rules import canonical
from govnet.decisions.proposals.offices import OfficeInput
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.offices.models import OfficeKind

T = TypeVar("T")


def dumps(words: Wording, ask: Ask) -> str:
    """Canonical JSON of everything that would be asked."""
    named = [{**asdict(each), "key": ""} for each in words.offices]
    return canonical(_plain({"words": asdict(words) | {"offices": named}, "ask": asdict(ask)}))


def loads(kept: str) -> tuple[Wording, Ask]:
    """The same back; keys that this release does not know are ignored."""
    found = json.loads(kept)
    named = tuple(_office(each) for each in found["words"].pop("offices", ()))
    words = _read(Wording, found["words"], more=_read(More, found["words"].get("more", {})), offices=named)
    return words, _read(Ask, found["ask"])


def _office(kept: Mapping[str, Any]) -> OfficeInput:
    return _read(OfficeInput, {**kept, "what": OfficeKind(kept["what"])})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _read(kind: type[T], kept: Mapping[str, Any], **more: Any) -> T:
    typed = {each.name: str(each.type) for each in fields(kind) if each.name in kept}  # type: ignore[arg-type]
    return kind(**{name: _typed(how, kept[name]) for name, how in typed.items()} | more)


def _typed(how: str, value: Any) -> Any:
    if value and how.startswith("date"):
        return date.fromisoformat(value)
    return tuple(value) if how.startswith("tuple") else value
