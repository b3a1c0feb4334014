"""Speaking for an organisation: claimed, named, confirmed, handed on, ended."""

from __future__ import annotations

import pytest

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken, Stale
from govnet.kernel.transaction import transaction
from govnet.membership.organisations import actions, queries
from govnet.people.models import Organisation
from govnet.people.persons import person_by_email
from tests import builders
from tests.membership.people import a_network_with_rules, mails_to

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def scene():
    """A network, an organisation, and Bob who speaks for it."""
    network = a_network_with_rules()
    bob = builders.a_person("Bob Voice", email="bob@example.org")
    return network, builders.an_organisation(network, "The Open Shed", spoken_for_by=bob), bob


def voices(network, organisation):
    found = queries.voices([organisation.id], clock.today(network.zone)).get(organisation.id, [])
    return [(v.name, v.is_primary) for v in found]


def claims(network, organisation, person, *, primary=False):
    with transaction():
        return actions.claim(
            network,
            organisation,
            "Ask at our office.",
            primary,
            by=builders.acting(person, network),
            via=Door.WEB,
        )


def test_people_who_say_that_they_may_speak_wait_to_be_confirmed(scene):
    network, organisation, _bob = scene
    ann = builders.a_person("Ann", email="ann@example.org")
    claims(network, organisation, ann)
    assert voices(network, organisation) == [("Bob Voice", True)]
    assert [c.name for c in queries.claims_waiting(network.id)] == ["Ann"]


def test_an_officer_confirms_that_somebody_stands_in(scene):
    network, organisation, _bob = scene
    ann = builders.a_person("Ann", email="ann@example.org")
    sam = builders.acting(builders.a_steering_member(network), network)
    row = claims(network, organisation, ann)
    with transaction():
        actions.confirm(row, by=sam, via=Door.WEB)
    assert voices(network, organisation) == [("Bob Voice", True), ("Ann", False)]
    assert "You can speak for" in mails_to("ann@example.org")[-1][0]


def test_an_officer_confirms_a_new_voice_and_the_old_one_stands_in(scene):
    network, organisation, _bob = scene
    ann = builders.a_person("Ann", email="ann@example.org")
    sam = builders.acting(builders.a_steering_member(network), network)
    row = claims(network, organisation, ann, primary=True)
    with transaction():
        actions.confirm(row, by=sam, via=Door.WEB)
    assert voices(network, organisation) == [("Ann", True), ("Bob Voice", False)]


def test_the_second_of_two_who_settle_at_once_reads_so(scene):
    network, organisation, bob = scene
    row = claims(network, organisation, builders.a_person("Ann"))
    with transaction():
        actions.confirm(row, by=builders.acting(bob, network), via=Door.WEB)
    sam = builders.acting(builders.a_steering_member(network), network)
    with pytest.raises(Stale), transaction():
        actions.decline(row, by=sam, via=Door.WEB)


def test_a_claimant_who_is_not_confirmed_is_notified(scene):
    network, organisation, bob = scene
    row = claims(network, organisation, builders.a_person("Ann", email="ann@example.org"))
    with transaction():
        actions.decline(row, by=builders.acting(bob, network), via=Door.WEB)
    assert voices(network, organisation) == [("Bob Voice", True)]
    assert "Not confirmed" in mails_to("ann@example.org")[-1][0]


def test_nobody_confirms_a_claim_who_neither_speaks_nor_holds_office(scene):
    network, organisation, _bob = scene
    ann = builders.a_person("Ann", email="ann@example.org")
    row = claims(network, organisation, ann)
    for person in (ann, builders.a_member(network)):
        with pytest.raises(NotAllowed), transaction():
            actions.confirm(row, by=builders.acting(person, network), via=Door.WEB)


def test_claiming_twice_makes_one_claim(scene):
    network, organisation, _bob = scene
    ann = builders.a_person("Ann")
    assert claims(network, organisation, ann).id == claims(network, organisation, ann).id


def test_people_who_speak_already_need_not_say_so(scene):
    network, organisation, bob = scene
    with pytest.raises(RuleBroken, match="already"):
        claims(network, organisation, bob, primary=True)


def test_the_speaker_names_somebody_who_accepts_by_mail(scene):
    network, organisation, bob = scene
    with transaction():
        row = actions.invite(
            network, organisation, "Nia Next", "nia@example.org", True, by=builders.acting(bob, network)
        )
    assert "Will you speak for The Open Shed" in mails_to("nia@example.org")[0][0]
    assert person_by_email("nia@example.org") is None
    for _ in range(2):
        with transaction():
            actions.accept(row, via=Door.WEB)
    assert voices(network, organisation) == [("Nia Next", True), ("Bob Voice", False)]
    assert builders.acting(person_by_email("nia@example.org"), network).is_member


def test_people_named_may_say_no(scene):
    network, organisation, bob = scene
    with transaction():
        row = actions.invite(
            network, organisation, "Nia", "nia@example.org", False, by=builders.acting(bob, network)
        )
    with transaction():
        actions.refuse(row)
    with pytest.raises(Stale), transaction():
        actions.accept(row, via=Door.WEB)


def test_nobody_else_names_who_speaks(scene):
    network, organisation, _bob = scene
    sam = builders.acting(builders.a_steering_member(network), network)
    with pytest.raises(NotAllowed), transaction():
        actions.invite(network, organisation, "Nia", "nia@example.org", False, by=sam)


def test_the_right_to_speak_is_handed_on_to_the_stand_in(scene):
    network, organisation, bob = scene
    row = claims(network, organisation, builders.a_person("Ann"))
    with transaction():
        actions.confirm(row, by=builders.acting(bob, network), via=Door.WEB)
    stands_in = queries.voices([organisation.id], row.made_at.date())[organisation.id][1]
    with transaction():
        actions.hand_on(
            queries.whole_voice(stands_in.id), network, by=builders.acting(bob, network), via=Door.WEB
        )
    assert voices(network, organisation) == [("Ann", True), ("Bob Voice", False)]


def test_people_who_stop_speaking_have_no_rights_from_today(scene):
    network, organisation, bob = scene
    mine = queries.open_voice(organisation.id, bob.id)
    for _ in range(2):
        with transaction():
            actions.end(queries.whole_voice(mine.id), network, by=builders.acting(bob, network), via=Door.WEB)
        if not builders.acting(bob, network).represents:
            break
    assert voices(network, organisation) == []
    assert not builders.acting(bob, network).is_member
    assert db.session.get(Organisation, organisation.id).name == "The Open Shed"
