"""Members are asked to renew, asked again, and run out when they do not; who is on a roll."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from govnet.accounts.export import everything_held
from govnet.charter.actions import adopt
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.decisions.proposals import roll
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import PROGRAM, Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.outgoing import distribution
from govnet.membership.memberships import queries, renewal
from govnet.membership.models import Membership, MembershipState
from govnet.people.persons import main_address
from govnet.record.models import Entry
from tests import builders
from tests.membership.people import ALL, a_network_with_rules, link_in, mails_to
from tests.pages import defaults, opened, send

YEARLY = {"membership.renewal_months": 12, "membership.criteria": [], "conduct.code": []}


@pytest.fixture
def here(app, time):
    """An application context in which the clock stands still."""
    with app.app_context():
        yield time


def the_membership(person):
    return queries.with_party(
        db.session.scalar(select(Membership.id).where(Membership.person_id == person.id))
    )


def subjects(person):
    return [subject for subject, _ in mails_to(main_address(person.id))]


def renews(network, person, ticked=()):
    with transaction():
        return renewal.renew(
            the_membership(person), ticked, by=builders.acting(person, network), via=Door.WEB
        )


def changes(network, **rules):
    with transaction():
        adopt(
            db.session.get_one(Network, network.id), rules, adopted_by="decision:1", by=PROGRAM, via=Door.WORKER
        )  # fmt: skip


def test_a_member_is_asked_twice_and_then_runs_out(here):
    network = a_network_with_rules(**YEARLY)
    ada = builders.a_member(network, "Ada")
    here.move(timedelta(days=365))
    assert renewal.run() == 0
    here.move(timedelta(days=1))
    assert [renewal.run() for _ in range(2)] == [1, 0]
    assert subjects(ada) == ["Still a member of The UK network? One click, by Sat 11 Jun 2016"]
    here.move(timedelta(days=53))
    assert [renewal.run() for _ in range(2)] == [1, 0]
    assert subjects(ada)[-1].startswith("Your membership of The UK network ends on Sat 11 Jun 2016 unless")
    here.move(timedelta(days=6))
    assert renewal.run() == 0
    here.move(timedelta(days=1))
    assert [renewal.run() for _ in range(2)] == [1, 0]
    assert the_membership(ada).state is MembershipState.LAPSED
    assert subjects(ada)[-1] == "Your membership of The UK network has ended: it was not renewed"
    assert queries.roll(network.id) == []
    assert not builders.acting(ada, network).is_member
    assert db.session.scalars(select(Entry).order_by(Entry.id.desc())).first().verb == "membership.lapsed"


def test_nobody_runs_out_because_the_worker_stood_still(here):
    network = a_network_with_rules(**YEARLY)
    ada = builders.a_member(network, "Ada")
    here.move(timedelta(days=366))
    renewal.run()
    here.move(timedelta(days=300))
    assert renewal.run() == 1
    here.move(timedelta(days=6))
    assert renewal.run() == 0
    assert the_membership(ada).state is MembershipState.ACTIVE
    assert len(subjects(ada)) == 2
    here.move(timedelta(days=1))
    assert renewal.run() == 1


def test_people_who_renew_stay_for_another_year_and_get_no_reminder(here):
    network = a_network_with_rules(**YEARLY)
    ada = builders.a_member(network, "Ada")
    here.move(timedelta(days=366))
    renewal.run()
    for _ in range(2):
        renews(network, ada)
    here.move(timedelta(days=364))
    assert renewal.run() == 0
    here.move(timedelta(days=1))
    assert renewal.run() == 1
    verbs = list(db.session.scalars(select(Entry.verb)))
    assert verbs.count("membership.renewed") == 1
    assert everything_held(ada.id)["membership"]["memberships"][0]["renewed_on"] == "2016-04-13"


def test_members_of_a_network_that_knew_no_renewal_have_a_whole_year_from_when_it_was_decided(here):
    network = a_network_with_rules()
    ada = builders.a_member(network, "Ada")
    here.move(timedelta(days=3000))
    assert renewal.run() == 0
    changes(network, **{"membership.renewal_months": 12})
    here.move(timedelta(days=364))
    assert renewal.run() == 0
    changes(network, **{"committee.seats": 7})
    here.move(timedelta(days=2))
    assert renewal.run() == 1
    assert len(subjects(ada)) == 1


def test_people_who_were_asked_are_asked_no_more_once_the_rule_is_gone(here):
    network = a_network_with_rules(**YEARLY)
    ada = builders.a_member(network, "Ada")
    here.move(timedelta(days=366))
    renewal.run()
    changes(network, **{"membership.renewal_months": 0})
    here.move(timedelta(days=100))
    assert renewal.run() == 1
    assert the_membership(ada).renewal_asked_at is None
    assert renewal.run() == 0
    changes(network, **{"membership.renewal_months": 12})
    here.move(timedelta(days=300))
    assert renewal.run() == 0
    assert the_membership(ada).state is MembershipState.ACTIVE


def test_there_is_nothing_to_renew_long_before(here):
    network = a_network_with_rules(**YEARLY)
    with pytest.raises(RuleBroken, match="nothing to renew yet"):
        renews(network, builders.a_member(network))


def test_there_is_nothing_to_renew_where_memberships_go_on(here):
    network = a_network_with_rules()
    with pytest.raises(RuleBroken, match="goes on until its member leaves"):
        renews(network, builders.a_member(network), ALL)


def test_nobody_renews_for_somebody_else(here):
    network = a_network_with_rules(**YEARLY)
    ada, bea = builders.a_member(network), builders.a_member(network)
    with pytest.raises(NotAllowed), transaction():
        renewal.renew(the_membership(ada), by=builders.acting(bea, network), via=Door.WEB)


def test_new_criteria_are_ticked_when_renewing(here):
    network = a_network_with_rules(**YEARLY)
    ada = builders.a_member(network, "Ada")
    changes(network, **{"membership.criteria": ["I pay my share."]})
    here.move(timedelta(days=366))
    with pytest.raises(RuleBroken, match="Tick each sentence"):
        renews(network, ada)
    renews(network, ada, ["I pay my share."])
    assert queries.sentences(the_membership(ada)) == ["I pay my share."]


def test_an_organisation_for_which_nobody_speaks_runs_out_after_the_officers_were_notified(here):
    network = a_network_with_rules(**YEARLY)
    cory = builders.a_coordinator(network, days=900)
    here.move(timedelta(days=300))
    builders.an_organisation(network, "The Silent Shed")
    here.move(timedelta(days=300))
    renewal.run()
    distribution.run()
    texts = dict(mails_to(main_address(cory.id)))
    assert "nobody could be asked" in texts["Nobody speaks for The Silent Shed: its membership runs out"]
    for days in (53, 7):
        here.move(timedelta(days=days))
        renewal.run()
    row = db.session.query(Membership).filter(Membership.organisation_id.is_not(None)).one()
    assert row.state is MembershipState.LAPSED


def test_an_organisation_is_asked_through_its_speaker(here):
    network = a_network_with_rules(**YEARLY)
    bob = builders.a_person("Bob")
    builders.an_organisation(network, "The Shed", spoken_for_by=bob)
    here.move(timedelta(days=366))
    assert renewal.run() == 1
    assert "You speak for The Shed" in mails_to(main_address(bob.id))[-1][1]


def test_people_whose_membership_ran_out_start_again_and_have_another_year(here):
    network = a_network_with_rules(**YEARLY)
    ada = builders.a_member(network, "Ada")
    for days in (366, 53, 7):
        here.move(timedelta(days=days))
        renewal.run()
    renews(network, ada)
    assert the_membership(ada).state is MembershipState.ACTIVE
    here.move(timedelta(days=300))
    assert renewal.run() == 0


# ---- the roll


@pytest.mark.parametrize(("days", "on_roll"), [(0, 1), (100, 1), (101, 0)])
def test_people_who_have_been_members_long_enough_are_on_the_roll(here, days, on_roll):
    network = a_network_with_rules(**{"membership.roll_days": days})
    builders.a_member(network, start=clock.today(network.zone) - timedelta(days=100))
    with transaction():
        taken = roll.take(network, "all", rules_in_force(network.id))
    assert len(taken) == on_roll


def test_people_whose_membership_ran_out_are_on_no_roll(here):
    network = a_network_with_rules()
    ada = builders.a_member(network)
    with transaction():
        the_membership(ada).state = MembershipState.LAPSED
    assert roll.take(network, "all", rules_in_force(network.id)) == []


# ---- the pages


def test_looking_at_the_mails_page_renews_nothing_and_its_button_does(client, app, time):
    with app.app_context():
        network = a_network_with_rules(**YEARLY)
        ada = builders.a_member(network, "Ada")
        changes(network, **{"membership.criteria": ["I pay my share."]})
        time.move(timedelta(days=366))
        renewal.run()
        link = link_in(mails_to(main_address(ada.id))[-1][1], "membership")
        key, ada_id = the_membership(ada).id, ada.id
    html = opened(client, link)
    assert "Do you want to stay a member?" in html.text
    with app.app_context():
        assert db.session.get_one(Membership, key).renewed_on is None
    assert "Tick each sentence that is new" in send(client, link, {}).text
    box = next(f for form in html.forms for f in form["fields"] if f["name"] == "agrees")
    form = next(form for form in html.forms if box in form["fields"])
    renewed = {**defaults(form), "agrees": box["value"]}
    for _ in range(2):
        assert client.post(link, data=renewed).location.endswith(link)
    assert "You are a member" in opened(client, link).text
    with app.app_context():
        row = db.session.get_one(Membership, key)
        assert (row.renewed_on, row.person_id) == (clock.today("Europe/London"), ada_id)


def test_a_member_sees_until_when_to_renew_and_does_so_signed_in(app, time):
    with app.app_context():
        network = a_network_with_rules(**YEARLY)
        ada = builders.a_member(network, "Ada")
        time.move(timedelta(days=366))
        renewal.run()
        adas = builders.sign_in(app.test_client(), ada)
    assert "Renew" in opened(adas, "/me").text
    assert "Please renew by" in opened(adas, "/uk/membership").text
    where = next(url for url in opened(adas, "/uk/membership").links if url.endswith("/renew"))
    text = send(adas, where, {}, action="/renew").text
    assert "To be renewed by" in text
    assert "Thu 13 Apr 2017" in text


def test_a_new_member_reads_when_her_answer_begins_to_count(app, time):
    with app.app_context():
        network = a_network_with_rules(**{"membership.roll_days": 101})
        adas = builders.sign_in(app.test_client(), builders.a_member(network))
    assert "Your answer counts in proposals opened from tomorrow" in opened(adas, "/uk/membership").text


def test_a_membership_that_goes_on_can_be_left_and_says_nothing_of_renewing(app, time):
    with app.app_context():
        network = a_network_with_rules()
        adas = builders.sign_in(app.test_client(), builders.a_member(network))
    text = opened(adas, "/uk/membership").text
    assert "renew" not in text.lower()
