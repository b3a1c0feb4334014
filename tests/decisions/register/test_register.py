"""The register as people look things up in it, however long it has become."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from govnet.charter.models import Network
from govnet.decisions.models import Decision
from govnet.decisions.register import search, succession
from govnet.decisions.register.search import Filter
from govnet.decisions.rules.in_force import DecisionState, state_of
from govnet.decisions.rules.outcome import Outcome
from govnet.extensions import db
from govnet.forum.states import Readership
from govnet.kernel.clock import MovedClock
from govnet.people.models import Person
from tests.builders import a_member, a_network
from tests.decisions.builders import a_discussion, a_proposal, version_of
from tests.decisions.many import a_long_register
from tests.decisions.stage import browser, decide
from tests.forum.made import a_topic
from tests.pages import opened
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")

TODAY = date(2015, 4, 13)


def test_a_reader_narrows_the_register_by_everything_at_once(
    app: Flask, network: Network, ann: Person
) -> None:
    topics = (a_topic(network, "Membership").id, a_topic(network, "Money").id)
    a_long_register(network, ann, 60, topics=topics)
    every = list(db.session.scalars(db.select(Decision).where(Decision.topic_id == topics[0])))
    wanted = [
        each.number
        for each in every
        if each.method == "consensus" and each.outcome is Outcome.CONSENSUS and each.year == 2015
    ]
    data = (
        browser(app)
        .get(f"/uk/decisions.json?year=2015&topic={topics[0]}&method=consensus&outcome=consensus&door=web")
        .json
    )
    assert sorted(each["number"] for each in data["decisions"]) == sorted(wanted)
    assert data["total"] == len(wanted) > 0
    page = opened(
        browser(app), f"/uk/decisions?year=2015&topic={topics[0]}&method=consensus&outcome=consensus"
    )
    assert f"{len(wanted)} decision" in page.text


@pytest.mark.parametrize("state", DecisionState)
def test_in_force_replaced_and_ended_are_what_the_rows_say(
    state: DecisionState, network: Network, ann: Person
) -> None:
    a_long_register(network, ann, 200)
    rows = succession.read(db.select(Decision.id))
    expected = {each.id for each in rows if state_of(each, TODAY) is state}
    query = db.select(Decision.id).where(search.in_state(state, TODAY))
    assert set(db.session.scalars(query)) == expected
    assert expected


def test_every_decision_is_in_exactly_one_state(network: Network, ann: Person) -> None:
    a_long_register(network, ann, 100)
    found = [
        search.found(network.id, Filter(state=state.value), TODAY, total=100).total for state in DecisionState
    ]
    assert sum(found) == 100


def test_page_numbers_keep_the_filters_and_the_ends_can_be_gone_to(
    app: Flask, network: Network, ann: Person
) -> None:
    a_long_register(network, ann, 400)
    page = opened(browser(app), "/uk/decisions?outcome=consensus&door=web&page=2")
    assert "80 decisions, page 2 of 3" in page.text
    links = [link for link in page.links if "page=" in link]
    assert {link.partition("page=")[2].partition("&")[0] for link in links} == {"1", "2", "3"}
    assert all("outcome=consensus" in link and "door=web" in link for link in links)


def test_a_page_past_the_end_is_the_last_one(app: Flask, network: Network, ann: Person) -> None:
    a_long_register(network, ann, 40)
    assert "page 2 of 2" in opened(browser(app), "/uk/decisions?page=99").text
    assert browser(app).get("/uk/decisions.json?page=99").json["page"] == 2


def test_the_data_read_page_by_page_has_every_decision_once(
    app: Flask, network: Network, ann: Person
) -> None:
    a_long_register(network, ann, 100)
    client, url, seen = browser(app), "/uk/decisions.json?method=consensus", []
    while url:
        data = client.get(url).json
        seen += [each["number"] for each in data["decisions"]]
        url = data["next"]
    wanted = db.select(Decision).where(Decision.method == "consensus")
    expected = [each.number for each in db.session.scalars(wanted)]
    assert sorted(seen) == sorted(expected)
    assert len(set(seen)) == len(seen)


def test_an_option_that_was_not_offered_is_ignored(app: Flask, network: Network, ann: Person) -> None:
    a_long_register(network, ann, 3)
    for wrong in (
        "state=gone",
        "method=dice",
        "method=options",
        "topic=999",
        "topic=x",
        "year=-1",
        "outcome=withdrawn",
        "door=mail",
    ):
        assert "3 decisions" in opened(browser(app), f"/uk/decisions?{wrong}").text, wrong
        assert browser(app).get(f"/uk/decisions.json?{wrong}").json["filter"] == {}


def test_a_reader_whom_nothing_fits_reads_so_and_can_go_back(
    app: Flask, network: Network, ann: Person
) -> None:
    a_long_register(network, ann, 3)
    page = opened(browser(app), "/uk/decisions?year=1999")
    assert "No decision matches all of that." in page.text


def test_a_decision_is_found_under_the_topic_of_its_discussion(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    thread = a_discussion(network, ann)
    proposal = a_proposal(network, ann)
    from govnet.decisions.models import Proposal
    from govnet.kernel.transaction import transaction

    with transaction():
        db.session.get_one(Proposal, proposal.id).thread_id = thread.id
    decide(time, proposal)
    topic_id = thread.topic_id
    assert version_of(proposal).outcome is not None
    assert "1 decision" in opened(browser(app), f"/uk/decisions?topic={topic_id}").text
    assert "General" in opened(browser(app), "/uk/decisions").text


def test_a_topic_for_members_is_no_filter_for_visitors(app: Flask, network: Network, ann: Person) -> None:
    secret = a_topic(network, "Our own business", audience=Readership.MEMBERS)
    a_long_register(network, ann, 5, topics=(secret.id,))
    url = f"/uk/decisions?topic={secret.id}"
    assert "Our own business" not in opened(browser(app), url).text
    assert "Our own business" in opened(browser(app, ann), url).text
    assert browser(app).get(url.replace("?", ".json?")).json["filter"] == {}


@pytest.mark.parametrize("query", ["", "?page=67", "?state=in-force&page=3", "?topic=1&door=web&year=2014"])
def test_two_thousand_decisions_ask_the_database_as_often_as_twenty(
    app: Flask, network: Network, ann: Person, query: str
) -> None:
    other = a_network("scotland")
    them = a_member(other)
    a_long_register(other, them, 20)
    a_long_register(network, ann, 2_000)
    numbers = {}
    for slug, reader in (("uk", ann), ("scotland", them)):
        client = browser(app, reader)
        with counted() as statements:
            assert client.get(f"/{slug}/decisions{query}").status_code == 200
        numbers[slug] = len(statements)
    assert numbers["uk"] == numbers["scotland"] <= 8


FILTERS = (
    Filter(),
    Filter(year=2014),
    Filter(topic=1),
    Filter(matter="money"),
    Filter(method="consensus"),
    Filter(outcome="consensus"),
    Filter(door="web"),
    Filter(state="in-force"),
    Filter(year=2014, door="web", state="in-force"),
)


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_a_page_reads_an_index_and_never_the_whole_register(
    network: Network, ann: Person, wanted: Filter
) -> None:
    a_long_register(network, ann, 2_000, topics=(a_topic(network, "Membership").id,))
    session: Session = db.session()
    conditions = [Decision.network_id == network.id, *wanted.conditions(TODAY)]
    query = succession.line_query(search.page_query(conditions, offset=60, size=30))
    sqlite = db.engine.dialect.name == "sqlite"
    if not sqlite:
        session.execute(text("ANALYZE decision"))
        session.execute(text("SET LOCAL random_page_cost = 1.1"))  # as on a disk without moving parts
    words = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = session.execute(text(f"{'EXPLAIN QUERY PLAN' if sqlite else 'EXPLAIN'} {words}")).all()
    said = "\n".join(str(row[-1]) for row in plan)
    scanned = [line for line in said.splitlines() if line.startswith("SCAN decision") or "Seq Scan" in line]
    assert not scanned, said


def test_whatever_a_proposal_can_be_decided_by_can_be_looked_for(app: Flask) -> None:
    with app.app_context():
        a_network()
    html = opened(browser(app), "/uk/decisions?method=dots")
    for words in (
        "By consensus",
        "By an order of options",
        "By dots for options",
        "At a meeting or on the list",
    ):
        assert words in html.text
