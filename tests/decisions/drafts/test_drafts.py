"""Drafts: written together, wanted by others, asked when the rules are met, and given up."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from govnet.accounts.export import everything_held
from govnet.charter.models import Network
from govnet.decisions.drafts import actions, queries
from govnet.decisions.drafts.models import Draft, Sponsor
from govnet.decisions.models import AnyProposal, Proposal, ProposalState, ProposalVersion
from govnet.decisions.proposals import stored_form
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.extensions import db
from govnet.forum.states import Readership
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.membership.memberships.departure import resign
from govnet.membership.memberships.queries import own_memberships
from govnet.people.models import Person
from govnet.record.models import Entry
from tests.builders import a_member, a_person, a_steering_member, acting
from tests.decisions.builders import (
    QUESTION,
    a_discussion,
    a_network_with_rules,
    a_proposal,
    members,
    version_of,
)
from tests.decisions.drafts.builders import WORDS, a_draft, asked_now, changed, verbs, wanted
from tests.decisions.mails import names_of, subjects, told
from tests.decisions.stage import browser
from tests.erased import erase, words_about
from tests.pages import Html, ask, check, opened, send

pytestmark = pytest.mark.usefixtures("context")
NEW = "/uk/proposals/new?matter=statement"


def test_everything_that_the_form_asked_for_is_kept_and_comes_back() -> None:
    more = More(considered="Seven seats.", trial_until=date(2016, 1, 4), trial_signs="Nobody is missing.")
    words = Wording(QUESTION, "Text", {"decisions.dots": 3}, more, ("A", "B"))
    ask = Ask("charter", date(2015, 5, 1), 7, None, date(2016, 1, 1), "dots")
    assert stored_form.loads(stored_form.dumps(words, ask)) == (words, ask)


def test_a_draft_asks_nobody_and_its_author_asks_it() -> None:
    network = a_network_with_rules()
    ann, _bob = members(network, 2)
    draft = a_draft(network, ann, dataclasses.replace(WORDS, options=("A", "B")), method="dots")
    assert db.session.query(Proposal).count() == 0
    proposal = asked_now(draft, network, ann)
    assert version_of(proposal).method == "dots"
    assert version_of(proposal).roll_size == 2
    assert db.session.query(AnyProposal).all() == [proposal]
    assert verbs()[-2:] == ["decisions.draft_saved", "decisions.opened"]


@pytest.mark.parametrize("rules", [{"decisions__sponsors": 1}, {"decisions__notice_days": 3}])
def test_where_a_draft_is_needed_nothing_is_asked_directly(rules: dict[str, int]) -> None:
    network = a_network_with_rules(**rules)
    (ann,) = members(network, 1)
    with pytest.raises(RuleBroken, match="has to be a draft first"):
        a_proposal(network, ann)


def test_it_is_asked_once_enough_others_want_it(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__sponsors=2)
    ann, bob, cat = members(network, 3)
    draft = a_draft(network, ann)
    wanted(draft, network, bob)
    with pytest.raises(RuleBroken, match="1 more member must want this opened for answers"):
        asked_now(draft, network, ann)
    wanted(draft, network, cat)
    assert asked_now(draft, network, ann).author_id == ann.id


def test_the_support_of_people_who_left_does_not_count() -> None:
    network = a_network_with_rules(decisions__sponsors=1)
    ann, bob = members(network, 2)
    draft = a_draft(network, ann)
    wanted(draft, network, bob)
    with transaction():
        (membership,) = own_memberships(bob.id, network.id)
        resign(membership, by=acting(bob, network), via=Door.WEB)
    assert queries.whole(draft.id).sponsors == []
    with pytest.raises(RuleBroken, match="1 more member must want this opened for answers"):
        asked_now(draft, network, ann)


def test_its_words_stand_unchanged_for_the_time_of_notice(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__notice_days=3)
    (ann,) = members(network, 1)
    draft = a_draft(network, ann)
    time.move(timedelta(days=2))
    changed(draft, network, ann, dataclasses.replace(WORDS, text="Ten seats."))
    time.move(timedelta(days=2))
    with pytest.raises(RuleBroken, match="stay unchanged until Sat 18 Apr 2015, 10:00 BST"):
        asked_now(draft, network, ann)
    changed(draft, network, ann, dataclasses.replace(WORDS, text="Ten seats."), closes=date(2015, 5, 5))
    time.move(timedelta(days=1))
    assert asked_now(draft, network, ann).author_id == ann.id


def test_other_words_have_to_be_wanted_again() -> None:
    network = a_network_with_rules(decisions__sponsors=1)
    ann, bob = members(network, 2)
    draft = a_draft(network, ann)
    wanted(draft, network, bob)
    changed(draft, network, ann, WORDS, closes=date(2015, 5, 5))
    assert queries.sponsors_of(draft.id) == [bob.id]
    changed(draft, network, ann, dataclasses.replace(WORDS, question="How many seats?"))
    assert queries.sponsors_of(draft.id) == []
    wanted(draft, network, bob)
    assert queries.sponsors_of(draft.id) == [bob.id]


def test_nobody_wants_words_that_changed_while_they_read() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    draft = a_draft(network, ann)
    seen = queries.seen(draft)
    changed(draft, network, ann, dataclasses.replace(WORDS, text="Ten seats."))
    with pytest.raises(RuleBroken, match="changed while you were reading"), transaction():
        actions.sponsor(draft.id, seen, by=acting(bob, network), via=Door.WEB)


def test_not_the_author_not_twice_and_nobody_who_is_no_member() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    draft = a_draft(network, ann)
    wanted(draft, network, bob)
    with pytest.raises(RuleBroken, match="your own draft"):
        wanted(draft, network, ann)
    with pytest.raises(RuleBroken, match="already"):
        wanted(draft, network, bob)
    with pytest.raises(NotAllowed):
        wanted(draft, network, a_person("Visitor"))
    with pytest.raises(IntegrityError), transaction():
        row = Sponsor(proposal_id=draft.id, person_id=bob.id, at=draft.changed_at)
        db.session.add(row)
        db.session.flush()  # the constraint speaks here


def test_people_who_supported_it_can_think_again() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    draft = a_draft(network, ann)
    wanted(draft, network, bob)
    with transaction():
        actions.leave(draft.id, by=acting(bob, network), via=Door.WEB)
    assert queries.sponsors_of(draft.id) == []
    with pytest.raises(RuleBroken, match="have not said"), transaction():
        actions.leave(draft.id, by=acting(bob, network), via=Door.WEB)


def test_only_its_author_changes_asks_or_drops_it() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    draft = a_draft(network, ann)
    for deed in (
        lambda: changed(draft, network, bob, WORDS),
        lambda: asked_now(draft, network, bob),
        lambda: _drop(draft, network, bob),
    ):
        with pytest.raises(NotAllowed):
            deed()


def _drop(draft: Draft, network: Network, by: Person) -> None:
    with transaction():
        actions.drop(draft.id, by=acting(by, network), via=Door.WEB)


def test_a_draft_that_was_proposed_or_dropped_is_not_proposed_supported_or_changed_again() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    asked, dropped = a_draft(network, ann), a_draft(network, ann)
    asked_now(asked, network, ann)
    _drop(dropped, network, ann)
    for draft, words in ((asked, "already been opened"), (dropped, "was dropped")):
        for deed in (
            lambda draft=draft: asked_now(draft, network, ann),
            lambda draft=draft: changed(draft, network, ann, WORDS),
            lambda draft=draft: wanted(draft, network, bob),
            lambda draft=draft: _drop(draft, network, ann),
        ):
            with pytest.raises(RuleBroken, match=words):
                deed()


@pytest.mark.parametrize(
    ("words", "ask", "said"),
    [
        (WORDS, {"method": "majority"}, "not decided in that way"),
        (WORDS, {"method": "dots"}, "from 2 to 20"),
        (WORDS, {"matter": "nothing"}, "Choose what this is about"),
        (dataclasses.replace(WORDS, changes={"decisions.dots": 3}), {}, "needs a proposal about our rules"),
    ],
)
def test_a_text_that_could_never_be_proposed_is_no_draft(
    words: Wording, ask: dict[str, str], said: str
) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    with pytest.raises(RuleBroken, match=said):
        a_draft(network, ann, words, **ask)


def test_a_draft_is_hidden_from_people_who_may_not_read_its_discussion(app: Flask) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    sam = a_steering_member(network)
    thread = a_discussion(network, sam, Readership.COMMITTEE)
    hidden = a_draft(network, sam, dataclasses.replace(WORDS, question="Only for us?"), thread_id=thread.id)
    alone = a_draft(network, ann)
    for reader, sees in ((None, []), (bob, [alone.id]), (sam, [alone.id, hidden.id])):
        actor = acting(reader, network) if reader else acting(a_person("Visitor"), network)
        assert sorted(each.id for each in queries.open_in(network.id, actor)) == sorted(sees)
    seen = db.session.scalar(
        db.select(Entry.visibility).where(Entry.verb == "decisions.draft_saved").order_by(Entry.id)
    )
    assert seen == "committee"


def test_her_drafts_and_her_support_are_in_her_copy_and_go_with_her() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    words = dataclasses.replace(WORDS, text="We meet in one city.", options=("Leeds", "Cardiff"))
    hers, his = a_draft(network, ann, words, method="score"), a_draft(network, bob)
    asked = a_proposal(network, ann)
    wanted(his, network, ann)
    held = everything_held(ann.id)["decisions"]
    (draft,) = [each for each in held["proposals"] if each["proposal_id"] == hers.id]
    assert (draft["question"], draft["text"]) == (QUESTION, words.text)
    assert json.dumps(held).count(words.text) == 1
    assert {each["state"] for each in held["proposals_begun"]} == {"draft", "asked"}
    assert [each["title"] for each in held["options_proposed"]] == ["Leeds", "Cardiff"]
    assert [each["question"] for each in held["wanted_asked"]] == [QUESTION]
    erase(ann.id)
    row = db.session.get_one(Draft, hers.id)
    assert (row.question, row.version.text, row.state) == ("", "", ProposalState.DROPPED)
    assert version_of(asked).question == QUESTION
    assert queries.sponsors_of(his.id) == []
    assert db.session.scalars(db.select(Sponsor)).all() == []
    assert words_about(f"proposal:{hers.id}") == {None}


# --- pages and mail


def test_a_member_writes_a_draft_others_want_it_and_she_asks_it(app: Flask) -> None:
    network = a_network_with_rules(decisions__sponsors=1)
    ann, bob = members(network, 2)
    thread = a_discussion(network, ann)
    address = f"{NEW}&thread={thread.id}"
    page = opened(browser(app, ann), address)
    assert "It is a draft first" in page.text
    assert "Open it now" not in page.text
    typed = {"question": "Nine seats?", "text": "Nine.", "draft": "y"}
    made = send(browser(app, ann), address, {key: typed[key] for key in ("question", "text")})
    assert made.status_code == 422
    assert "Save it as a draft" in made.text
    kept = _save(app, ann, address, typed)
    assert "Still missing:" in kept
    assert "Nine seats?" in opened(browser(app, bob), f"/uk/forum/{thread.id}").text
    assert "Nine seats?" in opened(browser(app), "/uk/proposals").text
    db.session.rollback()
    draft = db.session.query(Draft).one()
    where = f"/uk/proposals/{draft.id}"
    assert bob.name not in opened(browser(app), where).text
    assert (
        "I no longer want this opened for answers"
        in send(browser(app, bob), where, {}, action="/sponsor").text
    )
    assert bob.name in opened(browser(app, ann), where).text
    assert bob.name not in opened(browser(app), where).text
    asked = ask(browser(app, ann), where, {"closes": "2015-04-24"}, action="/ask")
    assert "It is open" in asked.text
    assert "What is proposed" in opened(browser(app), where).text


def _save(app: Flask, person: Person, address: str, typed: dict[str, str]) -> str:
    """Press "Save as a draft"."""
    client = browser(app, person)
    form = next(
        each for each in opened(client, address).forms if each["method"] == "post" and "new" in each["action"]
    )
    fields = {
        each["name"]: each["value"] or ""
        for each in form["fields"]
        if each["type"] not in ("submit", "button", "checkbox")
        and (each["type"] != "radio" or each["checked"])
    }
    return client.post(form["action"], data={**fields, **typed}, follow_redirects=True).text


def test_she_changes_her_draft_and_drops_it(app: Flask) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    draft = a_draft(network, ann, dataclasses.replace(WORDS, options=("Leeds", "Cardiff")), method="score")
    client, where = browser(app, ann), f"/uk/proposals/{draft.id}"
    page = opened(client, f"{where}/change")
    assert "Leeds" in page.text
    refused = send(client, f"{where}/change", {"options": "Leeds"}, action="/change")
    assert refused.status_code == 422
    kept = send(client, f"{where}/change", {"options": "Leeds\nYork"}, action="/change")
    assert "York" in kept.text
    assert "Dropped by its author" in send(client, where, {}, action="/drop").text


def test_a_draft_changed_in_two_tabs_shows_both_and_loses_nothing(app: Flask) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    draft = a_draft(network, ann, dataclasses.replace(WORDS, options=("Leeds", "Cardiff")), method="score")
    client, where = browser(app, ann), f"/uk/proposals/{draft.id}/change"
    tab = opened(client, where).forms[-1]["fields"]
    first = {each["name"]: each["value"] for each in tab if each["name"] == "seen"}
    other = {"text": "Eight seats.", "closes": "2015-05-12", "choosing": "dots"}
    assert send(client, where, other, action="/change", follow=False).status_code == 303
    mine = {"text": "Ten seats.", "closes": "2015-05-13", "seen": first["seen"]}
    again = send(client, where, mine, action="/change")
    assert again.status_code == 409
    page = Html(again.text)
    check(page, where)
    assert "This was changed while you were writing." in page.text
    assert "Eight seats." in page.text
    assert "Tue 12 May 2015" in page.text
    fields = {each["name"]: each["value"] for each in page.forms[-1]["fields"] if each["name"]}
    assert fields["text"].strip() == "Ten seats."
    db.session.expire_all()
    assert text_of(draft) == "Eight seats."
    assert client.post(where, data={**fields, "way": "options"}).status_code == 303
    assert text_of(draft) == "Ten seats."


def text_of(draft: Draft) -> str:
    db.session.rollback()  # what was read before the page wrote
    fresh = db.select(ProposalVersion.text).where(ProposalVersion.proposal_id == draft.id)
    return db.session.scalars(fresh).one()


def test_a_change_sent_twice_is_one_change(app: Flask) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    draft = a_draft(network, ann)
    client, where = browser(app, ann), f"/uk/proposals/{draft.id}/change"
    seen = next(e["value"] for e in opened(client, where).forms[-1]["fields"] if e["name"] == "seen")
    for _time in range(2):
        typed = {"text": "Eight seats.", "closes": "2015-05-12", "seen": seen}
        sent = send(client, where, typed, action="/change", follow=False)
        assert sent.status_code == 303


def test_a_day_that_is_too_soon_is_named_on_the_draft(app: Flask) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    draft = a_draft(network, ann)
    answer = send(browser(app, ann), f"/uk/proposals/{draft.id}", {"closes": "2015-04-14"}, action="/ask")
    assert answer.status_code == 422
    assert "at least 7 days" in answer.text


def test_others_are_refused_at_the_door(app: Flask) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    sam = a_steering_member(network)
    thread = a_discussion(network, sam, Readership.COMMITTEE)
    draft = a_draft(network, sam, thread_id=thread.id)
    opened(browser(app, bob), f"/uk/proposals/{draft.id}", 403)
    mine = a_draft(network, ann)
    opened(browser(app, bob), f"/uk/proposals/{mine.id}/change", 403)


def test_followers_of_the_discussion_are_notified_and_the_author_when_nothing_is_missing(app: Flask) -> None:
    network = a_network_with_rules(decisions__sponsors=1)
    ann, bob = members(network, 2)
    cat = a_member(network)
    thread = a_discussion(network, bob)
    draft = a_draft(network, ann, thread_id=thread.id)
    wanted(draft, network, cat)
    told()
    assert f"You can open it now: {QUESTION}" in subjects()
    assert names_of("You can open it now") == [ann.name]
    assert bob.name in names_of("Draft:")
    changed(draft, network, ann, dataclasses.replace(WORDS, text="Ten seats."))
    told()
    assert cat.name in names_of("Draft changed")
