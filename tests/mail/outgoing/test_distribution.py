"""From an entry of the record to deliveries: once, to the right people, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.mail import queries, suppressions
from govnet.mail.headers import Address, BadHeader
from govnet.mail.message import Envelope, Template, personalise
from govnet.mail.models import Delivery, Mail, Rendering, Suppression
from govnet.mail.outgoing import outbox
from govnet.mail.preferences import actions
from govnet.mail.rules import DeliveryState, Priority, Why
from govnet.mail.volume import News, Stance, Volume
from govnet.record.models import Telling
from tests import builders
from tests.mail.conftest import say, tell

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def network():
    return builders.a_network(list_address="old-list@example.org")


@pytest.fixture
def people(network):
    return {name: builders.a_member(network, name) for name in ("Ann", "Bob", "Cy", "Dee")}


def addressed() -> list[str]:
    rows = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()
    return sorted(row.name or row.address for row in rows)


def everybody(people):
    return [person.id for person in people.values()]


def set_volume(person, network, volume):
    with transaction():
        actions.set_volume(builders.acting(person, network), network, volume)


def test_the_worker_notifies_those_who_want_it_but_not_the_author(network, people, teller):
    teller.tells(people=everybody(people), concerned=[people["Ann"].id, people["Bob"].id])
    set_volume(people["Dee"], network, Volume.EVERYTHING)
    say(network, people["Ann"])
    assert tell() == 1
    assert addressed() == ["Bob", "Dee"]


def test_an_entry_is_announced_once_however_often_the_worker_runs(network, people, teller):
    teller.tells(people=everybody(people), news=News.ANNOUNCEMENT)
    say(network, people["Ann"])
    assert [tell(), tell(), tell()] == [1, 0, 0]
    assert addressed() == ["Bob", "Cy", "Dee"]


def test_an_entry_without_notices_is_done_with(network, people):
    say(network, people["Ann"])
    assert [tell(), tell()] == [1, 0]
    assert addressed() == []


def test_news_that_are_five_days_old_notify_nobody(network, people, teller, time):
    teller.tells(people=everybody(people), news=News.ANNOUNCEMENT)
    say(network, people["Ann"])
    time.move(timedelta(days=5, minutes=1))
    assert tell() == 1
    assert teller.asked == 0
    assert addressed() == []


def test_a_failed_feature_is_asked_again_later_and_its_error_is_kept(network, people, teller, time):
    teller.error = ValueError("no such thread")
    say(network, people["Ann"])
    assert [tell(), tell()] == [0, 0]
    row = db.session.scalars(select(Telling)).one()
    assert row.error == "ValueError: no such thread"
    assert row.lease_owner is None
    assert [t.entry_id for t in queries.trouble().told_wrong] == [row.entry_id]
    teller.error = None
    teller.tells(people=everybody(people), news=News.ANNOUNCEMENT)
    time.move(timedelta(minutes=1))
    assert tell() == 1
    assert addressed() == ["Bob", "Cy", "Dee"]


def test_a_worker_that_lost_its_lease_writes_nothing(network, people, teller, time):
    from govnet.mail.outgoing import distribution

    teller.tells(people=everybody(people), news=News.ANNOUNCEMENT)
    say(network, people["Ann"])
    (entry_id,) = distribution._claim("first")
    assert distribution._claim("second") == []
    time.move(distribution.LEASE + timedelta(seconds=1))
    assert distribution._claim("second") == [entry_id]
    batches = distribution._batches(entry_id)
    assert not distribution._write(entry_id, "first", batches)
    assert addressed() == []
    assert distribution._write(entry_id, "second", batches)
    assert addressed() == ["Bob", "Cy", "Dee"]


def test_people_who_muted_the_discussion_get_nothing_and_followers_do(network, people, teller):
    bob, cy = (builders.acting(people[n], network) for n in ("Bob", "Cy"))
    with transaction():
        actions.take_stance(bob, network, "thread", 41, Stance.MUTE)
        actions.take_stance(cy, network, "thread", 41, Stance.FOLLOW)
    teller.tells(people=everybody(people), concerned=everybody(people)[:2], thread=41, topic=4)
    say(network, people["Ann"])
    tell()
    assert addressed() == ["Cy"]
    assert queries.stance_of(people["Cy"].id, "thread", 41) is Stance.FOLLOW


def test_people_who_ask_for_less_mail_no_longer_follow_threads_because_they_wrote_there(
    network, people, teller
):
    cy = builders.acting(people["Cy"], network)
    with transaction():
        actions.take_stance(cy, network, "thread", 41, Stance.FOLLOW)
        actions.take_stance(cy, network, "thread", 42, Stance.MUTE)
    set_volume(people["Cy"], network, Volume.VOTES)
    assert queries.stance_of(people["Cy"].id, "thread", 41) is None
    assert queries.stance_of(people["Cy"].id, "thread", 42) is Stance.MUTE
    with transaction():
        actions.take_stance(cy, network, "thread", 41, Stance.FOLLOW)
    set_volume(people["Cy"], network, Volume.DIGEST)
    assert queries.stance_of(people["Cy"].id, "thread", 41) is Stance.FOLLOW


def test_notices_that_always_go_out_reach_even_people_who_muted_and_want_only_votes(network, people, teller):
    with transaction():
        actions.take_stance(builders.acting(people["Bob"], network), network, "thread", 41, Stance.MUTE)
    set_volume(people["Cy"], network, Volume.VOTES)
    roll = [people["Ann"].id, people["Bob"].id, people["Cy"].id]
    teller.tells(news=News.VOTE, always=roll, thread=41)
    say(network, people["Ann"])
    tell()
    assert addressed() == ["Ann", "Bob", "Cy"]


def test_subscribers_get_news_once_the_address_said_yes(network, people, teller):
    with transaction():
        asked = actions.subscribe_address(network, "Eve@example.org", "Eve").token
        actions.take_over(network, "old@example.org", "Old")
        actions.subscribe_address(network, "never@example.org")
    with transaction():
        actions.confirm(asked)
    teller.tells(news=News.ANNOUNCEMENT, subscribers=True, to_list=True)
    say(network, people["Ann"])
    tell()
    mail = db.session.scalars(select(Mail).where(Mail.key.startswith("entry:"))).one()
    rows = db.session.scalars(select(Delivery).where(Delivery.mail_id == mail.id)).all()
    assert {row.address for row in rows} == {
        "eve@example.org",
        "old@example.org",
        "old-list@example.org",
    }


def test_an_address_gets_a_mail_once_though_it_is_there_twice(network, people, teller):
    with transaction():
        actions.take_over(network, "person-twice@example.org")
    twice = builders.a_person("Twice", email="person-twice@example.org")
    teller.tells(news=News.ANNOUNCEMENT, people=[twice.id], subscribers=True)
    say(network, people["Ann"])
    tell()
    assert addressed() == ["Twice"]


def test_where_we_stopped_writing_is_counted_but_not_sent(network, people, teller):
    with transaction():
        address = "person-gone@example.org"
        gone = builders.a_person("Gone", email=address)
        digest = suppressions.digest(address)
        db.session.add(Suppression(digest=digest, why=Why.ADDRESS_GONE, returned=5, since=telling_now()))
    teller.tells(news=News.ANNOUNCEMENT, people=[gone.id, people["Bob"].id])
    say(network, people["Ann"])
    tell()
    (mail_id,) = db.session.scalars(select(Mail.id))
    found = queries.progress([mail_id])
    assert (found.audience, found.waiting, found.not_sent) == (2, 1, 1)


def telling_now():
    from govnet.kernel import clock

    return clock.now()


def test_one_mail_is_rendered_once_for_members_and_once_for_the_others(network, people, teller):
    with transaction():
        actions.take_over(network, "old@example.org")
    teller.tells(news=News.ANNOUNCEMENT, people=everybody(people), subscribers=True)
    say(network, people["Ann"])
    tell()
    renderings = db.session.scalars(select(Rendering).order_by(Rendering.reader)).all()
    assert [r.reader for r in renderings] == ["member", "subscriber"]
    texts = [text_of(r) for r in renderings]
    assert "take part in this discussion" in texts[0]
    assert "asked for our mail" in texts[1]


def text_of(rendering):
    return message_of(rendering).get_body(("plain",)).get_content()


def message_of(rendering):
    envelope = Envelope(Address("x@example.org"), "<1@example.org>")
    raw = personalise(Template(rendering.head, rendering.body), envelope)
    return message_from_bytes(raw, policy=policy.default)


def test_text_and_html_say_the_same_and_names_cannot_break_either(network, people, teller):
    teller.tells(news=News.ANNOUNCEMENT, people=everybody(people), body="I *think* so.\n\n<script>x</script>")
    teller.notices[0].context["name"] = 'Ann "<b>" Example'
    say(network, people["Ann"])
    tell()
    message = message_of(db.session.scalars(select(Rendering)).one())
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert 'Ann "<b>" Example answered:' in text
    assert 'Ann "&lt;b&gt;" Example answered:' in html
    assert "<script" not in html
    assert "<em>think</em>" in html
    assert "Leeds & York" in text
    assert "Leeds &amp; York" in html
    assert "One &lt;b&gt;thing&lt;/b&gt;" in html
    assert "https://example.org/uk/forum/41" in text
    assert 'style="' in html
    assert "prefers-color-scheme: dark" in html
    assert message["Subject"] == "Re: Who may join?"
    assert message["From"] == "Ann via The UK network <govnet@govnet.example.org>"


def test_a_very_long_post_is_cut_so_that_no_provider_clips_the_mail(network, people, teller):
    teller.tells(news=News.ANNOUNCEMENT, people=everybody(people), body="Ŵyl y gŵyn. " * 4000)
    say(network, people["Ann"])
    assert tell() == 1
    rendering = db.session.scalars(select(Rendering)).one()
    assert len(rendering.body) <= 60 * 1024
    text = text_of(rendering)
    assert "…" in text
    assert "Read and answer on the site" in text


def test_a_mail_can_wait_and_can_come_too_late(network, people, teller, time):
    later = time.at + timedelta(minutes=10)
    until = time.at + timedelta(hours=2)
    teller.tells(news=News.VOTE, people=everybody(people), not_before=later, not_after=until)
    say(network, people["Ann"])
    tell()
    rows = db.session.scalars(select(Delivery)).all()
    assert {(row.next_at, row.limit_at) for row in rows} == {(later, until)}


def test_a_sign_in_link_is_sent_if_and_only_if_its_transaction_commits(network):
    def post():
        return outbox.post(
            "mail/confirm",
            to=Address("ann@example.org", "Ann"),
            context={"confirm_url": "https://example.org/x"},
            network=network,
            priority=Priority.SIGN_IN,
        )

    with pytest.raises(RuntimeError, match="outside"):
        post()
    with pytest.raises(ZeroDivisionError), transaction():
        post()
        raise ZeroDivisionError
    assert addressed() == []
    with transaction():
        post()
    row = db.session.scalars(select(Delivery)).one()
    assert (row.state, row.priority, row.person_id) == (DeliveryState.QUEUED, Priority.SIGN_IN, None)
    message = message_of(db.session.scalars(select(Rendering)).one())
    assert not [name for name in message if name.startswith("List-")]


def test_a_mail_to_a_wrong_address_is_refused_in_the_request(network):
    with pytest.raises(BadHeader), transaction():
        outbox.post("mail/confirm", to=Address("a@b\r\nBcc: c@d"), context={}, network=network)


def test_an_address_that_cannot_be_written_to_fails_alone(network, people, teller):
    odd = builders.a_person("Odd", email="siân@example.org")
    teller.tells(news=News.ANNOUNCEMENT, people=[odd.id, people["Bob"].id])
    say(network, people["Ann"])
    tell()
    states = {r.name: r.state for r in db.session.scalars(select(Delivery))}
    assert states == {"Odd": DeliveryState.FAILED, "Bob": DeliveryState.QUEUED}


def test_a_thousand_people_cost_no_more_statements_than_ten(network, people, teller):
    from tests.statements import counted

    def statements(number):
        with transaction():
            ids = [
                builders.a_person(f"N{number}-{i}", email=f"n{number}-{i}@example.org").id
                for i in range(number)
            ]
        teller.tells(news=News.ANNOUNCEMENT, people=ids)
        say(network, people["Ann"])
        with counted() as found:
            assert tell() == 1
        return len(found)

    few, many = statements(10), statements(800)
    assert many <= few + 4
