"""Which answers people are offered is the charter's to say."""

from __future__ import annotations

import pytest
from flask import Flask

from govnet.charter import parameters as p
from govnet.charter.rules import Charter, problems
from govnet.decisions.rules.outcome import FIVE, AnswerKind
from govnet.decisions.rules.who_counts import offered
from govnet.kernel.errors import RuleBroken
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members
from tests.decisions.stage import browser
from tests.pages import opened, send

pytestmark = pytest.mark.usefixtures("context")
FEW = {"decisions__answers": ["stand-aside"]}


def test_agree_is_always_there_and_the_others_keep_their_order() -> None:
    assert offered(Charter()) == FIVE
    few = Charter({p.ANSWERS.key: frozenset({"no-view", "stand-aside"})})
    assert offered(few) == (AnswerKind.AGREE, AnswerKind.STAND_ASIDE, AnswerKind.NO_VIEW)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"decisions.answers": ["reservations", "no-view"]}, "able to disagree"),
        ({"decisions.answers": ["stand-aside"]}, ""),
        ({"decisions.answers": ["stand-aside"], "matters.money_method": "consent"}, "able to say Stop"),
        ({"decisions.answers": []}, "Tick at least one"),
        ({"decisions.answers": ["shrug"]}, "Tick at least one"),
    ],
)
def test_rules_under_which_nobody_could_disagree_are_refused(changes: dict[str, object], words: str) -> None:
    found = " ".join(map(str, problems(Charter(), changes).values()))
    assert words in found
    assert bool(found) is bool(words)


@pytest.mark.parametrize("kind", [AnswerKind.BLOCK, AnswerKind.RESERVATIONS, AnswerKind.NO_VIEW])
def test_an_answer_that_is_not_offered_is_refused(kind: AnswerKind) -> None:
    network = a_network_with_rules(**FEW)
    ann, bob = members(network, 2)
    with pytest.raises(RuleBroken, match="answer is not offered"):
        answered(a_proposal(network, ann), network, kind, bob)


def test_pages_offer_what_the_rules_have(app: Flask) -> None:
    network = a_network_with_rules(**FEW)
    ann, bob = members(network, 2)
    at = f"/uk/proposals/{a_proposal(network, ann).id}"
    page = opened(browser(app, bob), at).text
    assert "Disagree, but go ahead" in page
    assert "No view" not in page
    assert "Stop" not in page.split("Your answer", 1)[1].split("Why?", 1)[0]
    me = opened(browser(app, bob), "/me").text
    assert "Agree" in me
    assert "No view" not in me
    assert send(browser(app, bob), at, {"answer": "stop"}, follow=False).status_code == 422
