"""One person removes nothing for good: a second one agrees, or the law wants it and others have two weeks to look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum.audit import changed_hidings
from govnet.forum.models import Appeal, Hiding, Post, PostVersion
from govnet.forum.moderation import actions
from govnet.forum.states import AppealOutcome, HidingKind, PostState
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import OwnCase, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail
from govnet.mail.outgoing import distribution
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.volume import Volume
from govnet.offices.models import Body
from govnet.people.models import Person
from govnet.record.models import Entry
from tests.builders import a_committee, a_coordinator, a_member, a_network, acting, seated, sign_in
from tests.forum.made import a_post, a_thread, a_topic
from tests.pages import opened, send

SECRET = "Her number is 020 7946 0123."
LAW = {"kind": HidingKind.REMOVED, "law": True}
GONE = {"kind": HidingKind.REMOVED}


class Room:
    """A committee of Sam and Tess, a coordinator, and a post of Ann's with a secret in it."""

    def __init__(self) -> None:
        network = a_network()
        self.network_id = network.id
        body = a_committee(network)
        self.ann, self.sam, self.tess = (a_member(network, name).id for name in ("Ann", "Sam", "Tess"))
        for seat, person in ((2, self.sam), (3, self.tess)):
            seated(body, db.session.get_one(Person, person), seat=seat)
        self.cory = a_coordinator(network).id
        ann = db.session.get_one(Person, self.ann)
        self.post_id = a_post(a_thread(a_topic(network), ann), ann, SECRET).id

    def hide(self, by: int, kind: HidingKind = HidingKind.HIDDEN, *, law: bool = False) -> int:
        actor = acting(db.session.get_one(Person, by), db.session.get_one(Network, self.network_id))
        with transaction():
            post = db.session.get_one(Post, self.post_id)
            return actions.hide(post, by=actor, kind=kind, reason="Private.", law=law, via=Door.WEB).id

    def lift(self, key: int, by: int) -> None:
        actor = acting(db.session.get_one(Person, by), db.session.get_one(Network, self.network_id))
        with transaction():
            actions.lift(db.session.get_one(Hiding, key), by=actor, why="It may stand.", via=Door.WEB)

    def appeal(self, key: int) -> int:
        actor = acting(db.session.get_one(Person, self.ann), db.session.get_one(Network, self.network_id))
        with transaction():
            row = actions.appeal(db.session.get_one(Hiding, key), by=actor, text="Why?", via=Door.WEB)
            db.session.flush()
            return row.id

    @property
    def state(self) -> PostState:
        db.session.expire_all()
        return db.session.get_one(Post, self.post_id).state

    @property
    def text(self) -> str:
        db.session.expire_all()
        return db.session.get_one(Post, self.post_id).source

    def told(self, template: str) -> set[int | None]:
        while distribution.run():
            pass
        query = select(Delivery.person_id).join(Mail, Mail.id == Delivery.mail_id)
        return set(db.session.scalars(query.where(Mail.template == template)))

    def verbs(self) -> list[str]:
        query = select(Entry.verb).where(Entry.subject == f"post:{self.post_id}").order_by(Entry.number)
        return list(db.session.scalars(query))


@pytest.fixture
def room(context: None) -> Room:
    return Room()


@pytest.mark.parametrize("wish", [GONE, LAW], ids=["removal", "law"])
def test_one_person_hides_and_removes_nothing(room: Room, wish: dict[str, object]) -> None:
    room.hide(room.sam, **wish)
    assert (room.state, room.text) == (PostState.HIDDEN, SECRET)
    with pytest.raises(RuleBroken, match="Somebody else has to agree"):
        room.hide(room.sam, **wish)
    with transaction():
        body = db.session.scalars(select(Body)).one()
        seated(body, db.session.get_one(Person, room.ann), seat=1)
    with pytest.raises(OwnCase):  # its author, on the committee by now, is no second person
        room.hide(room.ann, **GONE)
    assert (room.state, room.text) == (PostState.HIDDEN, SECRET)
    assert list(changed_hidings(room.network_id)) == []


@pytest.mark.parametrize("wish", [GONE, LAW, {}], ids=["removal", "law", "hidden"])
def test_a_second_person_removes_it(room: Room, wish: dict[str, object]) -> None:
    first = room.hide(room.sam, **wish)
    second = room.hide(room.tess, **GONE)
    assert (room.state, room.text) == (PostState.REMOVED, "")
    assert db.session.query(PostVersion).count() == 0
    row = db.session.get_one(Hiding, second)
    assert (row.kind, row.by_id, row.second_id) == (HidingKind.REMOVED, room.tess, room.sam)
    assert db.session.get_one(Hiding, first).lifted_at is not None
    assert room.verbs()[-1] == "forum.removed"
    assert list(changed_hidings(room.network_id)) == []
    with pytest.raises(RuleBroken, match="already gone"):
        room.hide(room.cory, **GONE)


