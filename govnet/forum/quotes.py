"""Quoting a post: the text and a link to it are stored. Its author's name is put in where the quote is shown, so that it
changes with the person's name and goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import regex
from flask_babel import gettext as _
from markupsafe import escape

from govnet.forum.rules import quoted
from govnet.kernel.numbers import whole_number

_ADDRESS = r"/[a-z0-9-]+/forum/(?P<thread>\d{1,10})/posts/(?P<number>\d{1,9})"
_TYPED = regex.compile(
    rf"^(?P<marks>(?:> ?)++)[^\n]*?(?P<link>\[[^\[\]\n]*\]\({_ADDRESS}\)):[ \t]*$", regex.MULTILINE
)
_SHOWN = re.compile(rf'(?<=<p>)(?P<link><a href="{_ADDRESS}"[^<>]*>[^<]*</a>)(?=:)')
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#~|])")


def quote(source: str, number: int, address: str, author: str) -> str:
    """A post as the beginning of an answer: author, place, and its own text without its quotes.

    `address` is the lasting address of the post, on this site.
    """
    link = f"[{_('post %(number)s', number=number)}]({address})"
    return f"> {_said(_plain(author), link)}:\n>\n{quoted(source)}"


def appended(typed: str, more: str) -> str:
    """The typed text, with a quote after it."""
    return f"{typed.rstrip()}\n\n{more}".lstrip("\n")


def nameless(source: str, thread_id: int) -> str:
    """The text to store: the name before the link of a quote from this discussion is left out."""
    return str(
        _TYPED.sub(lambda m: f"{m['marks']}{m['link']}:" if int(m["thread"]) == thread_id else m[0], source)
    )


def named_source(source: str, thread_id: int, names: Mapping[int, str]) -> str:
    """The text as its author sees it again, and as mail has it: with the names of those quoted."""

    def say(found: re.Match[str]) -> str:
        if int(found["thread"]) != thread_id or int(found["number"]) not in names:
            return found[0]
        return f"{found['marks']}{_said(_plain(names[int(found['number'])]), found['link'])}:"

    return str(_TYPED.sub(say, source))


def named(html: str, thread_id: int, names: Mapping[int, str]) -> str:
    """The same for a text that was made into HTML; names are by the numbers of posts of this discussion."""

    def say(found: re.Match[str]) -> str:
        if int(found["thread"]) != thread_id or int(found["number"]) not in names:
            return found[0]
        return _said(f"<bdi>{escape(_who(names[int(found['number'])]))}</bdi>", found["link"])

    return _SHOWN.sub(say, html) if names else html


def numbers(texts: Iterable[str], thread_id: int) -> set[int]:
    """The numbers of the posts of this discussion that texts quote, as they are kept or as HTML."""
    found = set()
    for text in texts:
        if f"/forum/{thread_id}/posts/" in text:
            quoted = (match for kind in (_TYPED, _SHOWN) for match in kind.finditer(text))
            found |= {whole_number(m["number"]) or 0 for m in quoted if int(m["thread"]) == thread_id}
    return found - {0}


def own_words(source: str) -> str:
    """The text without what it quotes; all of it where it says nothing else."""
    own = "\n".join(line for line in source.splitlines() if not line.startswith(">"))
    return own if own.strip() else source


def _who(name: str) -> str:
    return name or _("A former member")


def _plain(name: str) -> str:
    """A name in Markdown."""
    return _SPECIAL.sub(r"\\\1", _who(name))


def _said(who: str, link: str) -> str:
    return str(_("%(name)s wrote in %(post)s", name=who, post=link))
