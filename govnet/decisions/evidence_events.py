"""What happens to mails that are kept with a decision."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.decisions.events import AboutProposal


class MailKept(AboutProposal):
    """A mail from which a decision came is kept; the digest is of the mail as it was sent."""

    verb: ClassVar[str] = "decisions.mail_kept"
    sentence: ClassVar[Any] = _l("%(actor)s kept a mail from which “%(question)s” came.")

    digest: str


class MailRemoved(AboutProposal):
    """It was taken away, as unlawful or private."""

    verb: ClassVar[str] = "decisions.mail_removed"
    sentence: ClassVar[Any] = _l("%(actor)s removed a mail that was kept with “%(question)s”: %(reason)s")
    words_of: ClassVar[frozenset[str]] = frozenset({"question", "reason"})

    digest: str
    reason: str
