"""Ann, who is a member, and her mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask import Flask

from govnet.extensions import db
from govnet.people import persons
from govnet.people.models import Person
from tests import builders
from tests.mailbox import Mailbox, link, mailbox


@dataclass(frozen=True)
class Somebody:
    """A person and a network, by their keys."""

    id: int
    address: str
    network_id: int


@pytest.fixture
def ann(app: Flask) -> Somebody:
    """Ann Example, a member of the network uk."""
    with app.app_context():
        network = builders.a_network()
        person = builders.a_member(network, "Ann Example")
        return Somebody(person.id, persons.main_address(person.id), network.id)


@pytest.fixture
def ann_here(app: Flask, client, ann: Somebody):
    """Ann's browser, signed in."""
    with app.app_context():
        builders.sign_in(client, db.session.get_one(Person, ann.id))
    return client


@pytest.fixture
def post(app: Flask, tmp_path) -> Iterator[Mailbox]:
    """A mail server on loopback."""
    with mailbox(app, tmp_path) as box:
        yield box


def newest_link(app: Flask, post: Mailbox, address: str, contains: str = "/sign-in/link/") -> str:
    """The path of the link in the newest mail to the address, after the worker has sent all."""
    with app.app_context():
        post.deliver()
    return urlsplit(link(post.last_to(address), contains)).path
