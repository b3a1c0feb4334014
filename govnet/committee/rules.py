"""The charter's rules for a place on the committee: terms in a row, turns, empty places, the chair. Pure.

With a decision about the rules themselves members make an exception: it needs the majority for a change of the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from govnet.charter import parameters as p
from govnet.charter.kinds import WholeNumber
from govnet.charter.rules import Charter
from govnet.kernel.calendar import months_after
from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import N_, Said

EXCEPTION = "charter"
"""The matter of a decision that may give what the rules do not."""


@dataclass(frozen=True, slots=True)
class HeldTerm:
    """A term somebody held or holds, from `start` until before `end`."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPlace:
    """A place that is to be given."""

    start: date
    end: date
    coopted: bool
    elected: bool
    is_chair: bool
    until: date | None
    """Of a place that fell empty before its time: before which day its term would have ended."""
    turn: date | None = None
    """Before which day it must end, where places come up by turns."""
    body: str
    """The body that decided: "all" members or the "committee"."""
    matter: str


def in_a_row(held: Collection[HeldTerm], start: date, term_months: int) -> int:
    """How many terms follow one another up to `start`: a break shorter than a regular term is none."""
    count, begin = 0, start
    for one in sorted(held, key=lambda each: each.end, reverse=True):
        if one.start >= one.end or one.start >= start:
            continue
        if begin >= months_after(one.end, term_months):
            break
        count, begin = count + 1, one.start
    return count


def check(wanted: WantedPlace, held: Sequence[HeldTerm], charter: Charter) -> None:
    """Check that the charter allows another term after these. RuleBroken names the rule that does not."""
    if wanted.matter == EXCEPTION:
        return
    most = charter[p.CONSECUTIVE_TERMS]
    if most and in_a_row(held, wanted.start, charter[p.TERM_MONTHS]) >= most:
        raise _against(
            N_("By our rules nobody holds a place for more than %(terms)s in a row."),
            "person",
            terms=p.CONSECUTIVE_TERMS.phrase(most),
        )
    if wanted.is_chair and charter[p.CHAIR] == "members" and wanted.body != "all" and not wanted.elected:
        raise _against(
            N_("By our rules all members name the chair, and the committee took this decision."), "decision"
        )
    _check_vacancy(wanted, charter)
    _check_turn(wanted)


def _check_turn(wanted: WantedPlace) -> None:
    """A term ends with its place's turn. A successor in a gap may also stay as long as the one who left could have."""
    gap = wanted.until is not None and wanted.start < wanted.until == wanted.end
    if wanted.turn is not None and wanted.end != wanted.turn and not gap:
        raise _against(
            N_(
                "By our rules places come up by turns, and a term in this one must end with its turn, on "
                "%(day)s."
            ),
            "last_day",
            day=str(wanted.turn - timedelta(days=1)),
        )


def _check_vacancy(wanted: WantedPlace, charter: Charter) -> None:
    rule = charter[p.VACANCY]
    if wanted.coopted and rule != "coopt":
        raise _against(N_("By our rules the committee cannot appoint anybody by itself."), "came_by")
    early = wanted.until is not None and wanted.start < wanted.until
    if early and rule == "decision" and wanted.body not in ("all", charter[p.BODY_FOR["committee"]]):
        raise _against(
            N_(
                "By our rules all members decide who fills a place that fell empty, and the committee took "
                "this decision."
            ),
            "decision",
        )
    if early and rule == "open":
        raise _against(
            N_(
                "By our rules this place stays empty until its term would have ended: choose a first day "
                "from %(day)s on."
            ),
            "first_day",
            day=str(wanted.until),
        )
    if early and wanted.coopted and wanted.until is not None and wanted.end > wanted.until:
        raise _against(
            N_(
                "Somebody whom the committee appoints stays at most until this place’s term would have "
                "ended: before %(day)s."
            ),
            "last_day",
            day=str(wanted.until),
        )


