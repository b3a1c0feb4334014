"""What every page costs in a large network over what it costs in a small one: CPU of the server and of its database.

`python -m benchmarks growth --scale 0.1 --databases sqlite postgresql` (not among the quick ones: it takes minutes). Scale 1
is 100,000 members, 2,000 organisations, 1,000,000 posts, 10,000 decisions and 1,000,000 entries; the small network has 1,000
members and as much less of everything. Rows are put in at once, the same at every run.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, text

ALONE = True
"""Only run where it is named."""
SMALL = 0.01
BAR = 1.3
WHEN = datetime(2015, 4, 13, 9, tzinfo=UTC)
AT_ONCE = 5_000
ROUNDS = 5
THREADS = 150
"""Discussions that are read in turn."""
FILES = "/data/record."
NAMED = {
    FILES: "a file of the whole record",
    "/me/data": "a copy of everything that is hers",
    "/found": "the operator’s page of a link",
    "/announcements/<int:announcement_id>/mail": "asks of each reader whether they get it",
    "/members": "sorts all the names",
}
"""Addresses that may cost more, and why."""


def main(words: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """A line for each role and address on each kind of database, the worst first."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks growth")
    asked.add_argument("--scale", type=float, default=1.0)
    asked.add_argument(
        "--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"]
    )
    chosen = asked.parse_args(words)
    for kind in chosen.databases:
        yield from sorted(_compared(kind, chosen.scale), key=lambda line: -float(line["ratio"]))


def _compared(kind: str, scale: float) -> Iterator[dict[str, Any]]:
    from tests import databases

    with tempfile.TemporaryDirectory() as folder:
        cluster = databases.start_cluster() if kind == "postgresql" else None
        try:
            costs = []
            for name, size in (("large", scale), ("small", min(SMALL, scale))):
                url = f"sqlite:///{folder}/{name}.db"
                if cluster is not None:
                    url = databases.create_database(cluster.url, name)
                costs.append(_in_a_process(url, folder, size))
        finally:
            if cluster is not None:
                cluster.stop()
    large, small = costs
    for where, (warm, cold) in large.items():
        if where in small:
            yield _line(kind, where, (warm, cold), small[where])


def _line(kind: str, where: str, large: tuple[float, float], small: tuple[float, float]) -> dict[str, Any]:
    ratio = large[0] / max(small[0], 0.5)
    why = next((why for part, why in NAMED.items() if part in where), "")
    return {
        "name": f"{kind}: {where}", "value": round(large[0], 1), "unit": "ms of CPU, server and database",
        "against": f"{small[0]:.1f} in the small network", "cold": round(large[1] / max(small[1], 0.5), 2),
        "ratio": round(ratio, 2), "bar": BAR, "exception": why, "ok": ratio <= BAR or bool(why),
    }  # fmt: skip


