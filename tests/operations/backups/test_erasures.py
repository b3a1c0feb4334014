"""Nobody who was erased comes back: not by a restore on another machine, not by a lost database, not by a lost file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from govnet.accounts.erasure import erase
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import ONESELF, Door
from govnet.kernel.signals import Starting, emit
from govnet.kernel.transaction import transaction
from govnet.operations.backups import actions, backup_file, database_copies, erasure_file, erasure_list
from govnet.operations.models import PersonErasure
from govnet.people.addresses import erased_among, prove
from govnet.people.models import Person, PersonEmail
from tests.builders import a_network, a_person

pytestmark = pytest.mark.usefixtures("context")
ADDRESS = "gone.soon@example.org"


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own."""
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path


def erased(person_id: int) -> None:
    with transaction():
        erase(db.session.get_one(Person, person_id), under=ONESELF, via=Door.WEB)


def in_table() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(PersonErasure.person).order_by(PersonErasure.id)))


def in_file(folder: Path) -> list[int]:
    return [
        one.person for one in erasure_file.listed(folder / "data") if isinstance(one, erasure_file.Erasure)
    ]


def names() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Person.name)))


def another_folder(folder: Path) -> None:
    """The same database, as a machine has it that never heard of anybody's erasure."""
    shutil.rmtree(folder / "data")
    (folder / "data").mkdir()


def by_hand(folder: Path, backup: Path) -> None:
    """The database of the backup, put back without govnet."""
    db.session.remove()
    with backup_file.unpacked(backup) as (place, _manifest):
        database_copies.load(db.engine, place)


def by_restore(folder: Path, backup: Path) -> None:
    actions.restore(backup, replace=True)


LOST = {
    "the folder is another machine's": another_folder,
    "nothing is lost": lambda folder: None,
}
BACK = {"by restore": by_restore, "by hand and a start": by_hand}


@pytest.mark.parametrize("key", [None, "another"], ids=["same MAIL_KEY", "another MAIL_KEY"])
@pytest.mark.parametrize("lost", LOST.values(), ids=LOST.keys())
def test_an_erased_person_is_erased_again_by_a_restore(
    folder: Path, app: Flask, monkeypatch: pytest.MonkeyPatch, lost: Callable[[Path], None], key: str | None
) -> None:
    a_network()
    number = a_person("Gone Soon", email=ADDRESS).id
    a_person("Stays")
    actions.take(folder / "b.tar.gz")
    erased(number)
    lost(folder)
    if key:
        monkeypatch.setitem(app.config, "MAIL_KEY", key)
    assert actions.restore(folder / "b.tar.gz", replace=True).erased_again == 1
    assert names() == ["", "Stays"]
    assert db.session.get_one(Person, number).erased_at is not None
    assert erased_among([ADDRESS, "stays@example.org"]) == {ADDRESS}
    assert (in_table(), in_file(folder)) == ([number], [number])


@pytest.mark.parametrize("back", BACK.values(), ids=BACK.keys())
def test_the_file_alone_keeps_them_away_when_the_database_was_lost(
    folder: Path, back: Callable[[Path, Path], None]
) -> None:
    number = a_person("Gone Soon", email=ADDRESS).id
    a_person("Stays")
    actions.take(folder / "b.tar.gz")
    erased(number)
    by_hand(folder, folder / "b.tar.gz")  # the table is as it was before
    back(folder, folder / "b.tar.gz")
    emit(Starting())
    assert names() == ["", "Stays"]
    assert (in_table(), in_file(folder)) == ([number], [number])


def test_the_backup_brings_its_own_list_of_erasures(folder: Path) -> None:
    number = a_person("Gone").id
    actions.take(folder / "early.tar.gz")
    erased(number)
    actions.take(folder / "late.tar.gz")
    by_hand(folder, folder / "early.tar.gz")
    another_folder(folder)
    actions.restore(folder / "late.tar.gz", replace=True)
    assert (in_table(), in_file(folder)) == ([number], [number])
    actions.restore(folder / "early.tar.gz", replace=True)
    assert names() == [""]


