"""The command line answers at once: a command is imported when it is called, and never for the help."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from govnet import __version__
from govnet.cli import COMMANDS, LIBRARIES, main
from govnet.kernel import folders

HEAVY = ("flask", "sqlalchemy", "flask_sqlalchemy", "werkzeug", "govnet.factory", "govnet.extensions")
PROBE = f"""
import sys
from govnet.cli import main
main(sys.argv[1:], standalone_mode=False)
print("IMPORTED", *(name for name in {HEAVY!r} if name in sys.modules))
"""


def _imported_by(*words: str) -> list[str]:
    """Run in a process of its own, which has imported nothing yet."""
    done = subprocess.run([sys.executable, "-c", PROBE, *words], capture_output=True, text=True, check=True)
    return done.stdout.rpartition("IMPORTED")[2].split()


def test_help_imports_neither_the_application_nor_its_libraries() -> None:
    assert _imported_by("--help") == []


def test_the_release_is_said_without_them_too() -> None:
    assert _imported_by("--version") == []
    assert CliRunner().invoke(main, ["--version"]).output == f"govnet {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there(name: str) -> None:
    context = click.Context(main)
    command = main.get_command(context, name)
    assert command is not None
    assert command.name == name
    assert command.help
    words = COMMANDS[name][1]
    assert words.endswith(".")
    assert len(words) <= 50
    assert command.get_short_help_str() == words
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


@pytest.mark.parametrize("module", sorted({target.partition(":")[0] for target, _words in COMMANDS.values()}))
def test_every_command_can_be_the_first_thing_that_is_imported(module: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", f"import {module}"], check=True)


def test_the_help_lists_every_command_whole() -> None:
    lines = CliRunner().invoke(main, ["--help"]).output.splitlines()
    for name, (_target, words) in COMMANDS.items():
        assert f"  {name:<{max(map(len, COMMANDS)) + 2}}{words}" in lines
    assert not any(line.split()[:1] == [library] for line in lines for library in LIBRARIES)


def test_an_application_is_made_without_what_few_of_its_processes_use() -> None:
    """Each takes a tenth of a second or less; together they were a third of the time."""
    seldom = (
        "alembic",
        "flask_migrate",
        "holidays",
        "email_validator",
        "zxcvbn",
        "aiosmtpd",
        "redis",
        "psycopg",
    )
    probe = (
        "import sys\nfrom govnet import create_app\nfrom govnet.kernel.models import Base\ncreate_app()\n"
        f"print(*[name for name in {seldom!r} if name in sys.modules])\n"
        "print('configured' if not Base.registry._new_mappers else '')"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_command_that_is_not_there_is_named_at_once() -> None:
    done = CliRunner().invoke(main, ["wroker"])
    assert done.exit_code == 2
    assert "No such command 'wroker'" in done.output


def test_commands_of_libraries_are_there_for_those_who_know_them(app, monkeypatch) -> None:
    monkeypatch.setattr(main, "create_app", lambda: app)
    done = CliRunner().invoke(main, ["db", "--help"])
    assert done.exit_code == 0
    assert "Perform database migrations." in done.output


def test_nothing_is_read_from_files_that_happen_to_lie_in_the_folder(tmp_path) -> None:
    (tmp_path / ".env").write_text("SITE_URL=https://nobody.example.org\nMAIL_REPLIES=wrong\n")
    environment = {"PYTHONPATH": str(folders.PACKAGE.parent), "GOVNET_ENV": "development"}
    done = subprocess.run(
        [sys.executable, "-m", "govnet", "doctor"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert "settings: GOVNET_ENV is not" in done.stdout
