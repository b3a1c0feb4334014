"""Reads letters: lists in one statement, a letter with its names, waiting ones and due ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from govnet.extensions import db
from govnet.forum.threads import slots
from govnet.kernel import clock
from govnet.kernel.errors import NotFound
from govnet.kernel.tasks import task_rows
from govnet.letters.models import Letter, Signature
from govnet.letters.rules import LetterState, SignatureCount

_FRESH = {"populate_existing": True}
PAGE = 20
NAMES = 50
"""Names under a letter on one page."""


@dataclass(frozen=True)
class LetterRow:
    """A letter in a list, and how many signed it."""

    letter: Letter
    count: SignatureCount


def _counts() -> list[Any]:
    """How many members and how many organisations signed a letter, as columns beside it."""
    parties = (Signature.person_id.is_not(None), Signature.organisation_id.is_not(None))
    of = select(func.count()).where(Signature.letter_id == Letter.id)
    return [of.where(party).correlate(Letter).scalar_subquery() for party in parties]


def _counted() -> Select[Any]:
    return select(Letter, *_counts())


def _rows(query: Select[Any]) -> list[LetterRow]:
    return [LetterRow(row[0], SignatureCount(row[1], row[2])) for row in db.session.execute(query)]


def under_way(network_id: int, limit: int = 200) -> list[LetterRow]:
    """Letters that are open, to be sent or waiting for a reply; the next to close first."""
    going = (LetterState.OPEN, LetterState.GATHERED, LetterState.SENT)
    query = _counted().where(Letter.network_id == network_id, Letter.state.in_(going))
    return _rows(query.order_by(Letter.deadline, Letter.id).limit(limit))


def open_now(network_id: int, now: datetime, limit: int = 3) -> list[LetterRow]:
    """Open letters, soonest deadline first."""
    takes = (Letter.network_id == network_id, Letter.state == LetterState.OPEN, Letter.deadline > now)
    return _rows(_counted().where(*takes).order_by(Letter.deadline, Letter.id).limit(limit))


def over(network_id: int, page: int) -> list[LetterRow]:
    """A page, and one more, of letters that were answered or taken back, the newest first."""
    query = _counted().where(
        Letter.network_id == network_id, Letter.state.in_((LetterState.ANSWERED, LetterState.WITHDRAWN))
    )
    query = query.order_by(Letter.opened_at.desc(), Letter.id.desc())
    return _rows(query.offset((page - 1) * PAGE).limit(PAGE + 1))


def from_thread(thread_id: int) -> Select[Any]:
    """The letters that came out of a discussion, as lines beside it."""
    people, organisations = _counts()
    counts = {"members": people, "organisations": organisations}
    line = slots.line("letter", Letter.id, Letter.title, Letter.state, **counts, at=Letter.opened_at)
    return line.where(Letter.thread_id == thread_id)


def whole(letter_id: int) -> Letter:
    """The letter with its author and the discussion it came from. NotFound without it."""
    query = select(Letter).where(Letter.id == letter_id)
    query = query.options(*(joinedload(each) for each in (Letter.author, Letter.network, Letter.thread)))
    found = db.session.scalar(query.execution_options(**_FRESH))
    if found is None:
        raise NotFound("There is no such letter.")
    return found


def locked(letter_id: int) -> Letter:
    """The letter as it stands now, nobody else's until the transaction ends. NotFound without it."""
    query = select(Letter).where(Letter.id == letter_id).with_for_update(of=Letter)
    found = db.session.scalar(query.options(joinedload(Letter.network)).execution_options(**_FRESH))
    if found is None:
        raise NotFound("There is no such letter.")
    return found


def signatures(letter_id: int, page: int = 0) -> Sequence[Signature]:
    """The names under a letter: organisations first, each group in the order in which they signed.

    All of them, or with `page` those of one page.
    """
    query = select(Signature).where(Signature.letter_id == letter_id)
    order = (Signature.organisation_id.is_(None), Signature.at, Signature.id)
    query = query.options(joinedload(Signature.signed_by)).order_by(*order)
    if page:  # the first of either group are found by an index, and only they are put in order
        end = page * NAMES
        groups = (Signature.organisation_id.is_not(None), Signature.person_id.is_not(None))
        keys = select(Signature.id).where(Signature.letter_id == letter_id)
        keys = keys.order_by(Signature.at, Signature.id).limit(end)
        first = union_all(*(select(keys.where(group).subquery().c.id) for group in groups))
        query = query.where(Signature.id.in_(first)).offset(end - NAMES).limit(NAMES)
    return db.session.scalars(query).all()


