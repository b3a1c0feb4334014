"""Two proposals open at once that change the same list of the rules."""

from __future__ import annotations

import quopri
from typing import Any

import pytest
from sqlalchemy import select

from govnet.charter import parameters as p
from govnet.charter.queries import rules_in_force
from govnet.decisions.closing import actions
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.mail.models import Rendering
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members, version_of
from tests.decisions.mails import told

pytestmark = pytest.mark.usefixtures("context")
FIRST, CAT, DOG = "I share the purpose.", "I feed the cat.", "I walk the dog."


def agreed(network: Any, time: Any, *wanted: list[str]) -> None:
    """Both are asked at once and agreed on one day."""
    ann, bo = members(network, 2)
    asked = [a_proposal(network, ann, membership__criteria=each) for each in wanted]
    told()
    for proposal in asked:
        answered(proposal, network, AnswerKind.AGREE, ann, bo)
    time.move(to=version_of(asked[-1]).deadline)
    while actions.close_due():
        pass


def test_neither_undoes_the_other(time: Any) -> None:
    network = a_network_with_rules(membership__criteria=[FIRST])
    agreed(network, time, [FIRST, CAT], [FIRST, DOG])
    assert rules_in_force(network.id)[p.CRITERIA] == (FIRST, CAT, DOG)


def test_a_sentence_removed_by_one_proposal_is_not_brought_back_by_the_other(time: Any) -> None:
    network = a_network_with_rules(membership__criteria=[FIRST, CAT])
    agreed(network, time, [FIRST], [FIRST, CAT, DOG])
    assert rules_in_force(network.id)[p.CRITERIA] == (FIRST, DOG)


def test_the_mails_name_every_sentence_that_holds_then(time: Any) -> None:
    network = a_network_with_rules(membership__criteria=[FIRST, CAT])
    agreed(network, time, [FIRST, DOG])
    told()
    bodies = [quopri.decodestring(row.body or b"").decode() for row in db.session.scalars(select(Rendering))]
    for words in ("It would change our rules.", "Our rules have changed."):
        mail, *_same = {" ".join(body.split()) for body in bodies if words in " ".join(body.split())}
        plain = mail.split("text/html")[0]
        assert f"“{FIRST}”" in plain
        assert f"“{DOG}”" in plain
        assert f"No longer: “{CAT}”" in plain
