"""Deliveries on their way: nothing lost, nobody written to twice, and a server's moods taken for what they are."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from govnet.extensions import db
from govnet.kernel import outage
from govnet.kernel.transaction import transaction
from govnet.mail import queries, suppressions, sweep
from govnet.mail.delivery import mailings
from govnet.mail.delivery import sender as delivery_sender
from govnet.mail.headers import Address
from govnet.mail.models import Delivery, Mail, MailLine, Rendering
from govnet.mail.outgoing import distribution, outbox
from govnet.mail.rules import DeliveryState, Priority, Why
from govnet.mail.volume import News
from govnet.people.models import PersonEmail
from tests import builders
from tests.faults.failing import AFTER, BEFORE, Step, failing
from tests.mail.conftest import say
from tests.mail.servers import Free, Moody, running
from tests.mailbox import mailbox

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def server(app, network):
    """A moody server that the app sends to."""
    handler = Moody()
    settings = app.extensions["mail"]
    before = settings.server, settings.port
    with running(Free(handler)) as port:
        settings.server, settings.port = "127.0.0.1", port
        yield handler
    settings.server, settings.port = before


@pytest.fixture
def sender():
    """Makes senders, whose connections end with the test."""
    with ExitStack() as open_:
        yield lambda: open_.enter_context(delivery_sender.a_sender())


def known(name):
    """The id of the person with that address, old or new."""
    address = f"{name}@example.org"
    row = db.session.scalars(select(PersonEmail).where(PersonEmail.address == address)).first()
    return row.person_id if row else builders.a_person(name, email=address).id


@pytest.fixture
def post(network, teller):
    """Have these addresses told of something; the mail's id."""

    def told(*locals_, news=News.ANNOUNCEMENT, **values):
        people = [known(name) for name in locals_]
        teller.tells(news=news, people=people, **values)
        say(network, builders.a_person("Somebody"))
        distribution.run()
        return db.session.scalars(select(Mail.id).order_by(Mail.id.desc())).first()

    return told


def states(mail_id=None):
    query = select(Delivery.address, Delivery.state).order_by(Delivery.id)
    if mail_id is not None:
        query = query.where(Delivery.mail_id == mail_id)
    return {address.partition("@")[0]: state for address, state in db.session.execute(query)}


def one(mail_id, local):
    query = select(Delivery).where(Delivery.mail_id == mail_id, Delivery.address == f"{local}@example.org")
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def taken(server):
    return [address.partition("@")[0] for address, _ in server.taken]


def test_everybody_gets_the_mail_once(post, server):
    mail_id = post("ann", "bob", "cy")
    assert delivery_sender.run() == 3
    assert delivery_sender.run() == 0
    assert sorted(taken(server)) == ["ann", "bob", "cy"]
    assert set(states(mail_id).values()) == {DeliveryState.ACCEPTED}
    found = queries.progress([mail_id])
    assert (found.audience, found.handed_over, found.finished) == (3, 3, True)


def test_each_address_has_its_own_fate_and_the_numbers_add_up(post, server):
    mail_id = post("ann", "gone", "full", "later", "bob")
    delivery_sender.run()
    assert states(mail_id) == {
        "ann": DeliveryState.ACCEPTED,
        "gone": DeliveryState.FAILED,
        "full": DeliveryState.DEFERRED,
        "later": DeliveryState.DEFERRED,
        "bob": DeliveryState.ACCEPTED,
    }
    assert one(mail_id, "gone").why is Why.ADDRESS_GONE
    found = queries.progress([mail_id])
    assert (found.handed_over, found.trying_again, found.not_sent, found.waiting) == (2, 2, 1, 0)
    assert found.audience == 5


def test_the_log_says_what_the_server_said_of_each_delivery_and_no_address(post, server):
    mail_id = post("ann", "gone")
    with capture_logs() as logs:
        delivery_sender.run()
    told = {line["delivery"]: line for line in logs if line["event"] == "mail handled"}
    assert {(line["mail"], line["state"]) for line in told.values()} == {
        (mail_id, "accepted"),
        (mail_id, "failed"),
    }
    assert told[one(mail_id, "gone").id]["code"] == one(mail_id, "gone").code
    assert told[one(mail_id, "ann").id]["state"] == "accepted"
    assert "@" not in str(logs)


