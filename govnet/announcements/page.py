"""Labels for the pages of announcements: states, numbers and causes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.announcements import queries
from govnet.announcements.audience import AudienceCount, counted, notice_of
from govnet.announcements.forms import SendForm
from govnet.announcements.models import Announcement, AnnouncementState, Audience
from govnet.announcements.rules import minutes_left
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Actor, current_actor
from govnet.kernel.calendar import DAY
from govnet.kernel.clock import now
from govnet.mail import queries as mails
from govnet.mail.models import Mail, MailLine
from govnet.mail.outgoing import preview
from govnet.mail.outgoing.compose import Rendered
from govnet.mail.queries import Progress
from govnet.offices.models import Mandate
from govnet.people.models import Person
from govnet.permissions import Can, can
from govnet.web.days import within_reason
from govnet.web.pages import weekday_date


def moment(text: str) -> datetime:
    """An instant in an address, as isoformat writes it. Raises ValueError for anything else."""
    found = datetime.fromisoformat(text)
    if within_reason(found) is None:
        raise ValueError(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def archive(network: Network, before: datetime | None, actor: Actor) -> dict[str, Any]:
    """A page of the archive, and for officers what is in progress."""
    rows = queries.archive(network.id, actor, before=before, limit=queries.PAGE + 1)
    officer = can(actor, Can.WRITE_ANNOUNCEMENT, network)
    return {
        "sent": rows[: queries.PAGE],
        "older": rows[queries.PAGE - 1].sent_at if len(rows) > queries.PAGE else None,
        "newer": before is not None,
        "open_ones": queries.in_progress(network.id) if officer and before is None else (),
        "state_words": state_words,
    }


def state_words(announcement: Announcement) -> tuple[str, str]:
    """The label of the state, and the chip's kind."""
    words = {
        AnnouncementState.DRAFT: (_("Draft"), "plain"),
        AnnouncementState.SCHEDULED: (_("Goes out soon"), "open"),
        AnnouncementState.HELD: (_("Held: not sent"), "warn"),
        AnnouncementState.SENT: (_("Sent"), "good"),
        AnnouncementState.DROPPED: (_("Deleted"), "plain"),
    }
    return words[announcement.state]


def one(network: Network, announcement: Announcement) -> dict[str, Any]:
    """The page of one announcement in whatever state."""
    mail_id = queries.mail_of(announcement) if announcement.state is AnnouncementState.SENT else None
    numbers = queries.progress(announcement, mail_id)
    mail = mails.mail(mail_id) if mail_id is not None else None
    sent = announcement.state is AnnouncementState.SENT
    may = can(current_actor(), Can.STEER_SENDING, announcement)
    return {
        "announcement": announcement,
        "under": under(announcement),
        "finished": sent and mail_id is not None and numbers.finished,
        "numbers": numbers,
        "mail": mail,
        "mail_made": mail_id is not None,
        "trouble": trouble(mail, numbers),
        "missed": queries.missed(mail_id) if may and mail_id is not None and numbers.finished else 0,
        "minutes": minutes_left(announcement.goes_at, now()) if announcement.goes_at else 0,
        "how": how(queries.counted_how(announcement), announcement.audience),
        "corrections": [c for c in queries.corrections(announcement.id) if _may_read(c)] if sent else (),
        "corrects": _corrected(announcement),
        "officer": can(current_actor(), Can.WRITE_ANNOUNCEMENT, announcement),
        "may_send": may,
    }


def _corrected(announcement: Announcement) -> Announcement | None:
    key = announcement.corrects_id
    corrected = db.session.get(Announcement, key) if key is not None else None
    return corrected if corrected is not None and _may_read(corrected) else None


def _may_read(announcement: Announcement) -> bool:
    return can(current_actor(), Can.READ_ANNOUNCEMENT, announcement)


def audience_label(announcement: Announcement) -> str:
    """The label of the audience."""
    if announcement.for_members:
        return str(_("Only members can read it on the site. It does not go to a mailing list elsewhere."))
    return str(_("Everybody can read it on the site."))


def under(announcement: Announcement) -> str:
    """The label of the power under which it was sent."""
    table, _sep, key = announcement.authority.partition(":")
    if table == "mandate":
        mandate = db.session.get(Mandate, int(key))
        until = weekday_date(mandate.end - DAY) if mandate else ""
        return str(_("as coordinator, until %(day)s", day=until))
    return str(_("as the committee’s chair")) if announcement.authority else ""


