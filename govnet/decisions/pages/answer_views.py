"""Answers a proposal, takes the answer back, and saves texts that came too late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions, receipts
from govnet.decisions.answers.actions import AnswerInput
from govnet.decisions.blueprint import bp
from govnet.decisions.labels import FACES, KINDS
from govnet.decisions.models import Answer, Proposal, ProposalVersion, RollEntry
from govnet.decisions.offsite.evidence import mails_of
from govnet.decisions.pages import proposal as pages_proposal
from govnet.decisions.pages.discussion import Discussion, of_thread
from govnet.decisions.pages.forms import AnswerForm, CommentForm, InterestForm
from govnet.decisions.pages.option_forms import ChoiceForm, form_for
from govnet.decisions.pages.option_forms import form_for as choice_form_for
from govnet.decisions.pages.proposal import ProposalPage, may_close_early
from govnet.decisions.pages.sentences import could_answer, ways_out
from govnet.decisions.proposals.interests import interests_in
from govnet.decisions.proposals.models import Suggestion
from govnet.decisions.rules import who_counts
from govnet.decisions.rules.outcome import MEANINGS
from govnet.decisions.suggestions.queries import suggestions
from govnet.decisions.suggestions.rewording import of_proposal
from govnet.forum.rules import is_over
from govnet.forum.states import ThreadState
from govnet.forum.threads.actions import reply
from govnet.forum.threads.page import add_quote
from govnet.kernel.actor import Actor, Door, current_actor
from govnet.kernel.clock import today
from govnet.kernel.errors import NotFound, RuleBroken
from govnet.kernel.messages import Said
from govnet.kernel.numbers import whole_number
from govnet.kernel.translation import say
from govnet.kernel.url_converters import sent_number
from govnet.permissions import Can, allows, can
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form
from govnet.web.pages import page


def readable(proposal_id: int, network: Network, actor: Actor) -> pages_proposal.ProposalPage:
    """The version for the page. NotFound for people who may not know of it yet, as if it did not exist."""
    found = pages_proposal.proposal_page(proposal_id, network, actor)
    if not can(actor, Can.READ_PROPOSAL, found.proposal):
        raise NotFound(_("There is no such proposal."))
    return found


def proposal_page(
    proposal_id: int,
    network: Network,
    actor: Actor,
    form: Form | None = None,
    status: int = 200,
    interest: InterestForm | None = None,
    comment: CommentForm | None = None,
) -> Response:
    """The page, with the form as it was typed if something in it is wrong, or there is a new version (409)."""
    found = readable(proposal_id, network, actor)
    if form is None and found.mine and found.taking and (not found.offsite or found.answered):
        form = choice_form_for(found, parties(found.mine)) or _form_for(found)
    if interest is None and actor.signed_in:
        interest = InterestForm(about=found.proposal, made=0, formdata=None)
    discussion = of_thread(found.proposal.thread_id, actor)
    return page(
        "decisions/proposals/proposal.html",
        status,
        it=found,
        form=form,
        reworded=status == 409,
        meanings=meanings(),
        discussion=discussion,
        comment=_comment_form(found, discussion, actor, comment),
        quoting=comment is not None and not comment.errors,
        suggestions=_suggestions(found, discussion, network, actor),
        waits=of_proposal(proposal_id) if can(actor, Can.REWORD_PROPOSAL, found.proposal) else None,
        interests=interests_in(proposal_id),
        interest=interest,
        could_answer=could_answer(found.version),
        resolution=ways_out(found),
        kept_mails=mails_of(proposal_id) if found.proposal.offsite else (),
        all_answered=may_close_early(found.version, actor),
    )


def _suggestions(
    found: pages_proposal.ProposalPage, discussion: Discussion | None, network: Network, actor: Actor
) -> Sequence[Suggestion]:
    """The suggestions; those made while it was a draft, for people who could read the draft."""
    proposal = found.proposal
    read_draft = (
        discussion is not None if proposal.thread_id is not None else can(actor, Can.SEE_NAMES, network)
    )
    return suggestions(proposal.id, None if read_draft else proposal.opened_at)


@bp.post("/<network:network>/proposals/<int:proposal_id>/answer")
@allows(Can.ANSWER, proposal=Proposal)
def answer(network: Network, proposal: Proposal) -> Response:
    """Give or change an answer."""
    proposal_id, actor = proposal.id, current_actor()
    newest = queries.newest_version(proposal_id)
    mine = queries.entries_for(newest.id, actor)
    offered = who_counts.offered(queries.charter_of(newest))
    form = AnswerForm(
        about=proposal, parties=parties(mine), principles=principles(newest, network), offered=offered
    )
    version_id = asked_version(form, newest)
    if version_id != newest.id:
        form.party.data = same_party(form.party.data, queries.entries_for(version_id, actor), mine)
    return _answer_view(form, proposal_id, network, version_id, lambda: given_in(form))


def _answer_view(
    form: AnswerForm | ChoiceForm,
    proposal_id: int,
    network: Network,
    version_id: int,
    given: Callable[[], AnswerInput],
) -> Response:
    """Give the answer; then back to where it was given: the page You, on to the next thing there, or the proposal."""
    from_me = request.form.get("back") == "me"
    question = queries.newest_version(proposal_id).question

    def do() -> Answer:
        party = int(form.party.data) if form.party.data else None
        return actions.answer(version_id, given(), by=current_actor(), via=Door.WEB, entry_id=party)

    def done(answer: Answer) -> object:
        if answer.counted:
            return _("Your answer counts: %(question)s", question=question)
        return _("Your answer is shown but not counted: %(question)s", question=question)

    def show(status: int) -> Response:
        late = actions.too_late(queries.version_whole(queries.newest_version(proposal_id).id))
        if late:
            return missed(form, proposal_id, network, late)
        return proposal_page(proposal_id, network, current_actor(), form, status)

    address = url_for(".proposal", proposal_id=proposal_id, _anchor="your-answer")
    return form_view(
        form,
        do,
        url_for("accounts.me") if from_me else address,
        show,
        done=done if from_me else None,
        stale=lambda late: missed(form, proposal_id, network, late.message),
    )


@bp.post("/<network:network>/proposals/<int:proposal_id>/answer/take-back")
@allows(Can.ANSWER, proposal=Proposal)
def take_back(network: Network, proposal: Proposal) -> Response:
    """Have no answer any more, for the party whose button it was."""
    proposal_id, party, by = proposal.id, sent_number("party"), current_actor()
    return press(
        lambda: actions.take_back(queries.newest_version(proposal_id).id, party, by=by, via=Door.WEB),
        url_for(".proposal", proposal_id=proposal_id),
    )


@bp.post("/<network:network>/proposals/<int:proposal_id>/answer/receipt")
@allows(Can.ANSWER, proposal=Proposal)
def mail_receipt(network: Network, proposal: Proposal) -> Response:
    """Mail the reader a receipt for the answer whose button it was."""
    proposal_id, party, by = proposal.id, sent_number("party"), current_actor()
    return press(
        lambda: receipts.mail_receipt(queries.newest_version(proposal_id).id, party, by=by),
        url_for(".proposal", proposal_id=proposal_id, _anchor="your-answer"),
        done=_("A receipt is on its way to you."),
    )


@bp.post("/<network:network>/proposals/<int:proposal_id>/comment")
@allows(Can.READ_PROPOSAL, proposal=Proposal)
def comment(network: Network, proposal: Proposal) -> Response:
    """Post a late text, or one from the box, in the proposal's discussion; "Quote" puts a post into the box."""
    discussion = of_thread(proposal.thread_id, current_actor())
    if discussion is None:
        raise RuleBroken(_("This proposal has no discussion in which you can write."))
    form = CommentForm(about=proposal)
    thread, actor = discussion.thread, current_actor()
    if "quote" in request.form:
        add_quote(form.body, thread, whole_number(request.form["quote"]))
        status = 422 if form.errors else 200
        return proposal_page(proposal.id, network, actor, status=status, comment=form)
    proposal_id = proposal.id

    def show(status: int) -> Response:
        whole = queries.proposal_whole(proposal_id)
        return page("decisions/answers/late.html", status, proposal=whole, message="", form=form)

    return form_view(
        form,
        lambda: reply(thread, by=actor, body=str(form.body.data), via=Door.WEB),
        lambda post: url_for("forum.thread", thread_id=post.thread_id, _anchor=f"post-{post.number}"),
        show,
        done=_("Your comment is published."),
        makes=True,
    )


