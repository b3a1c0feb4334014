"""From when a draft can be asked, and who hears of that."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from flask import Flask

from govnet.accounts.tasks import how_many_wait
from govnet.charter import actions as charter_actions
from govnet.charter.models import Network
from govnet.decisions.drafts import actions, queries, readiness
from govnet.decisions.drafts.models import Draft
from govnet.extensions import db
from govnet.kernel.actor import PROGRAM, Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.volume import Volume
from govnet.membership.memberships.departure import resign
from govnet.membership.memberships.queries import own_memberships
from govnet.people.models import Person
from govnet.record.models import Entry
from tests.builders import acting
from tests.decisions.builders import QUESTION, a_network_with_rules, members
from tests.decisions.drafts.builders import WORDS, a_draft, asked_now, changed, wanted
from tests.decisions.mails import names_of, subjects, text_of, told
from tests.decisions.stage import browser
from tests.pages import opened

pytestmark = pytest.mark.usefixtures("context")
READY = f"You can open it now: {QUESTION}"
DAYS = timedelta(days=3)


def ticked() -> list[str]:
    """The subjects of all mails that authors got, after the worker has looked twice."""
    readiness.tell_due()
    assert readiness.tell_due() == 0
    told()
    return [each for each in subjects() if each == READY]


def dropped(draft: Draft, network: Network, by: Person) -> None:
    with transaction():
        actions.drop(draft.id, by=acting(by, network), via=Door.WEB)


def left(draft: Draft, network: Network, by: Person) -> None:
    with transaction():
        actions.leave(draft.id, by=acting(by, network), via=Door.WEB)


def gone(person: Person, network: Network) -> None:
    with transaction():
        (membership,) = own_memberships(person.id, network.id)
        resign(membership, by=acting(person, network), via=Door.WEB)


def test_the_author_is_notified_once_when_the_time_of_notice_is_over(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__notice_days=3)
    ann, bob = members(network, 2)
    with transaction():
        preferences_actions.set_volume(acting(ann, network), network, Volume.VOTES)
    draft = a_draft(network, ann)
    time.move(DAYS - timedelta(seconds=1))
    assert ticked() == []
    time.move(timedelta(seconds=1))
    assert ticked() == [READY]
    assert names_of(READY) == [ann.name]
    text = text_of(READY)
    assert "Your draft has been unchanged for as long as our rules require." in text
    assert f"/uk/proposals/{draft.id}#ask" in text
    time.move(DAYS)
    assert ticked() == [READY]
    wanted(draft, network, bob)
    assert ticked() == [READY]


def test_it_waits_for_its_author_until_she_asks_or_drops_it(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules(decisions__notice_days=3)
    ann, bob = members(network, 2)
    asked, other = a_draft(network, ann), a_draft(network, ann)
    readiness.tell_due()
    assert how_many_wait(ann.id) == 0
    time.move(DAYS)
    readiness.tell_due()
    assert (how_many_wait(ann.id), how_many_wait(bob.id)) == (2, 0)
    page = opened(browser(app, ann), "/me")
    assert "Open it now" in page.text
    assert any(each.endswith(f"/uk/proposals/{asked.id}#ask") for each in page.links)
    db.session.rollback()
    dropped(other, network, ann)
    assert how_many_wait(ann.id) == 1
    asked_now(asked, network, ann)
    assert "Open it now" not in opened(browser(app, ann), "/me").text


def test_nobody_is_notified_of_a_draft_that_was_dropped_or_opened_already(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__notice_days=3)
    (ann,) = members(network, 1)
    early, asked, late = (a_draft(network, ann) for _ in range(3))
    dropped(early, network, ann)
    time.move(DAYS)
    asked_now(asked, network, ann)
    assert readiness.tell_due() == 1
    dropped(late, network, ann)
    assert ticked() == []


def test_a_worker_that_is_killed_tells_when_it_runs_again(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__notice_days=3)
    (ann,) = members(network, 1)
    draft = a_draft(network, ann)
    time.move(DAYS)
    with pytest.raises(KeyboardInterrupt), transaction():
        assert readiness.settle(queries.locked(draft.id))
        raise KeyboardInterrupt
    assert ticked() == [READY]


def test_people_notified_by_the_last_support_are_not_notified_again(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__sponsors=1)
    ann, bob, cat = members(network, 3)
    draft = a_draft(network, ann)
    time.move(timedelta(hours=1))
    wanted(draft, network, bob)
    wanted(draft, network, cat)
    assert how_many_wait(ann.id) == 1
    assert ticked() == [READY]
    assert "Enough members want your draft to be opened for answers" in text_of(READY)


def test_enough_support_is_not_enough_before_the_time_of_notice_is_over(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__sponsors=1, decisions__notice_days=3)
    ann, bob = members(network, 2)
    draft = a_draft(network, ann)
    wanted(draft, network, bob)
    assert ticked() == []
    time.move(DAYS)
    assert ticked() == [READY]


def test_a_draft_that_is_ready_a_second_time_is_announced_a_second_time(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__sponsors=1)
    ann, bob, cat = members(network, 3)
    draft = a_draft(network, ann)
    time.move(timedelta(hours=1))
    wanted(draft, network, bob)
    assert ticked() == [READY]
    left(draft, network, bob)
    assert how_many_wait(ann.id) == 0
    time.move(timedelta(hours=1))
    wanted(draft, network, cat)
    assert ticked() == [READY, READY]
    gone(cat, network)
    readiness.tell_due()
    assert how_many_wait(ann.id) == 0


def test_support_that_comes_goes_and_comes_before_anybody_is_told_is_one_mail(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__sponsors=1)
    ann, bob = members(network, 2)
    draft = a_draft(network, ann)
    for _ in range(2):
        time.move(timedelta(minutes=1))
        wanted(draft, network, bob)
        left(draft, network, bob)
    time.move(timedelta(minutes=1))
    wanted(draft, network, bob)
    assert ticked() == [READY]


def test_a_new_version_starts_the_time_again_and_its_end_is_announced(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__notice_days=3)
    (ann,) = members(network, 1)
    draft = a_draft(network, ann)
    time.move(DAYS)
    assert ticked() == [READY]
    changed(draft, network, ann, dataclasses.replace(WORDS, text="Ten seats."))
    assert how_many_wait(ann.id) == 0
    assert ticked() == [READY]
    time.move(DAYS)
    assert ticked() == [READY, READY]


@pytest.mark.parametrize("rules", [{}, {"decisions__who_may_propose": "committee"}])
def test_authors_who_may_no_longer_propose_are_not_notified(time: MovedClock, rules: dict[str, str]) -> None:
    network = a_network_with_rules(decisions__notice_days=3)
    (ann,) = members(network, 1)
    a_draft(network, ann)
    if rules:
        ruled(network, decisions__who_may_propose="committee")
    else:
        gone(ann, network)
    time.move(DAYS)
    assert ticked() == []
    assert how_many_wait(ann.id) == 0


def ruled(network: Network, **parameters: object) -> None:
    """The charter says something else from now on."""
    stored = {key.replace("__", "."): value for key, value in parameters.items()}
    with transaction():
        row = db.session.get_one(Network, network.id)
        charter_actions.adopt(row, stored, adopted_by="decision:1", by=PROGRAM, via=Door.WORKER)


def test_an_author_is_notified_when_the_rules_want_less_than_before(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__notice_days=3)
    (ann,) = members(network, 1)
    a_draft(network, ann)
    time.move(timedelta(days=1))
    assert ticked() == []
    ruled(network, decisions__notice_days=0)
    assert ticked() == [READY]


def test_a_draft_that_never_had_to_wait_is_announced_to_nobody(time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    draft = a_draft(network, ann)
    time.move(DAYS)
    wanted(draft, network, bob)
    changed(draft, network, ann, dataclasses.replace(WORDS, text="Ten seats."))
    time.move(DAYS)
    assert ticked() == []
    assert how_many_wait(ann.id) == 0


def test_the_record_says_it_to_those_who_may_read_the_draft(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__notice_days=3)
    (ann,) = members(network, 1)
    a_draft(network, ann)
    time.move(DAYS)
    readiness.tell_due()
    entry = db.session.scalars(db.select(Entry).where(Entry.verb == "decisions.draft_ready")).one()
    assert (entry.visibility, entry.actor_id) == ("members", None)
