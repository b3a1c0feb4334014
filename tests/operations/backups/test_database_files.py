"""A bare SQLite file given to a restore: it becomes a backup, or is refused in a sentence."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from govnet.operations.backups import backup_file, database_copies, database_files


@pytest.mark.usefixtures("context")
def test_a_file_that_is_no_database_is_used_as_it_is(tmp_path: Path) -> None:
    for content in (b"", b"\x1f\x8b a backup", b"SQLite format 2"):
        (tmp_path / "given").write_bytes(content)
        with database_files.as_backup(tmp_path / "given") as found:
            assert found == tmp_path / "given"


@pytest.mark.usefixtures("context")
def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE entry (at TEXT)")
    other.close()
    with pytest.raises(backup_file.ArchiveError, match="holds no network"), database_files.as_backup(path):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["other.db"]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("keep", [100, 5000])
def test_a_damaged_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "cut.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE entry (at TEXT)")
        other.executemany("INSERT INTO entry VALUES (?)", [("a" * 900,)] * 50)
    other.close()
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises((database_copies.CopyError, backup_file.ArchiveError)), database_files.as_backup(path):
        pass
