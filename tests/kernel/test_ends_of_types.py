"""Every address with every parameter and every part at the ends of its type: an answer for people, and never a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict

from govnet.announcements.page import moment
from govnet.web.days import read_day
from tests.record.test_readers import signed_in, world  # noqa: F401 - the fixture

ENDS = [
    "", "0", "-1", "2147483647", "2147483648", "9223372036854775808", "9" * 5_000, "1e10000000", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "0001-01-01", "9999-12-31", "2015-02-29",
    "2015-04-13T10:00:00.999999999+23:59", "\x00", "\ufeff\u202e",
    "é" * 3_000, "../../etc/passwd", "%s%(x)s{0}{{x}}", "[]", "a\r\nX-Y: z", "'; --",
]  # fmt: skip
RAW = ["%ff%fe", "%ed%a0%80", "%00", "%"]
"""No UTF-8, half a pair, nothing: as they stand in the address."""
IDS = ("0", "2147483647", "2147483648", "9" * 5_000)


class Watched(ImmutableMultiDict[str, str]):
    """The parameters of an address, and which of them a view looks for."""

    asked: ClassVar[set[str]] = set()

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, *more: Any) -> list[Any]:
        self.asked.add(name)
        return super().getlist(name, *more)

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)


def rules(app: Flask) -> Iterator[Any]:
    for rule in app.url_map.iter_rules():
        elsewhere = rule.rule.startswith(("/static", "/demo")) or rule.endpoint == "accounts.sign_out"
        if "GET" in (rule.methods or ()) and not elsewhere:
            yield rule


def filled(rule: Any, **other: str) -> str:
    """An address of the rule: of something that there is, but for what is said otherwise."""
    usual = {"network": "uk", "number": "2015-01", "slug": "general", "token": "x", "what": "close"}
    return re.sub(
        r"<(?:[^:<>]+:)?(\w+)>", lambda found: other.get(found[1]) or usual.get(found[1], "1"), rule.rule
    )


def read_by(client: FlaskClient, url: str) -> list[str]:
    """The parameters that the view of an address looks for, also those that it asks for after others."""
    Watched.asked.clear()
    client.get(url)
    client.get(f"{url}?{'&'.join(f'{name}=1' for name in sorted(Watched.asked))}")
    return sorted(Watched.asked)


def falls(client: FlaskClient, url: str) -> list[str]:
    """The address, where it is answered by a fault."""
    return [url[:200]] if client.get(url, buffered=True).status_code >= 500 else []


def test_every_parameter_of_every_address_takes_every_value(app, world, monkeypatch):  # noqa: F811
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Watched)
    client = signed_in(app, world, "officer")
    fell: list[str] = []
    known: set[str] = set()
    for rule in rules(app):
        names = read_by(client, filled(rule))
        known.update(names)
        for start in range(len(ENDS) if names else 0):
            turned = [*ENDS[start:], *ENDS[:start]]
            asked = [f"{name}={quote(value)}" for name, value in zip(names, turned, strict=False)]
            fell += falls(client, f"{filled(rule)}?{'&'.join(asked)}")
        for raw in RAW if names else ():
            fell += falls(client, f"{filled(rule)}?{'&'.join(f'{name}={raw}' for name in names)}")
    assert fell == []
    assert known >= {"page", "before", "next", "quote", "matter", "rule"}


def test_every_part_of_every_address_takes_every_value(app, world):  # noqa: F811
    client = signed_in(app, world, "officer")
    texts = (*(quote(end, safe="") for end in ENDS if end), *RAW)
    fell: list[str] = []
    for rule in rules(app):
        for name in rule.arguments - {"network"}:
            for value in IDS if name.endswith("_id") else texts:
                fell += falls(client, filled(rule, **{name: value}))
    for value in texts:
        fell += falls(client, f"/{value}/forum")
    assert fell == []


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0999-12-31", "x", ""]
)
def test_an_instant_in_an_address_is_one_that_every_zone_can_say(text):
    with pytest.raises(ValueError):
        moment(text)


@pytest.mark.parametrize("text", ["0001-01-01", "31 December 9999", "1/1/0999", "0000-01-01"])
def test_a_day_is_one_that_can_be_counted_on_from(text):
    assert read_day(text) is None
