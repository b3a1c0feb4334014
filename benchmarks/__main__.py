"""Run every benchmark: one JSON object a line; exit 1 where a bar is missed."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys

import benchmarks


def main() -> int:
    missed = 0
    for module in sorted(
        info.name for info in pkgutil.iter_modules(benchmarks.__path__) if not info.name.startswith("_")
    ):
        for result in importlib.import_module(f"benchmarks.{module}").main():
            print(json.dumps(result), flush=True)
            missed += not result["ok"]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
