"""Writing down what was decided elsewhere, and writing beside what was decided."""

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
from govnet.decisions.models import Decision, ProposalVersion
from govnet.decisions.offsite import actions
from govnet.decisions.offsite import queries as offsite
from govnet.decisions.offsite.actions import Taken
from govnet.decisions.pages.forms import NoteForm, RecordForm, more_in
from govnet.decisions.pages.office_forms import asked_offers, offices_in, with_offices
from govnet.decisions.pages.rule_forms import asked_rules, rule_fields, rules_in, seen_rules, with_rules
from govnet.decisions.proposals import meeting_notes, offices
from govnet.decisions.proposals.offices import MATTERS
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.register import queries
from govnet.decisions.register.models import NoteKind
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.paths import asked_number
from govnet.permissions import Can, allows
from govnet.web.forms import once
from govnet.web.pages import page


def _rules() -> list[Parameter[Any]]:
    return asked_rules(request.args.getlist("rule"))


@bp.get("/<network:network>/decisions/record")
@allows(Can.RECORD_DECISION)
def record(network: Network) -> Response:
    """The form for a decision of a meeting or the list; `like` an earlier one, it begins with that one's meeting."""
    like = offsite.same_meeting(network.id, asked_number("like"))
    key = None if like else asked_number("note")
    start = (
        offsite.meeting_of(like.proposal if like else meeting_notes.one(network.id, key))
        if like or key
        else {}
    )
    return _record_page(network, _record_form(network, start), like=like)


@bp.post("/<network:network>/decisions/record")
@allows(Can.RECORD_DECISION)
def record_now(network: Network) -> Response:
    """Write it down: it stands unless somebody objects."""
    form = _record_form(network)
    if form.validate_on_submit():
        taken = Taken(
            form.taken_on.data, form.taken_by.data, form.where.data, form.evidence.data, form.url.data or "",
            form.present.data or "", form.late_because.data or "",
        )  # fmt: skip
        ask = Ask(form.matter.data, replaces_id=form.replaces.data or None)
        with form.catching():
            named = offices_in(form, form.offers, network)
            now = charters.rules_in_force(network.id)
            changes = rules_in(form, _rules(), seen_rules(network.id, form), now)
            words = Wording(form.question.data, form.text.data, changes, more_in(form), offices=named)
            return once(
                form,
                lambda: actions.write_down(
                    network, words, ask, taken, by=current_actor(), via=Door(form.door.data)
                ),
                lambda made: url_for(".proposal", proposal_id=made.id),
                done=_(
                    "It is recorded. Everybody concerned is notified in ten minutes; until then you can "
                    "take it back."
                ),
            )
    return _record_page(network, form, 422)


def _record_form(network: Network, meeting: Mapping[str, Any] | None = None) -> Any:
    charter = charters.rules_in_force(network.id)
    offers = asked_offers(network, request.args.getlist("office"))
    form_class = with_offices(RecordForm, offers) if offers else with_rules(RecordForm, charter)
    start = {"rules": str(charter.number)} | ({"matter": "charter"} if _rules() else {})
    if offers:
        start |= {"matter": next(key for key, kinds in MATTERS.items() if offers[0].wanted.what in kinds)}
    form = form_class(about=network, data=start | dict(meeting or {}))
    form.offers = offers
    earlier = [(each.id, f"{each.number} {each.question}") for each in queries.in_force(network.id)]
    form.replaces.choices = options([(0, _("No")), *earlier])
    return form


def _record_page(
    network: Network, form: Any, status: int = 200, like: ProposalVersion | None = None
) -> Response:
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


@bp.get("/<network:network>/decisions/<number>/note")
@allows(Can.NOTE_DECISION)
def note(network: Network, number: str) -> Response:
    """The form for something beside a decision."""
    return page(
        "decisions/register/note.html", decision=queries.decision(network.id, number), form=NoteForm()
    )


@bp.post("/<network:network>/decisions/<number>/note")
@allows(Can.NOTE_DECISION)
def note_now(network: Network, number: str) -> Response:
    """Write it; the decision itself stays as it is."""
    found: Decision = queries.decision(network.id, number)
    form = NoteForm()
    if form.validate_on_submit():
        with form.catching():
            return once(
                form,
                lambda: notes.add_note(
                    found, NoteKind(form.kind.data), form.text.data or "", by=current_actor(), via=Door.WEB
                ),
                lambda _made: url_for(".decision", number=number, _anchor="beside"),
                done=_("Your note stands beside the decision."),
            )
    return page("decisions/register/note.html", 422, decision=found, form=form)
