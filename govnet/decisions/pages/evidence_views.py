"""Keeping the mails from which something that was decided elsewhere came."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.blueprint import bp
from govnet.decisions.models import Proposal
from govnet.decisions.offsite import evidence
from govnet.decisions.pages.forms import KeepMailForm, ReasonForm
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.pages import never_cached, page


@bp.route("/<network:network>/proposals/<int:proposal_id>/mails", methods=["GET", "POST"])
@allows(Can.RECORD_DECISION, proposal=Proposal)
def keep_mail(network: Network, proposal: Proposal) -> AnyResponse:
    """Choose the file of a mail, and keep it."""
    form, proposal_id, most = KeepMailForm(about=proposal), proposal.id, evidence.LARGEST // 1000

    def do() -> None:
        whole = queries.proposal_whole(proposal_id)
        evidence.keep(whole, form.raw, mail=form.mail, by=current_actor(), via=Door.WEB)

    def show(status: int) -> AnyResponse:
        version = queries.newest_version(proposal_id)
        return page("decisions/offsite/keep_mail.html", status, form=form, version=version, most=most)

    address = url_for(".proposal", proposal_id=proposal_id, _anchor="mails")
    return form_view(form, do, address, show, done=_("The mail is kept."))


@bp.get("/<network:network>/proposals/<int:proposal_id>/mails/<int:mail_id>.eml")
@allows(Can.RECORD_DECISION, proposal=Proposal)
def raw_mail(network: Network, proposal: Proposal, mail_id: int) -> Response:
    """The mail as it was sent, with all its addresses: for officers alone, as a file that no browser opens."""
    mail = evidence.mail_of(proposal, mail_id)
    if mail.raw is None:
        raise NotFound(_("This mail is no longer kept as it was sent."))
    never_cached()
    answer = Response(mail.raw, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{mail.digest[:12]}.eml"'
    return answer


@bp.route(
    "/<network:network>/proposals/<int:proposal_id>/mails/<int:mail_id>/remove", methods=["GET", "POST"]
)
@allows(Can.RECORD_DECISION, proposal=Proposal)
def remove_mail(network: Network, proposal: Proposal, mail_id: int) -> AnyResponse:
    """Remove a mail, with a reason: that it was there, and why it went, stays."""
    form, proposal_id = ReasonForm(about=proposal), proposal.id

    def do() -> None:
        whole = queries.proposal_whole(proposal_id)
        evidence.remove(whole, mail_id, form.reason.data or "", by=current_actor(), via=Door.WEB)

    def show(status: int) -> AnyResponse:
        mail = evidence.mail_of(queries.proposal_whole(proposal_id), mail_id)
        version = queries.newest_version(proposal_id)
        return page("decisions/offsite/remove_mail.html", status, form=form, mail=mail, version=version)

    return form_view(form, do, url_for(".proposal", proposal_id=proposal_id, _anchor="mails"), show)
