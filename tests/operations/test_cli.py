"""Commands on the server say in a sentence what they did, or what to do."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from govnet.charter.models import ACCENTS, Network
from govnet.cli import main
from govnet.extensions import db
from govnet.kernel.actor import PROGRAM, SHELL, Door
from govnet.kernel.errors import NotAllowed
from govnet.kernel.transaction import transaction
from govnet.mail.delivery import breaker, mailings
from govnet.mail.delivery.smtp import ServerAnswer
from govnet.mail.rules import SmtpStep, judge
from govnet.membership.actor import actor_for
from govnet.operations import operators
from govnet.operations.backups import database_copies
from govnet.operations.founding import actions, links
from govnet.operations.founding.file import read_founding
from govnet.people.models import OperatorGrant, Person
from govnet.record.models import Entry
from tests.builders import a_network, a_person, an_operator
from tests.charter.test_founding_file import FILE


@pytest.fixture
def run(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command on this test's database, with files in the folder of this test."""
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(main, "create_app", lambda: app)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    return run


def test_init_prints_a_link_that_founds_a_network(run, app: Flask) -> None:
    done = run("init")
    assert done.exit_code == 0, done.output
    token = done.output.split("/found/")[1].strip()
    with app.app_context():
        link = links.link_for(token)
        assert link is not None
        assert links.is_good(link)


def test_a_new_link_retires_the_one_before(run, app: Flask) -> None:
    first, second = run("init").output, run("init").output
    assert "no longer works" not in first
    assert "This link replaces the one printed before" in second
    with app.app_context():
        good = [links.is_good(links.link_for(each.split("/found/")[1].strip())) for each in (first, second)]
    assert good == [False, True]


def test_init_with_a_file_founds_the_network_at_once(run, app: Flask) -> None:
    Path("network.toml").write_text(FILE)
    done = run("init", "--file", "network.toml")
    assert "The UK network is at http://127.0.0.1:5000/uk/" in done.output
    with app.app_context():
        assert db.session.scalars(select(Network.slug).order_by(Network.id)).all() == ["uk", "scotland"]


def test_a_second_founding_by_the_same_file_changes_nothing(run, app: Flask) -> None:
    Path("network.toml").write_text(FILE)
    run("init", "--file", "network.toml")
    done = run("init", "--file", "network.toml")
    assert done.exit_code == 1
    assert "There is already a network called “uk” here." in done.output
    with app.app_context():
        assert len(db.session.scalars(select(Network)).all()) == 2


def test_everything_wrong_with_a_file_is_listed_with_its_place(run) -> None:
    Path("network.toml").write_text(
        FILE.replace("2014-06-09", "1014-26-09").replace("hello@example.org", "hello")
    )
    done = run("init", "--file", "network.toml")
    assert done.exit_code == 1
    Path("network.toml").write_text(FILE.replace("hello@example.org", "hello").replace('"Minutes of', '"" #'))
    done = run("init", "--file", "network.toml")
    assert "  contact.email: “hello” is not an email address." in done.output
    assert "  committee.seats.1.evidence: Say how we know" in done.output
    assert "Nothing was founded" in done.output


