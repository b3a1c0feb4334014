"""Every sentence can be put into another language, and each reader gets the one that is theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from govnet import create_app
from govnet.extensions import db
from govnet.kernel.messages import Said, counted
from govnet.kernel.translation import say
from govnet.people.models import Person
from tests.builders import a_member, a_network, a_steering_member, sign_in
from tests.face.pseudo import sentences, translations
from tests.pages import Html, opened, send

WELSH = {"Accept-Language": "cy, en;q=0.5"}
PAGES = ("/uk/", "/uk/about", "/uk/charter", "/uk/join", "/uk/decisions", "/uk/committee", "/uk/coordinator")
NAMES = re.compile(
    r"The UK network|To open up how decisions are made\.|Robin Contact|Steering committee|Person \d+"
)


@pytest.fixture
def bilingual(tmp_path: Path) -> Iterator[Flask]:
    """An application with translations into a second language, and a network."""
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/govnet.db",
            "DATA_DIR": str(tmp_path),
            "TESTING": True,
            "SQLITE_SYNCHRONOUS": "OFF",
            "BABEL_TRANSLATION_DIRECTORIES": translations(tmp_path / "translations"),
        }
    )
    with app.app_context():
        db.create_all()
        a_steering_member(a_network())
    yield app
    with app.app_context():
        db.engine.dispose()


def test_every_template_and_module_hands_its_sentences_to_translators() -> None:
    found = sentences()
    assert len(found) > 1500
    assert "Home" in found
    assert ("%(num)s day", "%(num)s days") in found


def test_no_sentence_of_a_page_is_left_in_the_language_of_the_source(bilingual: Flask) -> None:
    left: list[str] = []
    for path in PAGES:
        page = Html(bilingual.test_client().get(path, headers=WELSH).text)
        assert page.lang == "cy"
        rest = NAMES.sub("", page.text)
        while (fewer := re.sub(r"⟦[^⟦⟧]*⟧", " ", rest)) != rest:
            rest = fewer
        left += re.findall(r"[A-Za-z]{3,} [a-z]{3,}", rest)
    assert left == []


def test_people_read_the_language_they_chose_whatever_the_browser_asks_for(bilingual: Flask) -> None:
    client = bilingual.test_client()
    with bilingual.app_context():
        ann_id = a_member(a_network("leeds")).id
        sign_in(client, db.session.get_one(Person, ann_id))
    assert Html(client.get("/uk/", headers=WELSH).text).lang == "en"
    assert "Language of pages and mail" in opened(client, "/me/data/settings").text
    send(client, "/me/data/settings", {"language": "cy"})
    assert Html(client.get("/uk/").text).lang == "cy"
    with bilingual.app_context():
        assert db.session.get_one(Person, ann_id).locale == "cy"


def test_with_one_language_nobody_is_asked_which(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        sign_in(client, a_member(a_network()))
    assert "Language of pages" not in opened(client, "/me/data/settings").text
    assert Html(client.get("/uk/", headers=WELSH).text).lang == "en"


def test_the_numbers_in_rules_are_translated_too(bilingual: Flask) -> None:
    with bilingual.test_request_context("/"), force_locale("cy"):
        assert say(counted("%(num)s day", "%(num)s days", 3)) == "⟦3 days⟧"
        assert say(Said("Closes %(when)s", {"when": "now"})) == "⟦Closes now⟧"
