"""The demo coordinator's mails to everybody: ordered, sent over SMTP at its hour, and one draft."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from govnet.announcements import actions, dispatch
from govnet.announcements.models import Announcement as Row
from govnet.announcements.models import Audience
from govnet.demo.facts import AnnouncementFact
from govnet.demo.stage import Stage
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.mail.delivery import sender
from govnet.mail.outgoing import distribution
from govnet.record.models import Entry, Telling

_AUDIENCES = {"everybody": Audience.EVERYBODY, "members": Audience.MEMBERS}


def plan(stage: Stage) -> None:
    """Have each announcement written, ordered and sent at its time; the draft was begun this morning."""
    for one in stage.facts.announcements:
        if one.days_ago is None:
            stage.at(stage.calendar.now - timedelta(hours=1), lambda one=one: _write(stage, one))  # type: ignore[misc]
        else:
            _sent(stage, one, one.days_ago)


def _sent(stage: Stage, one: AnnouncementFact, days_ago: int) -> None:
    made: list[int] = []
    hour = stage.calendar.at(-days_ago, one.hour)
    stage.at(hour - timedelta(minutes=30), lambda: made.append(_write(stage, one)))
    stage.at(hour, lambda: _order(stage, one, made[0]))
    stage.at(hour + timedelta(minutes=12), lambda: mark_as_told(clock.now()))
    stage.at(hour + timedelta(minutes=12), _send, alone=True)


def _write(stage: Stage, one: AnnouncementFact) -> int:
    draft = actions.AnnouncementInput(
        subject=one.subject, source=one.body.strip(), audience=_AUDIENCES[one.audience]
    )
    row = actions.write(stage.network(), draft, by=stage.actor(one.by))
    db.session.flush()  # it is ordered by its key
    return row.id


def _order(stage: Stage, one: AnnouncementFact, key: int) -> None:
    row = db.session.get_one(Row, key)
    actions.order(row, None, seen=row.version, by=stage.actor(one.by), via=Door.WEB)


def _send() -> None:
    dispatch.send_due()
    tell_and_send()


def tell_and_send() -> None:
    """The worker's duties, at the hour at which it would have done them."""
    while distribution.run():
        pass
    send()


def send() -> None:
    """Let waiting mail leave."""
    sender.run(at_once=5000, seconds=60)


def mark_as_told(moment: object) -> None:
    """Notices of earlier events are marked as sent: their mails are not part of the demo."""
    old = select(Entry.id).where(Entry.at < moment)
    waiting = update(Telling).where(Telling.entry_id.in_(old), Telling.done_at.is_(None))
    db.session.execute(waiting.values(done_at=clock.now(), next_at=None))
