"""Networks in which something is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.models import Decision, Proposal, ProposalVersion
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.offsite import closing as offsite_closing
from govnet.decisions.offsite.actions import Taken
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.forum.states import Readership
from govnet.forum.threads import actions as threads_actions
from govnet.forum.topics import actions as topics_actions
from govnet.kernel import triggers
from govnet.kernel.actor import PROGRAM, Door
from govnet.kernel.clock import now
from govnet.kernel.transaction import in_transaction, transaction
from govnet.people.models import Person
from govnet.record.models import Telling
from tests.builders import a_member, a_network, acting

QUESTION = "Should the committee have 9 seats?"


def a_network_with_rules(slug: str = "uk", **parameters: Any) -> Network:
    """A network whose charter differs from the defaults: `a_network_with_rules(decisions__quorum="count")`."""
    stored = {key.replace("__", "."): value for key, value in parameters.items()}
    return a_network(slug, parameters=json.dumps(stored))


@contextmanager
def one_transaction() -> Iterator[None]:
    """The running one, or one of its own."""
    if in_transaction():
        yield
        return
    with transaction():
        yield


def a_proposal(
    network: Network, by: Person, *, matter: str = "statement", closes: date | None = None, **changes: Any
) -> Proposal:
    """Something asked from now until the first day possible."""
    with one_transaction():
        network = db.session.merge(network)
        rules = {key.replace("__", "."): value for key, value in changes.items()}
        words = Wording(QUESTION, "Nine seats, **one each year** up again.", rules)
        matter = "charter" if changes else matter
        made = actions.propose(network, words, Ask(matter, closes), by=acting(by, network), via=Door.WEB)
    if not in_transaction():
        told_at_once()
    return made


def told_at_once() -> None:
    """The ten minutes are over in which what was asked can be undone."""
    with transaction():
        db.session.execute(db.update(Telling).where(Telling.done_at.is_(None)).values(next_at=now()))


def taken(
    network: Network,
    by: Person,
    *,
    matter: str = "statement",
    body: str = "all",
    late_because: str = "",
    told: bool = True,
    **changes: Any,
) -> Proposal:
    """Something that a meeting decided, written down now, and told unless said otherwise."""
    with one_transaction():
        network = db.session.merge(network)
        rules = {key.replace("__", "."): value for key, value in changes.items()}
        words = Wording("Our letter to the minister", "We write a letter.", rules)
        place, notes = "the meeting in Leeds", "The notes of the meeting."
        how = Taken(date(2015, 4, 9), body, place, notes, late_because=late_because)
        ask = Ask("charter" if changes else matter)
        proposal = offsite.write_down(network, words, ask, how, by=acting(by, network), via=Door.MEETING)
        if told:
            offsite.tell(version_of(proposal))
        return proposal


def a_discussion(network: Network, by: Person, audience: Readership | None = None) -> Thread:
    """A thread in a topic of its own, with its first post."""
    with one_transaction():
        network = db.session.merge(network)
        about = topics_actions.TopicInput(title="General")
        topic = topics_actions.open_topic(network, about, by=PROGRAM, via=Door.CLI)
        draft = threads_actions.ThreadInput(
            title="How many seats?", body="Let us **count** them.", audience=audience
        )
        return threads_actions.start_thread(topic, draft, by=acting(by, network), via=Door.WEB)


def closed_all() -> int:
    """Close what is due, whether it was asked or decided off site; returns how many."""
    return closing_actions.close_due() + offsite_closing.stand_due()


def version_of(proposal: Proposal) -> ProposalVersion:
    """Its newest version."""
    query = db.select(ProposalVersion).where(ProposalVersion.proposal_id == proposal.id)
    found = db.session.scalar(query.order_by(ProposalVersion.number.desc()).limit(1))
    assert found is not None
    return found


def answered(proposal: Proposal, network: Network, kind: AnswerKind, *people: Person, **given: Any) -> None:
    """Each of the people gives this answer."""
    version = version_of(proposal)
    stop = {"reason": "It leaves people out.", "remedy": "More seats.", "principle": network.purpose}
    words = stop if kind is AnswerKind.BLOCK else {}
    for person in people:
        with one_transaction():
            actor = acting(person, network)
            answers_actions.answer(
                version.id, answers_actions.AnswerInput(kind, **{**words, **given}), by=actor, via=Door.WEB
            )


def members(network: Network, many: int) -> list[Person]:
    """So many members."""
    return [a_member(network) for _ in range(many)]


def decisions() -> list[Decision]:
    """The register, oldest first."""
    return list(db.session.scalars(db.select(Decision).order_by(Decision.year, Decision.serial)))


def tally_of(proposal: Proposal) -> dict[str, int]:
    """How the answers stand."""
    return queries.tally(version_of(proposal).id).as_json()


def rewritten(**values: object) -> None:
    """An attack with the database's password: every decision has these values instead."""
    fixed = triggers._triggers["decision_fixed"]
    sqlite = db.engine.dialect.name == "sqlite"
    with transaction():
        db.session.execute(db.text(f"DROP TRIGGER decision_fixed{'' if sqlite else ' ON decision'}"))
        db.session.execute(db.update(Decision).values(**values))
        triggers.install_one(db.session.connection(), fixed)
