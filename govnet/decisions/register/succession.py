"""The decisions that replaced others, and those they had replaced: read for `in_force`, and the same rule as SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, case, exists, literal, or_, select
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from govnet.decisions.models import Decision
from govnet.decisions.rules.outcome import ADOPTED
from govnet.extensions import db
from govnet.kernel.statements import another


def read(wanted: Select[int], *options: ExecutableOption) -> list[Decision]:
    """The decisions with these ids, the oldest first, each with what came before and after it; in one statement."""
    rows = db.session.execute(line_query(wanted).options(*options)).unique().all()
    _put_beside([decision for decision, _given in rows], {decision.id for decision, given in rows if given})
    return [decision for decision, given in rows if given]


def line_query(wanted: Select[int]) -> Select[Decision, bool]:
    """The wanted decisions, those that each had replaced, and the successors of any, until one holds for good.

    Beside each is whether it was wanted itself.
    """
    given = wanted.cte("given")
    start, later = another(Decision, "start"), another(Decision, "later")
    back = select(start.supersedes_id).join(given, given.c.id == start.id)
    first = select(given.c.id).union(back.where(start.supersedes_id.is_not(None))).subquery()
    line = select(first.c.id, literal(1).label("ends")).cte("line", recursive=True)
    after = select(later.id, _ends(later)).join(line, later.supersedes_id == line.c.id)
    line = line.union(after.where(line.c.ends == 1))
    asked = Decision.id.in_(select(given.c.id))
    these = select(line.c.id).distinct().subquery()  # joined first: planners look no further than some joins
    found = select(Decision, asked).select_from(these).join(Decision, Decision.id == these.c.id)
    return found.order_by(Decision.decided_at, Decision.id)


def _ends(decision: type[Decision]) -> ColumnElement[int]:
    """1 for a trial, as a number: databases expect few rows with a certain one, and so look them up in an index."""
    return case((decision.trial_until.is_not(None), 1), else_=0).label("ends")


def _put_beside(found: Sequence[Decision], given: set[int]) -> None:
    """Give each its successors, where `in_force` looks for them, and the wanted ones those they had replaced."""
    by_id = {each.id: each for each in found}
    later: dict[int | None, list[Decision]] = defaultdict(list)
    for each in found:
        later[each.supersedes_id].append(each)
    before = {by_id[key].supersedes_id for key in given}
    for each in found:
        if each.id in given or each.id in before or each.trial_until is not None:
            set_committed_value(each, "superseded_by", later[each.id])
        if each.id in given:
            set_committed_value(each, "supersedes", by_id.get(each.supersedes_id or 0))


def replaced(today: date) -> ColumnElement[bool]:
    """Whether another has its place on that day, as SQL: what `in_force.replaced_until` says."""
    first, later = another(Decision, "first"), another(Decision, "later")
    taken = select(first.id, first.trial_until).where(
        first.supersedes_id == Decision.id, first.outcome.in_(ADOPTED)
    )
    holders = taken.correlate(Decision).cte("holders", recursive=True, nesting=True)
    onward = select(later.id, later.trial_until).join(holders, later.supersedes_id == holders.c.id)
    holders = holders.union_all(onward.where(holders.c.trial_until <= today, later.outcome.in_(ADOPTED)))
    return exists().where(or_(holders.c.trial_until.is_(None), holders.c.trial_until > today))
