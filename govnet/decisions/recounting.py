"""Every answer behind a decision, as data: enough for anybody to count it again without this program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from govnet.decisions import queries, voices
from govnet.decisions.book import Decision
from govnet.decisions.models import Position, RollEntry
from govnet.extensions import db
from govnet.kernel.actor import Actor
from govnet.people.models import Organisation, Person


def as_data(decision: Decision, actor: Actor) -> dict[str, Any]:
    """What was decided by which rule, the tally that the register keeps, and every answer of that moment.

    Names stand beside answers as on the page of the decision. Where none does, an answer that was not counted is
    without its kind too: few have an interest, and members know who. In the order of names, then of answers: nobody
    can tell from the place of an answer whose it is. One statement, whatever thousands answered.
    """
    member = actor.is_member or actor.is_officer
    names = voices.sees_names(decision.version.visible, member=member, closed=True, has_answered=False)
    return {
        "number": decision.number,
        "question": decision.question,
        "matter": decision.matter,
        "body": decision.body,
        "method": decision.method,
        "charter": decision.charter_version.number,
        "could_answer": decision.roll_size,
        "after_waiting": decision.after_waiting,
        "outcome": decision.outcome.value,
        "tally": json.loads(decision.tally),
        "names": names,
        "answers": sorted(_answers(decision.version_id, names), key=_by_name),
    }


def _answers(version_id: int, names: bool) -> Iterator[dict[str, Any]]:
    kept = (Position.kind, Position.counted, Position.recused, Position.choices, Position.named)
    query = (
        select(*kept, RollEntry.organisation_id, Person.name, Organisation.name.label("organisation"))
        .join(RollEntry, RollEntry.id == Position.entry_id)
        .outerjoin(Person, Person.id == RollEntry.person_id)
        .outerjoin(Organisation, Organisation.id == RollEntry.organisation_id)
        .where(Position.version_id == version_id)
    )
    return (_answer(row, names) for row in db.session.execute(query))


def _answer(row: Any, names: bool) -> dict[str, Any]:
    shown = names or row.named or row.organisation_id is not None
    said = shown or row.counted
    return {
        "name": (row.name or row.organisation or None) if shown else None,
        "organisation": row.organisation_id is not None,
        "answer": row.kind.value if said else None,
        "choices": queries.ballot(row.choices) if said and row.choices else None,
        "counted": row.counted,
        "recused": row.recused,
    }


def _by_name(answer: dict[str, Any]) -> tuple[bool, str, str]:
    return answer["name"] is None, answer["name"] or "", json.dumps(answer, sort_keys=True)
