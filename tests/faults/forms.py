"""Every form that a visitor, a member, an officer and the operator find by following links, filled in as people would."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from govnet.demo.roles import addresses
from govnet.extensions import db
from govnet.people.models import Person, PersonEmail
from tests import builders
from tests.pages import HERE, Html, defaults

PAGES = 400
"""That each of them opens."""
OF_ONE_KIND = 6
"""Pages of one view that are opened."""
LEFT_OUT = ("sign-out", "act-as", "/demo")
DAYS = frozenset({"closes", "day", "last_day", "reply_due", "review", "until", "trial_until"})
"""Fields for days that may be left empty."""
TYPED = "Typed with care"


@dataclass
class Act:
    """One form of one page, as somebody fills it in and sends it."""

    who: str
    endpoint: str
    action: str
    data: dict[str, Any]
    cookie: str
    typed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.who} sends {self.action} ({self.endpoint})"

    def send(self, app: Flask) -> Any:
        """Send it from a browser that is as it was when the page was opened."""
        browser = app.test_client()
        if self.cookie:
            browser.set_cookie(app.config["SESSION_COOKIE_NAME"], self.cookie)
        return browser.post(self.action, data=self.data, headers=HERE, buffered=True)


def checked(act: Act, answer: Any) -> Act | None:
    """Where what was filled in is shown first, to be checked: that page's form."""
    for form in Html(answer.text).forms if answer.status_code == 200 else []:
        if any(one["name"] == "checked" for one in form["fields"]):
            data = {**defaults(form), "checked": "y"}
            return Act(act.who, act.endpoint, form["action"] or act.action, data, act.cookie, act.typed)
    return None


def found(app: Flask, *, pages: int = PAGES) -> list[Act]:
    """One act for each kind of form that each of them finds on so many pages."""
    acts: dict[tuple[str, str, tuple[str, ...]], Act] = {}
    for who, browser in browsers(app):
        for act in _on_pages(app, who, browser, pages):
            acts.setdefault((who, act.endpoint, tuple(sorted(act.data))), act)
    return list(acts.values())


def browsers(app: Flask) -> Iterator[tuple[str, FlaskClient]]:
    """A browser of each of them, signed in."""
    yield "visitor", app.test_client()
    for role, address in addresses().items():
        with app.app_context():
            query = select(Person).join(PersonEmail, PersonEmail.person_id == Person.id)
            person = db.session.scalars(query.where(PersonEmail.address == address)).one()
        yield role, builders.sign_in(app.test_client(), person)


def _on_pages(app: Flask, who: str, browser: FlaskClient, pages: int) -> Iterator[Act]:
    adapter = app.url_map.bind("localhost")
    waiting, seen, kinds = deque(["/", "/uk/", "/me", "/operator", "/uk/desk"]), set[str](), Counter[str]()
    while waiting and len(seen) < pages:
        url = waiting.popleft()
        try:
            endpoint, _values = adapter.match(url.split("?")[0])
        except HTTPException:
            continue
        if url in seen or kinds[endpoint] >= OF_ONE_KIND or any(word in url for word in LEFT_OUT):
            continue
        seen.add(url)
        kinds[endpoint] += 1
        answer = browser.get(url, follow_redirects=True, buffered=True)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        page = Html(answer.text)
        waiting.extend(link.split("#")[0] for link in page.links if link.startswith("/"))
        for form in page.forms:
            if form["method"] == "post" and not any(word in form["action"] for word in LEFT_OUT):
                yield _filled(adapter, who, url, form, browser)


def _filled(adapter: Any, who: str, url: str, form: dict[str, Any], browser: FlaskClient) -> Act:
    action = form["action"] or url
    endpoint, _values = adapter.match(action.split("?")[0], method="POST")
    data, typed = defaults(form), []
    for number, one in enumerate(form["fields"]):
        name, kind = one["name"], one["type"]
        if not name or kind in ("hidden", "file"):
            continue
        if kind in ("submit", "button"):
            if one["value"] and name not in data and name != "look":
                data[name] = one["value"]
        elif kind == "radio":
            data.setdefault(name, one["value"])
        elif kind == "checkbox":
            data[name] = [*_several(data.get(name)), one["value"] or "y"]
        elif not (one["value"] or "").strip() and kind in ("text", "textarea", "email", "number", "date"):
            data[name] = _words(kind, name, number)
            if str(data[name]).startswith(TYPED):
                typed.append(str(data[name]))
    cookie = browser.get_cookie(browser.application.config["SESSION_COOKIE_NAME"])
    return Act(who, endpoint, action, data, cookie.value if cookie else "", typed)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _words(kind: str, name: str, number: int) -> str:
    if kind == "email" or "mail" in name:
        return f"typed{number}@example.org"
    if name.endswith("url"):
        return "www.example.org"
    if name in ("sure", "word", "means_it", "remove"):
        return "remove"
    if kind == "date" or name in DAYS or name.endswith("_on"):
        return ""
    return "3" if kind == "number" else f"{TYPED} in field {number}."
