"""Writing in the forum, whatever the door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from govnet.extensions import db
from govnet.forum import queries
from govnet.forum.models import Post, PostVersion, ReadMark, Thanks, Thread, Topic
from govnet.forum.states import PostState, Readership, ThreadState
from govnet.forum.threads import actions, read_marks, thanks
from govnet.forum.threads import queries as threads_queries
from govnet.forum.topics import actions as topics_actions
from govnet.kernel import clock
from govnet.kernel.actor import VISITOR, Door
from govnet.kernel.errors import NotAllowed, RuleBroken, Stale
from govnet.kernel.transaction import transaction
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.queries import stance_of
from govnet.mail.volume import Stance, Volume
from govnet.record.queries import details, entries_about, entry, head_number
from tests import builders
from tests.chain import faults_of
from tests.forum.made import a_post, a_thread, a_topic

pytestmark = pytest.mark.usefixtures("context")


def reply(thread, person, network, body="Yes."):
    with transaction():
        return actions.reply(thread, by=builders.acting(person, network), body=body, via=Door.WEB)


def test_a_member_starts_a_discussion_and_it_is_recorded_without_its_text(network, ann):
    thread = a_thread(a_topic(network), ann, body="A secret of *mine*")
    assert (thread.posts, thread.last_post_by_id) == (1, ann.id)
    first = queries.post_numbered(thread.id, 1)
    assert first.html == "<p>A secret of <em>mine</em></p>\n"
    [found] = entries_about(network.id, f"thread:{thread.id}")
    assert "secret" not in found.facts + found.words
    assert details(found)["text_digest"] == actions.digest("A secret of *mine*")
    assert faults_of(network.id) == []


def test_a_reply_gets_the_next_number_and_moves_the_thread_up(network, ann, time):
    thread = a_thread(a_topic(network), ann)
    time.move(timedelta(hours=2))
    bo = builders.a_member(network, "Bo Example")
    post = a_post(thread, bo, "Hello")
    db.session.refresh(thread)
    assert (post.number, thread.posts, thread.last_post_by_id) == (2, 2, bo.id)
    assert thread.last_post_at == clock.now()


def test_somebody_who_is_no_member_cannot_reply(network, ann):
    thread = a_thread(a_topic(network), ann)
    with pytest.raises(NotAllowed, match="members"):
        reply(thread, builders.a_person("Stranger"), network)
    with pytest.raises(NotAllowed), transaction():
        actions.reply(thread, by=VISITOR, body="Spam", via=Door.MAIL)
    assert db.session.get_one(Thread, thread.id).posts == 1


def test_a_charter_that_lets_anyone_write_lets_anyone_signed_in_write():
    network = builders.a_network("open", parameters='{"discussion.who_may_post": "anyone"}')
    thread = a_thread(a_topic(network), builders.a_member(network))
    assert reply(thread, builders.a_person("Guest"), network).number == 2
    with pytest.raises(NotAllowed), transaction():
        actions.reply(thread, by=VISITOR, body="Spam", via=Door.WEB)


def test_a_charter_that_leaves_beginning_to_the_committee_is_obeyed():
    network = builders.a_network("strict", parameters='{"discussion.who_may_start": "committee"}')
    topic = a_topic(network)
    with pytest.raises(NotAllowed, match="committee"):
        a_thread(topic, builders.a_member(network))
    assert a_thread(topic, builders.a_steering_member(network)).posts == 1


def test_members_neither_read_nor_write_in_the_committees_discussions(network, ann):
    sam = builders.a_steering_member(network)
    thread = a_thread(a_topic(network), sam, audience=Readership.COMMITTEE)
    with pytest.raises(NotAllowed):
        reply(thread, ann, network)
    assert reply(thread, sam, network).number == 2
    assert entries_about(network.id, f"thread:{thread.id}")[0].visibility.value == "committee"


def test_a_discussion_cannot_be_wider_than_its_topic(network, ann):
    topic = a_topic(network, audience=Readership.MEMBERS)
    with pytest.raises(RuleBroken, match="fewer readers"):
        a_thread(topic, ann, audience=Readership.PUBLIC)
    assert a_thread(topic, ann).visibility is Readership.MEMBERS


def test_a_closed_discussion_takes_no_reply_and_says_when_it_closed(network, ann):
    thread = a_thread(a_topic(network), ann)
    with transaction():
        actions.close_thread(thread, by=builders.acting(ann, network), via=Door.WEB)
    with pytest.raises(RuleBroken, match="closed on Mon 13 Apr 2015"):
        reply(thread, ann, network)
    with transaction():
        actions.reopen_thread(thread, by=builders.acting(ann, network), via=Door.WEB)
    assert reply(thread, ann, network).number == 2


def test_only_who_started_it_or_an_officer_closes_a_discussion(network, ann):
    thread = a_thread(a_topic(network), ann)
    bo, cory = builders.a_member(network), builders.a_coordinator(network)
    with pytest.raises(NotAllowed), transaction():
        actions.close_thread(thread, by=builders.acting(bo, network), via=Door.WEB)
    with transaction():
        actions.close_thread(thread, by=builders.acting(cory, network), via=Door.WEB)
    assert db.session.get_one(Thread, thread.id).state is ThreadState.CLOSED


def test_an_archived_topic_takes_no_new_discussions(network, ann):
    topic = a_topic(network)
    with transaction():
        officer = builders.acting(builders.a_coordinator(network), network)
        topics_actions.change_topic(
            topic, topics_actions.TopicInput(title="Old", archived=True), by=officer, via=Door.WEB
        )
    with pytest.raises(RuleBroken, match="no longer takes new discussions"):
        a_thread(topic, ann)


def test_an_edit_keeps_the_earlier_text(network, ann, time):
    post = a_post(a_thread(a_topic(network), ann), ann, "First")
    written = clock.now()
    time.move(timedelta(hours=1))
    with transaction():
        me = builders.acting(ann, network)
        actions.change_post(post, by=me, body="Second", revision=1, via=Door.WEB)
    db.session.expire_all()
    post = queries.post_of(post.id)
    assert (post.source, post.revision, post.edited_at) == ("Second", 2, clock.now())
    [earlier] = threads_queries.earlier_versions(post)
    assert (earlier.source, earlier.at) == ("First", written)


def test_an_edit_of_an_older_text_than_the_newest_is_stale_and_loses_nothing(network, ann):
    post = a_post(a_thread(a_topic(network), ann), ann, "First")
    me = builders.acting(ann, network)
    with transaction():
        actions.change_post(post, by=me, body="From my phone", revision=1, via=Door.WEB)
    with pytest.raises(Stale) as stale, transaction():
        actions.change_post(post, by=me, body="From my desk", revision=1, via=Door.WEB)
    assert (stale.value.newer, stale.value.yours) == ("From my phone", "From my desk")
    assert queries.post_of(post.id).source == "From my phone"
    assert db.session.query(PostVersion).count() == 1


def test_an_edit_that_changes_nothing_is_no_edit(network, ann):
    post = a_post(a_thread(a_topic(network), ann), ann, "Same")
    before = head_number(network.id)
    with transaction():
        actions.change_post(post, by=builders.acting(ann, network), body="Same", revision=1, via=Door.WEB)
    assert head_number(network.id) == before


def test_nobody_changes_what_somebody_else_wrote_not_even_the_chair(network, ann):
    post = a_post(a_thread(a_topic(network), ann), ann)
    sam = builders.a_steering_member(network)
    with pytest.raises(NotAllowed), transaction():
        actions.change_post(post, by=builders.acting(sam, network), body="Mine", revision=1, via=Door.WEB)


def head(thread, **changes):
    values = {
        "title": thread.title,
        "frame": actions.frame_of(thread),
        "summary": thread.summary,
        "revision": 1,
    }
    return actions.Head(**{**values, **changes})


def test_a_frame_and_a_summary_say_who_wrote_them_and_when(network, ann):
    thread = a_thread(a_topic(network), ann)
    frame = actions.Frame(question="Who is in?", decides="All members", until=clock.now().date())
    with transaction():
        me = builders.acting(ann, network)
        actions.frame_thread(thread, head(thread, frame=frame, summary="So *far*"), by=me, via=Door.WEB)
    db.session.expire_all()
    thread = queries.thread_of(thread.id)
    assert thread.summary_html == "<p>So <em>far</em></p>\n"
    assert (thread.summary_by_id, thread.summary_at, thread.revision) == (ann.id, clock.now(), 2)
    last = details(entry(network.id, head_number(network.id)))
    assert last["changed"] == ["frame", "summary"]


def test_two_who_sum_up_at_once_read_so(network, ann):
    thread = a_thread(a_topic(network), ann)
    me = builders.acting(ann, network)
    with transaction():
        actions.frame_thread(thread, head(thread, summary="One"), by=me, via=Door.WEB)
    with pytest.raises(Stale), transaction():
        actions.frame_thread(thread, head(thread, summary="Two", revision=1), by=me, via=Door.WEB)
    assert queries.thread_of(thread.id).summary == "One"


def test_authors_follow_unless_they_want_little_mail(network, ann):
    thread = a_thread(a_topic(network), ann)
    assert stance_of(ann.id, "thread", thread.id) is Stance.FOLLOW
    quiet = builders.a_member(network, "Quiet")
    with transaction():
        preferences_actions.set_volume(builders.acting(quiet, network), network, Volume.DIGEST)
    a_post(thread, quiet)
    assert stance_of(quiet.id, "thread", thread.id) is None


def test_people_who_muted_a_discussion_do_not_follow_it_by_writing(network, ann):
    thread = a_thread(a_topic(network), ann)
    with transaction():
        preferences_actions.take_stance(
            builders.acting(ann, network), network, "thread", thread.id, Stance.MUTE
        )
    a_post(thread, ann)
    assert stance_of(ann.id, "thread", thread.id) is Stance.MUTE


def test_thanks_are_counted_once_each_and_can_be_taken_back(network, ann):
    post = a_post(a_thread(a_topic(network), ann), ann)
    for name in ("Bo", "Cy"):
        fan = builders.a_member(network, name)
        for _ in range(3):
            with transaction():
                thanks.thank(post, by=builders.acting(fan, network))
    db.session.expire_all()
    assert queries.post_of(post.id).thanks == 2
    for _ in range(2):
        with transaction():
            thanks.take_thanks_back(post, by=builders.acting(fan, network))
    db.session.expire_all()
    assert queries.post_of(post.id).thanks == db.session.query(Thanks).count() == 1


def test_nobody_thanks_themselves(network, ann):
    post = a_post(a_thread(a_topic(network), ann), ann)
    with pytest.raises(RuleBroken, match="your own"), transaction():
        thanks.thank(post, by=builders.acting(ann, network))


def test_a_mark_never_moves_back(network, ann):
    thread = a_thread(a_topic(network), ann)
    for number in (5, 3, 9):
        with transaction():
            read_marks.mark_read(thread.id, ann.id, number)
    assert db.session.scalar(select(ReadMark.number)) == 9


@pytest.mark.parametrize("slug", ["2015", "moderation", "x", "Upper"])
def test_a_topics_address_that_could_be_something_else_is_refused_by_the_database(network, slug):
    with pytest.raises(IntegrityError), transaction():
        db.session.add(Topic(network_id=network.id, slug=slug, title="T", position=1))


def test_two_topics_of_one_name_get_two_addresses(network):
    assert [a_topic(network, "Money").slug for _ in range(3)] == ["money", "money-2", "money-3"]


def test_the_database_keeps_no_text_of_a_removed_post(network, ann):
    post = a_post(a_thread(a_topic(network), ann), ann)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text("UPDATE post SET state = 'removed' WHERE id = :id"), {"id": post.id})
    assert queries.post_of(post.id).state is PostState.VISIBLE
    assert db.session.query(Post).count() == 2
