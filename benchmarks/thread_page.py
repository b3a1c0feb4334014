"""The page that members meet most, 20 posts of a discussion, against a bare Flask and Jinja page of the same rows.

150 discussions are read in turn, as often from a connection that has read them before as from one that has read nothing yet.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, render_template, session
from flask.testing import FlaskClient
from jinja2 import DictLoader
from sqlalchemy import Engine, ForeignKey, create_engine, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from werkzeug.test import EnvironBuilder

from govnet import create_app
from govnet.extensions import db
from govnet.forum.models import Post, Thread
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests import builders
from tests.forum.made import a_post, a_thread, a_topic

POSTS = 20
THREADS = 150
ROUNDS = 7
BAR = 2.2
"""The bare page asks four statements, ours eight: also for the reader's rights, what waits, and what came of the discussion."""
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
    """Two results, warm and cold: the CPU time of our page over the bare one's, each the median of interleaved rounds."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        app = create_app(
            {"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder, "SECRET_KEY": "bench", "DEMO": False}
        )
        client, paths = _filled(app)
        for path in paths:
            client.get(path)  # the browser has been here: its cookie is complete, its marks are set
        cookie, engine = _cookie(client), create_engine(url)
        ours, bare = _caller(app, paths, cookie), _caller(_bare(engine), paths, cookie)
        with app.app_context():
            forget = (db.engine.dispose, engine.dispose)
        for words, before in (("warm", (_nothing, _nothing)), ("cold", forget)):
            pairs = [(_cpu(ours, before[0]), _cpu(bare, before[1])) for _ in range(ROUNDS + 1)][1:]
            yield _result(words, pairs)


def _nothing() -> None:
    """The connection stays as it is."""


def _result(words: str, pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    value, its = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = value / its
    return {
        "name": f"thread page of 20 posts, signed in, {THREADS} in turn, {words}", "value": round(value, 2), "unit": "ms of CPU",
        "against": "bare Flask, ORM and Jinja, the same rows", "ratio": round(ratio, 2), "bar": BAR, "ok": ratio <= BAR,
    }  # fmt: skip


def _filled(app: Flask) -> tuple[FlaskClient, list[str]]:
    """A network with discussions of 20 posts each, and the browser of a member who reads them."""
    with app.app_context():
        db.create_all()
        network = builders.a_network()
        people = [builders.a_member(network, f"Member Number {n}") for n in range(7)]
        thread = a_thread(
            a_topic(network, "Membership of the network"), people[0], title="Who belongs, and until when?"
        )
        for n in range(2, POSTS + 1):
            a_post(thread, people[n % 7], TEXT.format(n=n))
        others = range(thread.id + 1, thread.id + THREADS)
        for model, key in ((Thread, Thread.id), (Post, Post.thread_id)):
            _again(model, key, thread.id, others)
        me = db.session.get_one(Person, people[3].id)
        paths = [f"/uk/forum/{key}" for key in (thread.id, *others)]
        return builders.sign_in(app.test_client(), me), paths


def _again(model: Any, key: Any, first: int, others: Iterable[int]) -> None:
    """The rows of one discussion, put in for each of the others too."""
    columns = [column for column in model.__table__.columns if column.name != "id"]
    rows = [dict(row) for row in db.session.execute(select(*columns).where(key == first)).mappings()]
    with transaction():
        made = [row | {key.name: other} for other in others for row in rows]
        db.session.execute(insert(model), made)


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


def _bare(engine: Engine) -> Flask:
    """What one would write first: the rows that our page shows, read by the ORM, and a loop; nothing around them."""
    app = Flask("bare")
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


def _caller(app: Flask, paths: Sequence[str], cookie: str) -> Callable[[], None]:
    """A call of the application itself for each address in turn: no client, no server, nothing between."""
    environs = [EnvironBuilder(path, headers={"Cookie": cookie}).get_environ() for path in paths]
    status: list[str] = []

    def call() -> None:
        for environ in environs:
            answer = app.wsgi_app(dict(environ), lambda line, _headers, _exc=None: status.append(line))
            size = sum(len(part) for part in answer)
            assert status.pop() == "200 OK"
            assert size > 10_000

    return call


def _cpu(call: Callable[[], None], before: Callable[[], None]) -> float:
    """Milliseconds of this process's CPU for one page, after `before` was done."""
    before()
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000 / THREADS


if __name__ == "__main__":
    for result in main():
        print(result)