def test_a_busy_server_is_tried_again_after_a_minute_with_the_same_message_id(post, server, time):
    mail_id = post("later")
    delivery_sender.run()
    row = one(mail_id, "later")
    assert row.attempts == 1
    assert timedelta(seconds=48) <= row.next_at - time.at <= timedelta(seconds=72)
    assert delivery_sender.run() == 0
    server.mood = "fine"
    time.move(timedelta(minutes=2))
    assert delivery_sender.run() == 1
    assert server.taken == [("later@example.org", row.message_id)]


def test_a_server_that_stays_busy_for_five_days_is_given_up(post, server, time):
    mail_id = post("later")
    for _ in range(60):
        delivery_sender.run()
        sweep.run()
        if one(mail_id, "later").state is DeliveryState.EXPIRED:
            break
        time.move(timedelta(hours=4, minutes=50))
    row = one(mail_id, "later")
    assert row.state is DeliveryState.EXPIRED
    assert queries.progress([mail_id]).not_sent == 1
    assert time.at - row.changed_at < timedelta(hours=5)


def test_a_mail_that_came_too_late_is_not_sent(post, server, time):
    mail_id = post("ann", not_after=time.at + timedelta(minutes=10))
    time.move(timedelta(minutes=11))
    assert delivery_sender.run() == 0
    assert sweep.run() == 1
    assert states(mail_id) == {"ann": DeliveryState.EXPIRED}


def test_a_dropped_line_costs_one_mail_its_turn_and_no_other(post, server, time):
    mail_id = post("ann", "drop", "bob")
    for _ in range(3):
        delivery_sender.run()
    assert states(mail_id) == {
        "ann": DeliveryState.ACCEPTED,
        "drop": DeliveryState.DEFERRED,
        "bob": DeliveryState.ACCEPTED,
    }


def test_a_mail_whose_answer_was_lost_goes_again_with_the_same_message_id(post, server, time):
    post("ann")
    server.mood = "lost"
    delivery_sender.run()
    server.mood = "fine"
    time.move(timedelta(minutes=2))
    delivery_sender.run()
    assert len(server.taken) == 2
    assert len(set(server.taken)) == 1


def test_a_busy_server_rests_the_mailing_and_counts_no_try(post, server, time):
    mail_id = post("busy", "ann", "bob")
    delivery_sender.run()
    rows = db.session.scalars(select(Delivery).where(Delivery.mail_id == mail_id)).all()
    assert {row.state for row in rows} == {DeliveryState.QUEUED}
    assert {row.attempts for row in rows} == {0}
    assert all(row.next_at > time.at for row in rows)
    assert delivery_sender.run() == 0
    server.mood = "fine"
    time.move(timedelta(minutes=2))
    assert delivery_sender.run() == 3
    assert db.session.get(Mail, mail_id, populate_existing=True).troubles == 0


def test_a_server_that_does_not_like_our_sender_pauses_the_mailing_until_a_person_looks(post, server, time):
    mail_id = post("ann", "bob")
    server.refuse_sender = True
    for _ in range(3):
        delivery_sender.run()
        time.move(timedelta(hours=5))
    mail = db.session.get(Mail, mail_id, populate_existing=True)
    assert mail.paused_at is not None
    assert mail.paused_why == "5.7.1 not you"
    assert set(states(mail_id).values()) == {DeliveryState.HELD}
    server.refuse_sender = False
    assert delivery_sender.run() == 0
    with transaction():
        mailings.resume(mail_id)
    assert delivery_sender.run() == 2


def test_a_mail_that_providers_refuse_for_its_content_is_stopped_after_five(post, server):
    mail_id = post(*(f"p{n}" for n in range(12)))
    server.mood = "spam"
    delivery_sender.run()
    found = queries.progress([mail_id])
    assert (found.not_sent, found.waiting, found.audience) == (5, 7, 12)
    assert queries.trouble().paused[0].id == mail_id


def test_dead_addresses_of_an_old_list_do_not_stop_the_others(post, server):
    mail_id = post(*(f"gone-{n}" for n in range(15)), *(f"p{n}" for n in range(40)))
    while delivery_sender.run():
        pass
    found = queries.progress([mail_id])
    assert (found.handed_over, found.not_sent, found.waiting) == (40, 15, 0)


