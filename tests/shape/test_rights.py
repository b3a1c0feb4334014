"""Rights are in one table: the files that may ask it, and how."""

from __future__ import annotations

import pytest

from tests.shape import source

FILES = source.files()
TABLE = "permissions.py"
KNOW_ROLES = {
    TABLE,
    "factory/__init__.py",  # hands in where people and rules are looked up
    "record/registry.py",  # a sentence says that somebody decided their own case
    "decisions/answers/entered_answers.py",  # an office entered for nobody whom the answer is about
}
"""Files that know who a right can be given to."""
NEVER_ASK = {"models", "rules", "events", "queries", "forms", "labels", "notify", "mails", "listeners", "cli"}
"""Files that judge nobody: they say what is, what was typed, and what is said of it."""
ASK_ALL_THE_SAME = {
    "desk/queries.py",  # what waits for an officer is what that officer may do
}


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_the_people_a_right_is_given_to_stand_in_the_table_alone(path):
    if "govnet.roles" in source.imported(path):
        assert source.name(path) in KNOW_ROLES, f"{source.name(path)} chooses who has a right"


def _is_views(path):
    return path.stem == "views" or path.stem.endswith("_views")


@pytest.mark.parametrize("path", [path for path in FILES if _is_views(path)], ids=source.name)
def test_views_name_their_right_and_leave_asking_to_the_table(path):
    asked = {f"govnet.permissions.{name}" for name in ("require", "authority", "check_right")}
    assert not asked & source.imported(path), f"{source.name(path)}: @allows(Can...)"


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in NEVER_ASK], ids=source.name)
def test_rules_and_labels_ask_for_no_right(path):
    if source.name(path) not in ASK_ALL_THE_SAME:
        assert "govnet.permissions" not in source.imported(path), source.name(path)


def test_only_views_declare_what_a_view_allows():
    declared = {
        source.name(path)
        for path in FILES
        if "govnet.permissions.allows" in source.imported(path) and not _is_views(path)
    }
    assert declared == set()


def test_each_exception_is_still_needed():
    wanted = [
        (KNOW_ROLES, "govnet.roles"),
        (ASK_ALL_THE_SAME, "govnet.permissions"),
    ]
    for names, module in wanted:
        assert [name for name in names if module not in source.imported(source.PACKAGE / name)] == []
