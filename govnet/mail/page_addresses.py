"""Whole addresses of pages, for mails that are written where there is no request."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app


class Ending(str):
    """A page's address that works until some instant, by the clock of `zone`, and maybe `once`: mails print this under it."""

    until: datetime
    zone: str
    once: bool

    def __new__(cls, address: str, until: datetime, zone: str, *, once: bool = False) -> Ending:
        """The address as it is, and how long it works."""
        made = super().__new__(cls, address)
        made.until, made.zone, made.once = until, zone, once
        return made


def site_url(endpoint: str, **values: Any) -> str:
    """The page's address with scheme and host, as SITE_URL has it; `_anchor` adds a fragment."""
    anchor = values.pop("_anchor", None)
    site = urlsplit(current_app.config["SITE_URL"])
    adapter = current_app.url_map.bind(site.netloc, script_name=site.path or "/", url_scheme=site.scheme)
    address = adapter.build(endpoint, values, force_external=True)
    return f"{address}#{anchor}" if anchor else address


def site() -> str:
    """The address under which people reach this server."""
    return str(current_app.config["SITE_URL"]).rstrip("/")


def token() -> str:
    """130 random bits in lower-case base32, as fits an address and a link."""
    return base64.b32encode(secrets.token_bytes(17)).decode().rstrip("=").lower()[:26]
