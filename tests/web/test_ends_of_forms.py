"""Every form of every page with every field at the ends of its type: an answer for people, and never a fault."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from tests.kernel.test_ends_of_types import ENDS, filled, rules
from tests.pages import Html, defaults
from tests.record.test_readers import signed_in, world  # noqa: F401 - the fixture

TYPED = [*ENDS, "1/3", "\ufffd", "a" + "\u0301" * 3_000, "\n" * 3_000, "on"]
_ENDS_IT = re.compile("leave|erase|sign|resign|address")
"""Forms after which the person may not be there any more: they come last."""


@dataclass(frozen=True)
class Met:
    """A form that a person meets: where it goes, what it says as it comes, and what can be typed."""

    where: str
    usual: dict[str, Any]
    seen: tuple[str, ...]
    hidden: tuple[str, ...]


def forms_of(client: Any, app: Flask) -> list[Met]:
    """Each form once, those that may end it all last."""
    found: dict[tuple[str, tuple[str, ...]], Met] = {}
    for rule in rules(app):
        for of in ("1", "2"):
            url = filled(rule, **dict.fromkeys((name for name in rule.arguments if name.endswith("_id")), of))
            page = client.get(url, follow_redirects=True, buffered=True)
            if page.mimetype == "text/html":
                for form in Html(page.text).forms:
                    fields = {field["name"]: field["type"] for field in form["fields"] if field["name"]}
                    fields.pop("csrf_token", None)
                    hidden = tuple(sorted(name for name, kind in fields.items() if kind == "hidden"))
                    met = Met(
                        form["action"] or page.request.path,
                        defaults(form),
                        tuple(sorted(fields.keys() - set(hidden))),
                        hidden,
                    )
                    if form["method"] == "post" and fields:
                        found.setdefault((met.where, met.seen), met)
    return sorted(found.values(), key=lambda form: bool(_ENDS_IT.search(form.where)))


@pytest.mark.parametrize(("role", "least"), [("visitor", 5), ("member", 30), ("officer", 60)])
def test_every_field_of_every_form_takes_every_value(app, world, role, least):  # noqa: F811
    client = app.test_client() if role == "visitor" else signed_in(app, world, role)
    forms, fell = forms_of(client, app), []
    assert len(forms) >= least
    for form in forms:
        for start in range(0, len(TYPED), len(TYPED) // 3):
            names = form.seen if start else (*form.hidden, *form.seen)
            turned = [*TYPED[start:], *TYPED[:start]] * (1 + len(names) // len(TYPED))
            typed = {**form.usual, **dict(zip(names, turned, strict=False))}
            answer = client.post(form.where, data=typed, buffered=True)
            fell += [(form.where, start)] if answer.status_code >= 500 else []
    assert fell == []
