"""Going back and sending the same words again leads to what they made the first time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import Proposal
from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from tests.builders import a_member, a_network, a_steering_member
from tests.decisions.offsite.test_offsite import WRITTEN
from tests.decisions.stage import browser
from tests.pages import ask, opened, send

pytestmark = pytest.mark.usefixtures("context")

WORDS = {"question": "Shall we paint the hall?", "text": "In blue."}
NEW = "/uk/proposals/new?matter=statement"


def many(kind: Any) -> int:
    db.session.rollback()
    return db.session.query(kind).count()


def test_a_proposal_sent_again_after_going_back_is_one_proposal(app: Flask, time: MovedClock) -> None:
    client = browser(app, a_member(a_network()))
    where = {ask(client, NEW, WORDS, follow=False).location for _ in range(2)}
    assert len(where) == 1
    assert many(Proposal) == 1
    ask(client, NEW.replace("statement", "money"), WORDS)
    assert many(Proposal) == 2
    time.move(timedelta(minutes=11))
    ask(client, NEW, WORDS)
    assert many(Proposal) == 3


def test_a_draft_sent_again_is_one_draft_and_opens_once(app: Flask) -> None:
    client = browser(app, a_member(a_network()))
    where = {send(client, NEW, {**WORDS, "draft": "y"}, follow=False).location for _ in range(2)}
    assert many(Draft) == 1
    (address,) = where
    form = next(each for each in opened(client, address).forms if each["action"].endswith("/ask"))
    sent = {field["name"]: field["value"] or "" for field in form["fields"] if field["name"]} | {
        "checked": "y"
    }
    asked = [client.post(form["action"], data=sent) for _ in range(2)]
    assert [each.status_code for each in asked] == [303, 303]
    assert asked[0].location == asked[1].location
    assert many(Proposal) == 1


def test_a_decision_made_elsewhere_is_recorded_once(app: Flask) -> None:
    client = browser(app, a_steering_member(a_network()))
    for _ in range(2):
        send(client, "/uk/decisions/record", WRITTEN)
    assert many(Proposal) == 1