def test_sign_in_links_overtake_a_mailing(post, server, network):
    post(*(f"p{n}" for n in range(5)))
    delivery_sender.run(at_once=2)
    with transaction():
        outbox.post(
            "mail/confirm",
            to=Address("hurry@example.org"),
            context={"confirm_url": "https://example.org/x"},
            network=network,
            priority=Priority.SIGN_IN,
        )
    delivery_sender.run(at_once=1)
    assert taken(server)[2] == "hurry"


def test_a_person_can_pause_a_mailing_and_let_it_go_on(post, server):
    mail_id = post(*(f"p{n}" for n in range(4)))
    delivery_sender.run(at_once=1)
    with transaction():
        assert mailings.pause(mail_id, by="Cory Coordinator", why="A mistake") == 3
    assert delivery_sender.run() == 0
    assert queries.progress([mail_id]).waiting == 3
    with transaction():
        assert mailings.resume(mail_id) == 3
    assert delivery_sender.run() == 3


def test_stopping_spares_those_to_whom_it_has_not_gone_and_they_can_be_reached_later(post, server):
    mail_id = post("ann", "bob", "cy")
    delivery_sender.run(at_once=1)
    with transaction():
        assert mailings.cancel_unsent(mail_id) == 2
    assert delivery_sender.run() == 0
    found = queries.progress([mail_id])
    assert (found.handed_over, found.stopped, found.finished) == (1, 2, True)
    with transaction():
        assert mailings.send_to_missed(mail_id) == 2
    delivery_sender.run()
    assert sorted(taken(server)) == ["ann", "bob", "cy"]


def test_a_restored_copy_sends_nothing_until_a_person_says_so(post, server, network):
    mail_id = post("ann", "bob")
    with transaction():
        mailings.hold_all("This is a copy of last night's backup.")
    assert delivery_sender.run() == 0
    operator = builders.acting(builders.an_operator(), network)
    with transaction():
        mailings.release_all(operator)
    assert delivery_sender.run() == 2
    assert set(states(mail_id).values()) == {DeliveryState.ACCEPTED}


def test_of_a_restored_copy_the_operator_can_drop_what_the_original_may_have_sent(
    post, server, network, time
):
    old = post("ann", "bob")
    time.move(timedelta(seconds=1))
    with transaction():
        mailings.hold_all("A copy.")
    time.move(timedelta(minutes=1))
    new = post("cy")
    operator = builders.acting(builders.an_operator(), network)
    with transaction():
        assert mailings.drop_all_held(operator) == 2
        mailings.release_all(operator)
    assert delivery_sender.run() == 1
    assert set(states(old).values()) == {DeliveryState.CANCELLED}
    assert states(new)["cy"] is DeliveryState.ACCEPTED


def test_only_the_operator_releases_a_restored_copy(network):
    from govnet.kernel.errors import NotAllowed

    member = builders.acting(builders.a_member(network), network)
    with pytest.raises(NotAllowed), transaction():
        mailings.release_all(member)


def test_when_nobody_listens_the_line_rests_and_the_mail_waits_unharmed(app, post, time):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    app.extensions["mail"].port = port
    mail_id = post("ann")
    delivery_sender.run()
    row = one(mail_id, "ann")
    assert (row.state, row.attempts) == (DeliveryState.QUEUED, 0)
    line = db.session.get(MailLine, 1, populate_existing=True)
    assert line.not_before == time.at + timedelta(seconds=5)
    assert line.words
    delivery_sender.run()
    assert db.session.get(MailLine, 1, populate_existing=True).troubles == 1


def test_when_the_server_is_back_the_line_is_well_again(server, post, time):
    with transaction():
        line = mailings.line()
        line.troubles, line.not_before, line.words = 4, time.at + timedelta(minutes=5), "refused"
    post("ann")
    assert delivery_sender.run() == 0
    time.move(timedelta(minutes=6))
    assert delivery_sender.run() == 1
    line = db.session.get(MailLine, 1, populate_existing=True)
    assert (line.troubles, line.not_before, line.words) == (0, None, "")


def test_a_refused_password_trips_the_line_and_a_person_can_have_it_used_at_once(post, server, network, time):
    from govnet.mail.delivery.settlement import line_is_down
    from govnet.mail.delivery.smtp import ServerAnswer
    from govnet.mail.rules import SmtpStep, judge

    for _ in range(3):
        time.move(timedelta(hours=1))
        line_is_down(ServerAnswer(judge(SmtpStep.AUTH, 535, "5.7.8 wrong"), 535, "5.7.8 wrong"))
    post("ann")
    assert delivery_sender.run() == 0
    assert queries.trouble().any
    operator = builders.acting(builders.an_operator(), network)
    with transaction():
        mailings.reset_line(operator)
    assert delivery_sender.run() == 1


