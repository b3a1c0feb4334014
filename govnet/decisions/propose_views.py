"""Proposing, in two steps that need no scripts: what it is about, and then the words. Taking back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.fields import options
from govnet.charter.kinds import Parameter
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions import (
    actions,
    drafting,
    elsewhere,
    offices,
    queries,
    register,
    rehearsal,
    roll,
    timing,
    trials,
    ways,
)
from govnet.decisions.blueprint import bp
from govnet.decisions.discussion import of_thread
from govnet.decisions.forms import (
    QUESTION_LIMIT,
    ProposeForm,
    ReasonForm,
    more_in,
)
from govnet.decisions.models import Proposal
from govnet.decisions.office_forms import asked_offers, offices_in, with_offices
from govnet.decisions.offices import Offer
from govnet.decisions.opening import Ask, Words, check_proposer
from govnet.decisions.option_forms import method_in, offer_ways
from govnet.decisions.rehearsal import Rehearsal
from govnet.decisions.rule_forms import asked_rules, rule_fields, rules_in, seen_rules, with_rules
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.forms import once
from govnet.kernel.pages import page, see
from govnet.kernel.paths import asked_number
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows, current_actor


def _wanted_rules() -> list[Parameter[Any]]:
    """The rules that are to change, from the address."""
    return asked_rules(request.args.getlist("rule"))


@bp.get("/<network:network>/proposals/new")
@allows(Can.PROPOSE)
def propose(network: Network) -> Response:
    """First what it is about and so who decides; then the words."""
    rules = _wanted_rules()
    matter = "charter" if rules else request.args.get("matter", "")
    charter = charters.rules_in_force(network.id)
    check_proposer(network, charter, matter, current_actor())
    if matter not in p.MATTERS:
        return page("decisions/about.html", **_about(network, charter, matter))
    return _propose_page(network, charter, matter, _propose_form(network, charter, matter, fresh=True))


@bp.post("/<network:network>/proposals/new")
@allows(Can.PROPOSE)
def propose_now(network: Network) -> Response:
    """Ask it."""
    rules, charter = _wanted_rules(), charters.rules_in_force(network.id)
    matter = "charter" if rules else request.args.get("matter", "")
    if matter not in p.MATTERS:
        return page("decisions/about.html", 422, **_about(network, charter, matter))
    form = _propose_form(network, charter, matter)
    if request.form.get("change"):
        return _propose_page(network, charter, matter, form)
    if form.validate_on_submit():
        with form.catching():
            words, ask = asked_in(form, matter, rules, _thread_id(network), network)
            if form.draft.data:
                return once(
                    form,
                    lambda: drafting.save(network, words, ask, by=current_actor(), via=Door.WEB),
                    lambda made: url_for(".draft", draft_id=made.id),
                    done=_("Your draft is kept. Others can read it and say what they think."),
                )
            by = current_actor()
            return asked(form, network, lambda: actions.propose(network, words, ask, by=by, via=Door.WEB))
    return _propose_page(network, charter, matter, form, 422)


def asked(form: Any, network: Network, make: Callable[[], Proposal]) -> Response:
    """The page to check first; from there, ask it. RuleBroken from the rehearsal is the form's to show."""
    if not request.form.get("checked"):
        return check_page(rehearsal.rehearse(make, network, current_actor()))
    return once(
        form,
        make,
        lambda made: url_for(".proposal", proposal_id=made.id),
        done=_(
            "It is open. Everybody who decides this is told by mail in ten minutes; until then you can undo it."
        ),
    )


def check_page(it: Rehearsal, again: Mapping[str, Any] | None = None) -> Response:
    """How it would look; what was typed comes along unseen. `again`: what is different from what was asked before."""
    mine = ("csrf_token", "checked", "change")
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in mine]
    action = request.full_path.removesuffix("?")
    return page("decisions/ready.html", it=it, again=again, typed=typed, action=action)


@bp.post("/<network:network>/proposals/<int:proposal_id>/undo")
@allows(Can.WITHDRAW_PROPOSAL, proposal=Proposal)
def undo(network: Network, proposal: Proposal) -> Response:
    """Make a draft again of what was asked a moment ago."""
    proposal_id, draft_id = proposal.id, None
    try:
        with transaction():
            draft = drafting.undo(proposal, by=current_actor(), via=Door.WEB)
            db.session.flush()  # its address has its number in it
            draft_id = draft.id
    except RuleBroken as broken:
        flash(str(broken), "warning")
        return see(".proposal", proposal_id=proposal_id)
    flash(_("Undone. Nobody was told; it is a draft again."), "success")
    return see(".draft", draft_id=draft_id)


def asked_in(
    form: Any, matter: str, rules: list[Parameter[Any]], thread_id: int | None, network: Network
) -> tuple[Words, Ask]:
    """What the form says: the words, and how they are to be asked. RuleBroken for whom we do not know."""
    words = Words(
        form.question.data,
        form.text.data,
        rules_in(form, rules, seen_rules(network.id, form), charters.rules_in_force(network.id)),
        more_in(form),
        form.options.lines_given,
        offices_in(form, form.offers, network),
    )
    replaces, review = form.replaces.data or None, form.review.data
    return words, Ask(matter, form.closes.data, thread_id, replaces, review, method_in(form))


def _thread_id(network: Network) -> int | None:
    thread = of_thread(asked_number("thread"), current_actor())
    return thread.thread.id if thread and thread.thread.network_id == network.id else None


