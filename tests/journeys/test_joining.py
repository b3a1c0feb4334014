"""A visitor reads, joins, is asked something and admitted; another is declined and tries again; a third takes just the mail."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.journeys.house import House, link, words
from tests.journeys.network import Cast, the_network
from tests.journeys.people import ByKeyboard, Somebody

pytestmark = pytest.mark.journey
CRITERIA = ("I share the purpose of this network.", "I take part for the common good, not to sell something.")
CODE = (
    "I argue with what people say, not with who they are.",
    "I say so openly when I have an interest in what is decided.",
    "I keep private what people tell me in private.",
)


@pytest.fixture(scope="module")
def uk(house: House, cast: Cast) -> Iterator[Cast]:
    """The network, with a discussion that visitors can read."""
    with the_network(house, cast):
        cast.officers("Tess Miller")
        tess = cast["Tess"]
        tess.opens("/uk/forum")
        tess.follows("Begin", within=tess.part("Purpose of the network"))
        tess.follows("Start a discussion")
        tess.writes("Title", "What are we for?")
        tess.writes("Your first post", "I think that we are for **openness**.")
        tess.chooses("Everybody, with your name")
        tess.presses("Start the discussion")
        yield cast


def fills_in_the_form(person: Somebody, about: str, ticks: tuple[str, ...] = CRITERIA + CODE) -> None:
    """All of the form to join."""
    person.opens("/uk/join")
    person.writes("Your name", person.name)
    person.writes("Your e-mail address", person.email)
    for sentence in ticks:
        person.ticks(sentence)
    person.writes("What brings you here", about)


def test_a_visitor_reads_what_is_discussed_and_decided_without_an_account(uk: Cast) -> None:
    ada = uk.enters("Ada Wood", kind=ByKeyboard)
    ada.opens_home()
    ada.reads("To open up how decisions are made.", "Joining costs nothing", "There are no members yet")
    ada.follows("Discuss")
    ada.follows("What are we for?")
    ada.reads("I think that we are for openness.", "Tess Miller", "Sign in to reply")
    ada.follows("Decisions")
    ada.reads("Nothing has been decided here yet.")


def test_she_forgets_a_tick_reads_which_one_and_keeps_her_input(uk: Cast) -> None:
    ada = uk["Ada"]
    ada.opens_home()
    ada.follows("Join")
    ada.is_at("Join UK Network")
    fills_in_the_form(ada, "I would like to help.", CRITERIA[:1] + CODE)
    ada.presses("Ask to join")
    ada.reads("Please look at this again", "Tick each sentence that members agree to")
    assert ada.page.get_by_label("What brings you here").input_value() == "I would like to help."
    assert ada.page.get_by_label(CRITERIA[0]).is_checked()
    ada.ticks(CRITERIA[1])
    ada.presses("Ask to join")
    ada.is_at("Check your mail")


def test_opening_the_link_in_the_mail_changes_nothing_and_its_button_does(uk: Cast) -> None:
    ada, tess = uk["Ada"], uk["Tess"]
    ada.opens_the_link("Confirm that you want to join UK Network")
    ada.reads("Nothing happens until you confirm that it was you.", "I would like to help.")
    tess.opens("/uk/applications")
    tess.reads("No application waits.")
    ada.presses("Yes, it was me: I want to join")
    ada.reads("We have your application.", "You get the answer by mail.")


def test_a_committee_member_asks_her_something_by_mail_and_she_answers(uk: Cast) -> None:
    ada, tess = uk["Ada"], uk["Tess"]
    tess.opens_the_link("Ada Wood would like to join")
    tess.reads("I would like to help.", CRITERIA[0])
    tess.unfolds("Ask something first")
    tess.writes("Your question", "With what would you like to help?")
    tess.presses("Send the question")
    ada.opens_the_link("A question about your application to UK Network")
    ada.reads("somebody would like to know more", "With what would you like to help?")
    ada.writes("Your answer", "With the minutes.")
    ada.presses("Send my answer")
    ada.reads("We have your application.")


def test_she_is_let_in_and_welcomed_and_counted(uk: Cast) -> None:
    ada, tess = uk["Ada"], uk["Tess"]
    tess.opens_the_link("Ada Wood answered about the application")
    tess.reads("With the minutes.")
    tess.presses("Let in")
    ada.house.mail(ada.email, "Welcome to UK Network")
    ada.opens_the_link("A question about your application to UK Network")
    ada.reads("Welcome.")
    ada.opens_home()
    ada.reads("1 person is a member.")


def test_dan_is_declined_with_a_reason_that_is_mailed_and_applies_again(uk: Cast) -> None:
    dan, tess = uk.enters("Dan Marsh"), uk["Tess"]
    fills_in_the_form(dan, "Buy my software!")
    dan.presses("Ask to join")
    dan.opens_the_link("Confirm that you want to join")
    dan.presses("Yes, it was me")
    tess.opens_the_link("Dan Marsh would like to join")
    tess.unfolds("Decline")
    tess.writes("The reason", "This is no place to sell something. Come without it.")
    tess.presses("Decline, with this reason")
    mail = dan.house.mail(dan.email, "was declined")
    assert "This is no place to sell something. Come without it." in words(mail)
    dan.opens(link(mail, "/join"))
    fills_in_the_form(dan, "I come without my software.")
    dan.presses("Ask to join")
    dan.is_at("Check your mail")


def test_eve_takes_just_the_mail_once_she_has_said_yes_from_her_own_mailbox(uk: Cast) -> None:
    eve = uk.enters("Eve Lane")
    eve.opens_home()
    eve.follows("Just the mail")
    eve.writes("Your e-mail address", eve.email)
    eve.page.locator("main").get_by_role("button").first.click()
    eve.is_at("Check your mail")
    eve.opens_the_link("Do you want the mail of UK Network?")
    eve.is_at("Take the mail of UK Network?")
    eve.presses("Yes, send it to me")
    eve.is_at("You will get our mail")


def test_a_mail_reaches_her_and_names_its_way_out_for_programs_and_for_people(uk: Cast) -> None:
    eve, tess = uk["Eve"], uk["Tess"]
    tess.opens("/uk/announcements")
    tess.follows("Write an announcement")
    tess.writes("Subject", "Spring news")
    tess.writes("Your message", "The days are longer.")
    tess.presses("Save, and check it")
    tess.reads("1 address that takes just the mail", "The coordinator or the committee’s chair can send it.")
    mail = eve.house.mail(eve.email, "Do you want the mail")
    assert "List-Unsubscribe" not in mail, "a mail that somebody asked for has no way out of a list"


def test_the_news_reach_her_with_a_way_to_less_mail_that_asks_her_address_first(uk: Cast) -> None:
    sends_the_news(uk)
    eve, house = uk["Eve"], uk.house
    mail = house.mail(eve.email, "Spring news")
    assert "You get this because you asked for the mail of UK Network." in words(mail)
    eve.opens(link(mail, "/uk/mail"))
    eve.follows("Just the mail: get the link to change or stop it")
    eve.writes("Your e-mail address", eve.email)
    eve.presses("Send me the link")
    eve.opens_the_link("Change or stop the mail of UK Network", "/mail/choose/")
    eve.sees("button", "Send nothing more to this address")


def test_her_mail_program_unsubscribes_her_by_one_post_which_a_look_at_the_page_does_not(uk: Cast) -> None:
    eve, mail = uk["Eve"], uk.house.mail("eve@example.org", "Spring news")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    offered = re.findall(r"<([^>]+)>", str(mail["List-Unsubscribe"]))
    address = next(url for url in offered if url.startswith("http"))
    eve.opens(address)
    eve.reads("Stop all mail from UK Network to your address?")
    body = urllib.parse.urlencode({"List-Unsubscribe": "One-Click"}).encode()
    with urllib.request.urlopen(urllib.request.Request(address, data=body), timeout=20) as answer:
        assert answer.status in (200, 202)
    eve.opens_the_link("Change or stop the mail of UK Network", "/mail/choose/")
    eve.reads("No mail goes to this address.")


def sends_the_news(uk: Cast) -> None:
    """The coordinator sends what the committee drafted."""
    uk.officers("Robin Baker")
    robin = uk["Robin Baker"]
    robin.opens("/uk/announcements")
    robin.follows("Spring news")
    robin.follows("Check it and send it")
    robin.presses("Send it to")
    uk.house.later(timedelta(minutes=11))
