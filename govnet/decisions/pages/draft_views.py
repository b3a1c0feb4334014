"""Drafts: reading one, changing it, wanting it asked, asking it, giving it up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.kinds import Parameter
from govnet.charter.models import Network
from govnet.charter.rules import diff, problems
from govnet.decisions.blueprint import bp
from govnet.decisions.drafts import actions, queries, suggestions
from govnet.decisions.drafts.models import Draft
from govnet.decisions.pages.discussion import of_thread
from govnet.decisions.pages.forms import AskDraftForm, DraftForm, ReasonForm, SuggestForm
from govnet.decisions.pages.new_proposal_views import asked, asked_in, changes_rules, offered
from govnet.decisions.pages.office_forms import asked_offers, with_offices
from govnet.decisions.pages.rule_forms import asked_rules, rule_fields, seen_rules, with_rules
from govnet.decisions.proposals import offices, roll, stored_form
from govnet.decisions.proposals.opening import Ask, Wording, digest
from govnet.decisions.rules import deadlines, methods
from govnet.decisions.rules.option_count import OPTIONS
from govnet.forum.threads import slots
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import RuleBroken, Stale
from govnet.kernel.text import render
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.forms import meanwhile, once
from govnet.web.pages import page, see


def beside(line: slots.ThreadLine) -> slots.Beside:
    """An open draft that came out of a discussion."""
    return slots.Beside(line.title, url_for("decisions.draft", draft_id=line.key), _("Draft"))


@bp.get("/<network:network>/proposals/drafts/<int:draft_id>")
@allows(Can.READ_DRAFT, draft=Draft)
def draft(network: Network, draft: Draft) -> Response:
    """The words, who wants them asked, and what is still missing."""
    return _draft_page(network, draft.id)


def _draft_page(
    network: Network, draft_id: int, form: AskDraftForm | None = None, status: int = 200
) -> Response:
    found, charter = queries.whole(draft_id), charters.rules_in_force(network.id)
    words, ask = stored_form.loads(found.words)
    wanted = {} if problems(charter, words.changes) else words.changes
    earliest = deadlines.earliest(clock.now(), charter, ZoneInfo(network.zone))
    start = {"closes": max(ask.closes, earliest) if ask.closes else earliest}
    return page(
        "decisions/draft.html",
        status,
        draft=found,
        words=words,
        html=render(words.text),
        method=found.method,
        body=roll.deciding(network, charter, found.matter, offices.people_of(words.offices)),
        changes=diff(charter, charter.with_changes(wanted)) if wanted else (),
        charter=charter,
        missing=queries.missing(charter, found, len(found.sponsors), network.zone),
        needed=charter[p.SPONSORS],
        seen=digest(found.words),
        supports=any(each.person_id == current_actor().person_id for each in found.sponsors),
        form=form or AskDraftForm(about=found, data=start),
        discussion=of_thread(found.thread_id, current_actor()),
        suggestions=suggestions.suggestions(draft_id),
        named=offices.in_words(words.offices),
    )


@bp.get("/<network:network>/proposals/drafts/<int:draft_id>/change")
@allows(Can.CHANGE_DRAFT, draft=Draft)
def change_draft(network: Network, draft: Draft) -> Response:
    """The words as they are, to be changed."""
    return _change_page(network, draft, _change_form(network, draft))


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/change")
@allows(Can.CHANGE_DRAFT, draft=Draft)
def change_draft_now(network: Network, draft: Draft) -> Response:
    """Keep the new words."""
    form, draft_id = _change_form(network, draft), draft.id
    if form.validate_on_submit():
        seen, by = form.seen.data or "", current_actor()
        try:
            with form.catching(), transaction():
                words, ask = asked_in(form, draft.matter, _rules(draft), draft.thread_id, network)
                actions.change(draft_id, words, ask, seen=seen, by=by, via=Door.WEB)
                return see(".draft", draft_id=draft_id)
        except Stale:
            return _stale_page(network, queries.whole(draft_id), form)
    return _change_page(network, draft, form, 422)


def _stale_page(network: Network, draft: Draft, form: Any) -> Response:
    """Both are shown; sending again now says that the newer one was seen."""
    now = _change_form(network, draft, formdata=None)
    form.seen.data = digest(draft.words)
    return _change_page(network, draft, form, 409, meanwhile(now, form))


def _rules(draft: Draft) -> list[Parameter[Any]]:
    words, _ask = stored_form.loads(draft.words)
    return asked_rules(words.changes)


def _change_form(network: Network, draft: Draft, **more: Any) -> Any:
    words, ask = stored_form.loads(draft.words)
    charter = charters.rules_in_force(network.id)
    shown = charter if problems(charter, words.changes) else charter.with_changes(words.changes)
    offers = asked_offers(network, request.args.getlist("office"), draft.matter, words.offices)
    form_class: type[Any] = DraftForm
    if changes_rules(network, draft.matter, offers, ask.replaces_id):
        form_class = with_rules(form_class, shown, charter)
    form_class = with_offices(form_class, offers)
    start = _typed(words, ask) | {"seen": digest(draft.words), "rules": str(charter.number)}
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
        "decisions/propose.html",
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


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/ask")
@allows(Can.CHANGE_DRAFT, draft=Draft)
def ask_draft(network: Network, draft: Draft) -> Response:
    """Ask it, when nothing is missing."""
    form, draft_id, by = AskDraftForm(about=draft), draft.id, current_actor()
    if request.form.get("change"):
        return see(".draft", draft_id=draft_id)
    if form.validate_on_submit():
        with form.catching():
            closes = form.closes.data
            return asked(form, network, lambda: actions.ask_it(draft_id, closes, by=by, via=Door.WEB))
    return _draft_page(network, draft_id, form, 422)


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/sponsor")
@allows(Can.SPONSOR, draft=Draft)
def sponsor_draft(network: Network, draft: Draft) -> Response:
    """Want it asked."""
    seen, draft_id = request.form.get("seen", "")[:64], draft.id
    return press(draft_id, lambda: actions.sponsor(draft_id, seen, by=current_actor(), via=Door.WEB))


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/leave")
@allows(Can.SPONSOR, draft=Draft)
def leave_draft(network: Network, draft: Draft) -> Response:
    """No longer want it asked."""
    draft_id = draft.id
    return press(draft_id, lambda: actions.leave(draft_id, by=current_actor(), via=Door.WEB))


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/drop")
@allows(Can.CHANGE_DRAFT, draft=Draft)
def drop_draft(network: Network, draft: Draft) -> Response:
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
    return see(".draft", draft_id=draft_id)


@bp.get("/<network:network>/proposals/drafts/<int:draft_id>/suggest")
@allows(Can.SPONSOR, draft=Draft)
def suggest_to_draft(network: Network, draft: Draft) -> Response:
    """The text in a box, to be changed there."""
    return _suggest_page(draft.id, SuggestForm(about=draft).begin(stored_form.loads(draft.words)[0].text))


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/suggest")
@allows(Can.SPONSOR, draft=Draft)
def suggest_to_draft_now(network: Network, draft: Draft) -> Response:
    """The difference first; then suggest it, and the draft's author answers."""
    form, draft_id, by = SuggestForm(about=draft), draft.id, current_actor()
    if form.validate_on_submit():
        with form.catching():
            change, why = form.change(stored_form.loads(draft.words)[0].text), form.why.data or ""
            if change is None:
                return _suggest_page(draft_id, form, 409 if form.replaced else 200)
            return once(
                form,
                lambda: suggestions.suggest(draft_id, *change, why, by=by, via=Door.WEB),
                lambda _made: url_for(".draft", draft_id=draft_id, _anchor="suggestions"),
                done=_("Your suggestion is there. The author of the draft is told."),
            )
    return _suggest_page(draft_id, form, 422)


