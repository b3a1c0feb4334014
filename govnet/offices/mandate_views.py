"""The coordinator: what the mandate says, until when and by which decision; reports; and writing all that down."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from govnet.charter import parameters
from govnet.charter.models import Network
from govnet.charter.queries import named, rules_in_force
from govnet.kernel.actor import Door
from govnet.kernel.clock import today
from govnet.kernel.forms import Form, once
from govnet.kernel.pages import data_page, page, see, weekday_date
from govnet.kernel.transaction import transaction
from govnet.offices import basis, mandate_actions, mandates, naming, promising, rules, shown
from govnet.offices.forms import EndingForm, LastDayForm, MandateForm, ReportForm
from govnet.offices.mandate_actions import MandateGrant
from govnet.offices.models import Mandate, MandateReport
from govnet.offices.rules import DAY, Stage
from govnet.permissions import Can, allows, current_actor

bp = Blueprint("coordinator", __name__)
blueprints = (bp,)


@bp.get("/<network:network>/coordinator")
@allows(Can.READ)
def coordinator(network: Network) -> Response:
    """What the coordinator may do, until when and by which decision; reports due; earlier mandates."""
    return page("offices/coordinator.html", **_all(network))


def _all(network: Network) -> dict[str, Any]:
    day, rows = today(network.zone), mandates.mandates(network.id)
    by_stage: dict[Stage, list[Mandate]] = {stage: [] for stage in Stage}
    for row in rows:
        by_stage[rules.stage(row.start, row.end, day)].append(row)
    return {
        "serving": by_stage[Stage.SERVING],
        "to_come": by_stage[Stage.TO_COME],
        "over": [row for row in by_stage[Stage.OVER] if row.start < row.end],
        "cited": named({row.authority for row in rows} | {row.end_authority for row in rows}),
        "holder": mandates.holder_name,
        "dues": lambda row: mandates.dues_of(row, day),
        "unpromised": {(each.mandate_id, each.person_id) for each in promising.missing(network.id)},
        "day_before": lambda end: end - DAY,
    }


@bp.get("/<network:network>/coordinator.json")
@allows(Can.READ)
def coordinator_data(network: Network) -> Response:
    """The same as data."""
    found = _all(network)
    return data_page(
        {
            key: [shown.mandate_facts(row, found["cited"].get(row.authority)) for row in found[key]]
            for key in ("serving", "to_come", "over")
        }
    )


@bp.get("/<network:network>/coordinator/record")
@allows(Can.RECORD_MANDATE)
def record(network: Network) -> Response:
    """The form that says who coordinates by which decision; a renewal starts from the mandate of today."""
    form = MandateForm(about=network)
    now_ = mandates.current_mandate(network.id, today(network.zone))
    day = now_.end if now_ else today(network.zone)
    months = rules_in_force(network.id)[parameters.MANDATE_MONTHS]
    form.first_day.data, form.last_day.data = day, rules.months_after(day, months) - DAY
    if now_ is not None:
        form.scope.data, form.named.data = now_.scope, "\n".join(n.person.name for n in now_.named)
        form.organisation.data = now_.organisation.name if now_.organisation else ""
    return _record_page(network, form)


def _record_page(network: Network, form: MandateForm, status: int = 200) -> Response:
    recent = basis.recent(network.id, rules.MANDATE_MATTERS)
    return page("offices/mandate.html", status, form=form, recent=recent)


@bp.post("/<network:network>/coordinator/record")
@allows(Can.RECORD_MANDATE)
def grant(network: Network) -> AnyResponse:
    """Write it down."""
    form = MandateForm(about=network)
    if form.validate_on_submit():
        with form.catching():
            given = _grant(network, form)
            return once(
                form,
                lambda: mandate_actions.grant_mandate(network, given, by=current_actor(), via=Door.WEB),
                lambda _made: url_for(".coordinator"),
                done=_("It is written down, and the network is told."),
            )
    return _record_page(network, form, 422)


def _grant(network: Network, form: MandateForm) -> MandateGrant:
    names = [line.strip() for line in (form.named.data or "").splitlines() if line.strip()]
    people = [naming.person_called(network, name, field="named") for name in names]
    organisation = form.organisation.data
    return MandateGrant(
        organisation_id=naming.organisation(organisation, field="organisation") if organisation else None,
        person_id=None if organisation else people[0],
        named=people,
        scope=form.scope.data or "",
        first_day=form.first_day.data or date.min,
        last_day=form.last_day.data or date.min,
        decision=form.decision.data or "",
    )


@bp.route("/<network:network>/coordinator/<int:mandate_id>/end", methods=["GET", "POST"])
@allows(Can.RECORD_MANDATE, mandate=Mandate)
def end(network: Network, mandate: Mandate) -> Any:
    """A decision withdraws the mandate."""
    form = EndingForm(about=mandate, last_day=today(network.zone))
    if form.validate_on_submit():
        with form.catching():
            last, number = form.day, form.decision.data or ""
            with transaction():
                mandate_actions.withdraw_mandate(
                    mandate, last, decision=number, by=current_actor(), via=Door.WEB
                )
            return see(".coordinator")
    return _ending_page(mandate, form, by_decision=True)


@bp.route("/<network:network>/coordinator/<int:mandate_id>/leave", methods=["GET", "POST"])
@allows(Can.GIVE_BACK_MANDATE, mandate=Mandate)
def leave(network: Network, mandate: Mandate) -> Any:
    """Whoever acts under the mandate gives it back."""
    form = LastDayForm(about=mandate, last_day=today(network.zone))
    if form.validate_on_submit():
        with form.catching():
            last = form.day
            with transaction():
                mandate_actions.give_back_mandate(mandate, last, by=current_actor(), via=Door.WEB)
            return see(".coordinator")
    return _ending_page(mandate, form, by_decision=False)


def _ending_page(mandate: Mandate, form: Form, *, by_decision: bool) -> Response:
    whole = mandates.mandate_whole(mandate.id)
    context = {"mandate": whole, "holder": mandates.holder_name(whole), "by_decision": by_decision}
    return page("offices/mandate_end.html", 422 if form.errors else 200, form=form, **context)


@bp.route("/<network:network>/coordinator/<int:mandate_id>/report", methods=["GET", "POST"])
@allows(Can.REPORT_AS_COORDINATOR, mandate=Mandate)
def report(network: Network, mandate: Mandate) -> AnyResponse:
    """Write a report that is due."""
    form = ReportForm(about=mandate)
    whole = mandates.mandate_whole(mandate.id)
    open_dues = [due for due in mandates.dues_of(whole, today(network.zone)) if not due.filed]
    form.due_on.choices = [
        SelectChoice(due.on.isoformat(), _("Due on %(day)s", day=weekday_date(due.on))) for due in open_dues
    ]
    if form.validate_on_submit():
        with form.catching():
            due, text = date.fromisoformat(form.due_on.data), form.body.data or ""
            return once(
                form,
                lambda: mandate_actions.file_report(mandate, due, text, by=current_actor(), via=Door.WEB),
                lambda made: url_for(".read_report", report_id=made.id),
                done=_("Your report is public now."),
            )
    return page("offices/report_form.html", 422 if form.errors else 200, form=form, mandate=whole)


@bp.get("/<network:network>/coordinator/reports/<int:report_id>")
@allows(Can.READ, report=MandateReport)
def read_report(network: Network, report: MandateReport) -> Response:
    """A report, as it was filed."""
    mandate = mandates.mandate_whole(report.mandate_id)
    author = next((r.author.name for r in mandate.reports if r.id == report.id), "")
    holder = mandates.holder_name(mandate)
    return page("offices/report.html", report=report, author=author, holder=holder)
