"""Asking mails everybody, so it is checked first, and can be undone for ten minutes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from govnet.decisions import queries
from govnet.decisions.answers import actions
from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import Proposal, ProposalVersion, VersionState
from govnet.decisions.rules.outcome import AnswerKind, Outcome
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.preferences.actions import set_volume
from govnet.mail.volume import Volume
from govnet.people.persons import main_address
from govnet.record.models import Entry
from tests.builders import acting
from tests.decisions.builders import a_network_with_rules, members, version_of
from tests.decisions.stage import browser
from tests.mailbox import mailbox
from tests.pages import Html, ask, opened, send

pytestmark = pytest.mark.usefixtures("context")

NEW = "/uk/proposals/new?matter=statement"
TYPED = {"question": "Shall we write to the minister?", "text": "We **write** a letter."}


def mails_to_bob(app: Flask, folder: Path, bob: str) -> list[str]:
    with mailbox(app, folder) as box:
        box.deliver()
        return [str(mail["Subject"]) for mail in box.to(bob)]


def test_before_anybody_is_asked_the_author_sees_the_text_whom_it_asks_until_when_and_the_mail(
    app: Flask,
) -> None:
    ann, _bob = members(a_network_with_rules(), 2)
    entries = db.session.query(Entry).count()
    page = Html(send(browser(app, ann), NEW, TYPED).text)
    assert "Nobody has been asked yet." in page.text
    assert "2 people can answer." in page.text
    assert "Your answer by Mon 20 Apr 2015, 18:00 BST: Shall we write to the minister?" in page.text
    db.session.rollback()
    assert db.session.query(Proposal).count() == 0
    assert db.session.query(Entry).count() == entries


def test_change_it_leads_back_to_the_form_as_it_was_typed(app: Flask) -> None:
    (ann,) = members(a_network_with_rules(), 1)
    back = Html(ask(browser(app, ann), NEW, TYPED, press="change").text)
    assert "We **write** a letter." in [
        str(field["value"]).strip() for each in back.forms for field in each["fields"]
    ]
    assert db.session.query(Proposal).count() == 0


def test_nobody_is_notified_for_ten_minutes_and_everybody_is_afterwards(
    app: Flask, tmp_path: Path, time: MovedClock
) -> None:
    ann, bob = members(a_network_with_rules(), 2)
    address = main_address(bob.id)
    page = Html(ask(browser(app, ann), NEW, TYPED).text)
    assert "Nobody has been notified yet" in page.text
    assert mails_to_bob(app, tmp_path, address) == []
    time.move(timedelta(minutes=10, seconds=1))
    (subject,) = mails_to_bob(app, tmp_path, address)
    assert subject.startswith("Your answer by")
    assert "Nobody has been notified yet" not in opened(browser(app, ann), page_of_newest()).text


@pytest.mark.parametrize("volume", Volume)
def test_undone_it_is_a_draft_again_and_nobody_ever_hears_of_it(
    app: Flask, tmp_path: Path, time: MovedClock, volume: Volume
) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    with transaction():
        set_volume(acting(bob, network), network, volume)
    address, client = main_address(bob.id), browser(app, ann)
    ask(client, NEW, TYPED)
    done = send(client, page_of_newest(), {}, action="/undo")
    assert "Undone. Nobody was notified; it is a draft again." in Html(done.text).text
    assert "We write a letter." in Html(done.text).text
    db.session.rollback()
    (asked,) = db.session.query(ProposalVersion).filter_by(state=VersionState.CLOSED)
    assert asked.outcome is Outcome.WITHDRAWN
    time.move(timedelta(hours=1))
    assert mails_to_bob(app, tmp_path, address) == []


def test_a_draft_that_was_opened_and_undone_is_the_same_draft(app: Flask) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    client = browser(app, ann)
    send(client, NEW, {**TYPED, "draft": "y"}, follow=False)
    db.session.rollback()
    draft_id = db.session.query(Draft).one().id
    ask(client, f"/uk/proposals/{draft_id}", {"closes": "2015-04-24"}, action="/ask")
    send(client, page_of_newest(), {}, action="/undo")
    db.session.rollback()
    assert [(each.id, each.state.value) for each in db.session.query(Draft)] == [(draft_id, "draft")]


@pytest.mark.parametrize("late", [True, False], ids=["everybody has been told", "somebody has answered"])
def test_it_cannot_be_undone_any_more(app: Flask, tmp_path: Path, time: MovedClock, late: bool) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    ask(browser(app, ann), NEW, TYPED)
    proposal = the_proposal()
    proposal_id = proposal.id
    if late:
        time.move(timedelta(minutes=11))
        mails_to_bob(app, tmp_path, main_address(bob.id))
    else:
        version_id, actor = version_of(proposal).id, acting(bob, network)
        with transaction():
            actions.answer(version_id, actions.AnswerInput(AnswerKind.AGREE), by=actor, via=Door.WEB)
    by = acting(ann, network)
    db.session.rollback()
    with pytest.raises(RuleBroken, match="already"), transaction():
        drafts_actions.undo(db.session.get_one(Proposal, proposal_id), by=by, via=Door.WEB)
    assert queries.newest_version(the_proposal().id).is_open


def the_proposal() -> Proposal:
    db.session.rollback()
    return db.session.query(Proposal).one()


def page_of_newest() -> str:
    return f"/uk/proposals/{the_proposal().id}"
