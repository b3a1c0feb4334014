"""One example for a rule that is to change, in numbers that people know: what it meant, and what it would mean. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from govnet.charter import parameters as p
from govnet.charter import turns
from govnet.charter.kinds import Share
from govnet.kernel.said import N_, Said, counted

if TYPE_CHECKING:
    from govnet.charter.rules import Charter

SOME = 100
"""How many are on the roll of an example, where nobody knows better."""
Example = Callable[["Charter", "Charter", int], Said | None]


def example(key: str, old: Charter, new: Charter, roll: int = 0) -> Said | None:
    """What the change of that parameter means with so many on the roll; None where its sentence says it all."""
    make = EXAMPLES.get(key)
    return make(old, new, roll or SOME) if make else None


def answers_needed(charter: Charter, roll: int) -> int:
    """How many must answer, of so many on the roll."""
    count, share = charter[p.QUORUM_COUNT], charter[p.QUORUM_SHARE].needed(roll)
    return {"none": 0, "count": count, "fraction": share, "both": max(count, share)}[charter[p.QUORUM]]


def _number(number: int) -> Said | str:
    return str(number) if number else Said(N_("none"))


def _said(text: str, old: int, new: int, **values: object) -> Said | None:
    return Said(text, {"old": _number(old), "new": _number(new), **values}) if old != new else None


def _quorum(old: Charter, new: Charter, roll: int) -> Said | None:
    text = N_("With %(roll)s on the roll, at least %(new)s must answer instead of %(old)s.")
    return _said(text, answers_needed(old, roll), answers_needed(new, roll), roll=roll)


def _quorum_count(old: Charter, new: Charter, roll: int) -> Said | None:
    return _quorum(old, new, roll) if old[p.QUORUM] == new[p.QUORUM] else None


def _quorum_share(old: Charter, new: Charter, roll: int) -> Said | None:
    return _quorum_count(old, new, roll) if old[p.QUORUM_COUNT] == new[p.QUORUM_COUNT] else None


def _agreement(old: Charter, new: Charter, roll: int) -> Said | None:
    text = N_("If all %(roll)s on the roll answer, at least %(new)s must say Agree instead of %(old)s.")
    needed = (charter[p.MINIMUM_AGREEMENT].needed(roll) for charter in (old, new))
    return _said(text, *needed, roll=roll)


def _vote(parameter: Share) -> Example:
    def made(old: Charter, new: Charter, roll: int) -> Said | None:
        text = N_("If all %(roll)s on the roll take a side, at least %(new)s must agree instead of %(old)s.")
        return _said(text, old[parameter].needed(roll), new[parameter].needed(roll), roll=roll)

    return made


def _asides(old: Charter, new: Charter, roll: int) -> Said | None:
    text = N_("If all %(roll)s on the roll take a side, it fails when %(new)s disagree instead of %(old)s.")
    before, after = (charter[p.ASIDES_CEILING].needed(roll) for charter in (old, new))
    if before > roll:
        text = N_(
            "If all %(roll)s on the roll take a side, it fails when %(new)s disagree; until now it never did."
        )
    if after > roll:
        text = N_("If all %(roll)s on the roll take a side, it no longer fails when %(old)s disagree.")
    return _said(text, before, after, roll=roll)


def _committee(old: Charter, new: Charter, _roll: int) -> Said | None:
    text = N_(
        "With every place filled, %(new)s of %(new_seats)s must answer instead of %(old)s of %(old_seats)s."
    )
    before, after = old[p.SEATS], new[p.SEATS]
    needed = old[p.COMMITTEE_QUORUM].needed(before), new[p.COMMITTEE_QUORUM].needed(after)
    if (before, needed[0]) == (after, needed[1]):
        return None
    numbers = {"old": _number(needed[0]), "new": _number(needed[1]), "old_seats": before, "new_seats": after}
    return Said(text, numbers)


def _committee_quorum(old: Charter, new: Charter, roll: int) -> Said | None:
    return _committee(old, new, roll) if old[p.SEATS] == new[p.SEATS] else None


def _in_a_row(old: Charter, new: Charter, _roll: int) -> Said | None:
    text = N_("Somebody can sit on the committee for %(new)s in a row instead of %(old)s.")
    before, after = (charter[p.CONSECUTIVE_TERMS] * charter[p.TERM_MONTHS] for charter in (old, new))
    return Said(text, {"old": _months(before), "new": _months(after)}) if before != after else None


def _months(months: int) -> Said:
    if not months:
        return Said(N_("any time"))
    return counted("at most %(num)s month", "at most %(num)s months", months)


def _term(old: Charter, new: Charter, roll: int) -> Said | None:
    return _in_a_row(old, new, roll) if old[p.CONSECUTIVE_TERMS] == new[p.CONSECUTIVE_TERMS] else None


def _sisters(old: Charter, new: Charter, _roll: int) -> Said | None:
    text = N_("Of %(seats)s places, %(new)s are surely this network’s own instead of %(old)s.")
    seats = new[p.SEATS]
    return _said(text, seats - old[p.SISTER_SEATS], seats - new[p.SISTER_SEATS], seats=seats)


def _kept(old: Charter, new: Charter, _roll: int) -> Said | None:
    text = N_("Of %(seats)s places, %(new)s can be for any member instead of %(old)s.")
    free = [each[p.SEATS] - each[p.INDIVIDUAL_SEATS] - each[p.ORGANISATION_SEATS] for each in (old, new)]
    return _said(text, *free, seats=new[p.SEATS]) if old[p.SEATS] == new[p.SEATS] else None


def _one_organisation(_old: Charter, new: Charter, _roll: int) -> Said | None:
    text = N_("Whoever would be number %(next)s from one organisation is not given a place.")
    return Said(text, {"next": new[p.ONE_ORGANISATION] + 1}) if new[p.ONE_ORGANISATION] else None


def _published(old: Charter, new: Charter, _roll: int) -> Said | None:
    text = N_(
        "What a meeting decides on the 1st is late from day %(new)s of the month on, instead of %(old)s."
    )
    if (
        not old[p.PUBLISH_DAYS]
        or not new[p.PUBLISH_DAYS]
        or max(old[p.PUBLISH_DAYS], new[p.PUBLISH_DAYS]) > 26
    ):
        return None
    return _said(text, old[p.PUBLISH_DAYS] + 2, new[p.PUBLISH_DAYS] + 2)


def _turns(old: Charter, new: Charter, _roll: int) -> Said | None:
    text = N_("Of %(seats)s places, at most %(new)s come up at a time, by turns.")
    if new[p.STAGGERING] == "none":
        return None
    return Said(text, {"seats": new[p.SEATS], "new": turns.most_at_once(new)})


EXAMPLES: Mapping[str, Example] = {
    p.QUORUM.key: _quorum,
    p.QUORUM_COUNT.key: _quorum_count,
    p.QUORUM_SHARE.key: _quorum_share,
    p.MINIMUM_AGREEMENT.key: _agreement,
    p.ASIDES_CEILING.key: _asides,
    p.SUPERMAJORITY.key: _vote(p.SUPERMAJORITY),
    p.FALLBACK_MAJORITY.key: _vote(p.FALLBACK_MAJORITY),
    p.CHARTER_MAJORITY.key: _vote(p.CHARTER_MAJORITY),
    p.SEATS.key: _committee,
    p.COMMITTEE_QUORUM.key: _committee_quorum,
    p.CONSECUTIVE_TERMS.key: _in_a_row,
    p.TERM_MONTHS.key: _term,
    p.SISTER_SEATS.key: _sisters,
    p.INDIVIDUAL_SEATS.key: _kept,
    p.ORGANISATION_SEATS.key: _kept,
    p.ONE_ORGANISATION.key: _one_organisation,
    p.STAGGERING.key: _turns,
    p.PUBLISH_DAYS.key: _published,
}
