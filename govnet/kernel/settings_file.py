"""The settings file: lines KEY=value that systemd (EnvironmentFile=), a POSIX shell (`. file`) and govnet read alike.

A value stands bare, where it holds letters, digits and what no reader treats specially; in single quotes, which hold no
quote and no backslash; or in double quotes, in which \\ " $ and ` have a backslash before them. Anything else is refused:
systemd.exec(5) reads a comment after a value as part of it, a shell does not, and what one expands the other keeps.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

LARGEST = 64 * 1024
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,={}\[\]?!^-]*", re.ASCII)
_SINGLE = re.compile(r"'([^'\\]*)'")
_DOUBLE = re.compile(r'"((?:[^"\\$`]|\\["\\$`])*)"')
_ESCAPED = re.compile(r'\\(["\\$`])')
_SPECIAL = re.compile(r'(["\\$`])')
_EXPANDED = re.compile(r"(?<!\\)[$`]")
_COMMENT = re.compile(r"\s#")
_MEANT = re.compile(r"\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=")
_EVERYBODY = stat.S_IROTH | stat.S_IWOTH


@dataclass(frozen=True)
class Read:
    """The content of a settings file: `troubles` are sentences that name a line, `unread` the settings of such lines."""

    values: Mapping[str, str] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()


def read(path: str) -> Read:
    """The file's settings, or its mistakes; reads no more than 64 KB."""
    try:
        with open(path, "rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        return Read(
            troubles=(f"The settings file {path} cannot be read ({error.strerror}): {_remedy(path, error)}",)
        )
    if len(raw) > LARGEST:
        return Read(
            troubles=(f"The settings file {path} is larger than 64 KB: it holds lines such as MAIL_PORT=587",)
        )
    return parse(raw, path)


def _remedy(path: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"make it with govnet init --settings {path}"
    return "it must be a file that the user who runs govnet may read, such as /etc/govnet/settings.env"


def parse(raw: bytes, path: str = "settings.env") -> Read:
    """The settings in these bytes, and all mistakes in them, each with its line."""
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    troubles: list[str] = []
    unread: set[str] = set()
    for number, line in enumerate(raw.split(b"\n"), 1):
        try:
            found = _pair(line)
        except ValueError as error:
            troubles.append(f"Line {number} of {path} {error}")
            meant = _MEANT.match(line.decode("utf-8", "replace"))
            unread |= {meant[1]} if meant else set()
            continue
        if found is None:
            continue
        name, value = found
        if name in values:
            troubles.append(
                f"Line {number} of {path} sets {name} again, which line {lines[name]} sets: keep one of them"
            )
        values[name], lines[name] = value, number
    return Read({n: v for n, v in values.items() if n not in unread}, tuple(troubles), frozenset(unread))


def _pair(raw: bytes) -> tuple[str, str] | None:
    """The setting in a line; None if it is blank or a comment. Raises ValueError with a message."""
    if raw.endswith(b"\r"):
        raise ValueError(
            "ends as on Windows (CR LF): save the file with Unix line ends, for example MAIL_PORT=587"
        )
    try:
        line = raw.decode("utf-8").strip(" \t")
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8: save the file as UTF-8") from error
    if not line:
        return None
    if line.startswith("#"):
        if line.endswith("\\"):
            raise ValueError(
                "is a comment that ends in a backslash, which systemd joins to the next line: take it out"
            )
        if "\0" in line:
            raise ValueError("holds a character that no reader keeps (NUL): take it out")
        return None
    name, equals, written = line.partition("=")
    if not equals or not _NAME.fullmatch(name):
        raise ValueError(_no_pair(line))
    return name, _value(name, written)


def _no_pair(line: str) -> str:
    if line.startswith("export "):
        return "begins with “export”, which systemd does not know: write KEY=value alone, for example MAIL_PORT=587"
    if line.startswith("\ufeff"):
        return "begins with a byte order mark: save the file as UTF-8 without one"
    if _MEANT.match(line):
        return "has a blank before the =, which a shell does not take: write KEY=value, for example MAIL_PORT=587"
    return "is not of the form KEY=value: it must look like this, for example MAIL_PORT=587"


def _value(name: str, written: str) -> str:
    if _BARE.fullmatch(written):
        return written
    single, double = _SINGLE.fullmatch(written), _DOUBLE.fullmatch(written)
    value = single[1] if single else _ESCAPED.sub(r"\1", double[1]) if double else None
    if value is None:
        raise ValueError(_no_value(name, written))
    if not value.isprintable():
        raise ValueError(f"holds a character in {name} that is not shown: take it out")
    return value


def _no_value(name: str, written: str) -> str:
    """Why the readers would not agree about it; the value itself may be a secret, and is not shown."""
    if _COMMENT.search(written):
        return f"has a comment after {name}: give the comment a line of its own, for example # {name} is new"
    if written[0] in " \t":
        return f"has a blank after the = of {name}: write it without, for example MAIL_PORT=587"
    quote = written[0] if written[0] in "'\"" else ""
    if (not quote or quote == '"') and _EXPANDED.search(written):
        return f"has a $ or ` in {name}, which a shell would expand: put the value in single quotes, for example {name}='a$b'"
    if not quote and not set(written) & set("'\"\\"):
        return f"has characters in {name} that need quotation marks: put the value in single quotes, for example {name}='a b'"
    if not quote or written.count(quote) % 2 or not written.endswith(quote):
        return f"has quotation marks or a backslash in {name} that do not go round all of it: for example {name}='a b'"
    return (
        f"has a quotation mark or a backslash inside the value of {name}: put the value in double quotes and a backslash "
        f'before each \\ " $ and `, for example {name}="a\\"b"'
    )


def quoted(value: str) -> str:
    """The value as a settings file has it. Raises ValueError where no reader could take it."""
    if not value.isprintable():
        raise ValueError("a character that is not shown")
    if _BARE.fullmatch(value):
        return value
    if not set(value) & set("'\\"):
        return f"'{value}'"
    return '"' + _SPECIAL.sub(r"\\\1", value) + '"'


def write(path: Path, lines: list[str]) -> None:
    """Make the file, whole or not at all, for its owner only: the owner of the folder that it lies in.

    Raises FileExistsError where there is one already, and OSError where it cannot be written.
    """
    from govnet.kernel import files  # imported here: reading settings does not need it

    with files.whole(path, new=True) as file:
        owner = path.parent.stat()
        if os.geteuid() == 0 and owner.st_uid != 0:
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.write(("\n".join(lines) + "\n").encode())


def open_to_everybody(path: str) -> bool:
    """Whether everybody on this machine can read or change the file; False where it is none."""
    try:
        mode = os.stat(path).st_mode
        return stat.S_ISREG(mode) and bool(mode & _EVERYBODY)
    except OSError:
        return False
