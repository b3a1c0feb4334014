"""A long register, written at once: for tests and benchmarks of what lists it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from govnet.charter.models import CharterVersion, Network
from govnet.decisions.models import Decision, Proposal, ProposalVersion, VersionState
from govnet.decisions.register.models import DecisionCounter
from govnet.decisions.rules.outcome import Outcome
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.people.models import Person

OUTCOMES = (Outcome.CONSENSUS, Outcome.VOTED, Outcome.STAND_ASIDES, Outcome.BLOCKED, Outcome.ELSEWHERE)
TALLY = '{"agree": 9, "reservations": 2, "stand-aside": 1, "block": 0, "no-view": 1}'


def a_long_register(network: Network, author: Person, many: int, *, topics: tuple[int, ...] = ()) -> None:
    """`many` decisions, two a day and 500 a year, of all kinds; every seventh is replaced by the next, and one in ten
    was on trial."""
    now = clock.now()
    with transaction():
        keys, charter = _proposals(network, author, many)
        serials: Counter[int] = Counter()
        rows = []
        for place, key in enumerate(keys):
            year = now.year - (many - 1 - place) // 500
            serials[year] += 1
            rows.append(_decision(key, place, year, serials[year], network.id, charter, now, topics))
        db.session.execute(insert(Decision), rows)
        counters = [{"network_id": network.id, "year": year, "last": last} for year, last in serials.items()]
        db.session.execute(insert(DecisionCounter), counters)


def adopted_as(network: Network, author: Person, shapes: Sequence[dict[str, Any]]) -> None:
    """A register that holds nothing but adopted decisions of these shapes, numbered from 1 on."""
    now = clock.now()
    with transaction():
        keys, charter = _proposals(network, author, len(shapes))
        plain = [_decision(key, 0, now.year, key, network.id, charter, now, ()) for key in keys]
        pairs = zip(plain, shapes, strict=True)
        rows = [row | {"outcome": Outcome.CONSENSUS} | shape for row, shape in pairs]
        db.session.execute(insert(Decision), rows)
        db.session.add(DecisionCounter(network_id=network.id, year=now.year, last=len(rows)))


def _proposals(network: Network, author: Person, many: int) -> tuple[range, int | None]:
    """So many, with the words that decisions come from: their keys, and the rules under which they were made."""
    now, author_id, network_id = clock.now(), author.id, network.id
    charter = db.session.scalars(
        select(CharterVersion.id).where(CharterVersion.network_id == network_id)
    ).first()
    first = (db.session.scalar(select(func.max(ProposalVersion.id))) or 0) + 1
    keys = range(first, first + many)
    about = {
        "network_id": network_id,
        "author_id": author_id,
        "opened_at": now - timedelta(days=9),
        "first_deadline": now - timedelta(days=1),
        "door": Door.WEB,
    }
    db.session.execute(
        insert(Proposal), [{"id": key, **about, "matter": "statement", "body": "all"} for key in keys]
    )
    db.session.execute(insert(ProposalVersion), [_version(key, author_id, charter, now) for key in keys])
    return keys, charter


def _version(key: int, author_id: int, charter: int | None, now: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "proposal_id": key,
        "number": 1,
        "author_id": author_id,
        "question": f"Should we do thing number {key}?",
        "text": "We do it.",
        "html": "<p>We do it.</p>",
        "method": "consensus",
        "visible": "at_once",
        "opened_at": now - timedelta(days=9),
        "deadline": now - timedelta(days=1),
        "closed_at": now,
        "state": VersionState.CLOSED,
        "outcome": OUTCOMES[key % len(OUTCOMES)],
        "roll_size": 120,
        "charter_version_id": charter,
    }


def _decision(
    key: int, place: int, year: int, serial: int, network_id: int, charter: int | None, now: datetime, topics: Any
) -> dict[str, Any]:  # fmt: skip
    outcome = OUTCOMES[key % len(OUTCOMES)]
    replaces = place % 7 == 6 and outcome.adopted and OUTCOMES[(key - 1) % len(OUTCOMES)].adopted
    return {
        "id": key,
        "network_id": network_id,
        "year": year,
        "serial": serial,
        "version_id": key,
        "proposal_id": key,
        "question": f"Should we do thing number {key}?",
        "topic_id": topics[key % len(topics)] if topics else None,
        "matter": ("statement", "money", "members")[key % 3],
        "body": "all",
        "method": "elsewhere" if outcome is Outcome.ELSEWHERE else ("consensus", "majority")[key % 2],
        "outcome": outcome,
        "tally": TALLY,
        "roll_size": 120,
        "charter_version_id": charter,
        "door": Door.MEETING if outcome is Outcome.ELSEWHERE else Door.WEB,
        "decided_at": now - timedelta(hours=12 * place),
        "trial_until": date(2000 + place % 40, 1, 1) if place % 10 == 9 and outcome.adopted else None,
        "supersedes_id": key - 1 if replaces else None,
        "digest": "0" * 64,
    }