def how(facts: Mapping[str, int], audience: Audience) -> list[str]:
    """How the audience was counted, in sentences."""
    if not facts:
        return []
    found = AudienceCount(**facts)
    lines = [
        ngettext(
            "%(num)s member, or person who speaks for a member organisation",
            "%(num)s members, and people who speak for member organisations",
            found.members,
        )
    ]
    if found.less:
        lines.append(
            ngettext(
                "less %(num)s who wants less mail or has no confirmed address",
                "less %(num)s who want less mail or have no confirmed address",
                found.less,
            )
        )
    if audience is Audience.EVERYBODY:
        words = ngettext(
            "%(num)s address that takes just the mail",
            "%(num)s addresses that take just the mail",
            found.subscribers,
        )
        lines.append(_("and %(words)s (one that is also a member’s is counted once)", words=words))
    if found.list:
        lines.append(_("and the mailing list elsewhere, which is one address here"))
    if found.stopped:
        lines.append(
            ngettext(
                "of all these, %(num)s to which we stopped writing because mail came back",
                "of all these, %(num)s to which we stopped writing because mail came back",
                found.stopped,
            )
        )
    return lines


def trouble(mail: Mail | None, numbers: Progress) -> str:
    """If something is wrong: one sentence with the cause, and who must act."""
    if mail is None or numbers.finished:
        return ""
    line = db.session.get(MailLine, 1)
    if line is not None and line.held_at is not None:
        return str(
            _(
                "No mail goes out at the moment: %(why)s The operator of the server must release it.",
                why=line.held_why,
            )
        )
    if line is not None and line.tripped_at is not None:
        return str(
            _(
                "Our mail provider refuses our mail. We try again at least once an hour; the operator of "
                "the server should check this: %(words)s",
                words=line.words,
            )
        )
    if mail.paused_at is not None and not mail.paused_by:
        return str(
            _(
                "It is waiting, because too many mails were refused: %(why)s One of them is tried again at "
                "least once an hour, and once it is accepted the others go on. An officer can let all of "
                "them go on at once.",
                why=mail.paused_why,
            )
        )
    if line is not None and line.troubles > 2:
        return str(_("Our mail provider does not answer. Nobody needs to do anything: we keep trying."))
    return ""


def check(network: Network, announcement: Announcement, form: SendForm) -> dict[str, Any]:
    """The last page before it goes."""
    found = counted(network, _sender(announcement), announcement.audience)
    return {
        "announcement": announcement,
        "form": form,
        "letter": letter(network, announcement),
        "total": found.total,
        "how": how(found.facts(), announcement.audience),
        "audience_label": audience_label(announcement),
        "may_send": can(current_actor(), Can.SEND_ANNOUNCEMENT, announcement),
    }


def letter(network: Network, announcement: Announcement) -> Rendered:
    """The mail as text."""
    sender = db.session.get_one(Person, _sender(announcement))
    return preview.letter(notice_of(announcement, network, sender, to_read=True), network)


def _sender(announcement: Announcement) -> int:
    """The officer who ordered it, or would."""
    sender_id = announcement.sender_id or current_actor().person_id
    assert sender_id is not None
    return sender_id


def facts(network: Network, announcement: Announcement) -> dict[str, Any]:
    """A sent announcement as data."""
    assert announcement.sent_at is not None
    return {
        "id": announcement.id,
        "subject": announcement.subject,
        "sent_at": announcement.sent_at.isoformat(),
        "sent_by": announcement.sender.name if announcement.sender else "",
        "authority": announcement.authority,
        "audience": announcement.audience.value,
        "corrects": announcement.corrects_id,
    }


def numbers(announcement: Announcement) -> dict[str, Any]:
    """How far the mails are, as data; the numbers add up to `addresses`."""
    found = queries.progress(announcement, queries.mail_of(announcement))
    return {
        "addresses": found.audience,
        "handed_over": found.handed_over,
        "trying_again": found.trying_again,
        "could_not_be_sent": found.not_sent,
        "waiting": found.waiting,
        "called_off": found.stopped,
    }
