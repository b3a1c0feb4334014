"""One decision with all that stands beside it, as a page and as data; its check; and asking for its review."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.decisions import checking, evidence, petitions, recounting, register, shown, whole
from govnet.decisions.blueprint import bp
from govnet.decisions.forms import ReviewForm
from govnet.decisions.register_views import line
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import RuleBroken
from govnet.kernel.paths import asked_page
from govnet.kernel.translation import say
from govnet.permissions import Can, allows
from govnet.web.forms import once
from govnet.web.pages import data_page, page


@bp.get("/<network:network>/decisions/<number>")
@allows(Can.READ)
def decision(network: Network, number: str) -> Response:
    """One decision, with all that stands beside it."""
    it = whole.whole(network.id, number, network.zone, current_actor())
    return page(
        "decisions/decision.html",
        it=it,
        decision=it.decision,
        now=it.now,
        events=whole.timeline(it, network.zone),
    )


@bp.get("/<network:network>/decisions/<number>.json")
@allows(Can.READ)
def decision_data(network: Network, number: str) -> Response:
    """One decision as data: everything that its page says to a visitor."""
    it = whole.whole(network.id, number, network.zone, current_actor())
    found, proposal = it.decision, it.decision.version.proposal
    return data_page(
        line(found, network)
        | {"proposal": shown.as_data(it.now), "sha256": found.digest, "after_waiting": found.after_waiting}
        | {"charter": found.charter_version.number, "headline": it.headline}
        | {"evidence": proposal.evidence, "evidence_url": proposal.evidence_url, "present": proposal.present}
        | {"mails": [evidence.as_data(each) for each in it.mails]}
        | {"days_late": proposal.days_late, "late_because": proposal.late_because}
        | {"replaces": found.supersedes.number if found.supersedes else None}
        | {"notes": [_note(each) for each in found.notes], "versions": [_version(each) for each in it.words]}
        | {"timeline": [{"when": e[0], "what": e[1]} for e in whole.timeline(it, network.zone, exact=True)]}
        | {"replies": shown.replies_data(it.office_replies)}
        | {"review": _review(it), "changed": _changed(it), "not_applied": it.not_applied}
    )


def _note(note: Any) -> dict[str, Any]:
    by = note.author.name or None
    return {"kind": note.kind.value, "text": note.text, "at": note.at.isoformat(), "by": by}


def _version(each: whole.Words) -> dict[str, Any]:
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


def _review(it: whole.Whole) -> dict[str, Any]:
    petition = it.petition
    return {
        "asked": len(petition.requests),
        "needed": petition.needed,
        "due": it.review_due,
        "proposals": [row.proposal_id for row, _version in petition.reviews],
        "of": it.reviewed[0].number if it.reviewed else None,
    }


def _changed(it: whole.Whole) -> dict[str, Any] | None:
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
    found = checking.check(network, number, current_actor())
    asked = request.args.get("show", "")
    show = asked if asked in checking.SHOW else ""
    at = asked_page()
    rows = checking.roll_page(found.decision, show, names=found.names, number=at) if show else None
    return page("decisions/check.html", it=found, decision=found.decision, rows=rows, show=show, number=at)


@bp.get("/<network:network>/decisions/<number>/answers.json")
@allows(Can.READ)
def answers_data(network: Network, number: str) -> Response:
    """Every answer, to count again; names for whom the page of the decision has them too."""
    return data_page(recounting.as_data(register.decision(network.id, number), current_actor()))


@bp.get("/<network:network>/decisions/<number>/review")
@allows(Can.ASK_REVIEW)
def review(network: Network, number: str) -> Response:
    """How many have asked, what it does, and the button."""
    found = register.decision(network.id, number)
    return _review_page(number, network, ReviewForm(about=found))


@bp.post("/<network:network>/decisions/<number>/review")
@allows(Can.ASK_REVIEW)
def review_now(network: Network, number: str) -> Response:
    """Ask for it."""
    found = register.decision(network.id, number)
    form, decision_id = ReviewForm(about=found), found.id
    if form.validate_on_submit():
        with form.catching():
            return once(
                form,
                lambda: petitions.ask(decision_id, form.reason.data or "", by=current_actor(), via=Door.WEB),
                lambda _made: url_for(".decision", number=number, _anchor="review"),
                done=_("You have asked for it. When enough have, everybody is asked."),
            )
    return _review_page(number, network, form, 422)


def _review_page(number: str, network: Network, form: ReviewForm, status: int = 200) -> Response:
    it = whole.whole(network.id, number, network.zone, current_actor())
    refused = ""
    try:
        petitions.check(it.decision, it.petition, it.today)
    except RuleBroken as error:
        refused = say(error.message)
    return page("decisions/review.html", status, it=it, decision=it.decision, form=form, refused=refused)
