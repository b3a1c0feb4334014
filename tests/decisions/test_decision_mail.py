"""The recipients of mails, their texts, and the people who get none."""

from __future__ import annotations

import quopri
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from govnet.charter.models import Network
from govnet.charter.rules import Charter, problems
from govnet.decisions import queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.answers.actions import AnswerInput
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.models import Proposal
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.proposals import actions
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.proposals.events import ProposalStopped
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel.actor import Door, by_rule
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Rendering
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.preferences.actions import take_over
from govnet.mail.volume import Volume
from govnet.people.models import Person, Representation
from govnet.record import registry
from govnet.record.actions import record
from govnet.record.models import Entry
from govnet.record.queries import details
from tests.builders import a_member, a_network, a_steering_member, acting, an_organisation
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    closed_all,
    members,
    taken,
    version_of,
)
from tests.decisions.mails import names_of, subjects, text_of, told
from tests.decisions.rules.test_methods import asked

pytestmark = pytest.mark.usefixtures("context")


def unanswered(person, at):
    return {
        row.key for part in proposals_queries.unanswered(person.id, at) for row in db.session.execute(part)
    }


def test_everybody_who_can_answer_is_notified_at_once_whatever_mail_they_take(network: Network) -> None:
    ann, bob = a_member(network, "Ann"), a_member(network, "Bob")
    involve = a_member(network, "Ines")
    an_organisation(network, "Involve", spoken_for_by=involve)
    with transaction():
        preferences_actions.set_volume(acting(bob, network), network, Volume.DIGEST)
    a_proposal(network, ann)
    told()
    assert subjects() == ["Your answer by Mon 20 Apr 2015, 18:00 BST: Should the committee have 9 seats?"]
    assert names_of("Your answer") == ["Ann", "Bob", "Ines"]


def test_a_change_of_the_rules_is_shown_in_its_sentences(network: Network) -> None:
    a_proposal(network, a_member(network), decisions__minimum_days_open=10)
    told()
    assert "at least 10 days to answer" in text_of("Your answer")


def test_on_the_last_day_only_those_who_have_not_answered_are_reminded(
    network: Network, time: MovedClock
) -> None:
    ann, bob = a_member(network, "Ann"), a_member(network, "Bob")
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    time.move(to=version_of(proposal).deadline - timedelta(hours=20))
    closing_actions.remind_due()
    told()
    assert names_of("Last day") == [bob.name]


def test_people_who_have_answered_are_not_reminded_for_another_for_whom_they_cannot_answer(
    network: Network, time: MovedClock
) -> None:
    ann, bob, cat = (a_member(network, name) for name in ("Ann", "Bob", "Cat"))
    acme = an_organisation(network, "Acme", spoken_for_by=bob)
    with transaction():
        start = time.at.date() - timedelta(days=9)
        db.session.add(
            Representation(organisation_id=acme.id, person_id=cat.id, is_primary=False, start=start)
        )
    proposal = a_proposal(network, ann, closes=date(2015, 4, 20))
    own = queries.entries_for(version_of(proposal).id, acting(bob, network))[0].id
    with transaction():
        given = {"by": acting(bob, network), "via": Door.WEB, "entry_id": own}
        answers_actions.answer(version_of(proposal).id, AnswerInput(AnswerKind.AGREE), **given)
    with transaction():
        actions.extend(proposal, date(2015, 4, 22), reason="Easter.", by=acting(ann, network), via=Door.WEB)
    told()
    time.move(to=version_of(proposal).deadline - timedelta(hours=20))
    closing_actions.remind_due()
    told()
    assert names_of("Last day") == ["Ann", "Cat"]
    assert names_of("More time") == ["Ann", "Bob", "Cat"], "a moved day concerns whoever was asked"
    waits = {one.name: len(unanswered(one, time.at)) for one in (bob, cat)}
    assert waits == {"Bob": 0, "Cat": 1}


