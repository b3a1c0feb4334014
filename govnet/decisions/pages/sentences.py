"""Sentences of a proposal's page: who could answer, and what can happen after a Stop."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import case, false, func, select

from govnet.charter import parameters as p
from govnet.decisions.models import ProposalVersion, RollEntry
from govnet.decisions.pages.proposal import ProposalPage
from govnet.decisions.rules.outcome import Rule, parts
from govnet.extensions import db
from govnet.kernel.translation import say


def could_answer(version: ProposalVersion, *, asked: bool = True) -> list[str]:
    """How many could answer when it opened, and how many answers are shown and not counted. One statement.

    Where it is not `asked` yet: who can answer.
    """
    of_version = RollEntry.version_id == version.id
    bodies = select(func.count(case((RollEntry.counted, 1)))).where(
        of_version, RollEntry.organisation_id.is_not(None)
    )
    others = select(func.count()).where(of_version, RollEntry.counted == false())
    found = db.session.execute(select(bodies.label("bodies"), others.label("others"))).one()
    counted = _counted if asked else _can
    said = [counted(version, version.roll_size - found.bodies, found.bodies)]
    if found.others:
        said.append(
            ngettext(
                "By our rules the answer of %(num)s other is shown but not counted.",
                "By our rules the answers of %(num)s others are shown but not counted.",
                found.others,
            )
        )
    return said


def _can(version: ProposalVersion, people: int, organisations: int) -> str:
    if version.proposal.body == "committee":
        return str(
            ngettext(
                "%(num)s member of the committee can answer.",
                "%(num)s members of the committee can answer.",
                people,
            )
        )
    if people and organisations:
        return str(_("%(people)s and %(organisations)s can answer.", **_parties(people, organisations)))
    some = ngettext("%(num)s person can answer.", "%(num)s people can answer.", people)
    bodies = ngettext("%(num)s organisation can answer.", "%(num)s organisations can answer.", organisations)
    if people or organisations:
        return str(some if people else bodies)
    return str(_("Nobody can answer."))


def _counted(version: ProposalVersion, people: int, organisations: int) -> str:
    if version.proposal.body == "committee":
        return str(
            ngettext(
                "%(num)s member of the committee could answer when it opened.",
                "%(num)s members of the committee could answer when it opened.",
                people,
            )
        )
    if people and organisations:
        both = _parties(people, organisations)
        return str(_("%(people)s and %(organisations)s could answer when it opened.", **both))
    some = ngettext(
        "%(num)s person could answer when it opened.", "%(num)s people could answer when it opened.", people
    )
    bodies = ngettext(
        "%(num)s organisation could answer when it opened.",
        "%(num)s organisations could answer when it opened.",
        organisations,
    )
    if people or organisations:
        return str(some if people else bodies)
    return str(_("Nobody could answer when it opened."))


def _parties(people: int, organisations: int) -> dict[str, str]:
    return {
        "people": ngettext("%(num)s person", "%(num)s people", people),
        "organisations": ngettext("%(num)s organisation", "%(num)s organisations", organisations),
    }


def ways_out(it: ProposalPage) -> list[str]:
    """After a Stop that the reader may know of: what those concerned can do, and what happens by itself if they do nothing."""
    if not it.taking or it.offsite or not _is_stopped(it):
        return []
    return [
        str(
            _(
                "The member who proposed it can change the text: then everybody is asked again. Members "
                "can suggest such a change."
            )
        ),
        str(_("A member who said Stop can change that answer or take it back, until answers close.")),
        str(_("The member who proposed it can take it back.")),
        _by_itself(it.version, it.now.rule),
    ]


def _is_stopped(it: ProposalPage) -> bool:
    found = parts(it.now.tally, it.version.roll_size, it.now.rule)
    stopped = any(part.name == "blocks" and not part.met for part in found)
    return it.version.waiting_since is not None or (it.now.counts and stopped)


def _by_itself(version: ProposalVersion, rule: Rule) -> str:
    if version.waiting_since is not None:
        majority = say(p.FALLBACK_MAJORITY.phrase(rule.majority))
        text = _(
            "If none of this helps, a vote decides when answers close: it is agreed if %(majority)s of those "
            "who took a side agree.",
            majority=majority,
        )
    elif rule.fallback is None:
        text = _("If it is still stopped when answers close, it is not agreed.")
    else:
        text = ngettext(
            "If it is still stopped when answers close, it stays open for %(num)s more day. After that it is "
            "agreed if %(majority)s of those who took a side agree.",
            "If it is still stopped when answers close, it stays open for another %(num)s days. After that "
            "it is "
            "agreed if %(majority)s of those who took a side agree.",
            rule.fallback_days,
            majority=say(p.FALLBACK_MAJORITY.phrase(rule.fallback)),
        )
    return str(text)
