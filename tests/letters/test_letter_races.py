"""Several at the same moment: each in a thread with its own connection, on whichever database the run has."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.letters import actions, closing, queries
from govnet.letters.rules import LetterState, SignatureCount
from govnet.people.models import Representation
from tests.at_once import at_once
from tests.builders import a_member, a_network, acting, an_organisation
from tests.chain import faults_of
from tests.letters.builders import a_draft, a_letter, the

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize("_again", range(3))
def test_two_who_speak_for_an_organisation_sign_for_it_once(app: Flask, _again: int) -> None:
    network = a_network()
    ann, bo, cy = (a_member(network) for _ in range(3))
    club = an_organisation(network, "Open Club", spoken_for_by=bo)
    with transaction():
        start = clock.today(network.zone)
        db.session.add(Representation(organisation_id=club.id, person_id=cy.id, start=start))
    letter_id, party = a_letter(network, ann), str(club.id)
    actors = [acting(each, network) for each in (bo, cy)]
    db.session.rollback()

    def sign(number: int) -> str:
        with transaction():
            actions.sign(queries.whole(letter_id), party, seen=1, by=actors[number], via=Door.WEB)
        return "signed"

    found = at_once(app, lambda: sign(0), lambda: sign(1))
    assert sorted(type(each).__name__ for each in found) == ["RuleBroken", "str"]
    assert queries.count_of(letter_id) == SignatureCount(1, 1)
    assert faults_of(network.id) == []


@pytest.mark.parametrize("_again", range(3))
def test_new_words_and_a_signature_at_once_never_put_a_name_under_words_unseen(
    app: Flask, _again: int
) -> None:
    network = a_network()
    ann, bo = a_member(network), a_member(network)
    letter_id = a_letter(network, ann)
    author, signer, draft = acting(ann, network), acting(bo, network), a_draft(network, text="Other words.")
    db.session.rollback()

    def edit() -> str:
        with transaction():
            actions.edit(queries.whole(letter_id), draft, seen=1, by=author, via=Door.WEB)
        return "edited"

    def sign() -> str:
        with transaction():
            actions.sign(queries.whole(letter_id), "me", seen=1, by=signer, via=Door.WEB)
        return "signed"

    found = at_once(app, edit, sign)
    assert sum(isinstance(each, RuleBroken) for each in found) == 1, found
    signed = "signed" in found
    assert the(letter_id).version == (1 if signed else 2)
    assert queries.count_of(letter_id).members == (2 if signed else 1)


def test_two_workers_close_a_letter_once(app: Flask, time: MovedClock) -> None:
    network = a_network()
    letter_id = a_letter(network, a_member(network))
    time.move(to=the(letter_id).deadline + timedelta(seconds=1))
    db.session.rollback()
    assert sum(at_once(app, closing.close_due, closing.close_due)) == 1  # type: ignore[arg-type]
    assert the(letter_id).state is LetterState.GATHERED
    assert faults_of(network.id) == []
