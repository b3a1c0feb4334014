"""Every benchmark that runs with the others still runs: at a small size, for what it reads, not for how fast it is."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest

import benchmarks

pytestmark = pytest.mark.sqlite
SMALL: dict[str, dict[str, Any]] = {
    "attacks": {"CONNECTIONS": 8, "SECONDS": 2.0},
    "closing": {"MANY": 30, "FEW": 5, "ROUNDS": 1, "REQUESTS": 1},
    "mail": {"ROUNDS": 2, "A_ROUND": 5},
    "register": {"MANY": 60, "FEW": 20, "ROUNDS": 1, "REQUESTS": 1},
    "start_up": {"ROUNDS": 1},
    "thread_page": {"THREADS": 3, "ROUNDS": 1},
}
RUN = {
    one.name: importlib.import_module(f"benchmarks.{one.name}")
    for one in pkgutil.iter_modules(benchmarks.__path__)
    if not one.name.startswith("_")
}


@pytest.mark.parametrize(
    "name", sorted(name for name, each in RUN.items() if not getattr(each, "ALONE", False))
)
def test_a_benchmark_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for constant, value in SMALL[name].items():
        monkeypatch.setattr(RUN[name], constant, value)
    found = list(RUN[name].main())
    assert found
    assert all(isinstance(result["ok"], bool) and result["name"] for result in found)
