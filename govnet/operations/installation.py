"""Makes the settings file: makes the keys, asks for the rest or takes options, and writes nothing until all is known."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy.engine import make_url

from govnet.kernel import settings_file
from govnet.kernel.settings import ConfigError, load_config, use_file
from govnet.operations import file_ownership

_LARGEST_PASSWORD = 4096
_SECURITY = {"starttls": ("MAIL_USE_TLS", "587"), "tls": ("MAIL_USE_SSL", "465"), "none": ("", "25")}
"""The setting of each encryption to the relay, and its usual port."""


@dataclass(frozen=True)
class Question:
    """An option of `govnet init`, its setting, and the question at a terminal. If `ask` is empty it asks nothing."""

    option: str
    setting: str
    ask: str = ""
    default: Callable[[Mapping[str, str]], str | None] = lambda _answers: None
    """The default from the answers so far; "" is no answer, and None means that an answer is required."""

    @property
    def word(self) -> str:
        """The option's name in Python."""
        return self.option.removeprefix("--").replace("-", "_")


def _domain(answers: Mapping[str, str]) -> str | None:
    return urlsplit(answers.get("SITE_URL", "")).hostname


def _security(answers: Mapping[str, str]) -> str:
    """A relay on this machine is used without encryption, as installed."""
    return "none" if answers.get("MAIL_SERVER") in ("127.0.0.1", "::1", "localhost") else "starttls"


def _nothing(_answers: Mapping[str, str]) -> str:
    return ""


QUESTIONS = (
    Question("--site-url", "SITE_URL", "The address of the site (https://...)"),
    Question("--data", "GOVNET_DATA", "The folder for the data", lambda _answers: "/srv/govnet/data"),
    Question("--database-url", "DATABASE_URL", default=_nothing),
    Question("--redis-url", "REDIS_URL", default=_nothing),
    Question("--mail-server", "MAIL_SERVER", "The mail relay"),
    Question("--mail-security", "", "Encryption to the relay (starttls, tls or none)", _security),
    Question("--mail-port", "MAIL_PORT", "The relay's port", lambda answers: _SECURITY[answers[""]][1]),
    Question("--mail-user", "MAIL_USERNAME", "The user name at the relay (Enter for none)", _nothing),
    Question("--mail-domain", "MAIL_DOMAIN", "The domain that mail comes from", _domain),
    Question("--trusted-proxies", "TRUSTED_PROXIES", "The number of web servers in front", lambda _answers: "1"),
    Question("--security-contact", "SECURITY_CONTACT", "An address for reports of vulnerabilities (Enter for none)", _nothing),
)  # fmt: skip


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that answer the questions."""
    for each in reversed(QUESTIONS):
        kind = click.Choice([*_SECURITY]) if each.word == "mail_security" else None
        said = f"The setting {each.setting}." if each.setting else "The encryption to the relay."
        command = click.option(each.option, type=kind, help=said)(command)
    for name, said in (
        ("--mail-password-file", "A file that holds only the relay's password."),
        ("--database-password-file", "A file that holds only the password of DATABASE_URL."),
    ):
        command = click.option(name, type=click.Path(exists=True, dir_okay=False, path_type=Path), help=said)(
            command
        )
    return click.option(
        "--settings", "path", metavar="FILE", help="Make this settings file first, with new keys."
    )(command)


def settings_at(path: str | None, given: Mapping[str, Any], words: list[str]) -> bool:
    """Make the file at `path` from `given` and the answers to questions, and use it. Return whether it was made.

    A file that exists stays as it is. Raises ConfigError, and writes nothing, if something is wrong or missing.
    """
    named = [f"--{word.replace('_', '-')}" for word, value in given.items() if value is not None]
    if path is None:
        if named:
            raise ConfigError(
                f"{named[0]} is for a settings file that init makes: add one, for example --settings /etc/govnet/settings.env"
            )
        return False
    target = Path(path).absolute()
    if target.exists():
        if named:
            raise ConfigError(
                f"{target} exists already, and init never changes it: change it by hand, or leave out {named[0]}"
            )
        use_file(str(target))
        return False
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise ConfigError(
            f"{target} cannot be made: {target.parent} must be a folder to which this user can write"
        )
    values = _answers(given)
    config = load_config().load(values)
    file_ownership.check(config.DATA_DIR, config.SQLALCHEMY_DATABASE_URI, words)
    settings_file.write(target, _lines(values))
    use_file(str(target))
    return True


def _answers(given: Mapping[str, Any]) -> dict[str, str]:
    """Return each setting's value: from an option, the environment, a question, or its default."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    answers: dict[str, str] = {}
    lacking: list[str] = []
    for each in QUESTIONS:
        value = given[each.word] or os.environ.get(each.setting)
        if value is not None and given[each.word]:
            _no_password(each, value)
        if value is None and each.ask and terminal:
            value = _asked(each, answers)
        elif value is None:
            value = each.default(answers)
        if value:
            answers[each.setting] = value
        elif value is None:
            lacking.append(_needed(each))
    security = _SECURITY[answers.pop("")][0]
    if security:
        answers[security] = "1"
    if given["database_password_file"] is not None:
        answers["DATABASE_URL"] = _with_password(
            answers.get("DATABASE_URL", ""), _password_in(given["database_password_file"])
        )
    if "MAIL_USERNAME" in answers:
        password = _mail_password(given["mail_password_file"], terminal)
        lacking += (
            [] if password else ["--mail-password-file is needed with --mail-user when there is no terminal"]
        )
        answers["MAIL_PASSWORD"] = password
    elif given["mail_password_file"] is not None:
        lacking.append("--mail-user is needed with --mail-password-file")
    if lacking:
        raise ConfigError(*lacking)
    keys = {name: os.environ.get(name) or secrets.token_hex(32) for name in ("SECRET_KEY", "MAIL_KEY")}
    return {"GOVNET_ENV": "production", **keys, **answers}