def missed(form: AnswerForm | ChoiceForm, proposal_id: int, network: Network, late: object) -> Response:
    """The answer was not counted: it can be given to the new version if there is one, or be posted as a comment."""
    newest, actor = queries.newest_version(proposal_id), current_actor()
    new = asked_version(form, newest) != newest.id and actions.is_taken(newest)
    if new and queries.entries_for(newest.id, actor):
        if isinstance(form, ChoiceForm) and _other_options(asked_version(form, newest), newest.id):
            form.forget()
        form.version.data = str(newest.id)
        return proposal_page(proposal_id, network, actor, form, 409)
    proposal = queries.proposal_whole(proposal_id)
    typed = (form[name].data for name in ("reason", "remedy") if name in form)
    words = "\n\n".join(text for text in typed if text)
    kept = CommentForm(about=proposal, formdata=None, data={"body": words})
    return page("decisions/answers/late.html", 409, proposal=proposal, message=late, form=kept)


def _other_options(before: int, now: int) -> bool:
    options = queries.options_of([before, now])
    return options.get(before) != options.get(now)


def given_in(form: AnswerForm) -> AnswerInput:
    """The input of the form."""
    return AnswerInput(
        KINDS[form.answer.data],
        reason=form.reason.data or "",
        remedy=form.remedy.data or "",
        principle=form.principle.data or "",
        named=bool(form.named.data),
    )


