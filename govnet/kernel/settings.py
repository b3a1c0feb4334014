"""Settings: what kinds there are, and how a table of them is read and checked; config.py holds the table.

Each setting that is wrong is one sentence with its name and an example, and all of them are said at once.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from govnet.kernel import settings_file
from govnet.kernel.folders import beside

FILE = "GOVNET_SETTINGS"
"""The setting that names the settings file."""
_OURS = ("GOVNET_", "MAIL_")
"""The beginnings of names that no other program uses: a near misspelling of a setting is taken for one."""
_CLUSTERS = re.compile(r"_(SERVICE|PORT)(_|$)")
"""Names that Kubernetes puts into the environment for a service called govnet or mail."""
_PLACEHOLDER = re.compile(
    r"\.{2,}|…|x{3,}|\*+|<.*>|\{\{.*\}\}|todo|tbd|fixme|placeholder|(change|replace)[-_ ]?(me|this|it)[!.]*|secret[-_ ]?key"
    r"|your[-_ ]?(secret|password|user(name)?|(mail|secret)[-_ ]?key|key|domain|host|server)([-_ ]?here)?",
    re.IGNORECASE,
)
_SIGNED_IN = re.compile(r"://[^/@\s]{1,200}@")
_COMMENT = re.compile(r"\s#")
_NEAR = 0.75


class ConfigError(Exception):
    """Settings are missing or wrong; each of `troubles` is a sentence that names one and shows an example."""

    def __init__(self, *troubles: str) -> None:
        super().__init__("\n".join(troubles))
        self.troubles = troubles


class UnfitValue(Exception):
    """A value that has the right form and will not do; the message follows the setting's name."""


@dataclass(frozen=True)
class SettingKind:
    """A kind of value: what it `must` be, and how it is read. `read` raises ValueError or Unfit; `secret` is never shown."""

    must: str
    read: Callable[[str], Any]
    secret: bool = False
    password: bool = False
    """Somebody else chose it: nearly anything can be one."""


@dataclass(frozen=True)
class Setting:
    """A row of the table: `default` is a value as `kind` reads it, `line` explains the setting, `field` is Config's."""

    name: str
    kind: SettingKind
    default: Any
    example: str
    line: str
    shown: str = ""
    """The default in words, if it is not the value itself."""
    field: str = ""
    needed: bool = False
    """In production."""
    where_missing: str = ""
    """A hint for production without it."""
    hidden: bool = False
    """Not for a real server, and not in the guide."""

    @property
    def as_example(self) -> str:
        """How the setting is written, to end a sentence with."""
        if self.kind.secret and not self.kind.password:
            return f"for example {self.name}= and what this prints: {self.example}"
        return f"for example {self.name}={self.example}"

    def fault(self, value: str) -> str:
        """The mistake in the value, in a sentence; empty if there is none."""
        odd = _oddity(value, self.kind)
        if odd:
            return f"{self.name} {odd}: it {self.kind.must}, {self.as_example}"
        try:
            self.kind.read(value)
        except UnfitValue as error:
            return f"{self.name} {error}, {self.as_example}"
        except ValueError:
            not_this = "" if self.kind.secret else f", not “{_short(value)}”"
            return f"{self.name} {self.kind.must}{not_this}, {self.as_example}"
        return ""

    @property
    def missing(self) -> str:
        """The sentence for a setting that production cannot do without."""
        return f"{self.name} is missing: it {self.kind.must}{self.where_missing}, {self.as_example}"


def _short(value: str) -> str:
    shown = _SIGNED_IN.sub("://…@", value)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


def _oddity(value: str, kind: SettingKind) -> str:
    """Signs of a value that was meant for another reader, or not filled in yet."""
    if not value:
        return "is empty (leave it out where its default will do)"
    quoted = (value[0] in "'\"", value[-1] in "'\"")
    if len(value) > 1 and (all(quoted) if kind.password else any(quoted)):
        return "has quotation marks around it, which count as part of it here"
    if not value.isprintable():
        return "holds a line break or another character that is not shown"
    if value != value.strip():
        return "begins or ends with a blank"
    if _COMMENT.search(value):
        return "has a comment after it, which counts as part of it"
    if is_placeholder(value) or (not kind.password and "..." in value):
        return "is still a placeholder"
    return ""


