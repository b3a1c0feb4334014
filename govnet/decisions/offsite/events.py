"""Events of decisions made elsewhere. The verbs say "elsewhere", as their first entries did."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.decisions.proposals.events import AboutProposal, ProposalOpened
from govnet.kernel.messages import NN_


class TakenElsewhere(ProposalOpened):
    """A decision of a meeting or a list is recorded, and stands unless somebody objects."""

    verb: ClassVar[str] = "decisions.taken_elsewhere"
    sentence: ClassVar[Any] = _l("%(actor)s recorded a decision taken elsewhere: “%(question)s”")
    words_of: ClassVar[frozenset[str]] = frozenset({"question", "evidence", "present", "late_because"})

    taken_on: date
    taken_by: str
    evidence: str
    present: str
    days: int = 0
    """How many days later than our rules want."""
    late_because: str = ""


class TakenElsewhereLate(TakenElsewhere):
    """How the same was recorded at first where it came late: such entries are read, and no more are made."""

    verb: ClassVar[str] = "decisions.taken_elsewhere_late"
    sentence: ClassVar[Any] = NN_(
        "%(actor)s recorded a decision of the committee, %(days)s day late: “%(question)s”",
        "%(actor)s recorded a decision of the committee, %(days)s days late: “%(question)s”",
    )
    counts: ClassVar[str] = "days"


class ElsewhereTold(TakenElsewhere):
    """The time to take a recorded decision back is over: everybody who may object is notified.

    It contains all of the entry for the committee: from now on everybody may know it.
    """

    verb: ClassVar[str] = "decisions.elsewhere_told"
    sentence: ClassVar[Any] = _l("Members were notified that “%(question)s” was decided elsewhere.")


class Objected(ProposalOpened):
    """Somebody objects to a decision made elsewhere: everybody is asked."""

    verb: ClassVar[str] = "decisions.objected"
    sentence: ClassVar[Any] = _l("%(actor)s objected to “%(question)s”; now everybody is asked.")
    words_of: ClassVar[frozenset[str]] = frozenset({"question", "reason"})

    reason: str

    def names_actor(self) -> bool:
        """An objection is an answer: the public does not read whose."""
        return False


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
