"""Parts below each other do not stick together."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, render_template_string

from tests.face.test_large_text import STYLES, page, pytestmark

__all__ = ["page", "pytestmark"]
WORDS_AND_BAR = """{% from "components/wording.html" import wording %}{% from "components/tally.html" import bar %}
{{ wording([("same", "Nine seats, "), ("ins", "two each year")]) }} {{ bar([("agree", "Agree", 3)], 4, "Answers") }}"""
GAP = """() => document.querySelector(".bar").getBoundingClientRect().top
    - document.querySelector(".diff").getBoundingClientRect().bottom"""


@pytest.mark.parametrize("width", [360, 1280])
def test_the_bar_under_words_word_by_word_keeps_its_distance(app: Flask, page: Any, width: int) -> None:
    with app.test_request_context():
        text = render_template_string(WORDS_AND_BAR)
    page.set_viewport_size({"width": width, "height": 780})
    page.set_content(text)
    page.add_style_tag(path=STYLES)
    assert page.evaluate(GAP) >= 16
