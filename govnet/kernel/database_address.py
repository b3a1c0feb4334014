"""The address of a database, taken apart as SQLAlchemy does it, by programs that have no time to import it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from govnet.kernel.numbers import whole_number

_DRIVER = re.compile(r"[\w+]+")


@dataclass(frozen=True)
class DatabaseAddress:
    """The name in an address; empty if there is none."""

    driver: str
    user: str
    password: str
    host: str
    port: str
    database: str
    query: dict[str, str] = field(default_factory=dict)


def database_address(text: str) -> DatabaseAddress:
    """Take apart `postgresql://user:password@host:port/name?sslmode=require` or `sqlite:////path`. Raises ValueError."""
    driver, _, rest = text.partition("://")
    user, _, password = rest.partition("@")[0].partition(":")
    if "@" not in rest or "/" in user:
        user = password = ""
    else:
        rest = rest.partition("@")[2]
    before, _, query = rest.partition("?")
    place, _, database = before.partition("/")
    host, _, port = place.rpartition("]") if place.startswith("[") else place.partition(":")
    port = port.removeprefix(":")
    if not _DRIVER.fullmatch(driver) or (port and whole_number(port) is None):
        raise ValueError("no address of a database")
    return DatabaseAddress(
        driver,
        unquote(user),
        unquote(password),
        host.removeprefix("["),
        port,
        database,
        dict(parse_qsl(query)),
    )
