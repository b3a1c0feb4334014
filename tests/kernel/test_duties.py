"""A thing that the worker fails at is set aside, shown, and stops nothing else: whichever duty it is."""

from __future__ import annotations

import inspect
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from govnet.extensions import db
from govnet.kernel import duties
from govnet.kernel.errors import Busy
from govnet.kernel.models import DutyFailure
from govnet.kernel.transaction import transaction
from govnet.mail import worker
from govnet.membership import listeners
from govnet.membership.models import Application, Membership
from govnet.offices.models import Mandate, Term
from govnet.people.models import PersonEmail
from tests import builders
from tests.membership.people import a_network_with_rules, applies, mails_to
from tests.membership.test_importing import bring_in

pytestmark = pytest.mark.usefixtures("context")
BY_THEMSELVES = {
    "tell": "each entry keeps its own tries and error (telling)",
    "send": "each mail keeps its own tries and answer (delivery)",
    "read mail": "each mail that came keeps its own tries (inbound_mail)",
    "forget mail that was read": "one statement over old rows",
    "sweep mail": "one statement a kind of row",
    "watch mail": "reads, and writes a line in the log",
    "forget old sign-in links": "one statement over old rows",
    "forget old addresses": "one statement over old rows",
    "say that the worker lives": "one row",
    "forget what is over": "one statement over old rows",
    "look through the database": "reads, and one row with what was found",
}
"""Duties that need no help to keep one thing from stopping another, and why."""


def a_duty_that(fails_at, did):
    def do(key):
        if key in fails_at:
            raise ValueError(f"poison {key}")
        did.append(key)
        return 1

    return do


def failures():
    return {row.thing: row.attempts for row in db.session.scalars(select(DutyFailure))}


def test_every_duty_does_one_thing_at_a_time_or_says_why_it_need_not():
    alone = {one.name for one in duties.duties() if "each(" not in inspect.getsource(one.run)}
    assert alone == set(BY_THEMSELVES)


def test_one_thing_that_fails_keeps_no_other_from_being_done():
    did = []
    assert duties.each("try", [1, 2, 3], a_duty_that({2}, did)) == 2
    assert (did, failures()) == ([1, 3], {2: 1})


def test_what_failed_is_tried_ever_later_then_set_aside_and_tried_once_a_day(time):
    did = []
    tried = []

    def do(key):
        tried.append(key)
        return a_duty_that({2}, did)(key)

    duties.each("try", [2], do)
    for wait in (10, 60, 900):
        duties.each("try", [2], do)
        assert duties.set_aside() == []
        before = len(tried)
        duties.each("try", [2], do)
        assert len(tried) == before
        time.move(timedelta(seconds=wait + 1))
    duties.each("try", [2], do)
    assert [(row.thing, row.error) for row in duties.set_aside()] == [(2, "ValueError: poison 2")]
    assert duties.put_off("try") == [2]
    time.move(timedelta(hours=23))
    duties.each("try", [2], do)
    assert len(tried) == 5
    time.move(timedelta(hours=2))
    assert duties.each("try", [2], a_duty_that(set(), did)) == 1
    assert failures() == {}


def test_what_is_no_longer_due_is_forgotten(time):
    duties.each("try", [2], a_duty_that({2}, []))
    time.move(timedelta(days=1))
    assert duties.forget_over() == 0
    time.move(timedelta(days=2))
    assert (duties.forget_over(), failures()) == (1, {})


def test_a_busy_database_is_no_fault_of_the_thing():
    def do(key):
        raise Busy("busy")

    assert duties.each("try", range(1, 100), do) == 0
    assert failures() == {}


def test_half_of_a_thing_that_fails_is_not_done():
    person = builders.a_person("Ann")

    def do(key):
        row = db.session.get_one(type(person), key)
        row.name = "Other"
        db.session.flush()
        raise ValueError("poison")

    duties.each("try", [person.id], do)
    assert db.session.get_one(type(person), person.id).name == "Ann"


def test_a_duty_that_cannot_even_begin_is_shown_too(time):
    def broken():
        raise LookupError("no such thing")

    one = duties.Duty("try", broken)
    for _turn in range(duties.TRIES):
        worker.tick([one], {})
    assert [(row.duty, row.thing) for row in duties.set_aside()] == [("try", duties.WHOLE)]
    worker.tick([duties.Duty("try", lambda: 0)], {})
    assert duties.set_aside() == []