ENDLESS = {
    "digits": "a = 1" + "0" * 10_000,
    "lists": "a = " + "[" * 50_000,
    "exponent": "a = 1e10000000",
    "year": "a = 99999-01-01",
    "no UTF-8": "\xff",
    "size": "a = " + "1" * 2**20,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_a_file_of_endless_numbers_is_refused_in_a_sentence(run, text) -> None:
    Path("network.toml").write_text(text, encoding="latin-1")
    done = run("init", "--file", "network.toml")
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert len(done.output) < 1_000


@pytest.mark.parametrize("port", ["0", "65536", "1e5", "9" * 5_000])
def test_a_port_is_one_that_there_can_be(run, port) -> None:
    done = run("serve", "--port", port)
    assert done.exit_code == 2
    assert "Invalid value for '--port'" in done.output


def test_a_backup_is_taken_and_put_back(run, app: Flask) -> None:
    Path("network.toml").write_text(FILE)
    run("init", "--file", "network.toml")
    done = run("backup", "night.tar.gz")
    assert "night.tar.gz is complete" in done.output, done.output
    assert "--replace" in run("restore", "night.tar.gz").output
    done = run("restore", "night.tar.gz", "--replace")
    assert "Mail is held." in done.output
    assert "ok    uk: " in done.output
    with app.app_context():
        assert mailings.line().held_at is not None
    assert "Mail goes out again." in run("operator", "release-mail").output
    assert "No mail is held." in run("operator", "release-mail").output


def test_a_file_that_is_no_backup_is_named_as_one(run) -> None:
    Path("night.tar.gz").write_text("nothing")
    done = run("restore", "night.tar.gz")
    assert done.exit_code == 1
    assert "cannot be read as a backup" in done.output


def test_upgrade_backs_up_first_and_checks_the_record(run) -> None:
    Path("network.toml").write_text(FILE)
    run("init", "--file", "network.toml")
    done = run("upgrade")
    assert done.exit_code == 0, done.output
    assert list(Path.cwd().glob("before-upgrade-*.tar.gz"))
    assert "ok    uk: " in done.output


def test_verify_says_that_a_whole_record_is_whole(run) -> None:
    Path("network.toml").write_text(FILE)
    run("init", "--file", "network.toml")
    done = run("verify")
    assert (done.exit_code, "entries, whole" in done.output) == (0, True)


def test_the_doctor_names_what_to_do(run) -> None:
    done = run("doctor")
    assert done.exit_code == 1
    assert "ok    database: " in done.output, done.output
    assert "LOOK  networks: none yet: run “govnet init”." in done.output
    assert "LOOK  worker: no worker is running" in done.output
    assert "LOOK  backup: none yet" in done.output


def test_the_operator_is_given_and_taken_by_address(run, app: Flask) -> None:
    with app.app_context():
        a_network("here")
        a_person("Kit", email="kit@example.org")
    assert "Nobody here has the address" in run("operator", "give", "nobody@example.org").output
    assert "--name NAME" in run("operator", "give", "nobody@example.org").output
    assert "e-mail address" in run("operator", "give", "nobody", "--name", "No").output
    assert "from now on" in run("operator", "give", "kit@example.org").output
    with app.app_context():
        assert db.session.scalars(select(OperatorGrant.ended_at)).all() == [None]
    assert "no longer" in run("operator", "take", "kit@example.org").output
    assert "does not look after" in run("operator", "take", "kit@example.org").output
    with app.app_context(), transaction():
        assert db.session.scalars(select(OperatorGrant)).one().ended_at is not None


def test_the_volunteer_who_installs_names_themselves_before_there_is_a_network(run, app: Flask) -> None:
    run("init")
    assert "from now on" in run("operator", "give", "kit@example.org", "--name", "Kit").output
    with app.app_context():
        kit = db.session.scalars(select(Person)).one()
        assert actor_for(kit.id, None).is_operator
        with transaction():
            actions.found(
                read_founding(tomllib.loads(FILE), reserved=(), accents=ACCENTS), by=SHELL, via=Door.WEB
            )
        told = db.session.scalars(select(Entry).where(Entry.verb == "operator.given")).one()
        assert told.subject == f"person:{kit.id}"


@pytest.mark.parametrize("door", [door for door in Door if door is not Door.CLI])
def test_nobody_is_made_operator_through_another_door(app: Flask, door: Door) -> None:
    with app.app_context():
        kit, sam = an_operator("Kit"), a_person("Sam")
        for by in (SHELL, PROGRAM, actor_for(kit.id, None)):
            with pytest.raises(NotAllowed, match="govnet operator give"), transaction():
                operators.give(sam.id, by=by, via=door)


def test_the_help_shows_what_is_for_volunteers_and_nothing_else(run) -> None:
    shown = run("--help").output
    assert "doctor" in shown
    assert not any(word in shown for word in ("--app", "--debug", "limiter", "migrations"))
    assert "upgrade" in run("db", "--help").output
    assert "limiter" in run("limiter", "--help").output.lower()


def test_settings_that_will_not_do_are_named_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVNET_ENV", "production")
    monkeypatch.setenv("SECRET_KEY", "short")
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 1
    assert done.output.startswith("Error: SECRET_KEY must be set")


@pytest.mark.sqlite
def test_a_full_disk_is_named_in_a_sentence(run, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        a_network()

    class Full:
        def __init__(self, *_words: object, **_more: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(database_copies.sqlite3, "connect", Full)
    done = run("backup", "b.tar.gz")
    assert done.exit_code == 1
    assert "disk is full" in done.output
    assert "Traceback" not in done.output


def test_the_shell_resets_the_mail_line_and_the_record_says_so(run, app: Flask) -> None:
    with app.app_context():
        a_network("here")
    assert "has refused nothing" in run("operator", "reset-mail").output
    with app.app_context(), transaction():
        for _ in range(3):
            breaker.trouble(ServerAnswer(judge(SmtpStep.AUTH, 535, "5.7.8 wrong"), 535, "5.7.8 wrong"))
        until = mailings.line().not_before
    said = run("doctor").output
    assert f"the mail server refuses our mail: 5.7.8 wrong. govnet tries again at {until:%H:%M} UTC." in said
    assert "tried again now" in run("operator", "reset-mail").output
    with app.app_context():
        assert mailings.line().tripped_at is None
        assert db.session.scalars(select(Entry.verb)).all() == ["operator.line-reset"]


def test_a_backup_never_replaces_a_file_without_overwrite(run, app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_network()
    target = tmp_path / "whole.tar.gz"
    target.write_text("what was there")
    done = run("backup", str(target))
    assert (done.exit_code, target.read_text()) == (1, "what was there")
    assert "exists already and was not changed. Name another file, or add --overwrite." in done.output
    done = run("backup", str(target), "--overwrite")
    assert done.exit_code == 0, done.output
    assert run("backup", str(target)).exit_code == 1
