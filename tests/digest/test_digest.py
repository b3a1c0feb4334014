"""The weekly digest: what it covers, who gets it, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from govnet.digest import actions as digest_actions
from govnet.digest.models import WeeklyDigest
from govnet.digest.rules import DigestLine, Item, grouped, last_slot
from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery
from govnet.mail.preferences import actions
from govnet.mail.volume import Volume
from govnet.membership.models import MembershipState
from govnet.record import registry
from govnet.record.events import Visibility
from tests import builders
from tests.mail.conftest import Said, say
from tests.mailbox import mailbox, text

WEEK = timedelta(days=7)


@given(st.datetimes(datetime(2014, 1, 1), datetime(2016, 1, 1), timezones=st.just(UTC)))
def test_the_slot_is_the_last_monday_at_eight(now):
    slot = last_slot(now, "Europe/London")
    assert (slot.weekday(), slot.hour, slot.minute) == (0, 8, 0)
    assert timedelta() <= now - slot <= WEEK + timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (datetime(2015, 4, 13, 6, 59, 59, tzinfo=UTC), datetime(2015, 4, 6, 7, tzinfo=UTC)),
        (datetime(2015, 4, 13, 7, 0, tzinfo=UTC), datetime(2015, 4, 13, 7, tzinfo=UTC)),
        (datetime(2015, 4, 19, 23, 30, tzinfo=UTC), datetime(2015, 4, 13, 7, tzinfo=UTC)),
    ],
)
def test_a_week_begins_on_monday_at_eight_itself_by_the_networks_clock(now, slot):
    assert last_slot(now, "Europe/London") == slot


def test_it_is_monday_where_the_network_is():
    early = datetime(2015, 4, 12, 20, 30, tzinfo=UTC)  # Monday, 8:30 in Auckland
    assert last_slot(early, "Pacific/Auckland") == datetime(2015, 4, 12, 20, tzinfo=UTC)


def test_the_clock_s_change_moves_no_digest_on_the_wall():
    before = last_slot(datetime(2015, 3, 24, tzinfo=UTC), "Europe/London")
    after = last_slot(datetime(2015, 3, 31, tzinfo=UTC), "Europe/London")
    assert (before.astimezone(UTC).hour, after.astimezone(UTC).hour) == (8, 7)


def test_the_same_thing_again_and_again_is_one_line():
    items = [Item("forum.replied", f"thread:{n % 2}", f"Reply {n}", f"/t/{n % 2}") for n in range(5)]
    odd = Item("odd.thing", None, "Odd", None)
    lines = grouped(
        [odd, *items, Item("forum.post.hidden", "post:1", "Hidden", None)], ("decisions", "forum")
    )
    assert lines == {
        "forum": [
            DigestLine("Hidden", None, 0),
            DigestLine("Reply 4", "/t/0", 2),
            DigestLine("Reply 3", "/t/1", 1),
        ]
    }


@pytest.fixture
def network(context, monkeypatch):
    """A network whose first digest has begun; what is said counts as a discussion."""
    monkeypatch.setattr(Said, "verb", "forum.said")
    registry.events()["forum.said"] = Said
    network = builders.a_network()
    digest_actions.run()
    yield network
    registry.events().pop("forum.said")


def wants_digest(network, person):
    with transaction():
        actions.set_volume(builders.acting(person, network), network, Volume.DIGEST)
    return person


def sent():
    return sorted(db.session.scalars(select(Delivery.name)))


def test_on_monday_a_digest_tells_what_happened_since_the_last(app, network, time, tmp_path):
    ann = wants_digest(network, builders.a_member(network, "Ann"))
    builders.a_member(network, "Bob")
    say(network, ann)
    time.move(timedelta(days=6))
    assert digest_actions.run() == 0
    time.move(timedelta(days=1))
    assert [digest_actions.run(), digest_actions.run()] == [1, 0]
    assert sent() == ["Ann"]
    with mailbox(app, tmp_path) as box:
        box.deliver()
        (mail,) = box.mails()
    assert mail["Subject"] == "The week at The UK network: Mon 13 Apr 2015 to Mon 20 Apr 2015"
    assert "Discussions" in text(mail)
    assert "Ann said something" in text(mail)
    assert "http://127.0.0.1:5000/uk/record" in text(mail)


def test_a_week_without_anything_sends_nothing_and_the_next_covers_on(network, time):
    ann = wants_digest(network, builders.a_member(network, "Ann"))
    time.move(WEEK)
    assert digest_actions.run() == 0
    say(network, ann)
    assert digest_actions.run() == 0, "not before Monday"
    time.move(WEEK)
    assert digest_actions.run() == 1
    time.move(WEEK)
    assert digest_actions.run() == 0
    assert sent() == ["Ann"]


def test_where_nobody_wants_one_the_digest_still_moves_on(network, time):
    say(network, builders.a_member(network, "Ann"))
    time.move(WEEK)
    assert digest_actions.run() == 0
    numbers = db.session.scalars(select(WeeklyDigest.number).order_by(WeeklyDigest.number)).all()
    assert numbers == [0, 1]


def test_a_notice_for_members_goes_to_members_only(app, network, time, tmp_path, monkeypatch):
    monkeypatch.setattr(Said, "visibility", Visibility.MEMBERS)
    ann = wants_digest(network, builders.a_member(network, "Ann"))
    gone = wants_digest(network, builders.a_member(network, "Gone", state=MembershipState.ACTIVE))
    with transaction():
        for membership in db.session.query(builders.Membership).filter_by(person_id=gone.id):
            membership.state, membership.end = MembershipState.RESIGNED, builders.clock.today("UTC")
        actions.set_address_volume(actions.take_over(network, "eve@example.org").token, Volume.DIGEST)
    say(network, ann)
    time.move(WEEK)
    assert digest_actions.run() == 1
    assert sent() == ["Ann"]


def test_many_lines_are_cut_with_a_link_to_the_rest(network, time, app, tmp_path, monkeypatch):
    ann = wants_digest(network, builders.a_member(network, "Ann"))
    monkeypatch.setattr("govnet.digest.actions.grouped", lambda items, order: {
        "forum": [DigestLine(f"Thing {n}", f"/uk/forum/{n}", 0) for n in range(30)]
    })  # fmt: skip
    say(network, ann)
    time.move(WEEK)
    digest_actions.run()
    with mailbox(app, tmp_path) as box:
        box.deliver()
        words = text(box.mails()[0])
    assert "Thing 11" in words
    assert "Thing 12" not in words
    assert "and 18 more" in words
