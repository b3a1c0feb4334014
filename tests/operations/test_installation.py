"""`govnet init --settings FILE` makes the file whole or not at all, for its owner only, and never twice."""

from __future__ import annotations

import os
import pty
import pwd
import select
import subprocess
import sys
import time as clock
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from govnet.kernel.settings import load_config
from govnet.operations import file_ownership
from tests.charter.test_founding_file import FILE

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ("--site-url", "https://network.example.org", "--mail-server", "smtp.example.org")


@pytest.fixture
def run(command) -> Callable[..., Result]:
    """Run a command as installed: on its own settings, with none of them in the environment."""
    return command


def values(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.sqlite
def test_it_makes_file_and_database_and_prints_the_link(run, tmp_path: Path) -> None:
    path = tmp_path / "settings.env"
    done = run("init", "--settings", path, *ANSWERS, "--data", tmp_path / "data")
    assert done.exit_code == 0, done.output
    assert "https://network.example.org/found/" in done.output
    assert (tmp_path / "data" / "govnet.db").exists()
    assert path.stat().st_mode & 0o777 == 0o600
    made = values(path)
    assert made.pop("SECRET_KEY") != made.pop("MAIL_KEY")
    assert made == {
        "GOVNET_ENV": "production",
        "SITE_URL": "https://network.example.org",
        "GOVNET_DATA": str(tmp_path / "data"),
        "MAIL_SERVER": "smtp.example.org",
        "MAIL_PORT": "587",
        "MAIL_USE_TLS": "1",
        "MAIL_DOMAIN": "network.example.org",
        "TRUSTED_PROXIES": "1",
    }
    assert load_config().load({"GOVNET_SETTINGS": str(path)}).production


@pytest.mark.sqlite
def test_it_founds_by_a_file_too_and_later_uses_what_is_there(run, tmp_path: Path) -> None:
    (tmp_path / "network.toml").write_text(FILE)
    path = tmp_path / "settings.env"
    done = run("init", "--settings", path, *ANSWERS, "--data", tmp_path / "data", "--file", "network.toml")
    assert "is at https://network.example.org/uk/" in done.output
    before = path.read_bytes()
    again = run("init", "--settings", path)
    assert (again.exit_code, "/found/" in again.output) == (0, True)
    refused = run("init", "--settings", path, "--mail-port", "25")
    assert refused.output == (
        f"Error: {path} exists already, and init never changes it: change it by hand, or leave out --mail-port\n"
    )
    assert path.read_bytes() == before
    assert "ok    uk: " in run("--settings", path, "verify").output


def test_passwords_come_from_files_and_never_from_words(run, tmp_path: Path) -> None:
    (tmp_path / "relay").write_text('it\'s $5 "now" \\o/\n')
    (tmp_path / "database").write_text("p@ss/w:rd\n")
    path = tmp_path / "settings.env"
    words = ("init", "--settings", path, *ANSWERS, "--data", tmp_path / "data", "--mail-user", "kit")
    assert (
        run(*words).output
        == "Error: --mail-password-file is needed with --mail-user when there is no terminal\n"
    )
    for option, url in (
        ("--database-url", "postgresql://g:geheim@h/d"),
        ("--redis-url", "redis://:geheim@h/0"),
    ):
        refused = run(*words, "--mail-password-file", "relay", option, url)
        assert refused.exit_code == 1
        assert "can read a password" in refused.output
        assert "geheim" not in refused.output
    assert not path.exists()
    done = run(*words, "--mail-password-file", "relay", "--database-url", "postgresql://govnet@127.0.0.1:1/g",
               "--database-password-file", "database")  # fmt: skip
    assert done.exit_code == 1
    assert "cannot be used" in done.output
    assert "p@ss" not in done.output
    assert "p%40ss" not in done.output
    found = load_config().load({"GOVNET_SETTINGS": str(path)})
    assert found.MAIL_PASSWORD == 'it\'s $5 "now" \\o/'
    assert found.SQLALCHEMY_DATABASE_URI == "postgresql+psycopg://govnet:p%40ss%2Fw%3Ard@127.0.0.1:1/g"


def test_everything_that_is_wrong_or_missing_is_named_and_nothing_is_made(run, tmp_path: Path) -> None:
    path = tmp_path / "settings.env"
    done = run("init", "--settings", path)
    assert (
        done.exit_code,
        [line.split()[0] for line in done.output.replace("Error: ", "").splitlines()],
    ) == (
        1,
        ["--site-url", "--mail-server", "--mail-domain"],
    )
    done = run(
        "init",
        "--settings",
        path,
        *ANSWERS,
        "--site-url",
        "http://network.example.org",
        "--mail-port",
        "smtp",
    )
    assert done.output.startswith("Error: SITE_URL must be the https:// address")
    assert "\nMAIL_PORT must be a whole number" in done.output
    done = run("init", "--settings", tmp_path / "nowhere" / "settings.env", *ANSWERS)
    assert f"{tmp_path}/nowhere must be a folder" in done.output
    assert "add one, for example --settings" in run("init", "--site-url", "https://a.example.org").output
    assert list(tmp_path.iterdir()) == []


def test_keys_that_the_environment_has_are_kept(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "s" * 40)
    monkeypatch.setenv("MAIL_KEY", "changeme")
    path = tmp_path / "settings.env"
    assert run("init", "--settings", path, *ANSWERS).output.startswith(
        "Error: MAIL_KEY is still a placeholder"
    )
    monkeypatch.setenv("MAIL_KEY", "m" * 40)
    assert run("init", "--settings", path, *ANSWERS, "--data", tmp_path / "data").exit_code == 0
    assert (values(path)["SECRET_KEY"], values(path)["MAIL_KEY"]) == ("s" * 40, "m" * 40)


def at_a_terminal(words: list[str], folder: Path, answers: list[str | None]) -> tuple[int, str]:
    """Run govnet where it can ask: each answer is typed when it has asked anew; None is Ctrl-D."""
    ours, theirs = pty.openpty()
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        [sys.executable, "-m", "govnet", *words],
        cwd=folder,
        env=environ,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said, seen, waiting = "", 0, list(answers)
    until = clock.monotonic() + 60
    while clock.monotonic() < until:
        if select.select([ours], [], [], 0.5)[0]:
            try:
                said += os.read(ours, 4096).decode()
            except OSError:  # the other end is closed
                break
        if waiting and said[seen:].rstrip(" ").endswith(":"):
            seen = len(said)
            answer = waiting.pop(0)
            os.write(ours, b"\x04" if answer is None else answer.encode() + b"\n")
    os.close(ours)
    process.terminate()
    return process.wait(30), said


@pytest.mark.sqlite
def test_at_a_terminal_it_asks_and_asks_again_where_an_answer_is_wrong(tmp_path: Path) -> None:
    answers = ["http://network.example.org", "https://network.example.org", str(tmp_path / "data"), "smtp.example.org",
               "ssl", "tls", "", "kit", "", "0", "", "hidden words"]  # fmt: skip
    code, said = at_a_terminal(["init", "--settings", "settings.env"], tmp_path, answers)
    assert code == 0, said
    assert "SITE_URL must be the https:// address" in said
    assert "Type starttls, tls or none." in said
    assert "hidden words" not in said
    made = values(tmp_path / "settings.env")
    assert (made["MAIL_USE_SSL"], made["MAIL_PORT"], made["MAIL_USERNAME"]) == ("1", "465", "kit")
    assert (made["MAIL_PASSWORD"], made["MAIL_DOMAIN"]) == ("'hidden words'", "network.example.org")
    assert "MAIL_USE_TLS" not in made


def test_a_question_that_is_left_leaves_nothing_behind(tmp_path: Path) -> None:
    code, said = at_a_terminal(
        ["init", "--settings", "settings.env"], tmp_path, ["https://network.example.org", None]
    )
    assert code == 1
    assert "Aborted!" in said
    assert list(tmp_path.iterdir()) == []


COMMANDS = (
    ["init"],
    ["doctor"],
    ["serve"],
    ["worker"],
    ["backup", "b.tar.gz"],
    ["upgrade"],
    ["verify"],
    ["operator", "give", "kit@example.org"],
    ["operator", "release-mail"],
    ["import", "list"],
    ["export", "members", "m.csv"],
)


@pytest.fixture
def nobody_s(tmp_path: Path) -> Path:
    """A data folder that belongs to the user nobody."""
    if os.geteuid():
        raise AssertionError("these tests give folders to other users: run them as root")
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    return folder


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_root_does_not_work_in_another_s_folder(run, nobody_s: Path, monkeypatch, words: list[str]) -> None:
    for folder in (nobody_s, nobody_s / "data"):
        monkeypatch.setenv("GOVNET_DATA", str(folder))
        done = run(*words)
        assert done.exit_code == 1
        assert done.output.count("\n") == 1
        assert f"sudo -u nobody govnet {' '.join(words)}" in done.output
        assert list(nobody_s.iterdir()) == []


def test_root_is_shown_how_to_make_the_settings_of_another(run, nobody_s: Path, tmp_path: Path) -> None:
    words = ["init", "--settings", str(tmp_path / "s.env"), *ANSWERS, "--data", str(nobody_s / "data")]
    done = run(*words)
    assert f"sudo -u nobody govnet {' '.join(words)}" in done.output
    assert not (tmp_path / "s.env").exists()


def test_the_settings_name_the_user_who_should_call_it(run, nobody_s: Path, tmp_path: Path) -> None:
    (tmp_path / "s.env").write_text(f"GOVNET_DATA={nobody_s}\n")
    done = run("--settings", tmp_path / "s.env", "verify")
    assert f"sudo -u nobody govnet --settings {tmp_path}/s.env verify" in done.output


def as_nobody(function: Callable[[], None]) -> bool:
    """Whether the function raises nothing in a process of the user nobody."""
    child = os.fork()
    if not child:
        code = 1
        try:
            os.setuid(pwd.getpwnam("nobody").pw_uid)
            function()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def test_a_folder_or_a_file_that_cannot_be_written_is_named(tmp_path: Path, nobody_s: Path) -> None:
    for folder in tmp_path, *tmp_path.parents[:-1]:
        folder.chmod(folder.stat().st_mode | 0o055)
    (nobody_s / "govnet.db").touch(mode=0o600)

    def refused(data: Path, *words: str) -> None:
        with pytest.raises(load_config().ConfigError) as error:
            file_ownership.check(str(data), f"sqlite:///{data}/govnet.db", ["doctor"])
        assert all(word in str(error.value) for word in words), str(error.value)

    def trouble() -> None:
        refused(tmp_path, "where nobody may not write (it belongs to root): sudo -u root")
        refused(tmp_path / "deeper" / "data", "where nobody may not write")
        refused(nobody_s, "govnet.db, which nobody may not write (it belongs to root): sudo chown nobody")

    def well() -> None:
        file_ownership.check(str(nobody_s / "data"), f"sqlite:///{nobody_s}/data/govnet.db")

    assert as_nobody(trouble)
    assert as_nobody(well)


def test_a_file_where_the_folder_should_be_is_named(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").write_text("")
    monkeypatch.setenv("GOVNET_DATA", str(tmp_path / "data"))
    assert f"{tmp_path}/data is a file: name a folder" in run("doctor").output
