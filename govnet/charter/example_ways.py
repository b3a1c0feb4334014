"""Examples of what another way of doing things means for somebody: answers, mails, holidays, votes, places. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from govnet.charter import parameters as p
from govnet.charter import working_days
from govnet.charter.contradictions import DIGEST_GAP
from govnet.charter.example_days import DAY, FIRST, WEEKDAYS, plain
from govnet.charter.example_numbers import number
from govnet.charter.thresholds import more_than
from govnet.kernel.messages import N_, Said, counted

if TYPE_CHECKING:
    from govnet.charter.example_numbers import Example
    from govnet.charter.rules import Charter

HALF = more_than(1, 2)
NEAREST: Mapping[str, tuple[str, str]] = {
    "block": ("stand-aside", N_("“Agree”")),
    "stand-aside": ("block", N_("“Agree”")),
    "reservations": ("", N_("“Agree”")),
    "no-view": ("", N_("no answer at all")),
}
"""For each answer the one that comes nearest, and what is left where that is missing too."""
OF_A_QUESTION = ("opening", "result", "last_day")
"""What people are told of one question, what matters most first."""
YEARS = range(2026, 2033)
"""Years in a row: a holiday that falls on one day of the week in all of them always does."""


def answers(old: Charter, new: Charter, _roll: int) -> Said | None:
    """What somebody answers whose answer is gone, or new."""
    before, after = old[p.ANSWERS], new[p.ANSWERS]
    gone = next((each for each in NEAREST if each in before - after), "")
    if gone:
        values = {"gone": _answer(gone), "left": _nearest(gone, after)}
        return Said(N_("Anyone who would have chosen %(gone)s can choose %(left)s."), values)
    added = next((each for each in NEAREST if each in after - before), "")
    if not added:
        return None
    values = {"left": _nearest(added, before), "added": _answer(added)}
    return Said(N_("Anyone who had only %(left)s to choose can choose %(added)s."), values)


def _answer(option: str) -> Said:
    return Said(p.ANSWERS.options[option])


def _nearest(option: str, offered: frozenset[str]) -> Said:
    near, otherwise = NEAREST[option]
    return _answer(near) if near in offered else Said(otherwise)


def always_told(old: Charter, new: Charter, _roll: int) -> Said | None:
    """How much later, or sooner, somebody hears of it who takes one mail a week."""
    days = counted("%(num)s day", "%(num)s days", DIGEST_GAP)
    for what in OF_A_QUESTION:
        rules = tuple(bool(each[p.ALWAYS_TOLD] & {what, "charter"}) for each in (old, new))
        others = tuple(what in each[p.ALWAYS_TOLD] for each in (old, new))
        if (False, True) in (rules, others):
            text = N_("Anyone who takes one mail a week hears %(what)s up to %(days)s sooner than until now.")
            return Said(text, {"what": _where(what, rules, others), "days": days})
        if (True, False) in (rules, others):
            text = N_("Anyone who takes one mail a week hears %(what)s up to %(days)s later than until now.")
            return Said(text, {"what": _where(what, rules, others), "days": days})
    return None


def _where(what: str, rules: tuple[bool, ...], others: tuple[bool, ...]) -> Said:
    """What is told, and where: of these rules, of other matters, or of everything."""
    said = Said(p.ALWAYS_TOLD.options[what])
    if rules[0] == rules[1]:
        return Said(N_("%(what)s (where it is not about these rules)"), {"what": said})
    if others[0] == others[1]:
        return Said(N_("%(what)s (where it is about these rules)"), {"what": said})
    return said


def holidays(old: Charter, new: Charter, _roll: int) -> Said | None:
    """What becomes of something due on one of the days that are kept from then on, or no longer."""
    name, then = _kept(new, old)
    if then is not None:
        values = {"name": name, "then": Said(WEEKDAYS[then])}
        return Said(N_("Anything that would be due on %(name)s is due on the %(then)s after it."), values)
    if name:
        return Said(N_("Nothing is due on %(name)s any more."), {"name": name})
    name, _then = _kept(old, new)
    return Said(N_("Something can be due on %(name)s again."), {"name": name}) if name else None


def _kept(here: Charter, there: Charter) -> tuple[str, int | None]:
    """A holiday kept only here, and on which day of the week what is due on it closes, where that is always the same."""
    found: dict[str, dict[int, tuple[int, int]]] = {}
    for day in _days():
        name = working_days.holiday(day, here)
        if name and not working_days.holiday(day, there):
            then = working_days.from_day(day, here)
            found.setdefault(name, {})[day.year] = day.weekday(), then.weekday()
    for name, by_year in found.items():
        if len(by_year) == len(YEARS) and len(set(by_year.values())) == 1:
            return name, by_year[YEARS[0]][1]
    return next(iter(found), ""), None


def _days() -> list[date]:
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    every = (first + timedelta(days=days) for days in range((last - first).days + 1))
    return [day for day in every if day.weekday() < 5]


def body(matter: str) -> Example:
    """How many decide on a matter."""

    def made(old: Charter, new: Charter, roll: int) -> Said | None:
        seats = {"seats": number(new[p.SEATS]), "roll": roll}
        if new[p.BODY_FOR[matter]] == "committee":
            return Said(
                N_("At most %(seats)s on the committee decide instead of %(roll)s on the roll."), seats
            )
        return Said(N_("%(roll)s on the roll decide instead of at most %(seats)s on the committee."), seats)

    return made


def method(matter: str) -> Example:
    """What is needed if everybody takes a side."""

    def made(old: Charter, new: Charter, roll: int) -> Said | None:
        people = new[p.SEATS] if new[p.BODY_FOR[matter]] == "committee" else roll
        values = {name: _needed(matter, each, people) for name, each in (("old", old), ("new", new))}
        return Said(
            N_("If all %(people)s take a side, %(new)s. Until now, %(old)s."), {"people": people, **values}
        )

    return made


def _needed(matter: str, charter: Charter, people: int) -> Said:
    way = charter[p.METHOD_FOR[matter]]
    agree = N_("at least %(agree)s must agree")
    if way == "advice":
        return Said(N_("it binds nobody"))
    if way == "consent":
        stops = p.BLOCKS_TOLERATED.phrase(1)
        return Said(N_("%(stops)s can keep it from going ahead, however many agree"), {"stops": stops})
    if way == "consensus":
        values = {
            "agree": _agreeing(charter, people),
            "stops": p.BLOCKS_TOLERATED.phrase(charter[p.BLOCKS_TOLERATED] + 1),
            "days": p.FALLBACK_DAYS.phrase(charter[p.FALLBACK_DAYS]),
        }
        if charter.applies(p.FALLBACK_DAYS):
            agree = N_("at least %(agree)s must agree, and %(stops)s can hold it up for %(days)s")
        elif charter.applies(p.BLOCKS_TOLERATED):
            agree = N_("at least %(agree)s must agree, and %(stops)s can keep it from going ahead")
        return Said(agree, values)
    large = charter[p.SUPERMAJORITY] if way == "supermajority" else HALF
    least = charter[p.CHARTER_MAJORITY] if matter == "charter" else HALF
    return Said(agree, {"agree": large.stricter(least).needed(people)})


def _agreeing(charter: Charter, people: int) -> int:
    may_disagree = max(0, charter[p.ASIDES_CEILING].needed(people) - 1)
    return max(1, charter[p.MINIMUM_AGREEMENT].needed(people), people - may_disagree)


def ranking(_old: Charter, new: Charter, roll: int) -> Said | None:
    """A ranking that the two ways of counting end differently: a small majority's favourite, or everybody's second."""
    most, rest = roll // 2 + 1, roll - roll // 2 - 1
    points = {"A": 2 * most, "B": most + 2 * rest}
    if points["B"] <= points["A"]:
        return None
    text = N_(
        "If %(most)s put A before B and B before C, and %(rest)s put B before C and C before A, "
        "%(new)s comes first instead of %(old)s."
    )
    first, other = ("A", "B") if new[p.RANKING_RULE] == "irv" else ("B", "A")
    return Said(text, {"most": most, "rest": rest, "new": first, "old": other})


def fallback(old: Charter, new: Charter, roll: int) -> Said | None:
    """What a vote after the waiting time makes of a Stop."""
    votes = new if new[p.FALLBACK] == "majority" else old
    values = {
        "stops": p.BLOCKS_TOLERATED.phrase(votes[p.BLOCKS_TOLERATED] + 1),
        "days": p.FALLBACK_DAYS.phrase(votes[p.FALLBACK_DAYS]),
        "needed": votes[p.FALLBACK_MAJORITY].needed(roll),
        "roll": roll,
    }
    if votes is new:
        return Said(
            N_(
                "With %(stops)s, it is agreed after %(days)s if %(needed)s of %(roll)s agree; "
                "until now it was not agreed."
            ),
            values,
        )
    return Said(
        N_(
            "With %(stops)s, it is not agreed, however many agree; until now %(needed)s of %(roll)s "
            "were enough after %(days)s."
        ),
        values,
    )


def unfit(old: Charter, new: Charter, _roll: int) -> Said | None:
    """When somebody leaves who no longer fits a place."""
    leaves = new if new[p.UNFIT] == "leaves" else old
    values = {"start": plain(FIRST), "last": plain(FIRST + DAY * leaves[p.UNFIT_DAYS])}
    text = N_(
        "Anyone who is notified on %(start)s that they no longer fit leaves the place on %(last)s instead "
        "of at the end of the term."
    )
    if leaves is old:
        text = N_(
            "Anyone who is notified on %(start)s that they no longer fit leaves the place at the end of "
            "the term instead of on %(last)s."
        )
    return Said(text, values)
