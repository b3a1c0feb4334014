"""Text at twice its size on a narrow phone: everything stays inside the window, the number beside You too."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.builders import a_network, sign_in
from tests.decisions.builders import a_proposal, members

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
STYLES = Path(__file__).parents[2] / "govnet" / "static" / "govnet.css"
WIDTH = 360
NARROWEST = 320
PAGES = ("/uk/", "/me", "/uk/decisions", "/uk/members", "/uk/about")
OUTSIDE = """wide => [...document.querySelectorAll("body *")]
    .filter(each => each.getBoundingClientRect().right > wide + .5).map(each => each.outerHTML.slice(0, 120))"""
pytestmark = [
    pytest.mark.journey,
    pytest.mark.sqlite,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed"),
]


@pytest.fixture
def page() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium.new_page(viewport={"width": WIDTH, "height": 780})
        chromium.close()


@pytest.fixture
def texts(app: Flask) -> list[str]:
    """Pages of somebody for whom something waits."""
    with app.app_context():
        uk = a_network()
        ada, ben = members(uk, 2)
        a_proposal(uk, ben)
        client = sign_in(app.test_client(), ada)
    return [client.get(path).text for path in PAGES]


@pytest.mark.parametrize(
    ("number", "width"), [("1", WIDTH), ("12", WIDTH), ("128", WIDTH), ("12", NARROWEST)]
)
def test_a_signed_in_page_fits_into_the_window_with_large_text(
    texts: list[str], page: Any, number: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 780})
    for text in texts:
        page.set_content(text.replace('class="count">1', f'class="count">{number}'))
        page.add_style_tag(path=STYLES)
        page.add_style_tag(content="html { font-size: 200% }")
        assert page.locator(".count").inner_text().startswith(number)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE, width) == []
