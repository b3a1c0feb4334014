"""A Stop and what comes of it, a question that only needs nobody to object, and a meeting's decision that somebody objects to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.journeys.house import House, link, words
from tests.journeys.network import Cast, the_network
from tests.journeys.people import Somebody

pytestmark = pytest.mark.journey
QUESTION = "Should we put our name to the letter about maps?"
TEXT = "We sign the letter to the minister today. Nobody is named in it."
CONSENT = "Should the next call be on a Tuesday?"
ELSEWHERE = "Should we pay for a room in Leeds?"
RULES = """
"decisions.quorum" = "count"
"decisions.quorum_count" = 2
"decisions.fallback" = "majority"
"matters.money_body" = "all"
"matters.money_method" = "consensus"
"""


@pytest.fixture(scope="module")
def uk(house: House, cast: Cast) -> Iterator[Cast]:
    """Three members, and Tess from the committee."""
    people = ("Ada Wood", "Cleo Marsh", "Dora Hill")
    with the_network(house, cast, *people, changes=RULES):
        cast.members(*people)
        cast.officers("Tess Miller")
        yield cast


def proposes(person: Somebody, matter: str, question: str, text: str, way: str) -> None:
    """With the first day that the rules allow; what it is about is asked only where that changes who decides."""
    person.opens("/uk/proposals/new")
    person.writes("The question, in one sentence", question)
    person.writes("What exactly is proposed, and why", text)
    if person.page.get_by_role("group", name="What is it about?").count():
        person.chooses(matter)
    person.chooses(way)
    person.asks(question)


def finds(person: Somebody, question: str) -> None:
    """On the list of what is open."""
    person.opens("/uk/proposals")
    person.follows(question)
    person.is_at(question)


def answers(person: Somebody, question: str, answer: str) -> None:
    """Give or change an answer."""
    finds(person, question)
    if person.page.locator("#change > summary").count():
        person.page.locator("#change > summary").click()
    person.chooses(answer)
    person.in_view("button", "Change my answer").or_(person.in_view("button", "Give my answer")).first.click()
    person.reads(answer, "It counts. Given")


def test_dora_says_stop_why_and_on_what_it_rests(uk: Cast) -> None:
    ada, dora = uk["Ada"], uk["Dora"]
    proposes(ada, "What is said in our name", QUESTION, TEXT, "Agree together")
    answers(ada, QUESTION, "Agree")
    answers(uk["Cleo"], QUESTION, "Agree")
    finds(dora, QUESTION)
    dora.chooses("Stop")
    dora.writes("Why", "We sign what we have not shown to anybody.")
    dora.writes("If you say Stop: what would", "Show it to members first.")
    dora.picks("If you say Stop: which of our", "To open up how decisions are made.")
    dora.presses("Give my answer")
    dora.reads("Stop", "It counts. Given", "If it closed now: Stopped by 1 member", "It rests on:")


def test_after_the_deadline_it_stays_open_and_everybody_is_notified_why(uk: Cast) -> None:
    cleo = uk["Cleo"]
    uk.house.later(timedelta(days=12))
    mail = uk.house.mail(cleo.email, "Stopped, and open until")
    assert "We sign what we have not shown to anybody." in words(mail)
    cleo.opens(link(mail, "/proposals/"))
    cleo.reads("Somebody said Stop", "a vote decides")


def test_dora_suggests_other_words_and_ada_takes_them(uk: Cast) -> None:
    ada, dora = uk["Ada"], uk["Dora"]
    finds(dora, QUESTION)
    dora.follows("Suggest other words")
    dora.writes("Why?", "Then I can sign it too.")
    dora.presses("Look at the difference")
    dora.reads("You have not changed the text yet.")
    box = dora.page.locator("main").get_by_label("The text as you suggest it")
    box.fill(
        box.input_value().replace("the minister today", "the minister once members have read it for a week")
    )
    dora.presses("Look at the difference")
    dora.reads("What would change", "Nothing has been sent yet.")
    dora.presses("Suggest it")
    dora.reads("Suggestions", "Then I can sign it too.")
    ada.opens_the_link("Other words for", "/proposals/")
    ada.follows("Accept this, and ask everybody again")
    ada.presses("Check it")
    ada.reads("Nobody has been asked again yet.", "no longer count")
    ada.presses("Ask it again")
    ada.reads("Your new version is waiting")
    uk.house.later(timedelta(minutes=11))
    uk.house.mail(dora.email, "Your suggestion was accepted")
    finds(ada, QUESTION)
    ada.reads(
        "once members have read it for a week",
        "Version 2 of the text",
        "What changed since the version before",
    )


def test_everybody_is_asked_again_and_earlier_answers_stay_beside_the_earlier_version(uk: Cast) -> None:
    for name in ("Ada", "Cleo", "Dora"):
        answers(uk[name], QUESTION, "Agree")
    dora = uk["Dora"]
    dora.reads("If it closed now: Agreed")
    dora.unfolds("Version 1:")
    dora.reads("We sign what we have not shown to anybody.")
    uk.house.later(timedelta(days=20))
    uk.house.mail(dora.email, f"Agreed: {QUESTION}")


def test_a_newcomer_follows_it_on_one_page_and_checks_the_arithmetic(uk: Cast) -> None:
    vic = uk.enters("Vic Rowe")
    vic.opens("/uk/decisions")
    vic.follows(QUESTION)
    vic.reads("In force", "All versions, first to last", "How it came about", "Then I can sign it too.")
    vic.sees_no_sideways_scrolling()
    vic.follows("Check this decision")
    vic.reads("The arithmetic", "3 did.", "Counted again, just now", "the same")
    vic.does_not_read("not the same", "Dora Hill")
    vic.sees_no_sideways_scrolling()


def test_nobody_objects_and_silence_is_enough(uk: Cast) -> None:
    cleo = uk["Cleo"]
    proposes(cleo, "What is said in our name", CONSENT, "Tuesdays, at seven.", "Any objections?")
    answers(uk["Ada"], CONSENT, "No view")
    uk.house.later(timedelta(days=12))
    uk.house.mail(cleo.email, f"Agreed: {CONSENT}")


def test_ada_objects_to_what_a_meeting_decided_and_everybody_is_asked(uk: Cast) -> None:
    ada, tess = uk["Ada"], uk["Tess"]
    tess.opens("/uk/decisions/record")
    tess.writes("What was decided, in one sentence", ELSEWHERE)
    tess.writes("What exactly was decided, and why", "Forty pounds.")
    tess.chooses("money")
    tess.chooses("At a meeting")
    tess.writes("On which day?", "2015-04-20")
    tess.writes("Which meeting", "Meeting in Leeds")
    tess.chooses("All members", within=tess.page.get_by_role("group", name="Who decided?"))
    tess.writes("How do we know?", "Eleven were there.")
    tess.presses("Record it")
    tess.reads("Nobody has been notified yet")
    uk.house.later(timedelta(minutes=11))
    ada.opens_the_link(f": {ELSEWHERE}", "/proposals/")
    ada.follows("Object")
    ada.writes("Why?", "Half of us could not come to Leeds.")
    ada.presses("Object")
    ada.reads("Open for answers", "Half of us could not come to Leeds.")
    mail = uk.house.mail(uk["Cleo"].email, "Your answer by")
    assert mail is not None
    for name in ("Ada", "Cleo", "Dora"):
        answers(uk[name], ELSEWHERE, "Agree")
    uk.house.later(timedelta(days=14))
    uk.house.mail(ada.email, f"Agreed: {ELSEWHERE}")
    assert "ok" in uk.house.command("verify")