def principles(version: ProposalVersion, network: Network) -> Sequence[str]:
    """The grounds for a Stop, if the charter asks for them."""
    charter = queries.charter_of(version)
    return who_counts.principles(charter, network.purpose) if who_counts.needs_principle(charter) else ()


def asked_version(form: AnswerForm | ChoiceForm, newest: ProposalVersion) -> int:
    """The version that the reader saw, of the proposal in the address. NotFound for another's."""
    asked = whole_number(form.version.data)
    if asked is None:
        return newest.id
    return asked if asked == newest.id else queries.version_of(newest.proposal_id, asked).id


def parties(entries: Sequence[RollEntry]) -> list[tuple[str, str]]:
    """The parties for which the reader may answer, if there is a choice."""
    if len(entries) < 2:
        return []
    return [(str(entry.id), _("For myself") if entry.person_id else entry.name) for entry in entries]


def same_party(chosen: str | None, before: Sequence[RollEntry], mine: Sequence[RollEntry]) -> str | None:
    """The party for which she answers, by its number beside the newest version."""
    who = {(each.person_id, each.organisation_id) for each in before if str(each.id) == chosen}
    same = (str(each.id) for each in mine if (each.person_id, each.organisation_id) in who)
    return next(same, chosen)


def _comment_form(
    found: ProposalPage, discussion: Discussion | None, actor: Actor, typed: CommentForm | None
) -> CommentForm | None:
    """The box for comments, for those who may write in the discussion while it is open; with the typed text."""
    if (
        discussion is None
        or discussion.thread.state is not ThreadState.OPEN
        or is_over(discussion.thread.until, today(found.proposal.network.zone))
        or not can(actor, Can.REPLY, discussion.thread)
    ):
        return None
    return typed or CommentForm(about=found.proposal, formdata=None)


def _form_for(found: ProposalPage) -> AnswerForm:
    """The form, filled in with the reader's answer."""
    wanted = principles(found.version, found.proposal.network)
    form = AnswerForm(
        about=found.proposal,
        parties=parties(found.mine),
        principles=wanted,
        offered=who_counts.offered(queries.charter_of(found.version)),
        formdata=None,
    )
    form.version.data = str(found.version.id)
    given = found.answered[0] if found.answered else None
    if given is not None:
        form.answer.data, form.reason.data, form.remedy.data = FACES[given.kind], given.reason, given.remedy
        form.named.data, form.principle.data = given.named, given.principle
        form.party.data = str(given.entry_id)
    return form


def meanings() -> Mapping[str, str]:
    """The line under each answer."""
    return {FACES[kind]: say(Said(words)) for kind, words in MEANINGS.items()}


@bp.post("/<network:network>/proposals/<int:proposal_id>/choose")
@allows(Can.ANSWER, proposal=Proposal)
def choose(network: Network, proposal: Proposal) -> Response:
    """Give or change an answer between options."""
    proposal_id, actor = proposal.id, current_actor()
    found = pages_proposal.proposal_page(proposal_id, network, actor)
    form = form_for(found, parties(found.mine), sent=True)
    if form is None:
        return proposal_page(proposal_id, network, actor)
    newest, version_id = found.version.id, asked_version(form, found.version)
    if version_id != newest:
        before = queries.entries_for(version_id, actor)
        form.party.data = same_party(form.party.data, before, found.mine)
    return _answer_view(form, proposal_id, network, version_id, form.given)
