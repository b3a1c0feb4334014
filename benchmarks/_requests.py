"""Some requests that write, followed through the functions they pass."""

from __future__ import annotations

import inspect
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

import govnet
from benchmarks._source import Tree, summed
from govnet import create_app
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.people.models import Person
from tests import builders
from tests.decisions.builders import a_proposal
from tests.forum.made import a_thread, a_topic
from tests.membership.people import a_network_with_rules
from tests.offices.builders import seat
from tests.pages import Html, ask, opened, send

PROGRAM = Path(govnet.__file__).parent
NOW = datetime(2015, 4, 13, 9, 0, tzinfo=UTC)


class Browser(FlaskClient):
    """A browser that knows which files of the program the last form it sent has passed."""

    passed: frozenset[str] = frozenset()
    endpoint = ""

    def post(self, *words: Any, **more: Any) -> TestResponse:
        """Send a form."""
        found: set[str] = set()

        def note(frame: FrameType, event: str, _argument: object) -> None:
            if (
                event == "call" and frame.f_code.co_flags & inspect.CO_OPTIMIZED
            ):  # a module that is imported is not
                found.update((frame.f_code.co_filename, _file_of_self(frame)))

        sys.setprofile(note)
        try:
            response = super().post(*words, **more)
        finally:
            sys.setprofile(None)
        paths = (Path(one) for one in found if one.startswith(f"{PROGRAM}/"))
        self.passed = frozenset(str(path.relative_to(PROGRAM.parent)) for path in paths)
        adapter = self.application.url_map.bind("localhost")
        self.endpoint = adapter.match(response.request.path, method="POST")[0]
        return response


def _file_of_self(frame: FrameType) -> str:
    """Where the class is defined whose method is called, be it one that it inherits or one that was made for it."""
    if frame.f_code.co_varnames[:1] != ("self",):
        return ""
    module = sys.modules.get(type(frame.f_locals.get("self")).__module__)
    return getattr(module, "__file__", None) or ""


@dataclass
class Place:
    """A network with a committee, somebody who sits on it, and a member who does not."""

    app: Flask
    officer: int
    member: int

    def browser(self, person_id: int) -> Browser:
        """A browser of this person, signed in; of a visitor where it is 0."""
        made: Any = self.app.test_client()
        if person_id:
            with self.app.app_context():
                builders.sign_in(made, db.session.get_one(Person, person_id))
        return made


def a_reply(place: Place) -> tuple[Browser, TestResponse]:
    """A member replies in a discussion."""
    with place.app.app_context():
        thread = a_thread(a_topic(_network()), _person(place.officer)).id
    browser = place.browser(place.member)
    return browser, send(
        browser, f"/uk/forum/{thread}", {"body": "I agree."}, action="/replies", follow=False
    )


def an_answer(place: Place) -> tuple[Browser, TestResponse]:
    """A member answers a proposal."""
    with place.app.app_context():
        proposal = a_proposal(_network(), _person(place.officer)).id
    browser = place.browser(place.member)
    url = f"/uk/proposals/{proposal}"
    return browser, send(browser, url, {"answer": "agree"}, action="/answer", follow=False)


def an_application(place: Place) -> tuple[Browser, TestResponse]:
    """A visitor applies to join."""
    browser = place.browser(0)
    fields = [field for form in opened(browser, "/uk/join").forms for field in form["fields"]]
    ticks = {name: [one["value"] for one in fields if one["name"] == name] for name in ("criteria", "code")}
    typed = {"name": "Nell Newcomer", "email": "nell@example.org", **ticks}
    return browser, send(browser, "/uk/join", typed, action="/uk/join", follow=False)


def a_new_proposal(place: Place) -> tuple[Browser, TestResponse]:
    """A member proposes something on a matter."""
    browser = place.browser(place.member)
    typed = {"question": "Do we print 500 leaflets?", "text": "For the workshop."}
    return browser, ask(browser, "/uk/proposals/new?matter=money", typed, follow=False)


def a_term(place: Place) -> tuple[Browser, TestResponse]:
    """An officer proposes that a member takes a place on the committee: no other request gives a term."""
    with place.app.app_context():
        key = seat(_network(), 3).id
    browser = place.browser(place.officer)
    typed = {"question": "Shall Ada join the committee?", "text": "Until next spring.",
             f"office_place_{key}_person": "Ada Example", f"office_place_{key}_last_day": "2016-04-12"}  # fmt: skip
    return browser, ask(
        browser, f"/uk/proposals/new?matter=committee&office=place-{key}", typed, follow=False
    )


WRITES: dict[str, Callable[[Place], tuple[Browser, TestResponse]]] = {
    "send a reply": a_reply,
    "put an answer in": an_answer,
    "apply to join": an_application,
    "open a proposal": a_new_proposal,
    "give a term": a_term,
}


def followed(tree: Tree) -> Iterator[dict[str, Any]]:
    """Of each request: the files of its own feature that it passes and their lines, and those of all features.

    A file is passed where one of its functions runs, or a method of one of its classes, one that it inherits included.
    """
    with tempfile.TemporaryDirectory() as folder, clock.moved_to(NOW):
        url = f"sqlite:///{folder}/size.db"
        app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder, "SECRET_KEY": "size"})
        app.test_client_class = Browser
        with app.app_context():
            db.create_all()
            network = a_network_with_rules()
            builders.a_committee(network)
            place = Place(
                app, builders.a_steering_member(network).id, builders.a_member(network, "Ada Example").id
            )
        for name, write in WRITES.items():
            browser, response = write(place)
            if response.status_code != 303:
                raise RuntimeError(f"{name}: {response.status_code}\n{Html(response.text).text}")
            feature = app.view_functions[browser.endpoint].__module__.split(".")[1]
            own = sorted(path for path in browser.passed if path.startswith(f"govnet/{feature}/"))
            yield {
                "name": name,
                "endpoint": browser.endpoint,
                **summed(tree, own),
                "which": own,
                "of_all_features": summed(tree, browser.passed),
            }
        with app.app_context():
            db.engine.dispose()


def _network() -> Network:
    return db.session.scalars(select(Network)).one()


def _person(key: int) -> Person:
    return db.session.get_one(Person, key)
