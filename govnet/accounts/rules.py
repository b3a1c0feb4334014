"""What signing in and being somebody here mean, without a database or a request."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

LINK_LASTS = timedelta(minutes=10)
DAY = timedelta(days=1)
LINKS_A_DAY = 15
_LINKS_IN = ((5, timedelta(hours=1)), (LINKS_A_DAY, DAY))
CODE_TRIES = 5
CODES_A_DAY = 30
RECENT = timedelta(minutes=30)
"""How long after signing in the things that need it can be done."""
CONFIRM_LASTS = timedelta(days=1)
UNDO_LASTS = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)
PASSWORD_SHORTEST, PASSWORD_LONGEST = 10, 200
_BACKWARDS = timedelta(minutes=2)
"""A server's clock may be put back a little; a link from further in the future is not believed."""


class LinkState(StrEnum):
    """What a one-time link is worth."""

    LIVE = "live"
    USED = "used"
    EXPIRED = "expired"


def link_state(
    *, asked_at: datetime, used_at: datetime | None, now: datetime, lasts: timedelta = LINK_LASTS
) -> LinkState:
    """A link works once, and until `lasts` after it was asked for; also when the clock jumps."""
    if used_at is not None:
        return LinkState.USED
    return LinkState.LIVE if asked_at - _BACKWARDS <= now < asked_at + lasts else LinkState.EXPIRED


def too_many_links(asked: Sequence[datetime], now: datetime) -> bool:
    """Whether no other link may be mailed now. `asked`: when links were mailed in the last day, the newest first."""
    return any(len(asked) >= most and asked[most - 1] > now - span for most, span in _LINKS_IN)


def link_ends(asked: Sequence[datetime]) -> datetime:
    """When the first of `asked` ends: after ten minutes, or when another may be mailed, if that is later."""
    free = (asked[most - 1] + span for most, span in _LINKS_IN if len(asked) >= most)
    return max([asked[0] + LINK_LASTS, *free])


def digest(token: str) -> str:
    """SHA-256, in hex: tokens with 128 random bits or more are stored like this."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_digest(key: str, purpose: str, text: str) -> str:
    """HMAC-SHA256, in hex (RFC 2104): for what could be guessed if its digest were known, such as an address."""
    return hmac.new(key.encode(), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def code_for(key: str, token: str) -> str:
    """The six digits that stand for a link: made from its token, so that they need not be stored."""
    number = int(keyed_digest(key, "sign-in code", token)[:16], 16)
    return f"{number % 1_000_000:06d}"


def code_typed(text: str) -> str:
    """The six digits that were typed, of any script, blanks and dashes left out; "" for what can be no code."""
    kept = [c for c in text[:40] if not c.isspace() and unicodedata.category(c) != "Pd"]
    digits = [unicodedata.decimal(c, None) for c in kept]
    return "" if len(digits) != 6 or None in digits else "".join(map(str, digits))


_CONTROLS = re.compile(r"[\x00-\x20\x7f\\]")


def local_path(text: str | None) -> str:
    """`text` if it is a path on this site, else "": never another host, whatever a browser makes of its slashes."""
    text = text or ""
    if not text.startswith("/") or text.startswith("//") or len(text) > 500 or _CONTROLS.search(text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else text


_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Vivaldi", "Vivaldi"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Firefox", "Firefox"), ("Chromium", "Chromium"), ("Chrome", "Chrome"),
    ("Safari", "Safari"), ("Lynx", "Lynx"), ("w3m", "w3m"), ("curl", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("Macintosh", "Mac"), ("Linux", "Linux"), ("BSD", "BSD"),
)  # fmt: skip


def browser_in_words(agent: str) -> str:
    """ "Firefox on Android" from a User-Agent header; "" when nothing in it is known."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " on ".join(part for part in (browser, system) if part)


class PasswordFault(StrEnum):
    """Why a password will not do."""

    SHORT = "short"
    LONG = "long"
    PLAIN = "plain"
    OWN = "own"


_PLAIN = (
    "password",
    "passw0rd",
    "qwertyuiop",
    "1234567890",
    "iloveyou",
    "letmein",
    "administrator",
    "welcome",
)


def password_fault(password: str, own: tuple[str, ...] = ()) -> PasswordFault | None:
    """What is wrong with a password, if anything. `own`: names and addresses that others know.

    At least 10 characters, no rules about which (NIST SP 800-63B, 5.1.1.2), none that everybody tries first.
    """
    if len(password) < PASSWORD_SHORTEST:
        return PasswordFault.SHORT
    if len(password) > PASSWORD_LONGEST:
        return PasswordFault.LONG
    folded = password.casefold()
    if folded in {text.casefold() for text in own if text}:
        return PasswordFault.OWN
    rest = folded
    for word in _PLAIN:
        rest = rest.replace(word, "")
    few = len(set(folded)) < 4
    return PasswordFault.PLAIN if few or (not re.sub(r"[\d\W_]", "", rest) and rest != folded) else None


def is_name(text: str) -> bool:
    """Whether a cleaned text can be somebody's name: something in it can be read."""
    return any(c.isalnum() for c in text)
