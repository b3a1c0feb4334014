"""The page to join: what it means first, the organisation's part only where one joins, and nothing typed is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from govnet.charter import parameters as p
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.membership.models import Application
from tests import builders
from tests.membership.people import ALL, a_network_with_rules
from tests.pages import Html, defaults, opened

ORGANISATION = {"organisation", "organisation_name", "organisation_url", "may_speak"}


@pytest.fixture
def network(app):
    with app.app_context():
        return a_network_with_rules(**{"membership.roll_days": 14}).id


def sent(client, **typed):
    """The form filled in and sent, every sentence ticked."""
    page = opened(client, "/uk/join")
    (form,) = (each for each in page.forms if each["action"].endswith("/uk/join"))
    boxes = {
        each["name"]: [one["value"] for one in form["fields"] if one["name"] == each["name"]]
        for each in form["fields"]
        if each["name"] in ("criteria", "code")
    }
    data = defaults(form) | boxes | {"name": "Ada Newcomer", "email": "ada@example.org"} | typed
    return client.post(form["action"], data=data)


def test_the_terms_of_joining_are_before_the_form_in_the_charter_s_words(client, app, network):
    text = opened(client, "/uk/join").text
    with app.app_context():
        charter = rules_in_force(network)
        sentences = [
            each.states(charter[each]) for each in (p.VOICE, p.PROPOSE, p.ROLL_DAYS, p.RENEWAL_MONTHS)
        ]
    places = [text.index(sentence) for sentence in map(str, sentences)]
    order = [text.index("It costs nothing"), *places, text.index(ALL[0]), text.index("Your name")]
    assert order[0] < min(places)
    assert max(places) < order[-2] < order[-1]


@pytest.mark.parametrize(
    ("address", "kind"),
    [("", "individual"), ("?as=organisation", "organisation"), ("?as=x", "individual")],
)
def test_an_address_begins_the_form_with_a_way_to_join(client, network, address, kind):
    page = opened(client, f"/uk/join{address}")
    ticked = [
        each["value"]
        for form in page.forms
        for each in form["fields"]
        if each["name"] == "party" and each["checked"]
    ]
    assert ticked == [kind]


def test_the_part_about_an_organisation_stands_in_what_the_choice_folds(client, network):
    html = client.get("/uk/join").text
    part = html.split('class="only-organisation"')[1].split('name="about"')[0]
    assert all(f'name="{name}"' in part for name in ORGANISATION)
    assert html.count('name="organisation_name"') == 1


def test_where_only_people_join_no_organisation_is_asked_about(client, app):
    with app.app_context():
        builders.a_network("uk", parameters='{"membership.kinds": ["individual"]}')
    assert not ORGANISATION & {
        each["name"] for form in opened(client, "/uk/join").forms for each in form["fields"]
    }


@pytest.mark.parametrize("wrong", [{"may_speak": "perhaps"}, {"organisation": "999999"}])
def test_an_empty_choice_about_an_organisation_stops_nobody_who_joins_for_themselves(
    client, app, network, wrong
):
    assert sent(client, party="individual", **wrong).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Application)).one().organisation_name == ""


@pytest.mark.parametrize(
    "wrong", [{"organisation_url": "javascript:alert(1)"}, {"organisation_name": "\u202eOpen"}]
)
def test_refused_values_are_named_in_the_part_that_an_error_unfolds(client, app, network, wrong):
    back = sent(client, party="individual", **wrong)
    assert back.status_code == 422
    assert "has-error" in back.text.split('class="only-organisation"')[1].split('name="about"')[0]
    sheet = Path(app.static_folder, "govnet.css").read_text()
    for part in ("stop", "organisation", "options"):
        assert f".only-{part}:not(:has(.has-error)) {{ display: none; }}" in sheet


def test_going_back_and_forth_keeps_what_was_typed(client, network):
    typed = {"organisation_name": "Open Paper", "organisation_url": "www.example.org", "about": "Hello."}
    back = sent(client, party="organisation", email="no address", **typed)
    assert back.status_code == 422
    (form,) = (each for each in Html(back.text).forms if each["action"].endswith("/uk/join"))
    again = client.post(form["action"], data=defaults(form) | {"party": "individual", "email": "none"})
    (form,) = (each for each in Html(again.text).forms if each["action"].endswith("/uk/join"))
    kept = defaults(form)
    assert kept["organisation_name"] == "Open Paper"
    assert kept["about"].strip() == "Hello."
    assert "example.org" in kept["organisation_url"]
