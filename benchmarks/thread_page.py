"""The page that members meet most, 20 posts of a discussion, against a bare Flask and Jinja page of the same rows."""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from flask import Flask, render_template, session
from flask.testing import FlaskClient
from jinja2 import DictLoader
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from werkzeug.test import EnvironBuilder

from govnet import create_app
from govnet.accounts.models import Person
from govnet.extensions import db
from tests import builders
from tests.forum.made import a_post, a_thread, a_topic

POSTS = 20
ROUNDS = 9
REQUESTS = 40
BAR = 3.0
TEXT = (
    "I have thought about **who belongs here** since the meeting. Three things seem clear to me:\n\n"
    "- that an organisation has *one* voice,\n- that nobody pays,\n"
    "- and that we say [in public](https://example.org/) who we are.\n\n"
    "What I do not know is how we would notice that somebody has left. A yearly question by mail may be enough, "
    "and whoever does not answer is asked once more before anything ends.\n\n> We could also count who votes.\n\nNumber {n}.\n"
)
BARE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ thread.title }} - {{ network.name }}</title></head><body>
<p>{{ network.name }}: you are {{ reader.name }}</p><p>{{ thread.topic.title }}</p><h1>{{ thread.title }}</h1>
{% for p in posts %}<article id="post-{{ p.number }}"><p><strong>{{ p.author.name }}</strong>
<a href="#post-{{ p.number }}">{{ p.at.strftime("%a %d %b %Y, %H:%M") }}</a></p>
<div>{{ p.html|safe }}</div><p>{{ p.thanks }} thanks</p></article>
{% endfor %}<p>{{ network.contact_name }}, {{ network.contact_email }}, {{ network.contact_phone }}</p></body></html>"""


def main() -> Iterator[dict[str, Any]]:
    """One result: the CPU time of our page over the bare one's, the median of interleaved rounds."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        app = create_app(
            {"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder, "SECRET_KEY": "bench", "DEMO": False}
        )
        client, path = _filled(app)
        client.get(path)  # the browser has been here: its cookie is complete, its mark is set
        cookie = _cookie(client)
        ours, bare = _caller(app, path, cookie), _caller(_bare(url), path, cookie)
        for call in (ours, bare):
            _cpu(call, REQUESTS)
        pairs = [(_cpu(ours, REQUESTS), _cpu(bare, REQUESTS)) for _ in range(ROUNDS)]
    value = statistics.median(mine for mine, _ in pairs)
    ratio = statistics.median(mine / its for mine, its in pairs)
    yield {
        "name": "thread page of 20 posts, signed in", "value": round(value, 2), "unit": "ms of CPU",
        "against": "bare Flask, ORM and Jinja, the same rows", "ratio": round(ratio, 2), "bar": BAR, "ok": ratio <= BAR,
    }  # fmt: skip


def _filled(app: Flask) -> tuple[FlaskClient, str]:
    """A network with a discussion of 20 posts, and the browser of a member who reads it."""
    with app.app_context():
        db.create_all()
        network = builders.a_network()
        people = [builders.a_member(network, f"Member Number {n}") for n in range(7)]
        thread = a_thread(
            a_topic(network, "Membership of the network"), people[0], title="Who belongs, and until when?"
        )
        for n in range(2, POSTS + 1):
            a_post(thread, people[n % 7], TEXT.format(n=n))
        me = db.session.get_one(Person, people[3].id)
        return builders.sign_in(app.test_client(), me), f"/uk/forum/{thread.id}"


def _cookie(client: FlaskClient) -> str:
    found = client.get_cookie("govnet")
    assert found is not None
    return f"{found.key}={found.value}"


class Rows(DeclarativeBase):
    """The bare page's own models: the same tables, and no more of them than the page shows."""


class Place(Rows):
    """The network."""

    __tablename__ = "network"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]


class Subject(Rows):
    """The topic."""

    __tablename__ = "topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Talk(Rows):
    """The discussion."""

    __tablename__ = "thread"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    topic: Mapped[Subject] = relationship(lazy="joined", innerjoin=True)


class Author(Rows):
    """Who wrote."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class SignedIn(Rows):
    """The reader's session."""

    __tablename__ = "signed_in_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Author] = relationship(lazy="joined", innerjoin=True)


class Said(Rows):
    """What was said."""

    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int]
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    html: Mapped[str]
    at: Mapped[datetime]
    thanks: Mapped[int]
    author: Mapped[Author] = relationship(lazy="joined")


def _bare(url: str) -> Flask:
    """What one would write first: the rows that our page shows, read by the ORM, and a loop; nothing around them."""
    app, engine = Flask("bare"), create_engine(url)
    app.config["SECRET_KEY"] = "bench"
    app.config["SESSION_COOKIE_NAME"] = "govnet"
    app.jinja_loader = DictLoader({"bare.html": BARE})  # type: ignore[assignment]

    @app.get("/<slug>/forum/<int:thread_id>")
    def posts(slug: str, thread_id: int) -> str:
        with Session(engine) as rows:
            token = hashlib.sha256(session["_user_id"].encode()).hexdigest()
            reader = rows.scalars(select(SignedIn).where(SignedIn.digest == token)).one().person
            network = rows.scalars(select(Place).where(Place.slug == slug)).one()
            found = rows.scalars(select(Said).where(Said.thread_id == thread_id).order_by(Said.number)).all()
            thread = rows.get_one(Talk, thread_id)
            return render_template("bare.html", reader=reader, network=network, thread=thread, posts=found)

    return app


def _caller(app: Flask, path: str, cookie: str) -> Callable[[], None]:
    """A call of the application itself: no client, no server, nothing between."""
    environ = EnvironBuilder(path, headers={"Cookie": cookie}).get_environ()
    status: list[str] = []

    def call() -> None:
        answer = app.wsgi_app(dict(environ), lambda line, _headers, _exc=None: status.append(line))
        size = sum(len(part) for part in answer)
        assert status.pop() == "200 OK"
        assert size > 10_000

    return call


def _cpu(call: Callable[[], None], times: int) -> float:
    """Milliseconds of this process's CPU for one call."""
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) * 1000 / times


if __name__ == "__main__":
    for result in main():
        print(result)
