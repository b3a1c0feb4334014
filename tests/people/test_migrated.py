"""A database in which an address and its owner answered for themselves comes out with one answer each."""

from __future__ import annotations

from pathlib import Path

import flask_migrate
from sqlalchemy import text

from govnet.extensions import db
from govnet.people.addresses import parsed
from tests.kernel.test_migrations import MIGRATIONS
from tests.kernel.test_migrations import empty as empty

ROWS = """
INSERT INTO subscription
(id, network_id, person_id, address, name, language, volume, created_at, confirmed_at, silent_at, token) VALUES
 (1, :network, NULL, 'ann@example.org', 'Ann', 'en', 'digest', :then, :then, NULL, 'a'),
 (2, :network, NULL, 'bob@example.org', 'Bob', 'en', 'digest', :then, :then, NULL, 'b'),
 (3, :network, :bob, NULL, '', 'en', 'digest', :then, :then, :then, 'c'),
 (4, :network, NULL, 'cy@example.org', 'Cy', 'en', 'digest', :then, NULL, NULL, 'd'),
 (5, :network, NULL, 'dee@example.org', 'Dee', 'en', 'digest', :then, :then, NULL, 'e')
"""
NETWORK = """
INSERT INTO network (id, slug, name, purpose, zone, accent, contact_name, contact_email, contact_phone, state, chain, founded_at)
VALUES (1, 'uk', 'UK', 'x', 'UTC', 'teal', 'Kit', 'kit@example.org', '', 'active', 'c', :then)
"""
THEN = {"postgresql": "2015-04-01 09:00:00+00:00", "sqlite": "2015-04-01 09:00:00.000000"}
PERSON = "INSERT INTO person (id, name, locale, created_at) VALUES (:id, :name, 'en', :then)"
EMAIL = "INSERT INTO person_email (person_id, address, verified_at, main) VALUES (:id, :address, :then, true)"


def test_an_address_and_its_owner_have_one_answer_after_the_upgrade(empty) -> None:
    name = next(Path(MIGRATIONS, "versions").glob("*_one_answer_about_mail.py")).name
    flask_migrate.upgrade(directory=MIGRATIONS, revision=f"{int(name[:4]) - 1:04}")
    then = THEN[db.engine.dialect.name]
    with db.engine.begin() as connection:
        connection.execute(text(NETWORK), {"then": then})
        for key, who in enumerate(("ann", "bob", "cy"), 1):
            values = {"id": key, "name": who, "address": f"{who}@example.org", "then": then}
            connection.execute(text(PERSON), values)
            connection.execute(text(EMAIL), values)
        connection.execute(text(ROWS), {"network": 1, "bob": 2, "then": then})
    flask_migrate.upgrade(directory=MIGRATIONS)
    with db.engine.connect() as connection:
        query = (
            "SELECT id, person_id, address, just_mail, silent_at IS NOT NULL FROM subscription ORDER BY id"
        )
        found = [(*row[:3], bool(row[3]), bool(row[4])) for row in connection.execute(text(query))]
    assert found == [
        (1, 1, None, True, False), (3, 2, None, False, True), (4, 3, None, False, False),
        (5, None, "dee@example.org", True, False),
    ]  # fmt: skip


def test_an_address_in_other_letters_is_known_by_its_one_spelling_after_the_upgrade(empty) -> None:
    name = next(Path(MIGRATIONS, "versions").glob("*_one_spelling.py")).name
    flask_migrate.upgrade(directory=MIGRATIONS, revision=f"{int(name[:4]) - 1:04}")
    with db.engine.begin() as connection:
        for key, address in enumerate(
            ("ann@b\u00fccher.example.org", "bob@example.org", "cy@stra\u00dfe.example.org"), 1
        ):
            values = {"id": key, "name": "x", "address": address, "then": THEN[db.engine.dialect.name]}
            connection.execute(text(PERSON), values)
            connection.execute(text(EMAIL), values)
    flask_migrate.upgrade(directory=MIGRATIONS)
    with db.engine.connect() as connection:
        found = (
            connection.execute(text("SELECT address FROM person_email ORDER BY person_id")).scalars().all()
        )
    assert found == [
        parsed(one)
        for one in ("ann@b\u00fccher.example.org", "bob@example.org", "cy@stra\u00dfe.example.org")
    ]
