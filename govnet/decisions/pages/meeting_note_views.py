"""Writing notes of a meeting, reading them, and taking one back."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions.blueprint import bp
from govnet.decisions.offsite import queries as offsite
from govnet.decisions.pages.forms import MeetingNoteForm, ReasonForm
from govnet.decisions.proposals import meeting_notes
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound
from govnet.kernel.url_converters import asked_number, asked_page
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.pages import data_page, page


@bp.get("/<network:network>/decisions/notes")
@allows(Can.READ)
def meeting_notes_list(network: Network) -> Response:
    """Those that stand, the latest meeting first."""
    number = asked_page()
    rows, older = meeting_notes.newest(network.id, number)
    return page("decisions/proposals/meeting_notes.html", rows=rows, older=older, number=number)


@bp.get("/<network:network>/decisions/notes/<int:note_id>")
@allows(Can.READ)
def meeting_note(network: Network, note_id: int) -> Response:
    """One note: its text, where, when, and who was there."""
    return page("decisions/proposals/meeting_note.html", note=meeting_notes.one(network.id, note_id))


@bp.get("/<network:network>/decisions/notes/<int:note_id>.json")
@allows(Can.READ)
def meeting_note_data(network: Network, note_id: int) -> Response:
    """The same as data."""
    note = meeting_notes.one(network.id, note_id)
    if note.taken_back_at is not None:
        raise NotFound(_("This note was taken back."))
    return data_page(
        {"id": note.id, "title": note.title, "text": note.text, "door": note.door.value, "where": note.taken_where,
         "on": note.taken_on.isoformat(), "present": note.present, "url": note.evidence_url, "at": note.at.isoformat()}
    )  # fmt: skip


@bp.route("/<network:network>/decisions/notes/new", methods=["GET", "POST"])
@allows(Can.RECORD_DECISION)
def write_meeting_note(network: Network) -> Response:
    """Write a note; `like` is an earlier one, whose meeting it begins with."""
    form: Any = MeetingNoteForm(about=network, data=_same_meeting(network))
    return form_view(
        form,
        lambda: meeting_notes.write(
            network,
            form.title.data,
            form.text.data,
            door=Door(form.door.data),
            on=form.taken_on.data,
            where=form.where.data,
            by=current_actor(),
            via=Door.WEB,
            present=form.present.data or "",
            url=form.url.data or "",
        ),
        lambda made: url_for(".meeting_note", note_id=made.id),
        lambda status: page("decisions/proposals/write_meeting_note.html", status, form=form),
        done=_("The note is published. Everybody can read it."),
        makes=True,
    )


def _same_meeting(network: Network) -> dict[str, Any]:
    before = offsite.same_meeting(network.id, asked_number("like"))
    if before is not None:
        return offsite.meeting_of(before.proposal)
    key = asked_number("note")
    return offsite.meeting_of(meeting_notes.one(network.id, key)) if key else {}


@bp.route("/<network:network>/decisions/notes/<int:note_id>/take-back", methods=["GET", "POST"])
@allows(Can.RECORD_DECISION)
def take_meeting_note_back(network: Network, note_id: int) -> Response:
    """Have a note stand no more, with a reason."""
    form = ReasonForm(about=meeting_notes.one(network.id, note_id))

    def do() -> None:
        note = meeting_notes.one(network.id, note_id, locked=True)
        meeting_notes.take_back(network, note, form.reason.data or "", by=current_actor(), via=Door.WEB)

    def show(status: int) -> Response:
        note = meeting_notes.one(network.id, note_id)
        return page("decisions/proposals/take_meeting_note_back.html", status, note=note, form=form)

    return form_view(form, do, url_for(".meeting_note", note_id=note_id), show)
