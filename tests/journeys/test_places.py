"""A place on the committee is given and taken by what members decide about a person by name, and in no other way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.journeys.house import House, words
from tests.journeys.network import Cast, the_network
from tests.journeys.people import Somebody

pytestmark = pytest.mark.journey
RULES = """
"matters.committee_body" = "all"
"decisions.quorum" = "none"
"""
TAKES, ENDS = "Should Ben take the empty place?", "Should Ben’s term end?"


@pytest.fixture(scope="module")
def uk(house: House, cast: Cast) -> Iterator[Cast]:
    """Three members; on their committee a place is empty."""
    people = ("Ada Wood", "Ben Field", "Cleo Marsh")
    with the_network(house, cast, *people, changes=RULES):
        cast.members(*people)
        yield cast


def asks(person: Somebody, question: str, text: str) -> None:
    """Write the words, look at it, and ask."""
    person.writes("The question, in one sentence", question)
    person.writes("What exactly is proposed, and why", text)
    person.asks(question)


def agrees(person: Somebody, question: str) -> None:
    """Find it and say yes."""
    person.opens("/uk/proposals")
    person.follows(question)
    person.chooses("Agree")
    person.presses("Give my answer")
    person.reads("Agree")


def test_ada_proposes_ben_for_the_empty_place_from_the_committee_s_page(uk: Cast) -> None:
    ada = uk["Ada"]
    ada.opens("/uk/committee")
    ada.reads("Empty place")
    ada.follows("Propose who takes it")
    ada.writes("Who takes it?", "Ben Feild")
    ada.writes("The question, in one sentence", TAKES)
    ada.writes("What exactly is proposed, and why", "He has the evenings.")
    ada.presses("Check it, then ask")
    ada.reads("We know nobody called “Ben Feild”.")
    ada.writes("Who takes it?", "Ben Field")
    asks(ada, TAKES, "He has the evenings.")
    ada.reads("Ben Field takes the place “Fourth place”, from the day on which this is decided until")


def test_ben_is_notified_and_replies_and_his_own_answer_does_not_count(uk: Cast) -> None:
    ben = uk["Ben"]
    mail = words(uk.house.mail(ben.email, TAKES))
    assert "Ben Field takes the place “Fourth place”" in mail
    ben.opens("/uk/proposals")
    ben.follows(TAKES)
    ben.follows("Reply to what is proposed about you")
    ben.writes("Your reply", "Gladly, but not on Mondays.")
    ben.presses("Reply")
    ben.reads("Ben Field replies", "Gladly, but not on Mondays.")


def test_once_it_is_agreed_ben_sits_there_by_that_decision(uk: Cast) -> None:
    agrees(uk["Ada"], TAKES)
    agrees(uk["Cleo"], TAKES)
    uk.house.later(timedelta(days=12))
    uk.house.mail(uk["Cleo"].email, "2015-01")
    ada = uk["Ada"]
    ada.opens("/uk/committee")
    ada.reads("Ben Field", "by decision 2015-01")
    ada.sees_none("link", "A decision ends this term")


def test_cleo_proposes_to_end_it_and_the_place_is_empty_the_day_after_it_is_agreed(uk: Cast) -> None:
    cleo, ada = uk["Cleo"], uk["Ada"]
    cleo.opens("/uk/committee")
    here = cleo.page.locator("li", has_text="Ben Field")
    here.get_by_role("link", name="Propose to end this term").click()
    asks(cleo, ENDS, "He never came.")
    cleo.reads("The term of Ben Field in the place “Fourth place” ends on the day on which this is decided.")
    agrees(ada, ENDS)
    agrees(cleo, ENDS)
    uk.house.later(timedelta(days=12))
    uk.house.mail(ada.email, "2015-02")
    uk.house.later(timedelta(days=1))
    ada.opens("/uk/committee")
    ada.reads("4 places. 1 of them is empty.")
    ada.unfolds("Earlier terms")
    ada.reads("ended by decision 2015-02")
    assert "ok" in uk.house.command("verify")
