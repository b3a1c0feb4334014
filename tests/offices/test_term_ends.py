"""The end of an office: at midnight where the network is, on record once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.signals import listen
from govnet.kernel.transaction import transaction
from govnet.offices import events
from govnet.offices.models import Mandate, MandateEnd, Term, TermEnd
from govnet.offices.term_ends import record_ends
from govnet.record.queries import entries_about
from tests import builders

pytestmark = pytest.mark.usefixtures("context")


def a_term(end, zone="Europe/London"):
    network = builders.a_network(zone=zone)
    term = builders.seated(builders.a_committee(network), builders.a_member(network, "Ada Example"))
    with transaction():
        db.session.get_one(Term, term.id).end = end
    return network, db.session.get_one(Term, term.id)


def ended(network, row):
    return [
        e for e in entries_about(network.id, f"{row.__tablename__}:{row.id}") if e.verb.endswith("_ended")
    ]


@pytest.mark.parametrize(
    ("zone", "end", "midnight"),
    [
        ("Europe/London", date(2015, 6, 1), datetime(2015, 5, 31, 23, 0, tzinfo=UTC)),
        ("Europe/London", date(2015, 12, 1), datetime(2015, 12, 1, 0, 0, tzinfo=UTC)),
        ("Europe/London", date(2016, 3, 27), datetime(2016, 3, 27, 0, 0, tzinfo=UTC)),
        ("Europe/London", date(2016, 3, 28), datetime(2016, 3, 27, 23, 0, tzinfo=UTC)),
        ("Europe/London", date(2015, 10, 25), datetime(2015, 10, 24, 23, 0, tzinfo=UTC)),
        ("Europe/London", date(2015, 10, 26), datetime(2015, 10, 26, 0, 0, tzinfo=UTC)),
        ("America/St_Johns", date(2015, 6, 1), datetime(2015, 6, 1, 2, 30, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2015, 6, 1), datetime(2015, 5, 31, 10, 0, tzinfo=UTC)),
    ],
)
def test_rights_end_at_midnight_of_the_network_s_own_zone(zone, end, midnight, time):
    network, term = a_term(end, zone)
    person = term.person_id
    time.move(to=midnight - timedelta(seconds=1))
    assert builders.actor_for(person, network).is_steering
    assert record_ends() == 0
    time.move(timedelta(seconds=1))
    assert not builders.actor_for(person, network).is_steering
    assert record_ends() == 1


def test_the_end_is_recorded_once_however_often_the_worker_looks(time):
    network, term = a_term(date(2015, 6, 1))
    time.move(to=datetime(2015, 6, 3, tzinfo=UTC))
    assert [record_ends() for _ in range(3)] == [1, 0, 0]
    assert len(ended(network, term)) == 1
    row = db.session.get_one(Term, term.id)
    assert (row.ended_why, row.end_recorded_at) == (TermEnd.EXPIRED, datetime(2015, 6, 3, tzinfo=UTC))


def test_rights_are_gone_before_the_worker_has_looked(time):
    network, term = a_term(date(2015, 6, 1))
    time.move(to=datetime(2015, 6, 3, tzinfo=UTC))
    assert not builders.actor_for(term.person_id, network).is_steering
    assert ended(network, term) == []


def test_a_clock_that_jumps_back_gives_the_rights_back_but_tells_the_end_once(time):
    network, term = a_term(date(2015, 6, 1))
    person = term.person_id
    time.move(to=datetime(2015, 6, 3, tzinfo=UTC))
    record_ends()
    time.move(to=datetime(2015, 5, 3, tzinfo=UTC))
    assert builders.actor_for(person, network).is_steering
    assert record_ends() == 0
    time.move(to=datetime(2015, 6, 3, tzinfo=UTC))
    assert record_ends() == 0
    assert len(ended(network, term)) == 1


def test_two_workers_at_once_record_one_end(app, time):
    network, term = a_term(date(2015, 6, 1))
    key, network_id = term.id, network.id
    db.session.remove()
    start, done = threading.Barrier(2), []

    def work():
        with app.app_context(), clock.moved_to(datetime(2015, 6, 3, tzinfo=UTC)):
            start.wait()
            done.append(record_ends())
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 1
    row = db.session.get_one(Term, key)
    assert len(ended(db.session.get_one(type(network), network_id), row)) == 1


def test_people_who_resigned_are_recorded_as_having_resigned(time):
    network, term = a_term(date(2015, 6, 1))
    with transaction():
        db.session.get_one(Term, term.id).ended_why = TermEnd.RESIGNED
    time.move(to=datetime(2015, 6, 3, tzinfo=UTC))
    record_ends()
    assert "resigned" in ended(network, term)[0].facts


def test_the_end_of_a_mandate_is_passed_on_to_those_who_depend_on_it(time):
    heard = []
    listen(events.MandateOver, heard.append)
    network = builders.a_network()
    builders.a_coordinator(network, days=5)
    mandate = db.session.query(Mandate).one()
    time.move(timedelta(days=4))
    assert record_ends() == 0
    time.move(timedelta(days=1))
    assert record_ends() == 1
    assert [over.mandate.id for over in heard] == [mandate.id]
    assert db.session.get_one(Mandate, mandate.id).ended_why is MandateEnd.EXPIRED
    assert len(ended(network, mandate)) == 1
