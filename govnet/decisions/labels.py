"""Labels and shapes of answers and outcomes for pages, data and mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from govnet.charter import parameters as p
from govnet.charter.document import DECIDES
from govnet.charter.rules import Change, Charter
from govnet.decisions.rules.in_force import FOR_GOOD, DecisionState, replaced_by, replaced_until
from govnet.decisions.rules.methods import HOW, NAMES, UNDER
from govnet.decisions.rules.option_count import OPTIONS
from govnet.decisions.rules.outcome import CHOSE, LABELS, AnswerKind, Outcome, Tally
from govnet.kernel.actor import Door
from govnet.kernel.messages import N_, Said
from govnet.kernel.translation import say

if TYPE_CHECKING:
    from govnet.decisions.answers.options import Choosing
    from govnet.decisions.models import Decision

FACES: Mapping[AnswerKind, str] = {
    AnswerKind.AGREE: "agree",
    AnswerKind.RESERVATIONS: "worry",
    AnswerKind.STAND_ASIDE: "aside",
    AnswerKind.BLOCK: "stop",
    AnswerKind.NO_VIEW: "none",
}
"""How an answer is drawn; also its value in the form."""
KINDS: Mapping[str, AnswerKind] = {face: kind for kind, face in FACES.items()}

STATES: Mapping[Outcome, str] = {
    Outcome.CONSENSUS: "good",
    Outcome.STAND_ASIDES: "good",
    Outcome.VOTED: "good",
    Outcome.CHOSEN: "good",
    Outcome.TIED: "warn",
    Outcome.REFUSED: "bad",
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
    Outcome.CHOSEN: _l("Chosen between options"),
    Outcome.TIED: _l("A tie: nothing is decided"),
    Outcome.REFUSED: _l("None of the options was chosen"),
    Outcome.ELSEWHERE: _l("Agreed at a meeting or on the list"),
    Outcome.RECOMMENDED: _l("Recommended by the committee"),
    Outcome.ADVICE: _l("Advice given"),
    Outcome.BLOCKED: _l("Stopped"),
    Outcome.NOT_AGREED: _l("Not agreed"),
    Outcome.NO_QUORUM: _l("Too few answered"),
    Outcome.OBJECTED: _l("Somebody objected, so everybody is asked"),
    Outcome.WITHDRAWN: _l("Taken back by its author"),
    Outcome.REWORDED: _l("Asked again in other words"),
}
_AGREED: Mapping[Door, object] = {
    Door.MEETING: _l("Agreed at a meeting"),
    Door.LIST: _l("Agreed on the list"),
}
DOORS: Mapping[Door, object] = {
    Door.WEB: _l("on this site"),
    Door.MEETING: _l("at a meeting"),
    Door.LIST: _l("on the e-mail list"),
}
HOLDS: Mapping[DecisionState, object] = {
    DecisionState.IN_FORCE: _l("In force"),
    DecisionState.REPLACED: _l("Replaced by a later one"),
    DecisionState.ENDED: _l("Ended with its trial"),
    DecisionState.NOT_ADOPTED: _l("Never in force"),
}


def replaced(decision: Decision, today: date) -> str:
    """The decision in its place, with its end if it has one; "" if there is none."""
    later, until = replaced_by(decision, today), replaced_until(decision)
    if later is None:
        return ""
    said = _("Replaced by %(number)s", number=later.number)
    if until != FOR_GOOD:
        day = say(until)
        said = _("Replaced by %(number)s while it is on trial, until %(day)s", number=later.number, day=day)
    return str(said)


def way(method: str) -> str:
    """The way of deciding in two or three words: "By consensus"."""
    return say(Said(NAMES[method])) if method in NAMES else str(_("At a meeting or on the list"))


def label(kind: AnswerKind) -> str:
    """ "Disagree, but go ahead"."""
    return say(Said(LABELS.get(kind, CHOSE)))


def bar_parts(tally: Tally, method: str = "") -> list[tuple[str, str, int]]:
    """The tally for the bar: shape, label, number. With options, how many chose."""
    if method in OPTIONS:
        chose = str(_("chose between the options"))
        return [("done", chose, tally.choice), ("none", label(AnswerKind.NO_VIEW), tally.no_view)]
    return [(FACES[kind], label(kind), many) for kind, many in tally.by_kind().items()]


def headline(outcome: Outcome, tally: Tally, needed: int = 0, door: Door = Door.WEB) -> str:
    """An outcome as a sentence of what happened, never the bare term."""
    if outcome is Outcome.NO_QUORUM:
        return str(
            _("Too few answered (%(got)s of the %(needed)s needed)", got=tally.answered, needed=needed)
        )
    said = _COUNTED.get(outcome)
    return said(tally) if said else short(outcome, door)


def short(outcome: Outcome, door: Door) -> str:
    """An outcome in two or three words; for an agreement made elsewhere with the place."""
    return str(_AGREED[door] if outcome is Outcome.ELSEWHERE and door in _AGREED else SHORT[outcome])


def named(outcome: str) -> str:
    """An outcome in two or three words, as entries have it."""
    return str(SHORT[Outcome(outcome)])


def _disagreed(tally: Tally) -> str:
    if tally.block:  # a Stop that the rule bears lets nothing go ahead
        return str(ngettext("Agreed; %(num)s disagreed", "Agreed; %(num)s disagreed", tally.against))
    return str(
        ngettext(
            "Agreed; %(num)s disagreed and let it go ahead",
            "Agreed; %(num)s disagreed and let it go ahead",
            tally.against,
        )
    )


def _stopped(tally: Tally) -> str:
    return str(ngettext("Stopped by %(num)s member", "Stopped by %(num)s members", tally.block))


def _chosen(tally: Tally) -> str:
    return str(_("Chosen: %(option)s", option=" / ".join(tally.leads)))


def _preferred(tally: Tally) -> str:
    if len(tally.leads) > 1:
        return str(_("Advice given; it is a tie: %(options)s", options=" / ".join(tally.leads)))
    if not tally.leads:
        return short(Outcome.ADVICE, Door.WEB)
    return str(_("Advice given: first comes %(option)s", option=tally.leads[0]))


def _voted(tally: Tally) -> str:
    words = _("Agreed by a vote: %(support)s to %(against)s", support=tally.support, against=tally.against)
    return str(words)


_COUNTED: Mapping[Outcome, Callable[[Tally], str]] = {
    Outcome.STAND_ASIDES: _disagreed,
    Outcome.BLOCKED: _stopped,
    Outcome.VOTED: _voted,
    Outcome.CHOSEN: _chosen,
    Outcome.ADVICE: _preferred,
}


def under_way(way: str) -> str:
    """The line under a way of deciding."""
    return say(Said(UNDER[way]))


def counted_by(options: Choosing) -> str:
    """How a choice between options is counted, and whether it decides anything."""
    how = _HOW_COUNTED[
        "borda" if options.method == "ranked" and not options.rounds_counted else options.method
    ]
    binds = (
        _("The option that comes first is decided.")
        if options.rule.settles
        else _("It is advice and binds nobody.")
    )
    return f"{how} {binds}"


_HOW_COUNTED: Mapping[str, object] = {
    "ranked": _l(
        "Counted round by round: what is last goes out, and its votes go to what their voters put next, "
        "until one "
        "option has more than half of the votes that still name one."
    ),
    "borda": _l("Counted by points: from everybody, an option gets one for each other option below it."),
    "score": _l("The scores are added up, and the highest sum comes first."),
    "dots": _l("The dots are added up, and the most dots come first."),
}


def matter(key: str) -> str:
    """The matter inside a sentence: "money"."""
    return say(Said(p.MATTERS[key]))


def decides(body: str, method: str) -> str:
    """The rule for a matter: "All members decide by consensus: everybody can live with it."."""
    words = say(Said(N_("%(body)s %(method)s."), {"body": Said(DECIDES[body]), "method": Said(HOW[method])}))
    return words[:1].upper() + words[1:]


def decides_on(charter: Charter, about: str, body: str) -> str:
    """The same for one matter, on which that body decides now."""
    return decides(body, charter[p.METHOD_FOR[about]])


def new_rules(changes: Iterable[Change]) -> list[str]:
    """The charter's sentences from then on, with the lists under them, and the removed ones."""
    found = []
    for change in changes:
        found += [say(change.after), *(f"“{line}”" for line in change.listed_after)]
        found += [_("No longer: “%(sentence)s”", sentence=line) for line in change.removed]
    return found


def before_asking(charter: Charter) -> str:
    """The conditions of a draft before it can be proposed."""
    found = [each.states(charter[each]) for each in (p.SPONSORS, p.NOTICE_DAYS) if charter[each]]
    return " ".join(map(say, found))


def closing_hour(charter: Charter) -> int:
    """The hour at which answers close."""
    return charter[p.CLOSING_HOUR]


def objection_days(charter: Charter) -> int:
    """The days in which somebody can object to a decision made elsewhere."""
    return charter[p.OBJECTION_DAYS]


Event = tuple[str, str, str, bool | None]
