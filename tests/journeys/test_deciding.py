"""Members decide what they agree to: a proposal out of a discussion, every kind of answer, a deadline, and new rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.journeys.house import House, link, subject_of, words
from tests.journeys.network import Cast, the_network
from tests.journeys.people import ByKeyboard, Somebody

pytestmark = pytest.mark.journey
QUESTION = "Should members also agree to share what they learn?"
SENTENCE = "I share what I learn with the others."
RULES = """
"decisions.quorum" = "count"
"decisions.quorum_count" = 3
"""


@pytest.fixture(scope="module")
def uk(house: House, cast: Cast) -> Iterator[Cast]:
    """Six members; Ben has no mouse."""
    others = ("Ada Wood", "Cleo Marsh", "Dora Hill", "Emil Lane", "Fay Rowe")
    with the_network(house, cast, "Ben Field", *others, changes=RULES, list_address="list@example.org"):
        cast.members(*others)
        cast.confirms("Ben Field", ByKeyboard)
        yield cast


def opens_it(person: Somebody) -> None:
    """From the mail that asks for an answer."""
    person.opens_the_link(f"Your answer by Tue 21 Apr 2015, 18:00 BST: {QUESTION}", "/proposals/")
    person.is_at(QUESTION)


def answers(person: Somebody, answer: str, reason: str = "") -> None:
    """Give an answer on the proposal's page, or change it."""
    if person.page.locator("#change > summary").count():
        person.page.locator("#change > summary").click()
    person.chooses(answer)
    if reason:
        person.writes("Why", reason)
    person.in_view("button", "Change my answer").or_(person.in_view("button", "Give my answer")).first.click()
    person.page.wait_for_load_state("domcontentloaded")


def test_out_of_a_discussion_ada_proposes_a_change_of_what_members_agree_to(uk: Cast) -> None:
    ada = uk["Ada"]
    ada.opens("/uk/forum")
    ada.follows("Begin", within=ada.part("Membership of the network"))
    ada.follows("Start a discussion")
    ada.writes("Title", "What do we agree to?")
    ada.writes("Your first post", "We should share what we learn.")
    ada.chooses("Everybody, with your name")
    ada.presses("Start the discussion")
    ada.follows("Propose something")
    ada.reads("Below the text, say what it is about: from that our rules determine who decides.")
    ada.follows("Propose a change of our rules.")
    ada.reads("All members decide by consensus", "Which rules would change?")
    ada.unfolds("Who belongs")
    ada.unfolds("What members agree to")
    ada.writes("The question, in one sentence", QUESTION)
    ada.writes("What exactly is proposed, and why", "Those who join **share** what they learn.")
    box = ada.page.get_by_label("What members agree to")
    box.fill(f"{box.input_value()}\n{SENTENCE}")
    closes = ada.page.get_by_label("Answers close on", exact=True)
    closes.fill("2015-04-19")
    ada.presses("Check it, then ask")
    ada.reads("Please look at this again")
    closes.fill("2015-04-21")
    ada.presses("Check it, then ask")
    ada.reads("Nobody has been asked yet.", "6 people can answer.")
    ada.presses("Open it now")
    ada.is_at(QUESTION)
    ada.reads("Nobody has been notified yet")
    ada.reads(
        "Open for answers",
        "until Tue 21 Apr 2015, 18:00 BST",
        "6 people could answer when it opened.",
        SENTENCE,
    )


def test_everybody_on_the_roll_is_asked_by_a_mail_that_says_by_when(uk: Cast) -> None:
    fay = uk["Fay"]
    fay.house.later(timedelta(minutes=10))
    mail = fay.house.mail(fay.email, f"Your answer by Tue 21 Apr 2015, 18:00 BST: {QUESTION}")
    assert "You can change your answer until then." in words(mail)
    assert SENTENCE in words(mail)
    assert fay.house.mail("list@example.org", QUESTION)["List-Id"]


def test_ben_signs_in_and_answers_with_nothing_but_his_keyboard(uk: Cast) -> None:
    ben = uk["Ben"]
    opens_it(ben)
    ben.follows("Sign in to answer")
    ben.writes("Your e-mail address", ben.email)
    ben.presses("Send me a link")
    ben.opens_the_link("Your link to sign in", "/sign-in/link/")
    ben.presses("Sign in", within=ben.page.locator("main"))
    ben.is_at(QUESTION)
    ben.chooses("Agree")
    ben.writes("Why", "It costs nothing.")
    ben.presses("Give my answer")
    ben.reads("Agree", "It counts. Given", "You can change it until Tue 21 Apr 2015, 18:00 BST")


def test_the_others_answer_in_every_other_way_and_stop_needs_a_reason(uk: Cast) -> None:
    ada, cleo, dora, emil = (uk[name] for name in ("Ada", "Cleo", "Dora", "Emil"))
    for person in (ada, cleo, dora, emil):
        opens_it(person)
    answers(ada, "Agree, with a worry", "It may keep people away.")
    answers(cleo, "Disagree, but go ahead")
    answers(emil, "No view")
    answers(dora, "Stop")
    dora.reads("Please look at this again")
    dora.writes("Why", "Not everybody may share.")
    dora.writes("If you say Stop: what would", "Say: what I may share.")
    dora.picks("If you say Stop: which of our", "To open up how decisions are made.")
    answers(dora, "Stop")
    dora.reads("Stop", "It counts. Given")


