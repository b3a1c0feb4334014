"""Bringing in a list on the web: upload it, look at what would happen to whom, do it, take it back."""

from __future__ import annotations

import json

from flask import flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.paths import asked_page
from govnet.kernel.transaction import transaction
from govnet.membership.blueprint import bp
from govnet.membership.marks import namesakes
from govnet.membership.roster import imports as roster_imports
from govnet.membership.roster import queries
from govnet.membership.roster import undo as roster_undo
from govnet.membership.roster.forms import UploadForm
from govnet.membership.roster.labels import LABELS, chip_of
from govnet.membership.roster.models import COMES, ImportState, RosterImport, RowOutcome
from govnet.membership.roster.parser import read_roster
from govnet.permissions import Can, allows
from govnet.web.forms import Form, once
from govnet.web.pages import page, see

OFTEN = "60 per hour"
"""How often one address on the network may upload a list."""


@bp.get("/<network:network>/members/imports")
@allows(Can.IMPORT_MEMBERS)
def imports(network: Network) -> Response:
    """The form to upload a list, and the lists that came in."""
    return _imports(network, UploadForm(about=network))


def _imports(network: Network, form: UploadForm, code: int = 200) -> Response:
    return page(
        "membership/imports.html", code, form=form, lists=queries.imports(network.id), S=ImportState,
        days=queries.KEPT.days,
    )  # fmt: skip


@bp.post("/<network:network>/members/imports")
@limiter.limit(OFTEN)
@allows(Can.IMPORT_MEMBERS)
def look(network: Network) -> Response:
    """Read the list and keep it for some days, so that it can be looked at; nobody is brought in."""
    form = UploadForm(about=network)
    if form.validate_on_submit():
        by, roster = current_actor(), read_roster(form.content, comes_as=form.comes_as.data)
        with form.catching():
            return once(
                form,
                lambda: roster_imports.look(network, roster, form.source(), by=by),
                lambda made: url_for(".looked", network=network, roster_import_id=made.id),
            )
    return _imports(network, form, 422)


@bp.get("/<network:network>/members/imports/<int:roster_import_id>")
@allows(Can.IMPORT_MEMBERS, roster_import=RosterImport)
def looked(network: Network, roster_import: RosterImport) -> Response:
    """What would happen to whom, or happened: counts, then fifty rows, those to look at first."""
    at, found = asked_page(), queries.counts(roster_import.id)
    rows = queries.rows(roster_import.id, at) if roster_import.forgotten_at is None else []
    new = [row for row in rows if row.outcome in COMES and row.name]
    return page(
        "membership/import.html",
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
    by, key = current_actor(), roster_import.id
    form = Form(about=roster_import)
    with form.catching():
        with transaction():
            roster_imports.bring_in(roster_import, by=by, via=Door.WEB)
        flash(_("Done. Those who are to confirm get a mail with a link."), "success")
    for words in form.form_errors:
        flash(words, "error")
    return see(".looked", roster_import_id=key)


@bp.post("/<network:network>/members/imports/<int:roster_import_id>/delete")
@allows(Can.IMPORT_MEMBERS, roster_import=RosterImport)
def drop(network: Network, roster_import: RosterImport) -> Response:
    """Delete a list that was only looked at."""
    by = current_actor()
    with transaction():
        roster_imports.drop(roster_import, by=by)
    flash(_("The list is deleted. Nobody was brought in."), "success")
    return see(".imports")


@bp.get("/<network:network>/members/imports/<int:roster_import_id>/undo")
@allows(Can.IMPORT_MEMBERS, roster_import=RosterImport)
def undoing(network: Network, roster_import: RosterImport) -> Response:
    """What taking it back would end, and what stays because people have acted."""
    if roster_import.state is not ImportState.DONE:
        return see(".looked", roster_import_id=roster_import.id)
    ends = roster_undo.untouched(roster_import)
    return page("membership/import_undo.html", batch=roster_import, ends=ends, form=Form(about=roster_import))


@bp.post("/<network:network>/members/imports/<int:roster_import_id>/undo")
@allows(Can.IMPORT_MEMBERS, roster_import=RosterImport)
def undo(network: Network, roster_import: RosterImport) -> Response:
    """Take it back."""
    by, key = current_actor(), roster_import.id
    with transaction():
        ended = roster_undo.take_back(roster_import, by=by, via=Door.WEB)
    number = len(ended.memberships) + len(ended.subscriptions)
    flash(ngettext("%(num)s row was taken back.", "%(num)s rows were taken back.", number), "success")
    return see(".looked", roster_import_id=key)
