"""Posts that should not stand: reports, hiding in the open, appeals that others hear. The log shows everything hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, delete, select, update

from govnet.extensions import db
from govnet.forum import events, queries
from govnet.forum import rules as forum_rules
from govnet.forum.models import Appeal, AppealVoice, Hiding, Post, PostVersion, Report
from govnet.forum.moderation import mails, rules
from govnet.forum.queries import network_of
from govnet.forum.states import AppealOutcome, HidingKind, PostState, ReportState
from govnet.kernel.actor import Act, Actor, Door, by_rule
from govnet.kernel.appeals import agreed_by_two, may_hear
from govnet.kernel.clock import now
from govnet.kernel.duties import each_row
from govnet.kernel.errors import RuleBroken
from govnet.mail.delivery import mailings
from govnet.mail.models import Delivery, Rendering
from govnet.mail.queries import mails_of_entry
from govnet.mail.rules import DeliveryState
from govnet.offices.queries import officers
from govnet.people.addresses import parsed
from govnet.people.persons import names
from govnet.permissions import Can, require
from govnet.record import queries as entries
from govnet.record.actions import erase_words, record
from govnet.record.events import Event, Visibility
from govnet.record.models import Entry

_IN_BULK = {"synchronize_session": False}
_TEXTS = frozenset({"forum.started", "forum.replied", "forum.changed"})
"""The entries whose words go with a removed text: its digest is one of them, from which a short one could be guessed."""


def report(post: Post, *, by: Actor, reason: str, via: Door, name: str = "", email: str = "") -> Report:
    """Report a post; a visitor leaves an address. The committee is notified."""
    act = require(by, Can.REPORT, post, via)
    if post.state is not PostState.VISIBLE:
        raise RuleBroken(_("This post is already hidden."))
    if by.signed_in and _reported(post.id, by.person_id):
        raise RuleBroken(_("You have already reported this post. The committee will look at it."))
    row = Report(network_id=post.network_id, post_id=post.id, reporter_id=by.person_id, name=name, email=email and parsed(email),
                 reason=reason, state=ReportState.OPEN, at=now())  # fmt: skip
    db.session.add(row)
    record(events.PostReported(**_about(post, act), report=row))
    return row


def _reported(post_id: int, person_id: int | None) -> bool:
    query = select(Report.id).where(
        Report.post_id == post_id, Report.reporter_id == person_id, Report.state == ReportState.OPEN
    )
    return db.session.scalar(query) is not None


def _about(post: Post, act: Act) -> dict[str, Any]:
    """Fields of every event about a post; events of a members' thread are not public."""
    return {
        "act": act,
        "post": post,
        "thread": post.thread,
        "number": post.number,
        "title": post.thread.title,
    }


def _open_to(post: Post) -> dict[str, Any]:
    """The facts for everybody who can read the discussion."""
    return {"seen_by": Visibility(post.thread.visibility.value)}


def _hiding(by: Actor, subject: Post | Report, via: Door) -> Act:
    return require(by, Can.HIDE_POST, subject, via)


def _check_apart(post: Post, by: Actor) -> None:
    """RuleBroken if the post names the actor and an officer whom it does not name could look at it instead."""
    if not forum_rules.names(post.source, by.name):
        return
    others = names(officers(post.network_id))
    if any(
        key not in (by.person_id, post.author_id) and not forum_rules.names(post.source, name)
        for key, name in others.items()
    ):
        raise RuleBroken(
            _("This post names you. Leave it to somebody else on the committee, or to the coordinator.")
        )


def dismiss(row: Report, *, by: Actor, answer: str, via: Door) -> None:
    """The post stands; the person who reported it gets the reason."""
    post = queries.post_of(row.post_id)
    act = _hiding(by, row, via)
    _check_apart(post, by)
    if row.state is not ReportState.OPEN:
        raise RuleBroken(_("Somebody else has answered this report in the meantime."))
    _deal(row, ReportState.DISMISSED, by, answer)
    mails.report_answered(row, post, stands=True)
    record(events.ReportDismissed(**_about(post, act), report=row))


def _deal(row: Report, state: ReportState, by: Actor, answer: str) -> None:
    row.state, row.dealt_at, row.dealt_by_id, row.answer = state, now(), by.person_id, answer


def hide(post: Post, *, by: Actor, kind: HidingKind, reason: str, via: Door, law: bool = False) -> Hiding:
    """Hide a post's text. Its author gets the text and the reason by mail.

    One person removes nothing for good: asking for that hides the post, and the text goes once somebody else who may hide
    asks for it too, or has hidden the post before. If the `law` wants it gone, it is after LAW_DAYS unless another
    shows it again. The others are notified at once of either.
    """
    act = _hiding(by, post, via)
    if by.person_id is None:
        raise RuleBroken(_("Only a person can hide a post."))
    _check_apart(post, by)
    earlier = _hidden_before(post)
    about = {**_about(post, act), **_open_to(post), "reason": reason}
    if earlier is None:
        row = _hide(post, by, reason, about)
    elif kind is HidingKind.HIDDEN:
        raise RuleBroken(_("Somebody else has hidden this post in the meantime."))
    elif earlier.by_id != by.person_id:
        _check_no_appeal(earlier)
        return _remove(post, earlier, by, reason, about)
    else:
        row = earlier
    if kind is HidingKind.REMOVED:
        _want_gone(row, about, law=law)
    return row


