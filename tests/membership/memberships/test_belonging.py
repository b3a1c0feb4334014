"""Members from an old list, leaving, starting again, being named, and what is held and forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from govnet.accounts import erasure
from govnet.accounts.export import everything_held
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, NotFound, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.membership import duties
from govnet.membership.memberships import actions, departure, queries
from govnet.membership.models import Application, Membership, MembershipKind, MembershipState
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.membership.signed_links import ids_of, token_for
from govnet.people.models import PersonEmail, Representation
from govnet.people.persons import main_address, person_by_email
from govnet.record.models import Entry
from tests import builders
from tests.chain import faults_of
from tests.erased import erase, words_about
from tests.membership.people import (
    ALL,
    a_network_with_rules,
    a_waiting_application,
    an_admitted,
    applies,
    link_in,
    mails_to,
)

pytestmark = pytest.mark.usefixtures("context")
FOUND = "name,email,organisation,kind,as\nNell Found,nell@example.org,,individual,member\n"


def from_the_old_list(network, text=FOUND):
    roster = read_roster(text.encode())
    assert not roster.problems
    with transaction():
        return imports.import_roster(network, roster.rows, go=True, via=Door.CLI)


def press_the_button(network, address="nell@example.org"):
    token = link_in(mails_to(address)[-1][1], "membership").rsplit("/", 1)[1]
    with transaction():
        membership, by = actions.held_by(token, network)
        actions.confirm(membership, by=by, email_id=ids_of("membership", token, 2)[1], via=Door.WEB)
    return by


def test_somebody_from_the_old_list_is_no_member_until_she_confirms():
    network = a_network_with_rules()
    from_the_old_list(network)
    assert queries.roll(network.id) == []
    assert queries.counts(network.id).found == 1
    assert duties.ask_found() == 1
    press_the_button(network)
    assert [r.name for r in queries.roll(network.id)] == ["Nell Found"]
    person = person_by_email("nell@example.org")
    assert builders.acting(person, network).is_member
    entry = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert (entry.verb, entry.actor_id) == ("membership.confirmed", person.id)


def test_she_is_asked_once_and_once_more_after_a_week_of_silence(time):
    network = a_network_with_rules()
    from_the_old_list(network)
    assert [duties.ask_found() for _ in range(2)] == [1, 0]
    time.move(timedelta(days=7))
    assert duties.ask_found() == 0
    time.move(timedelta(days=1))
    assert [duties.ask_found() for _ in range(2)] == [1, 0]
    time.move(timedelta(days=100))
    assert duties.ask_found() == 0
    first, second = (text for _subject, text in mails_to("nell@example.org"))
    assert "will not ask again" in second
    assert "will not ask again" not in first
    press_the_button(network)
    row = db.session.query(Membership).one()
    assert (row.state, row.renewal_reminded_at) == (MembershipState.ACTIVE, None)


def test_pressing_twice_confirms_once():
    network = a_network_with_rules()
    from_the_old_list(network)
    duties.ask_found()
    press_the_button(network)
    press_the_button(network)
    verbs = list(db.session.scalars(select(Entry.verb)))
    assert verbs.count("membership.confirmed") == 1


def test_the_speaker_of_an_organisation_on_the_old_list_confirms_for_it():
    network = a_network_with_rules()
    from_the_old_list(
        network, FOUND.split("\n", 1)[0] + "\nBea,bea@example.org,Open Ledger Club,organisation,member\n"
    )
    duties.ask_found()
    press_the_button(network, "bea@example.org")
    actor = builders.acting(person_by_email("bea@example.org"), network)
    assert [r.organisation for r in actor.represents] == ["Open Ledger Club"]
    assert [r.name for r in queries.roll(network.id)] == ["Open Ledger Club"]


def test_somebody_on_the_old_list_who_fills_in_the_form_is_sent_the_link_to_confirm():
    network = a_network_with_rules()
    from_the_old_list(network)
    assert applies(network, email="nell@example.org") is None
    assert "One click makes you a member" in mails_to("nell@example.org")[-1][1]
    press_the_button(network)
    assert queries.counts(network.id).people == 1


def test_a_made_up_link_confirms_nothing():
    network = a_network_with_rules()
    from_the_old_list(network)
    for token in (
        "x",
        token_for("application", 1),
        token_for("membership", 1),
        token_for("membership", 99, 99),
    ):
        with pytest.raises(NotFound):
            actions.held_by(token, network)


def test_nobody_confirms_for_somebody_else():
    network = a_network_with_rules()
    from_the_old_list(network)
    other = builders.acting(builders.a_member(network), network)
    membership = queries.with_party(
        db.session.scalar(select(Membership.id).where(Membership.state == "found"))
    )
    with pytest.raises(NotAllowed), transaction():
        actions.confirm(membership, by=other, via=Door.WEB)


def test_an_address_that_somebody_else_has_proved_meanwhile_is_not_taken_over():
    network = a_network_with_rules()
    from_the_old_list(network)
    duties.ask_found()
    with transaction():
        found = db.session.scalar(select(PersonEmail))
        other = builders.a_person("Other", email="other@example.org")
        found.main = False
        db.session.execute(
            update(PersonEmail).where(PersonEmail.person_id == other.id).values(address="nell@example.org")
        )
    with pytest.raises(RuleBroken, match="another account"):
        press_the_button(network)
    assert queries.counts(network.id).people == 0


def a_membership(network):
    ada = builders.a_member(network, "Ada Member")
    return ada, queries.with_party(queries.own_memberships(ada.id, network.id)[0].id)


def test_people_who_leave_have_no_rights_from_today_and_stay_on_record():
    network = a_network_with_rules()
    ada, membership = a_membership(network)
    for _ in range(2):
        with transaction():
            departure.resign(membership, by=builders.acting(ada, network), via=Door.WEB)
    assert not builders.acting(ada, network).is_member
    assert (membership.state, queries.roll(network.id)) == (MembershipState.RESIGNED, [])
    assert list(db.session.scalars(select(Entry.verb))) == ["membership.resigned"]


def test_nobody_ends_the_membership_of_somebody_else():
    network = a_network_with_rules()
    _, membership = a_membership(network)
    sam = builders.acting(builders.a_steering_member(network), network)
    with pytest.raises(NotAllowed), transaction():
        departure.resign(membership, by=sam, via=Door.WEB)


def test_the_speaker_can_end_an_organisation_s_membership_and_a_stand_in_cannot():
    network = a_network_with_rules()
    bob, ann = builders.a_person("Bob"), builders.a_person("Ann")
    organisation = builders.an_organisation(network, "The Open Shed", spoken_for_by=bob)
    with transaction():
        db.session.add(
            Representation(
                organisation_id=organisation.id,
                person_id=ann.id,
                start=db.session.scalar(select(Membership.start)),
            )
        )
    membership = queries.with_party(queries.own_memberships(bob.id, network.id)[0].id)
    with pytest.raises(NotAllowed), transaction():
        departure.resign(membership, by=builders.acting(ann, network), via=Door.WEB)
    with transaction():
        departure.resign(membership, by=builders.acting(bob, network), via=Door.WEB)
    assert queries.counts(network.id).organisations == 0


def test_a_membership_that_ran_out_starts_again_with_one_click():
    network = a_network_with_rules()
    ada, membership = a_membership(network)
    by = builders.acting(ada, network)
    with transaction():
        membership.state = MembershipState.LAPSED
    assert not builders.acting(ada, network).is_member
    with transaction():
        actions.restart(membership, ALL, by=by, via=Door.WEB)
    assert builders.acting(ada, network).is_member


def test_a_suspended_member_does_not_start_again_by_herself():
    network = a_network_with_rules()
    ada, membership = a_membership(network)
    by = builders.acting(ada, network)
    with transaction():
        membership.state = MembershipState.SUSPENDED
    with pytest.raises(RuleBroken), transaction():
        actions.restart(membership, by=by, via=Door.WEB)
    assert applies(network, email=main_address(ada.id)) is None
    assert "suspended" in mails_to(main_address(ada.id))[-1][1]


def test_a_member_says_who_may_see_the_name():
    network = a_network_with_rules()
    ada, membership = a_membership(network)
    assert queries.listed_people(network, named_only=True) == []
    with transaction():
        actions.name_in_public(membership, True, by=builders.acting(ada, network), via=Door.WEB)
    assert [p.name for p in queries.listed_people(network, named_only=True)] == ["Ada Member"]
    assert db.session.scalar(select(Entry)).visibility.value == "subject"


def test_the_data_about_a_person_is_hers_to_have():
    network = a_network_with_rules()
    a_waiting_application(network, about="I read budgets.")
    held = everything_held(person_by_email("ada@example.org").id)["membership"]
    assert held["applications"][0]["about"] == "I read budgets."
    assert held["memberships"] == []


def test_a_forgotten_person_leaves_no_words_behind():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    application = an_admitted(network, sam, about="I read budgets.")
    person_id = application.person_id
    erase(person_id)
    assert words_about(f"application:{application.id}") == {None}
    row = db.session.get_one(Application, application.id)
    assert (row.name, row.about, "ada" in row.email) == ("", "", False)
    assert [m.state.value for m in queries.own_memberships(person_id, network.id)] == ["resigned"]


def test_a_member_who_removes_her_name_is_nowhere_in_the_record_any_more():
    network = a_network_with_rules(**{"membership.admission": "immediate"})
    application = a_waiting_application(
        network, kind=MembershipKind.ORGANISATION, organisation_name="The Open Shed", may_speak=True
    )
    a_second = a_waiting_application(network)
    person = person_by_email("ada@example.org")
    assert a_second.person_id == application.person_id == person.id
    with transaction():
        erasure.erase_oneself("remove", by=builders.acting(person, network), via=Door.WEB)
    words = " ".join(entry.words or "" for entry in db.session.scalars(select(Entry)))
    assert "Ada" not in words
    assert queries.counts(network.id).people == 0
    assert faults_of(network.id) == []
