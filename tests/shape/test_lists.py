"""The parts that every feature may have, and one page or act puts together: no feature is left out of the list."""

from __future__ import annotations

import importlib

import pytest

from govnet.accounts import erasure, export, tasks
from tests.shape import source


def _features(name: str) -> list[str]:
    return sorted(source.feature(path) for path in source.files() if path.name == name)


@pytest.mark.parametrize("feature", _features("tasks.py"))
def test_the_tasks_of_every_feature_are_shown_on_the_page_you(feature: str) -> None:
    if feature in ("kernel", "desk", "accounts"):  # how tasks are written, an officer's, and the list
        return
    theirs = importlib.import_module(f"govnet.{feature}.tasks").TASKS
    assert theirs
    assert set(theirs) <= set(tasks.KINDS)


@pytest.mark.parametrize("feature", _features("personal.py"))
def test_every_feature_s_data_about_a_person_is_exported_and_erased_with_them(feature: str) -> None:
    if feature in ("kernel", "accounts"):  # how columns are declared, and what is worked out from that
        return
    personal = importlib.import_module(f"govnet.{feature}.personal")
    assert getattr(personal, "held", None) in (None, *export.SECTIONS.values())
    assert personal.forget in erasure.FORGETTERS
