"""Records decisions made elsewhere, and adds notes to decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.fields import options
from govnet.charter.kinds import Parameter
from govnet.charter.models import Network
from govnet.decisions.blueprint import bp
from govnet.decisions.closing import notes
from govnet.decisions.models import Proposal, ProposalVersion
from govnet.decisions.offsite import actions
from govnet.decisions.offsite import queries as offsite
from govnet.decisions.pages.forms import NoteForm, RecordForm, more_in
from govnet.decisions.pages.office_forms import asked_offers, offices_in, with_offices
from govnet.decisions.pages.rule_forms import asked_rules, rule_fields, rules_in, seen_rules, with_rules
from govnet.decisions.proposals import meeting_notes, offices
from govnet.decisions.proposals.offices import MATTERS
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.register import queries
from govnet.decisions.register.models import DecisionNote, NoteKind
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.url_converters import asked_number
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.pages import page


def _rules() -> list[Parameter[Any]]:
    return asked_rules(request.args.getlist("rule"))


@bp.route("/<network:network>/decisions/record", methods=["GET", "POST"])
@allows(Can.RECORD_DECISION)
def record(network: Network) -> Response:
    """Write down a decision of a meeting or the list: it stands unless somebody objects.

    `like` an earlier one, or a note, it begins with that one's meeting.
    """
    like = offsite.same_meeting(network.id, asked_number("like"))
    form = _record_form(network, _meeting(network, like))

    def do() -> Proposal:
        charter = charters.rules_in_force(network.id)
        words = Wording(
            form.question.data,
            form.text.data,
            rules_in(form, _rules(), seen_rules(network.id, form), charter),
            more_in(form),
            offices=offices_in(form, form.offers, network),
        )
        ask, door = Ask(form.matter.data, replaces_id=form.replaces.data or None), Door(form.door.data)
        return actions.write_down(network, words, ask, form.taken(), by=current_actor(), via=door)

    return form_view(
        form,
        do,
        lambda made: url_for(".proposal", proposal_id=made.id),
        lambda status: _record_page(network, form, status, like),
        done=_(
            "It is recorded. Everybody concerned is notified in ten minutes; until then you can take it back."
        ),
        makes=True,
    )


def _meeting(network: Network, like: ProposalVersion | None) -> dict[str, Any]:
    """Where and when the form begins: at the meeting of another decision, or of the note in the address."""
    if like is not None:
        return offsite.meeting_of(like.proposal)
    key = asked_number("note")
    return offsite.meeting_of(meeting_notes.one(network.id, key)) if key else {}


def _record_form(network: Network, meeting: Mapping[str, Any]) -> Any:
    charter = charters.rules_in_force(network.id)
    offers = asked_offers(network, request.args.getlist("office"))
    form_class = with_offices(RecordForm, offers) if offers else with_rules(RecordForm, charter)
    start = {"rules": str(charter.number)} | ({"matter": "charter"} if _rules() else {})
    if offers:
        start |= {"matter": next(key for key, kinds in MATTERS.items() if offers[0].wanted.what in kinds)}
    form = form_class(about=network, data=start | dict(meeting))
    form.offers = offers
    earlier = [(each.id, f"{each.number} {each.question}") for each in queries.in_force(network.id)]
    form.replaces.choices = options([(0, _("No")), *earlier])
    return form


def _record_page(network: Network, form: Any, status: int, like: ProposalVersion | None) -> Response:
    charter = charters.rules_in_force(network.id)
    days = charter[p.PUBLISH_DAYS]
    return page(
        "decisions/offsite/record.html",
        status,
        form=form,
        like=like,
        charter=charter,
        rules=rule_fields(form, _rules(), seen_rules(network.id, form)),
        offices=offices.every_offer(network),
        publish_days=p.PUBLISH_DAYS.phrase(days) if days else None,
    )


@bp.route("/<network:network>/decisions/<number>/note", methods=["GET", "POST"])
@allows(Can.NOTE_DECISION)
def note(network: Network, number: str) -> Response:
    """Write something beside a decision, which itself stays as it is."""
    form = NoteForm(about=queries.decision(network.id, number))

    def do() -> DecisionNote:
        found, kind = queries.decision(network.id, number), NoteKind(form.kind.data)
        return notes.add_note(found, kind, form.text.data or "", by=current_actor(), via=Door.WEB)

    def show(status: int) -> Response:
        found = queries.decision(network.id, number)
        return page("decisions/register/note.html", status, decision=found, form=form)

    return form_view(
        form,
        do,
        url_for(".decision", number=number, _anchor="beside"),
        show,
        done=_("Your note stands beside the decision."),
        makes=True,
    )
