"""The charter's rules for places on the committee: terms in a row, empty places, the chair, sister networks."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.committee import actions
from govnet.committee.rules import (
    HeldTerm,
    WantedPlace,
    check,
    check_organisations,
    check_place,
    in_a_row,
    lacking_sentences,
)
from govnet.decisions.proposals.offices import OfficeInput
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.offices.models import OfficeKind, Term
from tests import builders
from tests.erased import erase
from tests.offices.builders import asked, decided, place, seat
from tests.pages import opened

TODAY = date(2015, 4, 13)


def wanted(**values):
    usual = {
        "start": TODAY, "end": date(2017, 4, 13), "coopted": False, "elected": False, "is_chair": False,
        "until": None, "body": "committee", "matter": "committee",
    }  # fmt: skip
    return WantedPlace(**{**usual, **values})


def charter(**rules):
    return Charter().with_changes({f"committee.{key}": value for key, value in rules.items()})


def term(start, end):
    return HeldTerm(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("held", "count"),
    [
        ([], 0),
        ([term("2013-04-13", "2015-04-13")], 1),
        ([term("2011-04-13", "2013-04-13"), term("2013-04-13", "2015-04-13")], 2),
        ([term("2011-04-13", "2013-04-14")], 1),
        ([term("2009-04-14", "2011-04-14"), term("2011-04-13", "2013-04-14")], 2),
        ([term("2011-04-13", "2013-04-13")], 0),
        ([term("2007-01-01", "2009-01-01"), term("2013-05-01", "2015-01-01")], 1),
        ([term("2014-01-01", "2014-01-01")], 0),
        ([term("2016-01-01", "2017-01-01")], 0),
        ([term("2015-04-13", "2017-04-13")], 0),
        ([term("2016-01-01", "2017-01-01"), term("2013-04-13", "2015-04-13")], 1),
        ([term("2015-01-01", "2015-01-01"), term("2012-01-01", "2014-01-01")], 1),
        (
            [
                term("2015-01-01", "2015-04-13"),
                term("2013-01-01", "2015-01-01"),
                term("2008-01-01", "2010-01-01"),
            ],
            2,
        ),
    ],
)
def test_terms_follow_one_another_unless_a_whole_term_lies_between(held, count):
    assert in_a_row(held, TODAY, 24) == count


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 900)), max_size=8))
def test_never_more_terms_in_a_row_than_were_held(spans):
    held = [HeldTerm(date(2004, 1, 1) + timedelta(a), date(2004, 1, 1) + timedelta(a + b)) for a, b in spans]
    assert 0 <= in_a_row(held, TODAY, 24) <= len(held)
    assert in_a_row(held, TODAY, 24) == in_a_row(list(reversed(held)), TODAY, 24)


EXCEPTION = "Members can make an exception by a decision about our rules: propose it as one."


def refused(field, sentence, call):
    """It is, with this sentence and the way out, at this field."""
    with pytest.raises(RuleBroken) as broken:
        call()
    assert str(broken.value.message) == f"{sentence} {EXCEPTION}"
    assert broken.value.field == field


NO_COOPTION = "By our rules the committee cannot appoint anybody by itself."
WITH_ITS_TURN = (
    "By our rules places come up by turns, and a term in this one must end with its turn, on 2016-06-30."
)
TWICE = [term("2011-04-13", "2013-04-13"), term("2013-04-13", "2015-04-13")]


@pytest.mark.parametrize(
    ("asked", "held", "rules", "field", "sentence"),
    [
        (
            {},
            TWICE,
            {"consecutive_terms": 2},
            "person",
            "By our rules nobody holds a place for more than 2 terms in a row.",
        ),
        (
            {},
            TWICE[1:],
            {"consecutive_terms": 1},
            "person",
            "By our rules nobody holds a place for more than 1 term in a row.",
        ),
        (
            {"is_chair": True},
            [],
            {"chair": "members"},
            "decision",
            "By our rules all members name the chair, and the committee took this decision.",
        ),
        ({"coopted": True}, [], {"vacancy": "decision"}, "came_by", NO_COOPTION),
        ({"coopted": True}, [], {"vacancy": "open"}, "came_by", NO_COOPTION),
        (
            {"until": date(2016, 1, 1)},
            [],
            {"vacancy": "open"},
            "first_day",
            (
                "By our rules this place stays empty until its term would have ended: choose a first day from "
                "2016-01-01 on."
            ),
        ),
        (
            {"until": date(2016, 1, 1), "coopted": True},
            [],
            {},
            "last_day",
            (
                "Somebody whom the committee appoints stays at most until this place’s term would have ended: "
                "before 2016-01-01."
            ),
        ),
        ({"turn": date(2016, 7, 1)}, [], {}, "last_day", WITH_ITS_TURN),
        ({"turn": date(2016, 7, 1), "until": date(2016, 1, 1)}, [], {}, "last_day", WITH_ITS_TURN),
        ({"turn": date(2016, 7, 1), "until": TODAY, "end": TODAY}, [], {}, "last_day", WITH_ITS_TURN),
    ],
)
def test_an_office_that_the_rules_do_not_give_is_refused_and_the_message_says_why(
    asked, held, rules, field, sentence
):
    refused(field, sentence, lambda: check(wanted(**asked), held, charter(**rules)))
    check(wanted(**asked, matter="charter"), held, charter(**rules))


@pytest.mark.parametrize(
    ("asked", "held", "rules"),
    [
        ({}, TWICE, {}),
        ({}, TWICE, {"consecutive_terms": 3}),
        ({"start": date(2017, 4, 13), "end": date(2019, 1, 1)}, TWICE, {"consecutive_terms": 2}),
        ({"is_chair": True}, [], {}),
        ({"is_chair": True, "body": "all"}, [], {"chair": "members"}),
        ({"is_chair": True, "elected": True}, [], {"chair": "members"}),
        ({"coopted": True}, [], {}),
        ({"coopted": True, "until": date(2017, 4, 13)}, [], {}),
        ({"until": date(2015, 4, 13)}, [], {"vacancy": "open"}),
        ({"until": date(2015, 4, 12), "coopted": True}, [], {}),
        ({"until": date(2016, 1, 1)}, [], {}),
        ({"until": date(2016, 1, 1)}, [], {"vacancy": "decision"}),
        ({"until": date(2016, 1, 1), "body": "all"}, [], {"vacancy": "decision"}),
        ({"turn": date(2017, 4, 13)}, [], {}),
        ({"turn": date(2017, 7, 1), "until": date(2017, 4, 13)}, [], {}),
    ],
)
def test_an_office_that_the_rules_give_is_given(asked, held, rules):
    check(wanted(**asked), held, charter(**rules))


def test_where_all_members_decide_on_the_committee_it_fills_no_empty_place_itself():
    rules = Charter().with_changes({"committee.vacancy": "decision", "matters.committee_body": "all"})
    refused(
        "decision",
        "By our rules all members decide who fills a place that fell empty, and the committee took this "
        "decision.",
        lambda: check(wanted(until=date(2016, 1, 1)), [], rules),
    )
    check(wanted(), [], rules)
    check(wanted(until=date(2016, 1, 1), body="all"), [], rules)


@pytest.mark.parametrize(
    ("sister", "sisters", "others", "most", "complaint"),
    [
        (True, 0, 5, 0, "By our rules no place is for a sister network."),
        (True, 2, 5, 2, "By our rules 2 places can be for sister networks, and they already exist."),
        (True, 1, 5, 2, ""),
        (False, 0, 7, 2, "By our rules the places that are left are for sister networks: 2 places."),
        (False, 1, 7, 2, "By our rules the places that are left are for sister networks: 2 places."),
        (False, 0, 6, 2, ""),
        (False, 2, 6, 2, ""),
        (False, 0, 8, 0, ""),
    ],
)
def test_places_for_sister_networks_are_as_many_as_the_rules_have(sister, sisters, others, most, complaint):
    rules, kind = charter(sister_seats=most), "sister network" if sister else "any"
    there = {"sister network": sisters, "any": others}
    check_place(kind, there, rules, "charter")
    if not complaint:
        check_place(kind, there, rules, "committee")
        return
    refused("constituency", complaint, lambda: check_place(kind, there, rules, "committee"))


def test_places_for_sister_networks_are_kept_before_the_first_of_them_is_there():
    refused(
        "constituency",
        "By our rules the places that are left are for sister networks: 2 places.",
        lambda: check_place("any", {"any": 7}, charter(sister_seats=2), "committee"),
    )
    check_place("any", {"any": 6}, charter(sister_seats=2), "committee")
    check_place("sister network", {}, charter(sister_seats=1), "committee")


IN_PERSON = "By our rules the places that are left are for members in person: 2 places."
KEPT = {"seats": 5, "individual_seats": 2, "organisation_seats": 1, "sister_seats": 1}


@pytest.mark.parametrize(
    ("kind", "there", "complaint"),
    [
        ("any", {}, ""),
        ("any", {"any": 1}, IN_PERSON),
        ("individual", {"any": 1}, ""),
        ("organisation", {"any": 1}, ""),
        ("organisation", {"any": 1, "organisation": 1}, IN_PERSON),
        ("any", {"individual": 2}, ""),
        ("individual", {"individual": 2}, ""),
        (
            "any",
            {"individual": 3},
            "By our rules the places that are left are for people who speak for organisations: 1 place.",
        ),
        ("individual", {"any": 3}, ""),
        ("any", {"any": 1, "sister network": 1}, IN_PERSON),
        ("any", {"sister network": 1}, ""),
        ("any", {"sister network": 2}, IN_PERSON),
        ("any", {"individual": 2, "organisation": 1}, ""),
    ],
)
def test_the_places_that_the_rules_keep_can_still_be_made_after_each_new_one(kind, there, complaint):
    rules = charter(**KEPT)
    check_place(kind, there, rules, "charter")
    if not complaint:
        check_place(kind, there, rules, "committee")
        return
    refused("constituency", complaint, lambda: check_place(kind, there, rules, "committee"))


@pytest.mark.parametrize(("most", "there"), [(0, 9), (2, 1), (2, 0)])
def test_an_organisation_has_people_on_the_committee_up_to_the_rules_number(most, there):
    check_organisations({"Open Club": there}, charter(one_organisation=most))


@pytest.mark.parametrize(
    ("most", "there", "people"), [(1, 1, "1 person"), (2, 2, "2 people"), (2, 3, "2 people")]
)
def test_one_more_from_the_same_organisation_is_refused(most, there, people):
    refused(
        "person",
        f"By our rules at most {people} on the committee can speak for Open Club, and that many already do.",
        lambda: check_organisations({"Other": 0, "Open Club": there}, charter(one_organisation=most)),
    )


def test_missing_parts_are_named_in_words():
    assert [str(each) for each in lacking_sentences({"individual": 1}, charter(**KEPT))] == [
        "Our rules require 2 places for members in person; so far: 1 place.",
        "Our rules require 1 place for people who speak for organisations; so far: 0 places.",
    ]
    assert lacking_sentences({"individual": 2, "organisation": 3}, charter(**KEPT)) == []


# ---- as it is recorded


def a_uk(**rules):
    parameters = json.dumps({f"committee.{key}": value for key, value in rules.items()})
    network = builders.a_network(parameters=parameters)
    builders.a_committee(network, seats=8)
    return network


CLOSES = date(2015, 4, 20)
"""The first day on which what is asked on the test's day closes; a term that begins by it begins then."""


