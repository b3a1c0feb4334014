"""While it is open: other words, more time, closing early, an interest, and an answer entered for somebody."""

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
from govnet.decisions.answers import entry
from govnet.decisions.blueprint import bp
from govnet.decisions.models import Proposal
from govnet.decisions.pages.answer_views import given_in, meanings, principles, proposal_page
from govnet.decisions.pages.forms import (
    EnterForm,
    ExtendForm,
    HideAnswersForm,
    InterestForm,
    ReasonForm,
    SuggestForm,
)
from govnet.decisions.pages.option_forms import EnterChoiceForm, enter_form
from govnet.decisions.proposals import actions, interests, suggestions
from govnet.decisions.rules import deadlines, who_counts
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.paths import sent_number
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form, once
from govnet.web.pages import page, see

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
        return page("decisions/extend.html", status, proposal=asked, version=version, form=form, last=last)

    return form_view(form, do, url_for(".proposal", proposal_id=proposal_id), show)


@bp.route("/<network:network>/proposals/<int:proposal_id>/close", methods=["GET", "POST"])
@allows(Can.CLOSE_PROPOSAL, proposal=Proposal)
def close_early(network: Network, proposal: Proposal) -> Response:
    """Close it early, with a reason: the rule decides as ever, in a moment."""
    form = ReasonForm(about=proposal)

    def do() -> None:
        actions.close_early(proposal, reason=form.reason.data or "", by=current_actor(), via=Door.WEB)

    return _form_view("close", proposal.id, form, do)


def _form_view(what: str, proposal_id: int, form: Form, do: Callable[[], object]) -> Response:
    """The page that asks for what is needed; once it is done, the proposal."""

    def show(status: int) -> Response:
        version = queries.newest_version(proposal_id)
        asked = {"proposal": queries.proposal_of(version), "version": version}
        return page(f"decisions/{what}.html", status, **asked, form=form)

    return form_view(form, do, url_for(".proposal", proposal_id=proposal_id), show)


@bp.get("/<network:network>/proposals/<int:proposal_id>/suggest")
@allows(Can.SUGGEST_WORDS, proposal=Proposal)
def suggest(network: Network, proposal: Proposal) -> Response:
    """The text in a box, to be changed there."""
    text = queries.newest_version(proposal.id).text
    return _suggest_page(proposal, SuggestForm(about=proposal).begin(text))


@bp.post("/<network:network>/proposals/<int:proposal_id>/suggest")
@allows(Can.SUGGEST_WORDS, proposal=Proposal)
def suggest_now(network: Network, proposal: Proposal) -> Response:
    """The difference first; then suggest it, and the proposer answers."""
    form, proposal_id = SuggestForm(about=proposal), proposal.id
    if form.validate_on_submit():
        with form.catching():
            change = form.change(queries.newest_version(proposal_id).text)
            if change is None:
                return _suggest_page(proposal, form, 409 if form.replaced else 200)
            why = form.why.data or ""
            return once(
                form,
                lambda: suggestions.suggest(proposal, *change, why, by=current_actor(), via=Door.WEB),
                lambda _made: url_for(".proposal", proposal_id=proposal_id, _anchor="suggestions"),
                done=_("Your suggestion is there. The proposer is told."),
            )
    return _suggest_page(queries.proposal_whole(proposal_id), form, 422)


def _suggest_page(proposal: Proposal, form: SuggestForm, status: int = 200) -> Response:
    version = queries.newest_version(proposal.id)
    asked = {"question": version.question, "draft": None}
    return page("decisions/suggest.html", status, proposal=proposal, **asked, form=form)


@bp.get("/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/reject")
@allows(Can.REWORD_PROPOSAL, proposal=Proposal)
def reject_suggestion(network: Network, proposal: Proposal, suggestion_id: int) -> Response:
    """Ask for the word why."""
    form = ReasonForm(about=proposal)
    return _reject_page(proposal, suggestion_id, form)


@bp.post("/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/reject")
@allows(Can.REWORD_PROPOSAL, proposal=Proposal)
def reject_now(network: Network, proposal: Proposal, suggestion_id: int) -> Response:
    """Keep the words."""
    form, proposal_id = ReasonForm(about=proposal), proposal.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            row = suggestions.suggestion_locked(suggestion_id, proposal)
            suggestions.reject(row, form.reason.data or "", by=current_actor(), via=Door.WEB)
            return see(".proposal", proposal_id=proposal_id, _anchor="suggestions")
    return _reject_page(queries.proposal_whole(proposal_id), suggestion_id, form, 422)


def _reject_page(proposal: Proposal, key: int, form: ReasonForm, status: int = 200) -> Response:
    about = {"suggestion": suggestions.suggestion_locked(key, proposal), "draft": None}
    return page("decisions/reject.html", status, proposal=proposal, **about, form=form)


@bp.post("/<network:network>/proposals/<int:proposal_id>/suggestions/<int:suggestion_id>/take-back")
@allows(Can.SUGGEST_WORDS, proposal=Proposal)
def take_suggestion_back(network: Network, proposal: Proposal, suggestion_id: int) -> Response:
    """Suggest it no more."""
    proposal_id = proposal.id
    with transaction():
        suggestions.take_back(suggestions.suggestion_locked(suggestion_id, proposal), by=current_actor())
    return see(".proposal", proposal_id=proposal_id)


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
    """Enter somebody else's answer; they are told and can correct it."""
    form, version_id = _enter_form(network, proposal), queries.newest_version(proposal.id).id
    proposal_id, by = proposal.id, current_actor()

    def do() -> object:
        given = form.given() if isinstance(form, EnterChoiceForm) else given_in(form)
        party, how = int(form.party.data), Door(form.how.data)
        return entry.enter(version_id, party, given, how=how, by=by, via=Door.WEB)

    def show(status: int) -> Response:
        version = queries.newest_version(proposal_id)
        more = {"meanings": meanings(), "named": _named(), "many": version.roll_size > entry.OFFERED}
        asked = {"proposal": queries.proposal_of(version), "version": version}
        return page("decisions/enter.html", status, **asked, form=form, **more)

    return form_view(
        form,
        do,
        url_for(".enter", proposal_id=proposal_id),
        show,
        done=_("It is entered. They are told by mail, and can undo it."),
        makes=True,
    )


def _enter_form(network: Network, proposal: Proposal) -> EnterForm | EnterChoiceForm:
    version = queries.newest_version(proposal.id)
    form = enter_form(proposal, version) or EnterForm(
        about=proposal,
        principles=principles(version, network),
        offered=who_counts.offered(queries.charter_of(version)),
    )
    silent = entry.still_silent(version.id, current_actor(), named=_named(), entry_id=sent_number("party"))
    form.party.choices = options([("", _("Choose one")), *((each.id, each.name) for each in silent)])
    form.how.choices = options((door.value, HOW[door]) for door in entry.WAYS)
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
