"""The decision in the register that gives or takes an office: found by the number that people cite."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from govnet.decisions.models import Decision
from govnet.extensions import db
from govnet.kernel.errors import RuleBroken
from govnet.offices.rules import Basis

_NUMBER = re.compile(r"(\d{4})-(\d{1,4})")


def basis_numbered(network_id: int, number: str) -> Basis:
    """The decision with that number, e.g. 2015-07. Raises RuleBroken when the register has none."""
    found = _NUMBER.fullmatch(number.strip())
    row = _decision(network_id, int(found[1]), int(found[2])) if found else None
    if row is None:
        raise RuleBroken(
            _("There is no decision %(number)s in the register. A number looks like 2015-07.", number=number),
            field="decision",
        )
    decision, newer = row
    return Basis(
        decision.id,
        decision.number,
        decision.matter,
        decision.outcome.adopted,
        newer.number if newer is not None and newer.outcome.adopted else "",
        decision.body,
    )


def _decision(network_id: int, year: int, serial: int) -> tuple[Decision, Decision | None] | None:
    newer = aliased(Decision)
    query = (
        select(Decision, newer)
        .outerjoin(newer, newer.supersedes_id == Decision.id)
        .where(Decision.network_id == network_id, Decision.year == year, Decision.serial == serial)
        .order_by(newer.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def recent(network_id: int, matters: frozenset[str], *, limit: int = 12) -> list[tuple[str, str]]:
    """Number and question of the newest adopted decisions about these matters, for the hint beside the field."""
    query = (
        select(Decision)
        .where(Decision.network_id == network_id, Decision.matter.in_(matters))
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(limit)
    )
    return [(d.number, d.question) for d in db.session.scalars(query) if d.outcome.adopted]
