"""Drafts: reading one, changing it, wanting it asked, asking it, giving it up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.kinds import Parameter
from govnet.charter.models import Network
from govnet.charter.rules import diff, problems
from govnet.decisions.blueprint import bp
from govnet.decisions.drafts import actions, queries
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import AnyProposal
from govnet.decisions.pages.discussion import of_thread
from govnet.decisions.pages.forms import AskDraftForm, DraftForm
from govnet.decisions.pages.new_proposal_views import asked, asked_in, changes_rules, offered
from govnet.decisions.pages.office_forms import asked_offers, with_offices
from govnet.decisions.pages.rule_forms import asked_rules, rule_fields, seen_rules, with_rules
from govnet.decisions.proposals import offices, roll
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.rules import deadlines, methods
from govnet.decisions.rules.option_count import OPTIONS
from govnet.decisions.suggestions.queries import suggestions
from govnet.extensions import db
from govnet.forum.threads import slots
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound, RuleBroken, Stale
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows, check_right
from govnet.web.forms import meanwhile
from govnet.web.pages import page, see


def beside(line: slots.ThreadLine) -> slots.Beside:
    """An open draft that came out of a discussion."""
    return slots.Beside(line.title, url_for("decisions.proposal", proposal_id=line.key), _("Draft"))


@bp.get("/<network:network>/proposals/drafts/<int:former_id>")
@allows(Can.READ)
def former_draft(network: Network, former_id: int) -> Response:
    """The address that a draft had while drafts had numbers of their own."""
    found = queries.now_at(former_id, network.id)
    if found is None:
        raise NotFound(_("There is no such draft."))
    return redirect(url_for(".proposal", proposal_id=found), 301)


def draft_page(
    network: Network, draft_id: int, form: AskDraftForm | None = None, status: int = 200
) -> Response:
    """The text, those who want it asked, and what is still missing. NotFound where there is no such draft."""
    found, charter, actor = queries.whole(draft_id), charters.rules_in_force(network.id), current_actor()
    if found is None or found.network_id != network.id:
        raise NotFound(_("There is no such proposal."))
    check_right(actor, Can.READ_DRAFT, found)
    words, ask = queries.kept(found)
    wanted = {} if problems(charter, words.changes) else words.changes
    earliest = deadlines.earliest(clock.now(), charter, ZoneInfo(network.zone))
    start = {"closes": max(ask.closes, earliest) if ask.closes else earliest}
    return page(
        "decisions/drafts/draft.html",
        status,
        draft=found,
        proposal=found,
        version=found.version,
        words=words,
        html=found.version.html,
        method=ask.method,
        body=roll.deciding(network, charter, found.matter, offices.people_of(words.offices)),
        changes=diff(charter, charter.with_changes(wanted)) if wanted else (),
        charter=charter,
        missing=queries.missing(charter, found, len(found.sponsors), network.zone),
        needed=charter[p.SPONSORS],
        seen=queries.seen(found),
        supports=any(each.person_id == actor.person_id for each in found.sponsors),
        form=form or AskDraftForm(about=found, data=start),
        discussion=of_thread(found.thread_id, actor),
        suggestions=suggestions(draft_id),
        named=offices.in_words(words.offices),
    )


@bp.get("/<network:network>/proposals/<int:draft_id>/change")
@allows(Can.CHANGE_DRAFT, draft=AnyProposal)
def change_draft(network: Network, draft: AnyProposal) -> Response:
    """The text as it is, to be changed."""
    if not isinstance(draft, Draft):
        return see(".proposal", proposal_id=draft.id)
    return _change_page(network, draft, _change_form(network, draft))


@bp.post("/<network:network>/proposals/<int:draft_id>/change")
@allows(Can.CHANGE_DRAFT, draft=AnyProposal)
def change_draft_now(network: Network, draft: AnyProposal) -> Response:
    """Keep the new text."""
    if not isinstance(draft, Draft):
        raise RuleBroken(_("This has already been opened."))
    form, draft_id = _change_form(network, draft), draft.id
    if form.validate_on_submit():
        seen, by = form.seen.data or "", current_actor()
        try:
            with form.catching(), transaction():
                words, ask = asked_in(form, draft.matter, _rules(draft), draft.thread_id, network)
                actions.change(draft_id, words, ask, seen=seen, by=by, via=Door.WEB)
                return see(".proposal", proposal_id=draft_id)
        except Stale:
            return _stale_page(network, db.session.get_one(Draft, draft_id), form)
    return _change_page(network, draft, form, 422)


def _stale_page(network: Network, draft: Draft, form: Any) -> Response:
    """Both are shown; sending again now says that the newer one was seen."""
    now = _change_form(network, draft, formdata=None)
    form.seen.data = queries.seen(draft)
    return _change_page(network, draft, form, 409, meanwhile(now, form))


def _rules(draft: Draft) -> list[Parameter[Any]]:
    words, _ask = queries.kept(draft)
    return asked_rules(words.changes)


def _change_form(network: Network, draft: Draft, **more: Any) -> Any:
    words, ask = queries.kept(draft)
    charter = charters.rules_in_force(network.id)
    shown = charter if problems(charter, words.changes) else charter.with_changes(words.changes)
    offers = asked_offers(network, request.args.getlist("office"), draft.matter, words.offices)
    form_class: type[Any] = DraftForm
    if changes_rules(network, draft.matter, offers, ask.replaces_id):
        form_class = with_rules(form_class, shown, charter)
    form_class = with_offices(form_class, offers)
    start = _typed(words, ask) | {"seen": queries.seen(draft), "rules": str(charter.number)}
    form = offered(form_class(about=draft, data=start, **more), network, charter, draft.matter)
    form.offers = offers
    return form


def _typed(words: Wording, ask: Ask) -> dict[str, Any]:
    """A draft as the form of a proposal has it."""
    between = ask.method in OPTIONS
    return {
        "question": words.question,
        "text": words.text,
        "way": "options" if between else ask.method,
        "choosing": ask.method if between else OPTIONS[0],
        "options": "\n".join(words.options),
        "closes": ask.closes,
        "replaces": ask.replaces_id or 0,
        "review": ask.review_on,
        **asdict(words.more),
    }


def _change_page(
    network: Network, draft: Draft, form: Any, status: int = 200, newer: Sequence[tuple[str, str]] = ()
) -> Response:
    charter, zone = charters.rules_in_force(network.id), ZoneInfo(network.zone)
    return page(
        "decisions/proposals/propose.html",
        status,
        form=form,
        charter=charter,
        matter=draft.matter,
        given=True,
        choice=(),
        body=roll.deciding(network, charter, draft.matter),
        rules=rule_fields(form, _rules(draft), seen_rules(network.id, form)),
        exceptions=(),
        draft=draft,
        newer=newer,
        needs_draft=methods.needs_draft(charter),
        soonest=deadlines.earliest(clock.now(), charter, zone),
        latest=deadlines.latest(clock.now(), charter, zone),
        thread=of_thread(draft.thread_id, current_actor()),
    )


@bp.post("/<network:network>/proposals/<int:draft_id>/ask")
@allows(Can.CHANGE_DRAFT, draft=AnyProposal)
def ask_draft(network: Network, draft: AnyProposal) -> Response:
    """Ask it, when nothing is missing."""
    form, draft_id, by = AskDraftForm(about=draft), draft.id, current_actor()
    if request.form.get("change"):
        return see(".proposal", proposal_id=draft_id)
    if form.validate_on_submit():
        with form.catching():
            closes = form.closes.data
            return asked(form, network, lambda: actions.ask_it(draft_id, closes, by=by, via=Door.WEB))
    return draft_page(network, draft_id, form, 422)


@bp.post("/<network:network>/proposals/<int:draft_id>/sponsor")
@allows(Can.SPONSOR, draft=AnyProposal)
def sponsor_draft(network: Network, draft: AnyProposal) -> Response:
    """Want it asked."""
    seen, draft_id = request.form.get("seen", "")[:64], draft.id
    return press(draft_id, lambda: actions.sponsor(draft_id, seen, by=current_actor(), via=Door.WEB))


@bp.post("/<network:network>/proposals/<int:draft_id>/leave")
@allows(Can.SPONSOR, draft=AnyProposal)
def leave_draft(network: Network, draft: AnyProposal) -> Response:
    """No longer want it asked."""
    draft_id = draft.id
    return press(draft_id, lambda: actions.leave(draft_id, by=current_actor(), via=Door.WEB))


@bp.post("/<network:network>/proposals/<int:draft_id>/drop")
@allows(Can.CHANGE_DRAFT, draft=AnyProposal)
def drop_draft(network: Network, draft: AnyProposal) -> Response:
    """Give it up."""
    draft_id = draft.id
    return press(draft_id, lambda: actions.drop(draft_id, by=current_actor(), via=Door.WEB))


def press(draft_id: int, do: Callable[[], object]) -> Response:
    """Do it and show the draft again, with what the rules say against it."""
    try:
        with transaction():
            do()
    except RuleBroken as broken:
        flash(str(broken), "warning")
    return see(".proposal", proposal_id=draft_id)