def _in_a_process(url: str, folder: str, scale: float) -> dict[str, tuple[float, float]]:
    """Each application in a process of its own: the program knows one database at a time."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (url, folder, scale))


def _measured(url: str, folder: str, scale: float) -> dict[str, tuple[float, float]]:
    from govnet import create_app
    from govnet.extensions import db
    from govnet.kernel import clock
    from govnet.operations import upkeep

    with clock.moved_to(WHEN):
        app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder, "SECRET_KEY": "bench"})
        app.config["RATELIMIT_ENABLED"] = False
        with app.app_context():
            db.create_all()
            people = fill(scale)
            upkeep.count()
            db.session.remove()
        return dict(_costs(app, people))


# --- the rows


def fill(scale: float) -> dict[str, int]:
    """Make the network; returns the person in each role."""
    from govnet.extensions import db
    from govnet.kernel.transaction import transaction
    from tests import builders
    from tests.decisions.builders import a_proposal
    from tests.decisions.many import a_long_register
    from tests.forum.made import a_topic
    from tests.letters.builders import a_letter

    network = builders.a_network()
    roles = {
        "member": builders.a_member(network, "Mel Member").id,
        "officer": builders.a_steering_member(network).id,
        "coordinator": builders.a_coordinator(network).id,
        "operator": builders.an_operator().id,
    }
    network_id = network.id
    topics = [a_topic(network, f"Topic number {n}").id for n in range(8)]
    author = db.session.get_one(builders.Person, roles["member"])
    proposal_id = a_proposal(network, author).id
    letter_id = a_letter(network, author)
    with transaction():
        members = _members(network_id, int(100_000 * scale))
        _organisations(network_id, int(2_000 * scale), members)
        _posts(network_id, topics, members, int(1_000_000 * scale))
        _names(letter_id, members[: int(10_000 * scale)])
        _answers(proposal_id, members)
    author = db.session.get_one(builders.Person, roles["member"])
    a_long_register(db.session.get_one(builders.Network, network_id), author, int(10_000 * scale))
    with transaction():
        _entries(network_id, int(1_000_000 * scale))
    return roles


def _put(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    from govnet.extensions import db

    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            db.session.execute(insert(model), some)
            some = []
    if some:
        db.session.execute(insert(model), some)


def _after(model: Any) -> int:
    from govnet.extensions import db

    return int(db.session.scalar(select(func.max(model.id))) or 0) + 1


def _belonging(network_id: int) -> dict[str, Any]:
    from govnet.charter.queries import version_in_force

    return {
        "network_id": network_id, "charter_version_id": version_in_force(network_id).id, "state": "active",
        "start": WHEN.date() - timedelta(days=900), "confirmed_at": WHEN - timedelta(days=900),
    }  # fmt: skip


def _members(network_id: int, many: int) -> list[tuple[int, int]]:
    """People with addresses and memberships; their keys, and their memberships'."""
    from govnet.accounts.models import Person, PersonEmail
    from govnet.membership.models import Membership, MembershipKind, MembershipState

    first, place = _after(Person), _after(Membership)
    keys = range(first, first + many)
    same = _belonging(network_id) | {"kind": MembershipKind.INDIVIDUAL, "state": MembershipState.ACTIVE}
    _put(Person, ({"id": k, "name": f"Member Number {k}", "created_at": WHEN} for k in keys))
    about = {"verified_at": WHEN, "main": True}
    _put(PersonEmail, ({"person_id": k, "address": f"m{k}@example.org", **about} for k in keys))
    _put(
        Membership,
        (
            {"id": place + n, "person_id": k, "named_in_public": n % 10 == 0, **same}
            for n, k in enumerate(keys)
        ),
    )
    return [(k, place + n) for n, k in enumerate(keys)]


def _organisations(network_id: int, many: int, members: Sequence[tuple[int, int]]) -> None:
    from govnet.membership.models import (
        Membership,
        MembershipKind,
        MembershipState,
        Organisation,
        Representation,
    )

    first = _after(Organisation)
    keys = range(first, first + many)
    same = _belonging(network_id) | {"kind": MembershipKind.ORGANISATION, "state": MembershipState.ACTIVE}
    _put(
        Organisation,
        ({"id": k, "name": f"Club {k}", "name_key": f"club {k}", "created_at": WHEN} for k in keys),
    )
    _put(Membership, ({"organisation_id": k, **same} for k in keys))
    voices = zip(keys, members, strict=False)
    about = {"is_primary": True, "start": WHEN.date() - timedelta(days=900)}
    _put(Representation, ({"organisation_id": k, "person_id": person, **about} for k, (person, _m) in voices))


