"""Announcements as people see them: written, checked, sent with one click or two, and read."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from govnet.announcements import dispatch, queries
from govnet.announcements.models import Announcement, AnnouncementState
from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail, Rendering
from govnet.mail.outgoing import distribution
from govnet.mail.rules import DeliveryState as Delivered
from govnet.offices.term_ends import record_ends
from govnet.record.queries import entries_about
from tests import builders
from tests.announcements.builders import a_draft, fresh, ordered, sent
from tests.offices.browser import a_browser
from tests.offices.builders import a_decision
from tests.pages import Html, opened, send
from tests.statements import counted


@pytest.fixture
def uk(client, app):
    with app.app_context():
        yield builders.a_network()
        db.session.remove()


@pytest.fixture
def cory(uk):
    return builders.a_coordinator(uk)


def one():
    return db.session.query(Announcement).order_by(Announcement.id.desc()).first()


def test_the_coordinator_writes_checks_tests_sends_and_undoes_an_announcement(client, uk, cory, time):
    builders.sign_in(client, cory)
    page = send(client, "/uk/announcements/new", {"subject": "Spring news", "body": "We **met**."})
    assert page.request.path.endswith("/check")
    assert "<strong>met</strong>" in page.text
    assert "It goes to 1 address" in Html(page.text).text
    key = one().id
    frame = client.get(f"/uk/announcements/{key}/mail")
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert "<strong>met</strong>" in frame.text
    send(client, f"/uk/announcements/{key}/check", {}, action="/test")
    assert db.session.query(Rendering).one().subject == "[Test] Spring news"
    done = send(client, f"/uk/announcements/{key}/check", {"when": "now"})
    assert "Undo (10 min left)" in Html(done.text).text
    undone = send(client, f"/uk/announcements/{key}", {}, action="/undo")
    assert "Nobody got a mail" in Html(undone.text).text
    time.move(timedelta(hours=1))
    assert dispatch.send_due() == 0


def test_sending_twice_by_a_double_click_is_one_sending(client, uk, cory, time):
    row = a_draft(uk, cory)
    builders.sign_in(client, cory)
    page = opened(client, f"/uk/announcements/{row.id}/check")
    form = next(f for f in page.forms if f["action"].endswith("/send"))
    data = {f["name"]: f["value"] for f in form["fields"] if f["name"] and f["type"] != "radio"} | {
        "when": "now"
    }
    first = client.post(form["action"], data=data)
    second = client.post(form["action"], data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    verbs = [e.verb for e in entries_about(uk.id, f"announcement:{row.id}")]
    assert verbs == ["announcements.ordered"]


def test_it_goes_out_at_the_hour_chosen_by_the_network_s_clock(client, uk, cory):
    row = a_draft(uk, cory)
    builders.sign_in(client, cory)
    missing = send(client, f"/uk/announcements/{row.id}/check", {"when": "later", "day": "", "hour": "18"})
    assert "Choose the day on which it is sent." in missing.text
    past = send(
        client, f"/uk/announcements/{row.id}/check", {"when": "later", "day": "2015-04-13", "hour": "8"}
    )
    assert "That hour is in the past" in past.text
    done = send(
        client, f"/uk/announcements/{row.id}/check", {"when": "later", "day": "2015-05-15", "hour": "18"}
    )
    assert "It goes out on Fri 15 May 2015, 18:00 BST" in Html(done.text).text


def test_two_officers_edit_at_once_and_the_second_sees_both_texts(client, app, uk, cory):
    sam = builders.a_steering_member(uk)
    row = a_draft(uk, cory)
    other = a_browser(app, client.outside)
    builders.sign_in(client, cory)
    builders.sign_in(other, sam)
    url = f"/uk/announcements/{row.id}/edit"
    form = next(f for f in opened(other, url).forms if f["action"] == url)
    late = {
        f["name"]: f["value"] for f in form["fields"] if f["name"] and f["type"] not in ("radio", "submit")
    }
    send(client, url, {"subject": "Mine", "body": "First words."})
    answer = other.post(url, data={**late, "audience": "members", "body": "Second words."})
    assert answer.status_code == 409
    assert "First words." in answer.text
    assert "Second words." in answer.text
    assert answer.text.count("Both versions are below; nothing is lost.") == 1
    assert fresh(row).subject == "Mine"


def test_a_form_that_failed_keeps_the_text(client, uk, cory):
    builders.sign_in(client, cory)
    page = send(client, "/uk/announcements/new", {"subject": "", "body": "Kept words."})
    assert page.status_code == 422
    assert "Kept words." in page.text
    assert "Enter a subject" in page.text


def test_a_coordinator_whose_mandate_ended_yesterday_cannot_send(client, uk, time):
    cory = builders.a_coordinator(uk, days=1)
    row = a_draft(uk, cory)
    builders.sign_in(client, cory)
    page = opened(client, f"/uk/announcements/{row.id}/check")
    form = next(f for f in page.forms if f["action"].endswith("/send"))
    data = {f["name"]: f["value"] for f in form["fields"] if f["name"]} | {"when": "now"}
    time.move(timedelta(days=1))
    assert client.post(form["action"], data=data).status_code == 403
    opened(client, f"/uk/announcements/{row.id}/check", 403)


def test_an_officer_sees_that_a_scheduled_announcement_was_held_and_why(client, uk, time):
    cory, sam = builders.a_coordinator(uk, days=1), builders.a_steering_member(uk)
    row = ordered(uk, cory, wanted=None)
    with transaction():
        fresh(row).goes_at = row.goes_at + timedelta(days=3)
    time.move(timedelta(days=1))
    record_ends()
    builders.sign_in(client, sam)
    page = opened(client, f"/uk/announcements/{row.id}")
    assert "It was not sent The mandate under which it was ordered has ended." in page.text
    assert "was held" in opened(client, "/uk/desk").text


def test_drafts_are_not_for_members_or_visitors(client, uk, cory):
    row = a_draft(uk, cory)
    assert client.get(f"/uk/announcements/{row.id}").status_code == 303
    assert "Spring news" not in opened(client, "/uk/announcements").text
    builders.sign_in(client, builders.a_member(uk))
    opened(client, f"/uk/announcements/{row.id}", 403)
    opened(client, f"/uk/announcements/{row.id}/edit", 403)
    assert client.get(f"/uk/announcements/{row.id}.json").status_code in (403, 404)


def test_everybody_reads_what_was_sent_and_how_far_it_is(client, uk, cory, time):
    builders.a_member(uk)
    row = sent(uk, cory, time)
    page = opened(client, f"/uk/announcements/{row.id}")
    assert "Cory Coordinator as coordinator, until Sat 11 Jul 2015" in page.text
    assert "Sending: 0 of 2" in page.text
    assert "2 waiting" in page.text
    response = client.get(f"/uk/announcements/{row.id}")
    assert 'http-equiv="refresh"' in response.text
    assert response.headers["Cache-Control"] == "private, no-store"
    with transaction():
        for delivery in db.session.query(Delivery):
            delivery.state = Delivered.ACCEPTED
    response = client.get(f"/uk/announcements/{row.id}")
    assert 'http-equiv="refresh"' not in response.text
    assert "Sent: 2 of 2" in Html(response.text).text
    assert not Html(response.text).forms
    data = client.get(f"/uk/announcements/{row.id}.json").json
    assert (data["handed_over"], data["addresses"]) == (2, 2)
    assert data["text"] == "We **met**."
    assert client.get("/uk/announcements.json").json["announcements"][0]["subject"] == "Spring news"


def test_officers_stop_go_on_and_send_to_those_who_were_missed(client, uk, cory, time):
    builders.a_member(uk)
    row = sent(uk, cory, time)
    url = f"/uk/announcements/{row.id}"
    builders.sign_in(client, cory)
    assert "Stopped: 0 of 2" in Html(send(client, url, {}, action="/stop").text).text
    assert "stopped a mailing" in opened(client, "/uk/desk").text
    assert "Sending: 0 of 2" in Html(send(client, url, {}, action="/resume").text).text
    send(client, url, {}, action="/stop")
    page = send(client, url, {}, action="/call-off")
    assert "2 mails were called off." in Html(page.text).text
    assert "2 called off" in Html(page.text).text
    again = send(client, url, {}, action="/missed")
    assert "It is sent again to 2 addresses." in Html(again.text).text


def test_a_correction_is_a_new_announcement_linked_both_ways(client, uk, cory, time):
    row = sent(uk, cory, time)
    builders.sign_in(client, cory)
    page = opened(client, f"/uk/announcements/new?corrects={row.id}")
    assert any(f["value"] == "Correction: Spring news" for form in page.forms for f in form["fields"])
    send(client, f"/uk/announcements/new?corrects={row.id}", {"body": "It was Leeds."})
    second = sent(uk, cory, time, one())
    assert second.corrects_id == row.id
    assert "There is a correction" in opened(client, f"/uk/announcements/{row.id}").text
    assert "This corrects Spring news" in opened(client, f"/uk/announcements/{second.id}").text
    mails = db.session.query(Rendering).join(Mail).order_by(Rendering.id.desc()).first()
    assert b"This corrects what we wrote" in mails.body.replace(b"=\r\n", b"")


def test_a_correction_of_a_long_subject_has_one_that_is_whole(client, uk, cory, time):
    row = sent(uk, cory, time, a_draft(uk, cory, subject="s" * 105))
    builders.sign_in(client, cory)
    page = opened(client, f"/uk/announcements/new?corrects={row.id}")
    assert "Correction of our mail of Mon 13 Apr 2015" in [
        f["value"] for form in page.forms for f in form["fields"]
    ]


def test_the_next_one_starts_from_what_happened_since_the_last(client, uk, cory, time):
    sent(uk, cory, time)
    time.move(timedelta(days=1))
    decision = a_decision(uk)
    builders.an_organisation(uk, "The Open *Shed*")
    builders.sign_in(client, cory)
    page = opened(client, "/uk/announcements/new")
    body = next(f["value"] for form in page.forms for f in form["fields"] if f["name"] == "body")
    assert "## Decided" in body
    assert f"Decision {decision.number}" in body
    assert f"http://127.0.0.1:5000/uk/decisions/{decision.number})" in body
    assert "- The Open \\*Shed\\*" in body
    assert "## Offices" not in body


def test_an_old_announcement_is_the_start_of_a_new_one(client, uk, cory, time):
    row = sent(uk, cory, time)
    builders.sign_in(client, cory)
    page = opened(client, f"/uk/announcements/new?start={row.id}")
    assert any(f["value"].strip() == "We **met**." for form in page.forms for f in form["fields"])


def test_the_preview_is_a_fragment_of_safe_html(client, uk, cory):
    builders.sign_in(client, cory)
    page = opened(client, "/uk/announcements/new")
    token = next(f["value"] for form in page.forms for f in form["fields"] if f["name"] == "csrf_token")
    data = {"csrf_token": token, "body": "**bold** <script>x</script>"}
    answer = client.post("/uk/announcements/preview", data=data)
    assert "<strong>bold</strong>" in answer.text
    assert "<script>" not in answer.text


def test_a_draft_is_thrown_away(client, uk, cory):
    row = a_draft(uk, cory)
    builders.sign_in(client, cory)
    send(client, f"/uk/announcements/{row.id}/check", {}, action="/drop")
    assert fresh(row).state is AnnouncementState.DROPPED
    opened(client, f"/uk/announcements/{row.id}", 404)


def test_the_mail_s_frame_is_folded_so_that_tab_passes_it_by_before_and_after_sending(client, uk, cory, time):
    draft, gone = a_draft(uk, cory), sent(uk, cory, time)
    builders.sign_in(client, cory)
    for path in (f"{draft.id}/check", f"{gone.id}"):
        text = client.get(f"/uk/announcements/{path}").text
        unfolded = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
        assert text.count('<iframe class="mail" sandbox') == 1
        assert "<iframe" not in unfolded, path
        assert "<strong>met</strong>" in unfolded


def test_strange_addresses_are_answered_plainly(client, uk, cory):
    opened(client, "/uk/announcements?before=nonsense")
    opened(client, "/uk/announcements/999999", 404)
    builders.sign_in(client, cory)
    for query in ("corrects=99999999999999", "corrects=x", "start=-1"):
        opened(client, f"/uk/announcements/new?{query}")


def test_these_pages_ask_few_questions_however_many_there_are(client, uk, cory, time):
    for _ in range(3):
        row = sent(uk, cory, time)
    a_draft(uk, cory)
    builders.sign_in(client, cory)
    for path in ("announcements", f"announcements/{row.id}"):
        opened(client, f"/uk/{path}")
        with counted() as statements:
            opened(client, f"/uk/{path}")
        desk = 2  # what waits on an officer's desk is counted on every page
        assert len(statements) <= (8 if path == "announcements" else 12) + desk, (
            f"{path}: {len(statements)}\n" + "\n\n".join(statements)
        )
    assert queries.progress(fresh(row), None) is not None
    assert distribution.run() == 0
