"""Settings: one table, from which they are read and checked, and the guide and the settings file are made."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from govnet.kernel import settings_file
from govnet.kernel.database_address import database_address
from govnet.kernel.settings import (
    FILE,
    ConfigError,
    Setting,
    SettingKind,
    UnfitValue,
    given,
    is_placeholder,
    read,
)
from govnet.mail.incoming.lmtp_address import listen_address

DEVELOPMENT_KEY = "only-for-development"
SHORTEST_KEY = 32
COMPRESSED = (
    "text/html",
    "text/css",
    "text/javascript",
    "text/plain",
    "text/csv",
    "application/json",
    "application/x-ndjson",
    "image/svg+xml",
)


PRIVATE = ("127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")
"""Where a proxy stands as a rule: on the same machine, or in the same house."""
_REPLIES = re.compile(r"[a-z0-9.+=_-]{0,16}\{token\}@[a-z0-9.-]+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*{_LABEL}")
_DOMAIN = re.compile(rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]")
_NEW_KEY = "python3 -c 'import secrets; print(secrets.token_hex(32))'"


def _text(value: str) -> str:
    return value


def _one_of(*words: str) -> SettingKind:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError(value)
        return value

    return SettingKind(f"must be {' or '.join(words)}", read)


def _yes(value: str) -> bool:
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if value.lower() not in known:
        raise ValueError(value)
    return known[value.lower()]


def _whole(least: int, most: int) -> SettingKind:
    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError(value)
        return int(value)

    return SettingKind(f"must be a whole number from {least} to {most}", read)


def _seconds(least: int, most: int) -> SettingKind:
    def read(value: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", value) or not least <= float(value) <= most:
            raise ValueError(value)
        return float(value)

    return SettingKind(f"must be a number of seconds from {least} to {most}", read)


def _matching(pattern: re.Pattern[str]) -> Any:
    def read(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(value)
        return value

    return read


def _key(value: str) -> str:
    if re.search(r"\s", value):
        raise ValueError(value)
    return value


def _host(value: str) -> str:
    """A name or an address. Raises ValueError."""
    if _HOST.fullmatch(value) and not re.fullmatch(r"[0-9.]+", value):
        return value
    return str(ip_address(value.removeprefix("[").removesuffix("]")))


def _split(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


def _ranges(value: str) -> tuple[str, ...]:
    for each in _split(value):
        ip_network(each, strict=False)
    if not _split(value):
        raise ValueError(value)
    return _split(value)


def _hosts(value: str) -> tuple[str, ...]:
    for each in _split(value):
        _host(each)
    if not _split(value):
        raise ValueError(value)
    return _split(value)


def _address(value: str) -> str:
    from govnet.people.addresses import parsed_or_none

    if parsed_or_none(value.replace("{token}", "token")) is None:
        raise ValueError(value)
    return value


def _contact(value: str) -> str:
    if re.fullmatch(r"https://[^\s/]+\S*|tel:[+0-9-]+", value):
        return value
    _address(value.removeprefix("mailto:"))
    return value


def _site(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or parts.path.rstrip("/") or parts.query or parts.fragment:
        raise ValueError(value)
    if (
        parts.username is not None
        or "?" in value
        or "#" in value
        or (parts.port is not None and parts.port == 0)
    ):
        raise ValueError(value)
    _host(parts.hostname or "")
    return value.rstrip("/")


def _listen(value: str) -> str:
    try:
        return str(listen_address(value))
    except ValueError as error:
        raise UnfitValue(
            f"does not do, as {error}: it must be an address of this machine or its network"
        ) from error


def _folder(value: str) -> str:
    if value.startswith("~"):
        raise UnfitValue("begins with ~, which only a shell knows: it must be the folder's whole path")
    return str(Path(value).resolve())


def _database(value: str) -> str:
    """An SQLite file or a PostgreSQL database, as SQLAlchemy names it."""
    url = database_address(value)
    if url.driver in ("sqlite", "sqlite+pysqlite"):
        if not url.database.startswith("/"):
            raise UnfitValue("must name an SQLite file by its whole path")
        return value
    if url.driver not in ("postgres", "postgresql", "postgresql+psycopg") or not url.database:
        raise ValueError("another database")
    if is_placeholder(url.password):
        raise UnfitValue(
            "still has a placeholder for the password: it must name the database with its role and password"
        )
    if {"password", "sslpassword"} & set(url.query):
        raise UnfitValue("has a password behind the ?: it must stand before the @")
    if importlib.util.find_spec("psycopg") is None:
        raise UnfitValue(
            "names PostgreSQL, for which psycopg is missing: install requirements-cluster.lock, then set it"
        )
    return "postgresql+psycopg://" + value.partition("://")[2]


def _redis(value: str) -> str:
    if value == "memory://":
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("redis", "rediss", "unix") or not (parts.hostname or parts.scheme == "unix"):
        raise ValueError("another kind")
    if parts.scheme != "unix" and (not re.fullmatch(r"(/[0-9]{0,4})?", parts.path) or parts.port == 0):
        raise ValueError("the number of the database")
    if parts.scheme == "unix" and not parts.path.startswith("/"):
        raise ValueError("no path")
    if parts.password and is_placeholder(parts.password):
        raise UnfitValue(
            "still has a placeholder for the password: it must name the Redis server with its password"
        )
    if importlib.util.find_spec("redis") is None:
        raise UnfitValue(
            "names Redis, for which its library is missing: install requirements-cluster.lock, then set it"
        )
    _redis_library_takes(value)
    return value


def _redis_library_takes(value: str) -> None:
    from redis import Redis

    try:
        Redis.from_url(value).connection_pool.make_connection()  # which does not connect
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError("what stands behind the ?") from error


FLAG = SettingKind("must be 1 or 0", _yes)
KEY = SettingKind(f"must be set to at least {SHORTEST_KEY} random characters", _key, secret=True)
PORT = _whole(1, 65_535)
HOST = SettingKind("must be a host's name or address", _host)
FOLDER = SettingKind("must be a folder's path", _folder)
TABLE = (
    Setting(FILE, SettingKind("must be a settings file's path", _text), None, "/etc/govnet/settings.env",
            "a settings file, as `govnet init --settings FILE` writes it; the environment goes before it",
            shown="none"),
    Setting("GOVNET_ENV", _one_of("development", "production"), "development", "production",
            "`production` refuses to start without keys, SITE_URL, MAIL_DOMAIN and GOVNET_DATA", field="ENV_NAME"),
    Setting("SECRET_KEY", KEY, DEVELOPMENT_KEY, _NEW_KEY, "signs cookies and forms; changing it signs everybody out",
            shown="none in production", needed=True),
    Setting("MAIL_KEY", KEY, None, _NEW_KEY,
            "signs links in mails, and is part of every backup; links in mails that were sent work only with it",
            shown="none in production", needed=True,
            where_missing=" (or to SECRET_KEY’s, where this server ran without one until now)"),
    Setting("SITE_URL", SettingKind("must be set to the address under which people reach this server, without a path", _site),
            "http://127.0.0.1:5000", "https://network.example.org",
            "the beginning of links in mails, and the name that the server answers to; https:// in production", needed=True),
    Setting("GOVNET_DATA", FOLDER, None, "/srv/govnet/data",
            "the folder of the SQLite file and the list of erasures; only its owner can read it", field="DATA_DIR",
            shown="`instance` in the current folder; none in production", needed=True),
    Setting("DATABASE_URL",
        SettingKind("must name a PostgreSQL database or an SQLite file", _database, secret=True, password=True),
            None, "postgresql://govnet:PASSWORD@db.example.org/govnet", "PostgreSQL, for several machines",
            shown="SQLite in GOVNET_DATA", field="SQLALCHEMY_DATABASE_URI"),
    Setting("REDIS_URL", SettingKind("must name a Redis server", _redis, secret=True, password=True), "memory://",
            "redis://cache.example.org/0", "counts requests for several machines or processes together",
            shown="each process counts for itself", field="RATELIMIT_STORAGE_URI"),
    Setting("MAIL_SERVER", HOST, "127.0.0.1", "smtp.example.org", "the relay that takes mail from this server"),
    Setting("MAIL_PORT", PORT, 25, "587", "its port"),
    Setting("MAIL_USERNAME", SettingKind("must be the name that the relay knows", _text), None, "govnet@example.org",
            "the name with which the server signs in at the relay", shown="none"),
    Setting("MAIL_PASSWORD", SettingKind("must be the relay's password", _text, secret=True, password=True), None, "PASSWORD",
            "the password for that name", shown="none"),
    Setting("MAIL_USE_TLS", FLAG, False, "1", "STARTTLS, as a rule on port 587"),
    Setting("MAIL_USE_SSL", FLAG, False, "1", "TLS from the start, as a rule on port 465"),
    Setting("MAIL_DOMAIN", SettingKind("must be set to the domain that mail comes from", _matching(_DOMAIN)),
            "govnet.example.org", "network.example.org",
            "the domain that mail comes from: SPF and DKIM should name your relay", needed=True,
            shown="an example; none in production"),
    Setting("MAIL_RATE", _whole(0, 1_000_000), 0, "600",
            "the most mails in a minute, if your relay has a limit; 0 is no limit"),
    Setting("MAIL_RETURN_PATH", SettingKind("must be one address, which may have {token} in it", _address), None,
            "bounces+{token}@network.example.org",
            "the address to which undeliverable mail comes back; `{token}` in it becomes a mark for each mail",
            shown="the sender"),
    Setting("MAIL_REPLIES", SettingKind("must be one address with {token} in it", _matching(_REPLIES)), None,
            "replies+{token}@network.example.org",
            "the address, with `{token}` in it, to which answers come; without it they go to the networks’ mailboxes",
            shown="none"),
    Setting("LMTP_LISTEN",
        SettingKind("must be an address of this machine or its network with a port, or a socket", _listen), None,
            "127.0.0.1:8024", "the address where the worker accepts mail to MAIL_REPLIES by LMTP; also `unix:/run/govnet/lmtp`",
            shown="none"),
    Setting("MAIL_TIMEOUT", _seconds(1, 600), 30.0, "30", "seconds to wait for the relay at each step", shown="30"),
    Setting("PORT", PORT, 5000, "5000", "the port on which `govnet serve` listens"),
    Setting("WEB_PROCESSES", _whole(1, 64), 1, "4", "the number of processes that answer requests; one for each processor"),
    Setting("TRUSTED_PROXIES", _whole(0, 16), 0, "1", "the number of proxies in front"),
    Setting("PROXY_ADDRESSES", SettingKind("must be addresses and ranges, separated by commas", _ranges), PRIVATE,
            "203.0.113.7,10.0.0.0/8", "the addresses and ranges of these proxies, separated by commas",
            shown="this machine and private networks"),
    Setting("MORE_HOSTS", SettingKind("must be host names, separated by commas", _hosts), (), "www.example.org,example.org",
            "other names that this server answers to, separated by commas; without it only the one in SITE_URL", shown="none"),
    Setting("HSTS_SUBDOMAINS", FLAG, False, "1",
            "browsers use https for a year for all names below SITE_URL’s too; set it only if all of them have https"),
    Setting("SECURITY_CONTACT", SettingKind("must be an address, or begin with https:// or tel:", _contact), None,
            "security@example.org", "the address in `/.well-known/security.txt`, for reports of vulnerabilities",
            shown="the networks’ mailboxes"),
    Setting("LOG_LEVEL", _one_of("debug", "info", "warning", "error"), "info", "warning",
            "the lowest level that is logged; `info` has a line for each answer and each mail"),
    Setting("METRICS_TOKEN", KEY, None, _NEW_KEY,
            "lets a program read `/metrics` with `Authorization: Bearer ...`; without it the page does not exist", shown="none"),
    Setting("GOVNET_DEMO", FLAG, False, "1", "lets anybody be anybody", field="DEMO", hidden=True),
    Setting("GOVNET_CLOCK_FILE", FOLDER, None, "/srv/clock", "moves the clock", field="CLOCK_FILE", hidden=True),
)  # fmt: skip
"""Every setting. Config has a field for each, by its `field` or name."""
ONLY_FOR_TRYING_OUT = ("GOVNET_DEMO", "GOVNET_CLOCK_FILE")


@dataclass(frozen=True)
class Config:
    """Every setting, typed; upper case because Flask reads them so."""

    GOVNET_SETTINGS: str | None
    ENV_NAME: str
    SECRET_KEY: str
    MAIL_KEY: str
    SQLALCHEMY_DATABASE_URI: str
    DATA_DIR: str
    SITE_URL: str
    DEMO: bool
    MAIL_SERVER: str
    MAIL_PORT: int
    MAIL_USERNAME: str | None
    MAIL_PASSWORD: str | None
    MAIL_USE_TLS: bool
    MAIL_USE_SSL: bool
    MAIL_DOMAIN: str
    MAIL_RATE: int
    MAIL_TIMEOUT: float
    MAIL_RETURN_PATH: str | None
    MAIL_REPLIES: str | None
    LMTP_LISTEN: str | None
    RATELIMIT_STORAGE_URI: str
    PORT: int
    WEB_PROCESSES: int
    TRUSTED_PROXIES: int
    PROXY_ADDRESSES: tuple[str, ...] = PRIVATE
    MORE_HOSTS: tuple[str, ...] = ()
    HSTS_SUBDOMAINS: bool = False
    LOG_LEVEL: str = "info"
    METRICS_TOKEN: str | None = None
    SECURITY_CONTACT: str | None = None
    CLOCK_FILE: str | None = None
    SQLITE_SYNCHRONOUS: str = "FULL"
    MAX_CONTENT_LENGTH: int = 1024 * 1024
    MAX_FORM_MEMORY_SIZE: int = 1024 * 1024
    SQLALCHEMY_ECHO: bool = False

    @property
    def production(self) -> bool:
        """Whether strangers use this."""
        return self.ENV_NAME == "production"

    def as_flask(self) -> dict[str, Any]:
        """What app.config takes."""
        secure = self.SITE_URL.startswith("https://")
        return {
            **asdict(self),
            "SESSION_COOKIE_NAME": "__Host-govnet" if secure else "govnet",
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": 60 * 60 * 24 * 90,
            "SESSION_REFRESH_EACH_REQUEST": False,  # a session ends with its row, whatever the cookie says
            "WTF_CSRF_TIME_LIMIT": None,
            "BABEL_DEFAULT_LOCALE": "en",
            "SEND_FILE_MAX_AGE_DEFAULT": 60 * 60 * 24 * 365,
            "COMPRESS_MIMETYPES": list(COMPRESSED),
            "MAIL_DEFAULT_SENDER": f"govnet@{self.MAIL_DOMAIN}",
        }


def load(environ: Mapping[str, str] | None = None, *, leave_out: Collection[str] = ()) -> Config:
    """Read the settings of the environment, and of the file that GOVNET_SETTINGS names.

    Those to `leave_out` keep their defaults, unchecked: a small command has no use for them, and libraries check them.
    Raises ConfigError, with a sentence for each setting that is wrong or that production lacks.
    """
    there = given(TABLE, os.environ if environ is None else environ)
    there = replace(there, values={name: v for name, v in there.values.items() if name not in leave_out})
    values, troubles = read(TABLE, there)
    troubles += _between(values, there.values)
    if values["ENV_NAME"] == "production":
        troubles += _in_production(there.values, there.unread | frozenset(leave_out))
    if troubles:
        order = {row.name: number for number, row in enumerate(TABLE)}
        raise ConfigError(*sorted(troubles, key=lambda said: order.get(said.split()[0], -1)))
    values["DATA_DIR"] = values["DATA_DIR"] or str(Path("instance").resolve())
    values["SQLALCHEMY_DATABASE_URI"] = (
        values["SQLALCHEMY_DATABASE_URI"] or f"sqlite:///{values['DATA_DIR']}/govnet.db"
    )
    values["MAIL_KEY"] = values["MAIL_KEY"] or values["SECRET_KEY"]
    return Config(**values)


def _between(values: Mapping[str, Any], texts: Mapping[str, str]) -> list[str]:
    """What is wrong with settings that are right one by one."""
    troubles = []
    if values["MAIL_USE_TLS"] and values["MAIL_USE_SSL"]:
        troubles.append(
            "MAIL_USE_TLS and MAIL_USE_SSL are both 1: keep the one that the relay speaks, for example MAIL_USE_TLS=1"
        )
    if values["MAIL_PASSWORD"] and not texts.get("MAIL_USERNAME"):
        troubles.append(
            "MAIL_USERNAME is missing, and MAIL_PASSWORD is set: it must be the name that the relay knows, "
            "for example MAIL_USERNAME=govnet@example.org"
        )
    if values["LMTP_LISTEN"] and not texts.get("MAIL_REPLIES"):
        troubles.append(
            "MAIL_REPLIES is missing, and LMTP_LISTEN is set: it must be the address to which answers come, "
            "for example MAIL_REPLIES=replies+{token}@network.example.org"
        )
    return troubles


def _in_production(texts: Mapping[str, str], unread: frozenset[str]) -> list[str]:
    """What strangers must not meet."""
    troubles = [
        row.missing for row in TABLE if row.needed and row.name not in texts and row.name not in unread
    ]
    for row in TABLE:
        text = texts.get(row.name, "")
        if not text or row.fault(text):
            continue
        if row.kind is KEY and (len(text) < SHORTEST_KEY or text == DEVELOPMENT_KEY):
            troubles.append(f"{row.name} {row.kind.must}, {row.as_example}")
        if row.name in ONLY_FOR_TRYING_OUT:
            troubles.append(f"{row.name} is only for trying out, and GOVNET_ENV is production: take it out")
        if row.name == "GOVNET_DATA" and not Path(text).is_absolute():
            troubles.append(f"{row.name} must be the folder's whole path, {row.as_example}")
        if row.name == "SITE_URL" and text.startswith("http://"):
            troubles.append(
                f"{row.name} must be the https:// address under which people reach this server, {row.as_example}"
            )
        if row.name == FILE and settings_file.open_to_everybody(text):
            troubles.append(f"{FILE} names {text}, which everybody on this machine can read: chmod o= {text}")
    return troubles
