"""Settings, from the environment. docs/running.md explains each."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from environs import Env

DEVELOPMENT_KEY = "only-for-development"
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


class ConfigError(Exception):
    """A setting is missing or wrong; the message says which and what to do."""


@dataclass(frozen=True)
class Config:
    """Every setting, typed; upper case because Flask reads them so."""

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
    RATELIMIT_STORAGE_URI: str
    TRUSTED_PROXIES: int
    PROXY_ADDRESSES: tuple[str, ...] = PRIVATE
    MORE_HOSTS: tuple[str, ...] = ()
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


def load(environ: dict[str, str] | None = None) -> Config:
    """Read the settings. Raises ConfigError in production without a real SECRET_KEY, MAIL_KEY or https SITE_URL."""
    env = _env(environ)
    name = env.str("GOVNET_ENV", "development")
    data = Path(env.str("GOVNET_DATA", "instance")).resolve()
    config = Config(
        ENV_NAME=name,
        SECRET_KEY=env.str("SECRET_KEY", DEVELOPMENT_KEY),
        MAIL_KEY=env.str("MAIL_KEY", "") or env.str("SECRET_KEY", DEVELOPMENT_KEY),
        SQLALCHEMY_DATABASE_URI=_database(env.str("DATABASE_URL", f"sqlite:///{data}/govnet.db")),
        DATA_DIR=str(data),
        SITE_URL=env.str("SITE_URL", "http://127.0.0.1:5000").rstrip("/"),
        DEMO=env.bool("GOVNET_DEMO", False) and name != "production",
        MAIL_SERVER=env.str("MAIL_SERVER", "127.0.0.1"),
        MAIL_PORT=env.int("MAIL_PORT", 25),
        MAIL_USERNAME=env.str("MAIL_USERNAME", None),
        MAIL_PASSWORD=env.str("MAIL_PASSWORD", None),
        MAIL_USE_TLS=env.bool("MAIL_USE_TLS", False),
        MAIL_USE_SSL=env.bool("MAIL_USE_SSL", False),
        MAIL_DOMAIN=env.str("MAIL_DOMAIN", "govnet.example.org"),
        MAIL_RATE=env.int("MAIL_RATE", 0),
        MAIL_TIMEOUT=env.float("MAIL_TIMEOUT", 30.0),
        MAIL_RETURN_PATH=env.str("MAIL_RETURN_PATH", None),
        MAIL_REPLIES=env.str("MAIL_REPLIES", None) or None,
        CLOCK_FILE=env.str("GOVNET_CLOCK_FILE", None) if name != "production" else None,
        RATELIMIT_STORAGE_URI=env.str("REDIS_URL", "memory://"),
        TRUSTED_PROXIES=env.int("TRUSTED_PROXIES", 0),
        PROXY_ADDRESSES=_words(env.str("PROXY_ADDRESSES", "")) or PRIVATE,
        MORE_HOSTS=_words(env.str("MORE_HOSTS", "")),
        SECURITY_CONTACT=env.str("SECURITY_CONTACT", None),
    )
    if config.MAIL_REPLIES and not _REPLIES.fullmatch(config.MAIL_REPLIES):
        raise ConfigError(
            "MAIL_REPLIES must be one address with {token} in it, such as replies+{token}@example.org"
        )
    for each in config.PROXY_ADDRESSES:
        try:
            ip_network(each, strict=False)
        except ValueError as error:
            raise ConfigError(
                f"PROXY_ADDRESSES must be addresses such as 203.0.113.7 or 10.0.0.0/8: {error}"
            ) from error
    _check(config)
    return config


def _env(environ: dict[str, str] | None) -> Env:
    env = Env()
    if environ is not None:
        env._environ = environ
    return env


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _database(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _check(config: Config) -> None:
    if not config.production:
        return
    if config.SECRET_KEY == DEVELOPMENT_KEY or len(config.SECRET_KEY) < 32:
        raise ConfigError(
            "SECRET_KEY must be set to at least 32 random characters: python -c 'import secrets; print(secrets.token_hex(32))'"
        )
    if not config.SITE_URL.startswith("https://"):
        raise ConfigError("SITE_URL must be the https:// address under which people reach this server")
