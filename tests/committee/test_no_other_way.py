"""No page and no right begins or ends an office without a decision that names it, for anybody and with any decision."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.answers.actions import AnswerInput
from govnet.decisions.drafts import actions
from govnet.decisions.models import RollEntry
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel import triggers
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed
from govnet.kernel.transaction import transaction
from govnet.offices.models import Body, Mandate, MandateNamed, Seat, Term
from govnet.permissions import OPERATOR, Can
from tests import builders
from tests.chain import faults_of
from tests.decisions.builders import version_of
from tests.offices.builders import (
    a_decision,
    a_mandate_for,
    asked,
    decided,
    end_of,
    end_of_mandate,
    place,
)
from tests.pages import Html, defaults, opened
from tests.permissions.rows import ROWS

TODAY = date(2015, 4, 13)


@pytest.fixture
def uk(client: FlaskClient, app: Flask) -> Any:
    with app.app_context():
        network = builders.a_network()
        builders.a_committee(network, seats=5)
        yield network
        db.session.remove()


def test_the_operator_only_looks_after_the_server_and_names_the_first_people_where_nobody_is_left() -> None:
    assert {row.right for row in ROWS if OPERATOR in row.grants} == {Can.OPERATE, Can.START_AGAIN}


def held() -> list[Any]:
    """Everything that says who holds which office."""
    db.session.rollback()
    found: list[Any] = []
    for table in (Seat, Term, Mandate, MandateNamed):
        columns = ", ".join(f'"{column.name}"' for column in table.__table__.columns)
        rows = db.session.execute(text(f"SELECT {columns} FROM {table.__tablename__} ORDER BY 1, 2"))
        found += [tuple(row) for row in rows]
    return found


OWN = ("committee.leave", "coordinator.leave", "committee.vacancy")
"""Giving up what is one's own, and what is said beside an empty place."""


