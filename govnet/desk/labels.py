"""The labels of rows on the desk, each with the page where an officer can act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.charter.models import Network
from govnet.desk.tasks import DeskTask
from govnet.kernel.clock import midnight, today
from govnet.kernel.text import excerpt
from govnet.kernel.translation import nested
from govnet.record import registry
from govnet.web.pages import weekday_date

EARLY = timedelta(days=60)


def waiting(network: Network, row: Any) -> DeskTask | None:
    """A row as a thing that waits; None where its page is not there."""
    return _MAKERS[row.kind](network, row)


def _application(network: Network, row: Any) -> DeskTask | None:
    url = registry.address({"subject": f"application:{row.key}"})
    if url is None:
        return None
    words = _("%(name)s asks to join", name=row.one)
    if row.two:
        words = _("%(name)s asks to speak for %(organisation)s", name=row.two, organisation=row.one)
    return DeskTask(since=row.since, kind=_("Application"), words=words, url=url)


def _claim(network: Network, row: Any) -> DeskTask:
    return DeskTask(
        since=row.since,
        kind=_("Organisation"),
        words=_("%(name)s asks to speak for %(organisation)s", name=row.one, organisation=row.two),
        url=url_for("membership.organisation", organisation_id=row.key),
    )


def _report(network: Network, row: Any) -> DeskTask:
    return DeskTask(
        since=row.since,
        kind=_("Report"),
        words=_(
            "Somebody reported post %(number)s in “%(title)s”: %(why)s",
            number=row.number,
            title=row.one,
            why=excerpt(row.two, 100),
        ),
        url=url_for("forum.answer_report", report_id=row.key),
    )


def _appeal(network: Network, row: Any) -> DeskTask:
    words = _(
        "An appeal about post %(number)s in “%(title)s” waits to be heard", number=row.number, title=row.one
    )
    url = url_for("forum.case", hiding_id=row.key)
    return DeskTask(since=row.since, kind=_("Appeal"), words=words, url=url, by=row.due)


def _removal(network: Network, row: Any) -> DeskTask:
    words = _(
        "Somebody wants the text of post %(number)s in “%(title)s” removed for good: a second person decides",
        number=row.number,
        title=row.one,
    )
    if row.due is not None:
        words = _(
            "Somebody says that the law requires post %(number)s in “%(title)s” to be removed: its text is "
            "deleted unless one of you shows it again",
            number=row.number,
            title=row.one,
        )
    url = url_for("forum.case", hiding_id=row.key)
    return DeskTask(since=row.since, kind=_("Removal"), words=words, url=url, by=row.due)


def _admission_appeal(network: Network, row: Any) -> DeskTask | None:
    url = registry.address({"subject": f"application:{row.key}"})
    if url is None:
        return None
    words = _("%(name)s appeals against being declined", name=row.one)
    return DeskTask(since=row.since, kind=_("Appeal"), words=words, url=url, by=row.due)


def _elsewhere(network: Network, row: Any) -> DeskTask:
    return DeskTask(
        since=row.since,
        kind=_("Decided elsewhere"),
        words=nested(_("“%(question)s” stands unless somebody objects", question=row.one)),
        url=url_for("decisions.proposal", proposal_id=row.key),
        by=row.due,
    )


def _last(end: date) -> str:
    return weekday_date(end - timedelta(days=1))


def _term(network: Network, row: Any) -> DeskTask:
    name = row.one or _("somebody")
    words = _(
        "The term of %(name)s (%(place)s) ends on %(day)s", name=name, place=row.two, day=_last(row.day)
    )
    return _office(network, row.day, words, url_for("committee.committee", _anchor=f"place-{row.key}"))


def _mandate(network: Network, row: Any) -> DeskTask:
    words = _("The mandate of %(name)s ends on %(day)s", name=row.one, day=_last(row.day))
    return _office(network, row.day, words, url_for("coordinator.coordinator"))


def _office(network: Network, end: date, words: str, url: str) -> DeskTask:
    return DeskTask(since=midnight(end - EARLY, network.zone), kind=_("Office"), words=words, url=url)


def _due_report(network: Network, row: Any) -> DeskTask:
    words = _("A report of %(name)s is due on %(day)s", name=row.one, day=weekday_date(row.day))
    return DeskTask(
        since=midnight(row.day - EARLY, network.zone),
        kind=_("Coordinator"),
        words=words,
        url=url_for("coordinator.coordinator"),
        trouble=row.day < today(network.zone),
    )


def _stopped(network: Network, row: Any) -> DeskTask:
    if row.one:
        words = _("%(name)s stopped a mailing. It waits to go on, or to be called off.", name=row.one)
    else:
        words = _("A mailing stopped by itself, because too many mails were refused: %(why)s", why=row.two)
    return _mail(row, words)


def _line(network: Network, row: Any) -> DeskTask:
    return _mail(row, _("No mail goes out. The operator of the server must check this: %(why)s", why=row.one))


def _slow(network: Network, row: Any) -> DeskTask:
    words = ngettext(
        "%(num)s mail has waited for more than an hour. If this goes on, tell the operator of the server.",
        "%(num)s mails have waited for more than an hour. If this goes on, tell the operator of the server.",
        row.number,
    )
    return _mail(row, words)


def _aside(network: Network, row: Any) -> DeskTask:
    words = ngettext(
        "%(num)s automatic task of the server has failed. Tell the operator of the server.",
        "%(num)s automatic tasks of the server have failed. Tell the operator of the server.",
        row.number,
    )
    return DeskTask(since=row.since, kind=_("Server"), words=words, url=url_for("desk.desk"), trouble=True)


def _mail(row: Any, words: str) -> DeskTask:
    url = registry.address({"subject": "mailings"}) or url_for("desk.desk")
    return DeskTask(since=row.since, kind=_("Mail"), words=words, url=url, trouble=True)


def _empty_place(network: Network, row: Any) -> DeskTask:
    due = row.day + timedelta(days=row.number)
    words = _("The empty place “%(place)s” is to be filled by %(day)s", place=row.one, day=_last(due))
    return DeskTask(
        since=midnight(row.day, network.zone),
        kind=_("Office"),
        words=words,
        url=url_for("committee.committee", _anchor=f"place-{row.key}"),
        by=midnight(due, network.zone),
    )


_MAKERS: dict[str, Callable[[Network, Any], DeskTask | None]] = {
    "application": _application,
    "claim": _claim,
    "report": _report,
    "appeal": _appeal,
    "removal": _removal,
    "admission appeal": _admission_appeal,
    "elsewhere": _elsewhere,
    "term": _term,
    "empty place": _empty_place,
    "mandate": _mandate,
    "due report": _due_report,
    "stopped": _stopped,
    "line": _line,
    "slow": _slow,
    "aside": _aside,
}
