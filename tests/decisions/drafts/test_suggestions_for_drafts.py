"""Drafted together: others suggest words for a draft, whose author takes them or says why not."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from govnet.accounts.erasure import erase_again
from govnet.accounts.export import everything_held
from govnet.decisions.drafts import actions, queries
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import AnyProposal, ProposalVersion
from govnet.decisions.proposals.models import Suggestion, SuggestionState
from govnet.decisions.suggestions import actions as suggestions
from govnet.decisions.suggestions.queries import suggestion_to
from govnet.decisions.suggestions.queries import suggestions as suggestions_to
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, NotFound, RuleBroken
from govnet.kernel.transaction import transaction
from tests.builders import a_member, a_person, acting
from tests.decisions.builders import a_network_with_rules
from tests.decisions.drafts.builders import a_draft, verbs, wanted
from tests.decisions.mails import names_of, told
from tests.decisions.stage import browser
from tests.decisions.suggestions.test_suggestion_pages import suggested
from tests.pages import opened, send

pytestmark = pytest.mark.usefixtures("context")
PASSAGE, INSTEAD = "Nine seats", "Ten seats"


@pytest.fixture
def here() -> Any:
    """A network, an author with her draft, and somebody who reads it."""
    network = a_network_with_rules(decisions__sponsors=1)
    ann, bo = a_member(network, "Ann"), a_member(network, "Bo")
    return network, ann, bo, a_draft(network, ann)


def suggests(
    network: Any, person: Any, draft: Draft, passage: str = PASSAGE, instead: str = INSTEAD
) -> Suggestion:
    with transaction():
        row = db.session.get_one(AnyProposal, draft.id)
        return suggestions.suggest(
            row, passage, instead, "Ten is even.", by=acting(person, network), via=Door.WEB
        )


def text_of(draft: Draft) -> str:
    db.session.rollback()  # the page was another connection
    fresh = db.select(ProposalVersion.text).where(ProposalVersion.proposal_id == draft.id)
    return db.session.scalars(fresh).one()


def test_a_reader_suggests_and_the_author_takes_it_by_the_pages(app: Flask, here: Any) -> None:
    network, ann, bo, draft = here
    wanted(draft, network, bo)
    url = f"/uk/proposals/{draft.id}"
    assert f"{url}/suggest" in opened(browser(app, bo), url).links
    assert f"{url}/suggest" not in opened(browser(app, ann), url).links
    page = suggested(browser(app, bo), f"{url}/suggest", PASSAGE, INSTEAD)
    assert "Your suggestion is saved." in page.text
    page = send(browser(app, ann), url, {}, action="/accept")
    assert page.status_code == 200
    assert text_of(draft).startswith(INSTEAD)
    assert queries.sponsors_of(draft.id) == []
    assert [v for v in verbs() if "suggest" in v] == [
        "decisions.draft_suggested",
        "decisions.draft_suggestion_answered",
    ]
    assert "Accepted" in opened(browser(app, bo), url).text


def test_the_author_says_why_not(app: Flask, here: Any) -> None:
    network, ann, bo, draft = here
    key = suggests(network, bo, draft).id
    url = f"/uk/proposals/{draft.id}/suggestions/{key}/reject"
    assert send(browser(app, ann), url, {"reason": ""}).status_code == 422
    assert "Nine are enough." in send(browser(app, ann), url, {"reason": "Nine are enough."}).text
    assert text_of(draft).startswith(PASSAGE)
    with pytest.raises(RuleBroken, match="answered already"), transaction():
        suggestions.accept(suggestion_to(draft.id, key), by=acting(ann, network), via=Door.WEB)


def test_each_hears_what_concerns_her(here: Any) -> None:
    network, ann, bo, draft = here
    key = suggests(network, bo, draft).id
    told()
    assert names_of("Other words for your draft") == ["Ann"]
    with transaction():
        suggestions.accept(suggestion_to(draft.id, key), by=acting(ann, network), via=Door.WEB)
    told()
    assert names_of("Your suggestion was accepted") == ["Bo"]


@pytest.mark.parametrize(
    ("passage", "instead", "said"),
    [
        ("", "x", "Copy the passage"),
        ("Eleven", "x", "not in the text"),
        ("s", "x", "more than once"),
        (PASSAGE, PASSAGE, "the same text"),
    ],
)
def test_a_suggestion_that_is_no_passage_is_refused(here: Any, passage: str, instead: str, said: str) -> None:
    network, _ann, bo, draft = here
    with pytest.raises(RuleBroken, match=said):
        suggests(network, bo, draft, passage, instead)


def test_neither_the_author_nor_a_stranger_suggests_and_not_for_ever(here: Any) -> None:
    network, ann, bo, draft = here
    with pytest.raises(RuleBroken, match="your own draft"):
        suggests(network, ann, draft)
    with pytest.raises(NotAllowed):
        suggests(network, a_person("Eve"), draft)
    for number in range(5):
        suggests(network, bo, draft, instead=f"{number}")
    with pytest.raises(RuleBroken, match="a lot here already"):
        suggests(network, bo, draft)
    with transaction():
        actions.drop(draft.id, by=acting(ann, network), via=Door.WEB)
    with pytest.raises(RuleBroken, match="no longer a draft"):
        suggests(network, bo, draft)


def test_words_that_changed_meanwhile_are_not_put_over_new_ones(here: Any) -> None:
    network, ann, bo, draft = here
    first, second = suggests(network, bo, draft).id, suggests(network, bo, draft, instead="Eight seats").id
    with transaction():
        suggestions.accept(suggestion_to(draft.id, first), by=acting(ann, network), via=Door.WEB)
    with pytest.raises(RuleBroken, match="changed since"), transaction():
        suggestions.accept(suggestion_to(draft.id, second), by=acting(ann, network), via=Door.WEB)
    assert text_of(draft).startswith(INSTEAD)


def test_only_who_suggested_it_takes_it_back(here: Any) -> None:
    network, ann, bo, draft = here
    key = suggests(network, bo, draft).id
    with pytest.raises(NotAllowed), transaction():
        suggestions.take_back(suggestion_to(draft.id, key), by=acting(ann, network))
    with transaction():
        suggestions.take_back(suggestion_to(draft.id, key), by=acting(bo, network))
    assert suggestions_to(draft.id) == []


def test_a_suggestion_to_another_draft_is_not_here(here: Any) -> None:
    network, ann, bo, draft = here
    key = suggests(network, bo, draft).id
    other = a_draft(network, ann)
    with pytest.raises(NotFound), transaction():
        suggestions.accept(suggestion_to(other.id, key), by=acting(ann, network), via=Door.WEB)


def test_it_is_in_her_export_and_its_reason_goes_with_her(here: Any) -> None:
    network, _ann, bo, draft = here
    key = suggests(network, bo, draft).id
    assert [s["why"] for s in everything_held(bo.id)["decisions"]["suggested_words"]] == ["Ten is even."]
    with transaction():
        erase_again(bo.id)
    row = db.session.get_one(Suggestion, key)
    assert (row.why, row.state) == ("", SuggestionState.OPEN)
