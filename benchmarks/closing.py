"""Closing what 5,000 have answered: how long nobody else can write, on SQLite; and the proposal's page with as many answers."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from govnet import create_app
from govnet.charter.models import Network
from govnet.charter.queries import version_in_force
from govnet.decisions.closing import actions
from govnet.decisions.models import Answer, RollEntry
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.memory import settle
from govnet.kernel.transaction import transaction
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.operations.database import upkeep
from govnet.people.models import Person
from tests import builders
from tests.decisions.builders import a_proposal, version_of

MANY, FEW = 5_000, 50
ROUNDS, REQUESTS = 7, 10
MOST_MS = 200.0
PAGE_BAR = 3.0


def main() -> Iterator[dict[str, Any]]:
    """Two results: the page with many answers over the page with few, and the time of the closing transaction."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        now = stack.enter_context(clock.moved_to(clock.now()))
        app = create_app(
            {
                "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/bench.db",
                "DATA_DIR": folder,
                "SECRET_KEY": "bench",
            }
        )
        client, pages, versions = _filled(app)
        for page in pages:
            _cpu(client, page)
        pairs = [(_cpu(client, pages[0]), _cpu(client, pages[1])) for _ in range(ROUNDS)]
        ratio = statistics.median(many / few for many, few in pairs)
        yield {
            "name": f"proposal's page with {MANY} answers, signed in",
            "value": round(statistics.median(many for many, _ in pairs), 2), "unit": "ms of CPU",
            "against": f"the same with {FEW}", "ratio": round(ratio, 2), "bar": PAGE_BAR, "ok": ratio <= PAGE_BAR,
        }  # fmt: skip
        now.move(timedelta(days=30))
        spent = _closing_time(app, versions[0])
    yield {
        "name": f"closing what {MANY} answered, in one transaction", "value": round(spent, 1), "unit": "ms of write lock",
        "against": f"{MOST_MS:.0f} ms", "ratio": round(spent / MOST_MS, 2), "bar": 1.0, "ok": spent <= MOST_MS,
    }  # fmt: skip


def _filled(app: Flask) -> tuple[FlaskClient, list[str], list[int]]:
    """A network of many members, two proposals (answered by many, by few), and the browser of one of them."""
    with app.app_context():
        db.create_all()
        network = builders.a_network()
        me = builders.a_member(network, "Me Myself")
        _crowd(network)
        proposals = [a_proposal(network, me) for _ in range(2)]
        versions = [version_of(each).id for each in proposals]
        for version_id, many in zip(versions, (MANY, FEW), strict=True):
            _answer(version_id, many)
        upkeep.count()  # as the worker does in a network that has grown
        settle()  # as every process does
        client = builders.sign_in(app.test_client(), db.session.get_one(Person, me.id))
        return client, [f"/uk/proposals/{each.id}" for each in proposals], versions


def _crowd(network: Network) -> None:
    same = {
        "network_id": network.id,
        "charter_version_id": version_in_force(network.id).id,
        "kind": MembershipKind.INDIVIDUAL,
        "state": MembershipState.ACTIVE,
        "start": clock.today(network.zone) - timedelta(days=100),
        "confirmed_at": clock.now(),
    }
    with transaction():
        rows = [{"name": f"Member Number {n}", "created_at": clock.now()} for n in range(MANY)]
        people = db.session.scalars(insert(Person).returning(Person.id), rows).all()
        db.session.execute(insert(Membership), [{"person_id": one, **same} for one in people])


def _answer(version_id: int, many: int) -> None:
    """Rows as they would be had each answered; a tenth with a worry and a reason."""
    query = select(RollEntry.id, RollEntry.person_id).where(RollEntry.version_id == version_id).limit(many)
    kinds = (*[AnswerKind.AGREE] * 8, AnswerKind.RESERVATIONS, AnswerKind.NO_VIEW)
    same = {"version_id": version_id, "counted": True, "door": Door.WEB, "at": clock.now(), "salt": "0" * 32}
    rows = []
    for n, (entry_id, person_id) in enumerate(db.session.execute(query).all()):
        kind = kinds[n % len(kinds)]
        reason = "It may keep some people away." if kind is AnswerKind.RESERVATIONS else ""
        rows.append({"entry_id": entry_id, "cast_by_id": person_id, "kind": kind, "reason": reason, **same})
    with transaction():
        db.session.execute(insert(Answer), rows)


def _cpu(client: FlaskClient, path: str) -> float:
    began = time.process_time()
    for _ in range(REQUESTS):
        assert client.get(path).status_code == 200
    return (time.process_time() - began) / REQUESTS * 1000


def _closing_time(app: Flask, version_id: int) -> float:
    """Milliseconds that the whole transaction took: the lock is held for less."""
    with app.app_context():
        began = time.perf_counter()
        with transaction():
            assert actions.close(version_id)
        return (time.perf_counter() - began) * 1000
