"""The catalogue: every rule that a network can set, and that some rule of the program reads. Pure data."""

from collections.abc import Mapping
from typing import Any

from govnet.charter.catalogue import (
    amendments,
    committee,
    letters,
    membership,
    methods,
    proposals,
    reviews,
    statements,
)
from govnet.charter.catalogue.amendments import *  # noqa: F403  # each file of the catalogue is read through this one
from govnet.charter.catalogue.committee import *  # noqa: F403
from govnet.charter.catalogue.letters import *  # noqa: F403
from govnet.charter.catalogue.membership import *  # noqa: F403
from govnet.charter.catalogue.methods import *  # noqa: F403
from govnet.charter.catalogue.proposals import *  # noqa: F403
from govnet.charter.catalogue.reviews import *  # noqa: F403
from govnet.charter.catalogue.statements import *  # noqa: F403
from govnet.charter.kinds import Choice, Parameter, Share, Statements, WholeNumber, YesNo
from govnet.charter.thresholds import at_least
from govnet.kernel.messages import N_

CHARTER_MAJORITY = Share(
    key="charter.majority",
    default=at_least(2, 3),
    title=N_("Vote that changes these rules"),
    explains=N_("The least that a vote on the rules themselves needs, whichever way it is decided."),
    clause=N_("Where a vote decides on these rules, it needs %(value)s of those who took a side."),
)
MANDATE_MONTHS = WholeNumber(
    key="coordinator.term_months",
    default=24,
    title=N_("Time as coordinator"),
    explains=N_("How long the mandate lasts before it is decided again."),
    clause=N_("A coordinator is appointed for %(value)s."),
    unit="months",
    least=1,
    most=120,
)
REPORT_MONTHS = WholeNumber(
    key="coordinator.report_months",
    default=12,
    title=N_("The coordinator’s reports"),
    explains=N_("How often the coordinator reports in public. There is one more report at the end."),
    clause=N_("The coordinator reports every %(value)s."),
    unit="months",
    least=1,
    most=60,
)
MAY_ANNOUNCE = YesNo(
    key="coordinator.may_announce",
    default=True,
    title=N_("The coordinator may write to everybody"),
    explains=N_("Without asking the committee each time. Every announcement is public."),
    clause=N_("The coordinator may write to everybody without asking first."),
    clause_no=N_("The chair, not the coordinator, sends what goes to everybody."),
)
CODE_OF_CONDUCT = Statements(
    key="conduct.code",
    default=(),
    title=N_("How we treat each other"),
    explains=N_("People tick each sentence separately when they join, and again when they take office."),
    clause=N_("We promise each other, when we join and again when we take office:"),
    clause_none=N_("There is no written code of conduct."),
)
WHO_MAY_HIDE = Choice(
    key="conduct.who_may_hide",
    default="committee",
    title=N_("Who can hide a post"),
    explains=N_("Always with a reason, in public, and never as the last word."),
    clause=N_("A post can be hidden, with a reason that is public, by %(value)s."),
    options={
        "committee": N_("anybody on the committee, or the coordinator"),
        "chair": N_("the chair or the coordinator"),
    },
)
APPEAL_DAYS = WholeNumber(
    key="conduct.appeal_days",
    default=14,
    title=N_("Time to appeal"),
    explains=N_("An appeal is heard by two other people, never by the one who hid the post."),
    clause=N_("Its author can appeal within %(value)s; two other people from the committee hear the appeal."),
    unit="days",
    least=1,
    most=90,
)

MATTERS: Mapping[str, str] = {
    "charter": N_("our rules"),
    "members": N_("who belongs to the network"),
    "money": N_("money"),
    "activities": N_("what we do"),
    "statement": N_("what is said in our name"),
    "mandate": N_("who coordinates and what the coordinator may do"),
    "committee": N_("the committee’s own business"),
}
BODIES: Mapping[str, str] = {"all": N_("All members"), "committee": N_("The committee")}
METHODS: Mapping[str, str] = {
    "consensus": N_("by consensus: everybody can live with it"),
    "consent": N_("by consent: it goes ahead unless somebody says Stop, and silence is fine"),
    "majority": N_("by a vote: more agree than disagree"),
    "supermajority": N_("by a large majority"),
    "advice": N_("by asking for advice, which binds nobody"),
}
_DECIDED_BY = {"committee": "committee"}
_OLDER = {"activities": "statement"}
"""Matters that charters before 0.2.0 do not name, and the one whose rule they gave to such things."""


_TITLES: Mapping[str, tuple[str, str]] = {
    "charter": (N_("Our rules: who decides"), N_("Our rules: how it is decided")),
    "members": (N_("Who belongs: who decides"), N_("Who belongs: how it is decided")),
    "money": (N_("Money: who decides"), N_("Money: how it is decided")),
    "activities": (N_("What we do: who decides"), N_("What we do: how it is decided")),
    "statement": (
        N_("What is said in our name: who decides"),
        N_("What is said in our name: how it is decided"),
    ),
    "mandate": (
        N_("The coordinator’s appointment and work: who decides"),
        N_("The coordinator’s appointment and work: how it is decided"),
    ),
    "committee": (
        N_("The committee’s business: who decides"),
        N_("The committee’s business: how it is decided"),
    ),
}


def _body(matter: str) -> Choice:
    return Choice(
        key=f"matters.{matter}_body",
        default=_DECIDED_BY.get(matter, "all"),
        title=_TITLES[matter][0],
        explains=N_("The body that decides on this."),
        clause=N_("Who decides: %(value)s."),
        options=BODIES,
        older=f"matters.{_OLDER[matter]}_body" if matter in _OLDER else "",
    )


def _method(matter: str) -> Choice:
    return Choice(
        key=f"matters.{matter}_method",
        default="consensus",
        title=_TITLES[matter][1],
        explains=N_("How it is decided."),
        clause=N_("It is decided %(value)s."),
        options=METHODS,
        older=f"matters.{_OLDER[matter]}_method" if matter in _OLDER else "",
    )


BODY_FOR: Mapping[str, Choice] = {matter: _body(matter) for matter in MATTERS}
METHOD_FOR: Mapping[str, Choice] = {matter: _method(matter) for matter in MATTERS}

SECTIONS: Mapping[str, str] = {
    "membership": N_("Who belongs"),
    "discussion": N_("How we talk"),
    "matters": N_("Who decides what"),
    "decisions": N_("How we decide"),
    "charter": N_("How these rules change"),
    "committee": N_("The committee"),
    "coordinator": N_("The coordinator"),
    "conduct": N_("How we treat each other"),
    "words": N_("In our own words"),
}
_BELONGING = (vars(membership), vars(committee))
_FILES = (
    *_BELONGING,
    vars(proposals),
    vars(methods),
    vars(amendments),
    vars(reviews),
    vars(letters),
    vars(statements),
    globals(),
)
_FIXED: tuple[Parameter[Any], ...] = tuple(
    each for file in _FILES for each in file.values() if isinstance(each, Parameter)
)
CATALOGUE: Mapping[str, Parameter[Any]] = {
    each.key: each
    for section in SECTIONS
    for each in (*_FIXED, *(two[matter] for matter in MATTERS for two in (BODY_FOR, METHOD_FOR)))
    if each.section == section
}
