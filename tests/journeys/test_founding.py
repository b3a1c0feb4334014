"""A volunteer founds a network as it is, brings over its old list, and those on it confirm, by a click or an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.journeys.house import House, link, running, words
from tests.journeys.network import Cast
from tests.journeys.people import DESK, Somebody

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def printed(house: House) -> str:
    """The link that `govnet init` prints."""
    return str(re.findall(r"http\S+/found/\S+", house.command("init"))[0])


@pytest.fixture(scope="module")
def vera(house: House, cast: Cast, printed: str) -> Iterator[Somebody]:
    """The volunteer."""
    with running(house):
        yield cast.enters("Vera Stone", DESK)


def place(vera: Somebody, number: int, typed: dict[str, str]) -> None:
    """Fill in one place on the committee."""
    here = vera.page.get_by_role("group", name=f"Place {number}")
    for label, text in typed.items():
        vera.writes(label, text, within=here)


def test_a_volunteer_opens_the_link_that_init_printed(vera: Somebody, printed: str) -> None:
    vera.opens(printed)
    vera.is_at("Found a network")
    vera.reads("Describe the network as it is today", "Step 1 of 6", "Name and purpose")


def test_a_forgotten_field_is_named_beside_it_and_nothing_that_she_typed_is_lost(vera: Somebody) -> None:
    vera.writes("What is the network called?", "UK Network")
    vera.writes("Its short name in addresses", "uk")
    vera.writes("Whom can people ask?", "Vera Stone")
    vera.writes("The mailbox", "vera@example.org")
    vera.writes("The phone", "01632 960 001")
    vera.presses("Go on")
    vera.reads("Please look at this again", "What you wrote is still here.")
    assert vera.page.get_by_label("What is the network called?").input_value() == "UK Network"
    vera.writes("What is it for, in one sentence?", "To open up how decisions are made.")
    vera.presses("Go on")


def test_she_reads_the_charters_and_goes_back_and_forth(vera: Somebody) -> None:
    vera.reads("How it decides", "Loose", "Usual", "Strict")
    vera.unfolds("Read the rules “Strict”")
    vera.reads("I hold no elected office and speak for no government.")
    vera.chooses("Usual")
    vera.writes("How do we know that these are the rules?", "We have always done it so.")
    vera.presses("Back")
    vera.reads("Name and purpose")
    vera.presses("Go on")
    assert vera.page.get_by_label("How do we know that these are the rules?").input_value()
    vera.presses("Go on")
    vera.reads("What it talks about")
    vera.presses("Go on")


def test_with_evidence_for_each_office_the_network_is_founded(vera: Somebody) -> None:
    vera.reads("Its places")
    place(vera, 1, {"What is the place called": "Chair"})
    vera.ticks("This is the chair", within=vera.page.get_by_role("group", name="Place 1"))
    place(vera, 2, {"What is the place called": "Second place"})
    vera.presses("Go on")
    vera.reads("The first people")
    place(vera, 1, {"Who holds it": "Sam Potter", "Their e-mail": "sam@example.org"})
    place(vera, 1, {"Since": "2014-06-09", "Last day": "2016-06-08"})
    place(vera, 1, {"How do we know": "Minutes of 9 June 2014."})
    place(vera, 2, {"How do we know": "Empty since the spring."})
    vera.writes("The person who coordinates", "Robin Baker")
    vera.page.get_by_label("Their e-mail address").last.fill("robin@example.org")
    vera.writes("What may the coordinator do?", "Keep the list.")
    vera.page.get_by_label("Since", exact=True).last.fill("2014-07-01")
    vera.page.get_by_label("Last day", exact=True).last.fill("2015-06-30")
    vera.page.get_by_label("How do we know?", exact=True).last.fill("Minutes of 9 June 2014.")
    vera.presses("Go on")
    vera.reads("Check everything, and found the network", "Sam Potter", "Robin Baker", "UK Network")
    vera.presses("Found the network")
    vera.opens_home()
    vera.reads("To open up how decisions are made.", "Robin Baker", "Sam Potter", "01632 960 001")


def test_nobody_can_found_a_second_network_with_the_same_link(vera: Somebody, printed: str) -> None:
    vera.opens(printed)
    vera.reads("UK Network is founded")
    assert vera.page.get_by_role("button", name="Found the network").count() == 0


def test_operators_are_named_on_the_server_only(house: House, vera: Somebody) -> None:
    said = house.command("operator", "give", "vera@example.org", "--name", "Vera Stone")
    assert "looks after the server from now on" in said
    vera.opens("/uk/record")
    vera.reads("Vera Stone looks after the server from now on")


def test_the_pages_say_how_we_know_who_holds_which_office(vera: Somebody) -> None:
    vera.opens("/uk/committee")
    vera.reads("Sam Potter", "Wed 8 Jun 2016", "held at the start: Minutes of 9 June 2014.", "Empty place")
    vera.opens("/uk/coordinator")
    vera.reads("Robin Baker", "Tue 30 Jun 2015", "Keep the list.")
    vera.opens("/uk/charter")
    vera.reads("Our rules", "We have always done it so.")


def test_people_recorded_as_holding_an_office_get_a_mail(house: House) -> None:
    said = words(house.mail("sam@example.org", "You are recorded as holding an office in UK Network"))
    assert "holding the place “Chair”" in said
    assert "Minutes of 9 June 2014." in said
    assert "Keep the list." not in words(
        house.mail("robin@example.org", "You are recorded as holding an office")
    )


def test_the_roster_is_tried_first_and_each_error_is_named_by_its_row(house: House) -> None:
    roster = house.folder / "members.csv"
    roster.write_text("name,email,as\nAda Wood,ada@example.org,member\nBen Field,no address,member\n")
    said = house.command("import", "members", str(roster), status=1)
    assert "Row 3:" in said
    assert "Nothing was changed" in said
    roster.write_text(
        "name,email,as\nAda Wood,ada@example.org,member\nBen Field,ben@example.org,member\n"
        "Cleo Marsh,cleo@example.org,subscriber\n"
    )
    said = house.command("import", "members", str(roster))
    assert "2 people come as members" in said
    assert "1 person comes as a reader" in said
    assert "Nothing was changed." in said
    assert not house.mails("ada@example.org")
    assert "Done." in house.command("import", "members", str(roster), "--go")


def test_nobody_counts_as_a_member_before_confirming_and_ada_does_so_by_one_click(
    cast: Cast, vera: Somebody
) -> None:
    vera.opens_home()
    vera.reads("There are no members yet")
    ada = cast.enters("Ada Wood")
    ada.opens(link(ada.house.mail(ada.email, "are you still a member of UK Network? One click"), "/uk/"))
    ada.reads("Hello Ada Wood. You are on the old list of members.", "Until you confirm, you are not counted")
    vera.opens_home()
    vera.reads("There are no members yet")
    ada.presses("Yes, I am a member")
    ada.reads("You are a member")
    vera.opens_home()
    vera.reads("1 person is a member.")


def test_ben_does_so_by_an_answer_which_his_mail_server_hands_in(house: House, vera: Somebody) -> None:
    asked = house.mail("ben@example.org", "or reply YES")
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = (
        asked["To"],
        asked["Reply-To"],
        f"Re: {asked['Subject']}",
    )
    answer.set_content("Yes, I am.\n\n> Are you still a member?\n")
    house.command("receive", str(asked["Reply-To"]), given=answer.as_string())
    assert "you can answer and vote" in words(house.mail("ben@example.org", "You are a member of UK Network"))
    vera.opens_home()
    vera.reads("2 people are members.")


def test_people_only_on_the_list_get_no_question_and_the_record_is_whole(
    house: House, vera: Somebody
) -> None:
    assert not house.mails("cleo@example.org")
    vera.opens("/uk/record")
    vera.reads("brought in the old list: 2 to confirm", "as at the start.")
    vera.does_not_read("Ada Wood")
    assert "ok" in house.command("verify")
