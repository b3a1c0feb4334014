"""The proposer's replies to reasons, and the reply of somebody whom a proposal names."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import replies
from govnet.decisions.blueprint import bp
from govnet.decisions.models import Proposal
from govnet.decisions.pages.forms import ReasonReplyForm
from govnet.decisions.proposals import office_replies
from govnet.decisions.proposals.models import OfficeReply
from govnet.decisions.proposals.office_replies import NamedCase
from govnet.extensions import db
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.url_converters import InAddress
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.pages import page


@bp.route("/<network:network>/proposals/<int:proposal_id>/reasons/<int:entry_id>", methods=["GET", "POST"])
@allows(Can.REPLY_TO_REASON, proposal=Proposal)
def reply(network: Network, proposal: Proposal, entry_id: int) -> Response:
    """Reply to a reason, or replace the reply that is there."""
    before, proposal_id = replies.standing(entry_id), proposal.id
    form = ReasonReplyForm(about=proposal, data={"text": before.text if before else ""})

    def show(status: int) -> Response:
        version = queries.newest_version(proposal_id)
        answer = replies.reason_of(version, entry_id, current_actor())
        return page("decisions/answers/reply.html", status, version=version, answer=answer, form=form)

    return form_view(
        form,
        lambda: replies.reply(proposal, entry_id, form.text.data or "", by=current_actor(), via=Door.WEB),
        url_for(".proposal", proposal_id=proposal_id, _anchor=f"reason-{entry_id}"),
        show,
    )


@bp.route("/<network:network>/proposals/named/<int:named_id>/reply", methods=["GET", "POST"])
@allows(Can.REPLY_IN_OWN_CASE, case=InAddress("named_id", office_replies.named_case))
def office_reply(network: Network, case: NamedCase) -> Response:
    """The field for a reply of somebody to whom a proposal gives an office, or whose office it ends."""
    named, proposal_id = case.named, case.proposal.id
    before = db.session.get(OfficeReply, (proposal_id, case.person_id))
    form = ReasonReplyForm(about=named, data={"text": before.text if before else ""})

    def show(status: int) -> Response:
        version = queries.newest_version(proposal_id)
        return page("decisions/proposals/office_reply.html", status, named=named, version=version, form=form)

    return form_view(
        form,
        lambda: office_replies.reply(case, form.text.data or "", by=current_actor(), via=Door.WEB),
        url_for(".proposal", proposal_id=proposal_id, _anchor="offices"),
        show,
    )
