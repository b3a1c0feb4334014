"""Every address while the database is stopped in the middle of things, and once it is back: 503 in words, never 500."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from govnet import create_app
from govnet.extensions import db, limiter
from govnet.kernel.models import Base
from govnet.kernel.url_converters import IdConverter
from tests import databases
from tests.builders import a_network, a_steering_member, an_operator, sign_in

WORDS = "My <long> words"


class Away:
    """An application of its own, and how its database is taken away and given back."""

    def __init__(self, app: Flask, go: Callable[[], object], come: Callable[[], object]) -> None:
        self.app, self.go, self.come = app, go, come
        self.visitor = app.test_client()
        self.members = [app.test_client(), app.test_client()]
        with app.app_context():
            Base.metadata.create_all(db.engine)
            sign_in(self.members[0], a_steering_member(a_network()))
            sign_in(self.members[1], an_operator())
            db.session.remove()

    def end(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    @property
    def rules(self) -> list[Rule]:
        return sorted(self.app.url_map.iter_rules(), key=str)


def an_app(url: str, folder: Path) -> Flask:
    return create_app({
        "TESTING": True, "PROPAGATE_EXCEPTIONS": False, "SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(folder),
        "SERVER_NAME": None, "WTF_CSRF_ENABLED": False, "METRICS_TOKEN": "a" * 32,
    })  # fmt: skip


def address(rule: Rule) -> str:
    values: dict[str, Any] = {
        name: "uk" if name == "network" else value(each) for name, each in rule._converters.items()
    }
    return str(rule.build({**values, **(rule.defaults or {})}, append_unknown=False)[1])  # type: ignore[index]


def value(converter: BaseConverter) -> Any:
    if isinstance(converter, IdConverter):
        return 1
    return min(converter.items) if isinstance(converter, AnyConverter) else "x"


@pytest.fixture
def away(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Away]:
    monkeypatch.setattr(limiter, "enabled", False)
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.config.getoption("--db") == "sqlite":
        app = an_app(f"sqlite:///{folder}/govnet.db", folder)

        def move(there: Path, here: Path) -> None:
            with app.app_context():
                db.engine.dispose()
            there.rename(here)

        away = Away(app, lambda: move(folder, tmp_path / "gone"), lambda: move(tmp_path / "gone", folder))
        yield away
        away.end()
        return
    cluster = databases.start_cluster()
    try:
        away = Away(
            an_app(databases.create_database(cluster.url, "away"), folder),
            lambda: cluster.control("stop", "-m", "immediate"),
            lambda: cluster.control("restart"),
        )
        yield away
        away.end()
    finally:
        cluster.stop()


def asked(ask: Callable[..., Any], *where: str, **how: Any) -> Any:
    """The answer; what was raised past all handlers is one that nobody should see."""
    try:
        return ask(*where, **how)
    except Exception as error:
        return Response("", f"599 {type(error).__name__}")


def is_said(answer: Any) -> bool:
    return bool(
        answer.status_code == 503
        and answer.headers.get("Retry-After") == "60"
        and (
            "The database does not answer just now." in answer.text
            or "the database does not answer" in answer.text
        )
    )


@pytest.mark.usefixtures("new_database")
def test_every_address_says_in_words_that_the_database_is_away_and_works_again(away: Away) -> None:
    before: dict[tuple[int, str], int] = {}
    clients: list[FlaskClient] = [away.visitor, *away.members]
    paths = [address(rule) for rule in away.rules if "GET" in (rule.methods or ())]
    paths += ["/nowhere", "/uk/nowhere", "/static/nowhere.css", "/static/style.css", "/uk/nowhere.json"]
    for number, client in enumerate(clients):
        before.update({(number, path): client.get(path, buffered=True).status_code for path in paths})
    wrong = []
    away.go()
    try:
        for (number, path), status in before.items():
            answer = asked(clients[number].get, path, buffered=True)
            if not is_said(answer) and answer.status_code not in {status, 404}:
                wrong.append(f"{number} GET {path}: {answer.status}, was {status}")
        for rule in away.rules:
            if "POST" not in (rule.methods or ()):
                continue
            for number, client in enumerate(clients):
                answer = asked(client.post, address(rule), data={"body": WORDS, "password": "secret"})
                kept = (
                    is_said(answer) and "My &lt;long&gt; words" in answer.text and "secret" not in answer.text
                )
                if not kept and answer.status_code not in {403, 404}:  # refused without asking the database
                    wrong.append(f"{number} POST {address(rule)}: {answer.status}")
    finally:
        away.come()
    for (number, path), status in before.items():
        answer = clients[number].get(path, buffered=True)
        if answer.status_code != status:
            wrong.append(f"{number} GET {path} afterwards: {answer.status}, was {status}")
    assert wrong == []
