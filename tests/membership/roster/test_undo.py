"""A list that came in is taken back until its people have acted, and the record still agrees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from govnet.accounts.export import everything_held
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotFound
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Following, Subscription, Target
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.queries import subscribers
from govnet.mail.volume import Stance, Volume
from govnet.membership import duties
from govnet.membership.audit import changed_memberships
from govnet.membership.memberships import actions, queries
from govnet.membership.models import Membership
from govnet.membership.roster import imports, undo
from govnet.membership.roster.models import ImportState, RosterImport, RosterImportRow
from govnet.membership.roster.parser import read_roster
from govnet.people.models import Organisation, Person, PersonEmail, Representation
from govnet.record import registry
from govnet.record.models import Entry
from govnet.record.queries import details
from tests import builders
from tests.erased import erase
from tests.membership.people import a_network_with_rules
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")
LIST = """name,email,organisation,kind,as
Nell Found,nell@example.org,,individual,member
Bea Ledger,bea@example.org,Open Ledger Club,organisation,member
Bea Ledger,bea@example.org,,individual,member
,reader@example.org,,,subscriber
,other@example.org,,,subscriber
"""


def brought_in(network, text: str = LIST) -> RosterImport:
    with transaction():
        made = imports.import_roster(network, read_roster(text.encode()).rows, go=True, via=Door.CLI)
    return db.session.get_one(RosterImport, made.number)


def taken_back(batch: RosterImport) -> undo.Untouched:
    with transaction():
        return undo.take_back(batch, via=Door.CLI)


def count(table) -> int:
    return db.session.scalar(select(func.count()).select_from(table))


def membership_of(address: str) -> Membership:
    query = select(Membership).join(PersonEmail, PersonEmail.person_id == Membership.person_id)
    return db.session.scalars(query.where(PersonEmail.address == address)).one()


def confirms(address: str) -> None:
    email = db.session.scalars(select(PersonEmail).where(PersonEmail.address == address)).one()
    membership, _address, by = actions.held(membership_of(address).id, email.id)
    with transaction():
        actions.confirm(membership, by=by, email_id=email.id, via=Door.WEB)


def test_untouched_arrivals_are_gone_and_the_record_says_so():
    network = a_network_with_rules()
    taken_back(brought_in(network))
    for table in (Person, PersonEmail, Membership, Organisation, Representation):
        assert count(table) == 0, table
    assert subscribers(network.id) == 0
    entries = db.session.scalars(select(Entry).order_by(Entry.id)).all()
    assert [entry.verb for entry in entries] == ["membership.roster", "membership.roster_taken_back"]
    assert registry.sentence(details(entries[1])) == (
        "The operator took back the list that was brought in on Mon 13 Apr 2015: "
        "3 memberships to confirm and 2 subscriptions that nobody had used."
    )
    assert list(changed_memberships(network.id)) == []


def test_people_who_acted_stay():
    network = a_network_with_rules()
    batch = brought_in(network)
    confirms("nell@example.org")
    with transaction():
        preferences_actions.set_address_volume(
            db.session.scalars(select(Subscription.token)).first(), Volume.DIGEST
        )
    ends = taken_back(batch)
    assert (len(ends.memberships), len(ends.subscriptions), ends.acted) == (2, 1, 2)
    assert queries.counts(network.id).people == 1
    assert [person.name for person in db.session.scalars(select(Person))] == ["Nell Found"]
    assert subscribers(network.id) == 1
    assert list(changed_memberships(network.id)) == []


def test_somebody_who_only_said_no_mail_is_not_forgotten():
    network = a_network_with_rules()
    batch = brought_in(network)
    with transaction():
        for row in db.session.scalars(select(Subscription)):
            preferences_actions.unsubscribe(row)
    assert len(taken_back(batch).subscriptions) == 0
    assert {why for _row, why in brought_in_plan(network).known} == {"was a reader, and wants no more mail"}


def brought_in_plan(network):
    with transaction():
        return imports.import_roster(network, read_roster(LIST.encode()).rows, go=False, via=Door.CLI)


def test_somebody_who_signed_in_or_chose_something_has_acted_and_stays():
    network = a_network_with_rules()
    batch = brought_in(network)
    nell = membership_of("nell@example.org").person_id
    with transaction():
        db.session.add(Following(person_id=nell, network_id=network.id, target=Target.TOPIC, target_id=1,
                                 stance=Stance.FOLLOW, at=clock.now()))  # fmt: skip
    assert taken_back(batch).acted == 1
    assert [person.name for person in db.session.scalars(select(Person))] == ["Nell Found"]
    assert queries.counts(network.id).found == 1
    assert list(changed_memberships(network.id)) == []


def test_a_person_named_by_anything_else_stays_without_the_membership():
    one, other = a_network_with_rules("uk"), a_network_with_rules("wales")
    batch = brought_in(one)
    brought_in(other)
    taken_back(batch)
    assert (queries.counts(one.id).found, queries.counts(other.id).found) == (0, 3)
    assert count(Person) == 2
    assert list(changed_memberships(one.id)) == []
    assert list(changed_memberships(other.id)) == []


def test_an_organisation_that_was_there_before_stays():
    network = a_network_with_rules()
    builders.an_organisation(network, "Pond Trust")
    batch = brought_in(network, LIST + "Pia,pia@example.org,pond trust,organisation,member\n")
    taken_back(batch)
    assert [row.name for row in db.session.scalars(select(Organisation))] == ["Pond Trust"]


def test_letters_that_wait_are_cancelled_and_links_that_went_are_good_no_more():
    network = a_network_with_rules()
    batch = brought_in(network)
    assert duties.ask_found() == 3
    nell = membership_of("nell@example.org").id, db.session.scalar(select(func.min(PersonEmail.id)))
    actions.held(*nell)
    taken_back(batch)
    assert {row.state.value for row in db.session.scalars(select(Delivery))} == {"cancelled"}
    with pytest.raises(NotFound):
        actions.held(*nell)


def test_it_can_come_in_again_and_be_taken_back_once_only():
    network = a_network_with_rules()
    batch = brought_in(network)
    taken_back(batch)
    assert taken_back(batch) == undo.Untouched(frozenset(), frozenset(), 0)
    brought_in(network)
    assert queries.counts(network.id).found == 3
    assert subscribers(network.id) == 2
    assert list(changed_memberships(network.id)) == []


def test_taking_a_list_back_needs_as_many_statements_for_any_list():
    network = a_network_with_rules()
    few = brought_in(network)
    rows = "".join(f"N,n{n}@example.org,,,member\n" for n in range(900))
    many = brought_in(network, LIST.partition("\n")[0] + "\n" + rows)
    with counted() as for_few:
        undo.untouched(few)
    with counted() as for_many:
        undo.untouched(many)
    assert len(for_many) <= len(for_few) + 4


def test_a_second_list_does_not_take_back_the_arrivals_of_the_first():
    network = a_network_with_rules()
    brought_in(network)
    taken_back(brought_in(network))
    assert queries.counts(network.id).found == 3
    assert subscribers(network.id) == 2


def test_names_and_addresses_of_lists_are_deleted_after_a_week(time):
    network = a_network_with_rules()
    batch = brought_in(network)
    assert imports.forget_old() == 0
    time.move(timedelta(days=7))
    assert imports.forget_old() == 1
    rows = db.session.execute(
        select(RosterImportRow.name, RosterImportRow.address, RosterImportRow.said)
    ).all()
    assert set(rows) == {("", "", "")}
    assert imports.forget_old() == 0
    assert len(taken_back(batch).memberships) == 3


def test_people_who_remove_their_name_are_in_no_list_any_more():
    network = a_network_with_rules()
    brought_in(network)
    person = membership_of("nell@example.org").person_id
    (row,) = everything_held(person)["membership"]["brought_in"]
    assert (row["roster_import_network_slug"], row["number"]) == ("uk", 2)
    assert row["roster_import_looked_at"] == "2015-04-13T09:00:00.000000Z"
    erase(person)
    left = db.session.execute(select(RosterImportRow.name, RosterImportRow.address)).all()
    assert not [row for row in left if "Nell" in row[0] or "nell" in row[1]]
    assert db.session.scalar(select(RosterImport.state)) is ImportState.DONE


def test_a_couple_is_taken_back_and_the_letter_that_asks_the_second_is_cancelled():
    network = a_network_with_rules()
    batch = brought_in(network, "name,email,as\nNell,home@example.org,member\nNed,home@example.org,member\n")
    duties.ask_found()
    assert taken_back(batch).acted == 0
    assert (count(Person), count(PersonEmail), count(Membership)) == (0, 0, 0)
    assert {row.state.value for row in db.session.scalars(select(Delivery))} == {"cancelled"}
    assert list(changed_memberships(network.id)) == []
