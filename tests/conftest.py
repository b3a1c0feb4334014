"""One application on the database named by --db; every test starts from the same empty tables; no test sends real mail."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import Phase, settings

from govnet import create_app
from govnet.charter.models import Network
from govnet.extensions import db, limiter
from govnet.kernel import clock, duties, outage
from govnet.people.models import Person
from tests import builders, databases

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile(
    "few", settings.get_profile("ci"), max_examples=25, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("ci" if os.environ.get("CI") else "here")

_PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])
"""By itself, structlog colours each line of a traceback, which takes seconds."""

START = datetime(2015, 4, 13, 9, 0, tzinfo=UTC)
"""When it is in tests: a Monday, after Easter 2015, 10:00 in London."""


SLOW = (
    *("tests/deploy", "tests/faults", "tests/journeys", "tests/machines", "tests/operations/serving"),
    *(
        "tests/decisions/answers/test_last_minute.py",
        "tests/demo/test_play.py",
        "tests/face/test_two_columns.py",
    ),
    *("tests/mail/delivery/test_kills.py", "tests/operations/test_benchmarks.py"),
)
"""Browsers, many processes and machines, faults at each step, and ten thousand answers: half of all the time."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=("sqlite", "postgresql", "none"),
        default="sqlite",
        help="the database to run on; none: only tests without one",
    )
    parser.addoption("--quick", action="store_true", help="leave out what is slow: the tests in SLOW")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--db") == "postgresql" and not hasattr(config, "workerinput"):
        if not databases.installed():
            missing = "POSTGRESQL IS MISSING (apt-get install postgresql): nothing was tested on it"
            pytest.exit(missing, returncode=1 if os.environ.get("CI") else 0)
        config.stash[databases.CLUSTER] = databases.start_cluster()


def pytest_unconfigure(config: pytest.Config) -> None:
    cluster = config.stash.get(databases.CLUSTER, None)
    if cluster is not None:
        cluster.stop()


def pytest_configure_node(node: object) -> None:
    """Tell each worker of xdist where the cluster is."""
    cluster = node.config.stash.get(databases.CLUSTER, None)  # type: ignore[attr-defined]
    node.workerinput["cluster"] = cluster.url if cluster else ""  # type: ignore[attr-defined]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Once is enough: what opens no database is tested in the run on SQLite alone, what means one database on that.

    Journeys come first: they take the longest, and short tests then fill up both workers to the end.
    """
    kind = config.getoption("--db")
    config.hook.pytest_deselected(items=[item for item in items if not _belongs(item, kind)])
    chosen = [item for item in items if _belongs(item, kind)]
    items[:] = sorted(chosen, key=lambda item: item.get_closest_marker("journey") is None)


def _belongs(item: pytest.Item, kind: str) -> bool:
    if item.config.getoption("--quick") and item.nodeid.startswith(SLOW):
        return False
    for mark, only in (("sqlite", "sqlite"), ("postgres", "postgresql")):
        if item.get_closest_marker(mark):
            return kind == only
    return kind == "sqlite" or ("new_database" in getattr(item, "fixturenames", ())) == (kind == "postgresql")


@pytest.fixture(scope="session")
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], str]]:
    """Makes an empty database of the kind that --db names, and tells its address. All databases of tests come from here."""
    if request.config.getoption("--db") == "sqlite":
        in_memory = Path("/dev/shm")
        parent = in_memory if os.access(in_memory, os.W_OK) else tmp_path_factory.mktemp("db")
        folder = parent / f"govnet-test-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed, whose number came again
        folder.mkdir()
        yield lambda name: f"sqlite:///{folder}/{name}.db"
        shutil.rmtree(folder, ignore_errors=True)
        return
    worker = getattr(request.config, "workerinput", {})
    base = worker.get("cluster") or request.config.stash[databases.CLUSTER].url
    yield lambda name: databases.create_database(base, f"{name}_{worker.get('workerid', 'main')}")


@pytest.fixture(scope="session")
def database_url(new_database: Callable[[str], str]) -> str:
    """The database that all tests of this worker use one after the other."""
    return new_database("govnet")


@pytest.fixture(scope="session")
def built_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, once a worker."""
    app = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": database_url,
            "DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "SQLITE_SYNCHRONOUS": "OFF",
            "SERVER_NAME": None,
            "PROPAGATE_EXCEPTIONS": False,
            "MAIL_SUPPRESS_SEND": False,
        }
    )
    with app.app_context():
        databases.make_template(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A command that a test runs in this very process leaves nothing behind that answers SIGTERM, here or in a fork."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    duties.ending.clear()
    for number, handler in before.items():
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)


@pytest.fixture
def app(built_app: Flask) -> Iterator[Flask]:
    """The application on empty tables."""
    with built_app.app_context():
        databases.reset(db.engine)
    limiter.reset()
    outage._away.clear()
    return built_app


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """Inside an application context, for tests of actions and queries."""
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def network(context: None) -> Network:
    """The network uk, with the rules that nobody has changed."""
    return builders.a_network()


@pytest.fixture
def ann(network: Network) -> Person:
    """A member of it."""
    return builders.a_member(network, "Ann Example")


@pytest.fixture(autouse=True)
def time() -> Iterator[clock.MovedClock]:
    """The clock stands at START until a test moves it."""
    with clock.moved_to(START) as moved:
        yield moved


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser without scripts."""
    return app.test_client()


@pytest.fixture(autouse=True)
def no_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets reach this machine and nothing else."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "local"
        if host not in ("127.0.0.1", "::1", "localhost", "local"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