def test_an_address_stays_out_though_the_backup_is_from_before_its_owner_came(folder: Path) -> None:
    actions.take(folder / "b.tar.gz")
    erased(a_person("Gone Soon", email=ADDRESS).id)
    another_folder(folder)
    actions.restore(folder / "b.tar.gz", replace=True)
    assert names() == []
    assert erased_among([ADDRESS]) == {ADDRESS}
    assert len(in_table()) == 1


def test_people_who_came_back_since_are_not_kept_out_by_an_old_line(
    folder: Path, time: clock.MovedClock
) -> None:
    erased(a_person("Gone Soon", email=ADDRESS).id)
    time.move(timedelta(days=1))
    again = a_person("Here Again").id
    with transaction():
        row = PersonEmail(person_id=again, address=ADDRESS, main=False)
        db.session.add(row)
        db.session.flush()
        prove(row)
    emit(Starting())
    assert erased_among([ADDRESS]) == set()
    assert "Here Again" in names()


def test_a_later_person_with_the_same_number_is_left_alone(folder: Path) -> None:
    person = a_person("Somebody New")
    actions.take(folder / "b.tar.gz")
    line = erasure_file.of_person(person.id, person.created_at - timedelta(days=1), clock.now())
    erasure_file.merge(folder / "data", [line])
    assert actions.restore(folder / "b.tar.gz", replace=True).erased_again == 0
    assert names() == ["Somebody New"]


def test_an_erasure_holds_while_the_file_cannot_be_written_and_the_file_is_caught_up(folder: Path) -> None:
    (folder / "data" / erasure_file.FILE).mkdir()  # nothing can be written there
    number = a_person("Gone Soon", email=ADDRESS).id
    erased(number)
    assert in_table() == [number]
    (folder / "data" / erasure_file.FILE).rmdir()
    assert erasure_list.write_file() == 2  # the person and the address
    assert erasure_list.write_file() == 0
    assert in_file(folder) == [number]


@pytest.mark.parametrize("caught_up", [lambda folder: actions.take(folder / "b.tar.gz"), lambda folder: emit(Starting())],
                         ids=["by a backup", "at the start"])  # fmt: skip
def test_a_list_that_was_lost_is_made_good(folder: Path, caught_up: Callable[[Path], object]) -> None:
    number = a_person("Gone").id
    erased(number)
    assert in_file(folder) == [number]
    (folder / "data" / erasure_file.FILE).unlink()
    caught_up(folder)
    assert in_file(folder) == [number]


def test_an_erasure_that_did_not_happen_is_on_no_list(folder: Path) -> None:
    number = a_person("Stays After All").id
    with pytest.raises(IntegrityError), transaction():
        erase(db.session.get_one(Person, number), under=ONESELF, via=Door.WEB)
        db.session.execute(text("INSERT INTO person_email (person_id, address, main) VALUES (99, 'X', true)"))
    emit(Starting())
    assert (names(), in_table(), in_file(folder)) == (["Stays After All"], [], [])


@pytest.mark.parametrize("statement", ["UPDATE person_erasure SET person = 7", "DELETE FROM person_erasure"])
def test_the_table_only_grows(folder: Path, statement: str) -> None:
    erased(a_person("Gone").id)
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text(statement))


@pytest.mark.parametrize("torn", ['{"at": "2015-04-', "null", "[1]", '{"at": 7, "address": []}', '{"x": 1}'])
def test_half_a_line_spoils_no_other(folder: Path, torn: str) -> None:
    path = folder / "data" / erasure_file.FILE
    path.write_text(torn)
    number = a_person("Gone").id
    erased(number)
    assert in_file(folder) == [number]
    assert path.stat().st_mode & 0o077 == 0 or path.read_text().startswith(torn)
    assert [json.loads(line) for line in path.read_text().splitlines()[1:]]


def test_a_start_erases_nobody_who_is_on_no_list(folder: Path) -> None:
    a_person("Stays")
    a_person("Stays Too")
    emit(Starting())
    assert names() == ["Stays", "Stays Too"]
    assert db.session.scalar(select(func.count()).select_from(PersonErasure)) == 0