def test_the_database_takes_no_removal_by_one(room: Room) -> None:
    alone = {"network_id": room.network_id, "post_id": room.post_id, "reason": "x", "at": clock.now()}
    for second in (None, room.sam):
        with pytest.raises(IntegrityError), transaction():
            db.session.add(Hiding(**alone, kind=HidingKind.REMOVED, by_id=room.sam, second_id=second))
    key = room.hide(room.sam)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Hiding).where(Hiding.id == key).values(kind=HidingKind.REMOVED))


@pytest.mark.parametrize("wish", [GONE, LAW], ids=["removal", "law"])
def test_the_other_officers_are_notified_at_once_however_little_mail_they_take(
    room: Room, wish: dict[str, object]
) -> None:
    network = db.session.get_one(Network, room.network_id)
    tess = acting(db.session.get_one(Person, room.tess), network)
    with transaction():
        preferences_actions.set_volume(tess, db.session.merge(network), Volume.VOTES)
    room.hide(room.sam, **wish)
    assert room.told("forum/removal") == {room.tess, room.cory}


def test_a_plain_hiding_asks_nobody_for_more(room: Room) -> None:
    room.hide(room.sam)
    assert room.told("forum/removal") == set()


def test_a_post_hidden_for_the_law_is_removed_after_two_weeks(room: Room, time: MovedClock) -> None:
    key = room.hide(room.sam, **LAW)
    time.move(timedelta(days=14) - timedelta(seconds=1))
    assert actions.remove_due() == 0
    time.move(timedelta(seconds=1))
    assert (actions.remove_due(), actions.remove_due()) == (1, 0)
    assert (room.state, room.text) == (PostState.REMOVED, "")
    assert db.session.get_one(Hiding, key).kind is HidingKind.REMOVED
    assert room.verbs()[-3:] == ["forum.hidden", "forum.removal_by_law", "forum.removed"]
    assert list(changed_hidings(room.network_id)) == []


def test_in_that_time_another_shows_it_again(room: Room, time: MovedClock) -> None:
    key = room.hide(room.sam, **LAW)
    time.move(timedelta(days=13))
    room.lift(key, room.tess)
    time.move(timedelta(days=2))
    assert actions.remove_due() == 0
    assert (room.state, room.text) == (PostState.VISIBLE, SECRET)


def test_an_appeal_is_decided_before_anything_is_gone(room: Room, time: MovedClock) -> None:
    key = room.hide(room.sam, **LAW)
    appeal = room.appeal(key)
    with pytest.raises(RuleBroken, match="has appealed"):
        room.hide(room.tess, **GONE)
    time.move(timedelta(days=15))
    assert actions.remove_due() == 0
    for person in (room.tess, room.cory):
        by = acting(db.session.get_one(Person, person), db.session.get_one(Network, room.network_id))
        with transaction():
            row = db.session.get_one(Appeal, appeal)
            actions.hear(row, by=by, outcome=AppealOutcome.UPHELD, reason="So.", via=Door.WEB)
    assert actions.remove_due() == 1
    assert room.state is PostState.REMOVED


def test_by_the_pages_two_remove_a_post(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        room = Room()
        sam, tess = (db.session.get_one(Person, key) for key in (room.sam, room.tess))
        other = sign_in(app.test_client(), tess)
        sign_in(client, sam)
    url = f"/uk/forum/posts/{room.post_id}/hide"
    said = send(client, url, {"kind": "removed", "reason": "Private."}).text
    assert "(committee)</bdi> wants this text removed for good. A second person has to agree." in " ".join(
        said.split()
    )
    with app.app_context():
        key = db.session.scalars(select(Hiding.id)).one()
    case = f"/uk/forum/moderation/{key}"
    assert f"{case}/remove" not in [form["action"] for form in opened(client, case).forms]
    assert case in opened(other, "/uk/desk").links
    assert case not in opened(client, "/uk/desk").links
    done = send(other, case, {"reason": "Yes, private."}, action="/remove")
    assert "Its text was removed" in done.text
    with app.app_context():
        assert room.state is PostState.REMOVED


def test_by_the_pages_the_law_has_its_days(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        room = Room()
        other = sign_in(app.test_client(), db.session.get_one(Person, room.tess))
        sign_in(client, db.session.get_one(Person, room.sam))
    url = f"/uk/forum/posts/{room.post_id}/hide"
    assert "deleted for good in 14 days" in opened(client, url).text
    send(client, url, {"kind": "law", "reason": "A court says so."})
    with app.app_context():
        key = db.session.scalars(select(Hiding.id)).one()
    case = f"/uk/forum/moderation/{key}"
    assert "unless somebody else shows the post again" in opened(other, case).text
    send(other, case, {"why": "The court has changed its mind."}, action="/lift")
    with app.app_context():
        assert room.state is PostState.VISIBLE
