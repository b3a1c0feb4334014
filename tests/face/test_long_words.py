"""A title or a name without a blank, such as a long address: pages stay as wide as a narrow phone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.extensions import db
from govnet.forum.threads import actions as threads_actions
from govnet.forum.topics import actions as topics_actions
from govnet.kernel.actor import PROGRAM, Door
from govnet.kernel.transaction import transaction
from tests.builders import a_coordinator, a_member, a_network, acting, an_organisation, sign_in
from tests.face.test_large_text import OUTSIDE, STYLES, page, pytestmark

__all__ = ["page", "pytestmark"]
TITLE = "https://example.org/" + "a" * 120
NAME = "N" * 100
TABLE = "\n".join(
    ("| " + " | ".join(["participation"] * 9) + " |", "|" + "---|" * 9, "| " + " | ".join("x" * 9) + " |")
)
PAGES = (
    "/uk/", "/uk/forum", "/uk/forum/long", "/uk/forum/{thread}",
    "/uk/forum/posts/{post}/report", "/uk/record", "/uk/decisions", "/uk/proposals", "/uk/proposals/{proposal}",
    "/uk/members", "/uk/about", "/me", "/me/data", "/demo",
)  # fmt: skip


@pytest.fixture
def texts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Pages on which everything that people name is one long word."""
    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setitem(app.jinja_env.globals, "demo_mode", True)
    with app.app_context():
        keys = _written()
        client = sign_in(app.test_client(), a_member(db.session.merge(keys.pop("network")), NAME))
    found = {path: client.get(path.format(**keys)) for path in PAGES}
    assert {path: each.status for path, each in found.items() if each.status_code != 200} == {}
    return {path: each.text for path, each in found.items()}


def _written() -> dict[str, Any]:
    uk = a_network()
    ada = a_coordinator(uk, NAME)
    an_organisation(uk, NAME, spoken_for_by=ada)
    with transaction():
        uk, by = db.session.merge(uk), acting(ada, uk)
        uk.name = NAME
        topic = topics_actions.open_topic(
            uk, topics_actions.TopicInput(title=TITLE[:100]), by=PROGRAM, via=Door.CLI, slug="long"
        )
        draft = threads_actions.ThreadInput(
            title=TITLE, body=f"{TITLE} `{TITLE}`\n\n{TABLE}", frame=threads_actions.Frame(question=TITLE)
        )
        thread = threads_actions.start_thread(topic, draft, by=by, via=Door.WEB)
        post = threads_actions.reply(thread, by=by, body=TABLE, via=Door.WEB)
        words = Wording(TITLE[:120], f"{TITLE}\n\n{TABLE}")
        asked = actions.propose(uk, words, Ask("statement", thread_id=thread.id), by=by, via=Door.WEB)
        db.session.flush()
        return {"network": uk, "thread": thread.id, "post": post.id, "proposal": asked.id}


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_a_long_word_breaks_instead_of_widening_the_page(
    texts: dict[str, str], page: Any, width: int
) -> None:
    assert _too_wide(texts, page, width) == {}


def test_text_at_twice_its_size_fits_on_the_narrowest_phone(texts: dict[str, str], page: Any) -> None:
    assert _too_wide(texts, page, 320, "html { font-size: 200% }") == {}


def _too_wide(texts: dict[str, str], page: Any, width: int, style: str = "") -> dict[str, Any]:
    """The pages that are wider than the window, and what in them is."""
    page.set_viewport_size({"width": width, "height": 780})
    wide = {}
    for path, text in texts.items():
        page.set_content(text)
        page.add_style_tag(content=STYLES.read_text() + style)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide[path] = page.evaluate(OUTSIDE, width)
    return wide
