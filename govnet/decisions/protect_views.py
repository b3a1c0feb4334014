"""Hiding the answers to something open for longer."""

from __future__ import annotations

from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import protecting, queries
from govnet.decisions.blueprint import bp
from govnet.decisions.forms import HideAnswersForm
from govnet.decisions.models import Proposal
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.pages import page, see


@bp.get("/<network:network>/proposals/<int:proposal_id>/hide-answers")
@allows(Can.HIDE_ANSWERS, proposal=Proposal)
def hide_answers(network: Network, proposal: Proposal) -> Response:
    """Ask for how long."""
    return _page(proposal, _form(proposal))


@bp.post("/<network:network>/proposals/<int:proposal_id>/hide-answers")
@allows(Can.HIDE_ANSWERS, proposal=Proposal)
def hide_answers_now(network: Network, proposal: Proposal) -> Response:
    """Hide them."""
    form, proposal_id = _form(proposal), proposal.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            protecting.hide_answers(proposal, form.visible.data, by=current_actor(), via=Door.WEB)
            return see(".proposal", proposal_id=proposal_id)
    return _page(queries.proposal_whole(proposal_id), form, 422)


def _form(proposal: Proposal) -> HideAnswersForm:
    version = queries.newest_version(proposal.id)
    return HideAnswersForm(about=proposal, tighter=version.visible.tighter)


def _page(proposal: Proposal, form: HideAnswersForm, status: int = 200) -> Response:
    version = queries.newest_version(proposal.id)
    return page("decisions/hide_answers.html", status, proposal=proposal, version=version, form=form)
