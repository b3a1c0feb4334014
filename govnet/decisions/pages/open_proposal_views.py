"""While it is open: more time, closing early, taking it back, objecting, an interest, and an answer entered for somebody."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from govnet.charter.fields import options
from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import entered_answers
from govnet.decisions.blueprint import bp
from govnet.decisions.models import Proposal, VersionState
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.pages.answer_views import given_in, meanings, principles, proposal_page
from govnet.decisions.pages.forms import (
    EnterForm,
    ExtendForm,
    HideAnswersForm,
    InterestForm,
    ReasonForm,
)
from govnet.decisions.pages.option_forms import EnterChoiceForm, enter_form
from govnet.decisions.proposals import actions, interests
from govnet.decisions.rules import deadlines, who_counts
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.url_converters import sent_number
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form
from govnet.web.pages import page

HOW = {
    Door.PHONE: _l("By telephone"),
    Door.LETTER: _l("In writing"),
    Door.MEETING: _l("At a meeting"),
    Door.LIST: _l("On the e-mail list"),
    Door.MAIL: _l("By mail to one of us"),
}


@bp.route("/<network:network>/proposals/<int:proposal_id>/extend", methods=["GET", "POST"])
@allows(Can.EXTEND_PROPOSAL, proposal=Proposal)
def extend(network: Network, proposal: Proposal) -> Response:
    """Give more time, until a day and with a reason."""
    form, proposal_id = ExtendForm(about=proposal), proposal.id

    def do() -> None:
        assert form.closes.data is not None
        reason = form.reason.data or ""
        actions.extend(proposal, form.closes.data, reason=reason, by=current_actor(), via=Door.WEB)

    def show(status: int) -> Response:
        version, zone = queries.newest_version(proposal_id), ZoneInfo(network.zone)
        asked, charter = queries.proposal_of(version), queries.charter_of(version)
        last = deadlines.cap(asked.opened_at, asked.first_deadline, charter, zone)
        return page(
            "decisions/proposals/extend.html", status, proposal=asked, version=version, form=form, last=last
        )

    return form_view(form, do, url_for(".proposal", proposal_id=proposal_id), show)


@bp.route("/<network:network>/proposals/<int:proposal_id>/close", methods=["GET", "POST"])
@allows(Can.CLOSE_PROPOSAL, proposal=Proposal)
def close_early(network: Network, proposal: Proposal) -> Response:
    """Close it early, with a reason: the rule decides as ever, in a moment."""
    form = ReasonForm(about=proposal)

    def do() -> None:
        actions.close_early(proposal, reason=form.reason.data or "", by=current_actor(), via=Door.WEB)

    return _form_view("close", proposal.id, form, do)


@bp.route("/<network:network>/proposals/<int:proposal_id>/withdraw", methods=["GET", "POST"])
@allows(Can.WITHDRAW_PROPOSAL, proposal=Proposal)
def withdraw(network: Network, proposal: Proposal) -> Response:
    """Take it back, with a reason."""
    form = ReasonForm(about=proposal)

    def do() -> None:
        unopposed = queries.newest_version(proposal.id).state is VersionState.UNOPPOSED
        take_back = offsite.take_back if unopposed else actions.withdraw
        take_back(proposal, form.reason.data or "", by=current_actor(), via=Door.WEB)

    return _form_view("reason", proposal.id, form, do, what="withdraw")


@bp.route("/<network:network>/proposals/<int:proposal_id>/object", methods=["GET", "POST"])
@allows(Can.OBJECT, proposal=Proposal)
def object_to(network: Network, proposal: Proposal) -> Response:
    """Have everybody asked instead, with a reason."""
    form = ReasonForm(about=proposal)

    def do() -> None:
        offsite.object_to(proposal, form.reason.data or "", by=current_actor(), via=Door.WEB)

    return _form_view("reason", proposal.id, form, do, what="object")


def _form_view(
    template: str, proposal_id: int, form: Form, do: Callable[[], object], **more: str
) -> Response:
    """The page with the needed fields; once it is done, the proposal."""

    def show(status: int) -> Response:
        version = queries.newest_version(proposal_id)
        asked = {"proposal": queries.proposal_of(version), "version": version}
        return page(f"decisions/proposals/{template}.html", status, **asked, **more, form=form)

    return form_view(form, do, url_for(".proposal", proposal_id=proposal_id), show)


@bp.post("/<network:network>/proposals/<int:proposal_id>/interest")
@allows(Can.ANSWER, proposal=Proposal)
def declare_interest(network: Network, proposal: Proposal) -> Response:
    """Say what one's interest is."""
    form, proposal_id = InterestForm(about=proposal), proposal.id

    def do() -> None:
        interest, whole = form.interest.data or "", queries.proposal_whole(proposal_id)
        interests.declare(whole, interest, by=current_actor(), via=Door.WEB)

    return form_view(
        form,
        do,
        url_for(".proposal", proposal_id=proposal_id, _anchor="your-answer"),
        lambda status: proposal_page(proposal_id, network, current_actor(), status=status, interest=form),
    )