def test_mails_of_a_dead_sender_go_again_once_its_lease_is_over(post, server, time, sender):
    mail_id = post("ann", "bob")
    dead = sender()
    parcel = delivery_sender._settle_and_take(dead, delivery_sender._Work(), most=1)[0]
    assert delivery_sender.run() == 1
    assert sweep.run() == 0
    time.move(dead.lease + timedelta(seconds=1))
    assert sweep.run() == 1
    assert delivery_sender.run() == 1
    assert set(states(mail_id).values()) == {DeliveryState.ACCEPTED}
    assert parcel.message_id in [message_id for _, message_id in server.taken]


def test_while_a_database_just_came_back_nothing_in_hand_is_taken_back(
    post, server, time, sender, monkeypatch
):
    """Its sender may live, and have sent it while the database was away for longer than the lease."""
    mail_id = post("p1")
    dead = sender()
    assert delivery_sender._settle_and_take(dead, delivery_sender._Work(), most=1)
    time.move(dead.lease + timedelta(minutes=5))
    outage.note(outage.UNREACHABLE)
    sweep.run()
    assert set(states(mail_id).values()) == {DeliveryState.IN_HAND}
    monkeypatch.setattr(sweep, "COMES_BACK", 0.0)
    sweep.run()
    assert set(states(mail_id).values()) == {DeliveryState.QUEUED}


def test_a_sender_that_slept_past_its_lease_changes_nothing(post, server, time, sender):
    from govnet.mail.delivery.settlement import Done, settle
    from govnet.mail.delivery.smtp import ServerAnswer as Answer
    from govnet.mail.rules import SmtpStep as Step
    from govnet.mail.rules import judge

    mail_id = post("ann")
    slow = sender()
    parcel = delivery_sender._settle_and_take(slow, delivery_sender._Work(), most=1)[0]
    time.move(slow.lease + timedelta(seconds=1))
    sweep.run()
    assert delivery_sender.run() == 1
    late = Answer(judge(Step.RCPT, 550, "5.1.1 gone"), 550, "5.1.1 gone")
    with transaction():
        assert not settle(Done(parcel.id, mail_id, parcel.address, late), owner=slow.owner, dice=0.5)
    assert states(mail_id) == {"ann": DeliveryState.ACCEPTED}


def test_a_mail_with_which_three_senders_died_waits_for_a_person(post, server, time, sender):
    mail_id = post("ann")
    for _ in range(3):
        dying = sender()
        assert delivery_sender._settle_and_take(dying, delivery_sender._Work(), most=1)
        time.move(dying.lease + timedelta(seconds=1))
        sweep.run()
    assert states(mail_id) == {"ann": DeliveryState.HELD}
    assert delivery_sender.run() == 0


def test_two_senders_never_hold_the_same_mail(post, server, sender):
    post("ann", "bob")
    first, second = sender(), sender()
    parcels = [
        delivery_sender._settle_and_take(s, delivery_sender._Work(), most=1) for s in (first, second, first)
    ]
    assert [[p.address for p in hand] for hand in parcels] == [["ann@example.org"], ["bob@example.org"], []]


def test_after_mail_came_back_five_times_we_stop_writing_there(post, server):
    for _ in range(5):
        mail_id = post("gone")
        delivery_sender.run()
        assert states(mail_id)["gone"] is DeliveryState.FAILED
    assert suppressions.of("gone@example.org").returned == 5
    assert states(post("gone")) == {"gone": DeliveryState.SUPPRESSED}


def test_one_mail_taken_in_between_starts_the_count_anew(post, server, time):
    for n in range(6):
        server.mood = "fine" if n == 4 else ""
        post("gone")
        delivery_sender.run()
        time.move(timedelta(minutes=1))
    assert suppressions.of("gone@example.org") is None


def test_a_member_can_have_us_try_her_address_again(post, server, time):
    for _ in range(5):
        post("gone")
        delivery_sender.run()
    time.move(timedelta(minutes=1))
    with transaction():
        assert suppressions.lift("gone@example.org")
    server.mood = "fine"
    mail_id = post("gone")
    assert delivery_sender.run() == 1
    assert states(mail_id) == {"gone": DeliveryState.ACCEPTED}