def _hidden_before(post: Post) -> Hiding | None:
    """The current hiding of the post. RuleBroken if its text is gone."""
    if post.state in (PostState.REMOVED, PostState.TAKEN_BACK):
        raise RuleBroken(_("The text of this post is already gone."))
    if post.state is not PostState.HIDDEN:
        return None
    query = select(Hiding).where(Hiding.post_id == post.id, Hiding.lifted_at.is_(None))
    return db.session.scalars(query.with_for_update(of=Hiding)).one()


def _hide(post: Post, by: Actor, reason: str, about: dict[str, Any]) -> Hiding:
    row = Hiding(
        network_id=post.network_id,
        post=post,
        kind=HidingKind.HIDDEN,
        reason=reason,
        by_id=by.person_id,
        at=now(),
    )
    db.session.add(row)
    db.session.flush()  # the letter leads to its page
    mails.hidden(row, post, by.name)
    _stop_mails(post, forget=False)
    post.state = PostState.HIDDEN
    _answer_reports(post, by, reason)
    record(events.PostHidden(**about, hiding=row))
    return row


def _want_gone(row: Hiding, about: dict[str, Any], *, law: bool) -> None:
    """Have the others notified, and the text removed once one of them agrees, or the law's days are over."""
    if law and row.law_until is None:
        row.law_until = rules.days_after(now(), rules.LAW_DAYS)
        on = row.law_until.astimezone(ZoneInfo(network_of(row.post).zone)).date()
        record(events.RemovalByLaw(**about, hiding=row, on=on))
    elif not law and row.wanted_gone_at is None:
        row.wanted_gone_at = now()
        record(events.RemovalWanted(**about, hiding=row))
    else:
        raise RuleBroken(_("You have already asked for this. Somebody else has to agree."))


def _check_no_appeal(row: Hiding) -> None:
    appeal = _appeal_of(row.id)
    if appeal is not None and appeal.decided_at is None:
        raise RuleBroken(_("Its author has appealed. Two other people decide about that first."))


