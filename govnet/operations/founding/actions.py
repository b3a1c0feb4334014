"""Founding a network: everything as found is recorded in one transaction, each thing with its entry."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import exists, or_, select

from govnet.charter import actions as charter
from govnet.charter.models import Network, NetworkState
from govnet.charter.rules import Charter
from govnet.committee.founding import FoundPlace, FoundTerm, committee_as_found
from govnet.coordinator.founding import FoundMandate, mandate_as_found
from govnet.decisions.models import Decision
from govnet.extensions import db
from govnet.forum.topics.actions import TopicInput, open_topic
from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.offices.models import Body, Constituency, Mandate
from govnet.operations import operators, queries
from govnet.operations.events import NetworkFounded, SisterFound
from govnet.operations.founding.data import Founding, FoundSeat, FoundSister
from govnet.operations.founding.data import FoundingMandate as Found
from govnet.people.models import Organisation
from govnet.people.organisations import name_key, organisation_called
from govnet.people.persons import person_for
from govnet.permissions import Can, check_right, require
from govnet.record.actions import open_chain, record


def found(founding: Founding, *, by: Actor, via: Door) -> Network:
    """Write down a network as it was found: its rules and its offices; on the command line, its operator too.

    Raises RuleBroken when an address is taken, NotAllowed when another door would name an operator. Members come
    later, each by their own word.
    """
    check_right(by, Can.OPERATE)
    network = _network(founding)
    act = require(by, Can.OPERATE, network, via)
    said = NetworkFounded(
        act=act,
        founded=network,
        name=network.name,
        purpose=network.purpose,
    )
    record(said)
    evidence = founding.charter_evidence
    charter.begin(network, founding.charter, evidence=evidence, by=by, via=via)
    people = {one.email: person_for(one.email, one.name).id for one in founding.people.values()}
    record_as_found(
        network,
        committee=founding.committee,
        places=[_place(seat, people) for seat in founding.seats],
        mandates=[_mandate(founding.mandate, people)] if founding.mandate else (),
        by=by,
        via=via,
    )
    for topic in founding.topics:
        about = TopicInput(title=topic.title, description=topic.about)
        open_topic(network, about, by=by, via=via, slug=topic.slug)
    for sister in founding.sisters:
        _sister(network, sister, founding.charter, act)
    operators.introduce(network, by=by, via=via)
    if founding.operator:
        operators.give(people[founding.operator.email], by=by, via=via)
    return network


def _network(founding: Founding) -> Network:
    _check_free(founding.slug, "network_slug")
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
    _open(network)
    return network


def _check_free(slug: str, field: str) -> None:
    if queries.slug_taken(slug):
        raise RuleBroken(taken(slug), field=field)


def taken(slug: str | None) -> str:
    """That there is such a network already."""
    return str(_("There is already a network called “%(slug)s” here.", slug=slug))


def _open(network: Network) -> None:
    db.session.add(network)
    db.session.flush()  # its chain and everything else names it by its key
    open_chain(network)


def _place(seat: FoundSeat, people: dict[str, int]) -> FoundPlace:
    held = seat.holder and FoundTerm(
        person_id=people[seat.holder.email], start=seat.start, end=seat.end, evidence=seat.evidence
    )
    return FoundPlace(
        name=seat.name,
        constituency=Constituency(seat.constituency),
        chair=seat.chair,
        terms=(held,) if held else (),
        vacancy_note="" if held else seat.evidence,
    )


def _mandate(found: Found, people: dict[str, int]) -> FoundMandate:
    named = [people[person.email] for person in found.named]
    return FoundMandate(
        organisation_id=_organisation(found.organisation).id if found.organisation else None,
        person_id=None if found.organisation else named[0],
        named=named,
        scope=found.scope,
        start=found.start,
        end=found.end,
        evidence=found.evidence,
    )


def _organisation(name: str) -> Organisation:
    """The organisation of that name, or a new row; it is no member by this."""
    known = organisation_called(name)
    if known is None:
        known = Organisation(name=name, name_key=name_key(name), created_at=clock.now())
        db.session.add(known)
        db.session.flush()  # the mandate names it by its key
    return known


def _sister(network: Network, found: FoundSister, rules: Charter, act: Act) -> None:
    """A network beside this one, with its rules and the same people to ask until it has its own."""
    _check_free(found.slug, "sister")
    same = ("purpose", "zone", "accent", "contact_name", "contact_email", "contact_phone")
    sister = Network(
        slug=found.slug,
        name=found.name,
        parent_id=network.id,
        state=NetworkState(found.state),
        founded_at=clock.now(),
        **{name: getattr(network, name) for name in same},
    )
    _open(sister)
    evidence = _("Taken over from %(name)s until this network has rules of its own.", name=network.name)
    charter.begin(sister, rules, evidence=evidence, by=act.by, via=act.via)
    said = SisterFound(act=act, sister=sister, name=found.name, state=found.state)
    record(said)


def record_as_found(
    network: Network,
    *,
    committee: str,
    places: Sequence[FoundPlace] = (),
    mandates: Sequence[FoundMandate] = (),
    by: Actor,
    via: Door = Door.CLI,
) -> None:
    """At founding: the committee and the coordinator as they were, each with its evidence. Inside transaction().

    Founding is the operator's work, so this asks for that right.
    """
    act = require(by, Can.OPERATE, network, via)
    begun = (exists().where(each.network_id == network.id) for each in (Body, Mandate, Decision))
    if db.session.scalar(select(or_(*begun))):
        raise RuleBroken(_("You can describe how a network began only once, before it decides anything."))
    committee_as_found(network, committee, places, act)
    for mandate in mandates:
        mandate_as_found(network, mandate, act)
