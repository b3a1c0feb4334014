"""The recipients and the texts of the forum's notices."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from flask import current_app
from sqlalchemy import select

from govnet.extensions import db
from govnet.forum import queries
from govnet.forum.states import Readership
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail, Rendering
from govnet.mail.outgoing import distribution
from govnet.mail.preferences import actions
from govnet.mail.volume import Stance, Volume
from govnet.people.models import PersonEmail
from govnet.record.models import Telling
from tests import builders
from tests.forum.made import a_post, a_thread, a_topic

pytestmark = pytest.mark.usefixtures("context")


class Room:
    """Ann starts; Bo, Cy and Di are members, each with another volume; Vi only reads."""

    def __init__(self) -> None:
        self.network = builders.a_network()
        self.ann = builders.a_member(self.network, "Ann Author")
        self.eve = self.member("Eve Everything", Volume.EVERYTHING)
        self.con = self.member("Con Concerned", Volume.CONCERNS_ME)
        self.dig = self.member("Dig Digest", Volume.DIGEST)
        self.vot = self.member("Vot Votes", Volume.VOTES)
        self.topic = a_topic(self.network, "Money")

    def member(self, name, volume):
        person = builders.a_member(self.network, name)
        with transaction():
            actions.set_volume(builders.acting(person, self.network), self.network, volume)
        return person

    def stance(self, person, target, target_id, stance):
        with transaction():
            actions.take_stance(
                builders.acting(person, self.network), self.network, target, target_id, stance
            )

    def told(self, template):
        """The first names of those who are told with this template."""
        while distribution.run():
            pass
        assert db.session.scalar(select(Telling.error).where(Telling.error.is_not(None))) is None
        query = select(Delivery.name).join(Mail, Mail.id == Delivery.mail_id).where(Mail.template == template)
        return sorted(name.partition(" ")[0] for name in db.session.scalars(query))

    def letter(self, template):
        query = select(Rendering).join(Mail, Mail.id == Rendering.mail_id).where(Mail.template == template)
        row = db.session.scalars(query.order_by(Rendering.id.desc())).first()
        return row.subject, message_from_bytes(row.head + b"\r\n" + row.body, policy=default)


@pytest.fixture
def room(context):
    return Room()


def test_a_new_discussion_is_announced_to_followers_of_the_topic_and_those_who_want_everything(room):
    room.stance(room.dig, "topic", room.topic.id, Stance.FOLLOW)
    a_thread(room.topic, room.ann, title="Who pays?", body="For the **room**")
    assert room.told("forum/started") == ["Dig", "Eve"]
    subject, letter = room.letter("forum/started")
    assert subject == "Who pays?"
    assert letter["From"].addresses[0].display_name == "Ann Author via The UK network"
    assert "For the room" in letter.get_body(("plain",)).get_content()
    assert "<strong>room</strong>" in letter.get_body(("html",)).get_content()


def test_a_reply_is_announced_to_those_who_take_part_but_not_to_its_author(room):
    thread = a_thread(room.topic, room.ann)
    a_post(thread, room.con, "I wrote")
    assert room.told("forum/replied") == ["Ann", "Eve"]


def test_people_named_are_notified_unless_they_want_less(room):
    thread = a_thread(room.topic, room.ann)
    a_post(thread, room.eve, "What do @Con Concerned, @Dig Digest and @Vot Votes say?")
    assert room.told("forum/replied") == ["Ann", "Con"]


def test_a_muted_discussion_sends_no_notice(room):
    thread = a_thread(room.topic, room.ann)
    room.stance(room.eve, "thread", thread.id, Stance.MUTE)
    room.stance(room.ann, "thread", thread.id, Stance.MUTE)
    a_post(thread, room.con)
    assert room.told("forum/replied") == []


def test_the_committee_s_discussions_are_announced_to_the_committee_only(room):
    sam, tess = (
        builders.a_steering_member(room.network, "Sam"),
        builders.a_steering_member(room.network, "Tess"),
    )
    for person in (tess, room.eve):
        room.stance(person, "topic", room.topic.id, Stance.FOLLOW)
    a_thread(room.topic, sam, audience=Readership.COMMITTEE)
    assert room.told("forum/started") == ["Tess"]


def test_just_the_mail_gets_what_is_public_and_nothing_of_the_members(room):
    with transaction():
        row = actions.take_over(room.network, "list@example.org", "List Reader")
        row.volume = Volume.EVERYTHING
    a_thread(room.topic, room.ann, audience=Readership.MEMBERS)
    assert room.told("forum/started") == ["Eve"]
    a_thread(room.topic, room.ann)
    assert room.told("forum/started") == ["Eve", "Eve", "List"]


def test_a_stranger_who_follows_a_public_discussion_is_notified(room):
    thread = a_thread(room.topic, room.ann)
    room.stance(builders.a_person("Stranger"), "thread", thread.id, Stance.FOLLOW)
    a_post(thread, room.con)
    assert "Stranger" in room.told("forum/replied")


def test_replies_thread_in_a_mail_program(room):
    thread = a_thread(room.topic, room.ann, title="Who pays?")
    a_post(thread, room.con)
    assert room.told("forum/started")
    subject, reply = room.letter("forum/replied")
    _, start = room.letter("forum/started")
    assert subject == "Re: Who pays?"
    assert reply["References"] == start["References"]
    assert f"/uk/forum/{thread.id}/posts/2" in reply.get_body(("plain",)).get_content()


def test_followed_discussions_are_called_by_their_title(room):
    thread = a_thread(room.topic, room.ann, title="Who pays?")
    with current_app.test_request_context():
        threads, topics = queries.thread_titles([thread.id]), queries.topic_titles([room.topic.id])
    assert threads == {thread.id: ("Who pays?", f"/uk/forum/{thread.id}")}
    assert topics == {room.topic.id: ("Money", "/uk/forum/money")}


def test_nobody_without_an_address_stops_the_mail(room):
    thread = a_thread(room.topic, room.ann)
    with transaction():
        db.session.query(PersonEmail).filter_by(person_id=room.ann.id).delete()
    a_post(thread, room.con)
    assert room.told("forum/replied") == ["Eve"]
