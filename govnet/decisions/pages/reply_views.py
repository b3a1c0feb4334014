"""The proposer's replies to reasons, and the reply of somebody whom a proposal names."""

from __future__ import annotations

from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import replies
from govnet.decisions.blueprint import bp
from govnet.decisions.models import OfficeReply, Proposal
from govnet.decisions.pages.forms import ReasonReplyForm
from govnet.decisions.proposals import office_replies
from govnet.extensions import db
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.offices.models import OfficePerson
from govnet.permissions import Can, allows, check_right
from govnet.web.pages import page, see


@bp.get("/<network:network>/proposals/<int:proposal_id>/reasons/<int:entry_id>")
@allows(Can.REPLY_TO_REASON, proposal=Proposal)
def reply(network: Network, proposal: Proposal, entry_id: int) -> Response:
    """The reason, and room for a reply."""
    said = replies.standing(entry_id)
    return _page(
        proposal.id, entry_id, ReasonReplyForm(about=proposal, data={"text": said.text if said else ""})
    )


@bp.post("/<network:network>/proposals/<int:proposal_id>/reasons/<int:entry_id>")
@allows(Can.REPLY_TO_REASON, proposal=Proposal)
def reply_now(network: Network, proposal: Proposal, entry_id: int) -> Response:
    """Put it there, or in the place of the last one."""
    form, proposal_id = ReasonReplyForm(about=proposal), proposal.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            replies.reply(proposal, entry_id, form.text.data or "", by=current_actor(), via=Door.WEB)
            return see(".proposal", proposal_id=proposal_id, _anchor=f"reason-{entry_id}")
    return _page(proposal_id, entry_id, form, 422)


def _page(proposal_id: int, entry_id: int, form: ReasonReplyForm, status: int = 200) -> Response:
    version = queries.newest_version(proposal_id)
    position = replies.reason_of(version, entry_id, current_actor())
    return page("decisions/reply.html", status, version=version, position=position, form=form)


@bp.route("/<network:network>/proposals/named/<int:named_id>/reply", methods=["GET", "POST"])
@allows(Can.REPLY_IN_OWN_CASE, named=OfficePerson)
def office_reply(network: Network, named: OfficePerson) -> Response:
    """Room for a reply of somebody to whom a proposal gives an office, or whose office it ends."""
    proposal = office_replies.proposal_of(named)
    check_right(current_actor(), Can.READ_PROPOSAL, proposal)
    before, proposal_id = db.session.get(OfficeReply, (proposal.id, named.person_id)), proposal.id
    form = ReasonReplyForm(about=named, data={"text": before.text if before else ""})
    if form.validate_on_submit():
        with form.catching(), transaction():
            office_replies.reply(named, form.text.data or "", by=current_actor(), via=Door.WEB)
            return see(".proposal", proposal_id=proposal_id, _anchor="offices")
    version, status = queries.newest_version(proposal_id), 422 if form.errors else 200
    return page("decisions/office_reply.html", status, named=named, version=version, form=form)
