"""Tools for pages: open them (each is checked), and send their forms as a browser without scripts would."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HERE = {"Origin": "http://localhost"}
"""A browser's fields with a form of a page that a test client has open."""


class Html(HTMLParser):
    """A page's forms, fields, ids and words."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lang, self.title, self.h1 = "", "", 0
        self.ids: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.labels: set[str] = set()
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.words: list[str] = []
        self.navs: list[str] = []
        self.where: dict[str, list[str]] = {"nav": [], "crumbs": []}
        self._in: list[str] = []
        self._field: dict[str, Any] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        a = dict(attributes)
        self.handlers += [name for name in a if name.startswith("on") or name == "style"]
        if a.get("id"):
            self.ids.append(str(a["id"]))
        if tag == "html":
            self.lang = a.get("lang") or ""
        elif tag == "h1":
            self.h1 += 1
        elif tag == "nav":
            self.navs.append(a.get("class") or "")
        elif tag == "a" and a.get("href"):
            self.links.append(str(a["href"]))
            self._note_where(str(a["href"]), current="aria-current" in a)
        elif tag == "label" and a.get("for"):
            self.labels.add(str(a["for"]))
        elif tag == "form":
            self.forms.append(
                {"action": a.get("action") or "", "method": (a.get("method") or "get").lower(), "fields": []}
            )
        elif tag in ("input", "textarea", "select", "button"):
            self._start_field(tag, a)
        elif (
            tag == "option" and self._field is not None and ("selected" in a or self._field["value"] is None)
        ):
            self._field["value"] = a.get("value") or ""
        if tag in ("title", "script", "style", "textarea", "label"):
            self._in.append(tag)

    def _note_where(self, href: str, *, current: bool) -> None:
        """Which part of the menu is marked as current, and where the breadcrumbs begin."""
        within = self.navs[-1] if self.navs else ""
        if within.startswith("nav") and current:
            self.where["nav"].append(href)
        elif within == "crumbs":
            self.where["crumbs"].append(href)

    def _start_field(self, tag: str, a: dict[str, str | None]) -> None:
        kind = (a.get("type") or ("submit" if tag == "button" else tag)).lower()
        value = a.get("value") if tag != "select" else None
        field = {"tag": tag, "type": kind, "name": a.get("name"), "id": a.get("id"),
                 "value": value if tag == "select" else value or "", "checked": "checked" in a,
                 "named": "aria-label" in a or "aria-labelledby" in a or "label" in self._in}  # fmt: skip
        if kind == "checkbox" and "value" not in a:
            field["value"] = "on"
        self._field = field if tag in ("textarea", "select") else None
        if self.forms:
            self.forms[-1]["fields"].append(field)

    def handle_endtag(self, tag: str) -> None:
        if self._in and self._in[-1] == tag:
            self._in.pop()
        if tag == "nav" and self.navs:
            self.navs.pop()
        if tag in ("textarea", "select"):
            self._field = None

    def handle_data(self, data: str) -> None:
        if "title" in self._in:
            self.title += data
        elif "textarea" in self._in and self._field is not None:
            self._field["value"] = (self._field["value"] or "") + data
        if not {"script", "style", "title"} & set(self._in):
            self.words += data.split()

    @property
    def text(self) -> str:
        """Everything that can be read, with single blanks."""
        return " ".join(self.words)


def check(html: Html, where: str) -> None:
    """The parts of every page."""
    assert html.lang, f"{where}: no lang"
    assert html.title.strip(), f"{where}: no title"
    assert html.h1 == 1, f"{where}: {html.h1} h1"
    crumbs, nav = html.where["crumbs"], html.where["nav"]
    assert not crumbs or not nav or crumbs[0] == nav[0], (
        f"{where}: begins under {crumbs[0]}, but the menu says {nav[0]}"
    )
    twice = {i for i in html.ids if html.ids.count(i) > 1}
    assert not twice, f"{where}: ids twice: {twice}"
    assert not html.handlers, f"{where}: inline handlers or styles: {html.handlers}"
    for form in html.forms:
        names = [field["name"] for field in form["fields"]]
        if form["method"] == "post" and not form["action"].startswith("/unsubscribe/"):
            assert "csrf_token" in names, f"{where}: form {form['action']} without CSRF token"
        for field in form["fields"]:
            assert field["name"] != "form_key" or field["value"], f"{where}: {form['action']} has no form key"
            if field["type"] not in ("hidden", "submit", "button"):
                assert field["named"] or field["id"] in html.labels, f"{where}: {field['name']} has no label"


def opened(client: FlaskClient, url: str, status: int = 200) -> Html:
    """The page at `url`, checked."""
    response = client.get(url, follow_redirects=status == 200)
    assert response.status_code == status, f"{url}: {response.status_code}\n{Html(response.text).text[:2000]}"
    html = Html(response.text)
    if response.mimetype == "text/html":
        check(html, url)
    return html


def send(
    client: FlaskClient, url: str, values: dict[str, Any], *, action: str = "", follow: bool = True
) -> TestResponse:
    """Open the page, fill in the form that has all the named fields (and that action, if given), and send it."""
    html = opened(client, url)
    for form in html.forms:
        have = {field["name"] for field in form["fields"]}
        if (
            form["method"] == "post"
            and set(values) <= have
            and (not action or form["action"].endswith(action))
        ):
            return client.post(
                form["action"] or url, data={**defaults(form), **values}, follow_redirects=follow
            )
    there = [(form["action"], [field["name"] for field in form["fields"]]) for form in html.forms]
    raise AssertionError(f"{url}: no form with {sorted(values)} {action}; there are {there}")


def ask(
    client: FlaskClient, url: str, values: dict[str, Any], *, press: str = "checked", **more: Any
) -> TestResponse:
    """Fill in the form of something to ask, look at the page to check it, and ask; or `press` its other button."""
    checked = send(client, url, values, **more)
    for form in Html(checked.text).forms:
        if any(field["name"] == "checked" for field in form["fields"]):
            data = {**defaults(form), press: "y"}
            return client.post(form["action"], data=data, follow_redirects=more.get("follow", True))
    assert press == "checked", "there was no page to check"
    return checked


def defaults(form: dict[str, Any]) -> dict[str, Any]:
    """The values that a browser sends of the form if nobody types anything."""
    data: dict[str, Any] = {}
    for field in form["fields"]:
        if (
            not field["name"]
            or field["type"] in ("submit", "button")
            or (field["type"] in ("checkbox", "radio") and not field["checked"])
        ):
            continue
        value, before = field["value"] or "", data.get(field["name"])
        if field["type"] in ("checkbox", "hidden") and before is not None:  # several of one name
            value = [*(before if isinstance(before, list) else [before]), value]
        data[field["name"]] = value
    return data
