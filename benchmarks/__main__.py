"""Run every benchmark, or the one that is named: one JSON object a line; exit 1 where a bar is missed."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import benchmarks
from govnet.kernel import logs


def results(words: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Of the benchmark that the first word names, with what follows it; without one, of all that do not stand alone."""
    if words:
        yield from importlib.import_module(f"benchmarks.{words[0]}").main(*([words[1:]] if words[1:] else ()))
        return
    names = sorted(
        one.name for one in pkgutil.iter_modules(benchmarks.__path__) if not one.name.startswith("_")
    )
    for module in (importlib.import_module(f"benchmarks.{name}") for name in names):
        if not getattr(module, "ALONE", False):
            yield from module.main()


def main() -> int:
    logs.configure()  # as in production, and beside the results
    missed = 0
    for result in results(sys.argv[1:]):
        print(json.dumps(result), flush=True)
        missed += not result.get("ok", True)  # what has no bar is only measured
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
