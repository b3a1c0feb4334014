"""The coordinator brings in an old list on the web: uploads it, looks, does it, and takes it back but for who has acted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.house import House, link
from tests.journeys.network import Cast, the_network
from tests.journeys.people import DESK

pytestmark = pytest.mark.journey
LIST = """name;email;role;shoe size
Ada Wood;ada@example.org;member;38
Ben Field;ben@example.org;member;
Cleo Marsh;no address;member;
Dan Ford;dan@example.org;subscriber;41
Robin Baker;other@example.org;member;
"""


@pytest.fixture(scope="module")
def uk(house: House, cast: Cast) -> Iterator[Cast]:
    """The network with its coordinator at a desk."""
    with the_network(house, cast, "Robin Baker"):
        cast.confirms("Robin Baker")
        cast.there.pop("Robin Baker").goes_home()
        cast.enters("Robin Baker", DESK).is_signed_in()
        yield cast


def test_a_list_is_looked_at_row_by_row_before_anybody_is_written_to(uk: Cast, house: House) -> None:
    robin = uk["Robin"]
    file = house.folder / "old list.csv"
    file.write_bytes(b"\xef\xbb\xbf" + LIST.encode())
    robin.opens("/uk/desk")
    robin.follows("Bring in a list of people")
    robin.page.get_by_label("The list, as a file").set_input_files(file)
    robin.presses("Look at it")
    robin.is_at("What would happen")
    robin.reads(
        "4 people would come in. Nobody has got a mail yet.",
        "Columns that were ignored: shoe size.",
        "is not an email address",
        "Somebody here already has this name: Robin Baker",
    )
    assert not house.mails("ada@example.org")


def test_it_is_brought_in_and_those_on_it_are_asked(uk: Cast) -> None:
    robin = uk["Robin"]
    robin.presses("Bring in 4 people")
    robin.is_at("What was brought in")
    robin.reads("3 people were asked to confirm that they are members", "1 person gets the mail as a reader")
    ada = uk.enters("Ada Wood")
    ada.sends(link(ada.house.mail(ada.email, "are you still a member"), "/uk/"), "Yes, I am a member")


def test_it_is_taken_back_but_for_who_has_acted(uk: Cast, house: House) -> None:
    robin, late = uk["Robin"], link(house.mail("ben@example.org", "are you still a member"), "/uk/")
    robin.page.reload()
    robin.follows("Take it back")
    robin.is_at("Take a list back")
    robin.reads("People who have acted, and stay")
    robin.presses("Take it back")
    robin.is_at("Taken back")
    robin.opens("/uk/members")
    robin.reads("Ada Wood")
    robin.does_not_read("Ben Field")
    ben = uk.enters("Ben Field")
    ben.page.goto(late)
    ben.does_not_read("Yes, I am a member")
