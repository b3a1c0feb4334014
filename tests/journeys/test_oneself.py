"""Ada's own pages: her page, her mail, her data, and the ways out. And the pages of people who look after things."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.house import House
from tests.journeys.network import Cast, the_network
from tests.journeys.people import Somebody

pytestmark = pytest.mark.journey
TITLE = "Where shall we meet?"


@pytest.fixture(scope="module")
def uk(house: House, cast: Cast) -> Iterator[Cast]:
    """Three members on their phones, an officer and the operator at their desks."""
    with the_network(house, cast, "Ada Wood", "Ben Field", "Cleo Marsh"):
        cast.members("Ada Wood", "Ben Field", "Cleo Marsh")
        cast.officers("Tess Miller", "Kit Fuller")
        yield cast


def starts(person: Somebody, topic: str, title: str, post: str) -> None:
    """Start a discussion that everybody can read, as the first one in its topic."""
    person.opens("/uk/forum")
    person.follows("Begin", within=person.part(topic))
    person.follows("Start a discussion")
    person.writes("Title", title)
    person.writes("Your first post", post)
    person.chooses("Everybody, with your name")
    person.presses("Start the discussion")
    person.is_at(title)


def replies(person: Somebody, post: str) -> None:
    """Answer at the end of the page."""
    person.writes("Your reply", post)
    person.presses("Post your reply")
    person.reads(post)


def test_ben_s_post_waits_for_ada_on_the_page_you_until_she_has_read_it(uk: Cast) -> None:
    ada, ben = uk["Ada"], uk["Ben"]
    starts(ada, "Anything else", TITLE, "In Leeds?")
    ben.opens(ada.page.url)
    replies(ben, "In York.")
    ada.follows("You")
    ada.is_at("Nothing waits for you")
    ada.reads("Answers to you", "Ben Field", "My networks", "member")
    ada.presses("I have read all this")
    ada.reads("Nothing new since you were here.")


def test_ada_chooses_only_votes_and_hears_no_more_of_discussions_in_which_she_took_part(uk: Cast) -> None:
    ada, ben, cleo, house = uk["Ada"], uk["Ben"], uk["Cleo"], uk.house
    starts(cleo, "Purpose of the network", "Who brings the tea?", "It was cold last time.")
    ada.opens(cleo.page.url)
    replies(ada, "I do.")
    house.mail(cleo.email, "Re: Who brings the tea?")
    house.mail(ada.email, f"Re: {TITLE}")
    ada.opens("/me")
    ada.follows("How much mail?")
    ada.chooses("Only votes")
    ada.presses("Save")
    ada.reads("Saved.")
    known = [str(mail["Subject"]) for mail in house.mails(ada.email)]
    told = len(house.mails(cleo.email))
    ben.opens(cleo.page.url)
    replies(ben, "And I bring the cups.")
    house.mail(cleo.email, "Re: Who brings the tea?", after=told)
    assert [str(mail["Subject"]) for mail in house.mails(ada.email)] == known


def test_she_takes_a_copy_of_all_that_is_kept_about_her(uk: Cast) -> None:
    ada = uk["Ada"]
    ada.opens("/me/data")
    with ada.page.expect_download() as begun:
        ada.in_view("link", "Download my data").click()
    kept = json.loads(Path(begun.value.path()).read_text())
    text = json.dumps(kept)
    for mine in ("Ada Wood", "ada@example.org", "In Leeds?"):
        assert mine in text
    assert "cleo@example.org" not in text


def test_she_moves_to_another_address_once_it_has_said_yes(uk: Cast) -> None:
    ada, house = uk["Ada"], uk.house
    ada.opens("/me/data")
    ada.follows("Change my address")
    ada.writes("Your new e-mail address", "ada.wood@example.org")
    ada.presses("Send a mail to the new address")
    ada.reads("Until you press the button in it, your address stays the same.")
    ada.opens_the_link("Is this your new address, Ada Wood?", to="ada.wood@example.org")
    ada.presses("Yes, use this address")
    house.mail("ada@example.org", "Your mail now goes to another address")
    ada.opens("/me/data")
    ada.reads("ada.wood@example.org")


def test_ben_leaves_and_his_posts_stay_under_his_name(uk: Cast) -> None:
    ben, ada = uk["Ben"], uk["Ada"]
    thread = ben.page.url.split("#")[0]  # Cleo's, in which he wrote too
    ben.opens("/me/leave")
    ben.follows("Leave UK Network")
    ben.reads("What ends", "What stays")
    ben.presses("Leave")
    ben.opens(thread)
    ben.reads("And I bring the cups.", "Ben Field", "Members can reply here.")
    ada.opens_home()
    ada.reads("2 people are members.")


def test_cleo_removes_her_name_and_nothing_names_her_any_more(uk: Cast) -> None:
    cleo, ada, house = uk["Cleo"], uk["Ada"], uk.house
    thread = cleo.page.url.split("#")[0]
    cleo.opens("/me/leave")
    cleo.follows("Remove my name")
    cleo.reads("What goes", "What stays", "This cannot be undone")
    cleo.writes("To continue, type the word", "remove")
    cleo.presses("Remove my name for good")
    cleo.is_at("Your name is removed")
    cleo.opens("/me/data")
    cleo.is_at("Sign in")
    ada.opens(thread)
    ada.reads("It was cold last time.", "A former member")
    ada.does_not_read("Cleo")
    ada.opens("/uk/record")
    ada.does_not_read("Cleo")
    assert "ok" in house.command("verify")


def test_the_desk_shows_the_officers_what_waits(uk: Cast) -> None:
    tess, dan = uk["Tess"], uk.enters("Dan Marsh")
    tess.opens("/uk/desk")
    tess.reads("Nothing waits.")
    dan.opens("/uk/join")
    dan.writes("Your name", dan.name)
    dan.writes("Your e-mail address", dan.email)
    for box in (
        dan.page.get_by_role("group").filter(has_text="Please tick each one.").get_by_role("checkbox").all()
    ):
        box.check()
    dan.presses("Ask to join")
    dan.opens_the_link("Confirm that you want to join")
    dan.presses("Yes, it was me")
    tess.page.reload()
    tess.reads("1 thing waits", "Dan Marsh")
    dan.opens("/uk/desk", 200)
    dan.is_at("Sign in")


def test_the_operator_sees_the_server_and_only_she_does(uk: Cast) -> None:
    kit, ada, house = uk["Kit"], uk["Ada"], uk.house
    house.command("backup", str(house.folder / "night.tar.gz"))
    kit.opens("/operator")
    kit.is_at("The server")
    kit.reads("Nothing is stuck.", "night.tar.gz", "UK Network", "Kit Fuller", "last sign of life")
    ada.opens("/operator", 403)
    ada.reads("Only the operator of the server can look after it.")
