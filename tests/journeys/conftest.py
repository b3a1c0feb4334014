"""Journeys run in Debian's Chromium: with scripts on SQLite, without them on PostgreSQL. A module is one journey."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.house import House, a_house
from tests.journeys.network import Cast

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@pytest.fixture(scope="session")
def with_scripts(request: pytest.FixtureRequest) -> bool:
    """Whether browsers of this run have scripts on."""
    return bool(request.config.getoption("--db") == "sqlite")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all journeys of a worker."""
    if not Path(CHROMIUM).exists():
        message = f"Chromium is missing ({CHROMIUM}): no journey was made"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)  # on somebody's own machine only: with CI=true the line above has failed
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


@pytest.fixture(scope="module")
def house(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    new_database: Callable[[str], str],
) -> Iterator[House]:
    """A govnet of this module's own, not founded yet."""
    url = new_database(f"journey_{request.module.__name__.split('.')[-1]}")
    with a_house(tmp_path_factory.mktemp("house"), url) as made:
        yield made


@pytest.fixture(scope="module")
def cast(house: House, browser: Browser, with_scripts: bool) -> Iterator[Cast]:
    """The people of this module's journey."""
    people = Cast(house, browser, with_scripts)
    yield people
    people.go_home()


_ended_at: dict[str, str] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Remember where a journey came to its end; leave pictures of what people saw there."""
    report = yield
    if report.failed and (module := item.nodeid.split("::")[0]) not in _ended_at:
        _ended_at[module] = item.name
        cast = getattr(item, "funcargs", {}).get("cast")
        for name, person in cast.there.items() if cast else ():
            with suppress(Exception):
                report.sections.append(
                    (name, f"{person.page.url}\n{person.page.locator('main').inner_text()[:2500]}")
                )
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The steps of a journey build on each other: after one that failed there is nothing to see."""
    if before := _ended_at.get(item.nodeid.split("::")[0]):
        pytest.fail(f"the journey ended at {before}", pytrace=False)


@pytest.fixture(autouse=True)
def time() -> None:
    """The processes of a house follow a clock of their own; this one is the system's."""
