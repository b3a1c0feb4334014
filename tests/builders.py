"""Networks and invented people for tests: the shortest way to a state, through rows that constraints check."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask.testing import FlaskClient

from govnet.charter.models import CharterVersion, Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.transaction import in_transaction, transaction
from govnet.membership.actor import actor_for
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.offices.models import Body, BodyKind, CameBy, Mandate, MandateNamed, Seat, Term
from govnet.people.models import OperatorGrant, Organisation, Person, PersonEmail, Representation
from govnet.record.actions import open_chain
from govnet.sign_in import sessions

_numbers = itertools.count(1)


@contextmanager
def _joined() -> Iterator[None]:
    """The running transaction, or one of its own."""
    if in_transaction():
        yield
        db.session.flush()
        return
    with transaction():
        yield


def a_network(slug: str = "uk", *, parameters: str = "{}", **values: object) -> Network:
    """A founded network with a first charter and an empty record."""
    with _joined():
        network = Network(
            slug=slug,
            name=f"The {slug.upper()} network",
            purpose="To open up how decisions are made.",
            contact_name="Robin Contact",
            contact_email="contact@example.org",
            contact_phone="020 7946 0000",
            founded_at=clock.now(),
            **values,
        )
        db.session.add(network)
        db.session.flush()
        open_chain(network)
        db.session.add(
            CharterVersion(
                network_id=network.id,
                number=1,
                parameters=parameters,
                in_force_from=clock.now(),
                evidence="As found.",
            )
        )
    return network


def a_person(name: str = "", *, email: str = "") -> Person:
    """Somebody with a verified address."""
    number = next(_numbers)
    with _joined():
        person = Person(name=name or f"Person {number}", created_at=clock.now())
        db.session.add(person)
        db.session.flush()
        address = email or f"person{number}@example.org"
        db.session.add(PersonEmail(person_id=person.id, address=address, verified_at=clock.now(), main=True))
    return person


def a_member(network: Network, name: str = "", **values: object) -> Person:
    """Somebody with an active membership of their own."""
    with _joined():
        person = a_person(name)
        _belongs(network, person_id=person.id, kind=MembershipKind.INDIVIDUAL, **values)
    return person


def _belongs(network: Network, **values: object) -> Membership:
    charter = (
        db.session.query(CharterVersion)
        .filter_by(network_id=network.id)
        .order_by(CharterVersion.number.desc())
        .first()
    )
    row = Membership(
        network_id=network.id,
        charter_version_id=charter.id,
        **{
            "state": MembershipState.ACTIVE,
            "start": clock.today(network.zone) - timedelta(days=100),
            "confirmed_at": clock.now(),
            **values,
        },
    )
    db.session.add(row)
    db.session.flush()
    return row


def an_organisation(network: Network, name: str, *, spoken_for_by: Person | None = None) -> Organisation:
    """A member organisation, with somebody who speaks for it."""
    with _joined():
        row = Organisation(name=name, name_key=name.casefold(), created_at=clock.now())
        db.session.add(row)
        db.session.flush()
        _belongs(network, organisation_id=row.id, kind=MembershipKind.ORGANISATION)
        if spoken_for_by is not None:
            start = clock.today(network.zone) - timedelta(days=100)
            db.session.add(
                Representation(
                    organisation_id=row.id, person_id=spoken_for_by.id, is_primary=True, start=start
                )
            )
    return row


def a_committee(network: Network, *, seats: int = 3) -> Body:
    """A committee with empty seats; the first is its chair's."""
    with _joined():
        body = Body(network_id=network.id, name="Steering committee", kind=BodyKind.COMMITTEE)
        db.session.add(body)
        db.session.flush()
        for n in range(1, seats + 1):
            db.session.add(Seat(body_id=body.id, name=f"Seat {n}", position=n, is_chair=n == 1))
    return body


def seated(body: Body, person: Person, *, seat: int = 2, days: int = 365) -> Term:
    """A current term for the person."""
    with _joined():
        place = db.session.query(Seat).filter_by(body_id=body.id, position=seat).one()
        start = clock.now().date() - timedelta(days=30)
        term = Term(
            seat_id=place.id, body_id=body.id, person_id=person.id, start=start, end=clock.now().date() + timedelta(days=days),
            came_by=CameBy.AS_FOUND, evidence="The minutes of last March.",
        )  # fmt: skip
        db.session.add(term)
    return term


def a_steering_member(network: Network, name: str = "Sam Steering") -> Person:
    """A member who sits on the committee (in its second seat)."""
    with _joined():
        person = a_member(network, name)
        body = db.session.query(Body).filter_by(network_id=network.id).first() or a_committee(network)
        taken = {t.seat_id for t in db.session.query(Term).filter_by(body_id=body.id)}
        free = [
            s.position
            for s in db.session.query(Seat).filter_by(body_id=body.id)
            if s.id not in taken and not s.is_chair
        ]
        seated(body, person, seat=min(free))
    return person


def a_coordinator(network: Network, name: str = "Cory Coordinator", *, days: int = 90) -> Person:
    """A member named in a current mandate."""
    with _joined():
        person = a_member(network, name)
        start = clock.now().date() - timedelta(days=30)
        mandate = Mandate(
            network_id=network.id, person_id=person.id, scope="To coordinate.", start=start,
            end=clock.now().date() + timedelta(days=days), evidence="As found.",
        )  # fmt: skip
        db.session.add(mandate)
        db.session.flush()
        db.session.add(MandateNamed(mandate_id=mandate.id, person_id=person.id))
    return person


def an_operator(name: str = "Olu Operator", *, email: str = "") -> Person:
    """Somebody who runs the server."""
    with _joined():
        made = a_person(name, email=email)
        db.session.add(OperatorGrant(person_id=made.id, began_at=clock.now()))
    return made


def acting(person: Person, network: Network) -> Actor:
    """The person as an actor now."""
    return actor_for(person.id, network)


def sign_in(client: FlaskClient, person: Person) -> FlaskClient:
    """The browser with the person signed in."""
    with client.application.app_context(), transaction():
        row = db.session.get(Person, person.id)
        assert row is not None
        _, token = sessions.new_session(row, browser="a test")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client