def gives(network, person, *, by, seat=8, came_by="appointment", days=(0, 365)):
    start = TODAY + timedelta(days[0]) if days[0] else None
    end = TODAY + timedelta(days[1] + 1)
    decided(network, by, place(network, person, seat, start=start, end=end, came_by=came_by))
    query = db.select(Term).where(Term.person_id == person.id).order_by(Term.id.desc())
    return db.session.scalars(query).first()


@pytest.mark.usefixtures("context")
def test_a_successor_stays_until_the_term_of_the_predecessor_would_have_ended():
    uk = a_uk()
    sam, ada, bea = builders.a_steering_member(uk), builders.a_member(uk), builders.a_member(uk)
    left = gives(uk, ada, by=sam, days=(0, 365))
    with transaction():
        actions.leave_seat(
            db.session.get_one(Term, left.id), TODAY, by=builders.acting(ada, uk), via=Door.WEB
        )
    assert db.session.get_one(Term, left.id).given_until == TODAY + timedelta(366)
    with pytest.raises(RuleBroken, match="at most until"):
        gives(uk, bea, by=sam, came_by="co-option", days=(8, 366))
    assert gives(uk, bea, by=sam, came_by="co-option", days=(8, 365)).end == TODAY + timedelta(366)


@pytest.mark.usefixtures("context")
def test_a_place_of_somebody_who_is_gone_stays_empty_where_the_rules_want_it():
    uk = a_uk(vacancy="open")
    sam, ada, bea = builders.a_steering_member(uk), builders.a_member(uk), builders.a_member(uk)
    gives(uk, ada, by=sam)
    erase(ada.id)
    with pytest.raises(RuleBroken, match="stays empty"):
        gives(uk, bea, by=sam, days=(0, 400))


