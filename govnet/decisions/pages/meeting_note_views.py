"""Writing notes of a meeting, reading them, and taking one back."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.decisions.blueprint import bp
from govnet.decisions.pages.forms import MeetingNoteForm, ReasonForm
from govnet.decisions.proposals import meeting_notes, offsite
from govnet.decisions.register.models import MeetingNote
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.errors import NotFound
from govnet.kernel.paths import asked_number, asked_page
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.forms import once
from govnet.web.pages import data_page, page, see


@bp.get("/<network:network>/decisions/notes")
@allows(Can.READ)
def meeting_notes_list(network: Network) -> Response:
    """Those that stand, the latest meeting first."""
    number = asked_page()
    rows, older = meeting_notes.newest(network.id, number)
    return page("decisions/meeting_notes.html", rows=rows, older=older, number=number)


@bp.get("/<network:network>/decisions/notes/<int:note_id>")
@allows(Can.READ)
def meeting_note(network: Network, note_id: int) -> Response:
    """One note: what was said, where, when, and who was there."""
    return page("decisions/meeting_note.html", note=meeting_notes.one(network.id, note_id))


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


@bp.get("/<network:network>/decisions/notes/new")
@allows(Can.RECORD_DECISION)
def write_meeting_note(network: Network) -> Response:
    """The form; `like` something written down before, it begins with that one's meeting."""
    return _form_page(MeetingNoteForm(about=network, data=_same_meeting(network)))


@bp.post("/<network:network>/decisions/notes/new")
@allows(Can.RECORD_DECISION)
def write_meeting_note_now(network: Network) -> Response:
    """Write it down."""
    form: Any = MeetingNoteForm(about=network)
    if form.validate_on_submit():
        with form.catching():
            return once(
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
                done=_("The note is there. Everybody can read it; nobody was asked anything."),
            )
    return _form_page(form, 422)


def _same_meeting(network: Network) -> dict[str, Any]:
    before = offsite.same_meeting(network.id, asked_number("like"))
    if before is not None:
        return offsite.meeting_of(before.proposal)
    key = asked_number("note")
    return offsite.meeting_of(meeting_notes.one(network.id, key)) if key else {}


def _form_page(form: MeetingNoteForm, status: int = 200) -> Response:
    return page("decisions/write_meeting_note.html", status, form=form)


@bp.route("/<network:network>/decisions/notes/<int:note_id>/take-back", methods=["GET", "POST"])
@allows(Can.RECORD_DECISION)
def take_meeting_note_back(network: Network, note_id: int) -> Response:
    """Ask for the reason, then have it stand no more."""
    note: MeetingNote = meeting_notes.one(network.id, note_id)
    form = ReasonForm(about=note)
    if form.validate_on_submit():
        with form.catching(), transaction():
            row = meeting_notes.one(network.id, note_id, locked=True)
            meeting_notes.take_back(network, row, form.reason.data or "", by=current_actor(), via=Door.WEB)
            return see(".meeting_note", note_id=note_id)
    status = 422 if form.errors else 200
    return page(
        "decisions/take_meeting_note_back.html",
        status,
        note=meeting_notes.one(network.id, note_id),
        form=form,
    )
