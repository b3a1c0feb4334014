"""New proposals: the text first, then the matter if that changes who decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.fields import options
from govnet.charter.kinds import Parameter
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions.blueprint import bp
from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.labels import decides
from govnet.decisions.models import AnyProposal, Proposal
from govnet.decisions.pages import matter_groups, rehearsal
from govnet.decisions.pages.discussion import of_thread
from govnet.decisions.pages.forms import ProposeForm, more_in, with_matter
from govnet.decisions.pages.matter_groups import SameRule
from govnet.decisions.pages.office_forms import asked_offers, offices_in, with_offices
from govnet.decisions.pages.option_forms import method_in, offer_ways
from govnet.decisions.pages.rehearsal import Rehearsal
from govnet.decisions.pages.rule_forms import asked_rules, rule_fields, rules_in, seen_rules, with_rules
from govnet.decisions.proposals import actions, offices, roll
from govnet.decisions.proposals.offices import Offer
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.register import queries as register_queries
from govnet.decisions.rules import deadlines, methods
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.text import fitting
from govnet.kernel.url_converters import asked_number
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.pages import page

USUAL = "activities"
"""The most frequent matter of proposals."""


def _wanted_rules() -> list[Parameter[Any]]:
    """The rules that are to change, from the address."""
    return asked_rules(request.args.getlist("rule"))


@dataclass(frozen=True)
class ProposalSubject:
    """A proposal's matter, and the rules of deciding among which one can choose."""

    network_id: int
    matter: str
    rules: tuple[SameRule, ...] = ()
    """Empty if the address has it, or the answer changes nothing."""


def _about(network: Network) -> ProposalSubject:
    """From the address; else from the form; else what we do, which is asked for only where another rule may hold."""
    given = "charter" if _wanted_rules() else request.args.get("matter", "")
    if given in p.MATTERS:
        return ProposalSubject(network.id, given)
    rules = matter_groups.same_rules(network, charters.rules_in_force(network.id), current_actor())
    known = [matter for rule in rules for matter in rule.matters]
    chosen = request.form.get("matter", "")
    usual = USUAL if USUAL in known or not known else known[0]
    matter = chosen if chosen in known else usual
    return ProposalSubject(network.id, matter, rules if len(rules) > 1 else ())


@bp.route("/<network:network>/proposals/new", methods=["GET", "POST"])
@allows(Can.PROPOSE, about=_about)
def propose(network: Network, about: ProposalSubject) -> Response:
    """The words first; then what it is about, where that changes who decides; the page to check; and it is asked."""
    charter = charters.rules_in_force(network.id)
    form = _propose_form(network, charter, about)

    def show(status: int) -> Response:
        return _propose_page(network, charter, about, form, status)

    def do() -> AnyProposal:
        words, ask = asked_in(form, about.matter, _wanted_rules(), _thread_id(network), network)
        propose_or_keep = drafts_actions.save if form.draft.data else actions.propose
        return propose_or_keep(network, words, ask, by=current_actor(), via=Door.WEB)

    if request.form.get("change") or not _way_fits(form, charter, about):
        return show(422 if form.errors else 200)
    return form_view(
        form,
        do,
        lambda made: url_for(".proposal", proposal_id=made.id),
        show,
        done=_("Your draft is kept. Others can read it and say what they think.")
        if form.draft.data
        else now_open(),
        makes=True,
        first=None if form.draft.data else lambda: to_check(network, do),
    )


def now_open() -> str:
    """The message once a proposal is open."""
    return str(
        _(
            "It is open. Everybody who decides this is notified by mail in ten minutes; until then you can "
            "undo it."
        )
    )


def to_check(network: Network, ask: Callable[[], AnyProposal]) -> Response | None:
    """The page to check before it opens; None for a form sent from there. RuleBroken if it could not be opened."""
    if request.form.get("checked"):
        return None
    return check_page(rehearsal.rehearse(ask, network, current_actor()))


def _way_fits(form: Any, charter: Charter, about: ProposalSubject) -> bool:
    """Whether it can be decided in the way that was chosen beside other matters; the form says so if it cannot."""
    allowed = methods.ways(charter, about.matter)
    if not about.rules or form.way.data in allowed:
        return True
    untouched = form.way.data in (None, methods.ways(charter, USUAL)[0])
    form.way.data = allowed[0]
    if not untouched:
        form.way.errors = [_("By our rules this is decided in another way. Choose how.")]
    return untouched


def check_page(it: Rehearsal, again: Mapping[str, Any] | None = None) -> Response:
    """The preview; the typed text comes along unseen. `again`: differences from the version before."""
    mine = ("csrf_token", "checked", "change")
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in mine]
    action = request.full_path.removesuffix("?")
    return page("decisions/proposals/ready.html", it=it, again=again, typed=typed, action=action)


@bp.post("/<network:network>/proposals/<int:proposal_id>/undo")
@allows(Can.WITHDRAW_PROPOSAL, proposal=Proposal)
def undo(network: Network, proposal: Proposal) -> Response:
    """Turn a proposal that opened a moment ago into a draft again."""
    return press(
        lambda: drafts_actions.undo(proposal, by=current_actor(), via=Door.WEB),
        url_for(".proposal", proposal_id=proposal.id),
        done=_("Undone. Nobody was notified; it is a draft again."),
    )


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
    """Whether rules change by it: it is about them, and neither asks for an exception nor confirms a trial."""
    confirms = matter == "charter" and register_queries.confirms(
        network.id, replaced, clock.today(network.zone)
    )
    return matter == "charter" and not offers and not confirms


def _exceptions(network: Network) -> list[tuple[str, str]]:
    """The places that members can give as an exception to our rules."""
    kinds = offices.MATTERS["charter"]
    offers = (each for each in offices.every_offer(network) if each.wanted.what in kinds)
    return [(each.title, url_for(".propose", matter="charter", office=each.key)) for each in offers]


def _propose_form(network: Network, charter: Charter, about: ProposalSubject) -> Any:
    matter = about.matter
    offers = asked_offers(network, request.args.getlist("office"), matter)
    replaced = asked_number("replaces") or 0
    form_class: type[Any] = ProposeForm
    if changes_rules(network, matter, offers, replaced):
        form_class = with_rules(form_class, charter)
    form_class = with_matter(
        with_offices(form_class, offers), [m for rule in about.rules for m in rule.matters]
    )
    thread = of_thread(asked_number("thread"), current_actor())
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
    network: Network, charter: Charter, about: ProposalSubject, form: Any, status: int
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
