"""Notices of a draft that came from no discussion: in a mail, in the week's digest, on the page You."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from flask import Flask

from govnet.digest import actions
from govnet.extensions import db
from govnet.forum.states import Readership
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.volume import Volume
from tests.builders import a_member, a_steering_member, acting
from tests.decisions.builders import QUESTION, a_discussion, a_network_with_rules, members
from tests.decisions.drafts.builders import WORDS, a_draft, changed, wanted
from tests.decisions.drafts.test_readiness import dropped
from tests.decisions.mails import names_of, subjects, text_of, told
from tests.decisions.stage import browser
from tests.pages import opened

pytestmark = pytest.mark.usefixtures("context")


def test_members_who_want_everything_hear_of_a_draft_without_a_discussion() -> None:
    network = a_network_with_rules(decisions__sponsors=1)
    ann, bob = members(network, 2)
    cat = a_member(network)
    for person, volume in ((ann, Volume.EVERYTHING), (bob, Volume.EVERYTHING), (cat, Volume.CONCERNS_ME)):
        with transaction():
            preferences_actions.set_volume(acting(person, network), network, volume)
    draft = a_draft(network, ann)
    told()
    assert names_of("Draft:") == [bob.name]
    text = text_of("Draft:")
    assert "say whether you want it opened for answers" in text
    assert "because you asked for everything" in text
    wanted(draft, network, cat)
    changed(draft, network, ann, dataclasses.replace(WORDS, text="Ten seats."))
    told()
    assert names_of("Draft changed:") == sorted([bob.name, cat.name])
    assert "because you wanted the draft opened for answers, or asked for everything" in text_of(
        "Draft changed:"
    )


def test_others_find_it_in_the_week_and_on_the_page_you(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, bob, dan = members(network, 3)
    with transaction():
        preferences_actions.set_volume(acting(dan, network), network, Volume.DIGEST)
    actions.run()
    draft, other = a_draft(network, ann), a_draft(network, ann, dataclasses.replace(WORDS, question="Other?"))
    dropped(other, network, ann)
    here = f"/uk/proposals/{draft.id}"
    page = opened(browser(app, bob), "/me")
    assert f"{ann.name} drafted a proposal: “{QUESTION}”" in page.text
    assert any(each.endswith(here) for each in page.links)
    assert "Other?" not in page.text
    db.session.rollback()
    told()
    assert subjects() == []
    time.move(timedelta(days=7))
    actions.run()
    assert names_of("The week at") == [dan.name]
    assert here in text_of("The week at")


def test_the_committee_s_drafts_for_itself_are_no_news_for_members(app: Flask) -> None:
    network = a_network_with_rules()
    (bob,) = members(network, 1)
    sam, kim = a_steering_member(network), a_steering_member(network)
    thread = a_discussion(network, sam, Readership.COMMITTEE)
    a_draft(network, sam, thread_id=thread.id)
    assert QUESTION not in opened(browser(app, bob), "/me").text
    assert QUESTION in opened(browser(app, kim), "/me").text
