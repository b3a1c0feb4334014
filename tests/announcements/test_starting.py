"""The draft of an announcement that is made from the record says how each thing ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from govnet.announcements.drafts import since_the_last
from govnet.charter.models import Network
from govnet.decisions.closing.actions import close_due
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from govnet.record import registry
from govnet.record.events import Visibility
from govnet.record.queries import details, entries
from tests.builders import a_steering_member
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    closed_all,
    members,
    taken,
    version_of,
)

RULES = {"matters__money_method": "advice"}


@pytest.fixture
def uk(app: Flask) -> Iterator[Network]:
    """A network in which the program acts, with addresses of its pages at hand."""
    with app.app_context():
        a_network_with_rules(**RULES)
    with app.test_request_context("/uk/announcements"):
        app.preprocess_request()
        yield db.session.scalars(db.select(Network)).one()
        db.session.remove()


def parts(network: Network) -> dict[str, str]:
    """The draft's sections by their headings."""
    _since, body = since_the_last(network)
    return dict(part.split("\n\n", 1) for part in body.split("## ")[1:])


def test_a_refused_proposal_is_not_listed_under_decided(uk: Network, time: MovedClock) -> None:
    ann, bob, cat = members(uk, 3)
    agreed, stopped, advice = (a_proposal(uk, ann, matter=m) for m in ("statement", "statement", "money"))
    for proposal in (agreed, advice):
        answered(proposal, uk, AnswerKind.AGREE, ann, bob, cat)
    answered(stopped, uk, AnswerKind.BLOCK, ann, bob, cat, reason="No.", remedy="Not at all.")
    time.move(to=version_of(agreed).deadline)
    close_due()
    close_due()
    found = parts(uk)
    assert list(found) == ["Decided", "Advice", "Not agreed"]
    assert "”: Agreed (" in found["Decided"]
    assert "”: Advice given (" in found["Advice"]
    assert "”: Stopped (" in found["Not agreed"]
    said = [registry.sentence(details(e)) for e in entries(uk.id, frozenset(Visibility))]
    assert any(words.startswith("Decision 2015-02, “") and words.endswith("”: Stopped") for words in said)


def test_a_decision_made_elsewhere_is_listed_apart_while_somebody_can_object(
    uk: Network, time: MovedClock
) -> None:
    time.move(timedelta(hours=1))
    proposal = taken(uk, a_steering_member(uk))
    assert next(iter(parts(uk))) == "Decided elsewhere; it stands unless somebody objects"
    assert "Open now: your answer counts" not in parts(uk) and "Decided" not in parts(uk)
    time.move(to=version_of(proposal).deadline)
    closed_all()
    assert next(iter(parts(uk))) == "Decided"
    assert parts(uk)["Decided"].count("\n- ") == 0


def test_after_a_question_mark_stands_no_comma(uk: Network, time: MovedClock) -> None:
    time.move(timedelta(hours=1))
    proposal = a_proposal(uk, members(uk, 1)[0])
    [line] = parts(uk)["Open now: your answer counts"].strip().splitlines()[:1]
    assert line.startswith("- Should the committee have 9 seats? (until ")
    assert line.endswith(f"; [answer](http://127.0.0.1:5000/uk/proposals/{proposal.id}))")
