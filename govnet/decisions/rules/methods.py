"""The ways of deciding that a proposer has within what the charter allows, and what a choice comes to. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.decisions.rules.option_count import LEAST_OPTIONS, MOST_OPTIONS, OPTIONS, OptionCount
from govnet.decisions.rules.outcome import Outcome, Rule, Tally, parts
from govnet.kernel.messages import N_, Said, counted

WAYS: Mapping[str, str] = {
    "consensus": N_("Agree together"),
    "consent": N_("Any objections?"),
    "majority": N_("Vote"),
    "supermajority": N_("Vote, with a large majority"),
    "options": N_("Choose between options"),
    "advice": N_("Just asking"),
}
"""As the form has them; choosing between options is one way, in which the options are then given in one of three."""
UNDER: Mapping[str, str] = {
    "consensus": N_("People say what they think of it; it is agreed if everybody can live with it."),
    "consent": N_("It goes ahead unless somebody says Stop. Silence is fine."),
    "majority": N_("It is agreed if more agree than disagree."),
    "supermajority": N_("It is agreed if a large majority agrees."),
    "options": N_("You give the options; “None of these” is always added."),
    "advice": N_("People say what they think, and nothing is decided."),
}
CHOOSING: Mapping[str, str] = {
    "ranked": N_("by putting them in an order"),
    "score": N_("by scoring each from 0 to 5"),
    "dots": N_("by giving away dots"),
}
HOW: Mapping[str, str] = {
    **p.METHODS,
    "ranked": N_("by putting options in an order"),
    "score": N_("by scoring options from 0 to 5"),
    "dots": N_("by giving dots to options"),
}
"""The way of deciding, at the end of a sentence that begins with the body that decides."""

NAMES: Mapping[str, str] = {
    "consensus": N_("By consensus"),
    "consent": N_("By consent"),
    "majority": N_("By a vote"),
    "supermajority": N_("By a large majority"),
    "advice": N_("As advice"),
    "ranked": N_("By an order of options"),
    "score": N_("By scores for options"),
    "dots": N_("By dots for options"),
}
"""The same in a few words that are complete by themselves."""


def allowed(charter: Charter, matter: str) -> tuple[str, ...]:
    """The methods that a proposal on this matter may use, the matter's own first."""
    own = charter[p.METHOD_FOR[matter]]
    consent = own == "consensus" and matter != "charter" and _may_ask_for_objections(charter)
    choices = OPTIONS if matter != "charter" else ()
    return tuple(dict.fromkeys((own, *(["consent"] if consent else []), *choices, "advice")))


def _may_ask_for_objections(charter: Charter) -> bool:
    """Silence means consent only where people can say Stop."""
    return charter[p.CONSENT_INSTEAD] and "block" in charter[p.ANSWERS]


def ways(charter: Charter, matter: str) -> tuple[str, ...]:
    """The same as the form offers it: options are one way."""
    return tuple(dict.fromkeys("options" if each in OPTIONS else each for each in allowed(charter, matter)))


def refused(
    charter: Charter, matter: str, method: str, changes: Mapping[str, Any] | None = None
) -> Said | None:
    """Why a proposal on this matter can't be put in this way, or nothing."""
    if method in OPTIONS and (matter == "charter" or changes):
        return Said(N_("Our rules never change by a choice between options. Choose another way."))
    if method in allowed(charter, matter):
        return None
    if method == "consent" and matter == "charter":
        return Said(N_("Our rules never change by silence: they need agreement. Choose another way."))
    if method == "consent":
        return Said(
            N_("By our rules this can’t be decided by asking only for objections. Choose another way.")
        )
    return Said(N_("By our rules this is not decided in that way. Choose another way."))


def options_problem(method: str, options: Sequence[str]) -> Said | None:
    """Why these can't be what people choose between, or nothing."""
    if method not in OPTIONS:
        return (
            Said(N_("Options are only for a choice between options. Choose that way, or leave them out."))
            if options
            else None
        )
    if not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS:
        words = N_("Enter from %(least)s to %(most)s options, each on a line of its own.")
        return Said(words, {"least": LEAST_OPTIONS, "most": MOST_OPTIONS})
    if len({each.casefold() for each in options}) != len(options):
        return Said(N_("Two of the options are the same."))
    if any(len(each) > 200 for each in options):
        return Said(N_("An option is too long: at most 200 characters. The text has room for more."))
    return None


def chosen(count: OptionCount, tally: Tally, roll: int, rule: Rule) -> Outcome:
    """Applies the rule to a choice between options. Nobody types an outcome in."""
    if any(not part.met for part in parts(tally, roll, rule)):
        return Outcome.NO_QUORUM
    if not rule.settles:
        return Outcome.ADVICE
    if count.tied:
        return Outcome.TIED
    if count.first is None:
        return Outcome.NOT_AGREED
    return Outcome.CHOSEN if count.first else Outcome.REFUSED


def needs_draft(charter: Charter) -> bool:
    """Whether the charter wants a draft before anything is asked."""
    return charter[p.SPONSORS] > 0 or charter[p.NOTICE_DAYS] > 0


def stood_until(changed: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The time until which an unchanged version must stand, by the wall clock where the network is; in UTC."""
    wall = changed.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def missing(
    charter: Charter, supporters: int, changed: datetime, now: datetime, zone: ZoneInfo
) -> tuple[Said, ...]:
    """The missing conditions of a draft before it can be proposed, in words; empty when it can."""
    found = []
    wanted = charter[p.SPONSORS] - supporters
    if wanted > 0:
        found.append(
            counted(
                "%(num)s more member must want this opened for answers.",
                "%(num)s more members must want this opened for answers.",
                wanted,
            )
        )
    stands = stood_until(changed, charter[p.NOTICE_DAYS], zone)
    if now < stands:
        local = stands.astimezone(zone)
        words = N_("Its text must stay unchanged until %(day)s, %(hour)s.")
        found.append(Said(words, {"day": local.date(), "hour": f"{local:%H:%M %Z}"}))
    return tuple(found)
