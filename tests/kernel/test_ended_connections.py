"""PostgreSQL ends a connection, alone or as it goes away, at each moment of a request: 503 in words or the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select
from werkzeug.test import TestResponse

from govnet.extensions import db
from govnet.forum.models import Post
from govnet.kernel.transaction import transaction
from tests.forum.stage import Forum
from tests.pages import Html, defaults

pytestmark = pytest.mark.postgres
MOMENTS = ("before_cursor_execute", "after_cursor_execute")


class Ended:
    """Counts statements, and has the server end the connection at the chosen one; where it goes `away`, it takes no other."""

    def __init__(self, engine: Engine, moment: str, at: int = 0, *, away: bool = False) -> None:
        self.engine, self.moment, self.at, self.away, self.count = engine, moment, at, away, 0

    def __call__(self, connection: object, *_statement: object) -> None:
        self.count += 1
        if self.count == self.at:
            self.take(not self.away)
            self.end(connection.connection.dbapi_connection.info.backend_pid)  # type: ignore[attr-defined]

    def end(self, pid: int) -> None:
        """And wait until it has."""
        self._say("SELECT pg_terminate_backend(%s, 5000)", pid)

    def take(self, connections: bool) -> None:
        """Whether the database takes new connections."""
        name = self.engine.url.database
        self._say("UPDATE pg_database SET datallowconn = %s WHERE datname = %s", connections, name)

    def _say(self, words: str, *values: object) -> None:
        url = self.engine.url.set(drivername="postgresql", database="postgres")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as admin:
            admin.execute(words, values)


@contextmanager
def ended(engine: Engine, moment: str, at: int = 0, *, away: bool = False) -> Iterator[Ended]:
    one = Ended(engine, moment, at, away=away)
    event.listen(engine, moment, one)
    try:
        yield one
    finally:
        event.remove(engine, moment, one)
        one.take(True)


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture
def forum(client: FlaskClient, app: Flask) -> Forum:
    stage = Forum(app)
    stage.signed_in(client, stage.bo)
    return stage


def at_each(
    engine: Engine, moment: str, prepare: Callable[[], Callable[[], TestResponse]], *, away: bool
) -> Iterator[tuple[int, TestResponse]]:
    """The answers, where the connection ended at the first statement, the second, and so on."""
    ask = prepare()
    with ended(engine, moment) as none:
        assert ask().status_code in (200, 303)
    for at in range(1, none.count + 1):
        ask = prepare()
        with ended(engine, moment, at, away=away):
            answer = ask()
        yield at, answer


@pytest.mark.parametrize("away", [False, True], ids=["ended", "away"])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("path", ["/uk/", "/me", "/uk/forum/{thread}", "/healthz"])
def test_a_page_says_so_or_is_there_whenever_its_connection_ends(
    engine: Engine, client: FlaskClient, forum: Forum, path: str, moment: str, away: bool
) -> None:
    where = path.format(thread=forum.thread)
    for at, answer in at_each(engine, moment, lambda: lambda: client.get(where), away=away):
        assert answer.status_code in (200, 503), f"{path} at {at}: {answer.status}"
        assert answer.status_code == 200 or "Retry-After" in answer.headers
        assert client.get(where).status_code == 200


@pytest.mark.parametrize("away", [False, True], ids=["ended", "away"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_post_is_at_its_announced_address_and_there_once_if_sent_again(
    app: Flask, engine: Engine, client: FlaskClient, forum: Forum, moment: str, away: bool
) -> None:
    sent: dict[str, object] = {}

    def post() -> Callable[[], TestResponse]:
        form = next(f for f in Html(client.get(forum.url()).text).forms if f["action"].endswith("/replies"))
        sent.update({**defaults(form), "body": f"Posted with {form['fields'][0]['value']}."})
        return lambda: client.post(f"{forum.url()}/replies", data=sent)

    for at, answer in at_each(engine, moment, post, away=away):
        assert answer.status_code in (303, 503), f"at {at}: {answer.status}"
        if answer.status_code == 503:
            assert client.post(f"{forum.url()}/replies", data=sent).status_code == 303
        with app.app_context():
            many = select(func.count()).where(Post.source == sent["body"])
            assert db.session.scalar(many) == 1, f"at {at}"


def test_a_failure_in_a_transaction_is_raised_and_not_the_rollback(app: Flask, engine: Engine) -> None:
    with app.app_context():
        with pytest.raises(LookupError), transaction():
            pid = db.session.connection().connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
            Ended(engine, "").end(pid)
            raise LookupError
        with transaction():
            assert db.session.scalar(select(1)) == 1