def routes(app: Flask) -> list[Any]:
    """Every route of a network where something can be sent."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and "network" in rule.arguments and rule.endpoint not in OWN
    ]


def _url(rule: Any, values: dict[str, Any]) -> str:
    """Its address, with the first word of those that it takes where a part is one of some."""
    words = {name: sorted(each.items)[0] for name, each in rule._converters.items() if hasattr(each, "items")}
    found = rule.build({name: values.get(name, words.get(name, 1)) for name in rule.arguments})
    return str(found[1])


@pytest.mark.parametrize("role", ["operator", "coordinator", "member", "steering"])
def test_no_form_of_any_page_begins_or_ends_an_office_at_once(
    app: Flask, client: FlaskClient, uk: Any, role: str
) -> None:
    decision = a_decision(uk)
    sam = builders.a_steering_member(uk, "Sam Steering")
    cory = builders.a_coordinator(uk)
    ada = builders.a_member(uk, "Ada Example")
    who = {"operator": builders.an_operator(), "coordinator": cory, "member": ada, "steering": sam}[role]
    term, mandate = db.session.query(Term).first(), db.session.query(Mandate).one()
    proposal = asked(uk, sam, place(uk, ada))
    values = {"network": "uk", "number": decision.number, "term_id": term.id, "mandate_id": mandate.id,
              "seat_id": 4, "proposal_id": proposal.id, "path": "x", "token": "x", "slug": "x"}  # fmt: skip
    typed = {
        "seat": "5", "person": "Ada Example", "first_day": "2015-04-14", "last_day": "2016-04-12", "came_by": "appointment",
        "decision": decision.number, "named": "Ada Example", "scope": "All.", "organisation": "", "name": "Tenth",
        "constituency": "any", "reason": "Because.", "text": "Text.", "question": "Now?",
    }  # fmt: skip
    builders.sign_in(client, who)
    form = defaults(opened(client, "/sign-out").forms[-1])
    before = held()
    with app.test_request_context():
        urls = [_url(rule, values) for rule in routes(app)]
    answers = Counter(client.post(url, data={**form, **typed}).status_code for url in urls)
    assert answers[400] == 0
    assert answers[303] > 1 or role == "operator", answers
    for url in ("committee/record", f"committee/terms/{term.id}/end", f"coordinator/{mandate.id}/end",
                "coordinator/record", "committee/places/new"):  # fmt: skip
        client.post(f"/uk/{url}", data={**form, **typed})
    assert [row for row in held() if row not in before] == []
    assert [row for row in before if row not in held()] == []


@pytest.mark.usefixtures("context")
def test_a_coordinator_who_is_no_member_proposes_and_drafts_nothing() -> None:
    uk = builders.a_network()
    builders.a_committee(uk)
    cory = builders.a_person("Cory Coordinator")
    builders.a_member(uk)
    with transaction():
        mandate = Mandate(network_id=uk.id, person_id=cory.id, scope="All.", start=TODAY - timedelta(9),
                          end=date(2016, 1, 1), evidence="Minutes.")  # fmt: skip
        db.session.add(mandate)
        db.session.flush()
        db.session.add(MandateNamed(mandate_id=mandate.id, person_id=cory.id))
    assert builders.acting(cory, uk).is_coordinator
    words = Wording("Shall we?", "So.")
    with pytest.raises(NotAllowed, match="make a proposal"):
        asked(uk, cory, place(uk, cory, 2))
    with pytest.raises(NotAllowed, match="make a proposal"), transaction():
        actions.save(uk, words, Ask("statement"), by=builders.acting(cory, uk), via=Door.WEB)


@pytest.mark.usefixtures("context")
def test_an_officer_whose_term_is_to_end_enters_no_answers_for_others() -> None:
    uk = builders.a_network()
    builders.a_committee(uk, seats=5)
    sam, bea = builders.a_steering_member(uk), builders.a_steering_member(uk, "Bea Steering")
    proposal = asked(uk, bea, end_of(db.session.query(Term).filter_by(person_id=sam.id).one()))
    entry = db.session.query(RollEntry).filter_by(person_id=bea.id).one()
    for by, fine in ((sam, False), (builders.a_steering_member(uk, "Cleo"), True)):
        how = {"how": Door.PHONE, "by": builders.acting(by, uk), "via": Door.WEB}
        with transaction() if fine else pytest.raises(NotAllowed):
            if fine:
                answers_entry.enter(version_of(proposal).id, entry.id, AnswerInput(AnswerKind.AGREE), **how)
            else:
                with transaction():
                    answers_entry.enter(
                        version_of(proposal).id, entry.id, AnswerInput(AnswerKind.BLOCK), **how
                    )


# --- what the check of the record sees


@pytest.fixture
def given_and_ended(context: None) -> Any:
    """A network whose offices came and went by decisions."""
    uk = builders.a_network()
    builders.a_committee(uk, seats=5)
    sam, ada, cory = builders.a_member(uk), builders.a_member(uk), builders.a_member(uk)
    decided(uk, sam, place(uk, ada))
    decided(uk, sam, a_mandate_for(cory), matter="mandate")
    term = db.session.query(Term).one()
    decided(uk, sam, end_of(term, end=date(2015, 6, 1)))
    decided(
        uk, sam, end_of_mandate(db.session.query(Mandate).one(), cory, end=date(2015, 6, 1)), matter="mandate"
    )
    return uk


FORGED = [
    "UPDATE term SET person_id = 1, change_id = NULL",
    "UPDATE term SET change_id = NULL",
    "UPDATE term SET authority = 'decision:3'",
    "UPDATE term SET end_authority = 'decision:1'",
    "UPDATE term SET \"end\" = '2016-01-01'",
    "UPDATE term SET seat_id = 4",
    "UPDATE mandate SET person_id = 1",
    "UPDATE mandate SET change_id = NULL",
    "UPDATE mandate SET end_authority = 'decision:1'",
    "UPDATE office_change SET place = 'Chair' WHERE id = 1",
    "UPDATE office_change SET scope = 'Everything' WHERE what = 'mandate'",
    "UPDATE office_change SET came_by = 'co-option' WHERE id = 1",
    "DELETE FROM office_person WHERE person_id = 3",
]


def test_the_offices_that_decisions_gave_and_ended_are_as_recorded(given_and_ended: Any) -> None:
    assert faults_of(given_and_ended.id) == []


@pytest.mark.parametrize("statement", FORGED)
def test_the_check_of_the_record_sees_an_office_that_was_changed_in_the_database(
    given_and_ended: Any, statement: str
) -> None:
    with transaction():
        connection = db.session.connection()
        for name, table in triggers.names().items():
            on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
            if table in ("term", "mandate", "office_change", "office_person"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")
        connection.exec_driver_sql(statement)
        triggers.install(connection)
    assert faults_of(given_and_ended.id)


def test_the_committee_s_page_shows_no_way_to_write_an_office_down(client: FlaskClient, uk: Any) -> None:
    assert db.session.query(Body).count() == 1
    builders.sign_in(client, builders.a_steering_member(uk))
    page = Html(client.get("/uk/committee").text).text
    assert "Propose who takes it" in page
    assert "A decision ends this term" not in page