def changes_rules(network: Network, matter: str, offers: Sequence[Offer], replaced: int | None) -> bool:
    """Whether rules change by it: it is about them, and neither asks for an exception nor confirms what holds on trial."""
    confirms = matter == "charter" and trials.confirms(network.id, replaced, clock.today(network.zone))
    return matter == "charter" and not offers and not confirms


def _about(network: Network, charter: Charter, matter: str) -> dict[str, Any]:
    return {
        "charter": charter,
        "matter": matter,
        "matters": [
            (key, p.MATTERS[key], roll.deciding(network, charter, key), charter[p.METHOD_FOR[key]])
            for key in p.MATTERS
        ],
        "thread": of_thread(asked_number("thread"), current_actor()),
    }


def _exceptions(network: Network) -> list[tuple[str, str]]:
    """The places that members can give as an exception to our rules."""
    kinds = offices.MATTERS["charter"]
    offers = (each for each in offices.every_offer(network) if each.wanted.what in kinds)
    return [(each.title, url_for(".propose", matter="charter", office=each.key)) for each in offers]


def _propose_form(network: Network, charter: Charter, matter: str, fresh: bool = False) -> Any:
    offers = asked_offers(network, request.args.getlist("office"), matter)
    replaced = asked_number("replaces") or 0
    form_class: type[Any] = ProposeForm
    if changes_rules(network, matter, offers, replaced):
        form_class = with_rules(form_class, charter)
    form_class = with_offices(form_class, offers)
    thread = of_thread(asked_number("thread"), current_actor()) if fresh else None
    question = (thread.thread.question or thread.thread.title) if thread else ""
    first = timing.earliest(clock.now(), charter, ZoneInfo(network.zone))
    start = {
        "rules": str(charter.number),
        "way": ways.ways(charter, matter)[0],
        "closes": first,
        "question": question[:QUESTION_LIMIT],
        "replaces": replaced,
    } | _from_recommendation(network)
    about = f"network{network.id}/{matter}"  # the same words about something else are something else
    form = offered(form_class(about=about, data=start), network, charter, matter)
    form.offers = offers
    return form


def offered(form: Any, network: Network, charter: Charter, matter: str) -> Any:
    """The form with the ways and the earlier decisions that can be chosen in it."""
    offer_ways(form, ways.ways(charter, matter))
    earlier = [(each.id, f"{each.number} {each.question}") for each in register.in_force(network.id)]
    form.replaces.choices = options([(0, _("No")), *earlier])
    return form


def _from_recommendation(network: Network) -> dict[str, str]:
    """What the committee recommended, as the draft of a proposal for those who may decide."""
    number = request.args.get("from", "")
    if not number:
        return {}
    found = register.decision(network.id, number).version
    return {"question": found.question, "text": found.text}


def _propose_page(network: Network, charter: Charter, matter: str, form: Any, status: int = 200) -> Response:
    zone = ZoneInfo(network.zone)
    return page(
        "decisions/propose.html",
        status,
        form=form,
        charter=charter,
        matter=matter,
        body=roll.deciding(network, charter, matter),
        rules=rule_fields(form, _wanted_rules(), seen_rules(network.id, form)),
        exceptions=_exceptions(network) if matter == "charter" else (),
        draft=None,
        newer=(),
        needs_draft=ways.needs_draft(charter),
        soonest=timing.earliest(clock.now(), charter, zone),
        latest=timing.latest(clock.now(), charter, zone),
        thread=of_thread(asked_number("thread"), current_actor()),
    )


@bp.get("/<network:network>/proposals/<int:proposal_id>/withdraw")
@allows(Can.WITHDRAW_PROPOSAL, proposal=Proposal)
def withdraw(network: Network, proposal: Proposal) -> Response:
    """Ask for the reason, and say what happens."""
    return _reason_page(proposal, "withdraw", ReasonForm(about=proposal))


@bp.post("/<network:network>/proposals/<int:proposal_id>/withdraw")
@allows(Can.WITHDRAW_PROPOSAL, proposal=Proposal)
def withdraw_now(network: Network, proposal: Proposal) -> Response:
    """Take it back."""
    form, proposal_id = ReasonForm(about=proposal), proposal.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            actions.withdraw(proposal, form.reason.data or "", by=current_actor(), via=Door.WEB)
            return see(".proposal", proposal_id=proposal_id)
    return _reason_page(queries.proposal_whole(proposal_id), "withdraw", form, 422)


@bp.get("/<network:network>/proposals/<int:proposal_id>/object")
@allows(Can.OBJECT, proposal=Proposal)
def object_to(network: Network, proposal: Proposal) -> Response:
    """Ask for the reason, and say what happens."""
    return _reason_page(proposal, "object", ReasonForm(about=proposal))


@bp.post("/<network:network>/proposals/<int:proposal_id>/object")
@allows(Can.OBJECT, proposal=Proposal)
def object_now(network: Network, proposal: Proposal) -> Response:
    """Have everybody asked instead."""
    form, proposal_id = ReasonForm(about=proposal), proposal.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            elsewhere.object_to(proposal, form.reason.data or "", by=current_actor(), via=Door.WEB)
            return see(".proposal", proposal_id=proposal_id)
    return _reason_page(queries.proposal_whole(proposal_id), "object", form, 422)


def _reason_page(proposal: Proposal, what: str, form: ReasonForm, status: int = 200) -> Response:
    version = queries.newest_version(proposal.id)
    return page("decisions/reason.html", status, proposal=proposal, version=version, what=what, form=form)
