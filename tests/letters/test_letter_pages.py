"""Letters as people meet them: pages, forms without scripts, and data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from govnet.accounts import erasure
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum.states import Readership
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock, now
from govnet.kernel.transaction import transaction
from govnet.letters import closing, queries
from govnet.letters.models import Signature
from govnet.letters.rules import LetterState
from govnet.membership.models import Membership
from govnet.people.models import Person
from tests.builders import a_member, a_network, a_person, a_steering_member, acting, an_organisation
from tests.decisions.builders import a_discussion
from tests.decisions.stage import browser
from tests.letters.builders import TITLE, a_letter, closed, later, sent, sign, the
from tests.pages import opened, send
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")

TYPED = {
    "title": TITLE,
    "addressed_to": "The Minister",
    "text": "We, the undersigned, ask.",
    "closes": "2015-04-20",
}


def withdraw(letter_id: int, person: Person) -> None:
    with transaction():
        letter = queries.whole(letter_id)
        closing.withdraw(letter, "They did it **already**.", by=acting(person, letter.network), via=Door.WEB)


def test_a_member_gathers_names_from_the_form_alone(app: Flask, ann: Person) -> None:
    client = browser(app, ann)
    done = send(client, "/uk/letters/new", TYPED)
    assert "It is open for signing. Your own name is the first." in done.text
    page = opened(client, "/uk/letters/1")
    assert "A letter to The Minister, signed by 1 member." in page.text
    assert "Open for signing until Mon 20 Apr 2015, 18:00 BST" in page.text
    assert "It speaks for the people who signed it, not for the network." in page.text
    assert "Ann Example has signed this letter." in page.text


def test_a_letter_sent_again_after_going_back_is_one_letter(app: Flask, ann: Person) -> None:
    client = browser(app, ann)
    assert len({send(client, "/uk/letters/new", TYPED, follow=False).location for _ in range(2)}) == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": ""}, "Enter what the letter is about."),
        ({"addressed_to": " "}, "Enter to whom the letter is addressed."),
        ({"text": ""}, "Enter what the letter says."),
        ({"closes": ""}, "Enter the last day for signing."),
        ({"closes": "2015-04-19"}, "Everybody has at least 7 days to sign: choose Mon 20 Apr 2015 or later."),
        ({"closes": "2017-04-19"}, "A letter can be open for a year at most"),
        ({"title": "x" * 121}, "at most 120 characters"),
    ],
)
def test_an_impossible_letter_is_refused_and_the_input_is_kept(
    app: Flask, ann: Person, wrong: dict[str, str], message: str
) -> None:
    answer = send(browser(app, ann), "/uk/letters/new", {**TYPED, **wrong})
    assert answer.status_code == 422
    assert message in answer.text
    if "text" not in wrong:
        assert "We, the undersigned, ask." in answer.text


def test_a_visitor_reads_everything_and_is_led_to_sign_in(app: Flask, ann: Person) -> None:
    letter_id = a_letter(ann_network(), ann)
    client = browser(app)
    page = opened(client, f"/uk/letters/{letter_id}")
    assert "Ann Example" in page.text
    assert page.forms == []
    assert f"/sign-in?next=/uk/letters/{letter_id}" in page.links
    assert client.get("/uk/letters/new").status_code == 303


def ann_network() -> Network:
    return db.session.query(Network).one()


def test_the_page_says_before_the_button_that_the_name_is_public(
    app: Flask, network: Network, ann: Person
) -> None:
    letter_id = a_letter(network, ann)
    bo = a_member(network, "Bo Example")
    an_organisation(network, "Open Club", spoken_for_by=bo)
    client = browser(app, bo)
    page = opened(client, f"/uk/letters/{letter_id}")
    warning, button = page.text.index("A signature is public"), page.text.index("Sign as Bo Example")
    assert warning < button
    assert "even if visitors can’t see you in our list of members" in page.text
    assert "Sign for Open Club" in page.text


def test_somebody_signs_for_herself_and_her_organisation_and_takes_one_back(
    app: Flask, network: Network, ann: Person
) -> None:
    letter_id, bo = a_letter(network, ann), a_member(network, "Bo Example")
    club_id = str(an_organisation(network, "Open Club", spoken_for_by=bo).id)
    client, url = browser(app, bo), f"/uk/letters/{letter_id}"
    done = send(client, url, {"party": "me"}, action="/sign")
    assert "The letter is signed." in done.text
    send(client, url, {"party": club_id}, action="/sign")
    page = opened(client, url)
    assert "signed by 2 members and 1 organisation" in page.text
    send(client, url, {"party": "me"}, action="/take-back")
    assert "signed by 1 member and 1 organisation" in opened(client, url).text
    assert "signed by Bo Example" in opened(client, url).text  # for the organisation, told to members
    assert "Bo Example" not in opened(browser(app), url).text


def test_pressing_twice_signs_once(app: Flask, network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    client, url = browser(app, a_member(network)), f"/uk/letters/{letter_id}"
    form = next(f for f in opened(client, url).forms if f["action"].endswith("/sign"))
    data = {each["name"]: each["value"] for each in form["fields"]} | {"party": "me"}
    for _ in range(2):
        assert client.post(f"{url}/sign", data=data).status_code == 303
    db.session.rollback()
    assert queries.count_of(letter_id).members == 2


@pytest.mark.parametrize(
    ("who", "status", "message"),
    [
        ("stranger", 403, "Only members can sign this letter."),
        ("signed", 422, "“Ann Example” has already signed this letter."),
        ("late", 422, "This closed 3 hours ago. Your name was neither added nor taken back."),
        ("nobody", 422, "You can sign for yourself as a member"),
        ("old words", 422, "The text was changed while you were reading it."),
    ],
)
def test_a_name_that_cannot_be_given_is_refused_in_words(
    app: Flask, network: Network, ann: Person, time: MovedClock, who: str, status: int, message: str
) -> None:
    letter_id, bo, sid = a_letter(network, ann), a_member(network), a_person("Sid Stranger")
    client = browser(app, {"stranger": sid, "signed": ann}.get(who, bo))
    page = opened(client, "/uk/letters/new" if who != "stranger" else "/uk/join")
    token = next(f["value"] for form in page.forms for f in form["fields"] if f["name"] == "csrf_token")
    if who == "late":
        closed(letter_id, time)
        time.move(timedelta(hours=3))
    data = {
        "csrf_token": token,
        "party": "7" if who == "nobody" else "me",
        "seen": "9" if who == "old words" else "1",
    }
    answer = client.post(f"/uk/letters/{letter_id}/sign", data=data)
    assert (answer.status_code, message in answer.text) == (status, True), answer.text[-3000:]


def test_a_name_taken_back_too_late_stays_and_the_page_says_so(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    client, url = browser(app, ann), f"/uk/letters/{letter_id}"
    page = opened(client, url)
    token = next(f["value"] for form in page.forms for f in form["fields"] if f["name"] == "csrf_token")
    closed(letter_id, time)
    answer = client.post(f"{url}/take-back", data={"csrf_token": token, "party": "me"})
    assert answer.status_code == 303
    answer = opened(client, url)
    assert "neither added nor taken back" in answer.text


def test_an_author_changes_the_words_until_another_has_signed(
    app: Flask, network: Network, ann: Person
) -> None:
    letter_id = a_letter(network, ann)
    client, url = browser(app, ann), f"/uk/letters/{letter_id}"
    answer = send(client, f"{url}/edit", {"text": "Other **words**."})
    assert "<strong>words</strong>" in answer.text
    old = opened(client, f"{url}/edit")
    sign(letter_id, a_member(network))
    assert f"{url}/edit" not in opened(client, url).links
    form = next(f for f in old.forms if f["action"].endswith("/edit"))
    data = {each["name"]: each["value"] for each in form["fields"] if each["name"]}
    late = client.post(f"{url}/edit", data={**data, "text": "Too late."})
    assert late.status_code == 422
    assert "Somebody else has signed it, so its text can no longer be changed." in late.text
    assert "Too late." in late.text
    assert the(letter_id).text == "Other **words**."


def test_a_letter_goes_its_whole_way_by_forms(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    client, url = browser(app, ann), f"/uk/letters/{letter_id}"
    early = send(client, f"{url}/sent", {"sent_on": "2015-04-13"})
    assert (early.status_code, "It is still open for signing." in early.text) == (422, True)
    send(client, f"{url}/close", {"reason": "The hearing is **soon**."})
    page = opened(client, url)
    assert "Why it was closed early" in page.text
    assert f"{url}/sent" in page.links
    unsent = send(client, f"{url}/reply", {"text": "Hm."})
    assert (unsent.status_code, "First record that it was sent" in unsent.text) == (422, True)
    wrong = send(client, f"{url}/sent", {"sent_on": "2015-04-13", "reply_due": "2015-04-12"})
    assert (wrong.status_code, "A reply is due after the letter was sent" in wrong.text) == (422, True)
    send(client, f"{url}/sent", {"sent_on": "2015-04-13", "how": "By post", "reply_due": "2015-05-13"})
    assert "Waits for a reply" in opened(client, url).text
    empty = send(client, f"{url}/reply", {"text": ""})
    assert (empty.status_code, "Enter what the reply says, or a link" in empty.text) == (422, True)
    send(client, f"{url}/reply", {"text": "We **shall**.", "url": "https://example.org/reply"})
    page = opened(browser(app), url)
    assert "Answered" in page.text
    assert "https://example.org/reply" in page.links
    assert "By post" in page.text


def test_an_officer_says_that_it_was_sent_and_no_other_member(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id, sam = a_letter(network, ann), a_steering_member(network)
    closed(letter_id, time)
    url = f"/uk/letters/{letter_id}/sent"
    assert browser(app, a_member(network)).get(url).status_code == 403
    assert browser(app, sam).get(f"/uk/letters/{letter_id}/close").status_code == 403
    assert "Waits for a reply" in send(browser(app, sam), url, {"reply_due": later(9).isoformat()}).text


def test_a_letter_taken_back_is_in_nobody_s_name(app: Flask, network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    sign(letter_id, a_member(network, "Bo Example"))
    page = send(browser(app, ann), f"/uk/letters/{letter_id}/withdraw", {"reason": "They did it already."})
    assert "They did it already." in page.text
    client = browser(app)
    assert "Bo Example" not in client.get(f"/uk/letters/{letter_id}").text
    data = client.get(f"/uk/letters/{letter_id}.json").get_json()
    assert (data["names"], data["signed"]) == ([], {"members": 2, "organisations": 0})


def test_the_list_has_each_letter_where_it_stands(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    gathered, posted = a_letter(network, ann, title="Gathered"), a_letter(network, ann, title="Posted")
    time.move(to=the(gathered).deadline)
    db.session.rollback()
    assert closing.close_due() == 2
    sent(posted, ann, due=later(9))
    a_letter(network, ann, title="Still open")
    withdraw(a_letter(network, ann, title="Undone"), ann)
    text = opened(browser(app), "/uk/letters").text
    parts = ["Open for signing", "Still open", "To be sent", "Gathered", "Sent, no reply yet", "Posted",
             "Answered, or taken back", "Undone"]  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    data = browser(app).get("/uk/letters.json").get_json()
    assert [each["state"] for each in data["letters"]] == ["gathered", "sent", "open", "withdrawn"]


def test_without_letters_the_list_says_so(app: Flask, network: Network) -> None:
    assert "No letter is open for signing at the moment." in opened(browser(app), "/uk/letters").text


def test_old_letters_are_on_further_pages(app: Flask, network: Network, ann: Person) -> None:
    for number in range(22):
        withdraw(a_letter(network, ann, title=f"Letter {number}"), ann)
    client = browser(app)
    first, second = opened(client, "/uk/letters"), opened(client, "/uk/letters?page=2")
    assert "Letter 21" in first.text
    assert "/uk/letters?page=2" in first.links
    assert "Letter 0" in second.text
    assert "Letter 21" not in second.text
    assert client.get("/uk/letters.json").get_json()["next"] == "/uk/letters.json?page=2"


def test_letters_of_another_network_are_not_here(app: Flask, network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    a_network("wales")
    client = browser(app)
    for tail in ("", ".json", "/edit", "/close", "/withdraw", "/sent", "/reply"):
        assert client.get(f"/wales/letters/{letter_id}{tail}").status_code == 404
    assert client.get("/wales/letters.json").get_json()["letters"] == []


def test_a_discussion_leads_to_a_letter_and_shows_it(app: Flask, network: Network, ann: Person) -> None:
    thread_id = a_discussion(network, ann).id
    client, thread = browser(app, ann), f"/uk/forum/{thread_id}"
    assert f"/uk/letters/new?thread={thread_id}" in opened(client, thread).links
    send(client, f"/uk/letters/new?thread={thread_id}", {**TYPED, "title": "From talking"})
    page = opened(browser(app), thread)
    assert "From talking: signed by 1 member" in page.text
    assert "/uk/letters/1" in page.links
    assert thread in opened(browser(app), "/uk/letters/1").links
    assert "Start a letter for people to sign" not in page.text


def test_a_letter_from_a_members_discussion_says_that_it_is_public_and_does_not_name_the_thread(
    app: Flask, network: Network, ann: Person
) -> None:
    thread_id = a_discussion(network, ann, Readership.MEMBERS).id
    url = f"/uk/letters/new?thread={thread_id}"
    assert "A letter is public" in opened(browser(app, ann), url).text
    send(browser(app, ann), url, TYPED)
    assert f"/uk/forum/{thread_id}" in opened(browser(app, ann), "/uk/letters/1").links
    visitor = opened(browser(app), "/uk/letters/1")
    assert f"/uk/forum/{thread_id}" not in visitor.links
    assert "How many seats?" not in visitor.text


def test_home_and_the_page_about_proposing_lead_to_letters(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    home = opened(browser(app), "/uk/")
    assert "Letters open for signing" in home.text
    assert f"/uk/letters/{letter_id}" in home.links
    assert browser(app).get("/uk.json").get_json()["letters"][0]["title"] == TITLE
    assert "/uk/letters/new" in opened(browser(app, ann), "/uk/proposals/new").links
    assert "/uk/letters" in opened(browser(app), "/uk/about").links
    assert "/uk/letters" in opened(browser(app), "/uk/decisions").links
    closed(letter_id, time)
    assert "Letters open for signing" not in opened(browser(app), "/uk/").text


def test_the_duties_of_an_author_are_their_tasks(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    client = browser(app, ann)
    assert "Send it, and record that" not in opened(client, "/me").text
    closed(letter_id, time)
    client = browser(app, ann)
    page = opened(client, "/me")
    assert "Send it, and record that" in page.text
    assert f"/uk/letters/{letter_id}" in page.links
    sent(letter_id, ann, due=later(1))
    time.move(timedelta(days=2))
    db.session.rollback()
    closing.remind_due()
    assert "The reply is overdue" in opened(browser(app, ann), "/me").text


def test_a_task_that_nobody_is_left_for_is_on_the_officers_desk(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    bo, sam = a_member(network), a_steering_member(network)
    orphan, late = a_letter(network, ann, title="Orphan"), a_letter(network, bo, title="Late")
    time.move(to=the(orphan).deadline)
    db.session.rollback()
    closing.close_due()
    sent(late, bo, due=later(1))
    assert "Orphan" not in opened(browser(app, sam), "/uk/desk").text
    with transaction():
        erasure.erase_oneself("remove", by=acting(ann, ann_network()), via=Door.WEB)
    time.move(timedelta(days=2))
    db.session.rollback()
    closing.remind_due()
    page = opened(browser(app, sam), "/uk/desk")
    assert "“Orphan” is to be sent, and the member who started it has left" in page.text
    assert "The reply to “Late” is overdue" in page.text
    assert f"/uk/letters/{orphan}" in page.links


def test_lists_and_letters_take_at_most_eight_statements_however_many_signed(
    app: Flask, network: Network, ann: Person
) -> None:
    thread = a_discussion(network, ann)
    letter_id = a_letter(network, ann, thread=thread)
    for _ in range(4):
        other = a_member(network)
        an_organisation(network, f"Club {other.id}", spoken_for_by=other)
        sign(letter_id, other)
        a_letter(network, other)
    bo = a_member(network)
    db.session.rollback()
    for client in (browser(app), browser(app, bo), browser(app, ann)):
        for url in ("letters", "letters.json", f"letters/{letter_id}", f"letters/{letter_id}.json"):
            with counted() as statements:
                assert client.get(f"/uk/{url}").status_code == 200
            marks = 1  # of all those who signed
            assert len(statements) <= 8 + marks, (url, len(statements), statements)


def test_the_data_of_a_letter_says_for_whom_it_speaks(
    app: Flask, network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    closed(letter_id, time)
    sent(letter_id, ann, due=later(3))
    data: dict[str, Any] = browser(app).get(f"/uk/letters/{letter_id}.json").get_json()
    assert data["speaks_for"] == "those who signed it, not the network"
    assert data["names"] == [{"name": "Ann Example", "kind": "member", "at": "2015-04-13T09:00:00+00:00"}]
    assert (data["state"], data["sent_on"], data["reply_due"]) == (
        LetterState.SENT.value,
        "2015-04-20",
        "2015-04-23",
    )


def test_a_long_letter_shows_fifty_names_and_the_way_to_the_rest(app: Flask, network: Network) -> None:
    letter_id = a_letter(network, a_member(network, "Ann Example"))
    mine = a_member(network, "Zoe Last")
    many = [a_member(network, f"Name {n:02}").id for n in range(60)]
    memberships = dict(db.session.execute(select(Membership.person_id, Membership.id)).all())
    with transaction():
        for person_id in (*many, mine.id):
            name = db.session.get_one(Person, person_id).name
            about = {"letter_id": letter_id, "membership_id": memberships[person_id], "at": now()}
            db.session.add(Signature(person_id=person_id, signed_by_id=person_id, name=name, **about))
    client = browser(app, mine)
    url = f"/uk/letters/{letter_id}"
    first, second = (client.get(f"{url}?page={n}").text for n in (1, 2))
    assert "Signed by 62 members" in first
    assert [name in first for name in ("Name 00", "Name 48", "Name 49")] == [True, True, False]
    assert [name in second for name in ("Name 48", "Name 49")] == [False, True]
    assert f"{url}?page=2#names" in first
    data = client.get(f"{url}.json").json
    assert (data["signed"]["members"], len(data["names"]), data["next"]) == (62, 50, f"{url}.json?page=2")
    data = client.get(data["next"]).json
    assert (data["signed"]["members"], len(data["names"]), data["next"]) == (62, 12, None)
    assert "Sign it" not in first


@pytest.mark.parametrize("size", [1, 2, 3, 4, 20])
def test_the_pages_of_the_names_are_all_the_names_organisations_first(
    network: Network, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(queries, "NAMES", size)
    people = [a_member(network) for _ in range(6)]
    letter_id = a_letter(network, people[0])
    for number, person in enumerate(people[1:]):
        sign(letter_id, person)
        if number % 2:
            club = an_organisation(network, f"Club {number}", spoken_for_by=person)
            sign(letter_id, person, str(club.id))
    everybody = queries.signatures(letter_id)
    assert [each.organisation_id is None for each in everybody] == [False] * 2 + [True] * 6
    pages = [queries.signatures(letter_id, page) for page in range(1, len(everybody) // size + 3)]
    assert [each.id for page in pages for each in page] == [each.id for each in everybody]
    assert max(map(len, pages)) <= size
