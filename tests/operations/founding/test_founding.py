"""A network is founded as it was found: whole, on record, and by one link once."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta

import pytest
from sqlalchemy import select

from govnet.charter import parameters as p
from govnet.charter.models import ACCENTS, RESERVED, Network
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.kernel.actor import SHELL, Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.membership.models import Membership
from govnet.offices.models import Term
from govnet.operations.founding import links
from govnet.operations.founding.actions import found
from govnet.operations.founding.data import Founding
from govnet.operations.founding.file import read_founding
from govnet.people.models import OperatorGrant, Person, PersonEmail
from govnet.record.audit import check_chain
from govnet.record.models import Entry
from tests.builders import a_member, a_network, a_person, acting
from tests.charter.test_founding_file import FILE

pytestmark = pytest.mark.usefixtures("context")
OPERATOR = '[operator]\nname = "Kit"\nemail = "kit@example.org"\n'


def the_founding(text: str = FILE + OPERATOR) -> Founding:
    return read_founding(tomllib.loads(text), reserved=RESERVED, accents=ACCENTS)


def founded(text: str = FILE + OPERATOR) -> Network:
    with transaction():
        network = found(the_founding(text), by=SHELL, via=Door.CLI)
    return network


def test_the_network_stands_with_its_rules_and_its_committee() -> None:
    network = founded()
    assert rules_in_force(network.id)[p.MINIMUM_DAYS_OPEN] == 14
    sam = db.session.scalars(select(Person).where(Person.name == "Sam")).one()
    assert acting(sam, network).is_chair
    robin = db.session.scalars(select(Person).where(Person.name == "Robin")).one()
    assert not acting(robin, network).is_coordinator or network.zone
    assert db.session.scalars(select(Term)).one().evidence == "Minutes of 9 June 2014."


def test_everything_that_was_found_is_in_the_record_with_how_we_know() -> None:
    network = founded()
    entries = db.session.scalars(
        select(Entry).where(Entry.network_id == network.id).order_by(Entry.number)
    ).all()
    assert [entry.verb for entry in entries] == [
        "network.founded", "charter.found", "offices.committee_found", "offices.term_found", "offices.mandate_found",
        *["forum.topic_opened"] * 5, "network.sister-found", "operator.given"]  # fmt: skip
    assert json.loads(entries[3].words or "")["evidence"] == "Minutes of 9 June 2014."
    assert {json.loads(entry.facts)["authority"] for entry in entries} == {"shell"}
    assert list(check_chain(network.id)) == []


def test_nobody_becomes_a_member_by_being_found() -> None:
    founded()
    assert db.session.scalars(select(Membership)).all() == []


def test_office_holders_can_sign_in_with_the_address_that_was_found() -> None:
    founded()
    addresses = db.session.scalars(select(PersonEmail).order_by(PersonEmail.address)).all()
    assert [row.address for row in addresses] == ["kit@example.org", "robin@example.org", "sam@example.org"]
    assert all(row.verified_at for row in addresses)


def test_somebody_whom_the_server_knows_keeps_one_account() -> None:
    known = a_person("Sam", email="sam@example.org")
    founded()
    assert db.session.scalars(select(Term)).one().person_id == known.id


def test_operators_may_look_after_the_server_and_nothing_else() -> None:
    network = founded()
    kit = db.session.scalars(select(Person).where(Person.name == "Kit")).one()
    actor = acting(kit, network)
    assert (actor.is_operator, actor.is_member, actor.is_officer) == (True, False, False)
    assert db.session.scalars(select(OperatorGrant)).one().person_id == kit.id


def test_a_second_network_cannot_take_the_address_of_the_first() -> None:
    founded()
    with pytest.raises(RuleBroken, match="a network called “uk” here"):
        founded()
    assert len(db.session.scalars(select(Entry).where(Entry.verb == "network.founded")).all()) == 1


def test_a_sister_that_cannot_be_written_down_leaves_nothing_behind() -> None:
    a_network("scotland")
    with pytest.raises(RuleBroken, match="a network called “scotland” here"):
        founded()
    assert db.session.scalars(select(Network.slug)).all() == ["scotland"]
    assert db.session.scalars(select(Person)).all() == []


def test_a_member_cannot_found_a_network() -> None:
    network = a_network("here")
    member = acting(a_member(network), network)
    with pytest.raises(NotAllowed), transaction():
        found(the_founding(), by=member, via=Door.WEB)


def test_a_link_founds_one_network_and_no_more() -> None:
    with transaction():
        token = links.make_link()
    link = links.link_for(token)
    assert link is not None
    assert token not in link.digest
    assert links.is_good(link)
    with transaction():
        links.found_by(link.id, the_founding())
    assert not links.is_good(link)
    with pytest.raises(RuleBroken, match="used or has expired"), transaction():
        links.found_by(
            link.id, the_founding(FILE.replace('slug = "uk"', 'slug = "eu"').replace("scotland", "alba"))
        )


def test_a_link_expires_after_three_days(time) -> None:
    with transaction():
        token = links.make_link()
    time.move(timedelta(days=3))
    link = links.link_for(token)
    assert link is not None
    assert not links.is_good(link)
    assert links.link_for("another") is None
