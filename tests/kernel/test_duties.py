"""A thing that the worker fails at is set aside, shown, and stops nothing else: whichever duty it is."""

from __future__ import annotations

import inspect
import re
import sqlite3
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from govnet.extensions import db
from govnet.kernel import duties
from govnet.kernel.actor import Door
from govnet.kernel.errors import Busy
from govnet.kernel.models import DutyFailure
from govnet.kernel.transaction import transaction
from govnet.mail.headers import Address
from govnet.mail.outgoing import outbox
from govnet.membership import duties as membership_duties
from govnet.membership.models import Membership
from govnet.membership.roster import imports
from govnet.membership.roster.models import RosterImport
from govnet.membership.roster.parser import read_roster
from govnet.offices.models import Term
from govnet.operations.serving import worker
from govnet.people.models import Person, PersonEmail
from tests import builders
from tests.membership.people import a_network_with_rules, mails_to
from tests.membership.roster.test_imports import bring_in

pytestmark = pytest.mark.usefixtures("context")
BY_THEMSELVES = {
    "tell": "each entry keeps its own tries and error (telling)",
    "send": "each mail keeps its own tries and answer (delivery)",
    "read mail": "each mail that came keeps its own tries (inbound_mail)",
    "watch mail": "reads, and writes a line in the log",
    "say that the worker lives": "one row",
    "forget what is over": "one statement over old rows of its own",
    "look through the database": "reads, and one row with what was found",
    "write down who was erased": "one list, written whole or tried again",
}
"""Duties that need no help to keep one thing from stopping another, and why."""


LOCK_THEMSELVES = {
    "renew memberships": "one network after the other, and in each the rows by each_row",
    "digest": "written outside a transaction, then the last digest is locked and looked at again",
    "ask again in new words": "locks the proposal's version before the row, as writers do",
    "remove names that are for members": "one statement over what still has names, and its count is what was done",
}
"""Duties that see to it by other means than each_row that of several workers one does a thing, and which means."""


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
    by_help = ("each_row(", "each(", "together(")
    alone = {
        one.name for one in duties.duties() if not any(call in inspect.getsource(one.run) for call in by_help)
    }
    assert alone == set(BY_THEMSELVES)


def test_every_duty_locks_the_row_and_looks_again_or_says_how_else_one_worker_does_a_thing_once():
    found = {one.name for one in duties.duties() if re.search(r"\beach\(", inspect.getsource(one.run))}
    assert found == set(LOCK_THEMSELVES)


def test_a_row_that_is_no_longer_due_once_it_is_locked_is_left_alone():
    first, second = builders.a_person("Ann"), builders.a_person("Bob")
    asked = []

    def due(*only):
        asked.append(only)
        if len(asked) == 3:  # another worker has done the second while we did the first
            return []
        return db.session.scalars(select(Person.id).where(*only).order_by(Person.id)).all()

    did = []
    assert duties.each_row("try", Person, due, lambda key: did.append(key) or 1) == 1
    assert (did, len(asked)) == ([first.id], 3)
    assert second.id not in did


def test_a_mail_that_a_duty_sends_without_a_key_is_refused():
    def do(_key):
        return outbox.post("mail/not_done", to=Address("ann@example.org"), context={"why": "", "subject": ""})

    assert duties.each("try", [1], do) == 0
    assert "without a key" in db.session.scalars(select(DutyFailure.error)).one()


def test_one_thing_that_fails_keeps_no_other_from_being_done():
    did = []
    assert duties.each("try", [1, 2, 3], a_duty_that({2}, did)) == 2
    assert (did, failures()) == ([1, 3], {2: 1})


def test_a_failed_row_is_tried_ever_later_then_set_aside_and_tried_once_a_day(time):
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


def test_a_row_that_is_no_longer_due_is_forgotten(time):
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


@pytest.mark.parametrize(
    "orig", [sqlite3.OperationalError("too many terms"), psycopg.errors.ProgramLimitExceeded("x")]
)
def test_a_statement_that_no_database_can_run_is_a_fault_of_the_thing(orig):
    did = []

    def do(key):
        if key <= 3:
            raise OperationalError("SELECT", {}, orig)
        did.append(key)
        return 1

    if isinstance(orig, sqlite3.OperationalError):
        orig.sqlite_errorcode = sqlite3.SQLITE_ERROR
    assert duties.each("try", [1, 2, 3, 4], do) == 1
    assert (did, failures()) == ([4], {1: 1, 2: 1, 3: 1})


def test_a_statement_for_many_rows_is_done_one_by_one_if_one_of_them_fails(time):
    did = []

    def do(keys):
        if 2 in keys:
            raise ValueError("poison")
        did.append(list(keys))
        return len(keys)

    assert duties.together("try", [1, 2, 3], do) == 2
    assert (did, failures()) == ([[1], [3]], {2: 1})
    assert duties.together("try", range(4, 1104), do) == 1100
    assert [len(keys) for keys in did[2:]] == [500, 500, 100]
    time.move(timedelta(minutes=1))
    assert duties.together("try", [2, 5, 6], do) == 2
    assert (did[-1], failures()) == ([5, 6], {2: 2})


def test_a_duty_that_went_wrong_under_an_earlier_worker_is_struck_off_once_it_goes_well():
    duties.failed("try", duties.WHOLE, LookupError("no such thing"))
    worker._failing.clear()
    worker._remember()
    worker.tick([duties.Duty("try", lambda: 0)], {})
    assert failures() == {}


def test_rows_set_aside_take_no_place_of_later_ones(time):
    network = a_network_with_rules()
    for number in range(21):
        with transaction():
            rows = read_roster(f"n{number}@example.org\n".encode()).rows
            imports.import_roster(network, rows, go=True, via=Door.CLI)
    time.move(timedelta(days=60))
    *first, last = db.session.scalars(select(RosterImport.id).order_by(RosterImport.id)).all()
    for key in first:
        for _turn in range(duties.TRIES):
            duties.failed("forget uploaded lists", key, ValueError("poison"))
    assert imports.forget_old() == 1
    assert db.session.get_one(RosterImport, last).forgotten_at is not None


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
        membership_duties.ask_found()
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
