"""Making the settings file: keys are made, all else is asked or given as options, and nothing is written before all is known."""

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
from govnet.operations import ownership

_LARGEST_PASSWORD = 4096
_SECURITY = {"starttls": ("MAIL_USE_TLS", "587"), "tls": ("MAIL_USE_SSL", "465"), "none": ("", "25")}
"""What each way of speaking to the relay sets, and its usual port."""


@dataclass(frozen=True)
class Question:
    """An option of `govnet init`, the setting that it gives, and how a terminal is asked; not at all where `ask` is empty."""

    option: str
    setting: str
    ask: str = ""
    default: Callable[[Mapping[str, str]], str | None] = lambda _answers: None
    """From the answers so far; "" is no answer, and None means that there has to be one."""

    @property
    def word(self) -> str:
        """The option's name in Python."""
        return self.option.removeprefix("--").replace("-", "_")


def _domain(answers: Mapping[str, str]) -> str | None:
    return urlsplit(answers.get("SITE_URL", "")).hostname


def _security(answers: Mapping[str, str]) -> str:
    """A relay on this machine is spoken to in plain words, as it comes."""
    return "none" if answers.get("MAIL_SERVER") in ("127.0.0.1", "::1", "localhost") else "starttls"


def _nothing(_answers: Mapping[str, str]) -> str:
    return ""


QUESTIONS = (
    Question("--site-url", "SITE_URL", "The address under which people reach it (https://...)"),
    Question("--data", "GOVNET_DATA", "The folder for its data", lambda _answers: "/srv/govnet/data"),
    Question("--database-url", "DATABASE_URL", default=_nothing),
    Question("--redis-url", "REDIS_URL", default=_nothing),
    Question("--mail-server", "MAIL_SERVER", "The relay that takes mail from it"),
    Question("--mail-security", "", "How to speak to the relay (starttls, tls or none)", _security),
    Question("--mail-port", "MAIL_PORT", "The relay's port", lambda answers: _SECURITY[answers[""]][1]),
    Question("--mail-user", "MAIL_USERNAME", "The user that the relay knows (Enter for none)", _nothing),
    Question("--mail-domain", "MAIL_DOMAIN", "The domain that mail comes from", _domain),
    Question("--trusted-proxies", "TRUSTED_PROXIES", "How many web servers stand in front", lambda _answers: "1"),
    Question("--security-contact", "SECURITY_CONTACT", "An address to tell of security holes (Enter for none)", _nothing),
)  # fmt: skip


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that answer the questions."""
    for each in reversed(QUESTIONS):
        kind = click.Choice([*_SECURITY]) if each.word == "mail_security" else None
        said = f"Write {each.setting} into it." if each.setting else "How to speak to the relay."
        command = click.option(each.option, type=kind, help=said)(command)
    for name, said in (
        ("--mail-password-file", "A file that holds the relay's password alone."),
        ("--database-password-file", "A file that holds the password of DATABASE_URL alone."),
    ):
        command = click.option(name, type=click.Path(exists=True, dir_okay=False, path_type=Path), help=said)(
            command
        )
    return click.option(
        "--settings", "path", metavar="FILE", help="Make this settings file first, with new keys."
    )(command)


def settings_at(path: str | None, given: Mapping[str, Any], words: list[str]) -> bool:
    """Have the file at `path` be there and used: made from what was `given` and asked. Returns whether it was made.

    One that is there stays as it is. Raises ConfigError, and writes nothing, where something is wrong or missing.
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
                f"{target} is there already, and init never changes it: change it by hand, or leave out {named[0]}"
            )
        use_file(str(target))
        return False
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise ConfigError(
            f"{target} cannot be made: {target.parent} must be a folder in which this user may write"
        )
    values = _answers(given)
    config = load_config().load(values)
    ownership.check(config.DATA_DIR, config.SQLALCHEMY_DATABASE_URI, words)
    settings_file.write(target, _lines(values))
    use_file(str(target))
    return True


def _answers(given: Mapping[str, Any]) -> dict[str, str]:
    """Each setting's value: by option, from the environment, asked, or its default."""
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
            [] if password else ["--mail-password-file is needed with --mail-user where nobody can be asked"]
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
        f"{question.option} is needed where nobody can be asked, for example {question.option} {row.example}"
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
    """What production would say of this one setting."""
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
            f"leave it out there, and give it by {instead} (REDIS_URL and DATABASE_URL are taken from the environment, too)"
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
    return str(click.prompt("The password for that", hide_input=True)) if terminal else ""


def _lines(values: Mapping[str, str]) -> list[str]:
    """The file's lines: each setting under what it says."""
    lines = [
        "# Settings of govnet, as systemd (EnvironmentFile=), a shell and govnet read them alike: KEY=value,",
        "# and comments on lines of their own. Keep a copy apart from the backups. docs/running.md has all settings.",
    ]
    for row in load_config().TABLE:
        if row.name in values:
            lines += ["", f"# {row.line}", f"{row.name}={settings_file.quoted(values[row.name])}"]
    return lines
