"""Suggesting other words for a draft, and answering that."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import draft_suggesting, drafts
from govnet.decisions.beside import Draft
from govnet.decisions.blueprint import bp
from govnet.decisions.draft_views import press
from govnet.decisions.forms import ReasonForm, SuggestForm
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.forms import once
from govnet.web.pages import page, see


@bp.get("/<network:network>/proposals/drafts/<int:draft_id>/suggest")
@allows(Can.SPONSOR, draft=Draft)
def suggest_to_draft(network: Network, draft: Draft) -> Response:
    """The text in a box, to be changed there."""
    return _suggest_page(draft.id, SuggestForm(about=draft).begin(drafts.loads(draft.words)[0].text))


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/suggest")
@allows(Can.SPONSOR, draft=Draft)
def suggest_to_draft_now(network: Network, draft: Draft) -> Response:
    """The difference first; then suggest it, and the draft's author answers."""
    form, draft_id, by = SuggestForm(about=draft), draft.id, current_actor()
    if form.validate_on_submit():
        with form.catching():
            change, why = form.change(drafts.loads(draft.words)[0].text), form.why.data or ""
            if change is None:
                return _suggest_page(draft_id, form, 409 if form.replaced else 200)
            return once(
                form,
                lambda: draft_suggesting.suggest(draft_id, *change, why, by=by, via=Door.WEB),
                lambda _made: url_for(".draft", draft_id=draft_id, _anchor="suggestions"),
                done=_("Your suggestion is there. The author of the draft is told."),
            )
    return _suggest_page(draft_id, form, 422)


def _suggest_page(draft_id: int, form: SuggestForm, status: int = 200) -> Response:
    found = drafts.whole(draft_id)
    return page("decisions/suggest.html", status, draft=found, question=found.question, form=form)


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/suggestions/<int:suggestion_id>/accept")
@allows(Can.CHANGE_DRAFT, draft=Draft)
def accept_for_draft(network: Network, draft: Draft, suggestion_id: int) -> Response:
    """Take the words into the draft."""
    draft_id, by = draft.id, current_actor()
    return press(draft_id, lambda: draft_suggesting.accept(draft_id, suggestion_id, by=by, via=Door.WEB))


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
            draft_suggesting.reject(draft_id, suggestion_id, why, by=current_actor(), via=Door.WEB)
            return see(".draft", draft_id=draft_id, _anchor="suggestions")
    return _reject_page(drafts.whole(draft_id), suggestion_id, form, 422)


def _reject_page(draft: Draft, suggestion_id: int, form: ReasonForm, status: int = 200) -> Response:
    suggestion = draft_suggesting.of_draft(draft, suggestion_id)
    return page("decisions/reject.html", status, draft=draft, suggestion=suggestion, form=form)


@bp.post("/<network:network>/proposals/drafts/<int:draft_id>/suggestions/<int:suggestion_id>/take-back")
@allows(Can.SPONSOR, draft=Draft)
def take_back_for_draft(network: Network, draft: Draft, suggestion_id: int) -> Response:
    """Suggest it no more."""
    draft_id = draft.id
    with transaction():
        draft_suggesting.take_back(draft_id, suggestion_id, by=current_actor())
    return see(".draft", draft_id=draft_id)
