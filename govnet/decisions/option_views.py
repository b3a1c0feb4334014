"""Choosing between options."""

from __future__ import annotations

from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import answer_views, answering, queries, shown
from govnet.decisions.answering import TooLate
from govnet.decisions.blueprint import bp
from govnet.decisions.models import Proposal
from govnet.decisions.option_forms import form_for
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.pages import see


@bp.post("/<network:network>/proposals/<int:proposal_id>/choose")
@allows(Can.ANSWER, proposal=Proposal)
def choose(network: Network, proposal: Proposal) -> Response:
    """Give or change an answer between options."""
    proposal_id, actor = proposal.id, current_actor()
    found = shown.proposal_page(proposal_id, network, actor)
    form = form_for(found, answer_views.parties(found.mine), sent=True)
    if form is None:
        return answer_views.proposal_page(proposal_id, network, actor)
    newest = found.version.id
    version_id = answer_views.asked_version(form, found.version)
    if version_id != newest:
        before = queries.entries_for(version_id, actor)
        form.party.data = answer_views.same_party(form.party.data, before, found.mine)
    if form.validate_on_submit():
        try:
            with form.catching(), transaction():
                party = int(form.party.data) if form.party.data else None
                answering.answer(version_id, form.given(), by=actor, via=Door.WEB, entry_id=party)
                return see(".proposal", proposal_id=proposal_id, _anchor="your-answer")
        except TooLate as late:
            if queries.options_of([version_id]).get(version_id) != queries.options_of([newest]).get(newest):
                form.forget()
            return answer_views.missed(form, proposal_id, network, late)
    return answer_views.look_again(form, proposal_id, network)
