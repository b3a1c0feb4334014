"""A value that is found once for a request and used by all that answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from flask import has_request_context, request

from govnet.kernel.transaction import in_transaction

T = TypeVar("T")


class PerRequest(Generic[T]):
    """A register of the request in hand: called, it returns its content, at first the result of `make`.

        _known = PerRequest("rules", dict[int, Charter])
        _known()[network_id] = charter

    Outside a request, and inside a transaction, each call gets a new one: writes rest on the rows of that moment.
    """

    def __init__(self, name: str, make: Callable[[], T]) -> None:
        self._key, self._make = f"govnet.{name}", make

    def __call__(self) -> T:
        if not has_request_context() or in_transaction():
            return self._make()
        kept: dict[str, Any] = request.environ
        if self._key not in kept:
            kept[self._key] = self._make()
        return cast(T, kept[self._key])

    def forget(self) -> None:
        """The next to call it finds nothing."""
        if has_request_context():
            request.environ.pop(self._key, None)
