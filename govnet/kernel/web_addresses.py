"""Addresses of pages on the web, as people type them. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit


def web_address(typed: str) -> str | None:
    """The address of a site as a link may have it, https:// added if no scheme was typed; None for anything else.

    Only http and https count: a `javascript:` or `data:` address is none.
    """
    text = typed.strip()
    if "." in text.partition(":")[0]:  # no scheme
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    looks_whole = "." in host and " " not in text and not host.startswith(".") and "@" not in parts.netloc
    return text if parts.scheme in ("http", "https") and looks_whole and port != 0 else None
