"""The right to ask for a review of a decision, and the number of requests needed. Pure."""

from dataclasses import dataclass
from datetime import date

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.kernel.messages import N_, Said, counted


@dataclass(frozen=True)
class Asking:
    """The facts about a decision when somebody asks for its review."""

    number: str
    state: str
    replaced_by: str = ""
    trial_until: date | None = None
    under_review: bool = False
    asked_before: bool = False


def refusal(asking: Asking) -> Said | None:
    """Why it can't be asked for, or nothing."""
    values = {"number": asking.number, "later": asking.replaced_by, "day": asking.trial_until}
    said = _STATES.get(asking.state) or (
        _UNDER_REVIEW if asking.under_review else _ASKED if asking.asked_before else None
    )
    return Said(said, values) if said else None


_STATES = {
    "not-adopted": N_(
        "Decision %(number)s was not agreed, so there is nothing to take back. Propose it anew."
    ),
    "replaced": N_("Decision %(number)s was replaced by %(later)s: ask for that one to be looked at again."),
    "ended": N_("Decision %(number)s was on trial and ended on %(day)s: there is nothing to take back."),
}
_UNDER_REVIEW = N_("Decision %(number)s is already being looked at again: answer that proposal.")
_ASKED = N_("You have already asked for this. Everybody can ask once.")


NOTE_LIMIT = 1_000


def note_too_long(kind: str, text: str, before: int) -> Said | None:
    """One of a minority writes a few words to be remembered, with everything that was written `before`."""
    left = max(0, NOTE_LIMIT - before)
    if kind != "minority" or len(text) <= left:
        return None
    return Said(
        N_(
            "Your notes for the minority can have at most %(limit)s characters in all: this one has "
            "%(many)s, and %(left)s are left."
        ),
        {"limit": f"{NOTE_LIMIT:,}", "many": f"{len(text):,}", "left": f"{left:,}"},
    )


def enough(asked: int, charter: Charter) -> bool:
    """Whether so many members open a proposal."""
    return asked >= charter[p.REVIEW_MEMBERS]


def closed_to_one(members: int) -> Said:
    """The sentence for people who would take back or change what many asked for."""
    return counted(
        "%(num)s member asked for this, so nobody can take it back or change its text alone.",
        "%(num)s members asked for this, so nobody can take it back or change its text alone.",
        members,
    )
