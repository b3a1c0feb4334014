"""Bringing in a list on the web: upload it, check the effect, do it, take it back."""

from __future__ import annotations

import json

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.url_converters import asked_page
from govnet.membership.blueprint import bp
from govnet.membership.name_marks import namesakes
from govnet.membership.roster import imports as roster_imports
from govnet.membership.roster import queries
from govnet.membership.roster import undo as roster_undo
from govnet.membership.roster.forms import UploadForm
from govnet.membership.roster.labels import LABELS, chip_of
from govnet.membership.roster.models import COMES, ImportState, RosterImport, RowOutcome
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form
from govnet.web.pages import page

OFTEN = "60 per hour"
"""How often one address on the network may upload a list."""


@bp.route("/<network:network>/members/imports", methods=["GET", "POST"])
@limiter.limit(OFTEN, methods=["POST"])
@allows(Can.IMPORT_MEMBERS)
def imports(network: Network) -> Response:
    """The lists that came in, and the form to upload one: it is kept for some days, and nobody is brought in yet."""
    form = UploadForm(about=network)
    return form_view(
        form,
        lambda: roster_imports.look(network, form.roster, form.source(), by=current_actor()),
        lambda made: url_for(".looked", roster_import_id=made.id),
        lambda status: page(
            "membership/roster/imports.html",
            status,
            form=form,
            lists=queries.imports(network.id),
            S=ImportState,
            days=queries.KEPT.days,
        ),
        makes=True,
    )


@bp.get("/<network:network>/members/imports/<int:roster_import_id>")
@allows(Can.IMPORT_MEMBERS, roster_import=RosterImport)
def looked(network: Network, roster_import: RosterImport) -> Response:
    """The plan or the result of a list: counts, then fifty rows, those to look at first."""
    at, found = asked_page(), queries.counts(roster_import.id)
    rows = queries.rows(roster_import.id, at) if roster_import.forgotten_at is None else []
    new = [row for row in rows if row.outcome in COMES and row.name]
    return page(
        "membership/roster/import.html",
        namesakes=namesakes(
            network.id, [row.name for row in new], but=[row.person_id for row in new if row.person_id]
        ),
        batch=roster_import,
        notes=json.loads(roster_import.notes),
        counts=[(outcome, found[outcome]) for outcome in RowOutcome if outcome in found],
        comes=sum(found.get(outcome, 0) for outcome in COMES),
        total=sum(found.values()),
        rows=[(row, roster_imports.why_of(row), *chip_of(row)) for row in rows],
        at=at,
        more=at * queries.PAGE < sum(found.values()),
        until=queries.kept_until(roster_import),
        labels=LABELS,
        form=Form(about=roster_import),
        S=ImportState,
        COMES=COMES,
    )


@bp.post("/<network:network>/members/imports/<int:roster_import_id>/go")
@allows(Can.IMPORT_MEMBERS, roster_import=RosterImport)
def go(network: Network, roster_import: RosterImport) -> Response:
    """Bring them in."""
    return press(
        lambda: roster_imports.bring_in(roster_import, by=current_actor(), via=Door.WEB),
        url_for(".looked", roster_import_id=roster_import.id),
        done=_("Done. The people who have to confirm get a mail with a link."),
    )


@bp.post("/<network:network>/members/imports/<int:roster_import_id>/delete")
@allows(Can.IMPORT_MEMBERS, roster_import=RosterImport)
def drop(network: Network, roster_import: RosterImport) -> Response:
    """Delete a list that was only looked at."""
    return press(
        lambda: roster_imports.drop(roster_import, by=current_actor()),
        url_for(".imports"),
        done=_("The list is deleted. Nobody was brought in."),
    )


@bp.route("/<network:network>/members/imports/<int:roster_import_id>/undo", methods=["GET", "POST"])
@allows(Can.IMPORT_MEMBERS, roster_import=RosterImport)
def undo(network: Network, roster_import: RosterImport) -> Response:
    """Take a list back: first what that would end, and what stays because people have acted."""
    there = url_for(".looked", roster_import_id=roster_import.id)
    if request.method == "POST":
        return press(
            lambda: roster_undo.take_back(roster_import, by=current_actor(), via=Door.WEB),
            there,
            done=_taken_back,
        )
    if roster_import.state is not ImportState.DONE:
        return redirect(there, 303)
    ends = roster_undo.untouched(roster_import)
    return page("membership/roster/import_undo.html", batch=roster_import, ends=ends)


def _taken_back(ended: roster_undo.Untouched) -> object:
    number = len(ended.memberships) + len(ended.subscriptions)
    return ngettext("%(num)s row was taken back.", "%(num)s rows were taken back.", number)
