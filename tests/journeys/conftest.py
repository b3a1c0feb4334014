"""Journeys run in Debian's Chromium: with scripts on SQLite, without them on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import databases
from tests.journeys.house import House, a_house

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@pytest.fixture(scope="session")
def with_scripts(request: pytest.FixtureRequest) -> bool:
    """Whether browsers of this run have scripts on."""
    return request.config.getoption("--db") == "sqlite"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all journeys of a worker."""
    if not Path(CHROMIUM).exists():
        message = f"Chromium is missing ({CHROMIUM}): no journey was made"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A govnet of this module's own, not founded yet."""
    folder = tmp_path_factory.mktemp("house")
    if request.config.getoption("--db") == "sqlite":
        url = f"sqlite:///{folder}/govnet.db"
    else:
        worker = getattr(request.config, "workerinput", {})
        base = worker.get("cluster") or request.config.stash[databases.CLUSTER].url
        url = databases.create_database(
            base, f"journey_{worker.get('workerid', 'main')}_{request.module.__name__.split('.')[-1]}"
        )
    with a_house(folder, url) as made:
        yield made


@pytest.fixture(autouse=True)
def time() -> None:
    """The processes of a house follow a clock of their own; this one is the system's."""
