"""What every page costs in a large network over what it costs in a small one: CPU of the server and of its database.

`python -m benchmarks growth --scale 0.1 --databases sqlite` (not among the quick ones: it takes minutes, and says on standard
error how far it is). Scale 1 is 100,000 members, 2,000 organisations, 1,000,000 posts, 10,000 decisions and 1,000,000 entries;
the small network is a hundredth of that. Both are made in a folder of their own, or with `--keep FOLDER` there, to be used again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from benchmarks import _network as network

ALONE = True
"""Only run where it is named."""
SMALL = 0.01
BAR = 1.3
ROUNDS = 3
TRIES = 2
"""How often a page that seems to be over the bar is read again, in both networks: other programs use the same processors."""
READ, READERS = "forum.thread", ("visitor", "member")
"""The page of which 150 are read in turn, and by whom; others read the first few."""
FEW = 9
FILES = "/data/record."
LONG = 1.0
"""Seconds after which a page is read once only."""
NAMED = {
    "/data/record.jsonl": "a file of the whole record",
    "/data/record.csv": "a file of the whole record",
    "/me/data/export": "a copy of everything that is theirs",
    "/decisions/<number>/answers.json": "a file of all answers",
    "/decisions/<number>/check": "counts every answer again: that is what it is for",
    "/announcements/<int:announcement_id>/check": "counts all who would get it; where mail came back is known by digests alone",
    "/": "counts who belongs, in an index",
    ".json": "counts who belongs, in an index",
    "/about": "counts who belongs, in an index",
    "/me": "news of each kind is counted, up to 500",
    "/forum": "counts the discussions of each topic, in an index",
    "/forum.json": "counts the discussions of each topic, in an index",
    "/proposals": "counts every answer to those that are open",
    "/proposals.json": "counts every answer to those that are open",
    "/desk": "puts all that waits in order",
    "/proposals/<int:proposal_id>": "counts every answer to it, and those who could answer",
    "/proposals/<int:proposal_id>.json": "counts every answer to it",
    "/decisions/<number>": "counts every answer to it",
    "/decisions/<number>.json": "counts every answer to it",
    "/decisions/<number>/review": "counts every answer to it",
    "/announcements/<int:announcement_id>": "counts all its mails, in an index",
    "/announcements/<int:announcement_id>.json": "counts all its mails, in an index",
    **{
        f"/letters/<int:letter_id>/{act}": "counts its names, in an index"
        for act in ("withdraw", "close", "reply", "sent")
    },
    "/members/imports/<int:roster_import_id>/undo": "looks for what its people have done anywhere",
    "/members": "sorts all the names",
    "/members.json": "sorts all the names",
}
"""Addresses that may cost more, and why."""


def main(words: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """A line for each role and address on each kind of database, the worst first; then the addresses nobody could open."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks growth")
    asked.add_argument("--scale", type=float, default=1.0)
    asked.add_argument(
        "--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"]
    )
    asked.add_argument("--keep", default="", help="a folder for the databases (SQLite's only)")
    asked.add_argument("--only", default="", help="addresses with this in them")
    asked.add_argument("--roles", nargs="+", default=[], help="those who read; otherwise everybody")
    chosen = asked.parse_args(words)
    for kind in chosen.databases:
        yield from sorted(_compared(kind, chosen), key=lambda line: -float(line["ratio"]))