def test_the_page_shows_what_would_happen_if_it_closed_now_part_by_part(uk: Cast) -> None:
    visitor = uk.enters("Vic Rowe")
    visitor.opens("/uk/")
    visitor.follows(QUESTION)
    visitor.reads("If it closed now: Stopped by 1 member", "Sign in to answer")
    visitor.does_not_read("Not everybody may share.")
    cleo = uk["Cleo"]
    cleo.page.reload()
    cleo.reads("Not everybody may share.", "Say: what I may share.", "It may keep people away.")
    cleo.unfolds("Who answered what")
    cleo.reads("Ben Field", "Emil Lane")


def test_on_the_last_day_who_has_not_answered_is_reminded_and_dora_changes_her_answer(uk: Cast) -> None:
    dora, fay = uk["Dora"], uk["Fay"]
    dora.house.later(timedelta(days=7, hours=9))
    dora.page.reload()
    answers(dora, "Agree", "I was wrong.")
    dora.reads("If it closed now: Agreed; 1 disagreed and let it go ahead")
    reminder = fay.house.mail(fay.email, f"Last day: your answer by Tue 21 Apr 2015, 18:00 BST: {QUESTION}")
    fay.opens(link(reminder, "/proposals/"))
    fay.reads("You have not answered yet.")
    assert not any(subject_of(mail).startswith("last day") for mail in dora.house.mails("ben@example.org"))


def test_at_the_deadline_the_worker_closes_it_once_and_it_stands_in_the_register(uk: Cast) -> None:
    fay = uk["Fay"]
    fay.chooses("Agree")
    fay.writes("Why", "Better late than never.")
    fay.house.later(timedelta(days=1))
    fay.presses("Give my answer")
    fay.is_at("Your answer came too late")
    fay.reads("before your answer arrived. It was not counted.")
    assert fay.page.get_by_label("Your comment").input_value() == "Better late than never."
    mail = fay.house.mail(fay.email, "2015-01 Agreed; 1 disagreed and let it go ahead")
    fay.opens(link(mail, "/decisions/2015-01"))
    fay.is_at(QUESTION)
    fay.reads("Agreed; 1 disagreed and let it go ahead", "2015-01", "In force", "It may keep people away.")
    fay.unfolds("Who answered what")
    fay.reads("Ben Field")
    fay.follows("Check this decision")
    fay.reads("6 could give an answer that counts when it opened.", "5 did.", "SHA-256")
    fay.opens("/uk/decisions")
    assert fay.page.locator("main").get_by_text("2015-0").count() == 1


def test_each_person_is_notified_once_and_the_list_elsewhere_too(uk: Cast) -> None:
    house = uk.house
    house.mail("list@example.org", "2015-01 Agreed")
    for name in ("ada", "ben", "fay"):
        told = [mail for mail in house.mails(f"{name}@example.org") if subject_of(mail).startswith("2015-01")]
        assert len(told) == 1


def test_the_new_rules_are_in_force_and_anyone_who_joins_agrees_to_them(uk: Cast) -> None:
    fay, visitor = uk["Fay"], uk["Vic"]
    fay.opens("/uk/decisions/2015-01")
    fay.follows("Our rules from then on, version 2")
    fay.reads(SENTENCE, "decided in 2015-01")
    visitor.opens("/uk/join")
    visitor.sees("checkbox", SENTENCE)


def test_the_committee_writes_down_what_a_meeting_decided_with_its_evidence(uk: Cast) -> None:
    uk.officers("Tess Miller")
    tess = uk["Tess Miller"]
    for question, matter in (
        ("Should we pay for a room?", "money"),
        ("Should we welcome the plan?", "what is said"),
    ):
        tess.opens("/uk/decisions")
        tess.follows("Record a decision taken elsewhere")
        tess.writes("What was decided, in one sentence", question)
        tess.writes("What exactly was decided, and why", "Yes, we should.")
        tess.chooses(matter)
        tess.chooses("At a meeting")
        tess.writes("On which day?", "2015-04-20")
        tess.writes("Which meeting", "Meeting in Leeds")
        tess.chooses("The committee", within=tess.page.get_by_role("group", name="Who decided?"))
        tess.writes("How do we know?", "Four were there, and nobody spoke against it.")
        tess.presses("Record it")
        tess.reads(
            "Agreed at a meeting. Stands unless somebody objects",
            "Four were there, and nobody spoke against it.",
        )
    tess.reads("By our rules all members decide on this. The committee’s decision is a recommendation.")
    tess.reads("Nobody has been notified yet")


def test_nobody_objects_and_what_the_committee_may_not_decide_is_its_recommendation(uk: Cast) -> None:
    ada, house = uk["Ada"], uk.house
    house.later(timedelta(minutes=11))
    mail = house.mail(ada.email, "Should we welcome the plan?")
    assert subject_of(mail).startswith("objections by")
    ada.opens(link(mail, "/proposals/"))
    ada.sees("link", "Object")
    house.later(timedelta(days=9))
    house.mail(ada.email, "Recommended by the committee: Should we welcome the plan?")
    ada.opens("/uk/decisions")
    ada.reads("Should we pay for a room?", "Agreed at a meeting", "Recommended by the committee", QUESTION)
    ada.follows("Should we welcome the plan?")
    ada.reads("Where it was decided", "Meeting in Leeds", "The committee", "Nobody objected.")
    ada.sees("link", "Ask all members")
    assert "ok" in house.command("verify")