@bp.post("/<network:network>/proposals/<int:proposal_id>/interest/end")
@allows(Can.ANSWER, proposal=Proposal)
def end_interest(network: Network, proposal: Proposal) -> Response:
    """Have none any more."""
    proposal_id, by = proposal.id, current_actor()
    return press(
        lambda: interests.end(queries.proposal_whole(proposal_id), by=by, via=Door.WEB),
        url_for(".proposal", proposal_id=proposal_id, _anchor="your-answer"),
    )


@bp.route("/<network:network>/proposals/<int:proposal_id>/enter", methods=["GET", "POST"])
@allows(Can.ENTER_ANSWER, proposal=Proposal)
def enter(network: Network, proposal: Proposal) -> Response:
    """Enter somebody else's answer; they are notified and can correct it."""
    form, version_id = _enter_form(network, proposal), queries.newest_version(proposal.id).id
    proposal_id, by = proposal.id, current_actor()

    def do() -> object:
        given = form.given() if isinstance(form, EnterChoiceForm) else given_in(form)
        party, how = int(form.party.data), Door(form.how.data)
        return entered_answers.enter(version_id, party, given, how=how, by=by, via=Door.WEB)

    def show(status: int) -> Response:
        version = queries.newest_version(proposal_id)
        more = {
            "meanings": meanings(),
            "named": _named(),
            "many": version.roll_size > entered_answers.OFFERED,
        }
        asked = {"proposal": queries.proposal_of(version), "version": version}
        return page("decisions/answers/enter.html", status, **asked, form=form, **more)

    return form_view(
        form,
        do,
        url_for(".enter", proposal_id=proposal_id),
        show,
        done=_("The answer is entered. The member is notified by mail, and can undo it."),
        makes=True,
    )


def _enter_form(network: Network, proposal: Proposal) -> EnterForm | EnterChoiceForm:
    version = queries.newest_version(proposal.id)
    form = enter_form(proposal, version) or EnterForm(
        about=proposal,
        principles=principles(version, network),
        offered=who_counts.offered(queries.charter_of(version)),
    )
    silent = entered_answers.still_silent(
        version.id, current_actor(), named=_named(), entry_id=sent_number("party")
    )
    form.party.choices = options([("", _("Choose one")), *((each.id, each.name) for each in silent)])
    form.how.choices = options((door.value, HOW[door]) for door in entered_answers.WAYS)
    return form


def _named() -> str:
    """The name that the reader looks for."""
    return request.args.get("named", "").replace("\0", "").strip()[:200]


@bp.route("/<network:network>/proposals/<int:proposal_id>/hide-answers", methods=["GET", "POST"])
@allows(Can.HIDE_ANSWERS, proposal=Proposal)
def hide_answers(network: Network, proposal: Proposal) -> Response:
    """Hide the answers for longer."""
    tighter = queries.newest_version(proposal.id).visible.tighter
    form = HideAnswersForm(about=proposal, tighter=tighter)

    def do() -> None:
        actions.hide_answers(proposal, form.visible.data, by=current_actor(), via=Door.WEB)

    return _form_view("hide_answers", proposal.id, form, do)