def _compared(kind: str, chosen: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from tests import databases

    with ExitStack() as stack:
        folder = chosen.keep or stack.enter_context(tempfile.TemporaryDirectory())
        Path(folder).mkdir(exist_ok=True)
        cluster = databases.start_cluster() if kind == "postgresql" else None
        if cluster is not None:
            stack.callback(cluster.stop)
        sides = []
        for name, size in (("large", chosen.scale), ("small", min(SMALL, chosen.scale))):
            url = f"sqlite:///{folder}/{size}.db"
            if cluster is not None:
                url = databases.create_database(cluster.url, name)
            side = Side(url, folder, size)
            stack.callback(side.close)
            _say(f"{kind}: {name} network at scale {size} made in {side.ask('ready'):.0f} s")
            sides.append(side)
        yield from _lines(kind, *sides, only=chosen.only, by=chosen.roles)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


class Side:
    """One of the two networks, in a process of its own: the program knows one database at a time."""

    def __init__(self, url: str, folder: str, scale: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, its = context.Pipe()
        self._process = context.Process(target=_serve, args=(its, url, folder, scale), daemon=True)
        self._process.start()

    def ask(self, what: str, *more: Any) -> Any:
        """The answer of the process."""
        self._pipe.send((what, more))
        return self._pipe.recv()

    def close(self) -> None:
        """Let it end."""
        self._process.kill()
        self._process.join()


def _lines(kind: str, large: Side, small: Side, *, only: str, by: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Each address by each role, in both networks in turn, so that both meet what else the processors do."""
    roles, endpoints = large.ask("roles"), large.ask("rules", only)
    small.ask("rules", only)
    opened, began = set(), time.monotonic()
    for role in by or roles:
        for number, (_endpoint, where) in enumerate(endpoints):
            if (FILES in where or where.endswith("/<token>")) and role != "visitor":
                continue  # they are the same for everybody
            found = [side.ask("cost", role, number) for side in (large, small)]
            if None in found:
                continue
            for _ in range(TRIES):
                if _ratio(*found) <= BAR or FILES in where:
                    break
                again = [side.ask("cost", role, number) for side in (large, small)]
                if None in again:
                    break
                found = [tuple(map(min, zip(*pair, strict=True))) for pair in zip(found, again, strict=True)]
            opened.add(where)
            line = _line(kind, f"{role} {where}", *found)
            if not line["ok"]:
                _say(
                    f"{line['ratio']:6.2f} {line['name']}: {line['value']} ms, {line['against']}, cold {line['cold']}"
                )
            yield line
        _say(f"{kind}: {role} done after {time.monotonic() - began:.0f} s")
    for where in sorted({where for _endpoint, where in endpoints} - opened):
        _say(f"{kind}: nobody in these networks can open {where}")


def _ratio(large: tuple[float, float], small: tuple[float, float]) -> float:
    """The worse of warm and cold."""
    return max(mine / max(its, 0.5) for mine, its in zip(large, small, strict=True))


def _line(kind: str, where: str, large: tuple[float, float], small: tuple[float, float]) -> dict[str, Any]:
    ratio = _ratio(large, small)
    why = NAMED.get(where.split(" ", 1)[1].removeprefix("/<network:network>"), "")
    return {
        "name": f"{kind}: {where}", "value": round(large[0], 1), "unit": "ms of CPU, server and database",
        "against": f"{small[0]:.1f} in the small network", "cold": [round(large[1], 1), round(small[1], 1)],
        "ratio": round(ratio, 2), "bar": BAR, "exception": why, "ok": ratio <= BAR or bool(why),
    }  # fmt: skip


# --- in the process of one network


@dataclass
class Reader:
    """The application over one database, and a browser for each role."""

    app: Flask
    browsers: Mapping[str, FlaskClient]
    things: Mapping[str, Sequence[str]]
    backends: set[int]
    """The processes of PostgreSQL that serve this one; none for SQLite, which is in the process."""
    addresses: list[tuple[str, list[str]]] = field(default_factory=list)


def _serve(pipe: Any, url: str, folder: str, scale: float) -> None:
    """Make the network if it is not there, and answer until it is ended."""
    from govnet.kernel import clock

    with clock.moved_to(network.WHEN):
        began = time.monotonic()
        reader = _reader(url, folder, scale)
        answers: dict[str, Callable[..., Any]] = {
            "ready": lambda: time.monotonic() - began,
            "roles": lambda: list(reader.browsers),
            "rules": lambda only: _rules(reader, only),
            "cost": lambda role, number: _cost(reader, role, number),
        }
        while True:
            what, more = pipe.recv()
            pipe.send(answers[what](*more))


def _reader(url: str, folder: str, scale: float) -> Reader:
    from govnet import create_app
    from govnet.extensions import db
    from govnet.people.models import Person
    from tests import builders

    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder, "SECRET_KEY": "bench"})
    app.config["RATELIMIT_ENABLED"] = False
    backends: set[int] = set()
    with app.app_context():
        roles, things = _made(scale)
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            event.listen(db.engine, "connect", lambda row, _record: backends.add(row.info.backend_pid))
        db.engine.dispose()
    browsers = {"visitor": app.test_client()}
    for role, person_id in roles.items():
        with app.app_context():
            browsers[role] = builders.sign_in(app.test_client(), db.session.get_one(Person, person_id))
    return Reader(app, browsers, things, backends)


def _made(scale: float) -> tuple[dict[str, int], dict[str, Sequence[str]]]:
    """The network, made now, or the one that lies in a kept folder."""
    import json

    from govnet.extensions import db
    from govnet.operations.database import upkeep

    path = Path(db.engine.url.database or "").with_suffix(".json")
    if db.engine.dialect.name == "sqlite" and path.exists():
        roles, things = json.loads(path.read_text())
        return roles, things
    db.create_all()
    made = network.fill(scale)
    upkeep.count()
    if db.engine.dialect.name == "sqlite":
        path.write_text(json.dumps(made))
    else:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return made


def _rules(reader: Reader, only: str) -> list[tuple[str, str]]:
    """Every address that a GET answers; from now on known by its place in this list."""
    from tests.kernel.test_ends_of_types import filled, rules

    found, reader.addresses = [], []
    for rule in rules(reader.app):
        if only not in rule.rule:
            continue
        things = {name: values for name, values in reader.things.items() if name in rule.arguments}
        if "<int:number>" in rule.rule:
            things["number"] = ["1"]
        one = {name: values[0] for name, values in things.items()}
        paths = [filled(rule, **one)]
        for name, values in things.items():
            many = values if name != "thread_id" or rule.endpoint == READ else values[:1]
            paths += [filled(rule, **(one | {name: value})) for value in many[1:]]
        paths = list(reader.things.get(rule.rule, paths))  # behind a mailed link
        found.append((rule.endpoint, rule.rule))
        reader.addresses.append((rule.endpoint, paths))
    return found


def _cost(reader: Reader, role: str, number: int) -> tuple[float, float] | None:
    """Milliseconds for one request, warm and cold; None where the role cannot open any of the addresses."""
    client = reader.browsers[role]
    _endpoint, paths = reader.addresses[number]
    began = time.monotonic()
    paths = paths if role in READERS else paths[:FEW]
    if len(paths) <= FEW:
        paths = [path for path in paths if client.get(path, buffered=True).status_code == 200]
    if not paths:
        return None
    slow = (time.monotonic() - began) / len(paths) > LONG
    cold = min(_cold(reader, client, paths) for _ in range(1 if slow or len(paths) > 1 else 2))
    if slow:
        return cold, cold
    rounds = max(1, ROUNDS // len(paths))
    return min(_spent(reader, client, paths) for _ in range(rounds)), cold


def _cold(reader: Reader, client: FlaskClient, paths: Sequence[str]) -> float:
    """Nothing is in the database's memory of a connection: the first request on a new one, or many in turn."""
    from govnet.extensions import db

    with reader.app.app_context():
        db.engine.dispose()
    reader.backends.clear()
    return _spent(reader, client, paths)


def _spent(reader: Reader, client: FlaskClient, paths: Sequence[str]) -> float:
    """Milliseconds of CPU of this process and of its database's backends, for one of the addresses."""
    before, began = _of_backends(reader), time.process_time()
    for path in paths:
        client.get(path, buffered=True)
    mine = time.process_time() - began
    return (mine + _of_backends(reader) - before) * 1000 / len(paths)


def _of_backends(reader: Reader) -> float:
    """Seconds of CPU that they have used, in nanoseconds' precision (/proc/PID/schedstat)."""
    return sum(
        int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9 for pid in list(reader.backends)
    )
