"""Announcements: the archive, each one with how far its mails are, and the desk where they are written."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from govnet.announcements import actions, drafts, queries
from govnet.announcements import page as announcements_page
from govnet.announcements.actions import AnnouncementInput
from govnet.announcements.forms import SUBJECT_LIMIT, SendForm, WriteForm
from govnet.announcements.models import Announcement, AnnouncementState, Audience
from govnet.charter.models import Network
from govnet.extensions import db, limiter
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.paths import asked_number
from govnet.kernel.transaction import transaction
from govnet.mail.outgoing import preview
from govnet.permissions import Can, allows
from govnet.web.forms import Form, PreviewForm, once
from govnet.web.pages import data_page, never_cached, page, see

bp = Blueprint("announcements", __name__)
blueprints = (bp,)


@bp.get("/<network:network>/announcements")
@allows(Can.READ)
def archive(network: Network) -> Response:
    """What was sent, the newest first; for officers also what is being written."""
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


@bp.get("/<network:network>/announcements/new")
@allows(Can.WRITE_ANNOUNCEMENT)
def new(network: Network) -> Response:
    """A new one: from what happened, from an earlier one, or as a correction."""
    form = WriteForm(about=network)
    since = None
    if other := _other(network, "corrects"):
        form.corrects.data, form.body.data = other.id, drafts.correcting(other, network)
        form.subject.data = drafts.correction_of(other, network, most=SUBJECT_LIMIT)
        form.audience.data = other.audience.value
    elif other := _other(network, "start"):
        form.subject.data, form.body.data, form.audience.data = (
            other.subject,
            other.source,
            other.audience.value,
        )
    else:
        since, form.body.data = drafts.since_the_last(network)
    return page("announcements/write.html", form=form, announcement=None, since=since)


def _other(network: Network, name: str) -> Announcement | None:
    """The announcement that the address names, if it is one of this network's that were sent."""
    key = asked_number(name)
    other = db.session.get(Announcement, key) if key else None
    if other is None or other.network_id != network.id or other.state is not AnnouncementState.SENT:
        return None
    return other


@bp.post("/<network:network>/announcements/new")
@allows(Can.WRITE_ANNOUNCEMENT)
def create(network: Network) -> AnyResponse:
    """Save the first draft."""
    form = WriteForm(about=network)
    if form.validate_on_submit():
        with form.catching():
            return once(
                form,
                lambda: actions.write(network, _typed(form), by=current_actor()),
                lambda made: url_for(_next(), announcement_id=made.id),
                done=_("Your draft is saved."),
            )
    return page("announcements/write.html", 422, form=form, announcement=None, since=None)


def _typed(form: WriteForm) -> AnnouncementInput:
    return AnnouncementInput(
        subject=form.subject.data or "",
        source=form.body.data or "",
        audience=Audience(form.audience.data),
        corrects_id=form.corrects.data,
    )


def _next() -> str:
    return ".edit" if request.form.get("then") == "write" else ".check"


@bp.get("/<network:network>/announcements/<int:announcement_id>/edit")
@allows(Can.WRITE_ANNOUNCEMENT, announcement=Announcement)
def edit(network: Network, announcement: Announcement) -> Response:
    """Go on with a draft."""
    if not announcement.is_open:
        return see(".announcement", announcement_id=announcement.id)
    form = WriteForm(
        about=announcement,
        subject=announcement.subject,
        body=announcement.source,
        audience=announcement.audience.value,
        version=announcement.version,
    )
    return page(
        "announcements/write.html", form=form, announcement=queries.whole(announcement.id), since=None
    )


@bp.post("/<network:network>/announcements/<int:announcement_id>/edit")
@allows(Can.WRITE_ANNOUNCEMENT, announcement=Announcement)
def save(network: Network, announcement: Announcement) -> Response:
    """Save a draft that nobody else has changed meanwhile."""
    form, key = WriteForm(about=announcement), announcement.id
    if form.validate_on_submit():
        with form.catching():
            with transaction():
                actions.edit(announcement, _typed(form), seen=form.version.data or 0, by=current_actor())
            return see(_next(), announcement_id=key)
    return page("announcements/write.html", 422, form=form, announcement=queries.whole(key), since=None)


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
def send(network: Network, announcement: Announcement) -> AnyResponse:
    """Order it; ten minutes remain to undo."""
    form, key = SendForm(about=announcement), announcement.id
    if form.validate_on_submit():
        with form.catching():
            wanted, seen = form.wanted(network.zone), form.version.data or 0
            return once(
                form,
                lambda: actions.order(announcement, wanted, seen=seen, by=current_actor(), via=Door.WEB),
                lambda made: url_for(".announcement", announcement_id=made.id),
            )
    return page(
        "announcements/check.html", 422, **announcements_page.check(network, queries.whole(key), form)
    )


@bp.get("/<network:network>/announcements/<int:announcement_id>/mail")
@allows(Can.READ_ANNOUNCEMENT, announcement=Announcement)
def mail(network: Network, announcement: Announcement) -> Response:
    """The mail's HTML by itself, in a sandbox: as it will be, or as it was sent."""
    never_cached()
    return preview.response(announcements_page.letter(network, queries.whole(announcement.id)).html)


@bp.post("/<network:network>/announcements/<int:announcement_id>/drop")
@allows(Can.WRITE_ANNOUNCEMENT, announcement=Announcement)
def drop(network: Network, announcement: Announcement) -> Any:
    """Throw a draft away."""
    Form(about=announcement)
    with transaction():
        actions.drop(announcement, by=current_actor())
    return see(".archive")