@pytest.mark.parametrize(
    ("method", "choices", "lines"),
    [
        ("ranked", {2: 1, 0: 2}, ["* 1. Leeds", "* 2. None of these"]),
        ("score", {1: 4, 2: 0}, ["* Cardiff: 4", "* Leeds: 0"]),
        ("dots", {1: 1, 2: 2}, ["* Leeds: 2", "* Cardiff: 1"]),
    ],
)
def test_the_receipt_for_a_choice_says_what_was_chosen(
    network: Network, method: str, choices: dict[int, int], lines: list[str]
) -> None:
    sam, bob = a_steering_member(network), a_member(network, "Bob")
    proposal = asked(network, sam, method, "Cardiff", "Leeds")
    _entered(proposal, network, sam, bob, AnswerInput(AnswerKind.CHOICE, choices=choices))
    text = text_of("Your answer was entered").replace("\r", "")
    assert "\n".join(lines) in text


def test_the_receipt_for_a_stop_says_all_of_it(network: Network) -> None:
    sam, bob = a_steering_member(network), a_member(network, "Bob")
    proposal = a_proposal(network, sam)
    _entered(
        proposal,
        network,
        sam,
        bob,
        AnswerInput(AnswerKind.BLOCK, "Too many.", "Seven seats.", network.purpose),
    )
    text = text_of("Your answer was entered")
    for line in (
        "Reason: Too many.",
        "Could live with it if: Seven seats.",
        f"It rests on: {network.purpose}",
    ):
        assert line in text


def _entered(proposal: Proposal, network: Network, by: Person, whose: Person, given: AnswerInput) -> None:
    version_id = version_of(proposal).id
    (entry,) = queries.entries_for(version_id, acting(whose, network))
    with transaction():
        answers_entry.enter(version_id, entry.id, given, how=Door.PHONE, by=acting(by, network), via=Door.WEB)
    told()


def test_the_outcome_is_announced_with_its_number_and_the_rules_in_force(
    network: Network, time: MovedClock
) -> None:
    ann = a_member(network, "Ann")
    proposal = a_proposal(network, ann, decisions__minimum_days_open=10)
    answered(proposal, network, AnswerKind.AGREE, ann)
    time.move(to=version_of(proposal).deadline)
    closed_all()
    told()
    assert "2015-01 Agreed: Should the committee have 9 seats?" in subjects()
    assert "Our rules have changed" in text_of("2015-01")


def test_a_stop_is_announced_with_its_reason_when_there_is_a_waiting_time(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__fallback="majority")
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.BLOCK, bob)
    time.move(to=version_of(proposal).deadline)
    closed_all()
    told()
    assert "It leaves people out." in text_of("Stopped, and open until")


def test_a_decision_of_a_meeting_is_public_ten_minutes_after_it_is_recorded(
    network: Network, time: MovedClock
) -> None:
    taken(network, a_steering_member(network), told=False)
    offsite.tell_due()
    told()
    assert subjects() == [], "until then it can be taken back, and nobody was bothered"
    time.move(timedelta(minutes=10))
    assert [offsite.tell_due(), offsite.tell_due()] == [1, 0]
    told()
    assert subjects() == ["Objections by Mon 20 Apr 2015, 18:00 BST: Our letter to the minister"]


def test_people_who_were_asked_are_notified_that_it_was_taken_back(network: Network) -> None:
    ann, _bob = a_member(network, "Ann"), a_member(network, "Bob")
    proposal = a_proposal(network, ann)
    with transaction():
        actions.withdraw(proposal, "Never mind.", by=acting(ann, network), via=Door.WEB)
    told()
    assert names_of("Taken back") == ["Ann", "Bob"]


def test_the_network_s_old_list_gets_proposals_and_outcomes_too(time: MovedClock) -> None:
    network = a_network(list_address="old-list@example.org")
    ann = a_member(network, "Ann")
    proposal = a_proposal(network, ann)
    told()
    answered(proposal, network, AnswerKind.AGREE, ann)
    time.move(to=version_of(proposal).deadline)
    closed_all()
    told()
    posted = db.session.scalars(select(Delivery).where(Delivery.address == "old-list@example.org")).all()
    assert len(posted) == 2


def extend(proposal: Proposal, network: Network, ann: Person) -> None:
    actions.extend(proposal, date(2015, 4, 22), reason="Easter.", by=acting(ann, network), via=Door.WEB)


