"""Keeping the mails from which something that was decided elsewhere came."""

from __future__ import annotations

from flask import Response, flash
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
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.pages import never_cached, page, see


@bp.get("/<network:network>/proposals/<int:proposal_id>/mails")
@allows(Can.RECORD_DECISION, proposal=Proposal)
def keep_mail(network: Network, proposal: Proposal) -> Response:
    """Choose the file."""
    return _page(proposal.id, KeepMailForm(about=proposal))


@bp.post("/<network:network>/proposals/<int:proposal_id>/mails")
@allows(Can.RECORD_DECISION, proposal=Proposal)
def keep_mail_now(network: Network, proposal: Proposal) -> AnyResponse:
    """Keep the mail in it."""
    form, proposal_id = KeepMailForm(about=proposal), proposal.id
    if form.validate_on_submit():
        raw = form.file.data.read(evidence.LARGEST + 1)
        with form.catching():
            mail = evidence.readable(raw)
            with transaction():
                whole = queries.proposal_whole(proposal_id)
                evidence.keep(whole, raw, mail=mail, by=current_actor(), via=Door.WEB)
        if not form.errors:
            flash(_("The mail is kept."), "success")
            return see(".proposal", proposal_id=proposal_id, _anchor="mails")
    return _page(proposal_id, form, 422)


def _page(proposal_id: int, form: KeepMailForm, status: int = 200) -> Response:
    version = queries.newest_version(proposal_id)
    return page(
        "decisions/offsite/keep_mail.html", status, form=form, version=version, most=evidence.LARGEST // 1000
    )


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


@bp.get("/<network:network>/proposals/<int:proposal_id>/mails/<int:mail_id>/remove")
@allows(Can.RECORD_DECISION, proposal=Proposal)
def remove_mail(network: Network, proposal: Proposal, mail_id: int) -> Response:
    """Ask why."""
    return _removing(proposal, mail_id, ReasonForm(about=proposal))


@bp.post("/<network:network>/proposals/<int:proposal_id>/mails/<int:mail_id>/remove")
@allows(Can.RECORD_DECISION, proposal=Proposal)
def remove_mail_now(network: Network, proposal: Proposal, mail_id: int) -> AnyResponse:
    """Remove it: that it was there, and why it went, stays."""
    form, proposal_id = ReasonForm(about=proposal), proposal.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            whole = queries.proposal_whole(proposal_id)
            evidence.remove(whole, mail_id, form.reason.data or "", by=current_actor(), via=Door.WEB)
        if not form.errors:
            return see(".proposal", proposal_id=proposal_id, _anchor="mails")
    return _removing(queries.proposal_whole(proposal_id), mail_id, form, 422)


def _removing(proposal: Proposal, mail_id: int, form: ReasonForm, status: int = 200) -> Response:
    mail, version = evidence.mail_of(proposal, mail_id), queries.newest_version(proposal.id)
    return page("decisions/offsite/remove_mail.html", status, form=form, mail=mail, version=version)
