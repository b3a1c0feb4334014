"""A folder of nightly backups keeps the newest, and nothing is deleted before the new one is whole."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from govnet.cli import main
from govnet.kernel import clock
from govnet.operations.backups import database_copies
from tests.builders import a_network


@pytest.fixture
def backup(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`govnet backup` on this test's database."""
    monkeypatch.setattr(main, "create_app", lambda: app)
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    with app.app_context():
        a_network()

    def backup(*words: str) -> Result:
        return CliRunner().invoke(main, ["backup", *words])

    return backup


def test_the_newest_are_kept_and_other_files_stay(backup, tmp_path: Path, time: clock.MovedClock) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "mine.tar.gz").write_text("a person's own")
    for _night in range(4):
        done = backup("--keep", "2", str(folder))
        assert done.exit_code == 0, done.output
        time.move(timedelta(days=1))
    assert sorted(path.name for path in folder.iterdir()) == [
        "govnet-20150415-090000.tar.gz",
        "govnet-20150416-090000.tar.gz",
        "mine.tar.gz",
    ]
    assert "Deleted older backups: govnet-20150414-090000.tar.gz" in done.output


def test_a_backup_that_fails_deletes_none(
    backup, tmp_path: Path, time: clock.MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    assert backup("--keep", "1", str(folder)).exit_code == 0
    time.move(timedelta(days=1))

    def full(*_arguments: object) -> Path:
        raise database_copies.CopyError("the disk is full")

    monkeypatch.setattr(database_copies, "save", full)
    assert backup("--keep", "1", str(folder)).exit_code == 1
    assert [path.name for path in folder.iterdir()] == ["govnet-20150413-090000.tar.gz"]


def test_a_folder_wants_to_know_how_many_and_a_file_cannot_hold_any(backup, tmp_path: Path) -> None:
    assert "add --keep 14" in backup(str(tmp_path)).output
    assert "is not a folder" in backup("--keep", "14", str(tmp_path / "one.tar.gz")).output
    assert backup("--keep", "0", str(tmp_path)).exit_code == 2
