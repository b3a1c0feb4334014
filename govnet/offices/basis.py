"""The decision in the register that gives or takes an office: found by the number that people cite."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.charter.models import Network
from govnet.decisions import succession
from govnet.decisions.book import Decision
from govnet.decisions.states import State, replaced_by, state_of
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.kernel.errors import RuleBroken
from govnet.offices.rules import Basis

_NUMBER = re.compile(r"(\d{4})-(\d{1,4})")


def basis_numbered(network_id: int, number: str) -> Basis:
    """The decision with that number, e.g. 2015-07. Raises RuleBroken when the register has none."""
    found = _NUMBER.fullmatch(number.strip())
    decision = _decision(network_id, int(found[1]), int(found[2])) if found else None
    if decision is None:
        raise RuleBroken(
            _("There is no decision %(number)s in the register. A number looks like 2015-07.", number=number),
            field="decision",
        )
    day = today(db.session.get_one(Network, network_id).zone)
    newer = replaced_by(decision, day)
    return Basis(
        decision.id,
        decision.number,
        decision.matter,
        decision.outcome.adopted,
        newer.number if newer is not None else "",
        decision.body,
        ended=state_of(decision, day) is State.ENDED,
    )


def _decision(network_id: int, year: int, serial: int) -> Decision | None:
    numbered = (Decision.network_id == network_id, Decision.year == year, Decision.serial == serial)
    return next(iter(succession.read(select(Decision.id).where(*numbered))), None)


def recent(network_id: int, matters: frozenset[str], *, limit: int = 12) -> list[tuple[str, str]]:
    """Number and question of the newest adopted decisions about these matters, for the hint beside the field."""
    query = (
        select(Decision)
        .where(Decision.network_id == network_id, Decision.matter.in_(matters))
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(limit)
    )
    return [(d.number, d.question) for d in db.session.scalars(query) if d.outcome.adopted]