def test_a_provider_s_refusal_of_us_is_never_held_against_a_member(post, server):
    for _ in range(6):
        post("blocked")
        delivery_sender.run()
    assert suppressions.of("blocked@example.org") is None


def test_the_bytes_of_a_sign_in_mail_are_forgotten_after_a_day(server, network, time):
    with transaction():
        outbox.post(
            "mail/confirm",
            to=Address("ann@example.org"),
            context={"confirm_url": "https://example.org/secret"},
            network=network,
        )
    delivery_sender.run()
    time.move(timedelta(hours=25))
    sweep.run()
    assert db.session.scalars(select(Rendering.body)).all() == [None]


def test_mail_arrives_over_smtp_with_all_a_receiving_system_looks_for(app, post, tmp_path):
    post("ann", conversation="thread-41")
    with mailbox(app, tmp_path) as box:
        assert box.deliver() == 1
        mail = box.last_to("ann@example.org")
    assert mail["To"] == "ann <ann@example.org>"
    assert mail["Reply-To"] == "contact@example.org"
    assert mail["List-Id"] == "The UK network <uk.govnet.example.org>"
    assert mail["References"] == mail["In-Reply-To"] == "<thread-41.uk@govnet.example.org>"
    assert mail["List-Unsubscribe"].startswith("<http://127.0.0.1:5000/unsubscribe/")
    assert "mailto:contact@example.org?subject=unsubscribe%20" in mail["List-Unsubscribe"]
    assert mail["X-Envelope-From"] == "<govnet@govnet.example.org>"


