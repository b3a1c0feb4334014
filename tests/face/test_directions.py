"""People's texts are shown in the direction of their own script: no name turns the words around it."""

from __future__ import annotations

import quopri
from html.parser import HTMLParser

import pytest
from flask import Flask
from sqlalchemy import select

from govnet.announcements.audience import notice_of
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.mail.models import Rendering
from govnet.mail.outgoing import distribution, outbox
from govnet.mail.outgoing.body_blocks import HtmlParts
from govnet.mail.preferences.actions import set_volume
from govnet.mail.volume import Volume
from govnet.people.models import Person
from tests import builders
from tests.announcements.builders import a_draft as an_announcement
from tests.decisions.builders import taken, told_at_once
from tests.forum.made import a_post, a_thread, a_topic
from tests.letters.builders import a_letter
from tests.record.test_readers import addresses

TITLE, NAME, BODY = "שאלה", "רות כהן", "תשובה"
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "use", "path", "rect", "circle", "line"}
UNSEEN = {"title", "script", "style", "textarea", "option", "text"}


class Words(HTMLParser):
    """Texts of a page that have right-to-left letters, and whether anything around them sets their direction."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.around: list[tuple[str, bool]] = []
        self.bare: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.around.append((tag, tag == "bdi" or dict(attrs).get("dir") == "auto"))

    def handle_endtag(self, tag: str) -> None:
        while self.around and tag not in VOID:
            if self.around.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        seen = not any(tag in UNSEEN for tag, _ in self.around)
        if (
            seen
            and any("\u0590" <= letter <= "\u05ff" for letter in data)
            and not any(auto for _, auto in self.around)
        ):
            self.bare.append(f"{'/'.join(tag for tag, _ in self.around[-4:])}: {data.strip()}")


@pytest.fixture
def person(app: Flask) -> int:
    """A network in which everything is written from right to left; somebody on its committee."""
    with app.app_context():
        network = builders.a_network()
        ruth = builders.a_steering_member(network, NAME)
        topic = a_topic(network, TITLE)
        thread = a_thread(topic, ruth, title=TITLE, body=BODY)
        a_post(thread, ruth, BODY)
        a_letter(network, ruth, title=TITLE, text=BODY, addressed_to=NAME)
        taken(network, ruth)
        builders.an_organisation(network, TITLE, spoken_for_by=ruth)
        return ruth.id


def test_everything_that_people_write_sets_its_own_direction(app: Flask, person: int) -> None:
    with app.app_context():
        client = builders.sign_in(app.test_client(), db.session.get_one(Person, person))
    found: dict[str, str] = {}
    for url in addresses(app):
        answer = client.get(url, buffered=True)
        if answer.mimetype == "text/html":
            for words in Words(answer.text).bare:
                found.setdefault(words, url)
    assert sorted(f"{url} {words}" for words, url in found.items()) == []


def test_every_mail_sets_the_direction_of_what_people_wrote(app: Flask, person: int) -> None:
    with app.app_context():
        ruth = db.session.get_one(Person, person)
        network = db.session.scalars(select(Network)).one()
        reader = builders.a_member(network)
        with transaction():
            set_volume(builders.acting(reader, network), network, Volume.EVERYTHING)
        draft = an_announcement(network, ruth, subject=TITLE, source=BODY)
        told_at_once()
        while distribution.run():
            pass
        notice = notice_of(draft, network, ruth)
        mails = [
            quopri.decodestring(body or b"").decode() for body in db.session.scalars(select(Rendering.body))
        ]
        mails.append(outbox.in_words(notice, network).html)
    bare = {words for mail in mails for words in Words(mail[mail.index("<body") :]).bare}
    assert len(mails) > 4
    assert sorted(bare) == []


def test_every_piece_of_a_mail_sets_its_own_direction() -> None:
    parts = HtmlParts()
    pieces = [
        parts.p(NAME), parts.heading(NAME), parts.words(NAME), parts.prose(NAME), parts.button(NAME, "x"),
        parts.link(NAME, "x"), parts.facts([(NAME, NAME)]), parts.items([NAME, (NAME, "x")]),
    ]  # fmt: skip
    assert set(parts.names()) == {
        "p",
        "heading",
        "words",
        "prose",
        "button",
        "link",
        "facts",
        "items",
    }
    assert [words for piece in pieces for words in Words(piece).bare] == []
