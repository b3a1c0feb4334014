"""Reports, hiding in the open, and appeals that others hear."""

from __future__ import annotations

import quopri
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from govnet.desk.queries import how_many_on_desk
from govnet.extensions import db
from govnet.forum import queries
from govnet.forum.models import Appeal, Hiding, Post, PostVersion, Report
from govnet.forum.moderation import actions as moderation_actions
from govnet.forum.moderation import queries as moderation_queries
from govnet.forum.states import AppealOutcome, HidingKind, PostState, Readership, ReportState
from govnet.forum.threads import actions
from govnet.kernel import clock
from govnet.kernel.actor import VISITOR, Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail, Rendering
from govnet.mail.outgoing import distribution
from govnet.record.queries import details, entries_about, entry, head_number
from tests import builders
from tests.chain import faults_of
from tests.forum.made import a_post, a_thread, a_topic

pytestmark = pytest.mark.usefixtures("context")
SECRET = "Her telephone number is 020 7946 0123"


class Room:
    """A network with a committee of three, somebody who wrote something, and somebody who minds."""

    def __init__(self) -> None:
        self.network = builders.a_network()
        body = builders.a_committee(self.network, seats=4)
        self.sam, self.tess, self.uma = (builders.a_member(self.network, n) for n in ("Sam", "Tess", "Uma"))
        for seat, person in enumerate((self.sam, self.tess, self.uma), 1):
            builders.seated(body, person, seat=seat)
        self.ann = builders.a_member(self.network, "Ann Author")
        self.bo = builders.a_member(self.network, "Bo Reader")
        self.topic = a_topic(self.network)
        self.thread = a_thread(self.topic, self.bo)
        self.post = a_post(self.thread, self.ann, SECRET)

    def actor(self, person):
        return builders.acting(person, self.network)

    def hide(self, by=None, kind=HidingKind.HIDDEN, reason="It names a private number."):
        with transaction():
            return moderation_actions.hide(
                self.post, by=self.actor(by or self.sam), kind=kind, reason=reason, via=Door.WEB
            )

    def report(self, by, **values):
        with transaction():
            return moderation_actions.report(self.post, by=by, reason="It is private", via=Door.WEB, **values)

    def appeal(self, hiding):
        with transaction():
            me = self.actor(self.ann)
            return moderation_actions.appeal(hiding, by=me, text="It is my own number.", via=Door.WEB)

    def hear(self, appeal, person, outcome):
        with transaction():
            moderation_actions.hear(
                appeal, by=self.actor(person), outcome=outcome, reason="Because.", via=Door.WEB
            )

    def state(self):
        db.session.expire_all()
        return db.session.get_one(Post, self.post.id).state

    def letters(self, address_of=None):
        query = select(Mail.template, Delivery.address, Rendering.subject, Rendering.body).join(
            Delivery, Delivery.mail_id == Mail.id
        )
        query = query.join(Rendering, Rendering.id == Delivery.rendering_id).order_by(Delivery.id)
        return db.session.execute(query).all()

    def last(self):
        return details(entry(self.network.id, head_number(self.network.id)))


@pytest.fixture
def room(context):
    return Room()


def test_a_committee_member_hides_a_post_and_its_author_gets_text_and_reason(room):
    room.hide()
    assert room.state() is PostState.HIDDEN
    [letter] = room.letters()
    body = letter.body.decode()
    assert letter.template == "forum/hidden"
    assert "names a private number" in body
    assert "7946 0123" in body
    assert "You can appeal until" in body


def test_the_record_says_who_hid_a_post_and_why_but_not_its_text(room):
    room.hide()
    said = room.last()
    assert (said["verb"], said["reason"], said["authority"].split(":")[0]) == (
        "forum.hidden", "It names a private number.", "term",
    )  # fmt: skip
    assert not left_of(room, SECRET)
    assert faults_of(room.network.id) == []


def left_of(room, text):
    """Whether the record, as anybody gets it, has a text, or something from which it could be guessed."""
    lines = current_app.test_client().get(f"/{room.network.slug}/data/record.jsonl").text
    return text in lines or actions.digest(text) in lines


def test_from_what_is_hidden_nothing_can_be_guessed_and_what_is_shown_again_can_be_checked(room):
    assert left_of(room, SECRET)
    hiding = room.hide()
    assert not left_of(room, SECRET)
    with transaction():
        moderation_actions.lift(hiding, by=room.actor(room.sam), why="It is public.", via=Door.WEB)
    assert left_of(room, SECRET) and faults_of(room.network.id) == []


def test_with_the_first_post_of_a_discussion_goes_its_digest(room):
    first = db.session.scalars(select(Post).where(Post.number == 1)).one()
    text, room.post = first.source, first
    assert left_of(room, text)
    room.hide()
    assert not left_of(room, text)
    room.hide(kind=HidingKind.REMOVED)
    assert not left_of(room, text) and faults_of(room.network.id) == []


def test_a_member_cannot_hide_a_post(room):
    with pytest.raises(NotAllowed, match="committee"):
        room.hide(by=room.bo)
    assert room.state() is PostState.VISIBLE


