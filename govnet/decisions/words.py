"""The words and shapes that pages, data and mail have for answers and outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from govnet.decisions.rules import LABELS, Kind, Outcome, Part, Rule, Tally, parts
from govnet.kernel.actor import Door
from govnet.kernel.said import Said
from govnet.kernel.words import say

FACES: Mapping[Kind, str] = {
    Kind.AGREE: "agree",
    Kind.RESERVATIONS: "worry",
    Kind.STAND_ASIDE: "aside",
    Kind.BLOCK: "stop",
    Kind.NO_VIEW: "none",
}
"""How an answer is drawn; also its value in the form."""
KINDS: Mapping[str, Kind] = {face: kind for kind, face in FACES.items()}

STATES: Mapping[Outcome, str] = {
    Outcome.CONSENSUS: "good",
    Outcome.STAND_ASIDES: "good",
    Outcome.VOTED: "good",
    Outcome.ELSEWHERE: "good",
    Outcome.RECOMMENDED: "accent",
    Outcome.ADVICE: "accent",
    Outcome.BLOCKED: "bad",
    Outcome.NOT_AGREED: "bad",
    Outcome.NO_QUORUM: "warn",
    Outcome.OBJECTED: "warn",
    Outcome.WITHDRAWN: "plain",
    Outcome.REWORDED: "plain",
}
SHORT: Mapping[Outcome, object] = {
    Outcome.CONSENSUS: _l("Agreed"),
    Outcome.STAND_ASIDES: _l("Agreed, with some who disagreed"),
    Outcome.VOTED: _l("Agreed by a vote"),
    Outcome.ELSEWHERE: _l("Agreed at a meeting"),
    Outcome.RECOMMENDED: _l("Recommended by the committee"),
    Outcome.ADVICE: _l("Advice given"),
    Outcome.BLOCKED: _l("Stopped"),
    Outcome.NOT_AGREED: _l("Not agreed"),
    Outcome.NO_QUORUM: _l("Too few answered"),
    Outcome.OBJECTED: _l("Somebody objected, so everybody is asked"),
    Outcome.WITHDRAWN: _l("Taken back by its author"),
    Outcome.REWORDED: _l("Asked again in other words"),
}
DOORS: Mapping[Door, object] = {
    Door.WEB: _l("on this site"),
    Door.MEETING: _l("at a meeting"),
    Door.LIST: _l("on the e-mail list"),
}


def label(kind: Kind) -> str:
    """ "Disagree, but go ahead"."""
    return say(Said(LABELS[kind]))


def bar_parts(tally: Tally) -> list[tuple[str, str, int]]:
    """The tally as the bar draws it: how drawn, words, number."""
    return [(FACES[kind], label(kind), many) for kind, many in tally.by_kind().items()]


def rule_rows(tally: Tally, roll: int, rule: Rule) -> list[tuple[bool, str, str]]:
    """The rule part by part: met or not, the sentence with its numbers, nothing more."""
    return [(part.met, say(part.said), "") for part in parts(tally, roll, rule)]


def headline(outcome: Outcome, tally: Tally, needed: int = 0, door: Door = Door.WEB) -> str:
    """An outcome in words that say what happened, never the bare term."""
    if outcome is Outcome.NO_QUORUM:
        return str(
            _("Too few answered (%(got)s of the %(needed)s needed)", got=tally.answered, needed=needed)
        )
    if outcome is Outcome.ELSEWHERE and door is Door.LIST:
        return str(_("Agreed on the e-mail list"))
    said = _COUNTED.get(outcome)
    return said(tally) if said else str(SHORT[outcome])


def _disagreed(tally: Tally) -> str:
    return str(
        ngettext(
            "Agreed; %(num)s disagreed and let it go ahead",
            "Agreed; %(num)s disagreed and let it go ahead",
            tally.against,
        )
    )


def _stopped(tally: Tally) -> str:
    return str(ngettext("Stopped by %(num)s member", "Stopped by %(num)s members", tally.block))


def _voted(tally: Tally) -> str:
    words = _("Agreed by a vote: %(support)s to %(against)s", support=tally.support, against=tally.against)
    return str(words)


_COUNTED: Mapping[Outcome, Callable[[Tally], str]] = {
    Outcome.STAND_ASIDES: _disagreed,
    Outcome.BLOCKED: _stopped,
    Outcome.VOTED: _voted,
}


def unmet(found: Sequence[Part]) -> list[str]:
    """The sentences of those parts that are not met."""
    return [say(part.said) for part in found if not part.met]
