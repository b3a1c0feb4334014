"""Errors with messages that people can act on; web/pages turns each into its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Fault = tuple[str | None, object]
"""A field's name, or None for the whole form, and the mistake in it."""


class GovnetError(Exception):
    """A refusal with a message for the person who asked."""

    status = 422

    def __init__(self, message: object) -> None:
        super().__init__(str(message))
        self.message = message


class RuleBroken(GovnetError):
    """A rule says no; the message names the thing and says what to do. Shown on the form, nothing lost.

    `more` holds what else is wrong, each with its field, so that a form says all of it at once.
    """

    def __init__(self, message: object, *, field: str | None = None, more: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.field = field
        self.more = more

    @classmethod
    def check(cls, faults: Iterable[Fault]) -> None:
        """Raise all of these faults together, if there are any."""
        found = tuple(faults)
        if found:
            (field, message), *more = found
            raise cls(message, field=field, more=more)


class NotAllowed(GovnetError):
    """The actor does not have this right; `roles` are those that have it."""

    status = 403

    def __init__(self, message: object, *, roles: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.roles = tuple(roles)


class OwnCase(NotAllowed, RuleBroken):
    """The actor has the power, but this is about themselves: shown on the form where there is one."""

    def __init__(self, message: object, *, roles: Sequence[str] = ()) -> None:
        NotAllowed.__init__(self, message, roles=roles)
        self.field = None


class Conflict(GovnetError):
    """The thing in question has changed meanwhile."""

    status = 409


class Stale(Conflict):
    """Somebody changed the thing meanwhile: both texts are shown, `newer` as it stands and `yours` as typed."""

    def __init__(self, message: object, *, newer: str, yours: str) -> None:
        super().__init__(message)
        self.newer = newer
        self.yours = yours


class NotFound(GovnetError):
    """There is no such thing, or not for this reader."""

    status = 404


class Gone(GovnetError):
    """It was there and has ended; the message says what to do instead."""

    status = 410


class Busy(GovnetError):
    """The database could not be had in time; trying again is safe, after `again` seconds."""

    status = 503
    again = 5