def test_where_the_charter_says_so_only_the_chair_hides():
    network = builders.a_network("chaired", parameters='{"conduct.who_may_hide": "chair"}')
    body = builders.a_committee(network)
    chair, sam = builders.a_member(network, "Cher"), builders.a_member(network, "Sam")
    builders.seated(body, chair, seat=1)
    builders.seated(body, sam, seat=2)
    post = a_post(a_thread(a_topic(network), sam), sam)
    hide = {"kind": HidingKind.HIDDEN, "reason": "Rude", "via": Door.WEB}
    with pytest.raises(NotAllowed), transaction():
        moderation_actions.hide(post, by=builders.acting(sam, network), **hide)
    with transaction():
        moderation_actions.hide(post, by=builders.acting(chair, network), **hide)
    assert db.session.get_one(Post, post.id).state is PostState.HIDDEN


def test_a_post_is_hidden_once(room):
    room.hide()
    with pytest.raises(RuleBroken, match="in the meantime"):
        room.hide(by=room.tess)
    with pytest.raises(IntegrityError), transaction():
        db.session.add(
            Hiding(network_id=room.network.id, post_id=room.post.id, kind=HidingKind.HIDDEN, reason="Again",
                   by_id=room.sam.id, at=clock.now())
        )  # fmt: skip


def test_a_removed_text_is_gone_from_everywhere_and_so_is_its_digest(room):
    with transaction():
        moved = {"body": SECRET + "!", "revision": 1, "via": Door.WEB}
        actions.change_post(room.post, by=room.actor(room.ann), **moved)
    while distribution.run():
        pass
    assert any("7946 0123" in (letter.body or b"").decode() for letter in room.letters())
    room.hide(kind=HidingKind.REMOVED)
    room.hide(by=room.tess, kind=HidingKind.REMOVED)
    post = db.session.get_one(Post, room.post.id)
    assert (post.state, post.source, post.html) == (PostState.REMOVED, "", "")
    assert db.session.query(PostVersion).count() == 0
    assert not left_of(room, SECRET) and not left_of(room, SECRET + "!")
    words = {e.verb: e.words for e in entries_about(room.network.id, f"post:{post.id}")}
    assert words["forum.replied"] is None
    assert words["forum.removed"] is not None
    for letter in room.letters():
        told = (letter.body or b"").decode()
        assert letter.template == "forum/hidden" or "7946 0123" not in told
    assert faults_of(room.network.id) == []


def test_mail_that_has_not_left_does_not_carry_a_hidden_post(room):
    while distribution.run():
        pass
    room.hide()
    states = db.session.execute(
        select(Delivery.state).join(Mail, Mail.id == Delivery.mail_id).where(Mail.template == "forum/replied")
    )
    assert {str(row.state) for row in states} == {"cancelled"}


def test_a_post_hidden_before_its_notices_notifies_nobody(room):
    room.hide()
    while distribution.run():
        pass
    assert "forum/replied" not in {letter.template for letter in room.letters()}


def test_a_hidden_text_can_still_be_removed(room):
    room.hide()
    room.hide(by=room.tess, kind=HidingKind.REMOVED)
    assert room.state() is PostState.REMOVED
    first, second = db.session.scalars(select(Hiding).order_by(Hiding.id))
    assert first.lifted_at is not None
    assert second.lifted_at is None
    with pytest.raises(RuleBroken, match="already gone"):
        room.hide(by=room.uma, kind=HidingKind.REMOVED)


def test_an_author_cannot_write_over_a_hidden_post(room):
    room.hide()
    with pytest.raises(RuleBroken, match="hidden"), transaction():
        change = {"body": "Other", "revision": 1, "via": Door.WEB}
        actions.change_post(room.post, by=room.actor(room.ann), **change)


def test_the_officer_who_hid_a_post_may_change_their_mind(room):
    hiding = room.hide()
    with transaction():
        moderation_actions.lift(hiding, by=room.actor(room.tess), why="It was her own number.", via=Door.WEB)
    assert room.state() is PostState.VISIBLE
    assert [letter.template for letter in room.letters()] == ["forum/hidden", "forum/shown_again"]
    with pytest.raises(RuleBroken, match="already"), transaction():
        moderation_actions.lift(hiding, by=room.actor(room.tess), why="Again", via=Door.WEB)


def test_only_its_author_appeals_once_and_in_time(room, time):
    hiding = room.hide()
    with pytest.raises(NotAllowed), transaction():
        moderation_actions.appeal(hiding, by=room.actor(room.bo), text="Unfair", via=Door.WEB)
    appeal = room.appeal(hiding)
    assert appeal.due_at == clock.now() + timedelta(days=14)
    with pytest.raises(RuleBroken, match="already"):
        room.appeal(hiding)


def test_after_the_charters_days_nobody_appeals(room, time):
    hiding = room.hide()
    time.move(timedelta(days=14, seconds=1))
    with pytest.raises(RuleBroken, match="over"):
        room.appeal(hiding)


