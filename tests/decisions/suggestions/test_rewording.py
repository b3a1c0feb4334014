"""New words mail everybody again, so they are checked first, and can be undone for ten minutes."""

from __future__ import annotations

import quopri
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from govnet.accounts.erasure import erase_again
from govnet.accounts.export import everything_held
from govnet.decisions import queries
from govnet.decisions.models import ProposalVersion
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.models import Rewording, Suggestion, SuggestionState
from govnet.decisions.proposals.opening import Wording, words_of
from govnet.decisions.rules.outcome import AnswerKind
from govnet.decisions.suggestions import actions as suggestions
from govnet.decisions.suggestions import rewording
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.models import Rendering
from govnet.membership.memberships.departure import resign
from govnet.membership.memberships.queries import own_memberships
from govnet.record.models import Entry
from tests.builders import a_coordinator, acting
from tests.decisions.builders import QUESTION, a_network_with_rules, a_proposal, answered, members, version_of
from tests.decisions.mails import subjects, told
from tests.decisions.stage import browser
from tests.pages import Html, ask, defaults, opened, send

pytestmark = pytest.mark.usefixtures("context")

TEXT = "Ten seats, **one each year** up again."
TYPED = {"text": TEXT, "because": "Ten is even."}


@pytest.fixture
def here(app: Flask, time: MovedClock) -> Any:
    """A network, an author with a proposal that Bob has answered, and its address."""
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, bob)
    return network, ann, bob, proposal, f"/uk/proposals/{proposal.id}"


def numbers() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(ProposalVersion.number).order_by(ProposalVersion.number)))


def later(time: MovedClock, minutes: int = 11) -> None:
    time.move(timedelta(minutes=minutes))
    db.session.rollback()  # the page was another connection
    rewording.ask_due()
    told()


def test_the_check_says_what_changes_how_many_it_asks_and_that_earlier_answers_no_longer_count(
    app: Flask, here: Any
) -> None:
    _network, ann, _bob, _proposal, url = here
    entries = db.session.query(Entry).count()
    answer = send(browser(app, ann), f"{url}/reword", TYPED)
    page = Html(answer.text)
    assert "Nobody has been asked again yet." in page.text
    assert "<del>Nine </del><ins>Ten </ins>" in answer.text
    assert "Ten is even." in page.text
    assert "1 answer has been given. It stays beside the earlier version and no longer counts." in page.text
    assert "2 people can answer" in page.text
    assert "Answers to the earlier version no longer count: please answer again." in page.text
    assert numbers() == [1]
    assert db.session.query(Rewording).count() == 0
    assert db.session.query(Entry).count() == entries


def test_the_mail_about_new_words_says_first_that_an_answer_to_the_old_ones_no_longer_counts(
    app: Flask, here: Any, time: MovedClock
) -> None:
    _network, ann, _bob, _proposal, url = here
    told()
    first = last_mail()
    ask(browser(app, ann), f"{url}/reword", TYPED)
    later(time)
    assert "no longer counts" not in first
    assert (
        last_mail()
        .split("\r\n\r\n")[1]
        .startswith("The text has changed. Answers to the earlier version no longer count")
    )


def last_mail() -> str:
    found = db.session.scalars(select(Rendering).order_by(Rendering.id.desc())).first()
    assert found is not None
    return quopri.decodestring(found.body or b"").decode()


def test_change_it_leads_back_to_the_form_as_it_was_typed(app: Flask, here: Any) -> None:
    _network, ann, _bob, _proposal, url = here
    back = ask(browser(app, ann), f"{url}/reword", TYPED, press="change")
    assert TEXT in back.text
    assert "Ten is even." in back.text
    assert numbers() == [1]


def test_for_ten_minutes_nobody_but_the_author_sees_the_new_words_and_then_everybody_is_asked(
    app: Flask, here: Any, time: MovedClock
) -> None:
    _network, ann, bob, _proposal, url = here
    told()
    before = len(subjects())
    page = Html(ask(browser(app, ann), f"{url}/reword", TYPED).text)
    assert "Your new version is waiting" in page.text
    assert "Ten seats" not in opened(browser(app, bob), url).text
    assert "Your new version is waiting" not in opened(browser(app, bob), url).text
    later(time, 9)
    assert numbers() == [1]
    assert len(subjects()) == before
    later(time, 2)
    assert numbers() == [1, 2]
    assert "Ten seats" in opened(browser(app, bob), url).text
    assert len(subjects()) > before
    assert "Your new version is waiting" not in opened(browser(app, ann), url).text
    assert db.session.query(Rewording).count() == 0
    assert rewording.ask_due() == 0


def test_an_undone_proposal_is_never_opened_and_its_text_is_in_the_form_again(
    app: Flask, here: Any, time: MovedClock
) -> None:
    _network, ann, _bob, proposal, url = here
    client = browser(app, ann)
    ask(client, f"{url}/reword", TYPED)
    back = send(client, url, {}, action="/reword/undo")
    assert "Undone. Nobody was notified; your text is still here." in Html(back.text).text
    assert TEXT in back.text
    assert "Ten is even." in back.text
    later(time)
    assert numbers() == [1]
    assert queries.newest_version(proposal.id).is_open
    ask(client, f"{url}/reword", {})
    later(time)
    assert numbers() == [1, 2]
    assert version_of(proposal).text == TEXT


