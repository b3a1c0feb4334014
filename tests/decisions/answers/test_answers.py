"""The numbers of the answers, and the first of them, against all answers read and counted one by one."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy.orm import joinedload

from govnet.decisions.answers import queries
from govnet.decisions.models import Answer, ProposalVersion, RollEntry
from govnet.decisions.pages.sentences import could_answer
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from tests.builders import a_member, a_person, an_organisation
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members, version_of

pytestmark = pytest.mark.usefixtures("context")

KINDS = (AnswerKind.AGREE, AnswerKind.RESERVATIONS, AnswerKind.STAND_ASIDE)


@pytest.fixture(params=(1, 2, 5))
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many names of a kind a page shows."""
    monkeypatch.setattr(queries, "A_PAGE", request.param)
    return int(request.param)


def _all(version_id: int, public: bool) -> tuple[dict[AnswerKind, list[Answer]], set[int]]:
    """Every answer to a version by its kind, reasons first; and those with a name beside them for everybody."""
    rows = db.session.execute(
        db.select(Answer, RollEntry.organisation_id)
        .join(RollEntry, RollEntry.id == Answer.entry_id)
        .where(Answer.version_id == version_id)
    ).all()
    nameable = {answer.id for answer, organisation_id in rows if answer.named or organisation_id}
    shown: dict[AnswerKind, list[Answer]] = {}
    for answer, _organisation_id in rows:
        if not public or answer.id in nameable:
            shown.setdefault(answer.kind, []).append(answer)
    for each in shown.values():
        each.sort(key=lambda answer: (answer.reason == "", answer.at, answer.id))
    return shown, nameable


def test_numbers_and_first_names_are_those_of_all_answers(app: Flask, time: MovedClock, few: int) -> None:
    network, random = a_network_with_rules(), Random(few)
    people = members(network, 14)
    speakers = [a_person() for _ in range(4)]
    for number, speaker in enumerate(speakers):
        an_organisation(network, f"Group {number}", spoken_for_by=speaker)
    asked = [a_proposal(network, people[0]) for _ in range(2)]
    for proposal in asked:
        for person in random.sample([*people, *speakers], 12):
            time.move(by=timedelta(minutes=1))
            reason = random.choice(("", "It leaves the North out."))
            answered(
                proposal, network, random.choice(KINDS), person, reason=reason, named=random.random() < 0.4
            )
    keys = [version_of(proposal).id for proposal in asked]
    for public in (False, True):
        found = queries.answers(keys, public=public)
        for key in keys:
            everything, nameable = _all(key, public=False)
            for kind, given in everything.items():
                assert found[key].of(kind) == queries.Many(
                    counted=sum(each.counted for each in given),
                    nameable=sum(each.id in nameable for each in given),
                    given=len(given),
                    reasons=sum(each.reason != "" for each in given),
                    public_reasons=sum(each.reason != "" and each.id in nameable for each in given),
                )
            shown, _nameable = _all(key, public)
            first = {each.id for given in shown.values() for each in given[:few]}
            assert {one.answer.id for one in found[key].first} == first
            kinds = [queries.ORDER.index(one.answer.kind) for one in found[key].first]
            assert kinds == sorted(kinds)


def test_nothing_is_asked_where_nobody_answered(app: Flask) -> None:
    network = a_network_with_rules()
    version_id = version_of(a_proposal(network, a_member(network))).id
    assert queries.answers([version_id])[version_id] == queries.Answers({}, [])
    assert queries.answers([]) == {}


def test_those_who_could_answer_are_people_and_organisations(app: Flask) -> None:
    network = a_network_with_rules()
    people = members(network, 3)
    for number in range(2):
        an_organisation(network, f"Group {number}", spoken_for_by=people[number])
    version_id = version_of(a_proposal(network, people[0])).id
    version = db.session.get_one(ProposalVersion, version_id, options=[joinedload(ProposalVersion.proposal)])
    assert "3 people and 2 organisations" in could_answer(version)[0]
