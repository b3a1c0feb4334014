"""Frozen dataclasses that share one constructor: for families with so many classes that generating theirs slows a start."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import MISSING, FrozenInstanceError, dataclass, fields
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Frozen:
    """Each subclass is a dataclass of its annotations, made by keyword; two are the same only if they are one object.

    The constructor raises TypeError for a field that is missing or unknown; setting one later raises FrozenInstanceError.
    """

    field_names: ClassVar[Set[str]] = frozenset()
    _defaults: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        made = dataclass(init=False, repr=False, eq=False)(cls)
        values = {field.name: field.default for field in fields(made)}  # type: ignore[arg-type]
        cls.field_names = values.keys()
        cls._defaults = {name: value for name, value in values.items() if value is not MISSING}

    def __init__(self, **given: Any) -> None:
        values = {**self._defaults, **given}
        if wrong := values.keys() ^ self.field_names:
            raise TypeError(f"{type(self).__name__}: missing or unknown: {', '.join(sorted(wrong))}")
        self.__dict__.update(values)

    def __setattr__(self, name: str, _value: object) -> None:
        raise FrozenInstanceError(name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.field_names)})"
