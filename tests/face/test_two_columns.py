"""At a desk what people look for while they read stands beside the text and stays in sight; on a phone the words come first."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from govnet.forum.threads.actions import Frame
from tests import builders
from tests.decisions.builders import a_network_with_rules, a_proposal, members
from tests.face.test_large_text import STYLES, page, pytestmark
from tests.forum.made import a_thread, a_topic

__all__ = ["page", "pytestmark"]
COLUMN = "document.querySelector('.columns > .beside')"
BESIDE = f"(({{top, bottom, left}}) => ({{top, bottom, left}}))({COLUMN}.getBoundingClientRect())"
RIGHT_OF_TEXT = f"{COLUMN}.parentNode.querySelector('.text').getBoundingClientRect().right"
LENGTHEN = (
    f"{COLUMN}.parentNode.querySelector('.text').insertAdjacentHTML('beforeend', '<p>On.</p>'.repeat(120))"
)
SCROLL = """async by => { for (let step = 0; step < 20; step++) { scrollBy(0, by / 20);
    await new Promise(done => requestAnimationFrame(() => setTimeout(done, 5))); } }"""
TRAPS = """() => [...document.querySelectorAll(".beside, .beside *")].filter(each => each.tagName !== "TEXTAREA")
    .filter(each => /auto|scroll/.test(getComputedStyle(each).overflowY) && each.scrollHeight > each.clientHeight + 1)
    .map(each => each.outerHTML.slice(0, 80))"""
TOPS = """() => [...document.querySelector(".columns > .beside").parentNode.children]
    .filter(each => each.offsetHeight).map(each => each.getBoundingClientRect().top)"""


@pytest.fixture
def pages(app: Flask) -> dict[str, str]:
    """The text for a member whose answer is wanted."""
    with app.app_context():
        uk = a_network_with_rules()
        ada, ben = members(uk, 2)
        asked = a_proposal(uk, ben).id
        frame = Frame(
            question="Who belongs?",
            can_change="The rule on members.",
            decides="All members.",
            until=date(2015, 5, 20),
        )
        thread = a_thread(a_topic(uk), ben, frame=frame)
        client = builders.sign_in(app.test_client(), ada)
        addresses = {
            "proposal": f"/uk/proposals/{asked}",
            "thread": f"/uk/forum/{thread.id}",
            "committee": "/uk/committee",
            "members": "/uk/members",
            "rules": "/uk/charter",
        }
    found = {name: client.get(address).text for name, address in addresses.items()}
    return found | {"join": app.test_client().get("/uk/join").text}


def show(page: Any, text: str, width: int, height: int) -> None:
    """The page as a browser gets it, with its stylesheet and its script."""
    page.set_viewport_size({"width": width, "height": height})
    page.route("**/*", lambda route: serve(route, text))
    page.goto("http://govnet.example/")
    page.wait_for_function(f"{COLUMN}.classList.contains('is-kept')")


def serve(route: Any, text: str) -> None:
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        route.fulfill(path=STYLES.with_name(path.rpartition("/")[2]))
    else:
        route.fulfill(body=text, content_type="text/html; charset=utf-8")


@pytest.mark.parametrize("name", ["proposal", "thread", "committee", "members", "rules", "join"])
def test_on_a_phone_everything_follows_in_the_order_of_the_source(
    page: Any, pages: dict[str, str], name: str
) -> None:
    show(page, pages[name], 360, 640)
    tops = page.evaluate(TOPS)
    assert len(tops) > 1
    assert tops == sorted(tops)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("name", "words"), [("proposal", "#text .prose"), ("thread", ".post .prose")])
def test_on_a_phone_the_words_begin_on_the_first_two_screens(
    page: Any, pages: dict[str, str], name: str, words: str
) -> None:
    show(page, pages[name], 360, 640)
    top = page.evaluate("words => document.querySelector(words).getBoundingClientRect().top + scrollY", words)
    assert top < 2 * 640 - 100


@pytest.mark.parametrize("name", ["proposal", "thread", "committee", "rules"])
def test_at_a_desk_the_second_column_is_in_sight_however_low_the_window(
    page: Any, pages: dict[str, str], name: str
) -> None:
    for width, height in ((1000, 720), (1280, 480), (1280, 1200)):
        show(page, pages[name], width, height)
        page.evaluate(LENGTHEN)
        assert page.evaluate(BESIDE)["left"] >= page.evaluate(RIGHT_OF_TEXT)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TRAPS) == []
        page.evaluate(SCROLL, 2600)
        below = page.evaluate(BESIDE)
        assert 0 < below["bottom"] <= height
        assert below["top"] >= 0 or below["bottom"] >= height - 40
        page.evaluate(SCROLL, -max(100, below["bottom"] - below["top"] - height + 60))
        assert 0 <= page.evaluate(BESIDE)["top"] < height - 100


def test_a_field_of_the_second_column_that_gets_the_focus_comes_into_view(
    page: Any, pages: dict[str, str]
) -> None:
    show(page, pages["proposal"], 1280, 480)
    page.evaluate(LENGTHEN)
    page.evaluate(SCROLL, 2600)
    first = page.locator(".beside input[type=radio]").first
    assert first.bounding_box()["y"] < 0
    first.focus()
    page.evaluate(SCROLL, 0)
    assert 0 <= first.bounding_box()["y"] <= 480


def test_without_scripts_the_second_column_goes_with_the_page(page: Any, pages: dict[str, str]) -> None:
    page.set_viewport_size({"width": 1280, "height": 480})
    page.set_content(pages["proposal"])
    page.add_style_tag(path=STYLES)
    assert page.evaluate(TRAPS) == []
    assert page.evaluate(f"getComputedStyle({COLUMN}).position") == "static"
