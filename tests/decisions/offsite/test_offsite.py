"""Decisions of a meeting or the list: which can be recorded, and the effect of an objection."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from govnet.accounts.export import everything_held
from govnet.charter.models import Network
from govnet.decisions.models import Proposal, ProposalVersion, VersionState
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.offsite.actions import Taken
from govnet.decisions.offsite.models import OffsiteDecision, OffsiteObjection
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.decisions.rules.outcome import Outcome
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.builders import a_member, a_steering_member, acting
from tests.chain import faults_of
from tests.decisions.builders import a_network_with_rules, a_proposal, closed_all, taken, version_of
from tests.decisions.stage import browser
from tests.operations.test_tampering import found
from tests.pages import opened, send

pytestmark = pytest.mark.usefixtures("context")

SEVEN = {"committee.seats": 7}
WRITTEN = {
    "question": "Our letter to the minister",
    "text": "We write a letter.",
    "matter": "statement",
    "door": "meeting",
    "taken_on": "2015-04-09",
    "taken_by": "all",
    "where": "the meeting in Leeds",
    "evidence": "The notes of the meeting.",
}


def written_down(
    network: Network,
    more: More | None = None,
    *,
    matter: str = "statement",
    changes: dict[str, Any] | None = None,
    review_on: date | None = None,
) -> Proposal:
    """A decision of all members in Leeds, recorded on 13 April: until the 20th anybody can object."""
    sam = a_steering_member(network)
    words = Wording("Our letter to the minister", "We write a letter.", changes or {}, more or More())
    how = Taken(date(2015, 4, 9), "all", "the meeting in Leeds", "The notes of the meeting.")
    ask = Ask("charter" if changes else matter, review_on=review_on)
    with transaction():
        made = offsite.write_down(network, words, ask, how, by=acting(sam, network), via=Door.MEETING)
        offsite.tell(version_of(made))
        return made


def objected(proposal: Proposal, network: Network, by: Person) -> None:
    with transaction():
        offsite.object_to(proposal, "I was not told.", by=acting(by, network), via=Door.WEB)


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"more": More(trial_until=date(2015, 9, 1))}, "how we shall know"),
        ({"more": More(trial_signs="People come.")}, "how we shall know"),
        ({"more": More(trial_until=date(2015, 4, 20), trial_signs="x")}, "ends after it has begun"),
        ({"more": More(in_force_on=date(2015, 4, 10)), "changes": SEVEN}, "after Mon 20 Apr 2015, or none"),
        ({"matter": "charter"}, "at least one of our rules"),
        ({"review_on": date(2015, 4, 20)}, "after Mon 20 Apr 2015, or none"),
    ],
)
def test_a_decision_made_elsewhere_follows_the_same_rules_as_a_proposal(
    network: Network, asked: dict[str, Any], match: str
) -> None:
    with pytest.raises(RuleBroken, match=match):
        written_down(network, **asked)


def test_a_trial_without_signs_is_said_on_the_form(app: Flask, network: Network) -> None:
    sam = browser(app, a_steering_member(network))
    answer = send(sam, "/uk/decisions/record", {**WRITTEN, "trial_until": "2015-09-01"})
    assert answer.status_code == 422
    assert "A trial needs a last day, and a sentence on how we shall know whether it works." in answer.text
    answer = send(sam, "/uk/decisions/record", {**WRITTEN, "matter": "charter"})
    assert answer.status_code == 422
    assert "Choose at least one of our rules to change." in answer.text


def test_an_objection_moves_the_days_that_would_come_before_answers_close(app: Flask) -> None:
    network = a_network_with_rules(decisions__objection_days=7, decisions__minimum_days_open=14)
    ann = a_member(network)
    more = More(in_force_on=date(2015, 4, 21), trial_until=date(2015, 4, 24), trial_signs="People come.")
    proposal = written_down(network, more, changes=SEVEN, review_on=date(2015, 4, 27))
    objected(proposal, network, ann)
    version = version_of(proposal)
    assert version.deadline.date() == date(2015, 4, 27)
    assert (version.in_force_on, version.trial_until) == (date(2015, 4, 28), date(2015, 5, 1))
    assert proposal.review_on == date(2015, 5, 4)
    assert version.because == (
        "I was not told.\n\n"
        "As answers close later, new rules would be in force from Tue 28 Apr 2015, not from Tue 21 Apr 2015.\n\n"
        "As answers close later, the trial would end on Fri 1 May 2015, not on Fri 24 Apr 2015.\n\n"
        "As answers close later, it would be looked at again on Mon 4 May 2015, not on Mon 27 Apr 2015."
    )
    page = opened(browser(app), f"/uk/proposals/{proposal.id}").text
    assert "new rules would be in force from Tue 28 Apr 2015" in page


def test_an_objection_leaves_the_days_that_come_late_enough(network: Network) -> None:
    more = More(in_force_on=date(2015, 6, 1), trial_until=date(2015, 9, 1), trial_signs="People come.")
    proposal = written_down(network, more, changes=SEVEN, review_on=date(2015, 7, 1))
    objected(proposal, network, a_member(network))
    version = version_of(proposal)
    assert (version.in_force_on, version.trial_until) == (date(2015, 6, 1), date(2015, 9, 1))
    assert proposal.review_on == date(2015, 7, 1)
    assert version.because == "I was not told."


def test_the_form_speaks_of_what_was_decided(app: Flask, network: Network) -> None:
    page = opened(browser(app, a_steering_member(network)), "/uk/decisions/record")
    for label in (
        "What was decided, in one sentence",
        "What exactly was decided, and why",
        "What was it about?",
        "What other options were considered, and why not those?",
        "What was it based on?",
        "Did it replace an earlier decision?" if "replaces" in page.text else "Who was there?",
        "Where and when it was decided",
    ):
        assert label in page.text
    for label in (
        "What exactly is proposed",
        "that can be answered",
        "Should the committee have",
        "would change",
    ):
        assert label not in page.text
    answer = send(
        browser(app, a_steering_member(network)),
        "/uk/decisions/record",
        {**WRITTEN, "question": "", "text": ""},
    )
    assert "Enter what was decided, in one sentence." in answer.text
    assert "Enter what exactly was decided." in answer.text


def test_another_one_from_the_same_meeting_begins_with_its_day_its_place_and_its_people(
    app: Flask, network: Network
) -> None:
    sam = browser(app, a_steering_member(network))
    meeting = {
        "present": "Ann, Bob and nine others",
        "url": "https://example.org/minutes",
        "taken_by": "committee",
    }
    send(sam, "/uk/decisions/record", WRITTEN | meeting)
    db.session.rollback()
    first = db.session.query(Proposal).one()
    (link, *_more) = [each for each in opened(sam, f"/uk/proposals/{first.id}").links if "like=" in each]
    page = opened(sam, link)
    kept = {
        f["name"]: f
        for form in page.forms
        for f in form["fields"]
        if f["tag"] != "button" and f["type"] != "radio"
    }
    wanted = {"taken_on": "9 April 2015", "where": "the meeting in Leeds", "url": meeting["url"]}
    assert {name: kept[name]["value"] for name in wanted} == wanted
    assert kept["present"]["value"].strip() == meeting["present"]
    assert [kept[name]["value"].strip() for name in ("question", "text", "evidence")] == ["", "", ""]
    ticked = {
        f["name"]: f["value"]
        for form in page.forms
        for f in form["fields"]
        if f["type"] == "radio" and f["checked"]
    }
    assert (ticked["door"], ticked["taken_by"]) == ("meeting", "committee")
    assert "The same as for your last entry: Our letter to the minister" in page.text
    again = {
        "question": "Our second letter",
        "text": "Another one.",
        "matter": "statement",
        "evidence": "The notes.",
    }
    assert send(sam, link, again).status_code == 200
    db.session.rollback()
    rows = db.session.query(
        OffsiteDecision.taken_on, OffsiteDecision.taken_where, OffsiteDecision.present
    ).all()
    assert rows == [(date(2015, 4, 9), "the meeting in Leeds", meeting["present"])] * 2


def test_a_day_of_blanks_is_no_day(app: Flask, network: Network) -> None:
    answer = send(
        browser(app, a_steering_member(network)), "/uk/decisions/record", WRITTEN | {"taken_on": " "}
    )
    assert answer.status_code == 422
    assert "Enter the day." in answer.text


@pytest.mark.parametrize("odd", ["0", "999", "x", "9" * 30, "-1", ""])
def test_another_one_of_nothing_is_a_form_with_nothing_in_it(app: Flask, network: Network, odd: str) -> None:
    page = opened(browser(app, a_steering_member(network)), f"/uk/decisions/record?like={odd}")
    assert "The same as for your last entry" not in page.text


def test_a_decision_of_another_network_is_no_start_here(app: Flask, network: Network) -> None:
    other = a_network_with_rules("wales")
    first = written_down(other)
    page = opened(browser(app, a_steering_member(network)), f"/uk/decisions/record?like={first.id}")
    assert "the meeting in Leeds" not in page.text


def test_members_who_keep_no_minutes_are_not_offered_another_one(app: Flask, network: Network) -> None:
    first = written_down(network)
    links = opened(browser(app, a_member(network)), f"/uk/proposals/{first.id}").links
    assert not [each for each in links if "like=" in each]


@pytest.mark.parametrize(
    "change",
    [
        {"taken_on": date(2015, 4, 8)},
        {"taken_by": "committee"},
        {"evidence": "Other notes."},
        {"present": "Nobody"},
        {"days_late": 3, "late_because": "We forgot."},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_database_keeps_what_was_decided_off_site_as_it_was_written_down(
    network: Network, change: dict[str, Any]
) -> None:
    taken(network, a_steering_member(network), told=False)
    with pytest.raises(DBAPIError, match="never edited"), transaction():
        db.session.execute(update(OffsiteDecision).values(change))


@pytest.mark.parametrize(
    "lacks", [{"evidence": ""}, {"taken_by": "nobody"}, {"days_late": 3}, {"late_because": "We forgot."}]
)
def test_the_database_takes_no_off_site_decision_without_what_it_needs(
    network: Network, lacks: dict[str, Any]
) -> None:
    first = taken(network, a_steering_member(network))
    row = {
        "taken_on": date(2015, 4, 9),
        "taken_by": "all",
        "taken_where": "Leeds",
        "evidence": "Notes.",
        "tell_at": first.opened_at,
    }
    with pytest.raises(DBAPIError), transaction():
        copy = Proposal(network_id=network.id, author_id=first.author_id, matter="statement", body="all",
                        door=Door.MEETING, opened_at=first.opened_at, first_deadline=first.first_deadline)  # fmt: skip
        copy.offsite = OffsiteDecision(**row | lacks)
        db.session.add(copy)


def test_the_database_takes_none_that_was_asked_here(network: Network) -> None:
    asked = a_proposal(network, a_member(network))
    with pytest.raises(DBAPIError, match="never edited"), transaction():
        db.session.add(
            OffsiteDecision(
                proposal_id=asked.id,
                taken_on=date(2015, 4, 9),
                taken_by="all",
                taken_where="Leeds",
                evidence="Notes.",
                tell_at=asked.opened_at,
            )
        )
    with pytest.raises(DBAPIError, match="stands unopposed"), transaction():
        db.session.execute(
            update(ProposalVersion)
            .where(ProposalVersion.proposal_id == asked.id)
            .values(state=VersionState.UNOPPOSED)
        )


def test_an_objection_is_kept_once_with_who_made_it_and_closes_the_words(network: Network) -> None:
    proposal, ann = written_down(network), a_member(network)
    objected(proposal, network, ann)
    row = db.session.query(OffsiteObjection).one()
    assert (row.proposal_id, row.person_id, row.reason) == (proposal.id, ann.id, "I was not told.")
    first = db.session.query(ProposalVersion).filter_by(number=1).one()
    assert (first.state, first.outcome) == (VersionState.CLOSED, Outcome.OBJECTED)
    assert [each["reason"] for each in everything_held(ann.id)["decisions"]["objections"]] == [
        "I was not told."
    ]
    with pytest.raises(RuleBroken, match="This can be answered"):
        objected(proposal, network, a_member(network))
    for change in (update(OffsiteObjection).values(reason="x"), delete(OffsiteObjection)):
        with pytest.raises(DBAPIError, match="stays on record"), transaction():
            db.session.execute(change)


def test_the_database_takes_no_objection_once_it_is_closed(network: Network, time: MovedClock) -> None:
    proposal, ann = written_down(network), a_member(network)
    time.move(to=version_of(proposal).deadline)
    assert closed_all() == 1
    late = OffsiteObjection(proposal_id=proposal.id, person_id=ann.id, reason="Late.", at=clock.now())
    with pytest.raises(DBAPIError, match="made while it can be"), transaction():
        db.session.add(late)


def test_the_database_closes_no_words_as_objected_to_without_an_objection(network: Network) -> None:
    proposal = written_down(network)
    with pytest.raises(DBAPIError, match="stands unopposed"), transaction():
        row = version_of(proposal)
        row.state, row.closed_at, row.outcome = VersionState.CLOSED, row.deadline, Outcome.OBJECTED


def test_a_decision_with_an_objection_cannot_stand(network: Network) -> None:
    proposal, ann = written_down(network), a_member(network)
    with pytest.raises(DBAPIError, match="stands unopposed"), transaction():
        row = version_of(proposal)
        objection = OffsiteObjection(proposal_id=proposal.id, person_id=ann.id, reason="No.", at=clock.now())
        db.session.add(objection)
        db.session.flush()
        row.state, row.closed_at, row.outcome = VersionState.CLOSED, row.deadline, Outcome.ELSEWHERE


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE offsite_decision SET taken_on = '2015-04-01'", "was taken on another day"),
        ("UPDATE offsite_decision SET taken_by = 'committee'", "or by others, than was recorded"),
        ("UPDATE offsite_decision SET evidence = 'forged'", "rests on other words"),
        ("UPDATE offsite_objection SET person_id = 1", "the objection to off-site decision 1 is not"),
        ("DELETE FROM offsite_objection", "the objection to off-site decision 1 is not there any more"),
    ],
)
def test_the_check_of_the_record_finds_what_was_changed_by_hand(
    network: Network, sql: str, said: str
) -> None:
    objected(written_down(network), network, a_member(network))
    assert faults_of(network.id) == []
    assert said in " ".join(found(sql))
