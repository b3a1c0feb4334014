"""The record shows what was tampered with; a backup is put back elsewhere and holds its mail; an upgrade backs up first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest

from tests.journeys.house import House, a_house, running
from tests.journeys.network import Cast, the_network
from tests.journeys.people import DESK

pytestmark = pytest.mark.journey
TAMPER = "UPDATE entry SET facts = replace(facts, '1', '2') WHERE number = 3"


@pytest.fixture(scope="module")
def uk(house: House, cast: Cast) -> Iterator[Cast]:
    """A network with one member."""
    with the_network(house, cast, "Ada Wood"):
        cast.members("Ada Wood")
        yield cast


@pytest.fixture(scope="module")
def elsewhere(
    new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Another machine with an empty database and the same keys."""
    with a_house(tmp_path_factory.mktemp("elsewhere"), new_database("elsewhere")) as made:
        yield made


def in_the_shell(house: House, *statements: str) -> None:
    """The acts of somebody who has the database's own shell: sqlite3, or psql."""
    url = house.environ["DATABASE_URL"]
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as raw:
            raw.executescript(";".join(statements))
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as raw:
        for statement in statements:
            raw.execute(statement)


def drop_trigger(house: House) -> str:
    """The statement that takes the record's guard away."""
    on = "" if house.environ["DATABASE_URL"].startswith("sqlite") else " ON entry"
    return f"DROP TRIGGER entry_append_only{on}"


def test_a_whole_record_is_called_whole(uk: Cast) -> None:
    said = uk.house.command("verify")
    assert "uk:" in said
    assert "entries, whole" in said


def test_the_database_itself_refuses_to_change_what_happened(uk: Cast) -> None:
    with pytest.raises((sqlite3.DatabaseError, psycopg.Error)):
        in_the_shell(uk.house, TAMPER)


def test_a_backup_is_put_back_on_another_machine_and_its_record_is_whole(uk: Cast, elsewhere: House) -> None:
    backup = uk.house.folder / "night.tar.gz"
    assert "is complete" in uk.house.command("backup", str(backup))
    said = elsewhere.command("restore", str(backup))
    assert "Mail is held." in said
    assert "entries, whole" in said
    assert "There are networks in this database." in elsewhere.command("restore", str(backup), status=1)


def test_the_restored_copy_holds_its_mail_until_the_operator_releases_it(uk: Cast, elsewhere: House) -> None:
    with running(elsewhere):
        kit = Cast(elsewhere, uk.browser, uk.scripts).enters("Kit Fuller", DESK)
        kit.opens("/sign-in")
        kit.writes("Your e-mail address", kit.email)
        kit.presses("Send me a link")
        kit.is_at("Check your mail")
        kit.opens("/uk/committee")
        kit.reads("Sam Potter")
        assert not elsewhere.mails()
        assert "Mail goes out again." in elsewhere.command("operator", "release-mail")
        kit.opens_the_link("Your link to sign in", "/sign-in/link/")
        kit.presses("Sign in", within=kit.page.locator("main"))
        kit.opens("/operator")
        kit.reads("Nothing is stuck.")
        kit.opens("/uk/record")
        kit.reads("a backup")
        kit.goes_home()


def test_an_upgrade_backs_up_first_and_checks_the_record(elsewhere: House) -> None:
    said = elsewhere.command("upgrade")
    assert "Backed up to" in said
    assert "The tables are up to date." in said
    assert "entries, whole" in said
    assert list((elsewhere.folder / "data").glob("before-upgrade-*.tar.gz"))


def test_anyone_who_tampers_with_the_record_is_found_out_with_the_place(uk: Cast) -> None:
    in_the_shell(uk.house, drop_trigger(uk.house), TAMPER)
    said = uk.house.command("verify", status=1)
    assert "LOOK" in said
    assert "entry 3" in said