def is_placeholder(value: str) -> bool:
    """Whether a guide wrote this, for somebody to put something else in its place."""
    return value == "PASSWORD" or _PLACEHOLDER.fullmatch(value) is not None


@dataclass(frozen=True)
class SettingsGiven:
    """The settings from the environment and the settings file, and their mistakes in form."""

    values: Mapping[str, str]
    troubles: tuple[str, ...]
    unread: frozenset[str]
    """Settings in the file that could not be read; all if the file could not be."""


def given(table: Sequence[Setting], environ: Mapping[str, str]) -> SettingsGiven:
    """The settings of the environment, and those of the file that it names."""
    names = {row.name for row in table}
    troubles = [_misspelt(name, table) for name in sorted(environ) if _is_near(name, names)]
    path = environ.get(FILE, "")
    if next(row for row in table if row.name == FILE).fault(path):  # which is said with all others
        return SettingsGiven(
            {name: environ[name] for name in names & set(environ)}, tuple(troubles), frozenset()
        )
    read = settings_file.read(path)
    troubles += read.troubles
    for name in read.values:
        if name not in names or name == FILE:
            troubles.append(f"{_misspelt(name, table)} (in {path})")
    values = {**read.values, **environ}
    unread = read.unread if read.values or read.unread else frozenset(names)
    return SettingsGiven({name: values[name] for name in names & set(values)}, tuple(troubles), unread)


def _is_near(name: str, names: Iterable[str]) -> bool:
    if name in names or not name.startswith(_OURS) or _CLUSTERS.search(name):
        return False
    return bool(_near(name, names))


def _near(name: str, names: Iterable[str]) -> str:
    """The setting that somebody meant who wrote this name; empty where there is none."""
    known = sorted(names)
    bare = name.removeprefix("GOVNET_")
    if bare in known:
        return bare
    found = get_close_matches(name, known, 1, _NEAR) or get_close_matches(bare, known, 1, _NEAR)
    return next(iter(found or (one for one in known if name.startswith(one) and "_" in one)), "")


def _misspelt(name: str, table: Sequence[Setting]) -> str:
    near = _near(name, (row.name for row in table))
    meant = next((row for row in table if row.name == near), None)
    if meant is None:
        return f"{name} is not a setting of govnet: take it out"
    return f"{name} is not a setting of govnet: do you mean {near}, {meant.as_example}"


def read(table: Sequence[Setting], there: SettingsGiven) -> tuple[dict[str, Any], list[str]]:
    """Each setting's value, by its field, and a sentence for each that is wrong."""
    values: dict[str, Any] = {}
    troubles = list(there.troubles)
    for row in table:
        text = there.values.get(row.name)
        fault = "" if text is None else row.fault(text)
        if fault:
            troubles.append(fault)
        values[row.field or row.name] = row.default if text is None or fault else row.kind.read(text)
    return values, troubles


def guide_table(table: Sequence[Setting]) -> list[str]:
    """The lines of the table in the operators' guide: each setting with its default, an example, and what it says."""
    lines = ["| setting | default | for example | |", "|---|---|---|---|"]
    for row in table:
        if not row.hidden:
            example = "`govnet init` makes one" if row.example.startswith("python3") else f"`{row.example}`"
            default = row.shown or (row.default if isinstance(row.default, str) else f"{row.default:d}")
            lines.append(f"| `{row.name}` | {default} | {example} | {row.line} |")
    return lines


def load_config() -> ModuleType:
    """config.py: inside an installed package, or at the top of a checkout."""
    if "govnet_config" in sys.modules:
        return sys.modules["govnet_config"]
    spec = importlib.util.spec_from_file_location("govnet_config", beside("config.py"))
    if spec is None or spec.loader is None:
        raise RuntimeError("config.py is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules["govnet_config"] = module
    spec.loader.exec_module(module)
    return module


def use_file(path: str) -> None:
    """Have this process, and those that it starts, read their settings from the file too."""
    os.environ[FILE] = os.path.abspath(path)
