"""A form sent while the database fails: nothing is half done or told, what was typed comes back, and the next try works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from govnet import create_app
from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from govnet.operations.database import schema
from tests.faults.failing import ALL, BEFORE, Step, drawn, failing
from tests.faults.forms import Act, checked, found
from tests.faults.kept import Kept, Rows
from tests.operations import dumps
from tests.pages import Html

AT = datetime(2026, 11, 30, 10, tzinfo=UTC)
"""While the demo of the dump still has something open."""
DRAWN, DRAWN_ON_POSTGRESQL = 60, 10
PAGES, ACTS = 20, 10
"""Pages that each opens, and forms tried, on PostgreSQL, on which each takes three times as long, unless all are asked for."""
LEAST = 60
"""Forms that are found and work: fewer, and the walk has gone blind."""
BESIDE = {"signed_in_session", "read_mark", "submission"}
"""Tables that are written in short transactions of their own, or remember that a form was sent."""


EACH_TIME = {
    "announcements_sending.test": "a test mail to oneself, as often as it is asked for",
    "accounts.address": "another link, and only the newest of them works",
    "accounts.again": "another link to sign in",
    "accounts.sign_in": "another link to sign in",
    "demo_mail.answer": "another mail to the network, in the demo alone",
    "membership.own_address": "another link to confirm an address, ten in an hour at most",
    "operations.drop_mail": "what has come to wait by then, and the record says that it was none",
}
"""Forms that do it again when they are sent again, though the first time was saved and only the answer got lost."""
SIGNS_OUT = {"accounts.end_session", "accounts.end_all_sessions", "accounts.sign_out"}
"""Forms of a browser that is signed out once they are saved: sent again, they are those of nobody."""


@pytest.fixture(scope="module")
def network(new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("faults")
    app = create_app(
        {"TESTING": True, "PROPAGATE_EXCEPTIONS": False, "SQLALCHEMY_DATABASE_URI": new_database("faults"),
         "DATA_DIR": str(folder), "SQLITE_SYNCHRONOUS": "OFF"}
    )  # fmt: skip
    with app.app_context():
        dumps.load(dumps.newest())
        schema.prepare()
        db.session.remove()
    return Kept(app)


def test_a_form_that_meets_a_failing_database_is_whole_or_not_at_all(network: Kept, time: MovedClock) -> None:
    time.move(to=AT)
    few = network.postgresql and not ALL
    acts = drawn(found(network.app, pages=PAGES), ACTS, "acts") if few else found(network.app)
    network.keep()
    before = network.rows()
    trials: list[tuple[Act, Step, Any]] = []
    for act in acts:
        network.restore()
        act = checked(act, act.send(network.app)) or act
        network.restore()
        with failing(network.engine) as count:
            answer = act.send(network.app)
        if answer.status_code in (302, 303):
            done = network.counts()
            trials += [(act, step, done) for step in count.steps()]
    works = {act.endpoint for act, _step, _counts in trials}
    assert len(works) >= (ACTS // 3 if few else LEAST), sorted(works)
    wrong = [
        trouble
        for act, step, counts in drawn(trials, DRAWN_ON_POSTGRESQL if few else DRAWN, "forms")
        for trouble in tried(network, act, step, before, counts)
    ]
    assert not wrong, "\n".join(wrong)


def tried(network: Kept, act: Act, step: Step, before: Rows, counts: dict[str, int]) -> Iterator[str]:
    """The mistakes after the form met the failure, and after it was sent once more."""
    network.restore()
    with failing(network.engine, step) as count:
        answer = act.send(network.app)
    where = f"{act}, failing at {step}: {answer.status_code}"
    now = network.rows()
    changed = {name for name in now if now[name] != before[name]} - BESIDE
    done = _other(now, counts)
    page = Html(answer.text).text if answer.mimetype == "text/html" else ""
    if answer.status_code < 400:
        if done:
            yield f"{where}, and not done: {done}"
        return
    if answer.status_code != 503:
        yield where
    yield from (f"{where}: “{words}” is lost" for words in act.typed if words not in page)
    if changed and (done or "may have been saved" not in page):
        yield f"{where}: changed {changed}"
    if not changed and not count.commits and "may have been saved" in page:
        yield f"{where}: says that it may have been saved"
    again = act.send(network.app)
    over = changed or (act.endpoint in SIGNS_OUT and count.commits and step.what != BEFORE)
    if again.status_code >= 500 or (again.status_code >= 400 and not over):
        yield f"{where}, then {again.status_code}"
    other = _other(network.rows(), counts)
    if other and not (changed and act.endpoint in EACH_TIME):
        yield f"{where}, then other than at once: {other}"


def _other(now: Rows, counts: dict[str, int]) -> dict[str, int]:
    """Of which tables there are more or fewer rows than where nothing failed, and how many."""
    return {
        name: now[name][0] - number
        for name, number in counts.items()
        if name not in BESIDE and now[name][0] != number
    }
