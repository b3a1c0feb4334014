"""The demo empties its own folder, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from govnet.demo.cli import MARKER, make_room


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("there", [["letter.txt"], ["govnet.db"], ["govnet.db", "mail", "letter.txt"]])
def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, there, keep):
    for name in there:
        (tmp_path / name).write_text("mine")
    with pytest.raises(click.ClickException, match="has files that no demo wrote"):
        make_room(tmp_path, keep=keep)
    assert names(tmp_path) == sorted(there)


def test_a_new_demo_empties_the_folder_of_the_last_one(tmp_path):
    folder = tmp_path / "demo"
    for _ in range(2):
        make_room(folder, keep=False)
        assert names(folder) == [".govnet-demo"]
        (folder / "govnet.db").write_text("played")
    make_room(folder, keep=True)
    assert names(folder) == [".govnet-demo", "govnet.db"]


def test_the_folder_of_an_older_demo_is_known_by_its_mail(tmp_path):
    (tmp_path / "mail").mkdir()
    (tmp_path / "govnet.db").write_text("played")
    make_room(tmp_path, keep=False)
    assert names(tmp_path) == [".govnet-demo"]


def test_a_folder_half_emptied_can_be_emptied_again(tmp_path, monkeypatch):
    make_room(tmp_path, keep=False)
    for name in ("a.db", "b.db"):
        (tmp_path / name).write_text("x")

    def stopped(_path, **_how):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(type(tmp_path), "unlink", stopped)
        make_room(tmp_path, keep=False)
    make_room(tmp_path, keep=False)
    assert [each.name for each in tmp_path.iterdir()] == [MARKER]
