"""Reading the register: lists, one decision with all that stands beside it, and how others cite it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.queries import Named
from govnet.charter.rules import Change, diff
from govnet.decisions import choosing, succession, undoing, words
from govnet.decisions.book import Decision, DecisionCounter, DecisionNote
from govnet.decisions.events import EffectNotApplied, OfficeNotChanged
from govnet.decisions.finding import in_state
from govnet.decisions.finding import lately as lately
from govnet.decisions.models import Proposal, ProposalVersion
from govnet.decisions.rules import ADOPTED, Outcome, Tally
from govnet.decisions.states import State
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.errors import NotFound, RuleBroken
from govnet.kernel.numbers import whole_number
from govnet.record.queries import details, entries_about


def decision(network_id: int, number: str) -> Decision:
    """A decision with all that its page shows but the answers, in one statement. NotFound."""
    year, serial = (whole_number(part) for part in (number.partition("-")[::2]))
    if year is None or serial is None:
        raise NotFound(_("There is no decision with that number."))
    whole = joinedload(Decision.version).joinedload(ProposalVersion.proposal)
    query = select(Decision.id).where(
        Decision.network_id == network_id, Decision.year == year, Decision.serial == serial
    )
    found = succession.read(
        query,
        whole.joinedload(Proposal.author),
        joinedload(Decision.charter_version),
        joinedload(Decision.notes).joinedload(DecisionNote.author),
        joinedload(Decision.supersedes),
        joinedload(Decision.version).joinedload(ProposalVersion.charter_version),
        joinedload(Decision.version).joinedload(ProposalVersion.author),
    )
    if not found:
        raise NotFound(_("There is no decision with that number."))
    return found[0]


def whole(decision_id: int) -> Decision:
    """A decision with its words, its proposal, what came after it, and what it had replaced on trial."""
    query = select(Decision.id).where(Decision.id == decision_id)
    (found,) = succession.read(query, joinedload(Decision.version), joinedload(Decision.proposal))
    return found


def by_id(decision_id: int) -> Decision:
    """A decision with its version and proposal."""
    whole = joinedload(Decision.version)
    query = select(Decision).where(Decision.id == decision_id)
    query = query.options(
        whole.joinedload(ProposalVersion.proposal), whole.joinedload(ProposalVersion.charter_version)
    )
    return db.session.scalars(query).one()


def what_it_changed(decision: Decision) -> tuple[int, tuple[Change, ...]] | None:
    """The charter version that a decision put into force, with the rules old and new; None without one."""
    if decision.version.changes == "{}" or decision.outcome not in ADOPTED:
        return None
    found = undoing.change_of(decision)
    if found is None:
        return None
    old, new = found
    return new.number, diff(charters.rules_of(old), charters.rules_of(new))


def to_replace(network_id: int, decision_id: int) -> Decision:
    """A decision of this network that a proposal may replace. RuleBroken when there is none."""
    found = db.session.get(Decision, decision_id)
    if found is None or found.network_id != network_id:
        raise RuleBroken(_("There is no such decision to replace."), field="replaces")
    return found


def in_force(network_id: int, limit: int = 200) -> Sequence[Decision]:
    """Adopted decisions that hold, newest first: what can be replaced. One whose replacement ended with its trial does."""
    today = clock.today(db.session.get_one(Network, network_id).zone)
    query = select(Decision).where(Decision.network_id == network_id, in_state(State.IN_FORCE, today))
    return db.session.scalars(query.order_by(Decision.id.desc()).limit(limit)).all()


def named(references: Collection[str]) -> Mapping[str, Named]:
    """Decisions by "decision:<id>", as other pages cite them, in one statement."""
    ids = [
        int(key) for table, _colon, key in (each.partition(":") for each in references) if table == "decision"
    ]
    if not ids:
        return {}
    query = select(Decision, Network.slug).join(Network, Network.id == Decision.network_id)
    return {
        f"decision:{each.id}": Named(each.number, each.question, f"/{slug}/decisions/{each.number}")
        for each, slug in db.session.execute(query.where(Decision.id.in_(ids)))
    }


def how_many(network_id: int) -> int:
    """How many decisions the register holds."""
    query = select(func.sum(DecisionCounter.last)).where(DecisionCounter.network_id == network_id)
    return db.session.scalar(query) or 0


def tally_of(decision: Decision) -> Tally:
    """The tally as it was when it closed."""
    return choosing.tally_from(json.loads(decision.tally))


def outcome_in_words(decision: Decision) -> str:
    """What came of it, as a list says it: "Stopped by 1 member"."""
    if decision.outcome is Outcome.NO_QUORUM:
        return words.short(decision.outcome, decision.door)
    return words.headline(decision.outcome, tally_of(decision), door=decision.door)


_NOT_APPLIED = (EffectNotApplied.verb, OfficeNotChanged.verb)


def not_applied(decision: Decision) -> list[str]:
    """Why something in it could not be put into force, from the record."""
    if not decision.outcome.adopted:
        return []
    found = entries_about(decision.network_id, f"decision:{decision.id}")
    return [details(each)["reason"] for each in found if each.verb in _NOT_APPLIED]
