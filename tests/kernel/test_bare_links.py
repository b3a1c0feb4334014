"""Addresses that people paste: linked whole wherever they stand in words, and nowhere in code."""

from __future__ import annotations

import contextlib
import itertools
import time as real_time
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.kernel.markdown_limits import TooMuch
from govnet.kernel.text import render

ADDRESSES = (
    "https://example.org",
    "https://example.org/",
    "http://example.org:8080/a/b?c=d&e[]=f#g",
    "https://example.org/a_(b)_c",
    "https://example.org/_a_b_",
    "https://example.org/a*b*c",
    "https://example.org/it's",
    "https://example.org/~ann/x.html",
    "https://bücher.example/straße",
    "https://example.org/%20/a,b;c",
    "www.example.org/minutes",
    "WWW.example.org",
    "HTTPS://EXAMPLE.ORG/A",
)
AROUND = (
    "{}", "See {} there", "See {}.", "See {}, and", "({})", "[{}]", "[see {}]", "“{}”", "‘{}’", '"{}"', "'{}'", "«{}»",
    "„{}“", "{}…", "{}...", "{}!", "{}?", "{};", "{}:", "**{}**", "*read {}*", "***{}***", "~~{}~~", "_read {}_",
    "**“{}”**", "- {}", "1. {}", "> {}", "# {}", "a\n{}\nb", "|a|b|\n|-|-|\n|{}|c|", "|{}|\n|-|", "({}), ({})", "{} {}",
    "\u3000{}\u3000", "{}\\*",
)  # fmt: skip
CODE = (
    "`{}`",
    "``{}``",
    "    {}",
    "```\n{}\n```",
    "~~~\n{}\n~~~",
    "- a\n\n      {}",
    "> ```\n> {}\n> ```",
    "`a {} b`",
)


class Links(HTMLParser):
    """The links of a page: address and words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[list[str]] = []
        self.open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            assert not self.open, "a link in a link"
            self.open = True
            self.found.append([str(dict(attrs)["href"]), ""])

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.open:
            self.found[-1][1] += data


@pytest.mark.parametrize("around", AROUND)
def test_a_pasted_address_is_linked_whole_wherever_it_stands(around: str) -> None:
    for address in ADDRESSES:
        whole = address.rstrip("_")
        links = Links(render(around.format(*[address] * around.count("{}")))).found
        assert [words for _, words in links] == [whole] * around.count("{}"), (around, address)
        assert all(href.lower().startswith(("http://", "https://")) for href, _ in links)


@pytest.mark.parametrize("code", CODE)
def test_in_code_an_address_stays_as_it_was_typed(code: str) -> None:
    for address in ADDRESSES:
        html = render(code.format(f"curl {address}"))
        assert "<a " not in html, html
        assert f"curl {address}" in unescape(html), html


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.org/x",
        "mailto:ann@example.org",
        "ann@example.org",
        "ann@www.example.org",
        "//example.org",
        "example.org",
        "javascript://example.org",
        "xhttps://example.org",
        "http\\://example.org",
        "https://",
        "https:///",
        "www.",
        "www.example",
        "www..org",
        "http://xn--http://",
        "https://1.2.3.999/",
        "http://example.org:70000/",
        "[x](ftp://example.org)",
        "[**x** y](https://[::1)",
        "<http://xn--http>",
        "see http:// and https:// and www. there",
    ],
)
def test_nothing_else_becomes_a_link(text: str) -> None:
    assert Links(render(text)).found == []


@pytest.mark.parametrize(
    ("text", "address", "words"),
    [
        ("[https://a.example](https://b.example)", "https://b.example", "https://a.example"),
        ("[see www.a.example](https://b.example)", "https://b.example", "see www.a.example"),
        ("<https://a.example/x>", "https://a.example/x", "https://a.example/x"),
        ("[x]\n\n[x]: https://a.example", "https://a.example", "x"),
        ("www.a.example", "http://www.a.example", "www.a.example"),
        ("![www.b.example](https://a.example/b.png)", "https://a.example/b.png", "www.b.example"),
    ],
)
def test_an_existing_link_stays_one(text: str, address: str, words: str) -> None:
    assert Links(render(text)).found == [[address, words]]


PIECES = (
    "http://",
    "https://",
    "www.",
    "a.b",
    "/",
    "[",
    "(",
    "'",
    '"',
    "*",
    "_",
    "~",
    "@",
    ":",
    "-",
    ".",
    "xn--",
    " ",
    "\\",
    "a",
)


@pytest.mark.parametrize("pieces", list(itertools.product(("http://", "www.", "https://a."), PIECES)))
def test_the_search_for_addresses_costs_no_more_than_the_text_is_long(pieces: tuple[str, str]) -> None:
    text = ("".join(pieces) * 10_000)[:10_000]
    began = real_time.process_time()
    with contextlib.suppress(TooMuch):
        render(text)
    assert real_time.process_time() - began < 1


@given(
    st.lists(st.sampled_from((*PIECES, "|", "\n", "`", "“", "”", "é", "\u202f")), max_size=40).map("".join)
)
def test_no_text_makes_a_link_to_what_it_does_not_say(text: str) -> None:
    try:
        found = Links(render(text)).found
    except TooMuch:
        return
    for _, words in found:
        assert words.replace("\n", " ") in text.replace("\n", " ") or "\\" in text or "`" in text
