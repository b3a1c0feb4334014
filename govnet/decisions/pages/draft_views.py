"""Drafts: reading one, changing it, wanting it asked, asking it, giving it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.kinds import Parameter
from govnet.charter.models import Network
from govnet.charter.rules import diff, problems
from govnet.decisions.blueprint import bp
from govnet.decisions.drafts import actions, queries
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import AnyProposal, Proposal
from govnet.decisions.pages.discussion import of_thread
from govnet.decisions.pages.forms import AskDraftForm, DraftForm
from govnet.decisions.pages.new_proposal_views import asked_in, changes_rules, now_open, offered, to_check
from govnet.decisions.pages.office_forms import asked_offers, with_offices
from govnet.decisions.pages.rule_forms import asked_rules, rule_fields, seen_rules, with_rules
from govnet.decisions.proposals import offices, roll
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.rules import deadlines, methods
from govnet.decisions.rules.option_count import OPTIONS
from govnet.decisions.suggestions.queries import suggestions
from govnet.extensions import db
from govnet.forum.threads import slots
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound, RuleBroken, Stale
from govnet.kernel.url_converters import InAddress
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.forms import meanwhile
from govnet.web.pages import page, see


def beside(lines: Sequence[slots.ThreadLine]) -> list[slots.Beside]:
    """The open drafts that came out of a discussion."""
    return [
        slots.Beside(line.title, url_for("decisions.proposal", proposal_id=line.key), _("Draft"))
        for line in lines
    ]


@bp.get("/<network:network>/proposals/drafts/<int:former_id>")
@allows(Can.READ)
def former_draft(network: Network, former_id: int) -> Response:
    """The address that a draft had while drafts had numbers of their own."""
    found = queries.now_at(former_id, network.id)
    if found is None:
        raise NotFound(_("There is no such draft."))
    return redirect(url_for(".proposal", proposal_id=found), 301)


def _whole(network: Network, draft_id: int) -> Draft:
    found = queries.whole(draft_id)
    if found is None or found.network_id != network.id:
        raise NotFound(_("There is no such proposal."))
    return found


@allows(Can.READ_DRAFT, draft=InAddress("draft_id", _whole))
def draft(network: Network, draft: Draft) -> Response:
    """A draft, at the address of the proposal that it becomes."""
    return _draft_page(network, draft)


def _draft_page(
    network: Network, found: Draft, form: AskDraftForm | None = None, status: int = 200
) -> Response:
    """The text, its supporters, and the missing conditions."""
    charter, actor = charters.rules_in_force(network.id), current_actor()
    words, ask = queries.kept(found)
    wanted = {} if problems(charter, words.changes) else words.changes
    earliest = deadlines.earliest(clock.now(), charter, ZoneInfo(network.zone))
    start = {"closes": max(ask.closes, earliest) if ask.closes else earliest}
    return page(
        "decisions/drafts/draft.html",
        status,
        draft=found,
        proposal=found,
        version=found.version,
        words=words,
        html=found.version.html,
        method=ask.method,
        body=roll.deciding(network, charter, found.matter, offices.people_of(words.offices)),
        changes=diff(charter, charter.with_changes(wanted)) if wanted else (),
        charter=charter,
        missing=queries.missing(charter, found, len(found.sponsors), network.zone),
        needed=charter[p.SPONSORS],
        seen=queries.seen(found),
        supports=any(each.person_id == actor.person_id for each in found.sponsors),
        form=form or AskDraftForm(about=found, data=start),
        discussion=of_thread(found.thread_id, actor),
        suggestions=suggestions(found.id),
        named=offices.in_words(words.offices),
    )


@bp.route("/<network:network>/proposals/<int:draft_id>/change", methods=["GET", "POST"])
@allows(Can.CHANGE_DRAFT, draft=AnyProposal)
def change_draft(network: Network, draft: AnyProposal) -> Response:
    """The text as it is, to be changed; what was changed meanwhile is shown beside it."""
    if not isinstance(draft, Draft):
        if request.method == "GET":
            return see(".proposal", proposal_id=draft.id)
        raise RuleBroken(_("This has already been opened."))
    form, draft_id = _change_form(network, draft), draft.id
    seen = form.seen.data or ""

    def do() -> None:
        words, ask = asked_in(form, draft.matter, _rules(draft), draft.thread_id, network)
        actions.change(draft_id, words, ask, seen=seen, by=current_actor(), via=Door.WEB)

    def stale(_newer: Stale) -> Response:
        """Both are shown; sending again now says that the newer one was seen."""
        found = db.session.get_one(Draft, draft_id)
        now = _change_form(network, found, formdata=None)
        form.seen.data = queries.seen(found)
        return _change_page(network, found, form, 409, meanwhile(now, form))

    return form_view(
        form,
        do,
        url_for(".proposal", proposal_id=draft_id),
        lambda status: _change_page(network, draft, form, status),
        stale=stale,
    )


def _rules(draft: Draft) -> list[Parameter[Any]]:
    words, _ask = queries.kept(draft)
    return asked_rules(words.changes)


def _change_form(network: Network, draft: Draft, **more: Any) -> Any:
    words, ask = queries.kept(draft)
    charter = charters.rules_in_force(network.id)
    shown = charter if problems(charter, words.changes) else charter.with_changes(words.changes)
    offers = asked_offers(network, request.args.getlist("office"), draft.matter, words.offices)
    form_class: type[Any] = DraftForm
    if changes_rules(network, draft.matter, offers, ask.replaces_id):
        form_class = with_rules(form_class, shown, charter)
    form_class = with_offices(form_class, offers)
    start = _typed(words, ask) | {"seen": queries.seen(draft), "rules": str(charter.number)}
    form = offered(form_class(about=draft, data=start, **more), network, charter, draft.matter)
    form.offers = offers
    return form


def _typed(words: Wording, ask: Ask) -> dict[str, Any]:
    """A draft as the form of a proposal has it."""
    between = ask.method in OPTIONS
    return {
        "question": words.question,
        "text": words.text,
        "way": "options" if between else ask.method,
        "choosing": ask.method if between else OPTIONS[0],
        "options": "\n".join(words.options),
        "closes": ask.closes,
        "replaces": ask.replaces_id or 0,
        "review": ask.review_on,
        **asdict(words.more),
    }


def _change_page(
    network: Network, draft: Draft, form: Any, status: int, newer: Sequence[tuple[str, str]] = ()
) -> Response:
    charter, zone = charters.rules_in_force(network.id), ZoneInfo(network.zone)
    return page(
        "decisions/proposals/propose.html",
        status,
        form=form,
        charter=charter,
        matter=draft.matter,
        given=True,
        choice=(),
        body=roll.deciding(network, charter, draft.matter),
        rules=rule_fields(form, _rules(draft), seen_rules(network.id, form)),
        exceptions=(),
        draft=draft,
        newer=newer,
        needs_draft=methods.needs_draft(charter),
        soonest=deadlines.earliest(clock.now(), charter, zone),
        latest=deadlines.latest(clock.now(), charter, zone),
        thread=of_thread(draft.thread_id, current_actor()),
    )


@bp.post("/<network:network>/proposals/<int:draft_id>/ask")
@allows(Can.CHANGE_DRAFT, draft=AnyProposal)
def ask_draft(network: Network, draft: AnyProposal) -> Response:
    """Ask it, when nothing is missing."""
    form, draft_id = AskDraftForm(about=draft), draft.id
    address = url_for(".proposal", proposal_id=draft_id)
    if request.form.get("change"):
        return redirect(address, 303)

    def do() -> Proposal:
        return actions.ask_it(draft_id, form.closes.data, by=current_actor(), via=Door.WEB)

    return form_view(
        form,
        do,
        address,
        lambda status: _draft_page(network, _whole(network, draft_id), form, status),
        done=now_open(),
        makes=True,
        first=lambda: to_check(network, do),
    )


@bp.post("/<network:network>/proposals/<int:draft_id>/sponsor")
@allows(Can.SPONSOR, draft=AnyProposal)
def sponsor_draft(network: Network, draft: AnyProposal) -> Response:
    """Want it asked."""
    seen, draft_id, by = request.form.get("seen", "")[:64], draft.id, current_actor()
    return press(
        lambda: actions.sponsor(draft_id, seen, by=by, via=Door.WEB),
        url_for(".proposal", proposal_id=draft_id),
    )


@bp.post("/<network:network>/proposals/<int:draft_id>/leave")
@allows(Can.SPONSOR, draft=AnyProposal)
def leave_draft(network: Network, draft: AnyProposal) -> Response:
    """No longer want it asked."""
    draft_id, by = draft.id, current_actor()
    return press(
        lambda: actions.leave(draft_id, by=by, via=Door.WEB), url_for(".proposal", proposal_id=draft_id)
    )


@bp.post("/<network:network>/proposals/<int:draft_id>/drop")
@allows(Can.CHANGE_DRAFT, draft=AnyProposal)
def drop_draft(network: Network, draft: AnyProposal) -> Response:
    """Give it up."""
    draft_id, by = draft.id, current_actor()
    return press(
        lambda: actions.drop(draft_id, by=by, via=Door.WEB), url_for(".proposal", proposal_id=draft_id)
    )
