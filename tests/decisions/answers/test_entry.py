"""Answers that somebody enters for others: told, undone by one click, few, and shown for what they are."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.thresholds import most_entered
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.answers.actions import AnswerInput, TooLate
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.models import Answer, PastAnswer, Proposal, RollEntry
from govnet.decisions.proposals import actions
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import NotAllowed, NotFound, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.outgoing import distribution
from govnet.membership.signed_links import token_for
from govnet.people.models import Person, PersonEmail
from govnet.record.models import Entry
from tests.builders import a_member, a_steering_member, acting, sign_in
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    decisions,
    members,
    version_of,
)
from tests.membership.people import mails_to
from tests.pages import opened, send

AGREE = AnswerInput(AnswerKind.AGREE)


class Scene:
    """A proposal with `answers` answers; Sam of the committee enters what others telephoned."""

    def __init__(self, answers: int = 0, silent: int = 4, **rules: object) -> None:
        network = a_network_with_rules(**rules)
        self.network_id, sam = network.id, a_steering_member(network, "Sam Steering")
        self.sam_id = sam.id
        given, waiting = members(network, answers), members(network, silent)
        self.silent = [each.id for each in waiting]
        proposal = a_proposal(network, sam)
        self.proposal_id, self.version_id = proposal.id, version_of(proposal).id
        answered(proposal, network, AnswerKind.AGREE, *given)

    @property
    def network(self) -> Network:
        return db.session.get_one(Network, self.network_id)

    def entry_of(self, person_id: int) -> int:
        query = select(RollEntry.id).where(RollEntry.version_id == self.version_id)
        return db.session.scalars(query.where(RollEntry.person_id == person_id)).one()

    def enter(self, person_id: int, given: AnswerInput = AGREE, how: Door = Door.PHONE) -> int:
        entry = self.entry_of(person_id)
        by = acting(db.session.get_one(Person, self.sam_id), self.network)
        with transaction():
            answers_entry.enter(self.version_id, entry, given, how=how, by=by, via=Door.WEB)
        return entry

    def undo(self, person_id: int, by_id: int | None = None) -> None:
        by = acting(db.session.get_one(Person, by_id or person_id), self.network)
        entry = self.entry_of(person_id)
        with transaction():
            answers_entry.undo(entry, by=by, via=Door.MAIL)

    def counted(self) -> int:
        query = select(Answer.id).where(Answer.version_id == self.version_id, Answer.counted)
        return len(db.session.scalars(query).all())


@pytest.mark.parametrize(
    ("answers", "percent", "most"),
    [
        (0, 10, 1),
        (1, 10, 1),
        (19, 10, 1),
        (20, 10, 2),
        (100, 10, 10),
        (100, 100, 100),
        (5, 100, 5),
        (50, 0, 0),
        (3, 1, 1),
    ],
)
def test_a_share_of_the_answers_can_be_entered_and_one_in_any_case(
    answers: int, percent: int, most: int
) -> None:
    assert most_entered(answers, percent) == most


def test_one_officer_cannot_answer_for_the_silent(context: None) -> None:
    scene = Scene(answers=3, silent=20)
    scene.enter(scene.silent[0])
    for each in scene.silent[1:]:
        with pytest.raises(RuleBroken, match="at most 10 per cent"):
            scene.enter(each)
    assert scene.counted() == 4


def test_more_can_be_entered_as_more_answer_themselves(context: None) -> None:
    scene = Scene(answers=18, silent=3)
    scene.enter(scene.silent[0])
    scene.enter(scene.silent[1])  # two of twenty
    with pytest.raises(RuleBroken, match="and 2 are already"):
        scene.enter(scene.silent[2])
    scene.enter(
        scene.silent[1], AnswerInput(AnswerKind.RESERVATIONS, "Too long.")
    )  # correcting one enters no other


def test_a_charter_can_have_nobody_enter_answers(context: None) -> None:
    scene = Scene(answers=3, decisions__entered_most=0)
    with pytest.raises(RuleBroken, match="By our rules nobody enters"):
        scene.enter(scene.silent[0])
    assert str(p.ENTERED_MOST.states(0)) == "Nobody enters an answer for somebody else."


def test_nothing_is_entered_too_late_to_be_undone(context: None, time: MovedClock) -> None:
    scene = Scene(answers=3)
    time.move(to=version_of(db.session.get_one(Proposal, scene.proposal_id)).deadline - timedelta(hours=23))
    with pytest.raises(RuleBroken, match="could not undo it in time"):
        scene.enter(scene.silent[0])


def test_nor_closed_early_before_it_can_be_undone(context: None, time: MovedClock) -> None:
    scene = Scene(answers=1, silent=1, decisions__close_early="all_answered")
    sam = db.session.get_one(Person, scene.sam_id)
    answered(db.session.get_one(Proposal, scene.proposal_id), scene.network, AnswerKind.AGREE, sam)
    scene.enter(scene.silent[0])

    def close() -> None:
        with transaction():
            row = db.session.get_one(Proposal, scene.proposal_id)
            actions.close_early(row, reason="All said.", by=acting(sam, scene.network), via=Door.WEB)

    with pytest.raises(RuleBroken, match="within the last day"):
        close()
    time.move(timedelta(days=1, minutes=1))
    close()


def test_an_answer_entered_twice_is_one_and_how_it_came_can_be_corrected(context: None) -> None:
    scene = Scene(answers=3)
    for how in (Door.PHONE, Door.PHONE, Door.LETTER, Door.LETTER):
        scene.enter(scene.silent[0], how=how)
    assert scene.counted() == 4
    assert db.session.scalars(select(PastAnswer.door)).all() == [Door.PHONE]
    said = db.session.scalars(select(Entry).where(Entry.verb == "decisions.answer_entered")).all()
    assert ['"changed":true' in each.facts for each in said] == [False, True]


def test_an_undone_answer_does_not_count_and_is_not_entered_again(context: None) -> None:
    scene = Scene(answers=3)
    ann = scene.silent[0]
    entry = scene.enter(ann)
    scene.undo(ann)
    scene.undo(ann)  # pressed twice
    assert scene.counted() == 3
    assert db.session.scalars(select(PastAnswer.undone)).one() is True
    with pytest.raises(RuleBroken, match="only they can answer"):
        scene.enter(ann)
    sam = acting(db.session.get_one(Person, scene.sam_id), scene.network)
    assert entry not in {each.id for each in answers_entry.still_silent(scene.version_id, sam)}
    answered(
        db.session.get_one(Proposal, scene.proposal_id),
        scene.network,
        AnswerKind.AGREE,
        db.session.get_one(Person, ann),
    )
    assert scene.counted() == 4
    assert len(db.session.scalars(select(Entry).where(Entry.verb == "decisions.answer_undone")).all()) == 1


def test_taking_it_back_on_the_site_bars_it_as_well(context: None) -> None:
    scene = Scene(answers=3)
    ann = scene.silent[0]
    entry = scene.enter(ann)
    by = acting(db.session.get_one(Person, ann), scene.network)
    with transaction():
        answers_actions.take_back(scene.version_id, entry, by=by, via=Door.WEB)
    with pytest.raises(RuleBroken, match="only they can answer"):
        scene.enter(ann)


def test_only_the_person_concerned_undoes_an_entered_answer_and_only_while_answers_are_taken(
    context: None, time: MovedClock
) -> None:
    scene = Scene(answers=3)
    ann, bo = scene.silent[:2]
    scene.enter(ann)
    for other in (bo, scene.sam_id):
        with pytest.raises(NotAllowed):
            scene.undo(ann, by_id=other)
    time.move(to=version_of(db.session.get_one(Proposal, scene.proposal_id)).deadline)
    with pytest.raises(TooLate):
        scene.undo(ann)


def test_an_answer_of_ones_own_is_not_undone_by_an_old_link(context: None) -> None:
    scene = Scene(answers=3)
    ann = scene.silent[0]
    scene.enter(ann)
    answered(
        db.session.get_one(Proposal, scene.proposal_id),
        scene.network,
        AnswerKind.AGREE,
        db.session.get_one(Person, ann),
    )
    with pytest.raises(RuleBroken, match="There is no longer an answer"):
        scene.undo(ann)
    assert scene.counted() == 4


def test_the_mail_leads_to_one_button_that_undoes_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        scene = Scene(answers=3)
        ann = db.session.get_one(Person, scene.silent[0])
        scene.enter(ann.id)
        while distribution.run():
            pass
        address = db.session.scalars(select(PersonEmail.address).where(PersonEmail.person_id == ann.id)).one()
        [(_subject, text)] = [mail for mail in mails_to(address) if "was entered" in mail[0]]
    url = re.search(r"/uk/proposals/entered/[\w.\-]+", text)[0]
    page = opened(client, url)
    assert "Sam Steering" in page.text
    with app.app_context():
        assert scene.counted() == 4  # looking changes nothing
    assert client.head(url).status_code == 200
    assert "The answer is undone" in send(client, url, {}).text
    with app.app_context():
        assert scene.counted() == 3
    assert "The answer is undone" in opened(client, url).text


def test_other_links_lead_nowhere(context: None) -> None:
    scene = Scene(answers=3)
    entry = scene.enter(scene.silent[0])
    for token in (
        token_for("membership", entry, scene.silent[0]),
        token_for("entered", 9999, scene.silent[0]),
        "x",
    ):
        with pytest.raises(NotFound):
            answers_entry.held(token, scene.network)
    other = a_network_with_rules("other")
    with pytest.raises(NotFound):
        answers_entry.held(token_for("entered", entry, scene.silent[0]), other)


def test_the_page_the_decision_and_its_check_say_how_many_were_entered(
    app: Flask, client: FlaskClient, time: MovedClock
) -> None:
    with app.app_context():
        scene = Scene(answers=19, silent=3)
        for each in scene.silent[:2]:
            scene.enter(each)
        name = db.session.get_one(Person, scene.silent[0]).name
        sign_in(client, a_member(scene.network))
    said = "2 of these answers were entered for others by the committee."
    assert said in opened(client, f"/uk/proposals/{scene.proposal_id}").text
    assert client.get(f"/uk/proposals/{scene.proposal_id}.json").get_json()["entered"] == 2
    with app.app_context():
        time.move(
            to=version_of(db.session.get_one(Proposal, scene.proposal_id)).deadline + timedelta(minutes=1)
        )
        db.session.rollback()
        assert closing_actions.close_due() == 1
        number = decisions()[0].number
    assert said in opened(client, f"/uk/decisions/{number}").text
    page = opened(client, f"/uk/decisions/{number}/check")
    assert "2 of these answers were entered for others by the committee." in page.text
    rows = opened(client, f"/uk/decisions/{number}/check?show=entered").text
    assert f"{name} Agree (entered for them)" in rows
    assert rows.count("(entered for them)") == 2


def test_of_many_members_some_are_offered_and_others_found_by_name(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_entry, "OFFERED", 5)
    with app.app_context():
        scene = Scene(answers=30, silent=7)
        with transaction():
            db.session.get_one(Person, scene.silent[0]).name = "Zoë 100%_Late"
        person_id, proposal_id = scene.silent[0], scene.proposal_id
        client = sign_in(app.test_client(), db.session.get_one(Person, scene.sam_id))
        typed = {"party": str(scene.entry_of(person_id)), "how": "phone", "answer": "agree"}
    page = f"/uk/proposals/{proposal_id}/enter"
    text = opened(client, page).text
    assert "only some of the members" in text
    assert "Zoë" not in text
    assert "There is nobody of this name" in opened(client, f"{page}?named=0%25_x").text
    assert "Zoë" in opened(client, f"{page}?named=100%25_late").text
    send(client, f"{page}?named=Zo", typed, action="named=Zo")
    with app.app_context():
        given = db.session.scalars(select(Answer).where(Answer.cast_by_id == person_id)).one()
        assert given.entered_by_id == scene.sam_id