def withdraw(proposal: Proposal, network: Network, ann: Person) -> None:
    actions.withdraw(proposal, "Never mind.", by=acting(ann, network), via=Door.WEB)


def stop(proposal: Proposal, network: Network, ann: Person) -> None:
    record(ProposalStopped(**about(proposal, network), until=version_of(proposal).deadline))


def about(proposal: Proposal, network: Network) -> dict[str, Any]:
    version = version_of(proposal)
    return {"act": by_rule(network), "proposal": proposal, "version": version, "question": version.question}


@pytest.mark.parametrize("change", [extend, withdraw, stop])
def test_people_notified_of_a_question_are_notified_when_its_day_moves_or_it_is_taken_back(
    change: Any,
) -> None:
    network = a_network(list_address="old-list@example.org")
    ann, _bob = a_member(network, "Ann"), a_member(network, "Bob")
    with transaction():
        take_over(network, "reader@example.org")
    proposal = a_proposal(network, ann, closes=date(2015, 4, 20))
    told()
    heard = db.session.scalars(select(Delivery.address).order_by(Delivery.address)).all()
    assert {"old-list@example.org", "reader@example.org"} < set(heard)
    with transaction():
        change(proposal, network, ann)
    told()
    addresses = db.session.scalars(select(Delivery.address).order_by(Delivery.address)).all()
    assert sorted(addresses) == sorted([*heard, *heard])


def test_nobody_reads_that_the_program_asked(network: Network) -> None:
    ann, sam = a_member(network, "Ann"), a_steering_member(network)
    a_proposal(network, ann)
    taken(network, sam)
    told()
    bodies = db.session.scalars(select(Rendering.body)).all()
    assert bodies
    for body in bodies:
        assert "govnet" not in quopri.decodestring(body or b"").decode().replace("@govnet", "")
    said = [registry.sentence(details(entry)) for entry in db.session.scalars(select(Entry))]
    assert not any("govnet" in sentence for sentence in said)


def test_a_person_s_tasks_are_the_proposals_that_she_has_not_answered(
    network: Network, time: MovedClock
) -> None:
    ann, bob = members(network, 2)
    proposal, other = a_proposal(network, ann), a_proposal(network, ann)
    answered(proposal, network, AnswerKind.NO_VIEW, bob)
    taken(network, a_steering_member(network))
    waiting = unanswered(bob, time.at)
    assert waiting == {other.id}
    assert unanswered(bob, version_of(other).deadline) == set()


@pytest.mark.parametrize(
    ("always", "matter", "told_of"),
    [
        (["opening", "last_day", "result", "charter"], "statement", ["bob", "cat"]),
        (["result"], "statement", ["cat"]),
        (["charter"], "charter", ["bob", "cat"]),
    ],
)
def test_notices_that_are_not_for_everybody_come_as_each_person_chose(
    always: list[str], matter: str, told_of: list[str]
) -> None:
    days = {"decisions__minimum_days_open": 8, "decisions__extension_days": 8}
    network = a_network_with_rules(decisions__always_told=always, **days)
    people = dict(zip(("ann", "bob", "cat"), members(network, 3), strict=True))
    with transaction():
        preferences_actions.set_volume(acting(people["bob"], network), network, Volume.DIGEST)
        preferences_actions.set_volume(acting(people["cat"], network), network, Volume.VOTES)
    changes = {"committee__seats": 11} if matter == "charter" else {}
    a_proposal(network, people["ann"], **changes)
    told()
    names = names_of("Your answer by")
    assert [key for key in ("bob", "cat") if people[key].name in names] == told_of


def test_a_question_may_not_reach_those_too_late_who_take_a_weekly_mail() -> None:
    only = {"decisions.always_told": ["result"]}
    (said,) = problems(Charter(), only).values()
    assert "at least 8 days" in str(said)
    longer = {**only, "decisions.minimum_days_open": 8}
    assert problems(Charter(), longer) != {}
    assert problems(Charter(), {**longer, "decisions.extension_days": 8}) == {}
