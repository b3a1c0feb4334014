"""Other words for a passage of a draft or of what is open: suggesting them, and the answer."""

from __future__ import annotations

from flask import flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.blueprint import bp
from govnet.decisions.models import AnyProposal, Proposal
from govnet.decisions.pages.forms import ReasonForm, SuggestForm
from govnet.decisions.suggestions import actions
from govnet.decisions.suggestions.queries import suggestion_to
from govnet.extensions import db
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.forms import once
from govnet.web.pages import page, see


@bp.get("/<network:network>/proposals/<int:proposal_id>/suggest")
@allows(Can.SUGGEST_WORDS, proposal=AnyProposal)
def suggest(network: Network, proposal: AnyProposal) -> Response:
    """The text in a box, to be changed there."""
    text = queries.newest_version(proposal.id).text
    return _suggest_page(proposal, SuggestForm(about=proposal).begin(text))


@bp.post("/<network:network>/proposals/<int:proposal_id>/suggest")
@allows(Can.SUGGEST_WORDS, proposal=AnyProposal)
def suggest_now(network: Network, proposal: AnyProposal) -> Response:
    """The difference first; then suggest it, and the author answers."""
    form, proposal_id = SuggestForm(about=proposal), proposal.id
    if form.validate_on_submit():
        with form.catching():
            change = form.change(queries.newest_version(proposal_id).text)
            if change is None:
                return _suggest_page(proposal, form, 409 if form.replaced else 200)
            why = form.why.data or ""
            return once(
                form,
                lambda: actions.suggest(proposal, *change, why, by=current_actor(), via=Door.WEB),
                lambda _made: url_for(".proposal", proposal_id=proposal_id, _anchor="suggestions"),
                done=_("Your suggestion is saved. The author is notified."),
            )
    return _suggest_page(db.session.get_one(AnyProposal, proposal_id), form, 422)


def _suggest_page(proposal: AnyProposal, form: SuggestForm, status: int = 200) -> Response:
    version = queries.newest_version(proposal.id)
    return page(
        "decisions/suggestions/suggest.html", status, proposal=proposal, question=version.question, form=form
    )


@bp.post("/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/accept")
@allows(Can.REWORD_PROPOSAL, proposal=AnyProposal)
def accept_suggestion(network: Network, proposal: AnyProposal, suggestion_id: int) -> Response:
    """Take the words: into the draft, or through the form in which everybody is asked again."""
    proposal_id = proposal.id
    if isinstance(proposal, Proposal):
        return see(".reword", proposal_id=proposal_id, suggestion=suggestion_id)
    try:
        with transaction():
            row = suggestion_to(proposal_id, suggestion_id, locked=True)
            actions.accept(row, by=current_actor(), via=Door.WEB)
    except RuleBroken as broken:
        flash(str(broken), "warning")
    return see(".proposal", proposal_id=proposal_id)


@bp.get("/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/reject")
@allows(Can.REWORD_PROPOSAL, proposal=AnyProposal)
def reject_suggestion(network: Network, proposal: AnyProposal, suggestion_id: int) -> Response:
    """Ask for the word why."""
    return _reject_page(proposal.id, suggestion_id, ReasonForm(about=proposal))


@bp.post("/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/reject")
@allows(Can.REWORD_PROPOSAL, proposal=AnyProposal)
def reject_now(network: Network, proposal: AnyProposal, suggestion_id: int) -> Response:
    """Keep the words."""
    form, proposal_id = ReasonForm(about=proposal), proposal.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            row = suggestion_to(proposal_id, suggestion_id, locked=True)
            actions.reject(row, form.reason.data or "", by=current_actor(), via=Door.WEB)
            return see(".proposal", proposal_id=proposal_id, _anchor="suggestions")
    return _reject_page(proposal_id, suggestion_id, form, 422)


def _reject_page(proposal_id: int, suggestion_id: int, form: ReasonForm, status: int = 200) -> Response:
    row = suggestion_to(proposal_id, suggestion_id)
    return page(
        "decisions/suggestions/reject.html", status, proposal_id=proposal_id, suggestion=row, form=form
    )


@bp.post("/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/take-back")
@allows(Can.SUGGEST_WORDS, proposal=AnyProposal)
def take_suggestion_back(network: Network, proposal: AnyProposal, suggestion_id: int) -> Response:
    """Suggest it no more."""
    proposal_id = proposal.id
    with transaction():
        actions.take_back(suggestion_to(proposal_id, suggestion_id, locked=True), by=current_actor())
    return see(".proposal", proposal_id=proposal_id)
