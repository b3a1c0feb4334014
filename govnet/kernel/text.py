"""Typed text: cleaned of invisible characters, and Markdown made into safe HTML once, when it is written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import escape

from govnet.kernel.autolinks import link_addresses
from govnet.kernel.markdown_limits import REL, Measured, TooMuch, keep_within, limits, most

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufff9-\ufffb" + BIDI + "]")
LONGEST_TITLE = 120
"""Characters in the title or question that a mail's subject repeats whole: lists of mails show no more."""
_MARKS = 4
"""Combining marks kept after one letter; no living script stacks more."""

TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip

_LEADS_NOWHERE = re.compile(rf'<a rel="{REL}">([^<]*+(?:<(?!/?a\b)[^<]*+)*)</a>')
"""A link whose address nh3 cannot read, or does not let pass: no web page is there."""

_HEADING = re.compile(r"<(/?)h([1-6])>")
_PICTURE = re.compile(r"!\[\s*\]\((https?://[^\s()]+)\)")
_MARKUP = re.compile(r"!(?=\[)|[*_`>#\[\]]|\((?:https?://|(?<=\]\()/)[^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*\)")
"""Marks, and the addresses of links, in which pairs of brackets may stand."""


def fitting(*texts: str, most: int = LONGEST_TITLE) -> str:
    """The first of `texts` with at most `most` characters; else the last, cut at a word, or in one that fills most of it."""
    found = next((each for each in texts if len(each) <= most), None)
    if found is not None:
        return found
    at_a_word = texts[-1][: most - 1].rpartition(" ")[0]
    return f"{at_a_word} …" if len(at_a_word) > most // 2 else f"{texts[-1][: most - 1]}…"


def clean(text: str, *, lines: bool = True) -> str:
    """`text` in NFC without control and bidi characters, with at most four marks on a letter, trimmed.

    With lines=False it becomes one line.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text)
    text = _few_marks(unicodedata.normalize("NFC", _few_marks(text)))
    if not lines:
        text = " ".join(text.split())
    return text.strip()


def _few_marks(text: str) -> str:
    if text.isascii():
        return text
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MARKS:
            kept.append(character)
    return "".join(kept)


@lru_cache
def _markdown() -> MarkdownIt:
    options = {"html": False, "breaks": True}
    made = MarkdownIt("commonmark", options, renderer_cls=Measured).enable(["table", "strikethrough"])
    keep_within(made)
    link_addresses(made)
    return made


@lru_cache(maxsize=8)
def render(markdown: str) -> str:
    """Safe HTML of a Markdown text: no raw HTML, no images, no scripts; headings from h3 down; links say nofollow.

    Plain addresses become links, and pictures links to their files, with their own text. Anything that nh3 would
    drop is dropped, so a `javascript:` link keeps only its text. Raises TooMuch, a RuleBroken, when the text makes too
    much of itself. The latest are kept: a form asks first, the action inside its transaction.
    """
    html = _markdown().render(markdown, limits(markdown))
    html = _HEADING.sub(lambda m: f"<{m[1]}h{min(int(m[2]) + 2, 6)}>", html)
    html = nh3.clean(
        html,
        tags=TAGS,
        attributes={"*": set(), "a": {"href"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=REL,
    )
    html = _LEADS_NOWHERE.sub(r"\1", html)
    if len(html) > most(markdown):
        raise TooMuch
    return html


def rendered(markdown: str) -> str:
    """The same of a text that is kept already and must be shown: one that is too much is shown as it was typed."""
    try:
        return render(markdown)
    except TooMuch:
        return f"<p>{'<br>'.join(str(escape(line)) for line in markdown.splitlines())}</p>"


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of a Markdown text as plain text, at most `length` characters, cut between words."""
    text = text[: 20 * length]
    plain = _PICTURE.sub(r"\1", text)
    plain = _MARKUP.sub("", plain)
    plain = " ".join(plain.split())
    if len(plain) <= length:
        return plain
    return plain[: length - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
