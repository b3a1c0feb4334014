"""The names under which the forum keeps states: stored by value, shown by the templates."""

from enum import StrEnum


class Readership(StrEnum):
    """The audience of a thread. A topic's audience is the widest that its threads can have."""

    PUBLIC = "public"
    MEMBERS = "members"
    COMMITTEE = "committee"


class ThreadState(StrEnum):
    """Open for replies, or closed."""

    OPEN = "open"
    CLOSED = "closed"


class PostState(StrEnum):
    """Whether a post's text is shown; one that was removed, or taken back by a person who left, has none any more."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    REMOVED = "removed"
    TAKEN_BACK = "taken_back"


class HidingKind(StrEnum):
    """Hidden: the text is kept and can come back. Removed: unlawful or private, the text is gone."""

    HIDDEN = "hidden"
    REMOVED = "removed"


class ReportState(StrEnum):
    """The life of a report."""

    OPEN = "open"
    ACTED = "acted"
    DISMISSED = "dismissed"


class AppealOutcome(StrEnum):
    """The result of an appeal: the hiding stands, or it is lifted."""

    UPHELD = "upheld"
    LIFTED = "lifted"
