"""A pipe's mail: kept as the worker's own door keeps it, by a program that starts at once."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from govnet.cli import main
from govnet.extensions import db
from govnet.kernel.database_address import database_address
from govnet.mail.incoming import inbox, intake, reply_handlers
from govnet.mail.models import InboundMail
from govnet.operations import keys, mail_pipe

PATTERN = "replies+{token}@govnet.example.org"
MAIL = b"From: nell@example.org\nMessage-ID: <1@example.org>\nSubject: Yes\n\nYes\xff\0\n"
APART = (
    "flask",
    "sqlalchemy",
    "werkzeug",
    "govnet.extensions",
    "govnet.factory",
    "govnet.kernel.models",
)


@pytest.fixture
def taking(app: Flask, time, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A server that takes mail, and whose settings a command reads from the environment."""
    monkeypatch.setitem(app.config, "MAIL_REPLIES", PATTERN)
    monkeypatch.setenv("MAIL_REPLIES", PATTERN)
    monkeypatch.setenv("DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    return app


def _ours(app: Flask, *ids: int) -> str:
    with app.app_context():
        return reply_handlers.address("confirm", *ids)


def _rows(app: Flask) -> list[dict[str, object]]:
    with app.app_context():
        rows = db.session.scalars(select(InboundMail).order_by(InboundMail.id)).all()
        return [
            {column.key: getattr(row, column.key) for column in InboundMail.__table__.columns} for row in rows
        ]


def _hand_in(to: str, mail: bytes = MAIL) -> int:
    return CliRunner().invoke(main, ["receive", to], input=mail).exit_code


def test_a_mail_by_the_pipe_is_the_same_row_as_one_by_the_worker_s_door(taking) -> None:
    assert _hand_in(_ours(taking, 1, 2)) == 0
    (by_pipe,) = _rows(taking)
    with taking.app_context():
        db.session.execute(text("DELETE FROM inbound_mail"))
        db.session.commit()
        intake.store(MAIL, _ours(taking, 1, 2))
    (by_door,) = _rows(taking)
    assert {**by_pipe, "id": 0} == {**by_door, "id": 0}


def test_the_same_mail_by_both_ways_is_kept_once(taking) -> None:
    to = _ours(taking, 1, 2)
    assert [_hand_in(to), _hand_in(f"<{to.upper()}>")] == [0, 0]
    with taking.app_context():
        intake.store(MAIL, to)
    assert len(_rows(taking)) == 1


def test_its_limits_are_those_of_the_door(taking, time, monkeypatch) -> None:
    to = _ours(taking, 1, 2)
    monkeypatch.setattr(inbox, "MOST_A_DAY", 2)
    mails = [MAIL.replace(b"<1@", f"<{number}@".encode()) for number in range(4)]
    assert [_hand_in(to, mail) for mail in mails] == [0, 0, 75, 75]
    assert _hand_in(_ours(taking, 3, 4)) == 0
    time.move(timedelta(days=1, minutes=1))
    assert _hand_in(to, mails[2]) == 0
    monkeypatch.setattr(inbox, "MOST_HELD", 4 * len(MAIL))
    assert _hand_in(to, mails[3]) == 75
    assert len(_rows(taking)) == 4


WRONG = {
    "no database": {"DATABASE_URL": "sqlite:////nowhere/at/all.db"},
    "no tables": {"DATABASE_URL": "sqlite:////dev/null"},
    "no PostgreSQL": {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"},
    "no such setting": {"GOVNET_ENV": "prod"},
    "no keys": {"GOVNET_ENV": "production"},
    "no replies": {"MAIL_REPLIES": None},
}


@pytest.mark.parametrize("name", WRONG)
def test_whatever_is_wrong_the_mail_server_keeps_the_mail(taking, monkeypatch, name: str) -> None:
    to = _ours(taking, 1, 2)
    for setting, value in WRONG[name].items():
        monkeypatch.delenv(setting) if value is None else monkeypatch.setenv(setting, value)
    done = CliRunner().invoke(main, ["receive", to], input=MAIL)
    assert done.exit_code == 75
    assert done.stderr.startswith("Not taken")
    assert len(done.stderr.splitlines()) == 1 or name == "no keys"
    assert _rows(taking) == []


def test_with_another_key_no_address_is_called_unknown(taking, monkeypatch) -> None:
    to = _ours(taking, 1, 2)
    with taking.app_context():
        keys.check()
    assert _hand_in("someone@example.org") == 67
    monkeypatch.setenv("MAIL_KEY", "x" * 40)
    assert _hand_in(to) == 75
    assert _rows(taking) == []


def test_a_fault_of_the_program_loses_no_mail_either(taking, monkeypatch) -> None:
    def fails(*_args: object, **_more: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr(mail_pipe.inbox, "keep", fails)
    assert _hand_in(_ours(taking, 1, 2)) == 75
    assert _rows(taking) == []


def test_it_needs_neither_the_application_nor_its_libraries(taking) -> None:
    probe = (
        "import sys\nfrom govnet.cli import main\n"
        "try:\n    main(sys.argv[1:], standalone_mode=False)\n"
        f"finally:\n    print(*[name for name in {APART!r} if name in sys.modules], file=sys.stderr)"
    )
    slow = {
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "MAIL_RETURN_PATH": "back@example.org",
        "SECURITY_CONTACT": "kit@example.org",
    }
    done = subprocess.run(
        [sys.executable, "-c", probe, "receive", _ours(taking, 1, 2)],
        input=MAIL,
        capture_output=True,
        env={**os.environ, **slow},
    )
    assert (done.returncode, done.stdout, done.stderr.split()) == (0, b"", [])
    assert len(_rows(taking)) == 1


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://govnet:p%40ss@db.example.org:5433/net?sslmode=require&application_name=a+b",
        "postgresql://govnet@/name?host=/run/postgresql",
        "postgresql://u:a/b#c?d@h/d",
        "postgresql://[::1]:5432/net",
        "postgresql://h/d",
        "sqlite:////srv/govnet/data/govnet.db?timeout=5",
        "sqlite:///near.db",
    ],
)
def test_the_address_of_a_database_is_read_as_sqlalchemy_reads_it(address: str) -> None:
    mine, theirs = database_address(address), make_url(address)
    assert mine.driver == theirs.drivername
    assert mine.user == (theirs.username or "")
    assert mine.password == (theirs.password or "")
    assert mine.host == (theirs.host or "")
    assert mine.port == str(theirs.port or "")
    assert mine.database == (theirs.database or "")
    assert mine.query == dict(theirs.query)
