"""Sending announcements: once, to each address once, undone in time, held when the mandate is over."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from govnet.announcements import actions, dispatch, mailing, queries
from govnet.announcements.actions import AnnouncementInput
from govnet.announcements.models import Announcement, AnnouncementState, Audience
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken, Stale
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail, Rendering
from govnet.mail.outgoing import distribution
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.rules import DeliveryState as Delivered
from govnet.mail.volume import Volume
from govnet.offices.models import Mandate
from govnet.offices.term_ends import record_ends
from govnet.record.queries import details, entries_about, head
from tests import builders
from tests.announcements.builders import a_draft, fresh, ordered, sent, subscriber

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def uk():
    return builders.a_network()


@pytest.fixture
def cory(uk):
    return builders.a_coordinator(uk)


def verbs(network, row):
    return [e.verb.partition(".")[2] for e in entries_about(network.id, f"announcement:{row.id}")]


def addresses():
    return sorted(db.session.scalars(select(Delivery.address)))


def test_an_announcement_goes_to_each_address_once_ten_minutes_after_it_was_ordered(uk, cory, time):
    ada = builders.a_member(uk)
    subscriber(uk, "just.mail@example.org")
    row = ordered(uk, cory)
    time.move(timedelta(minutes=9, seconds=59))
    assert dispatch.send_due() == 0
    time.move(timedelta(seconds=1))
    assert [dispatch.send_due() for _ in range(3)] == [1, 0, 0]
    distribution.run()
    distribution.run()
    people = [e.address for p in (ada, cory) for e in mails_of(p)]
    assert addresses() == sorted([*people, "just.mail@example.org"])
    assert verbs(uk, row) == ["ordered", "sent"]
    assert fresh(row).counted == 3


def mails_of(person):
    from govnet.people.models import PersonEmail

    return db.session.query(PersonEmail).filter_by(person_id=person.id).all()


def test_a_member_who_also_takes_just_the_mail_gets_it_once(uk, cory, time):
    subscriber(uk, mails_of(cory)[0].address)
    sent(uk, cory, time)
    assert addresses() == [mails_of(cory)[0].address]


def test_the_mailing_list_elsewhere_is_one_subscriber(uk, cory, time):
    with transaction():
        db.session.get_one(type(uk), uk.id).list_address = "old-list@example.org"
    db.session.refresh(uk)
    sent(uk, cory, time)
    assert "old-list@example.org" in addresses()


def test_members_only_leaves_subscribers_out(uk, cory, time):
    subscriber(uk, "just.mail@example.org")
    sent(uk, cory, time, a_draft(uk, cory, audience=Audience.MEMBERS))
    assert addresses() == [mails_of(cory)[0].address]


def test_people_who_want_only_votes_are_left_out_and_counted_as_such(uk, cory, time):
    ada = builders.a_member(uk)
    with transaction():
        preferences_actions.set_volume(builders.acting(ada, uk), uk, Volume.VOTES)
    row = sent(uk, cory, time)
    assert addresses() == [mails_of(cory)[0].address]
    assert queries.counted_how(row)["less"] == 1


def test_the_sender_gets_it_too_whatever_volume(uk, cory, time):
    with transaction():
        preferences_actions.set_volume(builders.acting(cory, uk), uk, Volume.VOTES)
    sent(uk, cory, time)
    assert addresses() == [mails_of(cory)[0].address]


def test_people_who_speak_for_a_member_organisation_get_it(uk, cory, time):
    spokes = builders.a_person()
    builders.an_organisation(uk, "The Open Shed", spoken_for_by=spokes)
    sent(uk, cory, time)
    assert mails_of(spokes)[0].address in addresses()


def test_undo_within_ten_minutes_sends_nothing(uk, cory, time):
    row = ordered(uk, cory)
    time.move(timedelta(minutes=9))
    with transaction():
        actions.undo(fresh(row), by=builders.acting(cory, uk), via=Door.WEB)
    time.move(timedelta(hours=1))
    assert dispatch.send_due() == 0
    distribution.run()
    assert (fresh(row).state, addresses()) == (AnnouncementState.DRAFT, [])
    assert verbs(uk, row) == ["ordered", "undone"]
    sent(uk, cory, time, row)
    assert len(addresses()) == 1


def test_undo_comes_too_late_once_it_went(uk, cory, time):
    row = sent(uk, cory, time)
    with pytest.raises(RuleBroken, match="Too late"), transaction():
        actions.undo(fresh(row), by=builders.acting(cory, uk), via=Door.WEB)


def test_ordering_twice_is_refused(uk, cory):
    row = ordered(uk, cory)
    with pytest.raises(RuleBroken, match="about to be sent"):
        ordered(uk, cory, row)
    assert verbs(uk, row) == ["ordered"]


def test_two_workers_at_once_send_it_once(app, uk, cory, time):
    row, network_id = ordered(uk, cory), uk.id
    key = row.id
    db.session.remove()
    later, done, start = clock.now() + timedelta(minutes=11), [], threading.Barrier(2)

    def work():
        with app.app_context(), clock.moved_to(later):
            start.wait()
            done.append(dispatch.send_due())
            distribution.run()
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 1
    sents = [e for e in entries_about(network_id, f"announcement:{key}") if e.verb == "announcements.sent"]
    assert len(sents) == 1


def test_a_coordinator_whose_mandate_ended_yesterday_cannot_send(uk, time):
    cory = builders.a_coordinator(uk, days=1)
    row = a_draft(uk, cory)
    time.move(timedelta(days=1))
    with pytest.raises(NotAllowed, match="the coordinator"):
        ordered(uk, cory, row)


def test_announcements_scheduled_under_an_ended_mandate_are_held_and_the_officers_notified(uk, time):
    cory, sam = builders.a_coordinator(uk, days=1), builders.a_steering_member(uk)
    row = ordered(uk, cory, wanted=clock.now() + timedelta(days=3))
    time.move(timedelta(days=1))
    assert record_ends() == 1
    held = fresh(row)
    assert (held.state, held.goes_at) == (AnnouncementState.HELD, None)
    assert "mandate" in held.held_why
    time.move(timedelta(days=5))
    assert dispatch.send_due() == 0
    while distribution.run():
        pass
    told = db.session.scalars(
        select(Delivery.person_id).join(Mail).where(Mail.template == "announcements/held")
    ).all()
    assert sorted(told) == sorted([cory.id, sam.id])


def test_it_is_held_even_if_nobody_has_recorded_the_end_yet(uk, time):
    cory = builders.a_coordinator(uk, days=1)
    row = ordered(uk, cory, wanted=clock.now() + timedelta(days=3))
    time.move(timedelta(days=4))
    dispatch.send_due()
    assert fresh(row).state is AnnouncementState.HELD
    assert addresses() == []


def test_a_held_announcement_can_be_sent_by_an_officer_who_may_send_now(uk, time):
    cory = builders.a_coordinator(uk, days=1)
    row = ordered(uk, cory, wanted=clock.now() + timedelta(days=3))
    time.move(timedelta(days=1))
    record_ends()
    successor = builders.a_coordinator(uk, "Next Coordinator")
    done = sent(uk, successor, time, row)
    assert done.state is AnnouncementState.SENT
    assert done.sender_id == successor.id


def test_a_renewed_mandate_sends_what_the_old_one_had_scheduled(uk, time):
    cory = builders.a_coordinator(uk, days=1)
    row = ordered(uk, cory, wanted=clock.now() + timedelta(days=3))
    with transaction():
        from govnet.offices.models import MandateNamed

        old = db.session.query(Mandate).one()
        new = Mandate(
            network_id=uk.id, person_id=cory.id, scope="To go on.", start=old.end,
            end=old.end + timedelta(days=90), evidence="As found.",
        )  # fmt: skip
        db.session.add(new)
        db.session.flush()
        db.session.add(MandateNamed(mandate_id=new.id, person_id=cory.id))
        key = new.id
    time.move(timedelta(days=3))
    record_ends()
    assert dispatch.send_due() == 1
    assert fresh(row).authority == f"mandate:{key}"


def test_a_committee_member_writes_but_does_not_send(uk):
    sam = builders.a_steering_member(uk)
    row = a_draft(uk, sam)
    with pytest.raises(NotAllowed):
        ordered(uk, sam, row)
    with pytest.raises(NotAllowed):
        a_draft(uk, builders.a_member(uk))


def test_where_the_rules_leave_it_to_the_chair_the_coordinator_cannot_send(time):
    network = builders.a_network(parameters='{"coordinator.may_announce":false}')
    cory, body = builders.a_coordinator(network), builders.a_committee(network)
    chair = builders.a_member(network)
    builders.seated(body, chair, seat=1)
    row = a_draft(network, cory)
    with pytest.raises(NotAllowed, match="only the committee’s chair"):
        ordered(network, cory, row)
    assert sent(network, chair, time, row).role == "chair"


def test_two_officers_who_edit_at_once_lose_nothing(uk, cory):
    sam = builders.a_steering_member(uk)
    row = a_draft(uk, cory)
    seen = row.version
    with transaction():
        actions.edit(
            fresh(row),
            AnnouncementInput(subject="Mine", source="First."),
            seen=seen,
            by=builders.acting(cory, uk),
        )
    with pytest.raises(Stale) as stale, transaction():
        actions.edit(
            fresh(row),
            AnnouncementInput(subject="Hers", source="Second."),
            seen=seen,
            by=builders.acting(sam, uk),
        )
    assert ("First." in stale.value.newer, "Second." in stale.value.yours) == (True, True)
    assert fresh(row).source == "First."


def test_an_announcement_changed_after_its_check_is_not_sent(uk, cory):
    row = a_draft(uk, cory)
    with transaction():
        actions.edit(
            fresh(row), AnnouncementInput(subject="New", source="New."), seen=1, by=builders.acting(cory, uk)
        )
    with pytest.raises(Stale), transaction():
        actions.order(fresh(row), None, seen=1, by=builders.acting(cory, uk), via=Door.WEB)


def test_the_words_of_a_sent_announcement_are_fixed(uk, cory, time):
    row = sent(uk, cory, time)
    for statement in ("UPDATE announcement SET subject = 'x'", "DELETE FROM announcement"):
        with pytest.raises(DBAPIError, match="never changed"), transaction():
            db.session.execute(text(statement))
    with pytest.raises(RuleBroken, match="correction"), transaction():
        actions.edit(
            fresh(row), AnnouncementInput(subject="x", source="y"), seen=1, by=builders.acting(cory, uk)
        )


def states(*kinds):
    rows = db.session.query(Delivery).order_by(Delivery.id).all()
    with transaction():
        for row, kind in zip(rows, kinds, strict=True):
            leased = kind is Delivered.IN_HAND
            row = db.session.get_one(Delivery, row.id)
            row.state = kind
            row.lease_owner = "test" if leased else None
            row.lease_until = clock.now() if leased else None


def test_the_numbers_add_up_to_the_audience_at_every_moment(uk, cory, time):
    for _ in range(7):
        builders.a_member(uk)
    row = ordered(uk, cory)
    time.move(timedelta(minutes=10))
    dispatch.send_due()
    assert queries.mail_of(fresh(row)) is None
    assert queries.progress(fresh(row), None).waiting == 8
    distribution.run()
    distribution.run()
    mail_id = queries.mail_of(fresh(row))
    states(*Delivered.__members__.values()) if len(Delivered) == 8 else states(*list(Delivered)[:8])
    found = queries.progress(fresh(row), mail_id)
    assert found.audience == 8
    assert found.handed_over + found.trying_again + found.not_sent + found.waiting + found.stopped == 8


def test_stop_go_on_call_off_and_send_to_those_who_were_missed(uk, cory, time):
    for _ in range(3):
        builders.a_member(uk)
    row = sent(uk, cory, time)
    mail_id = queries.mail_of(row)

    def do(what):
        with transaction():
            return what(fresh(row), by=builders.acting(cory, uk), via=Door.WEB)

    states(Delivered.ACCEPTED, Delivered.QUEUED, Delivered.DEFERRED, Delivered.FAILED)
    do(mailing.stop)
    assert {d.state for d in db.session.query(Delivery)} == {
        Delivered.ACCEPTED,
        Delivered.HELD,
        Delivered.FAILED,
    }
    do(mailing.resume)
    do(mailing.stop)
    assert do(mailing.call_off) == 2
    assert queries.progress(row, mail_id).finished
    assert queries.missed(mail_id) == 3
    assert do(mailing.send_to_missed) == 3
    found = queries.progress(row, mail_id)
    assert (found.handed_over, found.waiting, found.audience) == (1, 3, 4)
    assert verbs(uk, row) == ["ordered", "sent", "stopped", "resumed", "stopped", "cut_off", "sent_to_missed"]


def test_every_mail_says_where_the_record_ended(uk, cory, time):
    row = sent(uk, cory, time)
    number, digest = head(uk.id)
    rendering = db.session.scalars(select(Rendering)).one()
    assert f"Govnet-Record: {number} {digest}".encode() in rendering.head.replace(b"\r\n ", b" ")
    assert f"{number} {digest[:8]}".encode() in rendering.body
    assert details(entries_about(uk.id, f"announcement:{row.id}")[-1])["digest"] == actions.digest_of(row)


def test_an_hour_is_the_hour_of_the_network_s_clock(uk, cory):
    from govnet.announcements.rules import at_hour

    row = ordered(uk, cory, wanted=at_hour(date(2015, 5, 15), 18, "Europe/London"))
    assert row.goes_at == datetime(2015, 5, 15, 17, tzinfo=UTC)
    assert at_hour(date(2016, 3, 27), 1, "Europe/London") == datetime(2016, 3, 27, 1, tzinfo=UTC)
    assert isinstance(row, Announcement)
