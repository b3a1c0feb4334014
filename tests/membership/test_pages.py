"""The pages of joining and belonging, as people meet them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from govnet.charter.models import CharterVersion, Network
from govnet.extensions import db
from govnet.kernel import actor, clock
from govnet.kernel.transaction import transaction
from govnet.mail.models import Subscription
from govnet.membership import duties
from govnet.membership.models import Application, Membership, MembershipKind
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.people.persons import main_address, person_by_email
from tests import builders
from tests.membership.people import (
    CODE,
    CRITERIA,
    a_network_with_rules,
    a_waiting_application,
    an_admitted,
    link_in,
    mails_to,
)
from tests.pages import Html, opened, send
from tests.statements import counted


@pytest.fixture
def network(app):
    """A network with rules; its slug is uk."""
    with app.app_context():
        a_network_with_rules()


def uk() -> Network:
    return db.session.scalar(select(Network).where(Network.slug == "uk"))


def ticks(html: Html) -> dict[str, list[str]]:
    """Every box of what is agreed to, ticked."""
    fields = [f for form in html.forms for f in form["fields"]]
    return {name: [f["value"] for f in fields if f["name"] == name] for name in ("criteria", "code")}


def fill_in(client, **values):
    """Send the form to join, everything ticked unless said otherwise."""
    data = {"name": "Ada Newcomer", "email": "ada@example.org", **ticks(opened(client, "/uk/join")), **values}
    return send(client, "/uk/join", data, action="/uk/join")


def test_a_visitor_joins_from_form_to_membership(client, app, network):
    assert "Check your mail" in fill_in(client, about="I read budgets.").text
    with app.app_context():
        link = link_in(mails_to("ada@example.org")[0][1], "applications/mine")
    before = opened(client, link)
    assert "Nothing happens until you confirm that it was you" in before.text
    assert "I read budgets." in before.text
    assert "Waiting for an answer" in send(client, link, {}, action="/confirm").text
    sam = officer(app)
    page = opened(sam, "/uk/applications")
    where = next(url for url in page.links if "/uk/applications/" in url)
    assert all(sentence in opened(sam, where).text for sentence in (*CRITERIA, *CODE))
    assert "is a member now, and gets a mail" in send(sam, where, {}, action="/admit").text
    assert "You are a member" in opened(client, link).text
    with app.app_context():
        assert person_by_email("ada@example.org") is not None


def test_going_back_and_sending_the_form_again_sends_no_second_mail(client, app, network, time):
    for _ in range(2):
        fill_in(client, about="I read budgets.")
    with app.app_context():
        assert len(mails_to("ada@example.org")) == 1
    time.move(timedelta(minutes=11))
    fill_in(client, about="I read budgets.")
    with app.app_context():
        first, second = (link_in(mail[1], "applications/mine") for mail in mails_to("ada@example.org"))
    for link in (first, second):
        where = send(client, link, {}, action="/confirm", follow=False).location
        assert where.endswith(first)
    assert "that one counts. Here it is." in client.get(where).text


def test_an_address_is_typed_on_the_keyboard_for_addresses(client, network):
    fields = [f for form in opened(client, "/uk/join").forms for f in form["fields"]]
    assert [f["type"] for f in fields if f["name"] in ("email", "address")] == ["email", "email"]


def test_looking_at_the_mails_link_changes_nothing(client, app, network):
    fill_in(client)
    with app.app_context():
        link = link_in(mails_to("ada@example.org")[0][1], "applications/mine")
    for _ in range(2):
        response = client.get(link)
        assert response.headers["Cache-Control"] == "private, no-store"
    with app.app_context():
        assert db.session.scalar(select(Application.state)).value == "unconfirmed"


def test_the_form_asks_for_each_sentence_by_itself(client, network):
    html = opened(client, "/uk/join")
    assert [len(boxes) for boxes in ticks(html).values()] == [2, 1]


def test_an_applicant_who_forgets_a_sentence_reads_so_and_keeps_what_she_typed(client, app, network):
    response = fill_in(client, criteria=[], about="My words")
    assert response.status_code == 422
    assert "Tick each sentence that members agree to" in response.text
    assert "My words" in response.text
    assert "ada@example.org" in response.text
    with app.app_context():
        assert db.session.scalar(select(func.count(Application.id))) == 0


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Enter your name"),
        ("name", "x" * 101, "too long"),
        ("email", "ada at example", "Enter an e-mail address, such as"),
        ("email", "ada@example.org, bob@example.org", "Enter just one address"),
        ("organisation_url", "javascript:alert(1)", "Enter a web address"),
        ("about", "x" * 2_001, "too long"),
        ("party", "observer", "Not a valid choice"),
        ("party", "king", "Not a valid choice"),
    ],
)
def test_impossible_values_are_refused_plainly(client, network, field, value, says):
    response = fill_in(client, **{field: value})
    assert response.status_code == 422
    assert says in response.text


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"may_speak": "yes"}, "Choose the organisation, or write its name"),
        ({"organisation": "new", "may_speak": "yes"}, "Choose the organisation, or write its name"),
        ({"organisation": "99999", "may_speak": "yes"}, "Choose the organisation from the list"),
        ({"organisation_name": "The Open Shed"}, "Say whether you may speak"),
    ],
)
def test_an_organisation_is_named_and_spoken_for(client, network, values, says):
    response = fill_in(client, party="organisation", **values)
    assert response.status_code == 422
    assert says in response.text


def test_an_organisation_of_the_list_is_chosen(client, app, network):
    with app.app_context():
        builders.an_organisation(uk(), "The Open Shed")
        key = str(db.session.scalar(select(Membership.organisation_id)))
    fill_in(client, party="organisation", organisation=key, may_speak="no")
    with app.app_context():
        application = db.session.scalar(select(Application))
        assert (str(application.organisation_id), application.may_speak) == (key, False)


def test_a_known_and_an_unknown_address_get_the_same_answer(client, app, network):
    with app.app_context():
        member = builders.a_member(uk())
        address = main_address(member.id)
    known, unknown = fill_in(client, email=address), fill_in(app.test_client(), email="nobody@example.org")
    assert Html(known.text).text == Html(unknown.text).text
    assert (known.status_code, known.request.path) == (unknown.status_code, unknown.request.path)


def test_a_second_click_sends_one_mail(client, app, network):
    html = opened(client, "/uk/join")
    form = next(f for f in html.forms if f["action"].endswith("/uk/join"))
    data = {f["name"]: f["value"] for f in form["fields"] if f["type"] == "hidden"}
    data |= {"name": "Ada", "email": "ada@example.org", "party": "individual", **ticks(html)}
    for _ in range(2):
        assert client.post("/uk/join", data=data).status_code == 303
    with app.app_context():
        assert len(mails_to("ada@example.org")) == 1
        assert db.session.scalar(select(func.count(Application.id))) == 1


def test_rules_that_changed_meanwhile_are_shown_and_nothing_typed_is_lost(client, app, network):
    html = opened(client, "/uk/join")
    form = next(f for f in html.forms if f["action"].endswith("/uk/join"))
    data = {f["name"]: f["value"] for f in form["fields"] if f["type"] == "hidden"}
    data |= {
        "name": "Ada",
        "email": "ada@example.org",
        "party": "individual",
        "about": "My words",
        **ticks(html),
    }
    with app.app_context(), transaction():
        changed = {"membership.criteria": [CRITERIA[0], "I answer mails."], "conduct.code": list(CODE)}
        db.session.add(
            CharterVersion(
                network_id=uk().id,
                number=2,
                parameters=json.dumps(changed),
                in_force_from=clock.now(),
                evidence=".",
            )
        )
    response = client.post("/uk/join", data=data)
    assert response.status_code == 409
    again = Html(response.text)
    assert "Our rules changed while you were writing" in again.text
    assert "I answer mails." in again.text
    assert "My words" in again.text
    boxes = [
        f["checked"] for form in again.forms for f in form["fields"] if f["name"] in ("criteria", "code")
    ]
    assert boxes == [True, False, True]
    with app.app_context():
        assert db.session.scalar(select(func.count(Application.id))) == 0


def test_ten_thousand_marks_and_hidden_turns_do_no_harm(client, app, network):
    for name in ("A\u0301" + "\u0301" * 10_000 + "da", "Ada \u202egnp.exe", "Аda Newcomer"):
        refused = fill_in(client, name=name, about="Typed once")
        assert refused.status_code == 422
        assert "Typed once" in refused.text
    fill_in(client, about="\u2066x\u0000y")
    with app.app_context():
        assert db.session.scalar(select(Application)).about == "xy"


def test_a_script_in_a_name_is_shown_as_words(client, app, network):
    fill_in(client, name="<script>alert(1)</script>", about='"><img src=x onerror=alert(1)>')
    with app.app_context():
        link = link_in(mails_to("ada@example.org")[0][1], "applications/mine")
    assert "<script>alert" not in client.get(link).text
    assert "<img" not in client.get(link).text


def test_just_the_mail_is_an_address_and_a_mail_that_asks(client, app, network):
    response = send(client, "/uk/join", {"address": "reader@example.org"}, action="/join/mail")
    assert "Check your mail" in response.text
    with app.app_context():
        assert db.session.scalar(select(Subscription.confirmed_at)) is None
        assert "Do you want the mail" in mails_to("reader@example.org")[0][0]


def test_just_the_mail_says_what_is_wrong_with_an_address(client, network):
    response = send(client, "/uk/join/mail", {"address": "nowhere"})
    assert response.status_code == 422
    assert "Enter an e-mail address, such as" in response.text


def test_somebody_signed_in_is_not_asked_for_name_and_address(client, app, network):
    with app.app_context():
        bo = builders.a_person("Bo Signedin", email="bo@example.org")
        builders.sign_in(client, bo)
    html = opened(client, "/uk/join")
    assert "You are signed in as Bo Signedin" in html.text
    assert "Waiting for an answer" in send(client, "/uk/join", ticks(html), action="/uk/join").text
    assert "Waiting for an answer" in opened(client, "/uk/applications/mine").text


def waiting(app, **values) -> int:
    with app.app_context():
        return a_waiting_application(uk(), **values).id


def officer(app, name="Sam Steering"):
    with app.app_context():
        sam = builders.a_steering_member(uk(), name)
        return builders.sign_in(app.test_client(), sam)


def test_an_officer_asks_and_the_applicant_answers_on_her_page(client, app, network):
    key, sam = waiting(app), officer(app)
    send(sam, f"/uk/applications/{key}", {"question": "Where do you live?"}, action="/ask")
    with app.app_context():
        link = link_in(mails_to("ada@example.org")[-1][1], "applications/mine")
    assert "Where do you live?" in opened(client, link).text
    assert (
        "Your answer has gone to the people who decide"
        in send(client, link, {"body": "In Leeds."}, action="/answer").text
    )
    assert "In Leeds." in opened(sam, f"/uk/applications/{key}").text


def test_an_officer_declines_with_a_reason_and_not_without(app, network):
    key, sam = waiting(app), officer(app)
    empty = send(sam, f"/uk/applications/{key}", {"reason": " "}, action="/decline")
    assert (empty.status_code, "Give a reason" in empty.text) == (422, True)
    assert "has been notified, with your reason" in send(
        sam, f"/uk/applications/{key}", {"reason": "Join the Welsh network."}, action="/decline"
    ).text  # fmt: skip


def test_the_second_of_two_officers_sees_who_was_quicker_and_keeps_her_words(app, network):
    key, sam, pat = waiting(app), officer(app, "Sam Quick"), officer(app, "Pat Slow")
    html = opened(pat, f"/uk/applications/{key}")
    form = next(f for f in html.forms if f["action"].endswith("/decline"))
    data = {f["name"]: f["value"] for f in form["fields"] if f["type"] == "hidden"} | {
        "reason": "We do not know her."
    }
    send(sam, f"/uk/applications/{key}", {}, action="/admit")
    response = pat.post(f"/uk/applications/{key}/decline", data=data)
    assert response.status_code == 409
    assert "Sam Quick has already decided" in response.text
    assert "We do not know her." in response.text


def test_an_officer_who_declines_without_reading_a_new_question_reads_it_first(app, network):
    key, sam, pat = waiting(app), officer(app, "Sam Quick"), officer(app, "Pat Slow")
    form = next(f for f in opened(pat, f"/uk/applications/{key}").forms if f["action"].endswith("/decline"))
    data = {f["name"]: f["value"] for f in form["fields"] if f["name"]} | {"reason": "We do not know her."}
    send(sam, f"/uk/applications/{key}", {"question": "Where do you live?"}, action="/ask")
    response = pat.post(form["action"], data=data)
    assert response.status_code == 422
    for words in ("asked or answered here in the meantime", "Where do you live?", "We do not know her."):
        assert words in response.text
    again = next(f for f in Html(response.text).forms if f["action"].endswith("/decline"))
    data = {f["name"]: f["value"] for f in again["fields"] if f["name"]}
    assert pat.post(form["action"], data=data | {"reason": "We do not know her."}).status_code == 303


def test_a_second_click_of_the_same_officer_is_no_conflict(app, network):
    key, sam = waiting(app), officer(app)
    html = opened(sam, f"/uk/applications/{key}")
    form = next(f for f in html.forms if f["action"].endswith("/admit"))
    data = {f["name"]: f["value"] for f in form["fields"] if f["type"] == "hidden"}
    answers = [sam.post(form["action"], data=data).status_code for _ in range(2)]
    assert answers == [303, 303]


def test_applications_are_no_business_of_members_and_visitors(client, app, network):
    key = waiting(app)
    assert client.get(f"/uk/applications/{key}").status_code == 303
    with app.app_context():
        builders.sign_in(client, builders.a_member(uk()))
    opened(client, f"/uk/applications/{key}", 403)
    opened(client, "/uk/applications", 403)


@pytest.mark.parametrize("path", ["applications/mine/x", "applications/mine/WzFd.x", "membership/x", "organisations/named/x",
                                  "organisations/77", "organisations/77.json"])  # fmt: skip
def test_an_address_that_leads_nowhere_says_so(client, network, path):
    opened(client, f"/uk/{path}", 404)


def test_an_application_of_another_network_is_not_shown_here(client, app, network):
    with app.app_context():
        a_network_with_rules("scotland")
        key = a_waiting_application(db.session.scalar(select(Network).where(Network.slug == "scotland"))).id
        link = link_in(mails_to("ada@example.org")[0][1], "applications/mine").replace("/scotland/", "/uk/")
    opened(client, link, 404)
    opened(officer(app), f"/uk/applications/{key}", 404)


def test_the_public_sees_numbers_and_who_agreed_to_be_named(client, app, network):
    with app.app_context():
        builders.a_member(uk(), "Private Pat")
        builders.a_member(uk(), "Public Pam", named_in_public=True)
        builders.an_organisation(uk(), "The Open Shed", spoken_for_by=builders.a_person("Bob Voice"))
    text = opened(client, "/uk/members").text
    assert "2 people" in text
    assert "Public Pam" in text
    assert "Private Pat" not in text
    data = client.get("/uk/members.json").json
    assert (data["people"], [p["name"] for p in data["named"]]) == (2, ["Public Pam"])
    assert "Bob Voice" not in opened(client, "/uk/organisations").text
    assert client.get("/uk/organisations.json").json["organisations"][0]["spoken_for_by"] is None


def test_members_see_each_others_names(client, app, network):
    with app.app_context():
        builders.a_member(uk(), "Private Pat")
        builders.an_organisation(uk(), "The Open Shed", spoken_for_by=builders.a_person("Bob Voice"))
        builders.sign_in(client, builders.a_member(uk(), "Mo Member"))
    assert "Private Pat" in opened(client, "/uk/members").text
    assert "Bob Voice" in opened(client, "/uk/organisations").text


def test_lists_do_not_ask_for_each_row(client, app, network):
    with app.app_context():
        for n in range(12):
            builders.an_organisation(uk(), f"Organisation {n}", spoken_for_by=builders.a_person())
            builders.a_member(uk())
            a_waiting_application(uk(), email=f"ada{n}@example.org")
        builders.sign_in(client, builders.a_steering_member(uk()))
    with app.app_context():
        for path in ("members", "organisations", "applications", "members.json", "organisations.json"):
            client.get(f"/uk/{path}")
            with counted() as statements:
                assert client.get(f"/uk/{path}").status_code == 200
            assert len(statements) <= 8, (path, len(statements), statements)


def test_a_long_list_of_members_has_pages(client, app, network, monkeypatch):
    monkeypatch.setattr("govnet.membership.memberships.queries.PAGE", 2)
    with app.app_context():
        for n in range(5):
            builders.a_member(uk(), f"Member {n}", named_in_public=True)
    assert "Member 0" in opened(client, "/uk/members").text
    assert "Member 4" in opened(client, "/uk/members?page=3").text
    for odd in ("0", "-1", "x", "99999999999999999999", "²"):
        opened(client, f"/uk/members?page={odd}")


def test_a_member_says_who_sees_the_name_and_leaves(client, app, network):
    with app.app_context():
        builders.sign_in(client, builders.a_member(uk(), "Mo Member"))
        key = db.session.scalar(select(Membership.id))
    send(client, "/uk/membership", {}, action="/naming")
    assert "Mo Member" in opened(app.test_client(), "/uk/members").text
    assert "What stays" in opened(client, f"/uk/membership/{key}/leave").text
    assert "left" in send(client, f"/uk/membership/{key}/leave", {}).text
    opened(client, f"/uk/membership/{key}/leave")


def test_people_who_leave_while_on_the_committee_read_what_becomes_of_the_place(client, app, network):
    with app.app_context():
        builders.sign_in(client, builders.a_steering_member(uk()))
        key = db.session.scalar(select(Membership.id))
    assert "ends today, with all its rights" in opened(client, f"/uk/membership/{key}/leave").text
    send(client, f"/uk/membership/{key}/leave", {})
    opened(client, "/uk/desk", 403)


def test_nobody_reaches_the_membership_of_somebody_else(client, app, network):
    with app.app_context():
        builders.a_member(uk())
        key = db.session.scalar(select(Membership.id))
        builders.sign_in(client, builders.a_member(uk()))
    opened(client, f"/uk/membership/{key}/leave", 403)


def test_somebody_from_the_old_list_confirms_with_one_button(client, app, network):
    with app.app_context():
        rows = read_roster(b"name,email,as\nNell,nell@example.org,member\n").rows
        with transaction():
            imports.import_roster(uk(), rows, go=True, via=actor.Door.CLI)
        duties.ask_found()
        link = link_in(mails_to("nell@example.org")[0][1], "membership")
    assert "not counted as a member" in opened(client, link).text
    with app.app_context():
        assert db.session.scalar(select(Membership.state)).value == "found"
    assert "You are a member" in send(client, link, {}).text


def test_an_organisations_voice_is_claimed_and_confirmed_on_its_page(client, app, network):
    with app.app_context():
        bob = builders.a_person("Bob Voice", email="bob@example.org")
        organisation = builders.an_organisation(uk(), "The Open Shed", spoken_for_by=bob)
        where = f"/uk/organisations/{organisation.id}"
        builders.sign_in(client, builders.a_person("Ann Else", email="ann@example.org"))
        bobs = builders.sign_in(app.test_client(), bob)
    send(client, f"{where}/speak", {"role": "alternate", "evidence": "Ask our office."})
    assert "Ann Else would like to stand in" in opened(bobs, where).text
    assert "Confirmed. They get a mail" in send(bobs, where, {}, action="/confirm").text
    assert "Ann Else" in opened(bobs, where).text
    assert "Ann Else" not in opened(app.test_client(), where).text


def test_an_applicant_for_a_member_organisation_reads_that_others_confirm_it(client, app, network):
    with app.app_context():
        organisation = builders.an_organisation(uk(), "The Open Shed", spoken_for_by=builders.a_person("Bob"))
        where, key = f"/uk/organisations/{organisation.id}", str(organisation.id)
    assert "you ask to speak for it" in opened(client, "/uk/join").text
    fill_in(client, party="organisation", organisation=key, may_speak="yes", about="Ask our office.")
    with app.app_context():
        link = link_in(mails_to("ada@example.org")[0][1], "applications/mine")
    assert "The Open Shed is already a member" in opened(client, link).text
    assert "Waiting to be confirmed" in send(client, link, {}, action="/confirm").text
    sam = officer(app)
    assert "Ada Newcomer asks to speak for The Open Shed" in opened(sam, "/uk/desk").text
    assert "asks to join" not in opened(sam, "/uk/desk").text
    assert "Ask our office." in opened(sam, where).text
    send(sam, where, {}, action="/confirm")
    assert "It has been confirmed." in opened(client, link).text
    assert "is already a member, so you asked" in opened(client, link).text


def test_an_application_for_an_organisation_that_joined_meanwhile_says_who_speaks_for_it(
    client, app, network
):
    with app.app_context():
        shed = {"kind": MembershipKind.ORGANISATION, "organisation_name": "The Open Shed"}
        sam = builders.acting(builders.a_steering_member(uk()), uk())
        later = a_waiting_application(uk(), **shed, may_speak=True).id
        an_admitted(uk(), sam, **shed, may_speak=True, email="bob@example.org", name="Bob Voice")
    sam, where = officer(app), f"/uk/applications/{later}"
    assert "Ada Newcomer asks to speak for The Open Shed" in opened(sam, "/uk/desk").text
    assert "The Open Shed is already a member" in opened(sam, where).text
    assert "Bob Voice speaks for it." in opened(sam, where).text
    after = send(sam, where, {}, action="/admit").text
    assert "Passed on. Somebody who speaks" in after
    assert "is a member now, and gets a mail" not in after
    assert "Passed on" in opened(sam, "/uk/applications").text


def test_an_organisations_voice_names_somebody_by_mail(client, app, network):
    with app.app_context():
        bob = builders.a_person("Bob Voice", email="bob@example.org")
        organisation = builders.an_organisation(uk(), "The Open Shed", spoken_for_by=bob)
        where = f"/uk/organisations/{organisation.id}"
        bobs = builders.sign_in(app.test_client(), bob)
    values = {"name": "Nia Next", "email": "nia@example.org", "role": "primary"}
    assert "We have sent a mail to Nia Next" in send(bobs, where, values).text
    with app.app_context():
        link = link_in(mails_to("nia@example.org")[0][1], "organisations/named")
    opened(client, link)
    assert "You speak for it from today" in send(client, link, {}, action="/accept").text
    with app.app_context():
        assert builders.acting(person_by_email("nia@example.org"), uk()).represents[0].primary


def test_too_many_forms_from_one_place_wait_an_hour(client, network):
    page = opened(client, "/uk/join/mail")
    token = next(f["value"] for f in page.forms[0]["fields"] if f["name"] == "csrf_token")
    answers = {
        client.post("/uk/join/mail", data={"csrf_token": token, "address": "x"}).status_code
        for _ in range(41)
    }
    assert answers == {422, 429}