def test_two_others_lift_a_hiding_and_the_author_is_notified(room):
    appeal = room.appeal(room.hide())
    room.hear(appeal, room.tess, AppealOutcome.LIFTED)
    assert room.state() is PostState.HIDDEN
    room.hear(appeal, room.uma, AppealOutcome.LIFTED)
    assert room.state() is PostState.VISIBLE
    assert room.last()["verb"] == "forum.appeal_granted"
    assert room.letters()[-1].template == "forum/shown_again"
    assert db.session.get_one(Appeal, appeal.id).outcome is AppealOutcome.LIFTED


def test_two_others_can_also_agree_with_the_hiding(room):
    appeal = room.appeal(room.hide())
    for person in (room.tess, room.uma):
        room.hear(appeal, person, AppealOutcome.UPHELD)
    assert room.state() is PostState.HIDDEN
    assert room.letters()[-1].template == "forum/stays_hidden"
    with pytest.raises(RuleBroken, match="decided"):
        room.hear(appeal, room.tess, AppealOutcome.LIFTED)


def test_the_hider_of_a_post_does_not_hear_the_appeal_and_nobody_does_twice(room):
    appeal = room.appeal(room.hide())
    with pytest.raises(RuleBroken, match="Two other people"):
        room.hear(appeal, room.sam, AppealOutcome.UPHELD)
    room.hear(appeal, room.tess, AppealOutcome.UPHELD)
    with pytest.raises(RuleBroken, match="Two other people"):
        room.hear(appeal, room.tess, AppealOutcome.UPHELD)
    with pytest.raises(NotAllowed):
        room.hear(appeal, room.bo, AppealOutcome.LIFTED)


def test_a_removed_text_that_should_have_stayed_can_be_written_again_by_its_author(room):
    appeal = room.appeal(room.hide(kind=HidingKind.REMOVED))
    for person in (room.tess, room.uma):
        room.hear(appeal, person, AppealOutcome.LIFTED)
    assert room.state() is PostState.VISIBLE
    with transaction():
        back = {"body": SECRET, "revision": 1, "via": Door.WEB}
        actions.change_post(room.post, by=room.actor(room.ann), **back)
    assert db.session.get_one(Post, room.post.id).source == SECRET


def test_the_desk_shows_an_appeal_to_those_who_can_hear_it(room):
    room.appeal(room.hide())
    assert how_many_on_desk(room.network, room.actor(room.sam)) == 0
    assert how_many_on_desk(room.network, room.actor(room.tess)) == 1


def test_a_report_waits_for_the_committee_and_its_sender_gets_an_answer(room):
    report = room.report(room.actor(room.bo))
    [waiting] = queries.reports_waiting(room.network.id)
    assert waiting.id == report.id
    with pytest.raises(RuleBroken, match="already"):
        room.report(room.actor(room.bo))
    with transaction():
        moderation_actions.dismiss(report, by=room.actor(room.sam), answer="It is her own.", via=Door.WEB)
    assert queries.reports_waiting(room.network.id) == []
    [letter] = room.letters()
    assert (letter.template, letter.subject) == (
        "forum/report_answered", "The post you reported in “Who belongs?” stands",
    )  # fmt: skip
    room.report(room.actor(room.bo))


def test_a_visitor_reports_with_an_address_and_is_answered_there(room):
    room.report(VISITOR, name="Vi Sitor", email="Vi@Example.org")
    room.hide()
    to = {letter.address: letter.template for letter in room.letters()}
    assert to["vi@example.org"] == "forum/report_answered"
    assert db.session.scalar(select(Report.state)) is ReportState.ACTED


def test_only_the_committee_sees_who_reported(room):
    room.report(room.actor(room.bo))
    last = entry(room.network.id, head_number(room.network.id))
    assert (last.verb, last.visibility.value) == ("forum.reported", "committee")


def test_the_committee_is_notified_of_a_report_and_of_an_appeal_but_not_the_officer_who_hid_it(room):
    room.report(room.actor(room.bo))
    appeal = room.appeal(room.hide())
    while distribution.run():
        pass
    told = {(letter.template, letter.address.partition("@")[0]) for letter in room.letters()}
    reported = {address for template, address in told if template == "forum/reported"}
    appealed = {address for template, address in told if template == "forum/appealed"}
    assert len(reported) == 3
    assert len(appealed) == 2
    assert appeal.id


def words_of(letter):
    return " ".join(quopri.decodestring(letter.body).decode().split())


def test_mails_about_an_appeal_say_until_when(room):
    room.appeal(room.hide())
    while distribution.run():
        pass
    mails = {letter.template: letter for letter in room.letters()}
    until = "until Mon 27 Apr 2015, 10:00 BST"
    assert f"You can appeal {until}" in words_of(mails["forum/hidden"])
    assert until in mails["forum/appealed"].subject
    assert until in words_of(mails["forum/appealed"])


def test_the_log_shows_a_members_case_to_members_only(room):
    thread = a_thread(room.topic, room.ann, audience=Readership.MEMBERS)
    room.post = a_post(thread, room.ann)
    room.hide()
    assert moderation_queries.log(room.network.id, VISITOR) == ([], False)
    [line], _ = moderation_queries.log(room.network.id, room.actor(room.bo))
    assert (line.by, line.reason) == ("Sam", "It names a private number.")