def test_undoing_comes_too_late_once_everybody_is_asked(app: Flask, here: Any, time: MovedClock) -> None:
    network, ann, _bob, proposal, url = here
    ask(browser(app, ann), f"{url}/reword", TYPED)
    later(time)
    with pytest.raises(RuleBroken, match="There is nothing waiting here any more"), transaction():
        rewording.undo(db.session.merge(proposal), by=acting(ann, network), via=Door.WEB)
    assert numbers() == [1, 2]


def test_nobody_else_undoes_or_sees_what_waits(app: Flask, here: Any) -> None:
    network, ann, bob, proposal, url = here
    ask(browser(app, ann), f"{url}/reword", TYPED)
    with pytest.raises(NotAllowed), transaction():
        rewording.undo(db.session.merge(proposal), by=acting(bob, network), via=Door.WEB)
    for reader in (browser(app), browser(app, bob), browser(app, a_coordinator(network))):
        assert reader.get(f"{url}/reword").status_code != 200
        assert "Ten seats" not in reader.get(url).text
        assert "Ten seats" not in reader.get(f"{url}.json").text
        assert "Ten seats" not in reader.get("/uk/record").text


def test_other_new_words_while_some_wait_are_refused_and_kept_on_the_form(app: Flask, here: Any) -> None:
    _network, ann, _bob, _proposal, url = here
    client = browser(app, ann)
    ask(client, f"{url}/reword", TYPED)
    page = ask(client, f"{url}/reword", {"text": "Eleven seats.", "because": "More."})
    assert page.status_code == 422
    assert "A new version of yours is already waiting to be opened." in page.text
    assert "Eleven seats." in page.text


@pytest.mark.parametrize("how", ["left", "closed", "changed meanwhile"])
def test_a_draft_that_can_no_longer_be_proposed_stays_with_its_author_and_says_why(
    app: Flask, here: Any, time: MovedClock, how: str
) -> None:
    network, ann, _bob, proposal, url = here
    ask(browser(app, ann), f"{url}/reword", TYPED)
    by = acting(ann, network)
    with transaction():
        row = db.session.merge(proposal)
        if how == "left":
            resign(own_memberships(ann.id, network.id)[0], by=by, via=Door.WEB)
        elif how == "closed":
            actions.withdraw(row, "Never mind.", by=by, via=Door.WEB)
        else:
            actions.reword(row, Wording(QUESTION, "Eight."), because="Fewer.", by=by, via=Door.WEB)
    before = numbers()
    later(time)
    assert numbers() == before
    row = db.session.scalars(select(Rewording)).one()
    assert row.ask_at is None
    assert row.ended_why
    assert TEXT in row.words


def test_a_suggestion_that_is_taken_up_waits_as_well_and_counts_as_taken_once_it_is_asked(
    app: Flask, here: Any, time: MovedClock
) -> None:
    network, ann, bob, proposal, url = here
    with transaction():
        row = db.session.merge(proposal)
        made = suggestions.suggest(
            row, "Nine seats", "Ten seats", "Ten is even.", by=acting(bob, network), via=Door.WEB
        )
        db.session.flush()
        key = made.id
    client = browser(app, ann)
    (link,) = [each for each in opened(client, url).links if "suggestion=" in each]
    ask(client, link, {})
    assert db.session.get_one(Suggestion, key).state is SuggestionState.OPEN
    later(time)
    db.session.rollback()
    assert db.session.get_one(Suggestion, key).state is SuggestionState.ACCEPTED
    assert (version_of(proposal).text, version_of(proposal).because) == (TEXT, "Ten is even.")


@pytest.mark.parametrize("odd", ["0", "999", "x", "9" * 30])
def test_a_suggestion_that_is_not_there_is_not_found_or_not_meant(app: Flask, here: Any, odd: str) -> None:
    _network, ann, _bob, _proposal, url = here
    assert browser(app, ann).get(f"{url}/reword?suggestion={odd}").status_code in (200, 404)


def test_sent_twice_it_waits_once(app: Flask, here: Any, time: MovedClock) -> None:
    _network, ann, _bob, _proposal, url = here
    client = browser(app, ann)
    (form,) = [
        each for each in Html(send(client, f"{url}/reword", TYPED).text).forms if "reword" in each["action"]
    ]
    data = {**defaults(form), "checked": "y"}
    answers = [client.post(form["action"], data=data) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    later(time)
    assert numbers() == [1, 2]


def test_her_waiting_input_is_hers_to_have_and_goes_with_her(app: Flask, here: Any, time: MovedClock) -> None:
    _network, ann, _bob, _proposal, url = here
    ask(browser(app, ann), f"{url}/reword", TYPED)
    db.session.rollback()
    (held,) = everything_held(ann.id)["decisions"]["words_that_nobody_was_asked"]
    assert (held["words"]["words"]["text"], held["because"]) == (TEXT, "Ten is even.")
    with transaction():
        erase_again(ann.id)
    assert db.session.query(Rewording).count() == 0
    later(time)
    assert numbers() == [1]


def test_two_workers_ask_once(here: Any, time: MovedClock) -> None:
    network, ann, _bob, proposal, _url = here
    with transaction():
        row = db.session.merge(proposal)
        words = Wording(QUESTION, TEXT)
        made = rewording.wait(row, words, because="Even.", by=acting(ann, network), via=Door.WEB, seen=1)
        db.session.flush()
        key = made.id
    assert words_of(version_of(proposal)).text != TEXT
    time.move(timedelta(minutes=11))
    assert [rewording._ask(key), rewording._ask(key)] == [True, False]
    assert numbers() == [1, 2]
