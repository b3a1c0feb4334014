"""How many mistakes in the pure rules their tests find: each line is made wrong in a few ways, and tests must notice.

`make mutants [RULES=govnet/offices/rules.py]` prints a JSON object for each module, and one for all. Which files are
made wrong, and which tests are asked, stands in pyproject.toml under tool.mutmut; `mutmut show NAME` prints one mistake.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mutmut.mutation.data import SourceFileMutationData
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

ALONE = True
AT_LEAST = 95
"""Of a hundred mistakes, so many are found by tests."""
FOLDER = Path("mutants")
FOUND = ("killed", "timeout", "segfault")
IMPURE = {Path("govnet/people/addresses.py")}
"""Of a file that asks the database too, only the functions that a test without one reaches are counted."""


def main(files: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """A result a file, and one for all of them."""
    asked = [Path(file) for file in files]
    for gone in (FOLDER / "tests", *(() if asked else (FOLDER,))):
        shutil.rmtree(gone, ignore_errors=True)  # mutmut would keep tests that have moved
    (FOLDER / "mutmut-stats.json").unlink(missing_ok=True)
    names = [".".join((*file.with_suffix("").parts, "*")) for file in asked]
    subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    results = [measured(path) for path in asked or sorted(walk_mutatable_files())]
    yield from results
    yield {
        "name": "all",
        **_score(sum(one["mutants"] for one in results), sum(one["killed"] for one in results)),
    }


def measured(path: Path) -> dict[str, Any]:
    """What became of the mutants of a file."""
    data = SourceFileMutationData(path=path)
    data.load()
    ends = {name: status_by_exit_code[code] for name, code in data.exit_code_by_key.items()}
    if path in IMPURE:
        ends = {name: end for name, end in ends.items() if end != "no tests"}
    many = Counter(ends.values())
    survived = [name.rpartition(".")[2] for name, end in ends.items() if end not in FOUND]
    return {
        "name": str(path),
        **_score(len(ends), sum(many[end] for end in FOUND)),
        "survived": survived,
    }


def _score(mutants: int, killed: int) -> dict[str, Any]:
    share = 100 * killed / mutants if mutants else 100.0
    return {"mutants": mutants, "killed": killed, "percent": round(share, 1), "ok": share >= AT_LEAST}
