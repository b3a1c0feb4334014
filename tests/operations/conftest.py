"""Commands as a process of their own runs them: with an application of their own, built from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from govnet import create_app, factory
from govnet.cli import main
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.settings import load_config


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command on the settings of the environment, where none is set at first."""
    for row in load_config().TABLE:
        monkeypatch.setenv(row.name, "")  # so that what a command sets is taken back
        monkeypatch.delenv(row.name)
    monkeypatch.chdir(tmp_path)
    built: list[Flask] = []
    build = factory.build

    def kept(settings: object = None) -> Flask:
        built.append(build(settings))  # type: ignore[arg-type]
        return built[-1]

    monkeypatch.setattr(factory, "build", kept)

    def run(*words: object) -> Result:
        done = CliRunner().invoke(main, [str(word) for word in words])
        for app in built:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
        built.clear()
        return done

    return run


@pytest.fixture
def server(
    new_database: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    time: clock.MovedClock,
) -> Iterator[Flask]:
    """A server with an empty database of its own, some weeks after the demos of the dumps were played."""
    time.move(to=datetime(2027, 1, 15, 10, tzinfo=UTC))
    url = new_database(f"upgraded_{tmp_path.name}")
    data = tmp_path / "data"
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(data), "TESTING": True})
    monkeypatch.setattr(main, "create_app", lambda: app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
