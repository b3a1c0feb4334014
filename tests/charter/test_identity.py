"""Name, purpose and closing hour: shown on the page of settings, and changed by decisions alone."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from govnet.charter import identity, settings
from govnet.charter import parameters as p
from govnet.charter.identity import DECIDED
from govnet.charter.models import ACCENTS, RESERVED, Network
from govnet.charter.queries import rules_in_force
from govnet.charter.rules import problems, starting
from govnet.decisions.closing import actions
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel.actor import PROGRAM, Door
from govnet.kernel.transaction import transaction
from govnet.operations.founding.file import read_founding
from govnet.record.queries import details, entries_about
from tests import builders
from tests.chain import faults_of
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    members,
    told_at_once,
    version_of,
)
from tests.pages import defaults, opened, send

NAME, PURPOSE = "Open Government Circle", "To let everybody see how decisions are made."
STAYS = {
    "id": "other rows name the network by it",
    "slug": "links and mailboxes that people kept lead to it",
    "chain": "every hash of the record holds it",
    "parent_id": "it is said when the network is founded",
    "state": "it is said when the network is founded",
    "zone": "days and hours that were promised are told in it",
    "founded_at": "it was then",
}
"""Why nobody changes it."""
LOGO = {"logo_digest", "logo_width", "logo_height"}
SOURCES = Path(__file__).parents[2] / "govnet"


def decided(network: Any, time: Any, **changes: Any) -> None:
    """Members agree to these rules."""
    ann, bo = members(network, 2)
    proposal = a_proposal(network, ann, **changes)
    told_at_once()
    answered(proposal, network, AnswerKind.AGREE, ann, bo)
    time.move(to=version_of(proposal).deadline + timedelta(hours=1))
    while actions.close_due():
        pass
    db.session.expire_all()


def adopted(**changes: Any) -> Network:
    from govnet.charter.actions import adopt

    network = db.session.get_one(Network, 1)
    stored = {key.replace("__", "."): value for key, value in changes.items()}
    with transaction():
        adopt(network, stored, adopted_by="decision:1", by=PROGRAM, via=Door.WORKER)
    db.session.expire_all()
    return db.session.get_one(Network, 1)


def test_everything_about_a_network_is_a_setting_or_decided_or_stays():
    columns = {column.name for column in Network.__table__.columns}
    kinds = [set(settings.NAMES), LOGO, set(DECIDED), set(STAYS)]
    assert set().union(*kinds) == columns
    assert sum(map(len, kinds)) == len(columns)
    assert all(STAYS.values())


def test_nothing_else_writes_what_is_decided_or_stays():
    fixed = "|".join((*DECIDED, *STAYS))
    writes = re.compile(rf"\b(?:network|sister|row\.network|uk)\.(?:{fixed}) = |(?:update|upsert)\(Network\)")
    found = [
        f"{path.relative_to(SOURCES)}: {line.strip()}"
        for path in SOURCES.rglob("*.py")
        for line in path.read_text().splitlines()
        if writes.search(line)
    ]
    assert found == []


@pytest.mark.usefixtures("context")
def test_a_decision_changes_the_name_and_the_purpose_and_the_record_has_both(time):
    network = a_network_with_rules()
    was = (network.name, network.purpose)
    decided(network, time, words__name=NAME, words__purpose=PURPOSE)
    network = db.session.get_one(Network, network.id)
    assert (network.name, network.purpose) == (NAME, PURPOSE)
    told = [details(e) for e in entries_about(network.id, f"network:{network.id}")]
    changed = {
        e["verb"]: e for e in told if e["verb"] in ("offices.network_renamed", "offices.purpose_changed")
    }
    assert (changed["offices.network_renamed"]["old"], changed["offices.network_renamed"]["new"]) == (
        was[0],
        NAME,
    )
    assert (changed["offices.purpose_changed"]["old"], changed["offices.purpose_changed"]["new"]) == (
        was[1],
        PURPOSE,
    )
    assert changed["offices.network_renamed"]["adopted_by"].startswith("decision:")
    assert list(faults_of(network.id)) == []
    with transaction():
        db.session.get_one(Network, network.id).name = "Somebody Else"
    assert "offices.network_renamed" in str(list(faults_of(network.id)))


@pytest.mark.usefixtures("context")
def test_a_decision_changes_the_closing_hour(time):
    network = a_network_with_rules()
    decided(network, time, decisions__closing_hour="21")
    assert rules_in_force(network.id)[p.CLOSING_HOUR] == 21


@pytest.mark.usefixtures("context")
def test_an_emptied_name_or_purpose_is_the_founded_one_again():
    found = a_network_with_rules()
    was = (found.name, found.purpose)
    adopted(words__name=NAME)
    adopted(words__name="Another One", words__purpose=PURPOSE)
    network = adopted(words__name="", words__purpose="")
    assert (network.name, network.purpose) == was
    other = adopted(decisions__dots=4)
    assert (other.name, other.purpose) == was


@pytest.mark.usefixtures("context")
def test_rules_that_say_nothing_of_it_leave_the_name_alone():
    found = a_network_with_rules()
    was, network = found.name, adopted(decisions__dots=4)
    assert network.name == was
    assert not [e for e in entries_about(1, "network:1") if e.verb == "offices.network_renamed"]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("words.name", "x" * 201),
        ("words.name", "!!!"),
        ("words.name", "Open\u202eGovernment"),
        ("words.name", "Ореn Government"),
        ("words.name", 7),
        ("words.purpose", "x" * 1001),
        ("words.purpose", "To open\0 up"),
        ("words.purpose", None),
        ("words.purpose", ["a"]),
    ],
)
def test_an_impossible_name_of_a_network_cannot_be_proposed(app, key, value):
    assert set(problems(starting("usual"), {key: value})) == {key}


def test_a_proposal_for_another_name_comes_back_with_the_reason(app, client):
    with app.app_context():
        builders.sign_in(client, builders.a_member(a_network_with_rules()))
    url = "/uk/proposals/new?rule=words.name"
    values = {"question": "Shall we be called otherwise?", "text": "Because."}
    back = send(client, url, {**values, "words__name": "!!!"})
    assert "A name needs letters" in back.text
    done = send(client, url, {**values, "words__name": NAME})
    assert f"The network is called “{NAME}”." in done.text


def test_the_page_of_settings_shows_what_is_decided_and_how_it_is_changed(app, client, time):
    with app.app_context():
        network = a_network_with_rules()
        builders.sign_in(client, builders.a_steering_member(network))
        decided(network, time, words__name=NAME)
        builders.sign_in(client, db.session.get_one(builders.Person, 1))
    page = opened(client, "/uk/settings")
    assert f"Name {NAME} decided in 2015-01" in page.text
    assert "Hour at which answers close 18:00 from the start" in page.text
    for key in ("words.name", "words.purpose", "decisions.closing_hour"):
        assert f"/uk/proposals/new?rule={key}" in page.links
    assert any("/uk/decisions/2015-01" in link for link in page.links)
    names = {field["name"] for form in page.forms for field in form["fields"]}
    assert not names & {"name", "purpose", "closing_hour", *STAYS}


def test_a_name_sent_with_the_settings_changes_none(app, client):
    with app.app_context():
        builders.sign_in(client, builders.a_steering_member(a_network_with_rules()))
    form = defaults(opened(client, "/uk/settings").forms[-1])
    sent = {
        **form,
        "name": "Mine",
        "purpose": "Mine",
        "slug": "mine",
        "state": "concluded",
        "contact_phone": "1",
    }
    assert client.post("/uk/settings", data=sent).status_code == 303
    with app.app_context():
        network = db.session.get_one(Network, 1)
        assert (network.slug, network.contact_phone, network.state.value) == ("uk", "1", "active")
        assert "Mine" not in (network.name, network.purpose)


@pytest.mark.usefixtures("context")
def test_settings_are_no_way_around_a_decision():
    network = builders.a_network()
    sam = builders.acting(builders.a_steering_member(network), network)
    with transaction():
        changed = settings.change(
            network,
            {"name": "Mine", "zone": "Asia/Tokyo"},
            seen=settings.fingerprint(network),
            by=sam,
            via=Door.WEB,
        )
    assert not changed
    assert identity.fixed(network)[0].value == "The UK network"


def test_a_founding_file_says_the_name_in_one_place_only(app):
    from govnet.operations.founding.data import BadFounding
    from tests.charter.test_founding_file import FILE, tomllib

    table = tomllib.loads(FILE)
    table.setdefault("charter", {}).setdefault("changes", {})["words.name"] = NAME
    with pytest.raises(BadFounding) as wrong:
        read_founding(table, reserved=RESERVED, accents=ACCENTS)
    assert "at the top of the file" in str(wrong.value)
