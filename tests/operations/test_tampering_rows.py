"""Rows that pages and rights are made of, changed by hand: the check of the record says which."""

from __future__ import annotations

from datetime import timedelta

import pytest

from govnet.accounts import erasure
from govnet.announcements.models import Announcement
from govnet.decisions.closing.actions import close_due
from govnet.decisions.models import ProposalVersion
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.forum.moderation.actions import hide, lift
from govnet.forum.states import HidingKind
from govnet.forum.threads.actions import change_post
from govnet.kernel.actor import ONESELF, Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.membership.memberships import actions, departure
from govnet.membership.models import Membership
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.people.models import Person
from tests import builders
from tests.announcements.builders import sent
from tests.builders import a_member, a_network, a_steering_member, acting
from tests.chain import faults_of
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members, version_of
from tests.forum.made import a_post, a_thread, a_topic
from tests.operations.founding.test_founding import founded
from tests.operations.test_tampering import by_hand, found, wrong

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.sqlite]

ROSTER = (
    b"name,email,as\nAnn,ann@example.org,member\nBob,bob@example.org,member\nCat,cat@example.org,member\n"
)


def whole(network_id: int) -> bool:
    """Whether nothing is found, before anything is done by hand."""
    return faults_of(network_id) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE term SET \"end\" = '2030-01-01'", "term 1 runs from"),
        ("UPDATE term SET start = '2001-01-01'", "term 1 runs from"),
        ("UPDATE term SET seat_id = 2", "term 1 is not held, given or ended as was recorded"),
        ("DELETE FROM term", "term 1 is on record, but not there any more"),
        ("UPDATE mandate SET \"end\" = '2030-01-01'", "mandate 1 runs from"),
        ("DELETE FROM mandate", "mandate 1 is on record, but not there any more"),
    ],
)
def test_nobody_holds_office_longer_than_the_record_says(sql: str, said: str) -> None:
    assert whole(founded().id)
    assert said in " ".join(found(sql))


@pytest.fixture
def listed(time: MovedClock) -> None:
    """A network with an old list: one confirmed, one left again, one has not said anything."""
    network = founded()
    with transaction():
        imports.import_roster(network, read_roster(ROSTER).rows, go=True, via=Door.CLI)
    time.move(timedelta(days=3))
    with transaction():
        for row in db.session.query(Membership).order_by(Membership.id).limit(2):
            row = actions.queries.with_party(row.id)
            by = actions.acting(row.person, row)
            actions.confirm(row, by=by, via=Door.WEB)
            if row.person.name == "Bob":
                departure.resign(row, by=by, via=Door.WEB)
    assert wrong() == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM membership WHERE id = 1", "membership 1 is on record, but not there any more"),
        ("DELETE FROM membership WHERE id = 3", "the old lists brought in 3 memberships, and 2 are there"),
        ("UPDATE membership SET state = 'lapsed' WHERE id = 1", "membership 1 is lapsed, but active by the record"),
        ("UPDATE membership SET \"end\" = '2015-05-01' WHERE id = 1", "membership 1 ends on 2015-05-01"),
        ("UPDATE membership SET \"end\" = '2030-05-01' WHERE id = 2", "membership 2 ends on 2030-05-01"),
        ("UPDATE membership SET start = '2010-05-01' WHERE id = 2", "membership 2 begins on 2010-05-01"),
        ("UPDATE membership SET state = 'active' WHERE id = 3", "membership 3 is not on record"),
        ("UPDATE membership SET state = 'active', \"end\" = NULL WHERE id = 2", "but resigned by the record"),
    ],
)  # fmt: skip
def test_nobody_is_a_member_but_as_the_record_says(listed: None, sql: str, said: str) -> None:
    by_hand(sql)
    assert said in " ".join(wrong())


@pytest.fixture
def asked(time: MovedClock) -> None:
    """A network that decided something, and where a post was changed, hidden, and shown again."""
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann, bob)
    time.move(to=version_of(proposal).deadline)
    close_due()
    assert whole(network.id)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE decision SET question = 'forged'", "the question of decision 2015-01 is not"),
        ("DELETE FROM decision", "decision 2015-01 is on record, but not there any more"),
        ("UPDATE proposal_version SET question = 'forged'", "proposal 1, in its words number 1, asked something"),
        ("UPDATE proposal_version SET html = '<p>forged</p>'", "the page of proposal 1 does not show its text"),
    ],
)  # fmt: skip
def test_the_register_says_what_was_asked_and_decided(asked: None, sql: str, said: str) -> None:
    assert said in " ".join(found(sql))


def test_the_question_of_somebody_who_is_gone_still_stands(asked: None) -> None:
    author = db.session.query(ProposalVersion).one().author_id
    with transaction():
        erasure.erase(db.session.get_one(Person, author), under=ONESELF, via=Door.WEB)
    changed = "UPDATE proposal_version SET question = 'forged'"
    assert "proposal 1, in its words number 1, asked something" in " ".join(found(changed))


@pytest.fixture
def written() -> None:
    """A network with a post that was changed, hidden and shown again, and another that is hidden."""
    network = a_network()
    member, steering = a_member(network), a_steering_member(network)
    thread = a_thread(a_topic(network), member)
    post, other = (a_post(thread, member, body=f"As it was, *{n}*.") for n in (1, 2))
    by = acting(steering, network)
    with transaction():
        change_post(post, by=acting(member, network), body="As it is.", revision=1, via=Door.WEB)
    with transaction():
        row = hide(post, by=by, kind=HidingKind.HIDDEN, reason="Rude.", via=Door.WEB)
        hide(other, by=by, kind=HidingKind.HIDDEN, reason="Ruder.", via=Door.WEB)
        db.session.flush()
        lift(row, by=by, why="Not that rude.", via=Door.WEB)
    assert whole(network.id)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE post SET html = '<p>forged</p>' WHERE id = 3", "the page of post 3 does not show its text"),
        ("UPDATE post_version SET html = '<p>forged</p>'", "what is shown of post 2 before an edit"),
        ("UPDATE hiding SET reason = 'forged' WHERE id = 2", "why post 3 was hidden"),
        ("UPDATE hiding SET lifted_why = 'forged' WHERE id = 1", "why post 2 was hidden, or is shown again"),
        ("UPDATE hiding SET kind = 'removed' WHERE id = 2", "whether post 3 was hidden"),
        ("DELETE FROM hiding WHERE id = 2", "that post 3 was hidden is not in the log any more"),
    ],
)
def test_posts_and_the_log_of_what_was_hidden_stay_as_they_were(written: None, sql: str, said: str) -> None:
    assert said in " ".join(found(sql))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "UPDATE announcement SET html = '<p>forged</p>'",
            "the page of announcement 1 does not show its text",
        ),
        ("UPDATE announcement SET subject = 'forged'", "announcement 1 was sent under another subject"),
    ],
)
def test_an_announcement_stays_as_it_was_sent(time: MovedClock, sql: str, said: str) -> None:
    network = a_network()
    sent(network, builders.a_coordinator(network), time)
    assert db.session.query(Announcement).count() == 1 and whole(network.id)
    assert said in " ".join(found(sql))
