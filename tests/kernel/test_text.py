"""Typed text: for any text, the result can be shown to anybody."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govnet.kernel.text import BIDI, TAGS, clean, excerpt, render

MISCHIEF = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://tracker.example/pixel.gif)",
    '![x](x "onerror=alert(1)")',
    '[x](https://example.org/"onmouseover="alert(1))',
    '[x](https://example.org "title\\" onclick=\\"alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "https://example.org/<script>alert(1)</script>",
    "https://example.org/?a=\"><script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "    </code><script>alert(1)</script>",
    "> <iframe src=//evil.example></iframe>",
    "| a |\n|---|\n| <style>*{display:none}</style> |",
    "<style>@import url(//evil.example)</style>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<form action=//evil.example><button>Sign in</button></form>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<p style=position:fixed id=main class=post>x</p>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\u202ejavascript:\u202c [x](\u2066javascript:alert(1))",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "# <b onclick=alert(1)>x</b>",
    "1. <object data=//evil.example></object>",
    "~~<embed src=//evil.example>~~",
    "<a href='https://example.org' target=_blank ping=//evil.example download>x</a>",
]  # fmt: skip
ALLOWED = {"a": {"href", "rel"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}}
VOID = {"br", "hr"}


class Shown(HTMLParser):
    """Refuses every tag, attribute and address that a post may not have, and tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()
        assert self.open == [], html

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attributes:
            assert name in ALLOWED.get(tag, set()), (tag, name)
            if name == "href":
                assert urlsplit((value or "").strip()).scheme in ("http", "https", "mailto", ""), value
                assert (
                    not (value or "").lower().lstrip().startswith(("javascript", "data", "vbscript", "file"))
                )
        if tag == "a":
            assert "nofollow" in (dict(attributes).get("rel") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("text", MISCHIEF)
def test_no_mischief_gets_through(text):
    Shown(render(text))
    Shown(render(clean(text)))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*MISCHIEF, "\n\n", "> ", "**", "`", "](", "[", "<", '"', "'", "\\", "- ", "|"]),
        max_size=8,
    )
)
def test_no_mixture_of_mischief_gets_through(parts):
    Shown(render("".join(parts)))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_typed_can_be_shown(text):
    Shown(render(text))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_cleaning_is_finished_after_once_and_leaves_nothing_hidden(text):
    once = clean(text)
    assert clean(once) == once
    assert not set(once) & set(BIDI)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in once)
    assert once == once.strip()


def test_a_tower_of_marks_becomes_a_letter_again():
    assert len(clean("Z" + "\u0321" * 200)) <= 5
    assert clean("e\u0301") == "é"


def test_plain_text_stays_text():
    assert Shown(render("2 < 3 & 5 > 4, <b>not bold</b>")).words.strip() == "2 < 3 & 5 > 4, <b>not bold</b>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* **b** ~~c~~ `d`", "<em>a</em> <strong>b</strong> <s>c</s> <code>d</code>"),
        ("# Title", "<h3>Title</h3>"),
        ("- one\n- two", "<li>two</li>"),
        ("> quoted", "<blockquote>"),
        ("line\nbreak", "line<br>"),
        ("| a | b |\n|--|--|\n| 1 | 2 |", "<td>1</td>"),
        ("See https://example.org/a?b=c.", '<a href="https://example.org/a?b=c" rel="nofollow noopener ugc">'),
        ("[words](mailto:ann@example.org)", '<a href="mailto:ann@example.org"'),
    ],
)  # fmt: skip
def test_markdown_comes_out_as_people_expect(text, html):
    assert html in render(text)


PICTURE = "https://example.org/a.png"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (f"![The *new* hall]({PICTURE})", f'<a href="{PICTURE}" rel="nofollow noopener ugc">The new hall</a>'),
        (f"![]({PICTURE})", f'<a href="{PICTURE}" rel="nofollow noopener ugc">{PICTURE}</a>'),
        (f"![a]({PICTURE}?b=1&c=2)", f'<a href="{PICTURE}?b=1&amp;c=2"'),
        (f"![hall][1]\n\n[1]: {PICTURE}", f'<a href="{PICTURE}"'),
        (f"[![hall]({PICTURE})](https://example.org/)", '<a href="https://example.org/" rel="nofollow noopener ugc">hall</a>'),
        (f"[x](https://example.org/) ![hall]({PICTURE})", f'<a href="{PICTURE}"'),
        ("![hall](hall.png)", "<p>hall</p>"),
        ("![hall](//evil.example/a.png)", "<p>hall</p>"),
        ("![](data:image/png;base64,AAAA)", "<p>data:image/png;base64,AAAA</p>"),
        (f"![a <b> & c]({PICTURE})", ">a &lt;b&gt; &amp; c</a>"),
    ],
)  # fmt: skip
def test_a_picture_becomes_a_link_to_it_and_loads_nothing(text, html):
    assert html in render(text)
    Shown(render(text))


def test_an_excerpt_says_what_is_on_a_picture():
    assert excerpt(f"See ![the hall]({PICTURE}), ![]({PICTURE})!") == f"See the hall, {PICTURE}!"


def test_an_excerpt_is_plain_words_cut_between_two():
    assert excerpt("**Bold** [link](https://example.org) and\n> quoted", 30) == "Bold link and quoted"
    assert excerpt("one two three", 9) == "one two…"
    assert excerpt("(see [1](https://example.org/a_(b)), [2](/uk/forum))") == "(see 1, 2)"
