"""What a meeting or the list decided: what can be written down, and what an objection makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from govnet.charter.models import Network
from govnet.decisions import elsewhere
from govnet.decisions.models import Proposal
from govnet.decisions.opening import Ask, More, Taken, Words
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from tests.builders import a_steering_member, acting
from tests.decisions.builders import a_network_with_rules
from tests.decisions.test_decision_pages import browser
from tests.pages import send

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


@pytest.fixture(autouse=True)
def context_for_rows(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def network() -> Network:
    return a_network_with_rules()


def written_down(
    network: Network,
    more: More | None = None,
    *,
    matter: str = "statement",
    changes: dict[str, Any] | None = None,
    review_on: date | None = None,
) -> Proposal:
    """What all members decided in Leeds, written down on 13 April: until the 20th anybody can object."""
    sam = a_steering_member(network)
    words = Words("Our letter to the minister", "We write a letter.", changes or {}, more or More())
    how = Taken(date(2015, 4, 9), "all", "the meeting in Leeds", "The notes of the meeting.")
    ask = Ask("charter" if changes else matter, review_on=review_on)
    with transaction():
        return elsewhere.write_down(network, words, ask, how, by=acting(sam, network), via=Door.MEETING)


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"more": More(trial_until=date(2015, 9, 1))}, "says how we shall know"),
        ({"more": More(trial_signs="People come.")}, "says how we shall know"),
        ({"more": More(trial_until=date(2015, 4, 20), trial_signs="x")}, "ends after it has begun"),
        ({"more": More(in_force_on=date(2015, 4, 10)), "changes": SEVEN}, "after Mon 20 Apr 2015, or none"),
        ({"matter": "charter"}, "at least one of our rules"),
        ({"review_on": date(2015, 4, 20)}, "after Mon 20 Apr 2015, or none"),
    ],
)
def test_what_was_decided_elsewhere_keeps_the_same_rules_as_a_proposal(
    network: Network, asked: dict[str, Any], match: str
) -> None:
    with pytest.raises(RuleBroken, match=match):
        written_down(network, **asked)


def test_a_trial_without_signs_is_said_on_the_form(app: Flask, network: Network) -> None:
    sam = browser(app, a_steering_member(network))
    answer = send(sam, "/uk/decisions/record", {**WRITTEN, "trial_until": "2015-09-01"})
    assert answer.status_code == 422
    assert "A trial has a last day, and says how we shall know." in answer.text
    answer = send(sam, "/uk/decisions/record", {**WRITTEN, "matter": "charter"})
    assert answer.status_code == 422
    assert "Choose at least one of our rules to change." in answer.text
