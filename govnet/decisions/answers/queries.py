"""Reading answers as a page shows them: all the numbers, and the first of the names, whatever thousands answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import joinedload

from govnet.decisions.answers.models import ReasonReply
from govnet.decisions.models import Answer, RollEntry
from govnet.decisions.rules.outcome import FIVE, AnswerKind, Tally
from govnet.extensions import db
from govnet.kernel.statements import another
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Person

ORDER = (
    AnswerKind.BLOCK,
    AnswerKind.STAND_ASIDE,
    AnswerKind.RESERVATIONS,
    AnswerKind.AGREE,
    AnswerKind.NO_VIEW,
    AnswerKind.CHOICE,
)
WORRIES = (AnswerKind.BLOCK, AnswerKind.STAND_ASIDE, AnswerKind.RESERVATIONS, AnswerKind.CHOICE)
A_PAGE = 40
"""Names, and so reasons, of each kind of answer that a page shows at once; the check of a decision lists all."""


@dataclass(frozen=True)
class ShownAnswer:
    """An answer as a page shows it."""

    answer: Answer
    entry: RollEntry
    left: bool
    reply: ReasonReply | None = None
    """The proposer's reply to the reason."""
    entered_by: str = ""
    """The person who entered it for somebody else, for those who may see names; empty once the name was removed."""

    @property
    def organisation(self) -> bool:
        """Whether an organisation said it."""
        return self.entry.organisation_id is not None


@dataclass(frozen=True)
class Many:
    """How many gave one kind of answer."""

    counted: int = 0
    nameable: int = 0
    """With a name beside it for everybody: organisations, and people who said so."""
    given: int = 0
    reasons: int = 0
    public_reasons: int = 0
    entered: int = 0
    """Of those that count, how many somebody else wrote down."""


@dataclass(frozen=True)
class Answers:
    """The answers to one version: all the numbers, and the first of each kind, reasons first."""

    many: Mapping[AnswerKind, Many] = field(default_factory=dict)
    first: Sequence[ShownAnswer] = ()

    @property
    def tally(self) -> Tally:
        """Those that count."""
        return Tally(*(self.of(kind).counted for kind in (*FIVE, AnswerKind.CHOICE)))

    def of(self, kind: AnswerKind) -> Many:
        """The numbers of one kind."""
        return self.many.get(kind, Many())

    @property
    def entered(self) -> int:
        """How many of those that count were entered for somebody."""
        return sum(each.entered for each in self.many.values())

    def reasons(self, *, public: bool) -> int:
        """How many reasons were given beside worries, or how many of them everybody may read."""
        found = (self.of(kind) for kind in WORRIES)
        return sum(each.public_reasons if public else each.reasons for each in found)


def answers(version_ids: Collection[int], *, public: bool = False) -> dict[int, Answers]:
    """The answers to some versions, in two statements: the first A_PAGE of each kind, reasons before none, Stops first.

    With `public` only those with a name beside them for everybody are among the first; the numbers are always all.
    """
    many = _many(version_ids)
    shown: dict[int, list[ShownAnswer]] = defaultdict(list)
    for answer, entry, state, end, reply, entered_by in _rows(_first(many, public)):
        left = state is not None and (state is not MembershipState.ACTIVE or end is not None)
        shown[answer.version_id].append(ShownAnswer(answer, entry, left, reply, entered_by or ""))
    for each in shown.values():
        each.sort(key=lambda one: ORDER.index(one.answer.kind))
    return {key: Answers(many.get(key, {}), shown[key]) for key in version_ids}


_REASON: ColumnElement[bool] = literal_column("position.reason <> ''", Boolean)
"""As the index `ix_position_reasons` has it: a database does not know it again from a parameter."""


def _open_name(version_ids: Collection[int]) -> ColumnElement[bool]:
    """Whether everybody may see the name: that of an organisation, and of people who said so."""
    organisations = select(RollEntry.id).where(
        RollEntry.version_id.in_(version_ids), RollEntry.organisation_id.is_not(None)
    )
    return or_(Answer.named, Answer.entry_id.in_(organisations))


def _many(version_ids: Collection[int]) -> dict[int, dict[AnswerKind, Many]]:
    """How many gave each kind of answer to each version."""
    open_name = _open_name(version_ids)
    numbers = (
        Answer.counted,
        open_name,
        true(),
        _REASON,
        and_(_REASON, open_name),
        and_(Answer.entered_by_id.is_not(None), Answer.counted),
    )
    query = (
        select(Answer.version_id, Answer.kind, *(func.count(case((each, 1))) for each in numbers))
        .where(Answer.version_id.in_(version_ids))
        .group_by(Answer.version_id, Answer.kind)
    )
    found: dict[int, dict[AnswerKind, Many]] = defaultdict(dict)
    for version_id, kind, *counted in db.session.execute(query):
        found[version_id][kind] = Many(*counted)
    return found


def _first(many: Mapping[int, Mapping[AnswerKind, Many]], public: bool) -> list[Select[int]]:
    """The keys of the first of each kind, by an index: those with a reason, and then as many others as there is room for."""
    query = select(Answer.id).order_by(Answer.at, Answer.id)
    if public:
        query = query.where(_open_name(many))
    found = []
    for version_id, kinds in many.items():
        for kind, numbers in kinds.items():
            all_, reasons = (
                (numbers.nameable, numbers.public_reasons) if public else (numbers.given, numbers.reasons)
            )
            alike = query.where(Answer.version_id == version_id, Answer.kind == kind)
            if reasons:
                found.append(alike.where(_REASON).limit(A_PAGE))
            if reasons < min(all_, A_PAGE):
                found.append(alike.where(~_REASON).limit(A_PAGE - reasons))
    return found


def _rows(keys: Sequence[Select[int]]) -> Sequence[Any]:
    """Answers with all that is shown beside them, in the order in which they were given."""
    if not keys:
        return ()
    either = union_all(*(select(each.subquery().c.id) for each in keys))
    enterer = another(Person, "enterer")
    query = (
        select(Answer, RollEntry, Membership.state, Membership.end, ReasonReply, enterer.name)
        .join(RollEntry, RollEntry.id == Answer.entry_id)
        .outerjoin(Membership, Membership.id == RollEntry.membership_id)
        .outerjoin(
            ReasonReply,
            and_(ReasonReply.entry_id == Answer.entry_id, ReasonReply.answers_at == Answer.at),
        )
        .outerjoin(enterer, enterer.id == Answer.entered_by_id)
        .where(Answer.id.in_(either))
        .options(joinedload(RollEntry.person), joinedload(RollEntry.organisation))
        .order_by(Answer.at, Answer.id)
    )
    return db.session.execute(query).all()
