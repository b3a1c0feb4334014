"""A little feature of the tests' own: somebody says something, and others are told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.models import RecipientChunk
from govnet.mail.outgoing import compose, distribution
from govnet.mail.outgoing.audience import MEMBER
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.rules import Priority
from govnet.mail.volume import News
from govnet.permissions import Can, require
from govnet.record import registry
from govnet.record.actions import record
from govnet.record.events import Event
from tests.builders import acting

SAID = """{% block subject %}{{ _("Re: %(title)s", title=title) }}{% endblock %}
{% block body %}
{{ p(_("%(name)s answered:", name=name)) }}
{{ words(body) }}
{{ facts([(_("Place"), "Leeds & York"), (_("Day"), "Fri 15 May 2015")]) }}
{{ items(["One <b>thing</b>", ("Another", "https://example.org/another")]) }}
{{ heading(_("What next")) }}
{{ button(_("Read and answer on the site"), "https://example.org/uk/forum/41") }}
{% endblock %}
{% block reason %}{% if subscriber %}{{ _("You get this because you asked for our mail.") }}
{% else %}{{ _("You get this because you take part in this discussion.") }}{% endif %}{% endblock %}
"""


class Said(Event):
    """Somebody said something."""

    verb: ClassVar[str] = "test.said"
    sentence: ClassVar[Any] = "%(actor)s said something"
    words_of: ClassVar[frozenset[str]] = frozenset({"body"})
    subject: ClassVar[str] = "network_row"
    network_row: Any
    body: str = "Let anybody join."


@pytest.fixture
def templates(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Mail templates of the tests' own, beside the real ones."""
    mine = {"mail/test/said.txt": SAID}
    loader = ChoiceLoader([DictLoader(mine), app.jinja_env.loader])  # type: ignore[list-item]
    monkeypatch.setattr(app.jinja_env, "loader", loader)
    compose._environments.cache_clear()
    yield mine
    compose._environments.cache_clear()


class Teller:
    """The notices of entries: set by a test, asked by the loop."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.error: Exception | None = None
        self.asked = 0

    def __call__(self, told: ToldEntry) -> list[Notice]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.notices

    def tells(self, *, news: News = News.DISCUSSION, body: str = "Let anybody join.", **values: Any) -> None:
        """Have these people told in the tests' own words."""
        context = {"title": "Who may join?", "name": "Ann", "body": body}
        self.notices = [Notice(template="test/said", news=news, context=context, author="Ann", **values)]


@pytest.fixture
def teller(app: Flask, templates: dict[str, str]) -> Iterator[Teller]:
    """The loop asks this teller about test.said."""
    one = Teller()
    with app.app_context():
        registry.tell(one, Said)
    yield one
    with app.app_context():
        registry.tellers().pop(Said.verb)


def say(network: Any, person: Any, body: str = "Let anybody join.") -> None:
    """Somebody says something; nobody has been told yet."""
    by = acting(person, network)
    act = require(by, Can.READ, network, Door.WEB)
    with transaction():
        record(Said(act=act, network_row=network, body=body))


def tell() -> int:
    """The worker gets to it."""
    return distribution.run()


def a_chunk(mail_id: int, person_ids: Sequence[int]) -> RecipientChunk:
    """Recipients of a mail who have no delivery yet."""
    pairs = json.dumps([(person_id, None) for person_id in person_ids])
    return RecipientChunk(
        mail_id=mail_id,
        reader=MEMBER,
        people=pairs,
        number=len(person_ids),
        priority=Priority.ANNOUNCEMENT,
        starts_at=clock.now(),
    )
