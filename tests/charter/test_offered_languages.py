"""Which languages a network offers: chosen among those there are, and followed by pages and mails alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path

import pytest
from flask import Flask
from flask.globals import _cv_app
from flask.testing import FlaskClient

from govnet import create_app
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.mail.headers import Address
from govnet.mail.models import Delivery, Rendering
from govnet.mail.outgoing import deliveries, outbox, preview
from govnet.mail.outgoing.audience import LIST, SUBSCRIBER, Recipient, audience
from govnet.mail.outgoing.notices import Notice
from govnet.mail.volume import News
from govnet.people.models import Person
from govnet.record.queries import details, entries_about
from govnet.web import languages
from tests import builders
from tests.face.pseudo import translations
from tests.pages import Html, defaults, opened, send

WELSH, ENGLISH, FRENCH = ({"Accept-Language": code} for code in ("cy", "en-GB", "fr"))


class Apart(FlaskClient):
    """A browser whose requests know nothing of the test's own context, nor of its language."""

    def open(self, *args, **kwargs):
        def alone():
            _cv_app.set(None)
            return super(Apart, self).open(*args, **kwargs)

        return copy_context().run(alone)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[str], str]) -> Iterator[Flask]:
    """An application with a second language."""
    folder: Path = tmp_path_factory.mktemp("languages")
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": new_database("languages"),
            "DATA_DIR": str(folder),
            "TESTING": True,
            "SQLITE_SYNCHRONOUS": "OFF",
            "BABEL_TRANSLATION_DIRECTORIES": translations(folder / "translations"),
        }
    )
    app.test_client_class = Apart
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def uk(house: Flask) -> Iterator[Network]:
    with house.app_context():
        db.drop_all()
        db.create_all()
        yield builders.a_network()
        db.session.remove()


@pytest.fixture
def sam(house, uk):
    """The browser of somebody on the committee."""
    client = house.test_client()
    builders.sign_in(client, builders.a_steering_member(uk))
    return client


def choose(client, codes, default="en", **values):
    form = defaults(opened(client, "/uk/settings").forms[-1])
    answer = client.post("/uk/settings", data={**form, "languages": codes, "language": default, **values})
    db.session.rollback()
    db.session.expire_all()
    return answer


def language_of(page):
    return Html(page.text).lang


def read_by(house, person=None, path="/uk/", **headers):
    """The language of a page as somebody else's browser gets it."""
    client = house.test_client()
    if person is not None:
        builders.sign_in(client, db.session.get_one(Person, person))
    return language_of(client.get(path, headers=headers or None, follow_redirects=True))


def somebody(uk, language):
    person = builders.a_member(uk)
    with transaction():
        person.locale = language
    return person.id


def mail_language(person_language):
    """The language of a mail to somebody who would like it in that one."""
    network = db.session.get(Network, 1, populate_existing=True)
    with transaction():
        mail_id = outbox.post(
            "mail/not_done", to=Address("kim@example.org"), network=network, language=person_language,
            context={"why": "It is not so.", "subject": "Yes"},
        )  # fmt: skip
    row = db.session.query(Rendering).filter_by(mail_id=mail_id).one()
    return row.language, f"Content-Language: {row.language}".encode() in row.head


def test_a_network_that_never_chose_offers_all_there_are(house, uk, sam):
    fields = opened(sam, "/uk/settings").forms[-1]["fields"]
    ticked = [f["value"] for f in fields if f["name"] == "languages" and f["checked"]]
    assert ticked == ["en", "cy"]
    assert read_by(house, **WELSH) == "cy"
    assert read_by(house, **FRENCH) == "en"


def test_officers_choose_the_languages_and_the_record_says_so(uk, sam):
    assert choose(sam, ["en"]).status_code == 303
    assert choose(sam, ["en", "cy"], "cy").status_code == 303
    entries = [details(e) for e in entries_about(1, "network:1") if e.verb == "offices.settings_changed"]
    assert [(e["old"], e["new"]) for e in entries] == [
        ({"languages": "en cy"}, {"languages": "en"}),
        ({"languages": "en", "language": "en"}, {"languages": "en cy", "language": "cy"}),
    ]


@pytest.mark.parametrize(
    ("codes", "default", "words"),
    [
        (["cy"], "cy", "Leave English ticked"),
        ([], "en", "Leave English ticked"),
        (["en"], "cy", "Choose one of the languages that you ticked"),
        (["en", "tlh"], "en", "tlh"),
        (["en"], "tlh", "Not a valid choice"),
    ],
)
def test_a_choice_that_leaves_people_without_words_is_refused(uk, sam, codes, default, words):
    with transaction():
        db.session.get_one(Person, 1).locale = "en"
    answer = choose(sam, codes, default, contact_phone="020 7946 0123")
    assert answer.status_code == 422
    assert words in answer.text
    assert defaults(Html(answer.text).forms[-1])["contact_phone"] == "020 7946 0123"
    assert languages.offered(db.session.get_one(Network, 1, populate_existing=True)) == ("en", "cy")


@pytest.mark.parametrize(
    ("codes", "default", "browser", "own", "read"),
    [
        (["en"], "en", WELSH, None, "en"),
        (["en"], "en", WELSH, "cy", "en"),
        (["en", "cy"], "cy", FRENCH, None, "cy"),
        (["en", "cy"], "cy", ENGLISH, None, "en"),
        (["en", "cy"], "cy", FRENCH, "en", "en"),
        (["en", "cy"], "cy", ENGLISH, "cy", "cy"),
        (["en", "cy"], "cy", FRENCH, "", "cy"),
        (["en", "cy"], "en", ENGLISH, "cy", "cy"),
    ],
)
@pytest.mark.parametrize("path", ["/uk/", "/uk/charter", "/uk/charter/999", "/sign-in", "/me"])
def test_pages_are_in_a_language_that_the_network_offers(
    house, uk, sam, codes, default, browser, own, read, path
):
    choose(sam, codes, default)
    person = None if own is None else somebody(uk, own)
    assert read_by(house, person, path, **browser) == read


