"""The coordinator writes to everybody under a mandate that everybody can read, and can no longer once it has ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.journeys.house import House, words
from tests.journeys.network import Cast, the_network
from tests.journeys.people import Somebody

pytestmark = pytest.mark.journey
SUBJECT = "A new committee place, and what comes next"


@pytest.fixture(scope="module")
def uk(house: House, cast: Cast) -> Iterator[Cast]:
    """Two members and a mailing list elsewhere; the coordinator sits at a desk."""
    with the_network(house, cast, "Ada Wood", "Ben Field", list_address="list@example.org"):
        cast.members("Ada Wood", "Ben Field")
        cast.officers("Robin Baker")
        yield cast


def numbers(robin: Somebody) -> list[int]:
    """Handed over, trying again, could not be sent, waiting: as the page has them."""
    text = robin.page.locator("#numbers").inner_text().lower()
    kinds = ("handed over", "trying again", "could not be sent", "waiting")
    found = [re.search(rf"(\d+)\s+{kind}|{kind}\s+(\d+)", text) for kind in kinds]
    return [int(next(filter(None, one.groups()))) if one else 0 for one in found]


def test_anybody_can_see_who_holds_which_place_since_when_until_when_and_how_we_know(uk: Cast) -> None:
    visitor = uk.enters("Vic Rowe")
    visitor.opens("/uk/committee")
    visitor.reads(
        "4 places. 1 of them is empty.", "Sam Potter", "Mon 9 Jun 2014 – Wed 8 Jun 2016", "Empty place"
    )
    visitor.follows("The coordinator")
    visitor.reads(
        "Robin Baker", "Tue 1 Jul 2014 – Tue 30 Jun 2015", "held at the start: Minutes of 9 June 2014."
    )
    visitor.sees_none("link", "Write a report")


def test_the_draft_is_made_from_what_happened_and_can_be_looked_at_before_it_goes(uk: Cast) -> None:
    robin = uk["Robin"]
    robin.opens("/uk/announcements")
    robin.follows("Write an announcement")
    draft = robin.page.get_by_label("Your message").input_value()
    assert draft, "the record has something to start from"
    robin.writes("Subject", SUBJECT)
    robin.writes("Your message", f"Dear all,\n\nwe have a **place** to fill.\n\n{draft}")
    robin.presses("Save, and check it")
    robin.reads("Nothing has been sent. This is how it will look.", SUBJECT, "It goes to 4 addresses")
    robin.reads("the mailing list elsewhere, which is one address here")
    robin.unfolds("The mail as plain text")
    robin.reads("we have a")


def test_robin_sends_herself_a_test_and_nobody_else_gets_it(uk: Cast) -> None:
    robin = uk["Robin"]
    robin.presses("Send me a test")
    robin.reads("A test is on its way to robin@example.org.")
    mail = robin.house.mail(robin.email, f"[Test] {SUBJECT}")
    assert "place" in words(mail)
    assert not [mail for mail in robin.house.mails("ada@example.org") if SUBJECT in str(mail["Subject"])]


def test_sending_can_be_undone_for_ten_minutes(uk: Cast) -> None:
    robin = uk["Robin"]
    robin.presses("Send it to 4 addresses")
    robin.reads("It goes out", "To 4 addresses.", "Nobody has been written to.")
    robin.house.later(timedelta(minutes=8))
    robin.page.reload()
    robin.presses("Undo (2 min left)")
    robin.reads("Undone. Nobody got a mail, and your draft is here again.")


def test_sent_again_it_reaches_everybody_once_and_the_numbers_add_up(uk: Cast) -> None:
    robin, house = uk["Robin"], uk.house
    robin.follows("Check it and send it")
    robin.presses("Send it to 4 addresses")
    house.later(timedelta(minutes=11))
    robin.looks_until("Sent: 4 of 4")
    assert numbers(robin) == [4, 0, 0, 0]
    robin.reads("We can’t know who has read it, and don’t track it.")
    for address in ("ada@example.org", "ben@example.org", "robin@example.org", "list@example.org"):
        got = [mail for mail in house.mails(address) if str(mail["Subject"]) == SUBJECT]
        assert len(got) == 1, address


def test_it_stands_in_the_archive_with_who_sent_it_under_which_mandate(uk: Cast) -> None:
    visitor, ada = uk["Vic"], uk["Ada"]
    visitor.opens("/uk/announcements")
    visitor.follows(SUBJECT)
    visitor.reads("Robin Baker as coordinator, until Tue 30 Jun 2015", "we have a place to fill")
    ada.opens_the_link(SUBJECT, "/uk/announcements/")
    ada.is_at(SUBJECT)


def test_when_the_mandate_ends_at_midnight_robin_can_send_no_more_and_what_waited_is_held(uk: Cast) -> None:
    robin, house = uk["Robin"], uk.house
    robin.opens("/uk/announcements/new")
    robin.writes("Subject", "Goodbye")
    robin.writes("Your message", "It was a good year.")
    robin.presses("Save, and check it")
    robin.chooses("At an hour that I choose")
    robin.writes("Day", "2015-07-01")
    robin.presses("Send it to")
    robin.reads("Wed 1 Jul 2015, 09:00 BST")
    house.later(timedelta(days=78, hours=12))
    robin.opens("/uk/announcements/new")
    robin.is_at("Write an announcement")
    house.later(timedelta(hours=3))
    robin.opens("/uk/announcements/new", 403)
    robin.reads("Only the committee or the coordinator can write an announcement.")
    house.mail(robin.email, "The mandate of Robin Baker is over")
    house.later(timedelta(hours=9))
    house.mail("sam@example.org", "Not sent: Goodbye")
    assert not [mail for mail in house.mails("ada@example.org") if str(mail["Subject"]) == "Goodbye"]


def test_the_end_is_on_the_page_and_announced_once(uk: Cast) -> None:
    visitor, house = uk["Vic"], uk.house
    visitor.opens("/uk/coordinator")
    visitor.reads("There is no coordinator today.", "Robin Baker, until Tue 30 Jun 2015")
    told = [mail for mail in house.mails("sam@example.org") if "is over" in str(mail["Subject"])]
    assert len(told) == 1
    assert "ok" in house.command("verify")
