"""Every form that any test sends, while the database fails: those, too, that no walk through the pages finds or can fill in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.faults.failing import ALL

pytestmark = [] if ALL else [pytest.mark.sqlite]
FEW = "tests/letters/test_letter_pages.py"
"""Tests whose forms are tried where not all are asked for."""
CHANGES_NOTHING = {"announcements.fragment", "forum.preview"}
"""Forms that save nothing: they show what is typed."""
NOT_REACHED = {
    "coordinator.leave", "decisions.close_early", "decisions.end_interest", "decisions.extend", "decisions.leave_draft",
    "decisions.reject_suggestion", "decisions.remove_mail", "decisions.take_suggestion_back",
    "forum.close", "forum.hear", "forum.read", "membership.confirm_own", "membership.decline_claim", "membership.end_voice",
    "membership.hand_on", "membership.speak", "membership.withdraw",
}  # fmt: skip
"""Forms that no test was seen to send by itself, with nothing open in the database: a list to make shorter."""


@pytest.mark.usefixtures("new_database")
def test_a_form_that_another_test_sends_is_whole_or_not_at_all(
    request: pytest.FixtureRequest, built_app: Flask, tmp_path: Path
) -> None:
    found = tmp_path / "acts"
    words = ["-q", "-p", "no:cacheprovider", "-p", "tests.faults.borrowed"]
    database = f"--db={request.config.getoption('--db')}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, database, "--ignore=tests/faults", "tests" if ALL else FEW],
        env={**os.environ, "BORROWED": str(found)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    acts = [json.loads(line) for line in found.read_text().splitlines()]
    wrong = [trouble for act in acts for trouble in act["wrong"]]
    assert not wrong, "\n".join(wrong)
    tried = {act["endpoint"] for act in acts}
    forms = {rule.endpoint for rule in built_app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert tried
    if ALL:
        assert forms - tried <= CHANGES_NOTHING | NOT_REACHED, sorted(forms - tried)
