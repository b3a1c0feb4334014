"""Founding a network: everything that was found is written down in one transaction, each thing with its entry."""

from __future__ import annotations

from flask_babel import gettext as _

from govnet.accounts.models import Person, PersonEmail
from govnet.charter import actions as charter
from govnet.charter.founding import Founding, FoundMandate, FoundPerson, FoundSeat, FoundSister
from govnet.charter.models import Network, NetworkState
from govnet.charter.rules import Charter
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Authority, Door
from govnet.kernel.errors import RuleBroken
from govnet.membership.models import Organisation
from govnet.offices.models import Body, BodyKind, CameBy, Constituency, Mandate, MandateNamed, Seat, Term
from govnet.operations import operators, queries
from govnet.operations.events import MandateFound, NetworkFounded, PlaceFound, SisterFound
from govnet.permissions import Can, require
from govnet.record.actions import open_chain, record


def found(founding: Founding, *, by: Actor, via: Door) -> Network:
    """Write down a network as it was found: its rules, its offices, and who looks after the server.

    Raises RuleBroken when the address is taken. Members come later, each by their own word.
    """
    under = require(by, Can.OPERATE)
    network = _network(founding)
    work = _Work(network, by, under, via)
    work.say(NetworkFounded, founded=network, name=network.name, purpose=network.purpose)
    charter.begin(network, founding.charter, evidence=founding.charter_evidence, by=by, under=under, via=via)
    work.people = {email: _known_or_new(person) for email, person in founding.people.items()}
    db.session.flush()  # terms and mandates name people by their keys
    work.committee(founding)
    if founding.mandate:
        work.mandate(founding.mandate)
    for sister in founding.sisters:
        work.sister(sister, founding.charter)
    if founding.operator:
        operators.give(work.people[founding.operator.email], by=by, via=via)
    return network


def _network(founding: Founding) -> Network:
    if queries.slug_taken(founding.slug):
        raise RuleBroken(
            _("There is a network called “%(slug)s” here already.", slug=founding.slug), field="network.slug"
        )
    network = Network(
        slug=founding.slug,
        name=founding.name,
        purpose=founding.purpose,
        zone=founding.zone,
        accent=founding.accent,
        list_address=founding.list_address or None,
        contact_name=founding.contact_name,
        contact_email=founding.contact_email,
        contact_phone=founding.contact_phone,
        founded_at=clock.now(),
    )
    db.session.add(network)
    db.session.flush()  # its chain and everything else names it by its key
    open_chain(network)
    return network


def _known_or_new(found: FoundPerson) -> Person:
    """Who has that address already, or a new person who will sign in by a link mailed to it."""
    known = queries.person_by_address(found.email)
    if known is not None:
        return known
    person = Person(name=found.name, created_at=clock.now())
    person.emails = [PersonEmail(address=found.email, verified_at=clock.now(), main=True)]
    db.session.add(person)
    return person


class _Work:
    """What all steps of one founding share."""

    def __init__(self, network: Network, by: Actor, under: Authority, via: Door) -> None:
        self.network, self.by, self.under, self.via = network, by, under, via
        self.people: dict[str, Person] = {}

    def say(self, kind: type, **facts: object) -> None:
        """Record one thing that was found."""
        record(kind(network=self.network, by=self.by, under=self.under, via=self.via, **facts))

    def committee(self, founding: Founding) -> None:
        """The body, its places, and who sits in them."""
        if not founding.seats:
            return
        body = Body(network_id=self.network.id, name=founding.committee, kind=BodyKind.COMMITTEE)
        db.session.add(body)
        db.session.flush()  # places name their body by its key
        for position, found in enumerate(founding.seats, 1):
            self._place(body, position, found)

    def _place(self, body: Body, position: int, found: FoundSeat) -> None:
        seat = Seat(
            body_id=body.id,
            name=found.name,
            position=position,
            constituency=Constituency(found.constituency),
            is_chair=found.chair,
            vacancy_note="" if found.holder else found.evidence,
        )
        db.session.add(seat)
        db.session.flush()  # the term and the record name the place by its key
        if found.holder is None:
            self.say(PlaceFound, seat=seat, place=found.name, holder="empty", evidence=found.evidence)
            return
        person = self.people[found.holder.email]
        term = Term(
            seat_id=seat.id,
            body_id=body.id,
            person_id=person.id,
            start=found.start,
            end=found.end,
            came_by=CameBy.AS_FOUND,
            evidence=found.evidence,
        )
        db.session.add(term)
        self.say(PlaceFound, seat=seat, place=found.name, holder=person.name, evidence=found.evidence,
                 term=term, person=person, start=found.start, end=found.end)  # fmt: skip

    def mandate(self, found: FoundMandate) -> None:
        """What the coordinator may do, and who acts under it."""
        organisation = _organisation(found.organisation) if found.organisation else None
        named = [self.people[person.email] for person in found.named]
        mandate = Mandate(
            network_id=self.network.id,
            organisation_id=organisation.id if organisation else None,
            person_id=None if organisation else named[0].id,
            scope=found.scope,
            start=found.start,
            end=found.end,
            evidence=found.evidence,
        )
        mandate.named = [MandateNamed(person_id=person.id) for person in named]
        db.session.add(mandate)
        self.say(MandateFound, mandate=mandate, holder=found.organisation or named[0].name, scope=found.scope,
                 evidence=found.evidence, start=found.start, end=found.end, organisation=organisation)  # fmt: skip

    def sister(self, found: FoundSister, rules: Charter) -> None:
        """A network beside this one, with the same people to ask until it has its own."""
        if queries.slug_taken(found.slug):
            raise RuleBroken(
                _("There is a network called “%(slug)s” here already.", slug=found.slug), field="sister"
            )
        sister = Network(
            slug=found.slug,
            name=found.name,
            purpose=self.network.purpose,
            parent_id=self.network.id,
            state=NetworkState(found.state),
            zone=self.network.zone,
            accent=self.network.accent,
            contact_name=self.network.contact_name,
            contact_email=self.network.contact_email,
            contact_phone=self.network.contact_phone,
            founded_at=clock.now(),
        )
        db.session.add(sister)
        db.session.flush()  # its chain names it by its key
        open_chain(sister)
        evidence = _("Taken over from %(name)s until it has rules of its own.", name=self.network.name)
        charter.begin(sister, rules, evidence=evidence, by=self.by, under=self.under, via=self.via)
        self.say(SisterFound, sister=sister, name=found.name, state=found.state)


def _organisation(name: str) -> Organisation:
    """The organisation of that name, or a new row; it is no member by this."""
    known = queries.organisation_named(name)
    if known is None:
        known = Organisation(name=name, name_key=name.casefold(), created_at=clock.now())
        db.session.add(known)
        db.session.flush()  # the mandate names it by its key
    return known
