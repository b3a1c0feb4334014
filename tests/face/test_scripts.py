"""The effects of scripts, in a real browser: drafts that survive, one sending for two clicks, previews, and progress."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Blueprint, Flask, redirect, render_template_string, request, url_for
from flask_babel import Babel
from werkzeug.serving import BaseWSGIServer, make_server

from govnet.web.templates import kept

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed"),
]
FORM = """{% extends "layouts/narrow.html" %}{% block title %}Reply{% endblock %}{% block content %}
<form method="post" action="/reply"><label for="body">Your reply</label>
<textarea name="body" id="body" data-preview="/preview">{{ typed }}</textarea>
<button type="submit">Send</button></form>{% endblock %}"""
SIGN_OUT = """{% extends "layouts/narrow.html" %}{% block title %}Sign out{% endblock %}{% block content %}
<form method="post" action="/sign-out" data-clear-drafts><button type="submit">Sign out of this browser</button></form>
{% endblock %}"""
PRINT = """{% extends "layouts/narrow.html" %}{% from "components/actions.html" import print_button %}
{% block title %}Decision{% endblock %}{% block content %}{{ print_button() }}{% endblock %}"""
CRUMBS = """{% extends "layouts/narrow.html" %}{% from "components/lists.html" import crumbs %}
{% block title %}Proposal{% endblock %}{% block crumbs %}{{ crumbs([("Decisions", "/a"), ("How many seats do we want", "/b"),
("Proposal", "")]) }}{% endblock %}{% block content %}{% endblock %}"""
PROGRESS = """{% extends "layouts/narrow.html" %}{% block title %}Sending{% endblock %}{% block content %}
<div id="progress"{% if n < 3 %} data-poll="0.1"{% endif %}>{{ n }} of 3 <a href="/reply">Stop</a></div>{% endblock %}"""


class Site:
    """A small site on the real layout, and what arrived there."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.polled = 0
        self.app = Flask(
            "small", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "govnet" / "static")
        )
        Babel(self.app)
        accounts = Blueprint("accounts", "small")
        accounts.add_url_rule("/sign-in", "sign_in", lambda: "")
        accounts.add_url_rule("/signing-out", "sign_out", lambda: "")
        self.app.register_blueprint(accounts)
        self.app.jinja_env.globals["kept"] = kept
        self.app.jinja_env.globals["static_url"] = lambda name: url_for("static", filename=name)
        self.app.context_processor(lambda: {"actor": self.actor(), "waiting": None})
        self.app.add_url_rule("/reply", "reply", self.reply, methods=["GET", "POST"])
        self.app.add_url_rule(
            "/preview", "preview", lambda: f"<em>{request.form['body']}</em>", methods=["POST"]
        )
        self.app.add_url_rule("/sign-out", "sign_out", self.sign_out, methods=["GET", "POST"])
        self.app.add_url_rule("/print", "print", lambda: render_template_string(PRINT))
        self.app.add_url_rule("/crumbs", "crumbs", lambda: render_template_string(CRUMBS))
        self.app.add_url_rule("/progress", "progress", self.progress)

    @staticmethod
    def actor() -> Any:
        """The person whom the address signs in."""
        who = request.args.get("who")
        return SimpleNamespace(signed_in=bool(who), person_id=who, name="Ann", is_operator=False)

    def sign_out(self) -> Any:
        if request.method == "GET":
            return render_template_string(SIGN_OUT)
        return redirect("/reply", 303)

    def reply(self) -> Any:
        if request.method == "GET":
            return render_template_string(FORM, typed="")
        self.sent.append(request.form["body"])
        if request.form["body"] == "too short":
            return render_template_string(FORM, typed="too short"), 422
        return redirect("/reply", 303)

    def progress(self) -> str:
        self.polled += 1
        return render_template_string(PROGRESS, n=self.polled)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Site, BaseWSGIServer]]:
    site = Site()
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site, server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, server: tuple[Site, BaseWSGIServer]) -> Iterator[Any]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{server[1].server_port}")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


BODY = "textarea"


def test_half_a_thought_is_still_there_after_leaving(page: Any) -> None:
    page.goto("/reply")
    page.fill(BODY, "half a thought")
    page.goto("/progress")
    page.goto("/reply")
    assert page.input_value(BODY) == "half a thought"
    page.click("text=Start empty")
    page.goto("/reply")
    assert page.input_value(BODY) == ""


