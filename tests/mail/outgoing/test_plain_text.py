"""The text part of a mail is read as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.mail.outgoing.plain_text import plain


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Nine seats, **one each year** up *again*.", "Nine seats, one each year up again."),
        ("One\ntwo\n\nthree", "One\ntwo\n\nthree"),
        ("[the minutes](https://example.org/m)", "the minutes (https://example.org/m)"),
        ("See https://example.org/m.", "See https://example.org/m."),
        ("# Why\n\nBecause.", "Why\n\nBecause."),
        ("- one\n- two\n  - deeper\n- three", "* one\n* two\n  * deeper\n* three"),
        ("3. c\n4. d", "3. c\n4. d"),
        ("> She said **no**.\n\nI say yes.", "> She said no.\n\nI say yes."),
        (
            "| Name | Votes |\n|---|---|\n| Ann | **3** |\n| Bob | 4 |",
            "Name: Ann; Votes: 3\nName: Bob; Votes: 4",
        ),
        ("```\nx = **1**\n  y\n```", "    x = **1**\n      y"),
        ("a < b & c", "a < b & c"),
    ],
)
def test_markdown_becomes_what_somebody_would_type_in_a_mail(markdown: str, text: str) -> None:
    assert plain(markdown) == text.strip()


@given(st.text(st.sampled_from("ab 1*_`#>|-[]().\n\\"), max_size=200))
def test_no_word_is_lost_and_no_tag_is_left(markdown: str) -> None:
    text = plain(markdown)
    assert "<p>" not in text
    for letter in "ab":
        assert (
            text.count(letter) >= min(markdown.count(letter), 1)
            or "]:" in markdown
            or "](" in markdown
            or "`" in markdown
        )
