"""Examples that count people, places and times: what a changed rule comes to with so many on the roll. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from govnet.charter import parameters as p
from govnet.charter import turns
from govnet.charter.kinds import Share, WholeNumber
from govnet.charter.thresholds import most_entered
from govnet.kernel.messages import N_, Said, counted

if TYPE_CHECKING:
    from govnet.charter.rules import Charter

YEARS = 10
"""Over how many years an example counts what comes again and again."""
Example = Callable[["Charter", "Charter", int], Said | None]


def answers_needed(charter: Charter, roll: int) -> int:
    """How many must answer, of so many on the roll."""
    count, share = charter[p.QUORUM_COUNT], charter[p.QUORUM_SHARE].needed(roll)
    return {"none": 0, "count": count, "fraction": share, "both": max(count, share)}[charter[p.QUORUM]]


def number(value: int) -> Said | str:
    """A number inside a sentence."""
    return str(value) if value else Said(N_("none"))


def told(text: str, old: int, new: int, **values: object) -> Said | None:
    """The sentence with both numbers; nothing where they are the same."""
    return Said(text, {"old": number(old), "new": number(new), **values}) if old != new else None


def quorum(old: Charter, new: Charter, roll: int) -> Said | None:
    """How many must answer."""
    text = N_("With %(roll)s on the roll, at least %(new)s must answer instead of %(old)s.")
    if not answers_needed(new, roll):
        text = N_("With %(roll)s on the roll, it counts however few answer; until now %(old)s had to.")
    return told(text, answers_needed(old, roll), answers_needed(new, roll), roll=roll)


def quorum_count(old: Charter, new: Charter, roll: int) -> Said | None:
    """The same, where only its number changed."""
    return quorum(old, new, roll) if old[p.QUORUM] == new[p.QUORUM] else None


def quorum_share(old: Charter, new: Charter, roll: int) -> Said | None:
    """The same, where only its share changed."""
    return quorum_count(old, new, roll) if old[p.QUORUM_COUNT] == new[p.QUORUM_COUNT] else None


def agreement(old: Charter, new: Charter, roll: int) -> Said | None:
    """How many must say Agree."""
    text = N_("If all %(roll)s on the roll answer, at least %(new)s must say Agree instead of %(old)s.")
    needed = (charter[p.MINIMUM_AGREEMENT].needed(roll) for charter in (old, new))
    return told(text, *needed, roll=roll)


def vote(parameter: Share) -> Example:
    """How many must agree in a vote."""

    def made(old: Charter, new: Charter, roll: int) -> Said | None:
        text = N_("If all %(roll)s on the roll take a side, at least %(new)s must agree instead of %(old)s.")
        return told(text, old[parameter].needed(roll), new[parameter].needed(roll), roll=roll)

    return made


def asides(old: Charter, new: Charter, roll: int) -> Said | None:
    """With how many who disagree it fails."""
    text = N_("If all %(roll)s on the roll take a side, it fails when %(new)s disagree instead of %(old)s.")
    before, after = (charter[p.ASIDES_CEILING].needed(roll) for charter in (old, new))
    if before > roll:
        text = N_(
            "If all %(roll)s on the roll take a side, it fails when %(new)s disagree; until now it never did."
        )
    if after > roll:
        text = N_("If all %(roll)s on the roll take a side, it no longer fails when %(old)s disagree.")
    return told(text, before, after, roll=roll)


def stops(old: Charter, new: Charter, roll: int) -> Said | None:
    """How many Stops it takes."""
    text = N_("Of %(roll)s on the roll, it takes %(new)s who say Stop to stop a proposal instead of %(old)s.")
    return told(text, old[p.BLOCKS_TOLERATED] + 1, new[p.BLOCKS_TOLERATED] + 1, roll=roll)


def entered(old: Charter, new: Charter, roll: int) -> Said | None:
    """How many answers can be entered for others."""
    text = N_(
        "Of %(roll)s answers that count, at most %(new)s can have been entered for others instead of %(old)s."
    )
    before, after = (most_entered(roll, charter[p.ENTERED_MOST]) for charter in (old, new))
    return told(text, before, after, roll=roll)


def supporters(old: Charter, new: Charter, roll: int) -> Said | None:
    """How many want a draft to be asked, its author among them."""
    text = N_(
        "Of %(roll)s on the roll, %(new)s must want it opened, its author among them, instead of %(old)s."
    )
    return told(text, old[p.SPONSORS] + 1, new[p.SPONSORS] + 1, roll=roll)


def reviewers(old: Charter, new: Charter, roll: int) -> Said | None:
    """How many ask for a decision to be looked at again."""
    text = N_("Of %(roll)s on the roll, %(new)s have to ask for it instead of %(old)s.")
    return told(text, old[p.REVIEW_MEMBERS], new[p.REVIEW_MEMBERS], roll=roll)


def dots(old: Charter, new: Charter, _roll: int) -> Said | None:
    """Among how many options somebody can divide their dots."""
    text = N_("Somebody can give something to at most %(new)s options instead of %(old)s.")
    return told(text, old[p.DOTS], new[p.DOTS])


def again(parameter: WholeNumber, text: str, *, from_the_first_day: bool = False) -> Example:
    """How often something comes in some years that comes again after so many months."""

    def made(old: Charter, new: Charter, _roll: int) -> Said | None:
        first = 1 if from_the_first_day else 0
        times = [
            (12 * YEARS - first) // months + first if months else 0
            for months in (old[parameter], new[parameter])
        ]
        return _often(text, *times, years=YEARS)

    return made


def _often(text: str, old: int, new: int, **values: object) -> Said | None:
    times = {
        name: counted("%(num)s time", "%(num)s times", many) if many else Said(N_("never"))
        for name, many in (("old", old), ("new", new))
    }
    return Said(text, {**times, **values}) if old != new else None


def reports(old: Charter, new: Charter, _roll: int) -> Said | None:
    """How many reports a coordinator writes, with the one at the end."""
    text = N_("In %(months)s the coordinator reports %(new)s instead of %(old)s, the end included.")
    months = new[p.MANDATE_MONTHS]
    times = [-(-months // each[p.REPORT_MONTHS]) for each in (old, new)]
    return _often(text, *times, months=p.MANDATE_MONTHS.phrase(months))


def committee(old: Charter, new: Charter, _roll: int) -> Said | None:
    """How many of the committee must answer."""
    text = N_(
        "With every place filled, %(new)s of %(new_seats)s must answer instead of %(old)s of %(old_seats)s."
    )
    before, after = old[p.SEATS], new[p.SEATS]
    needed = old[p.COMMITTEE_QUORUM].needed(before), new[p.COMMITTEE_QUORUM].needed(after)
    if (before, needed[0]) == (after, needed[1]):
        return None
    numbers = {"old": number(needed[0]), "new": number(needed[1]), "old_seats": before, "new_seats": after}
    return Said(text, numbers)


def committee_quorum(old: Charter, new: Charter, roll: int) -> Said | None:
    """The same, where only the share changed."""
    return committee(old, new, roll) if old[p.SEATS] == new[p.SEATS] else None


def in_a_row(old: Charter, new: Charter, _roll: int) -> Said | None:
    """How long somebody can sit on the committee without a break."""
    text = N_("Somebody can sit on the committee for %(new)s in a row instead of %(old)s.")
    before, after = (charter[p.CONSECUTIVE_TERMS] * charter[p.TERM_MONTHS] for charter in (old, new))
    return Said(text, {"old": _months(before), "new": _months(after)}) if before != after else None


def _months(months: int) -> Said:
    if not months:
        return Said(N_("any time"))
    return counted("at most %(num)s month", "at most %(num)s months", months)


def term(old: Charter, new: Charter, roll: int) -> Said | None:
    """The same where terms in a row are limited; else how often a place comes up."""
    if old[p.CONSECUTIVE_TERMS] != new[p.CONSECUTIVE_TERMS]:
        return None
    text = N_("Within %(years)s years a place is filled %(new)s instead of %(old)s.")
    return in_a_row(old, new, roll) or again(p.TERM_MONTHS, text, from_the_first_day=True)(old, new, roll)


def sisters(old: Charter, new: Charter, _roll: int) -> Said | None:
    """How many places are this network's own."""
    text = N_("Of %(seats)s places, at least %(new)s are for this network’s own people instead of %(old)s.")
    seats = new[p.SEATS]
    return told(text, seats - old[p.SISTER_SEATS], seats - new[p.SISTER_SEATS], seats=seats)


