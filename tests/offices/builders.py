"""Decisions that give and end offices, for tests."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

from govnet.charter.models import Network
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.models import Decision, Proposal, RollEntry
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.offices import OfficeInput
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel import clock, triggers
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.offices.models import Body, Mandate, OfficeKind, Seat, Term
from govnet.people.models import Person
from tests import builders
from tests.decisions.builders import closed_all, taken, version_of

TODAY = date(2015, 4, 13)


def a_decision(network: Network, *, matter: str = "committee") -> Decision:
    """A decision that a meeting took and nobody objected to, in the register; it names no office."""
    officer = builders.a_steering_member(network)
    body, rules = (
        "committee" if matter == "committee" else "all",
        {"decisions__dots": 7} if matter == "charter" else {},
    )
    proposal = taken(network, officer, matter=matter, body=body, **rules)
    return decision_of(proposal, close=True)


def decision_of(proposal: Proposal, *, close: bool = False) -> Decision:
    """The result of a proposal; `close`, once its time is over."""
    with clock.moved_to(clock.now() + timedelta(days=30)) if close else nullcontext():
        closed_all()
    with transaction():
        return db.session.scalars(db.select(Decision).where(Decision.proposal_id == proposal.id)).one()


def seat(network: Network, position: int) -> Seat:
    """A place on the committee."""
    query = db.select(Seat).join(Body, Body.id == Seat.body_id)
    return db.session.scalars(query.where(Body.network_id == network.id, Seat.position == position)).one()


def place(network: Network, person: Person, position: int = 5, **values: Any) -> OfficeInput:
    """That somebody takes a place."""
    row = seat(network, position)
    usual = {"seat_id": row.id, "place": row.name, "person_id": person.id, "end": date(2016, 4, 13)}
    return OfficeInput(what=OfficeKind.PLACE, **{**usual, **values})


def end_of(term: Term, **values: Any) -> OfficeInput:
    """That a term ends."""
    row = db.session.get_one(Seat, term.seat_id)
    return OfficeInput(
        what=OfficeKind.END_TERM, seat_id=row.id, place=row.name, person_id=term.person_id, held_id=term.id, **values
    )  # fmt: skip


def a_mandate_for(*people: Person, **values: Any) -> OfficeInput:
    """That somebody coordinates, the first one as its holder."""
    holder = None if "organisation_id" in values else people[0].id
    usual = {"scope": "To send announcements.", "end": date(2016, 4, 13)}
    named = tuple(each.id for each in people)
    return OfficeInput(what=OfficeKind.MANDATE, person_id=holder, named=named, **{**usual, **values})


def end_of_mandate(mandate: Mandate, *people: Person, **values: Any) -> OfficeInput:
    """That a mandate ends."""
    named = tuple(each.id for each in people)
    holder = {"person_id": mandate.person_id, "organisation_id": mandate.organisation_id}
    return OfficeInput(what=OfficeKind.END_MANDATE, held_id=mandate.id, named=named, **holder, **values)


def asked(network: Network, by: Person, *named: OfficeInput, matter: str = "committee") -> Proposal:
    """A proposal that names offices, open from now until the first day possible."""
    words = Wording("Shall we do this?", "It is about offices.", offices=named)
    with transaction():
        ask = Ask(matter)
        return actions.propose(network, words, ask, by=builders.acting(by, network), via=Door.WEB)


def agreed(proposal: Proposal, network: Network) -> Decision:
    """Everybody whose answer is asked agrees, and it closes in its time; back to the moment before."""
    all_agree(proposal, network)
    version = version_of(proposal)
    with clock.moved_to(version.deadline + timedelta(seconds=1)):
        return decision_of(proposal)


def all_agree(proposal: Proposal, network: Network) -> None:
    """Everybody who is asked for themselves agrees."""
    query = db.select(RollEntry.id, RollEntry.person_id).where(
        RollEntry.version_id == version_of(proposal).id, RollEntry.person_id.is_not(None)
    )
    for entry_id, person_id in db.session.execute(query).all():
        person = db.session.get_one(Person, person_id)
        answering_as(proposal, network, person, entry_id)


def answering_as(proposal: Proposal, network: Network, person: Person, entry_id: int) -> None:
    """Somebody agrees for one party."""
    given = answers_actions.AnswerInput(AnswerKind.AGREE)
    with transaction():
        by = builders.acting(person, network)
        answers_actions.answer(version_of(proposal).id, given, by=by, via=Door.WEB, entry_id=entry_id)


def decided(network: Network, by: Person, *named: OfficeInput, matter: str = "committee") -> Decision:
    """A decision in the register that names offices."""
    return agreed(asked(network, by, *named, matter=matter), network)


def from_before(table: str) -> None:
    """The offices that decisions gave are as they were when they named nobody."""
    with transaction():
        connection = db.session.connection()
        for name, where in triggers.names().items():
            if where == table and name.startswith(f"{table}_by_naming"):
                on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")
        connection.exec_driver_sql(f"UPDATE {table} SET change_id = NULL, end_change_id = NULL")
        triggers.install(connection)
