"""Ada starts a discussion in one of the governance topics; others answer, follow, thank; a post is hidden and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.house import House, link, words
from tests.journeys.network import Cast, the_network

pytestmark = pytest.mark.journey
TITLE = "How many places should the committee have?"
RUDE = "Ben is a **donkey** and knows nothing of committees."


@pytest.fixture(scope="module")
def uk(house: House, cast: Cast) -> Iterator[Cast]:
    """Two members on their phones, three officers at their desks."""
    with the_network(house, cast, "Ada Wood", "Ben Field"):
        cast.members("Ada Wood", "Ben Field")
        yield cast


def test_ada_starts_a_discussion_in_a_governance_topic_and_frames_it(uk: Cast) -> None:
    ada = uk["Ada"]
    ada.opens_home()
    ada.follows("Discuss")
    ada.reads("Purpose of the network", "Membership of the network", "The coordinator")
    ada.follows("Begin", within=ada.part("The committee"))
    ada.follows("Start a discussion")
    ada.writes("Title", TITLE)
    ada.writes("Your first post", "We have four places, and *one* has been empty since the spring.")
    ada.chooses("Everybody, with your name")
    ada.unfolds("Say what it is about")
    ada.writes("The question", "Should the committee have five places?")
    ada.writes("What can change", "The number, not the term.")
    ada.writes("Who decides", "All members")
    ada.writes("Until", "2015-05-15")
    ada.presses("Start the discussion")
    ada.is_at(TITLE)
    ada.reads(
        "The question",
        "Should the committee have five places?",
        "The number, not the term.",
        "Fri 15 May 2015",
    )
    assert ada.page.locator("article em").inner_text() == "one"


def test_ben_follows_and_replies_and_ada_gets_a_mail(uk: Cast) -> None:
    ada, ben = uk["Ada"], uk["Ben"]
    ben.opens(ada.page.url)
    ben.presses("Follow")
    assert ben.in_view("button", "Follow").get_attribute("aria-pressed") == "true"
    ben.writes("Your reply", "Five is **enough**.\n\n<script>alert(1)</script>")
    ben.presses("Post your reply")
    ben.reads("Five is enough.")
    assert ben.page.locator("article strong", has_text="enough").count() == 1
    assert ben.page.locator("article script").count() == 0
    mail = ada.house.mail(ada.email, f"Re: {TITLE}")
    assert "Five is" in words(mail)
    assert "Ben Field" in str(mail["From"])
    assert mail["List-Unsubscribe"]
    assert mail["List-Id"]


def test_ada_sees_what_is_new_and_says_thanks_which_is_counted_and_never_mailed(uk: Cast) -> None:
    ada, ben = uk["Ada"], uk["Ben"]
    mails = len(ben.house.mails(ben.email))
    ada.opens_the_link(f"Re: {TITLE}", "/forum/")
    ada.page.get_by_role("article", name="Post 2").get_by_text("New", exact=True).wait_for()
    ada.presses("Thanks", within=ada.page.get_by_role("article", name="Post 2"))
    ben.page.reload()
    ben.reads("1 person said thanks")
    assert len(ben.house.mails(ben.email)) == mails


def test_ben_changes_his_post_and_what_it_said_before_can_be_seen(uk: Cast) -> None:
    ada, ben = uk["Ada"], uk["Ben"]
    ben.follows("Change", within=ben.page.get_by_role("article", name="Post 2"))
    ben.writes("Your post", "Five places are **plenty**.")
    ben.presses("Save")
    ben.reads("Five places are plenty.", "edited")
    ada.opens(ben.page.url.split("#")[0])
    ada.follows("edited")
    ada.is_at("Earlier versions of this post")
    ada.reads("Five is")


def test_ada_mutes_the_discussion_and_gets_no_more_of_it(uk: Cast) -> None:
    ada, ben = uk["Ada"], uk["Ben"]
    ada.opens(ben.page.url.split("#")[0])
    ada.presses("Mute")
    uk.officers("Tess Miller")
    tess = uk["Tess Miller"]
    tess.opens(ada.page.url.split("#")[0])
    tess.writes("Your reply", "I could live with five.")
    tess.presses("Post your reply")
    ben.house.mail(ben.email, f"Re: {TITLE}")
    assert not any("I could live with five" in words(mail) for mail in ada.house.mails(ada.email))


def test_ada_sums_up_at_the_top_for_those_who_come_late(uk: Cast) -> None:
    ada = uk["Ada"]
    ada.follows("Frame or sum up")
    ada.writes("Summary so far", "Ben and Tess could live with five places.")
    ada.presses("Save")
    ada.reads("Summary so far", "Ben and Tess could live with five places.")


def test_a_rude_post_is_reported_and_hidden_with_a_reason(uk: Cast) -> None:
    ada, ben, tess = uk["Ada"], uk["Ben"], uk["Tess"]
    ada.writes("Your reply", RUDE)
    ada.presses("Post your reply")
    ben.opens(ada.page.url.split("#")[0])
    ben.follows("Report", within=ben.page.get_by_role("article", name="Post 4"))
    ben.writes("What is wrong with it?", "It insults me.")
    ben.presses("Report it")
    tess.opens_the_link("A post was reported")
    tess.reads("It insults me.", "donkey")
    tess.follows("Hide the post")
    tess.chooses("Hide it")
    tess.writes("Why?", "It is about a person, not about what he says.")
    tess.presses("Hide the post")
    ben.opens(ada.page.url.split("#")[0])
    ben.does_not_read("donkey")
    ben.reads("Hidden by the committee:", "It is about a person, not about what he says.")


def test_its_author_is_mailed_the_text_and_the_reason_and_the_log_has_only_the_reason(uk: Cast) -> None:
    ada, ben = uk["Ada"], uk["Ben"]
    mail = ada.house.mail(ada.email, "was hidden")
    assert "donkey" in words(mail)
    assert "not about what he says" in words(mail)
    ben.house.mail(ben.email, "The post you reported")
    visitor = uk.enters("Vic Rowe")
    visitor.opens("/uk/forum/moderation")
    visitor.reads("Tess Miller", "It is about a person, not about what he says.")
    visitor.does_not_read("donkey")
    ada.opens(link(mail, "/forum/"))
    ada.writes("Why should it stand?", "Donkeys are wise. It was a compliment.")
    ada.presses("Appeal")
    ada.reads("Two other people decide by")


def test_two_others_hear_the_appeal_and_the_post_is_shown_again(uk: Cast) -> None:
    ada, tess = uk["Ada"], uk["Tess"]
    case = ada.page.url
    tess.opens(case)
    tess.sees_none("button", "Answer")
    uk.officers("Sam Potter", "Uma Carter")
    for judge in (uk["Sam"], uk["Uma"]):
        judge.opens_the_link("An appeal waits for two of you")
        judge.reads("Donkeys are wise. It was a compliment.")
        judge.chooses("It is shown again")
        judge.writes("Why?", "A donkey is no insult here.", within=judge.page.locator("#hear"))
        judge.presses("Answer")
    ada.house.mail(ada.email, "is shown again")
    visitor = uk["Vic"]
    visitor.opens(case)
    visitor.reads("Shown again", "A donkey is no insult here.")