def _suggest_page(draft_id: int, form: SuggestForm, status: int = 200) -> Response:
    found = queries.whole(draft_id)
    return page("decisions/suggest.html", status, draft=found, question=found.question, form=form)


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/suggestions/<int:suggestion_id>/accept")
@allows(Can.CHANGE_DRAFT, draft=Draft)
def accept_for_draft(network: Network, draft: Draft, suggestion_id: int) -> Response:
    """Take the words into the draft."""
    draft_id, by = draft.id, current_actor()
    return press(draft_id, lambda: suggestions.accept(draft_id, suggestion_id, by=by, via=Door.WEB))


@bp.get("/<network:network>/proposals/drafts/<int:draft_id>/suggestions/<int:suggestion_id>/reject")
@allows(Can.CHANGE_DRAFT, draft=Draft)
def reject_for_draft(network: Network, draft: Draft, suggestion_id: int) -> Response:
    """Ask for the word why."""
    return _reject_page(draft, suggestion_id, ReasonForm(about=draft))


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/suggestions/<int:suggestion_id>/reject")
@allows(Can.CHANGE_DRAFT, draft=Draft)
def reject_for_draft_now(network: Network, draft: Draft, suggestion_id: int) -> Response:
    """Keep the words."""
    form, draft_id = ReasonForm(about=draft), draft.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            why = form.reason.data or ""
            suggestions.reject(draft_id, suggestion_id, why, by=current_actor(), via=Door.WEB)
            return see(".draft", draft_id=draft_id, _anchor="suggestions")
    return _reject_page(queries.whole(draft_id), suggestion_id, form, 422)


def _reject_page(draft: Draft, suggestion_id: int, form: ReasonForm, status: int = 200) -> Response:
    suggestion = suggestions.of_draft(draft, suggestion_id)
    return page("decisions/reject.html", status, draft=draft, suggestion=suggestion, form=form)


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/suggestions/<int:suggestion_id>/take-back")
@allows(Can.SPONSOR, draft=Draft)
def take_back_for_draft(network: Network, draft: Draft, suggestion_id: int) -> Response:
    """Suggest it no more."""
    draft_id = draft.id
    with transaction():
        suggestions.take_back(draft_id, suggestion_id, by=current_actor())
    return see(".draft", draft_id=draft_id)