def _against(text: str, field: str, **values: object) -> RuleBroken:
    exception = N_("Members can make an exception by a decision about our rules: propose it as one.")
    return RuleBroken(
        Said(N_("%(rule)s %(exception)s"), {"rule": Said(text, values), "exception": Said(exception)}),
        field=field,
    )


KEPT: Mapping[str, WholeNumber] = {"individual": p.INDIVIDUAL_SEATS, "organisation": p.ORGANISATION_SEATS}
"""By constituency, how many places the charter keeps."""
_KEPT_WORDS: Mapping[str, tuple[str, str]] = {
    "individual": (
        N_("Our rules require %(least)s for members in person; so far: %(there)s."),
        N_("By our rules the places that are left are for members in person: %(places)s."),
    ),
    "organisation": (
        N_("Our rules require %(least)s for people who speak for organisations; so far: %(there)s."),
        N_("By our rules the places that are left are for people who speak for organisations: %(places)s."),
    ),
}
SISTER = "sister network"


def lacking(counts: Mapping[str, int], charter: Charter) -> dict[str, int]:
    """By constituency, how many places the charter keeps that are not there."""
    missing = {kind: charter[kept] - counts.get(kind, 0) for kind, kept in KEPT.items()}
    return {kind: number for kind, number in missing.items() if number > 0}


def lacking_sentences(counts: Mapping[str, int], charter: Charter) -> list[Said]:
    """Differences between the committee's places and those that the charter keeps, as sentences."""
    return [
        Said(
            _KEPT_WORDS[kind][0],
            {
                "least": KEPT[kind].phrase(charter[KEPT[kind]]),
                "there": KEPT[kind].phrase(counts.get(kind, 0)),
            },
        )
        for kind in lacking(counts, charter)
    ]


def check_place(kind: str, counts: Mapping[str, int], charter: Charter, matter: str) -> None:
    """One more place of that kind, beside those that are there. RuleBroken where the charter has no room for it."""
    if matter == EXCEPTION:
        return
    if kind == SISTER:
        _check_sister(counts, charter)
        return
    most, sisters = charter[p.SISTER_SEATS], counts.get(SISTER, 0)
    if most and sum(counts.values()) - sisters >= charter[p.SEATS] - most:
        raise _against(
            N_("By our rules the places that are left are for sister networks: %(places)s."),
            "constituency",
            places=p.SISTER_SEATS.phrase(most),
        )
    _check_kept(kind, counts, charter)


def _check_sister(counts: Mapping[str, int], charter: Charter) -> None:
    most = charter[p.SISTER_SEATS]
    if counts.get(SISTER, 0) >= most:
        raise _against(
            N_("By our rules %(places)s can be for sister networks, and they already exist.")
            if most
            else N_("By our rules no place is for a sister network."),
            "constituency",
            places=p.SISTER_SEATS.phrase(most),
        )


def _check_kept(kind: str, counts: Mapping[str, int], charter: Charter) -> None:
    """Check that the remaining places are enough for all that the charter keeps."""
    sisters = counts.get(SISTER, 0)
    left = charter[p.SEATS] - max(charter[p.SISTER_SEATS], sisters) - (sum(counts.values()) - sisters) - 1
    missing = lacking({**counts, kind: counts.get(kind, 0) + 1}, charter)
    if sum(missing.values()) > left and kind not in lacking(counts, charter):
        short = max(missing, key=lambda each: missing[each])
        raise _against(_KEPT_WORDS[short][1], "constituency", places=KEPT[short].phrase(missing[short]))


def check_organisations(others: Mapping[str, int], charter: Charter) -> None:
    """Of each organisation the person speaks for, so many others are on the committee. RuleBroken for one too many."""
    most = charter[p.ONE_ORGANISATION]
    full = next((name for name, number in others.items() if most and number >= most), None)
    if full is not None:
        raise _against(
            N_(
                "By our rules at most %(people)s on the committee can speak for %(organisation)s, and that "
                "many already do."
            ),
            "person",
            people=p.ONE_ORGANISATION.phrase(most),
            organisation=full,
        )