def _needed(question: Question) -> str:
    row = next(row for row in load_config().TABLE if row.name == question.setting)
    return (
        f"{question.option} is needed when there is no terminal, for example {question.option} {row.example}"
    )


def _asked(question: Question, answers: Mapping[str, str]) -> str:
    def checked(typed: str) -> str:
        value = typed.strip()
        fault = _fault(question.setting, value) if question.setting else ""
        if not question.setting and value not in _SECURITY:
            fault = "Type starttls, tls or none."
        if fault and value:
            raise click.UsageError(fault)
        return value

    default = question.default(answers)
    return str(click.prompt(question.ask, default=default, show_default=bool(default), value_proc=checked))


def _fault(name: str, value: str) -> str:
    """Return the complaint that production would have about this one setting."""
    key, needed = "k" * 64, [row for row in load_config().TABLE if row.needed]
    others = {row.name: key if row.kind.secret else row.example for row in needed}
    others |= {"GOVNET_ENV": "production", "MAIL_USERNAME": "x"}
    try:
        load_config().load({**others, name: value})
    except ConfigError as error:
        return error.troubles[0]
    return ""


def _no_password(question: Question, value: str) -> None:
    if question.word in ("database_url", "redis_url") and urlsplit(value).password:
        instead = "--database-password-file" if question.word == "database_url" else "the environment"
        raise ConfigError(
            f"Everybody on this machine can read a password in {question.option} while the command runs: "
            f"leave it out there, and give it by {instead} (REDIS_URL and DATABASE_URL can come from the environment too)"
        )


def _password_in(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(_LARGEST_PASSWORD + 1)
    try:
        password = raw.decode("utf-8").rstrip("\n")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8: it must hold the password alone, in one line") from error
    if not password or len(raw) > _LARGEST_PASSWORD or not password.isprintable():
        raise ConfigError(f"{path} must hold the password alone, in one line")
    return password


def _with_password(url: str, password: str) -> str:
    if not url.startswith("postgres"):
        raise ConfigError("--database-url is needed with --database-password-file")
    return make_url(url).set(password=password).render_as_string(hide_password=False)


def _mail_password(path: Path | None, terminal: bool) -> str:
    if path is not None:
        return _password_in(path)
    if "MAIL_PASSWORD" in os.environ:
        return os.environ["MAIL_PASSWORD"]
    return str(click.prompt("The password for that user", hide_input=True)) if terminal else ""


def _lines(values: Mapping[str, str]) -> list[str]:
    """Return the file's lines: each setting below its description."""
    lines = [
        "# Settings of govnet. systemd (EnvironmentFile=), a shell and govnet read the same values: KEY=value,",
        "# and comments on lines of their own. Keep a copy apart from the backups. docs/running.md has all settings.",
    ]
    for row in load_config().TABLE:
        if row.name in values:
            lines += ["", f"# {row.line}", f"{row.name}={settings_file.quoted(values[row.name])}"]
    return lines
