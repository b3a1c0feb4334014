"""Rules for signing in, without a database or a request."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

LINK_LASTS = timedelta(minutes=10)
DAY = timedelta(days=1)
LINKS_A_DAY = 15
WELCOME_LASTS = timedelta(days=7)
WELCOME_KEPT = timedelta(days=60)
"""How long after its end the link in a mail of welcome is known: its page says what became of it, and mails a new one."""
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
    """The state of a one-time link."""

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
    return text


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


_FEWEST_GUESSES = 9.0
"""As a power of ten: above what a slow hash that was stolen gives away (zxcvbn's score 3 begins at eight)."""
_LOOKED_AT = 20
"""Characters judged at each end: in zxcvbn a row of signs such as @8({ takes seconds beyond."""
_MOST_OWN, _LONGEST_OWN = 60, 60
_WORD = re.compile(r"[^\W_]+")
_judging = Lock()
"""zxcvbn keeps what belongs to one person in a dictionary of its module."""


def password_fault(password: str, own: Sequence[str] = ()) -> PasswordFault | None:
    """The weakness of a password, if any. `own`: names, addresses and networks that others know.

    At least 10 characters, no rules about which (NIST SP 800-63B, 5.1.1.2), and not to be guessed soon (D. Wheeler,
    "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016), by lists that come with the program.
    """
    if len(password) < PASSWORD_SHORTEST:
        return PasswordFault.SHORT
    if len(password) > PASSWORD_LONGEST:
        return PasswordFault.LONG
    if password.casefold() in {text.casefold() for text in own if text}:
        return PasswordFault.OWN
    known = own_words(own)
    judged = [_guesses(end, known) for end in {password[:_LOOKED_AT], password[-_LOOKED_AT:]}]
    guesses, uses_own = max(judged)
    if guesses >= _FEWEST_GUESSES:
        return None
    return PasswordFault.OWN if uses_own else PasswordFault.PLAIN


def own_words(own: Sequence[str]) -> list[str]:
    """The words of a password that others know: each text, its words, and those written together."""
    found: dict[str, None] = {}
    for text in own:
        parts = _WORD.findall(text.casefold()[:_LONGEST_OWN])
        for each in (text.casefold()[:_LONGEST_OWN], "".join(parts), "".join(reversed(parts)), *parts):
            if len(each) > 2:
                found[each] = None
    return list(found)[:_MOST_OWN]


def _guesses(password: str, own: list[str]) -> tuple[float, bool]:
    """How many guesses it takes, as a power of ten, and whether what others know helps."""
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # its lists take a moment and some memory, which few processes ever need

    with _judging:
        found = zxcvbn(password, user_inputs=own)
    used = any(part.get("dictionary_name") == "user_inputs" for part in found["sequence"])
    return float(found["guesses_log10"]), used
