"""One example for a rule that is to change, in numbers that people know: what it meant, and what it would mean. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from govnet.charter import example_numbers as numbers
from govnet.charter import example_ways as ways
from govnet.charter import parameters as p
from govnet.charter.example_days import closes, frozen, over, turn_months
from govnet.charter.example_numbers import Example, again, vote
from govnet.kernel.messages import N_, Said

if TYPE_CHECKING:
    from govnet.charter.rules import Charter

SOME = 100
"""How many are on the roll of an example, where nobody knows better."""


def example(key: str, old: Charter, new: Charter, roll: int = 0) -> Said | None:
    """What the change of that parameter means with so many on the roll.

    None where its sentence says it all, where nothing changes for anybody, and where it meant nothing before or after.
    """
    make, parameter = EXAMPLES.get(key), p.CATALOGUE[key]
    if make is None or not (old.applies(parameter) and new.applies(parameter)):
        return None
    return make(old, new, roll or SOME)


_MATTERS: Mapping[str, Example] = {
    **{each.key: ways.body(matter) for matter, each in p.BODY_FOR.items()},
    **{each.key: ways.method(matter) for matter, each in p.METHOD_FOR.items()},
}
_BELONGING: Mapping[str, Example] = {
    p.ADMISSION_OBJECTION_DAYS.key: over(
        p.ADMISSION_OBJECTION_DAYS,
        N_("Anyone who is let in on %(start)s is a member from %(new)s on instead of from %(old)s on."),
    ),
    p.ADMISSION_APPEAL_DAYS.key: over(
        p.ADMISSION_APPEAL_DAYS,
        N_("Anyone who is declined on %(start)s can appeal until %(new)s instead of until %(old)s."),
        begins=N_("Anyone who is declined on %(start)s can appeal until %(new)s; until now they could not."),
        ends=N_("Anyone who is declined on %(start)s can’t appeal; until now they could until %(old)s."),
    ),
    p.RENEWAL_MONTHS.key: again(
        p.RENEWAL_MONTHS,
        N_("How often a member is asked to renew within %(years)s years: %(new)s instead of %(old)s."),
    ),
    p.GRACE_DAYS.key: over(
        p.GRACE_DAYS,
        N_(
            "Anyone who is asked on %(start)s and does not renew is no longer a member from %(new)s on "
            "instead of from %(old)s on."
        ),
    ),
    p.ROLL_DAYS.key: over(
        p.ROLL_DAYS,
        N_(
            "Anyone who joins on %(start)s can answer what is asked from %(new)s on instead of from %(old)s on."
        ),
    ),
    p.APPEAL_DAYS.key: over(
        p.APPEAL_DAYS,
        N_("Anyone whose post is hidden on %(start)s can appeal until %(new)s instead of until %(old)s."),
    ),
}
_ANSWERING: Mapping[str, Example] = {
    p.ANSWERS.key: ways.answers,
    p.ALWAYS_TOLD.key: ways.always_told,
    p.HOLIDAYS.key: ways.holidays,
    p.RANKING_RULE.key: ways.ranking,
    p.FALLBACK.key: ways.fallback,
    p.QUORUM.key: numbers.quorum,
    p.QUORUM_COUNT.key: numbers.quorum_count,
    p.QUORUM_SHARE.key: numbers.quorum_share,
    p.MINIMUM_AGREEMENT.key: numbers.agreement,
    p.ASIDES_CEILING.key: numbers.asides,
    p.BLOCKS_TOLERATED.key: numbers.stops,
    p.SPONSORS.key: numbers.supporters,
    p.ENTERED_MOST.key: numbers.entered,
    p.REVIEW_MEMBERS.key: numbers.reviewers,
    p.DOTS.key: numbers.dots,
    p.SUPERMAJORITY.key: vote(p.SUPERMAJORITY),
    p.FALLBACK_MAJORITY.key: vote(p.FALLBACK_MAJORITY),
    p.CHARTER_MAJORITY.key: vote(p.CHARTER_MAJORITY),
}
_TIMES: Mapping[str, Example] = {
    p.MINIMUM_DAYS_OPEN.key: closes(
        p.MINIMUM_DAYS_OPEN,
        N_("A question asked on %(start)s at %(hour)s closes on %(new)s at the earliest instead of %(old)s."),
    ),
    p.MAXIMUM_DAYS_OPEN.key: closes(
        p.MAXIMUM_DAYS_OPEN,
        N_("A question first asked on %(start)s closes on %(new)s at the latest instead of %(old)s."),
        back=True,
    ),
    p.EXTENSION_DAYS.key: closes(
        p.EXTENSION_DAYS,
        N_(
            "Where the words change on %(start)s at %(hour)s, answers close on %(new)s at the earliest instead of "
            "%(old)s, unless all the time there is ends before."
        ),
    ),
    p.EXTENSION_MOST.key: closes(
        p.EXTENSION_MOST,
        N_(
            "A question that was first to close on %(start)s closes on %(new)s at the latest instead of %(old)s."
        ),
        back=True,
    ),
    p.FALLBACK_DAYS.key: closes(
        p.FALLBACK_DAYS,
        N_(
            "A proposal that is stopped when answers close on %(start)s stays open until %(new)s instead of %(old)s."
        ),
    ),
    p.OBJECTION_DAYS.key: closes(
        p.OBJECTION_DAYS,
        N_(
            "To what is written down on %(start)s at %(hour)s one can object until %(new)s instead of %(old)s."
        ),
    ),
    p.FROZEN_HOURS.key: frozen,
    p.NOTICE_DAYS.key: over(
        p.NOTICE_DAYS,
        N_("A draft that last changed on %(start)s can be asked from %(new)s on instead of from %(old)s on."),
    ),
    p.LETTERS_DAYS.key: over(
        p.LETTERS_DAYS,
        N_(
            "A letter opened on %(start)s at %(hour)s can be signed at least until %(new)s instead of %(old)s."
        ),
    ),
}
_OFFICES: Mapping[str, Example] = {
    p.SEATS.key: numbers.committee,
    p.COMMITTEE_QUORUM.key: numbers.committee_quorum,
    p.CONSECUTIVE_TERMS.key: numbers.in_a_row,
    p.TERM_MONTHS.key: numbers.term,
    p.SISTER_SEATS.key: numbers.sisters,
    p.INDIVIDUAL_SEATS.key: numbers.kept,
    p.ORGANISATION_SEATS.key: numbers.kept_for_organisations,
    p.ONE_ORGANISATION.key: numbers.one_organisation,
    p.STAGGERING.key: numbers.turn_sizes,
    p.TURN_MONTH.key: turn_months,
    p.UNFIT.key: ways.unfit,
    p.UNFIT_DAYS.key: over(
        p.UNFIT_DAYS,
        N_("Anyone who is told on %(start)s that they no longer fit leaves on %(new)s instead of %(old)s."),
    ),
    p.VACANCY_DAYS.key: over(
        p.VACANCY_DAYS,
        N_("A place that is empty from %(start)s on is late from %(new)s on instead of from %(old)s on."),
        begins=N_("A place that is empty from %(start)s on is late from %(new)s on; until now it never was."),
        ends=N_("A place that is empty from %(start)s on is never late; until now it was from %(old)s on."),
    ),
    p.PUBLISH_DAYS.key: over(
        p.PUBLISH_DAYS,
        N_("What a meeting decides on %(start)s is late from %(new)s on instead of from %(old)s on."),
        begins=N_("What a meeting decides on %(start)s is late from %(new)s on; until now it never was."),
        ends=N_("What a meeting decides on %(start)s is never late; until now it was from %(old)s on."),
        more=1,
    ),
    p.MANDATE_MONTHS.key: again(
        p.MANDATE_MONTHS,
        N_("Within %(years)s years a coordinator is appointed %(new)s instead of %(old)s."),
        from_the_first_day=True,
    ),
    p.REPORT_MONTHS.key: numbers.reports,
}
EXAMPLES: Mapping[str, Example] = {**_MATTERS, **_BELONGING, **_ANSWERING, **_TIMES, **_OFFICES}