def _posts(network_id: int, topics: Sequence[int], members: Sequence[tuple[int, int]], many: int) -> None:
    from govnet.forum.models import Post, Thread

    first = _after(Thread)
    keys = range(first, first + many // 20)

    def at(thread: int) -> datetime:
        return WHEN - timedelta(minutes=10 * (keys.stop - thread))

    def who(n: int) -> int:
        return members[n % len(members)][0]

    _put(Thread, (
        {"id": k, "network_id": network_id, "topic_id": topics[k % len(topics)], "title": f"What about thing {k}?", "at": at(k),
         "author_id": who(k), "posts": 20, "last_post_at": at(k), "last_post_by_id": who(k)} for k in keys
    ))  # fmt: skip
    said = "I have thought about **this** since the meeting. " * 4
    _put(Post, (
        {"network_id": network_id, "thread_id": k, "number": n, "author_id": who(k * 7 + n), "at": at(k), "source": said,
         "html": f"<p>{said}</p>"} for k in keys for n in range(1, 21)
    ))  # fmt: skip


def _names(letter_id: int, members: Sequence[tuple[int, int]]) -> None:
    from govnet.letters.models import Signature

    _put(Signature, (
        {"letter_id": letter_id, "membership_id": m, "person_id": k, "signed_by_id": k, "name": f"Member Number {k}", "at": WHEN}
        for k, m in members
    ))  # fmt: skip


def _answers(proposal_id: int, members: Sequence[tuple[int, int]]) -> None:
    """Everybody on the roll of the open proposal, and a tenth of the answers."""
    from govnet.decisions.models import Position, RollEntry
    from govnet.decisions.queries import newest_version
    from govnet.decisions.rules import Kind
    from govnet.kernel.actor import Door

    version, first = newest_version(proposal_id).id, _after(RollEntry)
    entries = [(first + n, k, m) for n, (k, m) in enumerate(members)]
    _put(RollEntry, (
        {"id": e, "version_id": version, "membership_id": m, "person_id": k, "counted": True} for e, k, m in entries
    ))  # fmt: skip
    same = {
        "version_id": version,
        "kind": Kind.AGREE,
        "counted": True,
        "door": Door.WEB,
        "at": WHEN,
        "salt": "0" * 32,
    }
    _put(Position, ({"entry_id": e, "cast_by_id": k, **same} for e, k, _m in entries[::10]))


def _entries(network_id: int, many: int) -> None:
    """Entries as replies leave them; their hashes are no chain."""
    from govnet.extensions import db
    from govnet.record.models import ChainHead, Entry

    head = db.session.get_one(ChainHead, network_id)
    first = head.number + 1

    def digest(number: int) -> str:
        return hashlib.sha256(str(number).encode()).hexdigest()

    facts = '{"actor":null,"authority":"public","door":"web","subject":"post:%d","verb":"forum.replied"}'
    same = {
        "verb": "forum.replied",
        "visibility": "public",
        "facts_salt": "0",
        "words": "{}",
        "words_salt": "0",
    }
    _put(Entry, (
        {"network_id": network_id, "number": n, "at": WHEN - timedelta(seconds=first + many - n), "subject": f"post:{n}",
         "facts": facts % n, "facts_digest": digest(n), "words_digest": digest(n), "prev_hash": digest(n - 1), "hash": digest(n),
         **_typed(same)} for n in range(first, first + many)
    ))  # fmt: skip
    head.number, head.hash = first + many - 1, digest(first + many - 1)


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    from govnet.record.events import Visibility

    return row | {"visibility": Visibility(row["visibility"])}


# --- the measurement


def _costs(app: Flask, people: dict[str, int]) -> Iterator[tuple[str, tuple[float, float]]]:
    from govnet.accounts.models import Person
    from govnet.extensions import db
    from tests import builders
    from tests.kernel.test_ends_of_types import filled, rules

    for role in ("visitor", *people):
        client = app.test_client()
        if role != "visitor":
            with app.app_context():
                builders.sign_in(client, db.session.get_one(Person, people[role]))
        for rule in rules(app):
            if FILES in rule.rule and role != "visitor":
                continue  # they are the same for everybody
            paths = [filled(rule)]
            if "thread_id" in rule.arguments:
                paths = [filled(rule, thread_id=str(n)) for n in range(1, THREADS + 1)]
            if client.get(paths[0], buffered=True).status_code == 200:
                rounds = 1 if FILES in rule.rule else ROUNDS
                cold = _cold(app, client, paths[-1], rounds)
                yield f"{role} {rule.rule}", (_warm(app, client, paths, rounds), cold)


def _warm(app: Flask, client: FlaskClient, paths: Sequence[str], rounds: int) -> float:
    """The least of some rounds, each over all the addresses in turn."""
    return min(_spent(app, client, paths) / len(paths) for _ in range(rounds if len(paths) == 1 else 1))


def _cold(app: Flask, client: FlaskClient, path: str, rounds: int) -> float:
    """The first request on a new connection."""
    from govnet.extensions import db

    found = []
    for _ in range(min(rounds, 2)):
        with app.app_context():
            db.engine.dispose()
        found.append(_spent(app, client, [path], fresh=True))
    return min(found)


def _spent(app: Flask, client: FlaskClient, paths: Sequence[str], *, fresh: bool = False) -> float:
    """Milliseconds of CPU of this process and of its database's backend."""
    before, began = 0.0 if fresh else _backend(app), time.process_time()
    for path in paths:
        client.get(path, buffered=True)
    mine = time.process_time() - began
    return (mine + _backend(app) - before) * 1000


def _backend(app: Flask) -> float:
    """Seconds of CPU that the backends of this process's connections have used; none for SQLite, which is in the process."""
    from govnet.extensions import db

    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return 0.0
        query = text(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        pids = [row[0] for row in db.session.execute(query)]
        db.session.remove()
    return sum(_cpu_of(pid) for pid in pids)


def _cpu_of(pid: int) -> float:
    """Seconds, in nanoseconds' precision (/proc/PID/schedstat)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0
