"""No page, mail or rule speaks of what the program cannot do yet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_YET = re.compile(
    r"\belections?\b|\belected\b|secret(?:ly)? (?:ballot|answer|vote)|\bmanifesto\b", re.IGNORECASE
)
SAYS = sorted(
    [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "templates").rglob("*.txt"),
        *(ROOT / "govnet").rglob("*.py"),
        ROOT / "govnet/demo/data/network.toml",
    ]
)
NO_PROMISE = {
    "govnet/charter/models.py": "addresses that no network may take",
    "govnet/charter/presets.py": "a sentence that members of a network agree to",
    "govnet/offices/models.py": "a way to come by a place that entries can hold",
    "govnet/committee/appointments.py": "a value that is false so far",
    "govnet/committee/rules.py": "a value that is false so far",
}


@pytest.mark.parametrize("path", SAYS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_promises_elections_secret_ballots_or_a_manifesto(path: Path) -> None:
    said = NOT_YET.findall(path.read_text(encoding="utf-8"))
    assert not said or path.relative_to(ROOT).as_posix() in NO_PROMISE