def test_bounces_can_carry_the_delivery_s_token(app, post, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_RETURN_PATH", "bounce+{token}@govnet.example.org")
    mail_id = post("ann")
    with mailbox(app, tmp_path) as box:
        box.deliver()
        mail = box.last_to("ann@example.org")
    assert mail["X-Envelope-From"] == f"<bounce+{one(mail_id, 'ann').token}@govnet.example.org>"


def test_a_site_set_to_send_nothing_claims_nothing(app, post):
    mail_id = post("ann")
    app.extensions["mail"].suppress = True
    try:
        assert delivery_sender.run() == 0
    finally:
        app.extensions["mail"].suppress = False
    assert states(mail_id) == {"ann": DeliveryState.QUEUED}


def test_the_rate_is_kept(app, post, server, monkeypatch):
    import time as wall

    monkeypatch.setitem(app.config, "MAIL_RATE", 600)
    post("ann", "bob", "cy")
    began = wall.monotonic()
    delivery_sender.run()
    assert wall.monotonic() - began >= 0.2


def test_mail_that_nobody_sends_for_an_hour_is_called_stuck_in_the_log(post, server, time):
    post("ann", "bob", "cy")
    time.move(timedelta(minutes=59))
    assert not in_the_log()
    time.move(timedelta(minutes=2))
    (line,) = in_the_log()
    assert (line["event"], line["waiting"], line["oldest_minutes"]) == ("mail is stuck", 3, 61)


def test_a_queue_that_is_behind_but_being_worked_off_is_not_called_stuck(post, server, time):
    post("ann", "bob", "cy")
    time.move(timedelta(days=2))
    assert delivery_sender.run(at_once=1) == 1
    assert queries.trouble().waiting == 2
    assert not in_the_log()
    time.move(timedelta(minutes=61))
    assert len(in_the_log()) == 1


def in_the_log():
    with capture_logs() as lines:
        sweep.watch()
    return lines


@pytest.fixture
def commits(monkeypatch):
    """How many mails were in hand at each commit."""
    sizes, take = [], delivery_sender.claim.take

    def taking(*words, **more):
        parcels = take(*words, **more)
        sizes.append(len(parcels))
        return parcels

    monkeypatch.setattr(delivery_sender.claim, "take", taking)
    monkeypatch.setattr(delivery_sender, "HELD", 600.0)  # this machine is never slow
    return sizes


def test_a_quick_server_is_given_twenty_between_two_commits_and_a_slow_one_gets_one_at_a_time(
    post, server, commits, monkeypatch
):
    post(*(f"p{n}" for n in range(60)))
    assert delivery_sender.run(seconds=600) == 60
    assert commits == [1, 4, 16, 20, 19, 0]
    commits.clear()
    post(*(f"p{n}" for n in range(60)))
    monkeypatch.setattr(delivery_sender, "HELD", 0.0)
    assert delivery_sender.run(seconds=600) == 60
    assert commits == [1] * 60 + [0]


def test_after_the_first_that_is_not_taken_the_others_in_hand_wait_their_turn(post, server, commits):
    mail_id = post("p1", "p2", "p3", "gone", "p4", "later-x", "p5", "p6")
    assert delivery_sender.run(seconds=600) == 6
    assert commits == [1, 4, 1, 3, 1, 1, 0]
    assert states(mail_id)["gone"] is DeliveryState.FAILED
    assert states(mail_id)["later-x"] is DeliveryState.DEFERRED
    assert {address for address, _ in server.taken} == {f"p{n}@example.org" for n in range(1, 7)}
    assert not db.session.scalars(select(Delivery).where(Delivery.lost_leases > 0)).all()


def test_a_mail_with_which_a_sender_died_is_alone_in_hand(post, server, time, sender, commits):
    post("p1", "p2", "p3", "p4", "p5", "p6")
    dead = sender()
    assert len(delivery_sender._settle_and_take(dead, delivery_sender._Work(), most=3)) == 3
    time.move(dead.lease + timedelta(seconds=1))
    assert sweep.run() == 3
    commits.clear()
    assert delivery_sender.run(seconds=600) == 6
    assert commits == [1, 2, 1, 1, 1, 0]


def test_an_answer_that_cannot_be_recorded_does_not_send_the_others_again(post, server, time, monkeypatch):
    def fails(*_words):
        raise ValueError("of no kind that is known")

    mail_id = post("p1", "p2", "p3", "p4", "gone", "p5")
    monkeypatch.setattr(suppressions, "count_return", fails)
    with pytest.raises(ValueError, match="no kind"):
        delivery_sender.run()
    left = {name for name, state in states(mail_id).items() if state is not DeliveryState.ACCEPTED}
    assert left == {"gone", "p5"}
    monkeypatch.undo()
    time.move(timedelta(hours=1))
    sweep.run()
    while delivery_sender.run():
        pass
    assert len(server.taken) == len(set(server.taken)) == 5


@pytest.mark.parametrize(
    "step", [*(Step("statement", n) for n in range(1, 9)), Step(BEFORE, 2), Step(AFTER, 2)], ids=str
)
def test_a_database_that_is_away_for_a_moment_has_no_mail_sent_twice(post, server, monkeypatch, step):
    """The other steps are before anything was sent, or after everything was written down."""
    mail_id = post("p1", "p2", "p3", "p4", "p5")
    monkeypatch.setattr(delivery_sender, "_AGAIN", 0.0)
    failed, deliver = [], delivery_sender._deliver

    def once(*words):
        if not failed:
            failed.append(stack.enter_context(failing(db.engine, step)))
        return deliver(*words)

    monkeypatch.setattr(delivery_sender, "_deliver", once)
    with ExitStack() as stack:
        delivery_sender.run()
    while delivery_sender.run():
        pass
    assert failed
    assert set(states(mail_id).values()) == {DeliveryState.ACCEPTED}
    assert len(server.taken) == len(set(server.taken)) == 5


def test_a_mail_over_which_the_sender_stumbles_does_not_send_the_others_again(
    post, server, time, monkeypatch
):
    deliver = delivery_sender._deliver

    def stumbles(sender, line, parcel):
        if parcel.name == "p4":
            raise ValueError("of no kind that is known")
        return deliver(sender, line, parcel)

    mail_id = post("p1", "p2", "p3", "p4", "p5")
    monkeypatch.setattr(delivery_sender, "_deliver", stumbles)
    for _ in range(3):
        with pytest.raises(ValueError, match="no kind"):
            delivery_sender.run()
        time.move(timedelta(minutes=10))
        sweep.run()
    delivery_sender.run()
    assert states(mail_id) == {"p4": DeliveryState.HELD} | dict.fromkeys(
        ("p1", "p2", "p3", "p5"), DeliveryState.ACCEPTED
    )
    assert len(server.taken) == len(set(server.taken)) == 4


def test_a_server_s_answer_is_kept_without_characters_that_no_database_takes(post, server):
    mail_id = post("nul")
    server.mood = "nul"
    delivery_sender.run()
    assert one(mail_id, "nul").words == "5.1.1 nobody"
