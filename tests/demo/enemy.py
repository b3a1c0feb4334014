"""Somebody who opens every address and sends every form full of nonsense. Nothing may fall over."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.pages import Html, check, send

TRACES = re.compile(
    r"Traceback \(most recent call last\)|sqlalchemy\.exc|jinja2\.exceptions|UndefinedError|&lt;[a-z_.]+ object at 0x"
)
NEVER = (
    "sign-out",
    "remove-my-name",
    "end-all",
    "drop-mail",
    "stop-mail",
    "release-mail",
    "static",
    "act-as",
)
"""Addresses that would end the walk: leaving, or holding the demo's mail."""
VALUES: dict[str, tuple[Any, ...]] = {
    "network": ("uk", "nobody"),
    "number": (1, 3, 2_147_483_647),
    "key": (1, 999_999),
    "token": ("x", "a" * 300),
    "slug": ("purpose", "membership", "no-such-thing"),
    "target": ("thread",),
    "what": ("close",),
    "answer": ("refuse",),
    "filename": ("govnet.css",),
}
IDS = (1, 2, 5, 999_999)
NONSENSE = (
    "",
    "\u202e\u0000\ufeff",
    "e\u0301\u0301" + "\u0301" * 10_000,
    "x" * 60_000,
    "-1",
    "99999999999999999999999",
    "2015-02-31",
    "javascript:alert(1)",
    "<script>alert(1)</script>{{ 7*7 }}",
    "' OR 1=1 --",
    "a@b\r\nBcc: everybody@example.org",
    "\U0001f333 ünï",
)


def addresses(rule: Rule) -> Iterator[dict[str, Any]]:
    """Some ways to fill in a rule: the first of each value, then each value once more."""
    names = sorted(rule.arguments)
    choices = [VALUES.get(name) or (IDS if name.endswith("_id") else ("x",)) for name in names]
    if rule.rule.startswith("/<network:network>/decisions/<number>"):
        choices[names.index("number")] = ("2015-01", "2015-99", "x")
    first = [values[0] for values in choices]
    seen = {tuple(first)}
    yield dict(zip(names, first, strict=True))
    for place, values in enumerate(choices):
        for value in values[1:]:
            filled = (*first[:place], value, *first[place + 1 :])
            if filled not in seen:
                seen.add(filled)
                yield dict(zip(names, filled, strict=True))


def walk(app: Flask, client: FlaskClient, role: str, monkeypatch: Any) -> int:
    """Open and send everything as that role; how many answers were looked at."""
    send(client, "/demo", {"person": role}, action="/demo/act-as")
    looked, nonsense = 0, itertools.cycle(NONSENSE)
    adapter = app.url_map.bind("localhost")
    forms: dict[str, set[str]] = {}
    for rule, values in asked(app, "GET"):
        url = adapter.build(rule.endpoint, values, method="GET")
        answer = client.get(url, buffered=True)
        page = look(answer, f"{role}: GET {url}", whole=True)
        learn_fields(page, adapter, forms)
        looked += 1
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    for rule, values in asked(app, "POST"):
        url = adapter.build(rule.endpoint, values, method="POST")
        fields = sorted(forms.get(rule.endpoint, set()) | {"body", "email", "name"})
        sent = {field: next(nonsense) for field in fields}
        look(client.post(url, data=sent, buffered=True), f"{role}: POST {url} {sorted(sent)}")
        looked += 1
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return looked


def asked(app: Flask, method: str) -> Iterator[tuple[Rule, dict[str, Any]]]:
    """Every rule that takes the method, with each way to fill it in."""
    for rule in list(app.url_map.iter_rules()):
        if method in (rule.methods or ()) and not any(word in rule.rule for word in NEVER):
            for values in addresses(rule):
                yield rule, values


def learn_fields(page: Html | None, adapter: Any, forms: dict[str, set[str]]) -> None:
    """Note the fields of each form on the page, by the endpoint that takes it."""
    for form in page.forms if page else ():
        if form["method"] == "post" and form["action"].startswith("/"):
            endpoint, _values = adapter.match(form["action"].split("?")[0], method="POST")
            forms.setdefault(endpoint, set()).update(f["name"] for f in form["fields"] if f["name"])


def look(answer: Any, where: str, *, whole: bool = False) -> Html | None:
    """The answer is one that a person can use, to any request; returns it when it is a page to be read on."""
    is_page = answer.mimetype == "text/html"
    fell = answer.status_code >= 500 and answer.status_code != 503
    assert not fell, f"{where}: {answer.status_code}\n{Html(answer.text).text[:1500] if is_page else ''}"
    if not is_page:
        return None
    assert not TRACES.search(answer.text), where
    if not whole:
        return None
    page = Html(answer.text)
    if "<h1" in answer.text:
        check(page, where)
    return page
