"""Announcements: the archive, each one with how far its mails are, and the desk where they are written."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.announcements import actions, drafts, queries
from govnet.announcements import page as announcements_page
from govnet.announcements.actions import AnnouncementInput
from govnet.announcements.forms import SUBJECT_LIMIT, SendForm, WriteForm
from govnet.announcements.models import Announcement, AnnouncementState, Audience
from govnet.charter.models import Network
from govnet.extensions import db, limiter
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.url_converters import asked_number
from govnet.mail.outgoing import preview
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view, press
from govnet.web.forms import PreviewForm
from govnet.web.pages import data_page, never_cached, page, see

bp = Blueprint("announcements", __name__)
blueprints = (bp,)


@bp.get("/<network:network>/announcements")
@allows(Can.READ)
def archive(network: Network) -> Response:
    """Sent announcements, newest first; for officers also those being written."""
    before = request.args.get("before", type=announcements_page.moment)
    return page("announcements/archive.html", **announcements_page.archive(network, before, current_actor()))


@bp.get("/<network:network>/announcements.json")
@allows(Can.READ)
def archive_data(network: Network) -> Response:
    """The archive as data."""
    before = request.args.get("before", type=announcements_page.moment)
    rows = queries.archive(network.id, current_actor(), before=before, limit=100)
    return data_page({"announcements": [announcements_page.facts(network, row) for row in rows]})


@bp.get("/<network:network>/announcements/<int:announcement_id>")
@allows(Can.READ_ANNOUNCEMENT, announcement=Announcement)
def announcement(network: Network, announcement: Announcement) -> Response:
    """One announcement, and how far its mails are."""
    if announcement.state is AnnouncementState.DROPPED:
        abort(404)
    context = announcements_page.one(network, queries.whole(announcement.id))
    if not context["finished"]:
        never_cached()
    return page("announcements/announcement.html", **context)


@bp.get("/<network:network>/announcements/<int:announcement_id>.json")
@allows(Can.READ_ANNOUNCEMENT, announcement=Announcement)
def announcement_data(network: Network, announcement: Announcement) -> Response:
    """The same as data, once it was sent."""
    if announcement.state is not AnnouncementState.SENT:
        abort(404)
    never_cached()
    row = queries.whole(announcement.id)
    return data_page(
        {**announcements_page.facts(network, row), **announcements_page.numbers(row), "text": row.source}
    )


@bp.route("/<network:network>/announcements/new", methods=["GET", "POST"])
@allows(Can.WRITE_ANNOUNCEMENT)
def new(network: Network) -> Response:
    """A new one: from what happened, from an earlier one, or as a correction."""
    form = WriteForm(about=network)
    since = None if form.is_submitted() else _begin(form, network)
    return form_view(
        form,
        lambda: actions.write(network, _typed(form), by=current_actor()),
        lambda made: url_for(_next(), announcement_id=made.id),
        lambda status: page("announcements/write.html", status, form=form, announcement=None, since=since),
        done=_("Your draft is saved."),
        makes=True,
    )


def _begin(form: WriteForm, network: Network) -> datetime | None:
    """Put in what the address asks for; of what happened since the last one, from when on that is."""
    if other := _other(network, "corrects"):
        form.corrects.data, form.body.data = other.id, drafts.correcting(other, network)
        form.subject.data = drafts.correction_of(other, network, most=SUBJECT_LIMIT)
        form.audience.data = other.audience.value
        return None
    if other := _other(network, "start"):
        form.subject.data, form.body.data = other.subject, other.source
        form.audience.data = other.audience.value
        return None
    since, form.body.data = drafts.since_the_last(network)
    return since


def _other(network: Network, name: str) -> Announcement | None:
    """The announcement that the address names, if it is one of this network's that were sent."""
    key = asked_number(name)
    other = db.session.get(Announcement, key) if key else None
    if other is None or other.network_id != network.id or other.state is not AnnouncementState.SENT:
        return None
    return other


def _typed(form: WriteForm) -> AnnouncementInput:
    return AnnouncementInput(
        subject=form.subject.data or "",
        source=form.body.data or "",
        audience=Audience(form.audience.data),
        corrects_id=form.corrects.data,
    )


def _next() -> str:
    return ".edit" if request.form.get("then") == "write" else ".check"


@bp.route("/<network:network>/announcements/<int:announcement_id>/edit", methods=["GET", "POST"])
@allows(Can.WRITE_ANNOUNCEMENT, announcement=Announcement)
def edit(network: Network, announcement: Announcement) -> Response:
    """Go on with a draft, and save it where nobody else has changed it meanwhile."""
    key = announcement.id
    if request.method == "GET" and not announcement.is_open:
        return see(".announcement", announcement_id=key)
    form = WriteForm(
        about=announcement,
        subject=announcement.subject,
        body=announcement.source,
        audience=announcement.audience.value,
        version=announcement.version,
    )

    def show(status: int) -> Response:
        whole = queries.whole(key)
        return page("announcements/write.html", status, form=form, announcement=whole, since=None)

    return form_view(
        form,
        lambda: actions.edit(announcement, _typed(form), seen=form.version.data or 0, by=current_actor()),
        url_for(_next(), announcement_id=key),
        show,
    )


@bp.post("/<network:network>/announcements/preview")
@allows(Can.WRITE_ANNOUNCEMENT)
@limiter.limit("60/minute")
def fragment(network: Network) -> Response:
    """Markdown as the page will show it: for scripts."""
    return PreviewForm().fragment()


@bp.get("/<network:network>/announcements/<int:announcement_id>/check")
@allows(Can.WRITE_ANNOUNCEMENT, announcement=Announcement)
def check(network: Network, announcement: Announcement) -> Response:
    """The page and the mail before it goes, a test, and to how many it goes."""
    if not announcement.is_open:
        return see(".announcement", announcement_id=announcement.id)
    form = SendForm(about=announcement, version=announcement.version)
    return page("announcements/check.html", **announcements_page.check(network, announcement, form))


@bp.post("/<network:network>/announcements/<int:announcement_id>/send")
@allows(Can.SEND_ANNOUNCEMENT, announcement=Announcement)
def send(network: Network, announcement: Announcement) -> Response:
    """Order it; ten minutes remain to undo."""
    form, key = SendForm(about=announcement), announcement.id

    def do() -> Announcement:
        wanted, seen = form.wanted(network.zone), form.version.data or 0
        return actions.order(announcement, wanted, seen=seen, by=current_actor(), via=Door.WEB)

    def show(status: int) -> Response:
        context = announcements_page.check(network, queries.whole(key), form)
        return page("announcements/check.html", status, **context)

    return form_view(form, do, url_for(".announcement", announcement_id=key), show, makes=True)


@bp.get("/<network:network>/announcements/<int:announcement_id>/mail")
@allows(Can.READ_ANNOUNCEMENT, announcement=Announcement)
def mail(network: Network, announcement: Announcement) -> Response:
    """The mail's HTML by itself, in a sandbox: as it will be, or as it was sent."""
    never_cached()
    return preview.response(announcements_page.letter(network, queries.whole(announcement.id)).html)


@bp.post("/<network:network>/announcements/<int:announcement_id>/drop")
@allows(Can.WRITE_ANNOUNCEMENT, announcement=Announcement)
def drop(network: Network, announcement: Announcement) -> Response:
    """Throw a draft away."""
    return press(lambda: actions.drop(announcement, by=current_actor()), url_for(".archive"))
