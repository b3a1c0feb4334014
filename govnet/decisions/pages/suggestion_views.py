"""Suggestions for a passage of a draft or an open proposal: making them, and the answer."""

from __future__ import annotations

from flask import url_for
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
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.pages import page, see


@bp.route("/<network:network>/proposals/<int:proposal_id>/suggest", methods=["GET", "POST"])
@allows(Can.SUGGEST_WORDS, proposal=AnyProposal)
def suggest(network: Network, proposal: AnyProposal) -> Response:
    """The text in a box, to be changed there; the difference; and from there it is suggested, and the author answers."""
    form, proposal_id = SuggestForm(about=proposal), proposal.id
    if not form.is_submitted():
        form.begin(queries.newest_version(proposal_id).text)

    def show(status: int) -> Response:
        found, version = db.session.get_one(AnyProposal, proposal_id), queries.newest_version(proposal_id)
        return page(
            "decisions/suggestions/suggest.html", status, proposal=found, question=version.question, form=form
        )

    def difference() -> Response | None:
        if form.looked_at(queries.newest_version(proposal_id).text):
            return None
        return show(409 if form.replaced else 200)

    return form_view(
        form,
        lambda: actions.suggest(
            proposal, *form.change, form.why.data or "", by=current_actor(), via=Door.WEB
        ),
        url_for(".proposal", proposal_id=proposal_id, _anchor="suggestions"),
        show,
        done=_("Your suggestion is saved. The author is notified."),
        makes=True,
        first=difference,
    )


@bp.post("/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/accept")
@allows(Can.REWORD_PROPOSAL, proposal=AnyProposal)
def accept_suggestion(network: Network, proposal: AnyProposal, suggestion_id: int) -> Response:
    """Accept the suggestion: into the draft, or through the form in which everybody is asked again."""
    proposal_id, by = proposal.id, current_actor()
    if isinstance(proposal, Proposal):
        return see(".reword", proposal_id=proposal_id, suggestion=suggestion_id)
    return press(
        lambda: actions.accept(suggestion_to(proposal_id, suggestion_id, locked=True), by=by, via=Door.WEB),
        url_for(".proposal", proposal_id=proposal_id),
    )


@bp.route(
    "/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/reject",
    methods=["GET", "POST"],
)
@allows(Can.REWORD_PROPOSAL, proposal=AnyProposal)
def reject_suggestion(network: Network, proposal: AnyProposal, suggestion_id: int) -> Response:
    """Keep the text, and say why."""
    form, proposal_id = ReasonForm(about=proposal), proposal.id

    def do() -> None:
        row = suggestion_to(proposal_id, suggestion_id, locked=True)
        actions.reject(row, form.reason.data or "", by=current_actor(), via=Door.WEB)

    def show(status: int) -> Response:
        row = suggestion_to(proposal_id, suggestion_id)
        return page(
            "decisions/suggestions/reject.html", status, proposal_id=proposal_id, suggestion=row, form=form
        )

    return form_view(form, do, url_for(".proposal", proposal_id=proposal_id, _anchor="suggestions"), show)


@bp.post("/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/take-back")
@allows(Can.SUGGEST_WORDS, proposal=AnyProposal)
def take_suggestion_back(network: Network, proposal: AnyProposal, suggestion_id: int) -> Response:
    """Suggest it no more."""
    proposal_id, by = proposal.id, current_actor()
    return press(
        lambda: actions.take_back(suggestion_to(proposal_id, suggestion_id, locked=True), by=by),
        url_for(".proposal", proposal_id=proposal_id),
    )
