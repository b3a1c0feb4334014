"""Addresses that people paste without any marks, made into links where Markdown has been read already.

linkify-it says what may be in an address after its host. Here is what a host is (its own pattern takes
exponential time), where an address may be (never in code or inside a link), where it ends (before closing quotes and
the marks of emphasis), and that the search costs no more than the text is long.
"""

from __future__ import annotations

import re

import regex
from linkify_it.ucre import build_re
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from govnet.kernel.markdown_limits import use

LONGEST = 2_000
"""An address that is longer ends there."""
_TRIED = 4
"""The cost of one try to read an address, and of so many characters that it looks at."""
_SCHEME = re.compile(r"(?<![a-z0-9+.-])https?$", re.IGNORECASE)
_WWW = re.compile(r"(?<![\w@/:.+=&?#%-])www\.(?=[^\W_])", re.IGNORECASE)
_UP_TO = re.compile(r"[^\s<>“”„«»‹›\x00-\x1f]*")
_AT_END = "*_~:.,;!?…'\"‘’|\\"
_LETTER = r"\p{L}\p{M}\p{N}"
_LABEL = rf"[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?+"
_HOST = regex.compile(rf"(?:[^\s@/\[\]()]{{1,50}}@)?{_LABEL}(?:\.{_LABEL})*+(?::\d{{1,5}})?+(?![{_LETTER}@])")
"""User, host and port; a label of at most 63 letters and digits (RFC 1035), in any script."""
_AFTER = re.compile(build_re({})["src_path"])


def _end_of(text: str, start: int, after_scheme: int, scheme: str, state: StateCore | StateInline) -> int:
    """Where the address ends that begins at `start`, or `start` where there is none."""
    found = _UP_TO.match(text, after_scheme, after_scheme + LONGEST)
    tail = found.group() if found else ""
    use(state.env, "steps", _TRIED + len(tail) // _TRIED)
    slashes = 2 if scheme else 0
    host = _HOST.match(tail, slashes) if tail.startswith("//"[:slashes]) else None
    if host is None:
        return start
    after = _AFTER.match(tail, host.end())
    address = tail[: after.end() if after else host.end()].rstrip(_AT_END)
    return after_scheme + len(address)


def _http(state: StateInline, silent: bool) -> bool:
    """At the colon of "http://" or "https://": the address is one link, whatever marks are in it."""
    if not state.src.startswith("://", state.pos) or state.linkLevel > 0:
        return False
    scheme = _SCHEME.search(state.pending[-6:])
    if scheme is None:
        return False
    start, colon = state.pos - len(scheme.group()), state.pos
    end = _end_of(state.src, start, colon + 1, "http:", state)
    address = state.md.normalizeLink(state.src[start:end]) if end > start else ""
    if not address or not state.md.validateLink(address):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme.group())]
        opened = state.push("link_open", "a", 1)
        opened.attrs = {"href": address}
        state.push("text", "", 0).content = state.src[start:end]
        state.push("link_close", "a", -1)
    state.pos = end
    return True


def _www(state: StateCore) -> None:
    """Text that begins with "www.", outside links."""
    for block in state.tokens:
        if block.type != "inline" or "www." not in block.content.lower():
            continue
        inside, made = 0, []
        for token in block.children or ():
            inside += token.nesting if token.type in ("link_open", "link_close") else 0
            made += [token] if inside or token.type != "text" else _split(token, state)
        block.children = made


def _split(token: Token, state: StateCore) -> list[Token]:
    """A token of text as text and links."""
    text, done, made = token.content, 0, []
    for found in _WWW.finditer(text):
        if found.start() < done:
            continue
        end = _end_of(text, found.start(), found.start(), "", state)
        address = state.md.normalizeLink("http://" + text[found.start() : end])
        if "." not in text[found.end() : end] or not state.md.validateLink(address):
            continue
        made += [_words(text[done : found.start()], token.level)]
        opened = Token("link_open", "a", 1, level=token.level)
        opened.attrs = {"href": address}
        made += [opened, _words(text[found.start() : end], token.level + 1)]
        made += [Token("link_close", "a", -1, level=token.level)]
        done = end
    return [*made, _words(text[done:], token.level)] if made else [token]


def _words(text: str, level: int) -> Token:
    return Token("text", "", 0, content=text, level=level)


def link_addresses(markdown: MarkdownIt) -> None:
    """Have the parser make links of the addresses in a text; its `env` counts the steps."""
    markdown.inline.ruler.before("escape", "address", _http)
    markdown.core.ruler.push("www", _www)
