"""Proposing: the words first, then what they are about where that changes who decides. Taking back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
from govnet.decisions import queries
from govnet.decisions.blueprint import bp
from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.labels import decides
from govnet.decisions.models import Proposal, VersionState
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.pages import rehearsal
from govnet.decisions.pages.discussion import of_thread
from govnet.decisions.pages.forms import ProposeForm, ReasonForm, more_in, with_matter
from govnet.decisions.pages.office_forms import asked_offers, offices_in, with_offices
from govnet.decisions.pages.option_forms import method_in, offer_ways
from govnet.decisions.pages.rehearsal import Rehearsal
from govnet.decisions.pages.rule_forms import asked_rules, rule_fields, rules_in, seen_rules, with_rules
from govnet.decisions.proposals import actions, offices, roll, same_rule
from govnet.decisions.proposals.offices import Offer
from govnet.decisions.proposals.opening import Ask, ProposedMatter, Wording
from govnet.decisions.proposals.same_rule import SameRule
from govnet.decisions.register import queries as register_queries
from govnet.decisions.rules import deadlines, methods
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import RuleBroken
from govnet.kernel.paths import asked_number
from govnet.kernel.text import fitting
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows, check_right
from govnet.web.forms import once
from govnet.web.pages import page, see

USUAL = "activities"
"""The most frequent matter of proposals."""


def _wanted_rules() -> list[Parameter[Any]]:
    """The rules that are to change, from the address."""
    return asked_rules(request.args.getlist("rule"))


@dataclass(frozen=True)
class ProposalSubject:
    """A proposal's matter, and the rules of deciding among which one can choose."""

    matter: str
    rules: tuple[SameRule, ...] = ()
    """Empty where the address says it, or the answer changes nothing."""


def _about(network: Network, charter: Charter) -> ProposalSubject:
    """From the address; else from the form; else what we do, which is asked for only where another rule may hold."""
    given = "charter" if _wanted_rules() else request.args.get("matter", "")
    if given in p.MATTERS:
        return ProposalSubject(given)
    rules = same_rule.same_rules(network, charter, current_actor())
    known = [matter for rule in rules for matter in rule.matters]
    chosen = request.form.get("matter", "")
    usual = USUAL if USUAL in known or not known else known[0]
    return ProposalSubject(chosen if chosen in known else usual, rules if len(rules) > 1 else ())


@bp.get("/<network:network>/proposals/new")
@allows(Can.PROPOSE)
def propose(network: Network) -> Response:
    """The words first; then what it is about, where that changes who decides."""
    charter = charters.rules_in_force(network.id)
    about = _about(network, charter)
    check_right(current_actor(), Can.PROPOSE, ProposedMatter(network.id, about.matter))
    return _propose_page(network, charter, about, _propose_form(network, charter, about, fresh=True))


@bp.post("/<network:network>/proposals/new")
@allows(Can.PROPOSE)
def propose_now(network: Network) -> Response:
    """Ask it."""
    rules, charter = _wanted_rules(), charters.rules_in_force(network.id)
    about = _about(network, charter)
    matter, form = about.matter, _propose_form(network, charter, about)
    if request.form.get("change") or not _way_fits(form, charter, about):
        return _propose_page(network, charter, about, form, 422 if form.errors else 200)
    if form.validate_on_submit():
        with form.catching():
            words, ask = asked_in(form, matter, rules, _thread_id(network), network)
            if form.draft.data:
                return once(
                    form,
                    lambda: drafts_actions.save(network, words, ask, by=current_actor(), via=Door.WEB),
                    lambda made: url_for(".proposal", proposal_id=made.id),
                    done=_("Your draft is kept. Others can read it and say what they think."),
                )
            by = current_actor()
            return asked(form, network, lambda: actions.propose(network, words, ask, by=by, via=Door.WEB))
    return _propose_page(network, charter, about, form, 422)


def _way_fits(form: Any, charter: Charter, about: ProposalSubject) -> bool:
    """Whether it can be decided in the way that was chosen beside other matters; says so on the form where it cannot."""
    allowed = methods.ways(charter, about.matter)
    if not about.rules or form.way.data in allowed:
        return True
    untouched = form.way.data in (None, methods.ways(charter, USUAL)[0])
    form.way.data = allowed[0]
    if not untouched:
        form.way.errors = [_("By our rules this is decided in another way. Choose how.")]
    return untouched


def asked(form: Any, network: Network, make: Callable[[], Proposal]) -> Response:
    """The page to check first; from there, ask it. RuleBroken from the rehearsal is the form's to show."""
    if not request.form.get("checked"):
        return check_page(rehearsal.rehearse(make, network, current_actor()))
    return once(
        form,
        make,
        lambda made: url_for(".proposal", proposal_id=made.id),
        done=_(
            "It is open. Everybody who decides this is notified by mail in ten minutes; until then you can "
            "undo it."
        ),
    )


def check_page(it: Rehearsal, again: Mapping[str, Any] | None = None) -> Response:
    """How it would look; what was typed comes along unseen. `again`: what is different from what was asked before."""
    mine = ("csrf_token", "checked", "change")
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in mine]
    action = request.full_path.removesuffix("?")
    return page("decisions/proposals/ready.html", it=it, again=again, typed=typed, action=action)


