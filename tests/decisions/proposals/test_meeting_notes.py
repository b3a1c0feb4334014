"""A note that asks nobody is a note and no decision: it has a page of its own and no number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from govnet.accounts.export import everything_held
from govnet.charter.models import Network
from govnet.decisions import audit
from govnet.decisions.models import Decision, Proposal
from govnet.decisions.proposals import meeting_notes
from govnet.decisions.register.models import MeetingNote
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from tests.builders import a_coordinator, a_member, a_steering_member, acting
from tests.decisions.builders import a_network_with_rules, taken
from tests.decisions.mails import subjects, told
from tests.decisions.stage import browser
from tests.pages import opened, send

pytestmark = pytest.mark.usefixtures("context")

NEW = "/uk/decisions/notes/new"
TYPED = {
    "title": "The treasurer’s report",
    "text": "There are **40 pounds**.",
    "door": "meeting",
    "taken_on": "2015-04-09",
    "where": "the meeting in Leeds",
    "present": "Eleven",
    "url": "https://example.org/minutes",
}


def written(network: Network, by: Any, **other: Any) -> MeetingNote:
    how = {"door": Door.MEETING, "on": date(2015, 4, 9), "where": "Leeds"} | other
    with transaction():
        return meeting_notes.write(
            network, "A report", "All **well**.", by=acting(by, network), via=Door.WEB, **how
        )


def test_an_officer_writes_a_note_that_everybody_reads_and_nobody_is_asked(
    app: Flask, network: Network
) -> None:
    sam = a_steering_member(network)
    a_member(network)
    page = send(browser(app, sam), NEW, TYPED)
    assert "The note is published." in page.text
    db.session.rollback()
    note = db.session.query(MeetingNote).one()
    assert (db.session.query(Proposal).count(), db.session.query(Decision).count()) == (0, 0)
    told()
    assert subjects() == []
    for reader in (browser(app), browser(app, a_member(network))):
        text = opened(reader, f"/uk/decisions/notes/{note.id}").text
        for words in (
            "The treasurer’s report",
            "40 pounds",
            "the meeting in Leeds",
            "Eleven",
            "decides nothing",
        ):
            assert words in text
        assert reader.get(f"/uk/decisions/notes/{note.id}.json").json["text"] == "There are **40 pounds**."
    assert "The treasurer’s report" in opened(browser(app), "/uk/decisions/notes").text
    assert "The treasurer’s report" not in opened(browser(app), "/uk/decisions").text
    assert "wrote a note of the meeting in Leeds" in opened(browser(app), "/uk/record").text


@pytest.mark.parametrize("lacks", ["title", "text", "taken_on", "where"])
def test_missing_values_are_named_and_the_rest_stays(app: Flask, network: Network, lacks: str) -> None:
    page = send(browser(app, a_steering_member(network)), NEW, TYPED | {lacks: " "})
    assert page.status_code == 422
    assert "Eleven" in page.text
    assert db.session.query(MeetingNote).count() == 0


def test_a_day_that_is_still_to_come_is_refused(app: Flask, network: Network) -> None:
    page = send(browser(app, a_steering_member(network)), NEW, TYPED | {"taken_on": "2015-04-14"})
    assert page.status_code == 422
    assert "That day is in the future." in page.text


def test_only_those_who_keep_minutes_write_notes_or_take_them_back(app: Flask, network: Network) -> None:
    note, ann = written(network, a_coordinator(network)), a_member(network)
    with pytest.raises(NotAllowed):
        written(network, ann)
    with pytest.raises(NotAllowed), transaction():
        meeting_notes.take_back(network, note, "No.", by=acting(ann, network), via=Door.WEB)
    for address in (NEW, f"/uk/decisions/notes/{note.id}/take-back"):
        assert browser(app, ann).get(address).status_code == 403
    assert not [
        each for each in opened(browser(app, ann), f"/uk/decisions/notes/{note.id}").links if "/new" in each
    ]


def test_a_note_that_was_taken_back_says_why_and_shows_its_text_to_nobody(
    app: Flask, network: Network
) -> None:
    sam = a_steering_member(network)
    note = written(network, sam)
    url, client = f"/uk/decisions/notes/{note.id}", browser(app, sam)
    done = send(client, f"{url}/take-back", {"reason": "It was another meeting."})
    assert "This note was taken back" in done.text
    assert "It was another meeting." in done.text
    for reader in (client, browser(app)):
        assert "All well" not in opened(reader, url).text
        assert reader.get(f"{url}.json").status_code == 404
    assert "A report" not in opened(client, "/uk/decisions/notes").text
    with pytest.raises(RuleBroken, match="already"), transaction():
        row = meeting_notes.one(network.id, note.id)
        meeting_notes.take_back(network, row, "Again.", by=acting(sam, network), via=Door.WEB)
    other = written(network, sam)
    with pytest.raises(RuleBroken, match="Say why"), transaction():
        meeting_notes.take_back(network, other, " ", by=acting(sam, network), via=Door.WEB)


@pytest.mark.parametrize("first", ["note", "decision"])
def test_another_one_from_the_meeting_begins_with_it_whichever_was_first(
    app: Flask, network: Network, first: str
) -> None:
    sam = a_steering_member(network)
    if first == "note":
        page = opened(browser(app, sam), f"/uk/decisions/notes/{written(network, sam, present='Nine').id}")
    else:
        page = opened(browser(app, sam), f"/uk/proposals/{taken(network, sam).id}")
    links = [each for each in page.links if ("note=" in each or "like=" in each) and "suggestion" not in each]
    assert {each.partition("?")[0] for each in links} == {"/uk/decisions/record", NEW}
    for link in links:
        found = {
            f["name"]: f["value"] for form in opened(browser(app, sam), link).forms for f in form["fields"]
        }
        assert found["taken_on"]
        assert found["where"]
        assert not (found.get("title") or found.get("question"))


@pytest.mark.parametrize("odd", ["0", "999", "x", "9" * 30])
def test_a_note_that_is_not_there_is_not_found(app: Flask, network: Network, odd: str) -> None:
    sam = browser(app, a_steering_member(network))
    assert sam.get(f"/uk/decisions/notes/{odd}").status_code == 404
    assert sam.get(f"{NEW}?note={odd}").status_code in (200, 404)
    other = a_network_with_rules("wales")
    theirs = written(other, a_steering_member(other))
    assert sam.get(f"/uk/decisions/notes/{theirs.id}").status_code == 404


def test_lists_of_notes_come_a_page_at_a_time(app: Flask, network: Network) -> None:
    sam = a_steering_member(network)
    for _ in range(meeting_notes.PAGE + 1):
        written(network, sam)
    first, second = (opened(browser(app), f"/uk/decisions/notes{rest}") for rest in ("", "?page=2"))
    assert sum("/decisions/notes/" in each for each in first.links) == meeting_notes.PAGE
    assert sum("/decisions/notes/" in each for each in second.links) == 1


def test_a_note_is_checked_against_the_record_and_never_edited(app: Flask, network: Network) -> None:
    note = written(network, a_steering_member(network))
    kept = dict(audit._notes(network.id))
    assert kept == {f"meeting_note:{note.id}": "All **well**."}
    assert list(audit.changed_pages(network.id)) == []
    with pytest.raises(DBAPIError, match="never edited"), transaction():
        db.session.execute(update(MeetingNote).values(text="Other"))


def test_authors_of_notes_have_them_in_their_copy(app: Flask, network: Network) -> None:
    sam = a_steering_member(network)
    written(network, sam)
    assert [each["title"] for each in everything_held(sam.id)["decisions"]["notes_of_meetings"]] == [
        "A report"
    ]
