"""Functions that rooms register when an application is built: each application has its own, in `app.extensions`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from flask import current_app

T = TypeVar("T")


class PerApp(Generic[T]):
    """A register of the application in use: called, it returns its content, at first the result of `make`.

        _listeners = PerApp("listeners", dict[type, Listener])
        _listeners()[Left] = left

    RuntimeError outside an application context.
    """

    def __init__(self, name: str, make: Callable[[], T]) -> None:
        self._key, self._make = f"govnet.{name}", make

    def __call__(self) -> T:
        kept: dict[str, Any] = current_app.extensions
        if self._key not in kept:
            kept[self._key] = self._make()
        return cast(T, kept[self._key])