@pytest.mark.usefixtures("context")
def test_nobody_sits_longer_in_a_row_than_the_rules_allow(time):
    uk = a_uk(consecutive_terms=1)
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    gives(uk, ada, by=sam)
    with pytest.raises(RuleBroken, match="1 term in a row"):
        gives(uk, ada, by=sam, days=(400, 600))


@pytest.mark.usefixtures("context")
def test_a_term_ends_with_the_turn_of_its_place():
    uk = a_uk(staggering="halves")
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    with pytest.raises(RuleBroken, match="on 2015-06-30"):
        gives(uk, ada, by=sam)
    assert gives(uk, ada, by=sam, days=(0, 78)).end == date(2015, 7, 1)


def test_the_committees_page_says_when_each_place_comes_up(client, app):
    with app.app_context():
        uk = a_uk(staggering="halves")
        builders.sign_in(client, builders.a_steering_member(uk))
    text = opened(client, "/uk/committee").text
    assert text.count("To be filled again after") == 8
    assert "Tue 30 Jun 2015" in text
    with app.app_context():
        key = seat(db.session.query(Network).one(), 1).id
    assert 'value="30 June 2016"' in client.get(f"/uk/proposals/new?matter=committee&office=place-{key}").text


@pytest.mark.usefixtures("context")
def test_a_place_for_a_sister_network_needs_the_rules():
    uk = a_uk(seats=9)
    sam = builders.a_steering_member(uk)
    wales = OfficeInput(what=OfficeKind.NEW_PLACE, place="Wales", constituency="sister network")
    with pytest.raises(RuleBroken, match="no place is for a sister network"):
        asked(uk, sam, wales)


@pytest.mark.usefixtures("context")
def test_members_give_as_an_exception_what_the_rules_do_not():
    uk = a_uk(consecutive_terms=1)
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    gives(uk, ada, by=sam)
    again = place(uk, ada, 8, start=TODAY + timedelta(400), end=TODAY + timedelta(600))
    with pytest.raises(RuleBroken, match="propose it as one"):
        asked(uk, sam, again)
    decision = decided(uk, sam, again, matter="charter")
    assert decision.outcome.adopted
    assert db.session.query(Term).filter_by(person_id=ada.id).count() == 2


def test_the_committees_page_says_what_the_rules_say(client, app):
    with app.app_context():
        a_uk(consecutive_terms=2, vacancy="open", chair="members", sister_seats=1)
    text = opened(client, "/uk/committee").text
    assert "Nobody holds a place for more than 2 terms in a row; then they pause for one term." in text
    assert "Of these, 1 place can be for sister networks, and no more." in text
    assert "The chair is named by all members." in text