def test_a_sent_text_is_not_offered_again_and_two_clicks_send_once(
    page: Any, server: tuple[Site, BaseWSGIServer]
) -> None:
    site = server[0]
    before = len(site.sent)
    page.goto("/reply")
    page.fill(BODY, "done")
    with page.expect_navigation():
        page.evaluate("const b = document.querySelector('button[type=submit]'); b.click(); b.click()")
    assert page.input_value(BODY) == ""
    assert site.sent[before:] == ["done"]


def test_a_visitor_s_draft_from_another_tab_is_shown_only_to_its_author(page: Any) -> None:
    page.goto("/reply")
    page.fill(BODY, "a private thought")
    page.goto("/progress")
    for press, left in (("Put it back", "a private thought"), ("Delete it", "")):
        other = page.context.new_page()
        other.goto("/reply")
        assert other.input_value(BODY) == ""
        assert "Was that you?" in other.inner_text("main")
        other.click(f"text={press}")
        assert other.input_value(BODY) == left
        other.close()
    page.goto("/reply")
    assert page.input_value(BODY) == ""


@pytest.mark.parametrize(("leave_it_ticked", "kept_texts"), [(True, 0), (False, 1)])
def test_people_who_sign_out_are_asked_whether_unsent_texts_stay_in_the_browser(
    page: Any, leave_it_ticked: bool, kept_texts: int
) -> None:
    page.goto("/sign-out?who=7")
    assert page.locator("input[type=checkbox]").count() == 0, "nothing was written, so nothing is asked"
    page.goto("/reply?who=7")
    page.fill(BODY, "a private thought")
    page.goto("/sign-out?who=7")
    tick = page.get_by_label("Delete what I wrote and did not send")
    assert tick.is_checked()
    if not leave_it_ticked:
        tick.uncheck()
    with page.expect_navigation():
        page.click("text=Sign out of")
    assert page.evaluate("Object.keys(localStorage).length") == kept_texts


def test_a_refused_text_is_kept(page: Any) -> None:
    page.goto("/reply")
    page.fill(BODY, "too short")
    with page.expect_navigation():
        page.click("text=Send")
    assert page.input_value(BODY) == "too short"
    page.goto("/reply")
    assert page.input_value(BODY) == "too short"


def test_text_written_when_the_connection_failed_is_kept(page: Any) -> None:
    page.goto("/reply")
    page.context.set_offline(True)
    page.fill(BODY, "written in a tunnel")
    page.click("text=Send", no_wait_after=True)
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    page.goto("/reply")
    assert page.input_value(BODY) == "written in a tunnel"


def test_a_preview_shows_what_the_words_will_look_like(page: Any) -> None:
    page.goto("/reply")
    page.fill(BODY, "soft")
    page.click("text=Preview")
    assert page.locator(".preview em").inner_text() == "soft"


def test_progress_goes_on_by_itself_until_it_is_finished(
    page: Any, server: tuple[Site, BaseWSGIServer]
) -> None:
    server[0].polled = 0
    page.goto("/progress")
    page.focus("#progress a")
    page.get_by_text("3 of 3").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Stop"
    page.wait_for_timeout(300)
    assert server[0].polled == 3


def test_a_page_is_printed_by_a_button_that_only_scripts_show(
    page: Any, browser: Any, server: tuple[Site, BaseWSGIServer]
) -> None:
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    page.goto("/print")
    page.click("text=Print")
    assert page.evaluate("window.printed") == 1
    address = f"http://127.0.0.1:{server[1].server_port}/print"
    plain = browser.new_context(java_script_enabled=False)
    without = plain.new_page()
    without.goto(address)
    assert without.locator("text=Print").count() == 1
    assert not without.locator("text=Print").is_visible()
    plain.close()


def test_no_line_of_the_way_back_begins_with_a_chevron(page: Any) -> None:
    """An item has nothing before its words, and no line more than they have."""
    page.goto("/crumbs")
    odd = """() => [...document.querySelectorAll(".crumbs li")].filter((item) => item.offsetParent).filter((item) => {
      const [all, own] = [item, item.firstElementChild].map((each) => [...each.getClientRects()]);
      return all.length !== own.length || all[0].left !== own[0].left;
    }).map((item) => item.textContent)"""
    for width in range(240, 440, 4):
        page.set_viewport_size({"width": width, "height": 600})
        assert page.evaluate(odd) == [], width