def _remove(post: Post, earlier: Hiding, by: Actor, reason: str, about: dict[str, Any]) -> Hiding:
    """Take the text away for good: somebody else had hidden the post."""
    earlier.lifted_at, earlier.lifted_by_id = now(), by.person_id
    earlier.lifted_why = _("The text was removed for good.")
    db.session.flush()  # one open hiding a post
    row = Hiding(
        network_id=post.network_id, post=post, kind=HidingKind.REMOVED, reason=reason, by_id=by.person_id,
        second_id=earlier.by_id, at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # the letter leads to its page
    mails.hidden(row, post, by.name)
    _stop_mails(post, forget=True)
    _take_text_away(post)
    record(events.PostRemoved(**about, hiding=row))
    return row


def remove_due() -> int:
    """Take away what the law wants gone and nobody has shown again; returns how many. Harmless to run twice or at once.

    A post whose author has appealed waits until that is decided.
    """
    return each_row("remove what the law wants gone", Hiding, _due_by_law, _remove_by_law)


def _due_by_law(*only: ColumnElement[bool]) -> Sequence[int]:
    waits = select(Appeal.hiding_id).where(Appeal.decided_at.is_(None))
    open_ones = (Hiding.kind == HidingKind.HIDDEN, Hiding.lifted_at.is_(None), Hiding.law_until <= now())
    query = select(Hiding.id).where(*open_ones, Hiding.id.not_in(waits), *only)
    return db.session.scalars(query.order_by(Hiding.id)).all()


def _remove_by_law(key: int) -> bool:
    row = db.session.get_one(Hiding, key)
    post = row.post
    row.kind = HidingKind.REMOVED
    _stop_mails(post, forget=True)
    _take_text_away(post)
    about = {**_about(post, by_rule(post)), **_open_to(post)}
    record(events.PostRemoved(**about, hiding=row, reason=row.reason))
    return True


def _take_text_away(post: Post) -> None:
    """Remove it from the post, its earlier versions and the words of its entries: nothing of it is left."""
    post.state, post.source, post.html = PostState.REMOVED, "", ""
    db.session.execute(
        delete(PostVersion).where(PostVersion.post_id == post.id).execution_options(**_IN_BULK)
    )
    erase_digests(post)


def erase_digests(post: Post) -> None:
    """Erase the words of the entries about the post's text, its digest with them."""
    for entry in _entries_of_text(post):
        erase_words(entry)


def _entries_of_text(post: Post) -> list[Entry]:
    about = [f"post:{post.id}"] + ([f"thread:{post.thread_id}"] if post.number == 1 else [])
    found = [entry for subject in about for entry in entries.entries_about(post.network_id, subject)]
    return [entry for entry in found if entry.verb in _TEXTS]


def _stop_mails(post: Post, *, forget: bool) -> None:
    """Mails that have not left do not leave; a removed text goes from the mails that carried it, too."""
    for entry in _entries_of_text(post):
        _stop(mails_of_entry(entry.id), forget)


def _stop(mail_ids: list[int], forget: bool) -> None:
    for mail_id in mail_ids:
        mailings.cancel_unsent(mail_id)
    if forget and mail_ids:
        in_hand = select(Delivery.mail_id).where(Delivery.state == DeliveryState.IN_HAND)
        bodies = update(Rendering).where(Rendering.mail_id.in_(mail_ids), Rendering.mail_id.not_in(in_hand))
        db.session.execute(bodies.values(body=None).execution_options(**_IN_BULK))


def _answer_reports(post: Post, by: Actor, reason: str) -> None:
    rows = db.session.scalars(
        select(Report).where(Report.post_id == post.id, Report.state == ReportState.OPEN)
    )
    for row in rows.all():
        _deal(row, ReportState.ACTED, by, reason)
        mails.report_answered(row, post, stands=False)


def lift(row: Hiding, *, by: Actor, why: str, via: Door) -> None:
    """Show the post again: those who may hide may change their mind. An appeal that waits has then succeeded."""
    act = _hiding(by, row.post, via)
    if row.lifted_at is not None:
        raise RuleBroken(_("This post is already shown again."))
    appeal = _appeal_of(row.id)
    if appeal is not None and appeal.decided_at is None:
        appeal.outcome, appeal.decided_at = AppealOutcome.LIFTED, now()
    _show(row, by.person_id, why)
    mails.shown_again(row, why)
    record(events.HidingLifted(**_about(row.post, act), **_open_to(row.post), hiding=row, reason=why))


def _appeal_of(hiding_id: int) -> Appeal | None:
    return db.session.scalar(select(Appeal).where(Appeal.hiding_id == hiding_id))


def _show(row: Hiding, by_id: int | None, why: str) -> None:
    row.lifted_at, row.lifted_by_id, row.lifted_why = now(), by_id, why
    row.post.state = PostState.VISIBLE


def appeal(row: Hiding, *, by: Actor, text: str, via: Door) -> Appeal:
    """The author asks two others to look at it, within the charter's days."""
    act = require(by, Can.APPEAL, row, via)
    days = queries.terms_of(row.network_id).appeal_days
    if row.lifted_at is not None:
        raise RuleBroken(_("This post is already shown again."))
    if _appeal_of(row.id) is not None:
        raise RuleBroken(_("You have appealed already."))
    if now() > rules.days_after(row.at, days):
        raise RuleBroken(
            ngettext(
                "The time to appeal is over: it was %(num)s day.",
                "The time to appeal is over: it was %(num)s days.",
                days,
            )
        )
    found = Appeal(
        network_id=row.network_id, hiding=row, text=text, at=now(), due_at=rules.days_after(now(), days)
    )
    db.session.add(found)
    record(events.Appealed(**_about(row.post, act), **_open_to(row.post), appeal=found))
    return found


def hear(row: Appeal, *, by: Actor, outcome: AppealOutcome, reason: str, via: Door) -> None:
    """One of two others says whether the hiding stands; when two have said the same, it is decided."""
    voices = _voices(row)
    _check_hearing(row, by, {voice.person_id for voice in voices})
    act = require(by, Can.DECIDE_APPEAL, row, via)
    assert by.person_id is not None
    db.session.add(
        AppealVoice(appeal_id=row.id, person_id=by.person_id, outcome=outcome, reason=reason, at=now())
    )
    record(events.AppealHeard(**_about(row.hiding.post, act), appeal=row, outcome=outcome.value))
    decided = agreed_by_two([*(voice.outcome for voice in voices), outcome])
    if decided is not None:
        _decide(row, decided, reason, _about(row.hiding.post, act))


def _voices(row: Appeal) -> list[AppealVoice]:
    """The answers so far, under the appeal's lock: two at once are counted one after the other."""
    db.session.execute(select(Appeal.id).where(Appeal.id == row.id).with_for_update())
    query = select(AppealVoice).where(AppealVoice.appeal_id == row.id)
    return list(db.session.scalars(query.order_by(AppealVoice.at, AppealVoice.person_id)))


def _check_hearing(row: Appeal, by: Actor, spoken: set[int]) -> None:
    if row.decided_at is not None:
        raise RuleBroken(_("This appeal has been decided."))
    if not may_hear(by.person_id, concerned=row.concerns, heard=spoken):
        raise RuleBroken(
            _(
                "Two other people decide this, each of them once: neither the person who hid the post nor "
                "its author."
            )
        )


def _decide(row: Appeal, outcome: AppealOutcome, reason: str, about: dict[str, Any]) -> None:
    row.outcome, row.decided_at = outcome, now()
    told: Callable[..., Event] = events.AppealUpheld
    if outcome is AppealOutcome.LIFTED:
        told = events.AppealGranted
        _show(row.hiding, None, reason)
        mails.shown_again(row.hiding, reason)
    else:
        mails.stays_hidden(row.hiding, reason)
    record(told(**about, **_open_to(row.hiding.post), hiding=row.hiding, reason=reason, appeal=row))