@pytest.mark.parametrize(
    ("codes", "default", "own", "got"),
    [
        (["en"], "en", "cy", "en"),
        (["en"], "en", "", "en"),
        (["en", "cy"], "cy", "", "cy"),
        (["en", "cy"], "cy", "en", "en"),
        (["en", "cy"], "cy", "de", "cy"),
        (["en", "cy"], "en", "cy", "cy"),
    ],
)
def test_mails_are_in_a_language_that_the_network_offers(uk, sam, codes, default, own, got):
    choose(sam, codes, default)
    assert mail_language(own) == (got, True)


def test_a_mail_to_many_is_written_once_for_each_language_that_is_offered(uk, sam):
    network = db.session.get_one(Network, 1)
    people = [
        Recipient("ann@example.org", language="cy"),
        Recipient("bob@example.org", language="en"),
        Recipient("old@example.org", language="de"),
        Recipient("list@example.org", reader=LIST),
        Recipient("new@example.org", reader=SUBSCRIBER),
    ]
    notice = Notice(template="mail/not_done", news=News.ALWAYS, context={"why": "So.", "subject": "Yes"})
    choose(sam, ["en", "cy"], "cy")
    made = outbox.batch_of(notice, outbox.mail_row(notice, "two", network), network, people)
    assert {sort[0] for sort in made.renderings} == {"en", "cy"}
    choose(sam, ["en"])
    with transaction():
        made = outbox.batch_of(notice, outbox.mail_row(notice, "one", network), network, people)
        outbox.enqueue(made)
    assert {row.language for row in db.session.query(Rendering)} == {"en"}
    assert db.session.query(Delivery).count() == 5


def test_deliveries_that_are_made_later_are_in_an_offered_language_too(uk, sam, monkeypatch):
    monkeypatch.setattr(outbox, "AT_ONCE", 1)
    choose(sam, ["en", "cy"], "cy")
    network = db.session.get_one(Network, 1)
    ids = [somebody(uk, language) for language in ("en", "en", "de", "")]
    notice = Notice(
        template="mail/not_done",
        news=News.ALWAYS,
        people=ids,
        always=ids,
        context={"why": "So.", "subject": "Yes"},
    )
    found = audience(notice, network=network, actor_id=None)
    with transaction():
        outbox.enqueue(outbox.batch_of(notice, outbox.mail_row(notice, "later", network), network, found))
    while deliveries.run():
        pass
    rows = db.session.query(Delivery.person_id, Rendering.language).join(
        Rendering, Rendering.id == Delivery.rendering_id
    )
    assert [dict(rows.all())[key] for key in ids] == ["en", "en", "cy", "cy"]


def test_a_preview_is_in_the_network_s_own_language(uk, sam):
    choose(sam, ["en", "cy"], "cy")
    notice = Notice(template="mail/not_done", news=News.ALWAYS, context={"why": "So.", "subject": "Yes"})
    assert "⟦" in preview.letter(notice, db.session.get_one(Network, 1)).text


def test_a_member_chooses_among_the_offered_languages_and_keeps_their_own(house, uk, sam):
    choose(sam, ["en"])
    client = house.test_client()
    builders.sign_in(client, db.session.get_one(Person, somebody(uk, "en")))
    assert "Language of pages" not in opened(client, "/me/data/settings").text
    kept = somebody(uk, "cy")
    builders.sign_in(client, db.session.get_one(Person, kept))
    send(client, "/me/data/settings", {"zone": "Europe/Paris"})
    assert db.session.get_one(Person, kept, populate_existing=True).locale == "cy"


def test_a_language_that_is_taken_from_the_server_is_no_longer_offered(house, uk, sam):
    choose(sam, ["en"])
    choose(sam, ["en", "cy"], "cy")
    before = house.extensions["govnet_languages"]
    house.extensions["govnet_languages"] = ("en",)
    try:
        assert read_by(house, somebody(uk, "cy"), **WELSH) == "en"
        assert mail_language("cy") == ("en", True)
        page = opened(sam, "/uk/settings")
        assert "no translation is installed on this server" in page.text
        assert "The settings are saved" in send(sam, "/uk/settings", {"contact_phone": "020 7946 0555"}).text
    finally:
        house.extensions["govnet_languages"] = before
        db.session.rollback()
    network = db.session.get_one(Network, 1, populate_existing=True)
    assert (network.contact_phone, network.languages, network.language) == ("020 7946 0555", "en cy", "cy")


def test_with_english_alone_nothing_is_asked(client, app):
    with app.app_context():
        builders.sign_in(client, builders.a_steering_member(builders.a_network()))
    page = opened(client, "/uk/settings")
    assert "Pages and mails are in English: no translation is installed on this server." in page.text
    assert not [f for f in page.forms[-1]["fields"] if f["name"] in ("languages", "language")]


def test_the_second_of_two_who_choose_languages_at_once_reads_so(uk, sam):
    form = defaults(opened(sam, "/uk/settings").forms[-1])
    choose(sam, ["en"])
    late = sam.post("/uk/settings", data={**form, "languages": ["en", "cy"], "language": "cy"})
    assert late.status_code == 409
    assert "en cy" in late.text