@bp.post("/<network:network>/proposals/<int:proposal_id>/undo")
@allows(Can.WITHDRAW_PROPOSAL, proposal=Proposal)
def undo(network: Network, proposal: Proposal) -> Response:
    """Make a draft again of what was asked a moment ago."""
    proposal_id = proposal.id
    try:
        with transaction():
            drafts_actions.undo(proposal, by=current_actor(), via=Door.WEB)
    except RuleBroken as broken:
        flash(str(broken), "warning")
        return see(".proposal", proposal_id=proposal_id)
    flash(_("Undone. Nobody was notified; it is a draft again."), "success")
    return see(".proposal", proposal_id=proposal_id)


def asked_in(
    form: Any, matter: str, rules: list[Parameter[Any]], thread_id: int | None, network: Network
) -> tuple[Wording, Ask]:
    """The form's input: the text and the way of deciding. RuleBroken for people whom we do not know."""
    words = Wording(
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
    confirms = matter == "charter" and register_queries.confirms(
        network.id, replaced, clock.today(network.zone)
    )
    return matter == "charter" and not offers and not confirms


def _exceptions(network: Network) -> list[tuple[str, str]]:
    """The places that members can give as an exception to our rules."""
    kinds = offices.MATTERS["charter"]
    offers = (each for each in offices.every_offer(network) if each.wanted.what in kinds)
    return [(each.title, url_for(".propose", matter="charter", office=each.key)) for each in offers]


def _propose_form(network: Network, charter: Charter, about: ProposalSubject, fresh: bool = False) -> Any:
    matter = about.matter
    offers = asked_offers(network, request.args.getlist("office"), matter)
    replaced = asked_number("replaces") or 0
    form_class: type[Any] = ProposeForm
    if changes_rules(network, matter, offers, replaced):
        form_class = with_rules(form_class, charter)
    form_class = with_matter(
        with_offices(form_class, offers), [m for rule in about.rules for m in rule.matters]
    )
    thread = of_thread(asked_number("thread"), current_actor()) if fresh else None
    question = fitting(thread.thread.question or thread.thread.title, thread.thread.title) if thread else ""
    first = deadlines.earliest(clock.now(), charter, ZoneInfo(network.zone))
    start = {
        "rules": str(charter.number),
        "way": methods.ways(charter, matter)[0],
        "closes": first,
        "question": question,
        "replaces": replaced,
    } | _from_recommendation(network)
    key = f"network{network.id}/{matter}"  # the same words about something else are something else
    form = offered(form_class(about=key, data=start), network, charter, matter)
    form.offers = offers
    return form


def offered(form: Any, network: Network, charter: Charter, matter: str) -> Any:
    """The form with the ways and the earlier decisions that can be chosen in it."""
    offer_ways(form, methods.ways(charter, matter))
    earlier = [(each.id, f"{each.number} {each.question}") for each in register_queries.in_force(network.id)]
    form.replaces.choices = options([(0, _("No")), *earlier])
    return form


def _from_recommendation(network: Network) -> dict[str, str]:
    """The committee's recommendation, as the draft of a proposal to those who may decide."""
    number = request.args.get("from", "")
    if not number:
        return {}
    found = register_queries.decision(network.id, number).version
    return {"question": found.question, "text": found.text}


def _propose_page(
    network: Network, charter: Charter, about: ProposalSubject, form: Any, status: int = 200
) -> Response:
    zone, matter = ZoneInfo(network.zone), about.matter
    return page(
        "decisions/proposals/propose.html",
        status,
        form=form,
        charter=charter,
        matter=matter,
        given=_wanted_rules() or request.args.get("matter") == matter,
        choice=[(decides(rule.body, rule.method), rule.matters) for rule in about.rules],
        body=roll.deciding(network, charter, matter),
        rules=rule_fields(form, _wanted_rules(), seen_rules(network.id, form)),
        exceptions=_exceptions(network) if matter == "charter" else (),
        draft=None,
        newer=(),
        needs_draft=methods.needs_draft(charter),
        soonest=deadlines.earliest(clock.now(), charter, zone),
        latest=deadlines.latest(clock.now(), charter, zone),
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
            unopposed = queries.newest_version(proposal_id).state is VersionState.UNOPPOSED
            take_back = offsite.take_back if unopposed else actions.withdraw
            take_back(proposal, form.reason.data or "", by=current_actor(), via=Door.WEB)
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
            offsite.object_to(proposal, form.reason.data or "", by=current_actor(), via=Door.WEB)
            return see(".proposal", proposal_id=proposal_id)
    return _reason_page(queries.proposal_whole(proposal_id), "object", form, 422)


def _reason_page(proposal: Proposal, what: str, form: ReasonForm, status: int = 200) -> Response:
    version = queries.newest_version(proposal.id)
    return page(
        "decisions/proposals/reason.html", status, proposal=proposal, version=version, what=what, form=form
    )
