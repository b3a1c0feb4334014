"""The figures of size are right: on a small tree that was made up, and for requests of the program itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import _requests, _source, size

ACTIONS = '''"""What is done.

In three lines and a blank one.
"""

from __future__ import annotations

import json, os
from typing import (
    Any,
)

# a comment of its own
class Draft:
    """One line."""

    title: str  # and one beside code
    """Its name."""

    class Meta:
        pass


def save(draft: Any) -> str:
    with transaction():
        act.record(draft)
        record(draft)
    found = db.select(Draft), select(Draft), select.select([], [], [])
    return """
    Text, which is code.

    """ + json.dumps({"a": 1,  "b": found})  # fmt: skip
'''
VIEWS = '''@bp.get("/<network:network>/drafts")
@bp.get("/<network:network>/drafts.json")
@allows(Can.READ)
def drafts():
    return _("# fmt: skip")


@bp.route("/<network:network>/drafts/new", methods=["GET", "POST"])
def new():
    class Draft: """The form."""
    with transaction(): return Draft


@cache.get
@registry.post(drafts)
async def _not_a_route():
    pass
'''
FILES = {
    "govnet/__init__.py": "",
    "govnet/forum/threads/actions.py": ACTIONS,
    "govnet/forum/threads/views.py": VIEWS,
    "govnet/forum/drafts.py": "X = 1\n",
    "govnet/forum/beside.py": "def one(): pass\n",
    "templates/forum/page.html": "<p>\n{# a note\n\nof two lines #}\n\n  {{ words }}{# and one #}\n",
    "tests/test_forum.py": "import pytest\n\n\ndef test_it():\n    assert True\n",
    "docs/glossary.md": "# Words\n`beside` is no row.\n\n| Word | In code |\n|---|---|\n| Draft | `draft` |\n",
    "README.md": "Not counted.\n",
}


def test_lines_are_counted_by_what_they_hold():
    found = _source.measured(FILES)
    actions, views = (_source.Python("", text).kinds for text in (ACTIONS, VIEWS))
    assert actions == {"docstring": 5, "blank": 9, "import": 5, "comment": 1, "code": 12}
    assert views == {"code": 13, "blank": 4}
    assert found["govnet"] == {
        "files": 5, "lines": 51, "code": 27, "import": 5, "docstring": 5, "comment": 1, "blank": 13
    }  # fmt: skip
    assert found["tests"] == {
        "files": 1, "lines": 5, "code": 2, "import": 1, "docstring": 0, "comment": 0, "blank": 2
    }  # fmt: skip
    assert found["templates"] == {"files": 1, "code": 2}
    assert _source.summed(FILES, ["govnet/forum/drafts.py", "govnet/forum/threads/views.py"]) == {
        "files": 2, "lines": 18, "code": 14
    }  # fmt: skip


def test_names_calls_routes_and_lengths_are_the_programs():
    found = _source.measured(FILES)
    assert found["classes_of_one_name"] == {
        "names": 1, "which": {"Draft": ["govnet/forum/threads/actions.py", "govnet/forum/threads/views.py"]}
    }  # fmt: skip
    assert found["other_names"] == {"files": 1, "which": ["govnet/forum/beside.py"]}
    assert found["calls"] == {
        "record()": {"actions": 2}, "select()": {"actions": 2}, "transaction()": {"actions": 1, "views": 1}
    }  # fmt: skip
    assert (found["routes"], found["fmt_skips"]) == (3, 1)
    assert list(found["longest_files"].items())[:2] == [
        ("govnet/forum/threads/actions.py", 32), ("govnet/forum/threads/views.py", 17)
    ]  # fmt: skip
    assert list(found["longest_functions"].items())[:2] == [
        ("govnet/forum/threads/actions.py: save", 9), ("govnet/forum/threads/views.py: new", 3)
    ]  # fmt: skip


def test_without_a_glossary_only_the_names_that_all_share_are_known():
    found = _source.measured({path: text for path, text in FILES.items() if not path.startswith("docs")})
    assert found["other_names"]["which"] == ["govnet/forum/beside.py", "govnet/forum/drafts.py"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository whose one commit is the small tree, and whose files differ from it by now."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", "All of it.")):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    (tmp_path / "govnet/forum/ignored.py").write_text("X = 1\n")
    (tmp_path / "govnet/forum/new.py").write_text("X = 1\n")
    (tmp_path / "govnet/forum/beside.py").unlink()
    return tmp_path


def test_a_commit_is_read_as_it_was_and_the_working_tree_as_it_is(checkout):
    kept = {path: text for path, text in FILES.items() if path != "README.md"}
    assert size.tree_of(checkout, "HEAD") == kept
    del kept["govnet/forum/beside.py"]
    assert size.working_tree(checkout) == {**kept, "govnet/forum/new.py": "X = 1\n"}


@pytest.mark.parametrize("revision", ["no-such-name", "--output=file", "HEAD:govnet", ""])
def test_an_unknown_revision_is_refused_by_its_name(checkout, monkeypatch, revision):
    monkeypatch.setattr(size, "ROOT", checkout)
    with pytest.raises(SystemExit, match=f"There is no commit '{revision}' here"):
        size.commit_of(revision)
    assert not list(checkout.glob("file*"))


@pytest.mark.sqlite
def test_each_write_is_followed_through_its_feature():
    tree = size.working_tree(size.ROOT)
    found = {one["name"]: one for one in _requests.followed(tree)}
    assert list(found) == list(_requests.WRITES)
    for one in found.values():
        room = one["endpoint"].partition(".")[0]
        assert all(path.startswith(f"govnet/{room}/") for path in one["which"]), one
        assert {Path(path).stem for path in one["which"]} >= {"models", "forms"}, one
        assert one["files"] == len(one["which"]) < one["of_all_features"]["files"]
        assert one["code"] < one["lines"] < one["of_all_features"]["lines"]
