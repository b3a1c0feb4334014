"""Drafts that stood in a table of their own are proposals after an upgrade, at the same addresses and with a whole record."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from govnet import create_app
from govnet.charter.models import Network
from govnet.decisions.drafts import queries
from govnet.decisions.drafts.events import DraftChanged, DraftDropped, DraftSaved, DraftSuggested
from govnet.decisions.drafts.models import Draft, FormerDraft, FormerSuggestion, Sponsor
from govnet.decisions.models import AnyProposal, Proposal, ProposalState
from govnet.decisions.proposals import stored_form
from govnet.decisions.proposals.models import Suggestion
from govnet.decisions.proposals.offices import OfficeInput
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.decisions.suggestions.queries import suggestions
from govnet.extensions import db
from govnet.kernel import clock, folders
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.offices.models import OfficeKind
from govnet.operations.database import schema
from govnet.operations.health import checks
from govnet.people.models import Person
from govnet.permissions import Can, require
from govnet.record.actions import record
from govnet.record.events import Visibility
from tests.builders import acting
from tests.operations import dumps
from tests.pages import opened

MIGRATION = next(Path(folders.beside("migrations"), "versions").glob("*_drafts_are_proposals.py")).name[:4]
BEFORE = f"{int(MIGRATION) - 1:04}"
RELEASES = sorted(path.name.split(".")[0] for path in dumps.FOLDER.glob("*.json.gz"))
NOW = datetime(2027, 1, 15, 10, tzinfo=UTC)
TEXT = "We meet in Leeds.\n\nEverybody pays for the journey."
MORE = More(considered="A meeting by telephone.", trial_until=date(2028, 1, 1), trial_signs="Many come.")
TEXTS = {
    "open": Wording("Where do we meet next year?", TEXT, {}, MORE, ("Leeds", "Cardiff")),
    "named": Wording("Who sits in the chair?", TEXT),
    "asked": Wording("Do we meet in spring?", TEXT),
    "dropped": Wording("Do we meet at all?", TEXT, {"decisions.dots": 4}),
}


@pytest.fixture(params=RELEASES)
def upgraded(
    request: pytest.FixtureRequest,
    new_database: Callable[[str], str],
    tmp_path: Path,
    time: clock.MovedClock,
) -> Iterator[tuple[Flask, dict[str, Any]]]:
    """A release's demo with drafts in every state, brought up to date; and what was put into it before."""
    time.move(to=NOW)
    url = new_database(f"drafts_{tmp_path.name}")
    app = create_app(
        {"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(tmp_path), "TESTING": True, "SERVER_NAME": None}
    )
    with app.app_context():
        dumps.load(request.param)
        flask_migrate.upgrade(directory=folders.beside("migrations"), revision=BEFORE)
        put = _put()
        schema.prepare()
        yield app, put
        db.session.remove()
        db.engine.dispose()


def _put() -> dict[str, Any]:
    """Rows in the tables of that time, and entries about them."""
    tables = sa.MetaData()
    tables.reflect(db.engine)
    t = tables.tables
    with db.engine.begin() as connection:
        network = connection.execute(sa.select(t["network"]).order_by(t["network"].c.id)).mappings().first()
        people = connection.execute(
            sa.select(t["membership"].c.person_id)
            .where(
                t["membership"].c.network_id == network["id"],
                t["membership"].c.state == "active",
                t["membership"].c.person_id.is_not(None),
            )
            .order_by(t["membership"].c.id)
            .limit(3)
        ).scalars().all()  # fmt: skip
        taken = sa.select(t["proposal_draft"].c.proposal_id).where(
            t["proposal_draft"].c.proposal_id.is_not(None)
        )
        became = connection.execute(
            sa.select(t["proposal"].c.id)
            .where(t["proposal"].c.network_id == network["id"], t["proposal"].c.id.not_in(taken))
            .order_by(t["proposal"].c.id)
        ).scalar()  # fmt: skip
        decision = connection.execute(sa.select(sa.func.min(t["decision"].c.id))).scalar()
        thread = connection.execute(
            sa.select(sa.func.min(t["thread"].c.id)).where(
                t["thread"].c.network_id == network["id"], t["thread"].c.visibility == "public"
            )
        ).scalar()
        seat = connection.execute(sa.select(sa.func.min(t["seat"].c.id))).scalar()
        found: dict[str, Any] = {
            "network": network["id"],
            "people": people,
            "became": became,
            "decision": decision,
            "thread": thread,
        }
        chair = OfficeInput(
            what=OfficeKind.PLACE, seat_id=seat, place="Chair", person_id=people[1], end=date(2028, 1, 1)
        )
        for state, words in TEXTS.items():
            words = dataclasses.replace(words, offices=(chair,)) if state == "named" else words
            method = "score" if words.options else "consensus"
            replaces = decision if state == "open" else None
            ask = Ask("activities", date(2027, 3, 1), None, replaces, date(2029, 1, 1), method)
            draft = {
                "network_id": network["id"],
                "thread_id": thread,
                "author_id": people[0],
                "matter": ask.matter,
                "method": ask.method,
                "question": words.question,
                "words": stored_form.dumps(words, ask),
                "state": "open" if state == "named" else state,
                "made_at": NOW - timedelta(days=9),
                "changed_at": NOW - timedelta(days=2),
                "ready_at": NOW - timedelta(days=1),
                "proposal_id": became if state == "asked" else None,
            }
            key = connection.execute(sa.insert(t["proposal_draft"]).values(draft)).inserted_primary_key[0]
            found[state] = key
            for person in people[1:]:
                wants = {"draft_id": key, "person_id": person, "at": NOW}
                connection.execute(sa.insert(t["proposal_sponsor"]).values(wants))
            for became_of in ("open", "accepted", "rejected", "taken-back"):
                answered = became_of in ("accepted", "rejected")
                row = {
                    "draft_id": key,
                    "person_id": people[1],
                    "passage": "Leeds",
                    "instead": f"York ({became_of})",
                    "why": "It is nearer.",
                    "state": became_of,
                    "answer": "Too far." if became_of == "rejected" else "",
                    "at": NOW - timedelta(days=1),
                    "answered_at": NOW if answered else None,
                }
                table = sa.insert(t["proposal_draft_suggestion"]).values(row)
                found[state, became_of] = connection.execute(table).inserted_primary_key[0]
    _tell(found)
    return found


def _tell(found: dict[str, Any]) -> None:
    """The record's entries about these drafts, by the names that rows had then."""
    with transaction():
        network = db.session.get_one(Network, found["network"])
        author = db.session.get_one(Person, found["people"][0])
        by = acting(author, network)
        act = require(by, Can.PROPOSE, network, Door.WEB)
        for state, words in TEXTS.items():
            about: dict[str, Any] = {
                "act": act,
                "draft": FormerDraft(id=found[state]),
                "question": words.question,
                "seen_by": Visibility.PUBLIC,
            }
            record(DraftSaved(**about, matter="activities", digest="d" * 64))
            record(DraftChanged(**about, matter="activities", digest="d" * 64, cleared=[]))
            made = FormerSuggestion(id=found[state, "open"])
            record(DraftSuggested(**about, suggestion=made))
            if state == "dropped":
                record(DraftDropped(**about))
    db.session.remove()


def now_at(put: dict[str, Any], state: str) -> AnyProposal:
    key = queries.now_at(put[state], put["network"])
    return db.session.get_one(AnyProposal, key)


def test_each_draft_is_a_proposal_with_all_that_the_form_asked_for(upgraded: Any) -> None:
    _app, put = upgraded
    draft = now_at(put, "open")
    assert isinstance(draft, Draft)
    assert draft.state is ProposalState.DRAFT
    words, ask = queries.kept(draft)
    assert words == TEXTS["open"]
    assert ask == Ask(
        "activities", date(2027, 3, 1), put["thread"], put["decision"], date(2029, 1, 1), "score"
    )
    assert draft.ready_at == NOW - timedelta(days=1)
    named = now_at(put, "named")
    assert isinstance(named, Draft)
    (office,) = queries.kept(named)[0].offices
    assert (office.what, office.person_id) == (OfficeKind.PLACE, put["people"][1])
    dropped = now_at(put, "dropped")
    assert dropped.state is ProposalState.DROPPED
    assert isinstance(dropped, Draft)
    assert queries.kept(dropped)[0] == TEXTS["dropped"]
    asked = now_at(put, "asked")
    assert isinstance(asked, Proposal)
    assert (asked.id, asked.drafted_at) == (put["became"], NOW - timedelta(days=9))


@pytest.mark.parametrize("state", TEXTS)
def test_sponsors_and_suggestions_came_along(upgraded: Any, state: str) -> None:
    _app, put = upgraded
    proposal = now_at(put, state)
    wants = db.session.scalars(sa.select(Sponsor.person_id).where(Sponsor.proposal_id == proposal.id))
    assert sorted(wants) == sorted(put["people"][1:])
    assert {each.state.value for each in suggestions(proposal.id)} >= {"open", "accepted", "rejected"}
    for became_of in ("open", "accepted", "rejected", "taken-back"):
        former = db.session.get_one(FormerSuggestion, put[state, became_of])
        row = db.session.get_one(Suggestion, former.suggestion_id)
        assert (row.instead, row.state.value) == (f"York ({became_of})", became_of)


def test_the_addresses_of_drafts_go_on(upgraded: Any) -> None:
    app, put = upgraded
    network = db.session.get_one(Network, put["network"])
    client = app.test_client()
    for state, words in TEXTS.items():
        went = client.get(f"/{network.slug}/proposals/drafts/{put[state]}")
        assert went.status_code == 301
        assert went.location.endswith(f"/{network.slug}/proposals/{now_at(put, state).id}")
        page = opened(client, went.location)
        assert (words.question in page.text) == (state != "asked")
        assert "York" in page.text
    assert client.get(f"/{network.slug}/proposals/drafts/999999").status_code == 404
    assert "Where do we meet next year?" in opened(client, f"/{network.slug}/proposals").text


def test_the_record_is_whole_and_its_old_entries_lead_to_the_drafts(upgraded: Any) -> None:
    app, put = upgraded
    faults = [finding.words for finding in checks.verify() if not finding.well]
    assert faults == []
    network = db.session.get_one(Network, put["network"])
    page = opened(app.test_client(), f"/{network.slug}/record")
    assert "Do we meet at all?" in page.text
    assert any(each.endswith(f"/proposals/drafts/{put['dropped']}") for each in page.links)


def test_the_database_knows_what_a_draft_lacks(upgraded: Any) -> None:
    _app, put = upgraded
    draft, asked = now_at(put, "open").id, put["became"]
    for table, values, key in (
        ("proposal", "opened_at = drafted_at", f"id = {draft}"),
        ("proposal", "state = 'asked'", f"id = {draft}"),
        ("proposal", "opened_at = NULL", f"id = {asked}"),
        ("proposal_version", "roll_size = 3", f"proposal_id = {draft}"),
        ("proposal_version", "state = 'open'", f"proposal_id = {draft}"),
    ):
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(sa.text(f"UPDATE {table} SET {values} WHERE {key}"))
