"""Two at once: one decision, one membership, one organisation, on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotFound, RuleBroken, Stale
from govnet.kernel.transaction import transaction
from govnet.membership.applications import actions, decisions
from govnet.membership.audit import changed_memberships
from govnet.membership.memberships import actions as memberships_actions
from govnet.membership.models import Application, Membership, MembershipKind
from govnet.membership.roster import imports, undo
from govnet.membership.roster.models import RosterImport
from govnet.membership.roster.parser import read_roster
from govnet.people.models import Organisation, PersonEmail
from govnet.record.models import Entry
from tests import builders
from tests.chain import faults_of
from tests.membership.people import a_network_with_rules, a_waiting_application, applies


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[str]:
    """The results of acts that all begin together, each in a thread with a connection of its own and the test's clock."""
    barrier, ends = threading.Barrier(len(acts)), []

    def one(act: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait(10)
            try:
                with transaction():
                    act()
                ends.append("done")
            except (Stale, RuleBroken) as refused:
                ends.append(type(refused).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=copy_context().run, args=(one, act)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(ends)


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def row(key: int) -> Application:
    return db.session.get_one(Application, key)


@pytest.mark.parametrize("second", ["admit", "decline", "ask"])
def test_the_second_of_two_officers_who_decide_at_once_reads_so(app, second):
    with app.app_context():
        network = a_network_with_rules()
        sam, pat = (builders.acting(builders.a_steering_member(network, n), network) for n in ("Sam", "Pat"))
        key, before = a_waiting_application(network).id, count(Membership)
    others = {
        "admit": lambda: decisions.admit(row(key), by=pat, via=Door.WEB),
        "decline": lambda: decisions.decline(row(key), "No.", by=pat, via=Door.WEB),
        "ask": lambda: decisions.ask(row(key), "Why?", by=pat, via=Door.WEB),
    }
    ends = at_once(app, lambda: decisions.admit(row(key), by=sam, via=Door.WEB), others[second])
    with app.app_context():
        verbs = list(db.session.scalars(select(Entry.verb)))
        assert faults_of(db.session.scalar(select(Network.id))) == []
        assert verbs.count("membership.admitted") == count(Membership) - before <= 1
    if second == "ask":  # asked first, she can still be let in after it
        assert ends in (["Stale", "done"], ["done", "done"])
    else:
        assert ends == ["Stale", "done"]


def test_two_forms_of_one_address_confirmed_at_once_make_one_application(app):
    with app.app_context():
        network = a_network_with_rules()
        keys = [applies(network).id for _ in range(2)]
    ends = at_once(app, *(lambda key=key: actions.confirm(row(key), via=Door.WEB) for key in keys))
    with app.app_context():
        assert ends == ["done", "done"]
        assert list(db.session.scalars(select(Entry.verb))) == ["membership.applied"]


def test_a_link_pressed_twice_at_once_is_pressed_once(app):
    with app.app_context():
        key = applies(a_network_with_rules()).id
    ends = at_once(app, *(lambda: actions.confirm(row(key), via=Door.WEB) for _ in range(2)))
    with app.app_context():
        assert ends == ["done", "done"]
        assert list(db.session.scalars(select(Entry.verb))) == ["membership.applied"]


def test_two_people_who_name_one_new_organisation_at_once_make_one(app):
    with app.app_context():
        network = a_network_with_rules()
        sam = builders.acting(builders.a_steering_member(network), network)
        keys = [
            a_waiting_application(
                network, email=f"{n}@example.org", kind=MembershipKind.ORGANISATION,
                organisation_name=name, may_speak=True,
            ).id
            for n, name in (("ann", "The Open Shed"), ("bob", "the open  shed"))
        ]  # fmt: skip
    ends = at_once(app, *(lambda key=key: decisions.admit(row(key), by=sam, via=Door.WEB) for key in keys))
    with app.app_context():
        assert ends == ["done", "done"]
        assert count(Organisation) == 1
        kinds = list(db.session.scalars(select(Membership.kind)))
        assert kinds.count(MembershipKind.ORGANISATION) == 1


def test_a_list_that_two_bring_in_at_once_comes_in_once(app):
    with app.app_context():
        network = a_network_with_rules()
        cory = builders.acting(builders.a_coordinator(network), network)
        roster = read_roster(b"name,email,as\nNell,nell@example.org,member\n,rae@example.org,subscriber\n")
        with transaction():
            key = imports.look(network, roster, imports.Source(), by=cory).id
    go = lambda: imports.bring_in(db.session.get_one(RosterImport, key), by=cory, via=Door.WEB)  # noqa: E731
    ends = at_once(app, go, go)
    with app.app_context():
        assert ends == ["done", "done"]
        assert [verb for verb in db.session.scalars(select(Entry.verb)) if "roster" in verb] == [
            "membership.roster"
        ]


@pytest.mark.parametrize("turn", range(4))
def test_of_confirming_and_taking_back_at_once_one_comes_first(app, turn):
    with app.app_context():
        network = a_network_with_rules()
        rows = read_roster(b"name,email,as\nNell,nell@example.org,member\n").rows
        with transaction():
            key = imports.import_roster(network, rows, go=True, via=Door.CLI).number
        ids = (
            db.session.scalars(select(Membership.id)).one(),
            db.session.scalars(select(PersonEmail.id)).one(),
        )

    def confirms() -> None:
        try:
            membership, _address, nell = memberships_actions.held(*ids)
            memberships_actions.confirm(membership, by=nell, email_id=ids[1], via=Door.WEB)
        except NotFound:
            ended.append(True)

    ended: list[bool] = []
    ends = at_once(app, confirms, lambda: undo.take_back(db.session.get_one(RosterImport, key), via=Door.CLI))
    with app.app_context():
        network_id = db.session.scalars(select(Network.id)).one()
        assert ends == ["done", "done"]
        states = [state.value for state in db.session.scalars(select(Membership.state))]
        assert states == ([] if ended else ["active"])
        assert count(PersonEmail) == len(states)
        assert faults_of(network_id) == []
        assert list(changed_memberships(network_id)) == []
