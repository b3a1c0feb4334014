"""The demo's history is played by the same actions as everything else, and everything in it is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from govnet.accounts.erasure import erase
from govnet.announcements.models import Announcement
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.cli import main
from govnet.decisions.models import Decision, ProposalVersion, VersionState
from govnet.demo import history
from govnet.demo.caught import caught, folder_in
from govnet.demo.mailbox import Catcher
from govnet.extensions import db, limiter
from govnet.forum.models import Thread
from govnet.kernel import clock
from govnet.kernel.actor import OPERATOR_SHELL, Door
from govnet.kernel.text import LONGEST_TITLE
from govnet.kernel.transaction import transaction
from govnet.letters import queries as letter_queries
from govnet.letters.models import Letter
from govnet.mail.models import Delivery
from govnet.mail.queries import trouble as mail_trouble
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Person
from govnet.people.persons import main_address
from govnet.record.audit import check_chain
from govnet.record.models import Entry
from govnet.sign_in.models import SignedInSession
from tests.demo import enemy, shared_cache
from tests.erased import LEFT, left_of
from tests.pages import opened, send

NOW = datetime(2015, 5, 14, 10, 20, tzinfo=UTC)


@pytest.fixture
def played(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, time: clock.MovedClock
) -> Iterator[Flask]:
    """The app in demo mode, its history played up to a Thursday in May 2015."""
    time.move(to=NOW)
    catcher = Catcher(folder_in(str(tmp_path)))
    catcher.start()
    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    for name, value in {"server": "127.0.0.1", "port": catcher.port, "suppress": False}.items():
        monkeypatch.setattr(app.extensions["mail"], name, value)
    with app.app_context():
        history.play()
        db.session.remove()
    yield app
    catcher.stop()


def test_the_network_stands_at_its_fullest_whatever_is_thrown_at_it(
    played: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One playing serves all that is looked at: it takes some seconds."""
    with played.app_context():
        _members_and_record()
        _decisions()
        _letters()
        _talk_and_mail(tmp_path)
    _one_click_each(client)
    _a_word_that_is_nobody(client)
    monkeypatch.setattr(limiter, "enabled", False)
    every = ("visitor", "member", "steering", "coordinator", "operator")
    with played.app_context():
        roles = (
            every if db.engine.dialect.name == "sqlite" else ("member", "coordinator")
        )  # the pages are the same
    if "visitor" in roles:
        assert shared_cache.walk(played) > 60
    for role in roles:
        assert enemy.walk(played, client, role, monkeypatch) > 300


@pytest.mark.sqlite
@pytest.mark.usefixtures("played", "context")
def test_nothing_is_left_of_those_who_did_most_once_they_are_erased() -> None:
    """They go one after another; what others wrote alone still names them."""
    most = select(Entry.actor_id).group_by(Entry.actor_id).order_by(func.count().desc()).limit(6)
    with transaction():
        db.session.execute(update(Delivery).values(state="accepted", lease_owner=None, lease_until=None))
    for person_id in db.session.scalars(most).all():
        if person_id is None:
            continue
        person = db.session.get_one(Person, person_id)
        words = [person.name, main_address(person_id)]
        with transaction():
            erase(person, under=OPERATOR_SHELL, via=Door.CLI)
        found = left_of(words)
        assert set(found) - set(LEFT) == set(), (words, found)


def _members_and_record() -> None:
    network = db.session.scalars(select(Network).where(Network.slug == "uk")).one()
    active = select(func.count()).where(
        Membership.state == MembershipState.ACTIVE, Membership.network_id == network.id
    )
    assert db.session.scalar(active) == 74
    assert list(check_chain(network.id)) == []
    last = db.session.scalars(
        select(Entry.at).where(Entry.network_id == network.id).order_by(Entry.number)
    ).all()
    assert last == sorted(last)
    assert last[-1] < NOW
    assert rules_in_force(network.id).number == 3


def _decisions() -> None:
    outcomes = [row.outcome.value for row in db.session.scalars(select(Decision).order_by(Decision.id))]
    assert sorted(outcomes) == sorted([
        "agreed-elsewhere", "consensus", "consensus", "consensus-with-stand-asides", "consensus", "blocked",
        "no-quorum", "agreed-elsewhere"])  # fmt: skip
    still = select(ProposalVersion.deadline).where(
        ProposalVersion.state.in_((VersionState.OPEN, VersionState.UNOPPOSED))
    )
    deadlines = sorted(db.session.scalars(still))
    assert len(deadlines) == 5
    assert (deadlines[0] - NOW).days <= 1


def _letters() -> None:
    letters = db.session.scalars(select(Letter).order_by(Letter.id)).all()
    assert [each.state.value for each in letters] == ["answered", "open"]
    counts = [letter_queries.count_of(each.id) for each in letters]
    assert [(each.members, each.organisations) for each in counts] == [(16, 4), (22, 4)]


def _talk_and_mail(folder: Path) -> None:
    sizes = db.session.scalars(select(Thread.posts)).all()
    assert (min(sizes), max(sizes), len(sizes)) == (1, 120, 27)
    states = db.session.scalars(select(Announcement.state).order_by(Announcement.id)).all()
    assert [state.value for state in states] == ["sent"] * 4 + ["draft"]
    taken = db.session.scalar(select(func.count()).where(Delivery.state == "accepted"))
    mails = list(caught(folder_in(str(folder))))
    assert taken == len(mails) > 150
    subjects = {str(mail.headers()["Subject"]) for mail in mails}
    assert [each for each in subjects if each.endswith("…") or len(each) > LONGEST_TITLE] == []
    found = mail_trouble()
    assert (found.waiting, found.any) == (0, False), "the worker's first look would say that mail is stuck"


def _one_click_each(client: FlaskClient) -> None:
    for person, name in (("member", "Nell Saltmarsh"), ("steering", "Tilda Quillbrook"), ("coordinator", "Robin Oakapple"),
                         ("operator", "Kit Millrace"), ("visitor", "a visitor")):  # fmt: skip
        done = send(client, "/demo", {"person": person}, action="/demo/act-as")
        assert f"You are {name} now." in done.text
        links = opened(client, "/demo").links
        assert ("/operator" in links) == (person == "operator")
        assert ("/uk/desk" in links) == (person in ("steering", "coordinator"))
    with client.application.app_context():
        open_ones = select(func.count()).where(SignedInSession.ended_at.is_(None))
        assert db.session.scalar(open_ones) == 0


def _a_word_that_is_nobody(client: FlaskClient) -> None:
    assert send(client, "/demo", {"person": "minister"}, action="/demo/act-as").status_code == 404


def test_outside_the_demo_there_is_no_such_page(client: FlaskClient) -> None:
    assert client.get("/demo").status_code == 404


def test_nobody_is_signed_in_without_the_page_s_token(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    assert client.post("/demo/act-as", data={"person": "member"}).status_code == 400


def test_before_the_history_is_played_the_page_offers_a_visitor(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    page = opened(client, "/demo")
    assert "A visitor" in page.text
    assert "The coordinator" not in page.text


def test_the_demo_does_not_run_in_production() -> None:
    done = CliRunner().invoke(main, ["demo"], env={"GOVNET_ENV": "production"})
    assert done.exit_code == 1
    assert "does not run with GOVNET_ENV=production" in done.output
