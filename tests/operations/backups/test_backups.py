"""A backup brings everything back except mail, sessions and people who asked to be forgotten."""

from __future__ import annotations

import gzip
import json
import sqlite3
import tarfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SHELL, Door
from govnet.kernel.outage import FULL, Unavailable
from govnet.kernel.signals import Starting, emit
from govnet.kernel.transaction import transaction
from govnet.mail.delivery import mailings
from govnet.mail.models import MailLine
from govnet.operations import operators
from govnet.operations.backups import actions, backup_file
from govnet.operations.backups.actions import RestoreError
from govnet.operations.backups.backup_file import ArchiveError
from govnet.operations.backups.restored_copy import HalfRestored
from govnet.operations.health import checks
from govnet.operations.health.heartbeats import WorkerLives, beat
from govnet.operations.models import Backup
from govnet.people.models import Person
from govnet.record.models import Entry
from govnet.sign_in.models import SignedInSession
from govnet.sign_in.sessions import new_session
from tests.builders import a_network, a_person
from tests.operations.founding.test_founding import founded

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own."""
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path


def names() -> list[str]:
    return sorted(db.session.scalars(select(Person.name)))


def test_a_restored_database_is_back_and_its_record_is_whole(folder: Path) -> None:
    founded()
    actions.take(folder / "b.tar.gz")
    with transaction():
        db.session.get_one(Person, 1).name = "Somebody Else"
    done = actions.restore(folder / "b.tar.gz", replace=True)
    assert names() == ["Kit", "Robin", "Sam"]
    assert done.taken == clock.now().isoformat()
    assert [finding.well for finding in checks.verify()] == [True, True]


def test_it_is_told_that_a_backup_was_put_back(folder: Path) -> None:
    founded()
    actions.take(folder / "b.tar.gz")
    actions.restore(folder / "b.tar.gz", replace=True)
    last = db.session.scalars(select(Entry.verb).order_by(Entry.id.desc()).limit(2)).all()
    assert last == ["operator.restored", "operator.restored"]


def test_mail_waits_until_a_person_lets_it_go(folder: Path) -> None:
    founded()
    actions.take(folder / "b.tar.gz")
    actions.restore(folder / "b.tar.gz", replace=True)
    assert mailings.line().held_at == clock.now()
    assert "was restored" in mailings.line().held_why


def test_everybody_is_signed_out(folder: Path) -> None:
    person = a_person()
    with transaction():
        new_session(db.session.get_one(Person, person.id))
    actions.take(folder / "b.tar.gz")
    actions.restore(folder / "b.tar.gz", replace=True)
    assert db.session.scalars(select(SignedInSession)).one().ended_at == clock.now()


def test_where_a_restore_was_cut_off_nothing_runs_and_no_mail_goes_until_it_is_done_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_args: object) -> None:
        raise KeyboardInterrupt

    founded()
    actions.take(folder / "b.tar.gz")
    with monkeypatch.context() as patch:
        patch.setattr(actions, "_finish", cut_off)
        with pytest.raises(KeyboardInterrupt):
            actions.restore(folder / "b.tar.gz", replace=True)
    assert db.session.scalars(select(MailLine.held_at)).one() == clock.now()
    with pytest.raises(HalfRestored, match="Run govnet restore once more"):
        emit(Starting())
    assert "Run govnet restore once more" in checks.CHECKS["mail"]()[1]
    with pytest.raises(HalfRestored), transaction():
        operators.release_mail(by=SHELL, via=Door.CLI)
    actions.restore(folder / "b.tar.gz", replace=False)
    emit(Starting())
    assert len(list((folder / "data").glob("before-restore-*"))) == 1
    with transaction():
        operators.release_mail(by=SHELL, via=Door.CLI)


def test_a_backup_is_good_where_only_the_note_of_it_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_network()

    def full(*_args: object, **_values: object) -> None:
        raise Unavailable(FULL)

    with monkeypatch.context() as patch:
        patch.setattr(actions, "Backup", full)
        actions.take(folder / "b.tar.gz")
    assert actions.restore(folder / "b.tar.gz", replace=True).erased_again == 0


def test_networks_are_not_overwritten_by_accident(folder: Path) -> None:
    a_network()
    actions.take(folder / "b.tar.gz")
    with pytest.raises(RestoreError, match="--replace"):
        actions.restore(folder / "b.tar.gz", replace=False)


def test_a_replaced_database_is_backed_up_first(folder: Path) -> None:
    a_network()
    actions.take(folder / "b.tar.gz")
    a_person("Latecomer")
    actions.restore(folder / "b.tar.gz", replace=True)
    assert names() == []
    (before,) = (folder / "data").glob("before-restore-*.tar.gz")
    actions.restore(before, replace=True)
    assert names() == ["Latecomer"]


def test_nothing_is_put_back_under_a_running_worker(folder: Path, time: clock.MovedClock) -> None:
    a_network()
    actions.take(folder / "b.tar.gz")
    beat()
    with pytest.raises(WorkerLives, match="A worker is running"):
        actions.restore(folder / "b.tar.gz", replace=True)
    time.move(timedelta(minutes=2))
    actions.restore(folder / "b.tar.gz", replace=True)


def test_a_damaged_backup_changes_nothing(folder: Path) -> None:
    a_network()
    target = folder / "b.tar.gz"
    actions.take(target)
    whole = bytearray(gzip.decompress(target.read_bytes()))
    whole[whole.rindex(b"database.") + 1500] ^= 1
    target.write_bytes(gzip.compress(bytes(whole)))
    with pytest.raises(ArchiveError, match=r"damaged: database\."):
        actions.restore(target, replace=True)
    target.write_bytes(b"not a backup at all")
    with pytest.raises(ArchiveError, match="cannot be read"):
        actions.restore(target, replace=True)
    assert db.session.scalar(text("SELECT count(*) FROM network")) == 1


def test_a_file_that_is_no_backup_is_named_so(folder: Path) -> None:
    with tarfile.open(folder / "b.tar.gz", "w:gz"):
        pass
    with pytest.raises(ArchiveError, match="no manifest"):
        actions.restore(folder / "b.tar.gz", replace=True)


def files(backup: Path) -> dict[str, bytes]:
    """The files in a backup, by name."""
    with tarfile.open(backup, "r:gz") as tar:
        return {member.name: taken(tar, member) for member in tar}


def taken(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = tar.extractfile(member)
    assert content is not None
    return content.read()


def packed(target: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    """A tar of these, whatever sizes they claim."""
    with gzip.open(target, "wb", 1) as tar:
        for info, content in members:
            info.size = info.size or len(content)
            tar.write(info.tobuf(tarfile.PAX_FORMAT) + content + b"\0" * (-len(content) % 512))
        tar.write(b"\0" * 1024)
    return target


def info(name: str, **values: object) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    for field, value in values.items():
        setattr(made, field, value)
    return made


LINKS = [
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.DIRTYPE,
    tarfile.FIFOTYPE,
    tarfile.CHRTYPE,
    tarfile.CONTTYPE,
]
STRANGE = {
    "a file of another name": [(info("x"), b"")],
    "a path above": [(info("../manifest.json"), b"{}")],
    "an absolute path": [(info("/tmp/manifest.json"), b"{}")],
    "a path inside": [(info("a/manifest.json"), b"{}")],
    "one file twice": [(info("keys.json"), b"{}"), (info("keys.json"), b"{}")],
    "too large a part": [(info("keys.json"), b" " * (backup_file.MOST["keys.json"] + 1))],
    "a size beyond the disk": [(info("database.sqlite3", size=2**61), b"")],
    "a long field of the tar": [(info("keys.json", pax_headers={"comment": "x" * 2_000_000}), b"{}")],
    "fields one after the other": [(info("keys.json", pax_headers={"size": "x", "GNU.sparse.major": "1"}), b"{}")],
    "a manifest that is no JSON": [(info("manifest.json"), b"[" * 100_000)],
    "a manifest of another kind": [(info("manifest.json"), b"[1]")],
    "a manifest without files": [(info("manifest.json"), json.dumps(
        {"format": backup_file.FORMAT, "release": "", "at": "", "kind": "sqlite", "networks": {}, "files": {}}).encode())],
    "a manifest whose files are no table": [(info("manifest.json"), json.dumps(
        {"format": backup_file.FORMAT, "release": "", "at": "", "kind": "sqlite", "networks": {}, "files": 7}).encode())],
    **{f"something of type {kind!r}": [(info("keys.json", type=kind, linkname="/etc/passwd"), b"")] for kind in LINKS},
}  # fmt: skip


@pytest.mark.parametrize("members", STRANGE.values(), ids=STRANGE.keys())
def test_nothing_strange_is_taken_out_of_a_backup(
    tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]]
) -> None:
    before = {*tmp_path.parent.rglob("*")}
    with pytest.raises(ArchiveError), backup_file.unpacked(packed(tmp_path / "b.tar.gz", *members)):
        pass
    assert {*tmp_path.parent.rglob("*")} == {*before, tmp_path / "b.tar.gz"}


def test_wherever_a_backup_is_cut_off_or_changed_its_files_are_whole_or_it_is_refused(folder: Path) -> None:
    a_network()
    actions.take(folder / "b.tar.gz")
    whole = (folder / "b.tar.gz").read_bytes()
    plain = gzip.decompress(whole)
    variants = [whole[:at] for at in range(0, len(whole), len(whole) // 40)]
    for at in [*range(0, 2048, 64), *range(2048, len(plain), len(plain) // 20)]:
        changed = bytearray(plain)
        changed[at] ^= 0xFF
        variants.append(gzip.compress(bytes(changed), 1))
    refused = 0
    for variant in variants:
        (folder / "other.tar.gz").write_bytes(variant)
        try:
            with backup_file.unpacked(folder / "other.tar.gz") as (place, _manifest):
                found = {path.name: path.read_bytes() for path in place.iterdir()}
        except ArchiveError:
            refused += 1
        else:
            assert found == files(folder / "b.tar.gz")
    assert refused > len(variants) // 2


def test_a_backup_without_its_keys_replaces_nothing(folder: Path) -> None:
    a_network()
    actions.take(folder / "b.tar.gz")
    kept = files(folder / "b.tar.gz")
    del kept[backup_file.KEYS]
    packed(folder / "less.tar.gz", *((info(name), content) for name, content in kept.items()))
    with pytest.raises(ArchiveError, match=r"damaged: keys\.json"):
        actions.restore(folder / "less.tar.gz", replace=True)
    assert db.session.scalar(text("SELECT count(*) FROM network")) == 1


def test_a_backup_is_for_its_owner_only_and_is_noted(folder: Path) -> None:
    a_network()
    manifest = actions.take(folder / "b.tar.gz")
    assert (folder / "b.tar.gz").stat().st_mode & 0o077 == 0
    row = db.session.scalars(select(Backup)).one()
    assert (row.size, row.at) == ((folder / "b.tar.gz").stat().st_size, clock.now())
    assert list(manifest.networks) == ["uk"]


def test_a_changed_mail_key_is_noticed_and_kept(
    folder: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_network()
    actions.take(folder / "b.tar.gz")
    assert not actions.restore(folder / "b.tar.gz", replace=True).keys_differ
    monkeypatch.setitem(app.config, "MAIL_KEY", "another")
    assert actions.restore(folder / "b.tar.gz", replace=True).keys_differ
    assert (folder / "data" / actions.KEYS_FOUND).stat().st_mode & 0o077 == 0


@pytest.mark.sqlite
def test_a_tampered_record_is_found(folder: Path) -> None:
    founded()
    path = str(db.engine.url.database)
    db.session.remove()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP TRIGGER entry_append_only")
        raw.execute("UPDATE entry SET facts = replace(facts, 'UK', 'US') WHERE number = 1 AND network_id = 1")
        raw.commit()
    found = {finding.name: finding for finding in checks.verify()}
    assert found["uk"].words.startswith("entry 1: ")
    assert found["scotland"].well
