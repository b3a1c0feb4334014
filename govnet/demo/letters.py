"""The letters that the demo's people signed: opened, signed over days, closed by the worker, sent and answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from govnet.demo.facts import LetterFact
from govnet.demo.stage import Stage, evenly
from govnet.extensions import db
from govnet.forum import queries as forum
from govnet.kernel.actor import Actor, Door
from govnet.letters import actions, closing, queries, sending
from govnet.letters.models import Letter as Row
from govnet.letters.sending import Reply, Sending


def plan(stage: Stage) -> None:
    """Have every letter gather its names and go its way."""
    for letter in stage.facts.letters:
        _letter(stage, letter)


def _letter(stage: Stage, letter: LetterFact) -> None:
    made: list[int] = []
    opened = stage.calendar.at(-letter.opened_days_ago, 19.25)
    stage.at(opened, lambda: made.append(_start(stage, letter)))
    last = min(stage.calendar.at(letter.closes_days, 17), stage.calendar.now - timedelta(minutes=50))
    for who, moment in zip(letter.names, evenly(opened, last, len(letter.names)), strict=True):
        stage.at(moment, lambda who=who: _sign(stage, made[0], who))  # type: ignore[misc]
    for who in letter.taken_back:
        stage.at(last, lambda who=who: _take_back(stage, made[0], who))  # type: ignore[misc]
    if letter.closes_days < 0:
        stage.at(_closed(stage, letter), closing.close_due, alone=True)
    if letter.sent_days_ago is not None:
        stage.days_ago(letter.sent_days_ago, 11, lambda: _sent(stage, letter, made[0]))
    if letter.replied_days_ago is not None:
        stage.days_ago(letter.replied_days_ago, 16, lambda: _answered(stage, letter, made[0]))


def _closed(stage: Stage, letter: LetterFact) -> datetime:
    """Just after the hour at which names are taken no more."""
    return stage.calendar.at(letter.closes_days, 18) + timedelta(seconds=2)


def _start(stage: Stage, letter: LetterFact) -> int:
    network = stage.network()
    draft = actions.LetterInput(
        letter.title, letter.to, letter.text.strip(), stage.calendar.day(letter.closes_days)
    )
    thread = forum.thread_of(stage.threads[letter.thread])
    by = stage.actor(letter.by)
    row = actions.start(network, draft, party="me", thread=thread, by=by, via=Door.WEB)
    return row.id


def _acting(stage: Stage, who: str) -> tuple[Actor, str]:
    """The signer, and the name: a person's own, or that of the organisation in org:<key>."""
    if not who.startswith("org:"):
        return stage.actor(who), "me"
    organisation = stage.facts.organisations[who.removeprefix("org:")]
    by = stage.actor(organisation.representative)
    return by, next(each.key for each in actions.parties(by) if each.name == organisation.name)


def _sign(stage: Stage, key: int, who: str) -> None:
    by, party = _acting(stage, who)
    row = queries.whole(key)
    actions.sign(row, party, seen=row.version, by=by, via=Door.WEB)


def _take_back(stage: Stage, key: int, who: str) -> None:
    by, party = _acting(stage, who)
    actions.take_back(queries.whole(key), party, by=by, via=Door.WEB)


def _sent(stage: Stage, letter: LetterFact, key: int) -> None:
    due = stage.calendar.day(letter.reply_due_days) if letter.reply_due_days is not None else None
    parcel = Sending(stage.calendar.day(-(letter.sent_days_ago or 0)), letter.how, due)
    sending.sent(db.session.get_one(Row, key), parcel, by=stage.actor(letter.by), via=Door.WEB)


def _answered(stage: Stage, letter: LetterFact, key: int) -> None:
    came = Reply(stage.calendar.day(-(letter.replied_days_ago or 0)), letter.reply.strip())
    sending.answered(db.session.get_one(Row, key), came, by=stage.actor(letter.by), via=Door.WEB)
