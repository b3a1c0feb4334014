"""One decision with all that stands beside it, as a page and as data; its check; and asking for its review."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.decisions import labels
from govnet.decisions.blueprint import bp
from govnet.decisions.closing import check as closing_check
from govnet.decisions.closing import petitions, results
from govnet.decisions.models import Decision
from govnet.decisions.offsite import evidence
from govnet.decisions.offsite.actions import METHOD as OFFSITE
from govnet.decisions.offsite.models import OffsiteDecision
from govnet.decisions.pages import decision as pages_decision
from govnet.decisions.pages import proposal as pages_proposal
from govnet.decisions.pages.forms import ReviewForm
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.register import queries, search
from govnet.decisions.register.search import Filter, RegisterChoices
from govnet.decisions.rules.in_force import FOR_GOOD, DecisionState, replaced_by, replaced_until, state_of
from govnet.decisions.rules.option_count import OPTIONS
from govnet.decisions.rules.outcome import Outcome
from govnet.forum.queries import reach
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.clock import today
from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import Said
from govnet.kernel.translation import say
from govnet.kernel.url_converters import asked_number, asked_page
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.pages import data_page, page


@bp.get("/<network:network>/decisions/<number>")
@allows(Can.READ)
def decision(network: Network, number: str) -> Response:
    """One decision, with all that stands beside it."""
    it = pages_decision.whole(network.id, number, network.zone, current_actor())
    return page(
        "decisions/register/decision.html",
        it=it,
        decision=it.decision,
        now=it.now,
        events=pages_decision.timeline(it, network.zone),
    )


@bp.get("/<network:network>/decisions/<number>.json")
@allows(Can.READ)
def decision_data(network: Network, number: str) -> Response:
    """One decision as data: everything that its page says to a visitor."""
    it = pages_decision.whole(network.id, number, network.zone, current_actor())
    found = it.decision
    return data_page(
        line(found, network)
        | {
            "proposal": pages_proposal.as_data(it.now),
            "sha256": found.digest,
            "after_waiting": found.after_waiting,
        }
        | {"charter": found.charter_version.number, "headline": it.headline}
        | _offsite(found.version.proposal.offsite)
        | {"mails": [evidence.as_data(each) for each in it.mails]}
        | {"replaces": found.supersedes.number if found.supersedes else None}
        | {"notes": [_note(each) for each in found.notes], "versions": [_version(each) for each in it.words]}
        | {
            "timeline": [
                {"when": e[0], "what": e[1]} for e in pages_decision.timeline(it, network.zone, exact=True)
            ]
        }
        | {"replies": pages_proposal.replies_data(it.office_replies)}
        | {"review": _review(it), "changed": _changed(it), "not_applied": it.not_applied}
    )


def _offsite(taken: OffsiteDecision | None) -> dict[str, Any]:
    """The evidence of a decision made elsewhere; of other decisions the same names, with nothing under them."""
    return {
        "evidence": taken.evidence if taken else "",
        "evidence_url": taken.evidence_url if taken else "",
        "present": taken.present if taken else "",
        "days_late": taken.days_late if taken else 0,
        "late_because": taken.late_because if taken else "",
    }


def _note(note: Any) -> dict[str, Any]:
    by = note.author.name or None
    return {"kind": note.kind.value, "text": note.text, "at": note.at.isoformat(), "by": by}


def _version(each: pages_decision.VersionText) -> dict[str, Any]:
    version = each.version
    return {
        "number": version.number,
        "question": version.question,
        "text": version.text,
        "because": version.because,
        "opened_at": version.opened_at.isoformat(),
        "closed_at": version.closed_at.isoformat() if version.closed_at else None,
        "outcome": version.outcome.value if version.outcome else None,
        "changes": [{"kind": kind, "text": text} for kind, text in each.parts],
        "rules": [{"before": say(one.before), "after": say(one.after)} for one in each.rules],
    }


def _review(it: pages_decision.DecisionPage) -> dict[str, Any]:
    petition = it.petition
    return {
        "asked": len(petition.requests),
        "needed": petition.needed,
        "due": it.review_due,
        "proposals": [row.proposal_id for row, _version in petition.reviews],
        "of": it.reviewed[0].number if it.reviewed else None,
    }


def _changed(it: pages_decision.DecisionPage) -> dict[str, Any] | None:
    if it.changed is None:
        return None
    number, changes = it.changed
    rules = {
        key: {"old": old, "new": new, "before": say(each.before), "after": say(each.after)}
        for each in changes
        for key, (old, new) in each.values.items()
    }
    return {"charter": number, "rules": rules}


@bp.get("/<network:network>/decisions/<number>/check")
@allows(Can.READ)
def check(network: Network, number: str) -> Response:
    """The arithmetic in sentences, counted again, and everything that could have tipped it."""
    found = closing_check.check(network, number, current_actor())
    asked = request.args.get("show", "")
    show = asked if asked in closing_check.SHOW else ""
    at = asked_page()
    rows = closing_check.roll_page(found.decision, show, names=found.names, number=at) if show else None
    return page(
        "decisions/register/check.html", it=found, decision=found.decision, rows=rows, show=show, number=at
    )


@bp.get("/<network:network>/decisions/<number>/answers.json")
@allows(Can.READ)
def answers_data(network: Network, number: str) -> Response:
    """Every answer, to count again; with names if the page of the decision has them too."""
    return data_page(closing_check.as_data(queries.decision(network.id, number), current_actor()))


@bp.route("/<network:network>/decisions/<number>/review", methods=["GET", "POST"])
@allows(Can.ASK_REVIEW)
def review(network: Network, number: str) -> Response:
    """Ask that a decision is looked at again."""
    found = queries.decision(network.id, number)
    form, decision_id = ReviewForm(about=found), found.id

    def show(status: int) -> Response:
        it = pages_decision.whole(network.id, number, network.zone, current_actor())
        refused = ""
        try:
            petitions.check(it.decision, it.petition, it.today)
        except RuleBroken as error:
            refused = say(error.message)
        return page(
            "decisions/register/review.html", status, it=it, decision=it.decision, form=form, refused=refused
        )

    return form_view(
        form,
        lambda: petitions.ask(decision_id, form.reason.data or "", by=current_actor(), via=Door.WEB),
        url_for(".decision", number=number, _anchor="review"),
        show,
        done=_("You have asked for this. When enough members have, everybody is asked."),
        makes=True,
    )


METHODS = (*p.METHODS, *OPTIONS, OFFSITE)


def _asked(choices: RegisterChoices) -> Filter:
    """The filter in the address; values that were not offered are ignored."""
    known: dict[str, Collection[str]] = {
        "matter": p.MATTERS,
        "method": METHODS,
        "outcome": [each for each in Outcome if each.numbered],
        "door": list(labels.DOORS),
        "state": list(DecisionState),
    }
    wanted = {name: request.args.get(name, "") for name in known}
    chosen = {name: value for name, value in wanted.items() if value in known[name]}
    year, topic = asked_number("year"), asked_number("topic")
    seen = topic if topic in {key for key, _title in choices.topics} else None
    return Filter(year if year and year < 10_000 else None, seen, **chosen)


@bp.get("/<network:network>/decisions", endpoint="register")
@allows(Can.READ)
def the_register(network: Network) -> Response:
    """Open proposals and all decisions, newest first."""
    choices = search.choices(network.id, list(reach(current_actor())))
    wanted, number, day = _asked(choices), asked_page(100_000), today(network.zone)
    found = search.found(network.id, wanted, day, total=choices.total, number=number)
    return page(
        "decisions/register/register.html",
        open_now=proposals_queries.open_now(network.id, current_actor())
        if number == 1 and wanted == Filter()
        else [],
        found=found,
        numbers=_numbers(found, wanted),
        wanted=wanted,
        choices=_in_words(choices),
        outcome_of=results.outcome_in_words,
        state_of=lambda each: state_of(each, day),
        today=day,
    )


def _numbers(found: search.Found, wanted: Filter) -> list[tuple[int, str]]:
    """The pages that can be gone to from here, with their addresses: the ends, and those next to this one."""
    near = {1, found.pages, *range(found.number - 2, found.number + 3)}
    there = sorted(number for number in near if 1 <= number <= found.pages)
    return [(number, url_for(".register", page=number, **wanted.asked())) for number in there]


def _in_words(choices: RegisterChoices) -> dict[str, list[tuple[str, str]]]:
    """The filters of the register: value and label."""
    return {
        "year": [(str(year), f"{year} ({last})") for year, last in choices.years],
        "topic": [(str(key), title) for key, title in choices.topics],
        "matter": [(key, say(Said(said))) for key, said in p.MATTERS.items()],
        "method": [(key, labels.way(key)) for key in METHODS],
        "outcome": [(each.value, str(labels.SHORT[each])) for each in Outcome if each.numbered],
        "door": [(door.value, str(said)) for door, said in labels.DOORS.items()],
        "state": [(each.value, str(said)) for each, said in labels.HOLDS.items()],
    }


@bp.get("/<network:network>/decisions.json")
@allows(Can.READ)
def register_data(network: Network) -> Response:
    """The register as data, a page at a time, by the same filters."""
    choices = search.choices(network.id, list(reach(current_actor())))
    wanted = _asked(choices)
    found = search.found(
        network.id, wanted, today(network.zone), total=choices.total, number=asked_page(100_000)
    )
    more = found.number < found.pages
    return data_page(
        {
            "decisions": [line(each, network) for each in found.decisions],
            "total": found.total,
            "page": found.number,
            "pages": found.pages,
            "filter": wanted.asked(),
            "next": url_for(".register_data", page=found.number + 1, **wanted.asked()) if more else None,
        }
    )


def line(each: Decision, network: Network) -> dict[str, Any]:
    """A decision as the register has it."""
    day = today(network.zone)
    later, until = replaced_by(each, day), replaced_until(each)
    return {
        "number": each.number,
        "question": each.question,
        "matter": each.matter,
        "decided_by": each.body,
        "method": each.method,
        "outcome": each.outcome.value,
        "state": state_of(each, day).value,
        "decided_at": each.decided_at.isoformat(),
        "door": each.door.value,
        "answers": results.tally_of(each).as_json(),
        "could_answer": each.roll_size,
        "review_on": each.review_on.isoformat() if each.review_on else None,
        "trial_until": each.trial_until.isoformat() if each.trial_until else None,
        "replaced_by": later.number if later else None,
        "replaced_until": until.isoformat() if later and until != FOR_GOOD else None,
        "url": url_for(".decision", number=each.number, _external=True),
        "answers_url": url_for(".answers_data", number=each.number, _external=True),
    }