def test_one_letter_that_cannot_be_written_stops_no_other_invitation(time):
    network = a_network_with_rules()
    rows = "\n".join(f"N{n},n{n}@example.org,,individual,member" for n in range(45))
    bring_in(network, f"name,email,organisation,kind,as\n{rows}\n")
    with transaction():
        bad = db.session.scalars(
            select(PersonEmail).where(PersonEmail.address.in_(["n3@example.org", "n7@example.org"]))
        )
        for row in bad.all():
            row.address = f"o\u2019{row.address}"
    for _turn in range(5):
        listeners.ask_found()
        time.move(timedelta(seconds=11))
    asked = db.session.scalars(select(Membership.asked_at)).all()
    assert len([at for at in asked if at is not None]) == 43
    assert len(mails_to("n44@example.org")) == 1


@pytest.mark.parametrize("poison", [{"zone": "Nowhere/At-all"}, {"parameters": "{"}], ids=["zone", "rules"])
def test_a_network_that_cannot_be_read_keeps_no_duty_from_the_others(poison, time):
    bad, good = (
        builders.a_network("bad", parameters=poison.get("parameters", "{}")),
        builders.a_network("good"),
    )
    for network in (bad, good):
        builders.a_steering_member(network)
        builders.a_coordinator(network)
        builders.a_member(network)
    with transaction():
        bad.zone = poison.get("zone", bad.zone)
    time.move(timedelta(days=400))
    for one in duties.duties():
        one.run()
    ended = select(Term.network_id).where(Term.end_recorded_at.is_not(None))
    assert good.id in db.session.scalars(ended).all()


def poisoned(table, key, doing="UPDATE", column="id"):
    """From now on nothing can be done to that row, as with one that the program chokes on."""
    row = "OLD" if doing != "INSERT" else "NEW"
    with transaction():
        db.session.execute(
            text(
                f"CREATE TRIGGER poison BEFORE {doing} ON {table} WHEN {row}.{column} = {key} "
                "BEGIN SELECT RAISE(ABORT, 'poison'); END"
            )
        )


def _terms():
    ids = []
    for slug in ("one", "two", "three"):
        network = builders.a_network(slug)
        builders.a_steering_member(network)
        ids.append(db.session.scalars(select(Term.id).where(Term.network_id == network.id)).one())
    return ids, "term", "end offices", lambda: select(Term.id).where(Term.end_recorded_at.is_not(None))


def _mandates():
    ids = []
    for slug in ("one", "two", "three"):
        network = builders.a_network(slug)
        builders.a_coordinator(network)
        ids.append(db.session.scalars(select(Mandate.id).where(Mandate.network_id == network.id)).one())
    return (
        ids,
        "mandate",
        "end offices",
        lambda: select(Mandate.id).where(Mandate.end_recorded_at.is_not(None)),
    )


def _renewals():
    network = a_network_with_rules(**{"membership.renewal_months": 12})
    for name in ("Ann", "Bob", "Cy"):
        builders.a_member(network, name)
    ids = db.session.scalars(select(Membership.id).order_by(Membership.id)).all()
    return (
        ids,
        "membership",
        "renew memberships",
        lambda: select(Membership.id).where(Membership.renewal_asked_at.is_not(None)),
    )


def _unconfirmed():
    network = a_network_with_rules()
    ids = [applies(network, email=f"n{number}@example.org").id for number in range(3)]
    gone = select(Application.id)
    return ids, "application", "forget unconfirmed applications", lambda: gone


@pytest.mark.sqlite
@pytest.mark.parametrize("due", [_terms, _mandates, _renewals, _unconfirmed])
def test_a_poisoned_row_stops_nothing_but_itself(due, time):
    ids, table, name, done = due()
    poisoned(table, ids[0], "DELETE" if table == "application" else "UPDATE")
    time.move(timedelta(days=400))
    one = next(each for each in duties.duties() if each.name == name)
    for _turn in range(duties.TRIES):
        one.run()
        time.move(timedelta(minutes=16))
    left = set(db.session.scalars(done()))
    assert left == ({ids[0]} if table == "application" else set(ids[1:]))
    assert [row.thing for row in duties.set_aside()] == [ids[0]]