@dataclass(frozen=True)
class SignedLetter:
    """A letter, how many signed it, and what a reader's page asks about that."""

    letter: Letter
    count: SignatureCount
    by_others: bool
    """Whether anybody but its author has put a name under it."""
    parties: frozenset[str]
    """Which of the parties that were asked about have signed."""


def signed(letter_id: int, person_id: int | None, parties: Sequence[str]) -> SignedLetter:
    """The letter with its numbers, and in which of these parties' names it is signed ("me", or an organisation's key).

    One statement, whatever thousands signed. NotFound without it.
    """

    def there(which: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(Signature.letter_id == Letter.id, which).correlate(Letter)

    asked = [
        Signature.person_id == person_id if key == "me" else Signature.organisation_id == int(key)
        for key in parties
    ]
    others = there(Signature.signed_by_id != Letter.author_id)
    query = select(Letter, *_counts(), others, *(there(each) for each in asked)).where(Letter.id == letter_id)
    query = query.options(*(joinedload(each) for each in (Letter.author, Letter.network, Letter.thread)))
    row = db.session.execute(query.execution_options(**_FRESH)).one_or_none()
    if row is None:
        raise NotFound("There is no such letter.")
    mine = frozenset(key for key, signed in zip(parties, row[4:], strict=True) if signed)
    return SignedLetter(row[0], SignatureCount(row[1], row[2]), bool(row[3]), mine)


def count_of(letter_id: int) -> SignatureCount:
    """How many signed."""
    query = select(func.count(Signature.person_id), func.count(Signature.organisation_id))
    members, organisations = db.session.execute(query.where(Signature.letter_id == letter_id)).one()
    return SignatureCount(members, organisations)


def signature_of(letter_id: int, *, person_id: int | None, organisation_id: int | None) -> Signature | None:
    """The party's name under the letter."""
    mine = (
        (Signature.person_id == person_id)
        if organisation_id is None
        else (Signature.organisation_id == organisation_id)
    )
    return db.session.scalar(select(Signature).where(Signature.letter_id == letter_id, mine))


def signed_by_others(letter: Letter) -> bool:
    """Whether anybody but its author has put a name under it."""
    others = (Signature.letter_id == letter.id, Signature.signed_by_id != letter.author_id)
    return bool(db.session.scalar(select(exists().where(*others))))


def signers(letter: Letter) -> set[int]:
    """The persons who signed, for themselves or for an organisation, and the author."""
    query = select(Signature.signed_by_id).where(Signature.letter_id == letter.id)
    return {letter.author_id, *db.session.scalars(query)}


def due(*only: ColumnElement[bool]) -> Sequence[int]:
    """Letters whose time for names is over."""
    query = select(Letter.id).where(Letter.state == LetterState.OPEN, Letter.deadline <= clock.now(), *only)
    return db.session.scalars(query.order_by(Letter.deadline)).all()


def unanswered(*only: ColumnElement[bool]) -> Sequence[int]:
    """Letters to which a reply was due before today, wherever the day is furthest on, and without a notice yet."""
    ahead = (clock.now() + timedelta(days=1)).date()
    query = select(Letter.id).where(
        Letter.state == LetterState.SENT, Letter.reply_due < ahead, Letter.reminded_at.is_(None), *only
    )
    return db.session.scalars(query.order_by(Letter.reply_due)).all()


def left_over(network_id: int) -> Sequence[Letter]:
    """Letters that an officer can go on with: to be sent though the author has gone, or with an overdue reply."""
    return db.session.scalars(select_left_over(network_id).order_by(Letter.id)).all()


def select_left_over(network_id: Any) -> Select[Any]:
    """The same, to be counted."""
    orphaned = and_(Letter.state == LetterState.GATHERED, Letter.erased)
    overdue = and_(Letter.state == LetterState.SENT, Letter.reminded_at.is_not(None))
    return select(Letter).where(Letter.network_id == network_id, or_(orphaned, overdue))


def to_send(person_id: int, now: datetime) -> Select[Any]:
    """Letters that wait for their author: closed, and not reported as sent."""
    mine = (Letter.author_id == person_id, Letter.state == LetterState.GATHERED)
    return task_rows(Letter.network_id, Letter.id, Letter.title).where(*mine)


def to_chase(person_id: int, now: datetime) -> Select[Any]:
    """Letters that wait for their author: the reply is overdue."""
    mine = (Letter.author_id == person_id, Letter.state == LetterState.SENT, Letter.reminded_at.is_not(None))
    return task_rows(Letter.network_id, Letter.id, Letter.title).where(*mine)


def counted(letter: Letter) -> dict[str, Any]:
    """How many signed, as the record has it."""
    count = count_of(letter.id)
    return {"members": count.members, "organisations": count.organisations}
