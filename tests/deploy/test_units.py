"""The units of systemd: they can be read, they bind the program tightly, and the program runs so bound."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.charter.test_founding_file import FILE
from tests.deploy import confined
from tests.deploy.files import DEPLOY, OURS, ROOT, SERVICES

EXPOSURE = 20
"""In tenths: from 0, shut in, to 100. Units of Debian that nobody hardened stand at 96."""
PROGRAM = "/srv/govnet/venv/bin/"
PROBE = """
from govnet.sign_in.passwords import ROOM
from argon2 import PasswordHasher
from govnet.kernel.time_source import is_synchronised
import css_inline, nh3, psycopg, regex, sqlite3, ssl
PasswordHasher().hash("a password")
ssl.create_default_context()
print(is_synchronised())
"""
NOT_ALLOWED = """
import ctypes, mmap
print(ctypes.CDLL(None).mount(None, b"/nowhere", None, 0, None))
mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
"""


def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **settings}
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_systemd_reads_every_unit_without_a_word(tmp_path: Path) -> None:
    names = [path.name for path in (*SERVICES, *DEPLOY.glob("*.timer"))]
    for name in names:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.M))
    done = run("systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in names))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_no_unit_leaves_more_open_than_the_stated_figure(unit: Path) -> None:
    done = run(
        "systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(unit)
    )
    assert done.returncode == 0, done.stdout


def test_every_unit_binds_the_program_alike() -> None:
    bonds = {
        unit.name: [line for line in unit.read_text().split("NoNewPrivileges=")[1].split("[Install]")[0].splitlines()
                    if line and not line.startswith("ReadWritePaths=")]
        for unit in OURS
    }  # fmt: skip
    assert len({tuple(lines) for lines in bonds.values()}) == 1
    for unit in SERVICES:
        assert confined.directive(unit, "User") == "govnet"
    for unit in OURS:
        assert confined.directive(unit, "Environment") == "GOVNET_SETTINGS=/etc/govnet/settings.env"
        assert confined.directive(unit, "ProtectSystem") == "strict"
        assert "/srv/govnet/venv" not in confined.directive(unit, "ReadWritePaths")


def test_a_backup_is_made_every_night_and_made_up_for() -> None:
    timer = DEPLOY / "govnet-backup.timer"
    assert confined.directive(timer, "Persistent") == "yes"
    said = run("systemd-analyze", "calendar", "--iterations=2", confined.directive(timer, "OnCalendar"))
    assert said.returncode == 0, said.stderr
    target = confined.directive(DEPLOY / "govnet-backup.service", "ExecStart").split()[-1]
    assert target in confined.directive(DEPLOY / "govnet-backup.service", "ReadWritePaths").split()


def test_acts_that_no_unit_allows_are_refused_here_too() -> None:
    done = run(sys.executable, confined.SELF, str(SERVICES[0]), sys.executable, "-c", NOT_ALLOWED)
    assert done.stdout == "-1\n"
    assert "PermissionError" in done.stderr


def test_passwords_mail_and_the_clock_work_as_the_units_confine_them() -> None:
    outside = run(sys.executable, "-c", PROBE)
    within = run(sys.executable, confined.SELF, str(DEPLOY / "govnet.service"), sys.executable, "-c", PROBE)
    assert (within.returncode, within.stderr) == (0, "")
    assert within.stdout == outside.stdout


def test_commands_of_an_operator_run_as_the_units_confine_them(tmp_path: Path) -> None:
    (tmp_path / "network.toml").write_text(FILE)
    for words in (
        ["init", "--file", str(tmp_path / "network.toml")],
        ["backup", str(tmp_path / "one.tar.gz")],
    ):
        done = run(sys.executable, confined.SELF, str(DEPLOY / "govnet.service"), sys.executable, "-m", "govnet", *words,
                   GOVNET_DATA=str(tmp_path / "data"))  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
