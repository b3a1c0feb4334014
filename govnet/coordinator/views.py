"""The coordinator: what the mandate says, until when and by which decision; reports; and writing all that down."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from govnet.charter.models import Network
from govnet.charter.queries import named
from govnet.coordinator import actions
from govnet.coordinator import page as coordinator_page
from govnet.coordinator.forms import MandateReportForm
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.calendar import DAY
from govnet.kernel.clock import today
from govnet.offices import conduct, queries, rules
from govnet.offices.fields import LastDayForm
from govnet.offices.models import Mandate, MandateReport
from govnet.offices.rules import OfficeStage
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.pages import data_page, page, see, weekday_date

bp = Blueprint("coordinator", __name__)
blueprints = (bp,)


@bp.get("/<network:network>/coordinator")
@allows(Can.READ)
def coordinator(network: Network) -> Response:
    """The coordinator's page: the mandate with its decision, reports due, and earlier mandates."""
    return page("coordinator/coordinator.html", **_all(network))


def _all(network: Network) -> dict[str, Any]:
    day, rows = today(network.zone), queries.mandates(network.id)
    by_stage: dict[OfficeStage, list[Mandate]] = {stage: [] for stage in OfficeStage}
    for row in rows:
        by_stage[rules.stage(row.start, row.end, day)].append(row)
    return {
        "serving": by_stage[OfficeStage.SERVING],
        "to_come": by_stage[OfficeStage.TO_COME],
        "over": [row for row in by_stage[OfficeStage.OVER] if row.start < row.end],
        "cited": named({row.authority for row in rows} | {row.end_authority for row in rows}),
        "holder": queries.holder_name,
        "dues": lambda row: queries.dues_of(row, day),
        "unpromised": {(each.mandate_id, each.person_id) for each in conduct.missing(network.id)},
        "day_before": lambda end: end - DAY,
    }


@bp.get("/<network:network>/coordinator.json")
@allows(Can.READ)
def coordinator_data(network: Network) -> Response:
    """The same as data."""
    found = _all(network)
    return data_page(
        {
            key: [
                coordinator_page.mandate_facts(row, found["cited"].get(row.authority)) for row in found[key]
            ]
            for key in ("serving", "to_come", "over")
        }
    )


@bp.get("/<network:network>/coordinator/record")
@allows(Can.READ)
def record(network: Network) -> Response:
    """The mandate is proposed and decided now; the address from before leads there."""
    return see("decisions.propose", matter="mandate", office="mandate-1")


@bp.route("/<network:network>/coordinator/<int:mandate_id>/leave", methods=["GET", "POST"])
@allows(Can.GIVE_BACK_MANDATE, mandate=Mandate)
def leave(network: Network, mandate: Mandate) -> Response:
    """Give the mandate back, by a person who acts under it."""
    form, key = LastDayForm(about=mandate, last_day=today(network.zone)), mandate.id

    def show(status: int) -> Response:
        whole = queries.mandate_whole(key)
        holder = queries.holder_name(whole)
        return page("coordinator/mandate_end.html", status, form=form, mandate=whole, holder=holder)

    return form_view(
        form,
        lambda: actions.give_back_mandate(mandate, form.day, by=current_actor(), via=Door.WEB),
        url_for(".coordinator"),
        show,
    )


@bp.route("/<network:network>/coordinator/<int:mandate_id>/report", methods=["GET", "POST"])
@allows(Can.REPORT_AS_COORDINATOR, mandate=Mandate)
def report(network: Network, mandate: Mandate) -> Response:
    """Write a report that is due."""
    form, key = MandateReportForm(about=mandate), mandate.id
    dues = queries.dues_of(queries.mandate_whole(key), today(network.zone))
    form.due_on.choices = [
        SelectChoice(due.on.isoformat(), _("Due on %(day)s", day=weekday_date(due.on)))
        for due in dues
        if not due.filed
    ]

    def do() -> MandateReport:
        due = date.fromisoformat(form.due_on.data)
        return actions.file_report(mandate, due, form.body.data or "", by=current_actor(), via=Door.WEB)

    return form_view(
        form,
        do,
        lambda made: url_for(".read_report", report_id=made.id),
        lambda status: page(
            "coordinator/report_form.html", status, form=form, mandate=queries.mandate_whole(key)
        ),
        done=_("Your report is public now."),
        makes=True,
    )


@bp.get("/<network:network>/coordinator/reports/<int:report_id>")
@allows(Can.READ, report=MandateReport)
def read_report(network: Network, report: MandateReport) -> Response:
    """A report, as it was filed."""
    mandate = queries.mandate_whole(report.mandate_id)
    author = next((r.author.name for r in mandate.reports if r.id == report.id), "")
    holder = queries.holder_name(mandate)
    return page("coordinator/report.html", report=report, author=author, holder=holder)