def kept(old: Charter, new: Charter, _roll: int) -> Said | None:
    """How many places are kept for nobody."""
    text = N_("Of %(seats)s places, %(new)s can be for any member instead of %(old)s.")
    free = [each[p.SEATS] - each[p.INDIVIDUAL_SEATS] - each[p.ORGANISATION_SEATS] for each in (old, new)]
    return told(text, *free, seats=new[p.SEATS]) if old[p.SEATS] == new[p.SEATS] else None


def kept_for_organisations(old: Charter, new: Charter, roll: int) -> Said | None:
    """The same, where only the organisations' places changed."""
    return kept(old, new, roll) if old[p.INDIVIDUAL_SEATS] == new[p.INDIVIDUAL_SEATS] else None


def one_organisation(old: Charter, new: Charter, _roll: int) -> Said | None:
    """Who would be one too many from one organisation."""
    text = N_("The person who would be number %(next)s from one organisation is not given a place.")
    if not new[p.ONE_ORGANISATION]:
        text = N_("The person who would be number %(next)s from one organisation can be given a place again.")
    return Said(text, {"next": (new[p.ONE_ORGANISATION] or old[p.ONE_ORGANISATION]) + 1})


def turn_sizes(old: Charter, new: Charter, _roll: int) -> Said | None:
    """How many places come up at a time."""
    values = {"seats": new[p.SEATS], "new": turns.most_at_once(new), "old": turns.most_at_once(old)}
    if new[p.STAGGERING] == "together":
        return Said(N_("All %(seats)s places come up at the same time."), values)
    if new[p.STAGGERING] == "none" and old[p.STAGGERING] == "together":
        return Said(N_("The %(seats)s places no longer have to come up at the same time."), values)
    if new[p.STAGGERING] == "none":
        return Said(N_("More than %(old)s of %(seats)s places can come up at the same time."), values)
    return Said(N_("Of %(seats)s places, at most %(new)s come up at a time, by turns."), values)
