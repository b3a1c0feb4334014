"""Asks people who take office for the promise on conduct. No power depends on it; everybody sees who has not promised."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, or_, select

from govnet.charter import parameters as p
from govnet.charter.kinds import unticked
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force, rules_of, version_in_force
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.tasks import task_rows
from govnet.offices import events
from govnet.offices.models import CodePromise, Mandate, Seat, Term
from govnet.permissions import Can, require
from govnet.record.actions import record


def ask(office: Term | Mandate, people: Collection[int]) -> None:
    """Ask those who take this office, where the rules have a code. In the transaction that gives it."""
    if not rules_in_force(office.network_id)[p.CODE_OF_CONDUCT]:
        return
    key = {"term_id": office.id} if isinstance(office, Term) else {"mandate_id": office.id}
    rows = [
        CodePromise(network_id=office.network_id, person_id=each, asked_at=clock.now(), **key)
        for each in people
    ]
    db.session.add_all(rows)


def _serving() -> tuple[Any, ...]:
    """The promise is about an office that is not over."""
    day = clock.now().date()
    return (or_(Term.end > day, and_(Mandate.end > day, Mandate.id.is_not(None))),)


def _of_offices(query: Select[Any]) -> Select[Any]:
    query = query.outerjoin(Term, Term.id == CodePromise.term_id)
    return query.outerjoin(Mandate, Mandate.id == CodePromise.mandate_id).where(*_serving())


def waiting(person_id: int, _now: datetime) -> Select[Any]:
    """The promises that somebody is asked for."""
    rows = task_rows(CodePromise.network_id, CodePromise.id, Network.name)
    rows = rows.join(Network, Network.id == CodePromise.network_id)
    return _of_offices(rows).where(CodePromise.person_id == person_id, CodePromise.at.is_(None))


def missing(network_id: int) -> Sequence[CodePromise]:
    """Those not given yet, of everybody in office."""
    query = select(CodePromise).where(CodePromise.network_id == network_id, CodePromise.at.is_(None))
    return db.session.scalars(_of_offices(query)).all()


def promise(row: CodePromise, ticked: Collection[str], *, by: Actor, via: Door) -> None:
    """Promise every sentence of the code in force today; doing it twice does it once. RuleBroken while one is not ticked."""
    act = require(by, Can.PROMISE_CODE, row, via)
    db.session.refresh(row, with_for_update=True)
    if row.at is not None:
        return
    network = db.session.get_one(Network, row.network_id)
    version = version_in_force(network.id)
    code = rules_of(version)[p.CODE_OF_CONDUCT]
    if unticked(code, ticked):
        raise RuleBroken(_("Tick each sentence that you promise to keep."), field="agrees")
    row.at, row.charter_version_id = clock.now(), version.id
    row.statements = json.dumps(code, ensure_ascii=False)
    about: dict[str, Any] = {"act": act, "charter": version}
    digest = hashlib.sha256(row.statements.encode()).hexdigest()
    record(
        events.CodePromised(**about, promise=row, office=_office(row), number=version.number, digest=digest)
    )


def _office(row: CodePromise) -> str:
    if row.term_id is None:
        return str(_("the coordinator’s mandate"))
    seat = select(Seat.name).join(Term, Term.seat_id == Seat.id).where(Term.id == row.term_id)
    return str(_("the place “%(place)s”", place=db.session.scalar(seat)))
