"""The subject of a mail: whole, in the fullest form that readers of mail show."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _

from govnet.kernel.text import LONGEST_TITLE, fitting
from govnet.mail import headers

LONGEST_SUBJECT = LONGEST_TITLE
"""In characters. Longer ones are cut by lists of mails, and filters take them for a sign of spam."""


def fits(*subjects: str) -> str:
    """The first of `subjects` that is short enough to be shown whole; the last where none is."""
    return next((each for each in subjects if len(_one_line(each)) <= LONGEST_SUBJECT), subjects[-1])


def headed(title: str, *heads: str) -> str:
    """The first of `heads` that leaves room for the title, a colon and the title; the title alone where none does."""
    return fits(*(_("%(head)s: %(title)s", head=head, title=title) for head in heads), title)


def short_day(deadline: datetime, zone: str) -> str:
    """ "Fri 15 May": the last day before `deadline` by the clock of the zone, where a subject has no room for the hour."""
    local = (deadline - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    return format_date(local.date(), "EEE d MMM", locale=get_locale() or "en").replace(",", "")


def shorten(subject: str) -> str:
    """One line of at most LONGEST_SUBJECT characters, cut where it has more."""
    return fitting(_one_line(subject))


def _one_line(subject: str) -> str:
    return " ".join(headers.plain(subject).split())
