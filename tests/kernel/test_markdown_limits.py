"""A text makes no page, and no work, out of proportion to what was typed: floods of every mark there is."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm

from govnet.kernel.errors import RuleBroken
from govnet.kernel.markdown_limits import DEPTH, TooMuch, limits
from govnet.kernel.text import _markdown, excerpt, render, rendered
from govnet.web.forms import MarkdownField

SIZE = 49_000
SECONDS = 5.0
"""Of one processor, on a slow one: what was quadratic took minutes, and nothing here takes one second on a quick one."""


def flood(unit: str, size: int = SIZE) -> str:
    return (unit * (size // len(unit) + 1))[:size]


PIECES = [
    "[", "]", "![", "[a](", "[a](<", '[a](b "', "[a](b (c", "[a][b]", "[a][", "[`", "[*", "[\\", "[&", "[<",
    "][", "[a](b)", "![a](b)", "[![a](b)](c)", "*", "_", "*a ", "a*", "a**b", "*a_ ", "***a ", "a***b**c*",
    "a**b c* ", "~~", "~~a ", "`", "``a`", "` ", "&", "&amp;", "&#", "&#x1F600;", '"', "<", "<a:", "<!--", "<?",
    "</", "<a@b.", "<http://é> ", "[a](\U0001f600)", "\\", "\\|", "!", "|", "\u00a0", "e\u0301", "https://",
    "https://a ", "https://a.", "http://a.b/(", "(http://", "www.", "www.a.b ", "http:/", "http://x'", "a@b.c ",
    "a@", "//a.b ", "\n", "a\n", "a  \n", "a\\\n", "`\n", ">\n", "> ", "> > > > a\n", ">a\n\n", "> a\nb\n",
    "    > a\n", "- ", "- a\n", "- a\n\n", "-\n", "1. ", "1) a\n1. b\n", "* " * 60 + "a\n", "- > ", "> - a\n",
    "|a\n|-\n", "a|b\n-|-\n\n", "a|b\n", "```\n", "~~~a\n", "- ```\n", "---\n", "a\n=\n", "# a\n", "#", "# ",
    "[a\n", "[a]: b\n", "[a]:\n", '[a]: b "\n', "[a]:b\n> ", "\ta\n", "a\t", "[*`<&!](",
]  # fmt: skip
LONG = "x" * 9_000
WHOLE = {
    "a long address referred to again and again": f"[a]: https://example.org/{LONG}\n\n" + flood("[a]", 40_000),
    "a long title": f'[a]: b "{LONG}"\n\n' + flood("[a]", 40_000),
    "a short address": "[a]:b\n\n" + flood("[a]"),
    "pictures by reference": "[a]:http://b\n\n" + flood("![a]"),
    "a wide table of short rows": flood("|a", 400) + "|\n" + flood("|-", 400) + "|\n" + flood("a\n", 48_000),
    "a table as wide as long": flood("|a", 16_000) + "|\n" + flood("|-", 16_000) + "|\n" + flood("a\n", 16_000),
    "brackets in brackets": "[" * 24_000 + "a" + "]" * 24_000,
    "links in links": "[" * 8_000 + "a" + "](b)" * 8_000,
    "pictures in pictures": "![" * 8_000 + "a" + "](http://b)" * 3_000,
    "emphasis in emphasis": flood("*a ", 24_000) + flood(" a*", 24_000),
    "strong in strong": "**" * 12_000 + "a" + "**" * 12_000,
    "two marks by turns": flood("*_", 24_000) + "a" + flood("_*", 24_000),
    "struck in struck": "~~" * 12_000 + "a" + "~~" * 12_000,
    "runs of backticks, each longer": "".join("e" + "`" * n for n in range(1, 310)),
    "lists ever deeper": "".join(" " * n + "* a\n" for n in range(310)),
    "a deep quote that goes on by itself": "> " * 200 + "a\n" + flood("b\n", 48_000),
    "many references": "".join(f"[{n}]: b\n" for n in range(5_000)),
    "a title that never ends": '[a]: b "' + flood("a\n"),
    "a label that never ends": "[" + flood("a"),
    "an address that never ends": "http://" + flood("a."),
    "an address of dots": "http://" + flood("."),
    "an address of brackets": "https://a/" + flood("("),
    "an address of letters that need escapes": "<http://" + "\U0001f600" * 12_000 + ">",
    "a letterless address": "<http://" + flood("%") + ">",
    "spaces": "a" + " " * SIZE + "b",
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [*(flood(piece, SIZE // 2) for piece in PIECES), *WHOLE.values()],
    ids=[*map(repr, PIECES), *WHOLE],
)
def test_a_flood_is_rendered_within_its_bounds_or_refused_in_short_time(text):
    began = time.thread_time()
    try:
        html = render(text)
    except TooMuch:
        html = ""
    excerpt(text)
    assert time.thread_time() - began < SECONDS
    assert len(html) <= 10 * len(text) + 10_000


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from([*PIECES, f"[a]: /{'y' * 90}\n", "a"]), min_size=1, max_size=4),
    st.integers(1, 4_000),
)
def test_no_mixture_of_marks_makes_more_than_ten_times_itself(pieces, times):
    text = ("".join(pieces) * times)[:8_000]
    try:
        assert len(render(text)) <= 10 * len(text) + 10_000
    except TooMuch:
        assert len(rendered(text)) <= 10 * len(text) + 10_000  # shown as typed


def test_too_much_text_is_refused_while_it_is_written():
    text = WHOLE["a long address referred to again and again"]
    left = limits(text)
    with pytest.raises(TooMuch, match="many times its own length") as refused:
        _markdown().render(text, left)
    assert -2 * len(LONG) < left["out"] < 0  # stopped at the very piece that was over
    assert isinstance(refused.value, RuleBroken)


def test_a_long_honest_text_is_taken_whole():
    part = (
        "## What we agreed\n\nWe **met** on *Tuesday*; [minutes](https://example.org/minutes?id=1&part=2 \"Minutes\") say.\n\n"
        "> > Quoted twice\n> and once.\n\n1. one\n   - two\n     - three\n\n| who | what |\n|-----|------|\n| Ann | `tea` |\n\n"
        "See https://example.org/a and [the list][1].\n\n[1]: https://example.org/list\n\n"
    )  # fmt: skip
    text = part * (SIZE // len(part))
    assert render(text).count("<table>") == SIZE // len(part)


def test_emphasis_ends_somewhere():
    assert "<strong>" in render("**" * 20 + "a" + "**" * 20)
    with pytest.raises(TooMuch):
        render("**" * (DEPTH + 1) + "a" + "**" * (DEPTH + 1))


def test_a_text_that_was_kept_before_there_were_bounds_is_shown_as_it_was_typed():
    text = '<b>first</b> & "second"\n' + WHOLE["strong in strong"]
    assert rendered(text).startswith("<p>&lt;b&gt;first&lt;/b&gt; &amp; ")
    assert "<strong>" not in rendered(text)


@pytest.fixture
def written() -> Iterator[type[PlainForm]]:
    class Written(PlainForm):
        text = MarkdownField()

    with Flask(__name__).test_request_context():
        yield Written


@pytest.mark.parametrize("name", ["a long address referred to again and again", "strong in strong"])
def test_the_form_says_so_and_keeps_the_text(written, name, app):
    with app.test_request_context():
        form = written(MultiDict({"text": WHOLE[name]}))
        assert not form.validate()
    assert "many times its own length" in str(form.text.errors[0])
    assert form.text.data == WHOLE[name]
