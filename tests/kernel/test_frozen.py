"""Dataclasses that share one constructor keep what a generated one would: every field given, none unknown, none changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any, ClassVar

import pytest
from flask import Flask

from govnet.kernel.frozen import Frozen
from govnet.record.events import Event


class Parcel(Frozen):
    """The mail to send."""

    unit: ClassVar[str] = "g"
    weight: int
    label: str = "none"


class Sealed(Parcel):
    """A mail that is closed by a name, and heavier than usual."""

    by: str
    weight: int = 5


def test_an_absent_parameter_has_its_default_and_the_nearest_class_says_which() -> None:
    assert vars(Parcel(weight=1)) == {"weight": 1, "label": "none"}
    assert vars(Sealed(by="Ann")) == {"weight": 5, "label": "none", "by": "Ann"}
    assert [field.name for field in fields(Sealed)] == ["weight", "label", "by"]  # type: ignore[arg-type]
    assert Sealed.unit == "g" and "unit" not in Sealed.field_names


@pytest.mark.parametrize("given", [{}, {"weight": 1, "colour": "red"}, {"weight": 1, "unit": "kg"}])
def test_a_field_that_is_missing_or_unknown_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Parcel: missing or unknown"):
        Parcel(**given)


def test_an_event_never_changes_once_it_is_made() -> None:
    parcel = Parcel(weight=1)
    for name in ("weight", "colour"):
        with pytest.raises(FrozenInstanceError):
            setattr(parcel, name, 2)
    assert parcel.weight == 1 and repr(parcel) == "Parcel(weight=1, label='none')"


def test_no_event_begins_with_a_value_that_all_of_them_would_share(app: Flask) -> None:
    kinds = [Event]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert len(kinds) > 150
    shared = [
        kind.__name__
        for kind in kinds
        if any(isinstance(v, list | dict | set) for v in kind._defaults.values())
    ]
    assert shared == []
