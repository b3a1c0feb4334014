"""Reading the register: lists, one decision with all that stands beside it, and how others cite it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from govnet.charter import queries as charters
from govnet.charter.models import CharterVersion, Network
from govnet.charter.parameters import CATALOGUE
from govnet.charter.queries import Named
from govnet.charter.rules import Change, Charter, diff
from govnet.decisions import queries as decisions_queries
from govnet.decisions.models import Decision, Proposal, ProposalVersion
from govnet.decisions.register import succession
from govnet.decisions.register.models import DecisionNote, NoteKind, Reviews
from govnet.decisions.register.search import in_state
from govnet.decisions.rules.in_force import DecisionState, on_trial
from govnet.decisions.rules.outcome import ADOPTED
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.errors import NotFound, RuleBroken
from govnet.kernel.numbers import whole_number


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
        joinedload(Decision.version).joinedload(ProposalVersion.charter_version),
        joinedload(Decision.version).joinedload(ProposalVersion.author),
    )
    if not found:
        raise NotFound(_("There is no decision with that number."))
    return found[0]


def whole(decision_id: int) -> Decision:
    """A decision with its version, its proposal, its successors, and the one it had replaced."""
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


def changes_of_rules(decision: Decision) -> tuple[int, tuple[Change, ...]] | None:
    """The charter version that a decision put into force, with the rules old and new; None without one."""
    if decision.version.changes == "{}" or decision.outcome not in ADOPTED:
        return None
    found = change_of(decision)
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
    query = select(Decision).where(Decision.network_id == network_id, in_state(DecisionState.IN_FORCE, today))
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


def change_of(decision: Decision) -> tuple[CharterVersion, CharterVersion] | None:
    """The charter versions before and with what a decision changed; None where it changed nothing.

    The end of a trial is a later version with the same decision beside it, so the earliest one counts.
    """
    for new, old in reversed(list(pairwise(charters.versions(decision.network_id)))):
        if new.adopted_by == f"decision:{decision.id}":
            return old, new
    return None


def former(decision: Decision) -> dict[str, Any]:
    """For each rule that a decision changed and that no later one has changed since: its value before, as JSON."""
    found = change_of(decision)
    if found is None:
        return {}
    old, new = (charters.rules_of(each) for each in found)
    now = charters.rules_of(charters.latest_version(decision.network_id))
    return {
        each.parameter.key: each.parameter.encode(each.old)
        for each in diff(old, new)
        if now[each.parameter] == each.new
    }


def still_to_change(charter: Charter, changes: dict[str, Any]) -> dict[str, Any]:
    """Of some changes those that would change something now."""
    now = {key: each.encode(charter[each]) for key in changes if (each := CATALOGUE.get(key))}
    return {key: value for key, value in changes.items() if key not in now or now[key] != value}


def confirms(network_id: int, decision_id: int | None, today: date) -> bool:
    """Whether a proposal that replaces this decision and changes no rules would confirm its trial."""
    if decision_id is None or db.session.get(Decision, decision_id) is None:
        return False
    decision = whole(decision_id)
    mine = decision.network_id == network_id and on_trial(decision, today)
    return mine and bool(_rules_on_trial(decision))


def confirmed_changes(version: ProposalVersion) -> Mapping[str, Any]:
    """The rules of a trial that a version confirms; those that hold already, as long as it runs, are left out.

    Checked when the version is adopted: its trial may have ended meanwhile, and its rules come back.
    """
    replaces = version.proposal.replaces
    looked_at = exists().where(Reviews.proposal_id == version.proposal_id)
    if replaces is None or db.session.scalar(select(looked_at)):
        return {}
    decision = whole(replaces.decision_id)
    now = charters.rules_of(charters.latest_version(decision.network_id))
    return still_to_change(now, _rules_on_trial(decision))


def _rules_on_trial(decision: Decision) -> dict[str, Any]:
    """The rules that a trial changed; where it only made another trial longer, those of that one."""
    while decision.trial_until is not None:
        changes = decisions_queries.changes_of(decision.version)
        if changes or decision.supersedes is None:
            return changes
        decision = whole(decision.supersedes.id)
    return {}


def written_beside(decision_id: int, kind: NoteKind, person_id: int | None) -> int:
    """How many characters somebody's notes of this kind have beside a decision; two at once wait for each other."""
    db.session.execute(select(Decision.id).where(Decision.id == decision_id).with_for_update())
    query = select(func.coalesce(func.sum(func.length(DecisionNote.text)), 0)).where(
        DecisionNote.decision_id == decision_id,
        DecisionNote.kind == kind,
        DecisionNote.author_id == person_id,
    )
    return int(db.session.scalar(query) or 0)
