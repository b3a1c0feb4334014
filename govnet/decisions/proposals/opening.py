"""Shared by every opening: checks the text against the charter, takes the roll, opens or closes the version."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import insert, update
from sqlalchemy.orm import class_mapper
from sqlalchemy.orm.attributes import set_committed_value

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import CharterVersion, Network
from govnet.charter.rules import Charter, canonical, problems
from govnet.decisions import queries
from govnet.decisions.models import (
    AnyProposal,
    Decision,
    Proposal,
    ProposalVersion,
    RollEntry,
    VersionState,
)
from govnet.decisions.proposals import offices, roll
from govnet.decisions.proposals.models import Option, Replaces
from govnet.decisions.proposals.offices import Deciding, OfficeInput
from govnet.decisions.register import queries as register_queries
from govnet.decisions.rules import deadlines, methods
from govnet.decisions.rules.option_count import OPTIONS
from govnet.decisions.rules.outcome import Outcome
from govnet.decisions.rules.who_sees import Visible, tightest
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.text import render
from govnet.kernel.translation import say
from govnet.permissions import Can, can

if TYPE_CHECKING:
    from govnet.decisions.offsite.models import OffsiteDecision

UNDO = timedelta(minutes=10)
"""The delay before an opening or a recorded decision is announced, so that a slip can be undone."""


@dataclass(frozen=True, kw_only=True)
class More:
    """Parts of a proposal beside its text; all of them belong to the version that people answer."""

    considered: str = ""
    sources: str = ""
    in_force_on: date | None = None
    trial_until: date | None = None
    trial_signs: str = ""


@dataclass(frozen=True)
class Wording:
    """A version's content: one sentence, the text, the rules it would change, and the parts beside it."""

    question: str
    text: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    more: More = More()
    options: tuple[str, ...] = ()
    """The options, if there are any."""
    offices: tuple[OfficeInput, ...] = ()
    """The offices that it would give or end."""


@dataclass(frozen=True)
class Ask:
    """A proposal's matter and place, apart from its text."""

    matter: str
    closes: date | None = None
    thread_id: int | None = None
    replaces_id: int | None = None
    review_on: date | None = None
    method: str = ""
    """The way of deciding; empty is the matter's own."""


@dataclass(frozen=True)
class ProposedMatter:
    """The start of a new proposal; the table says who may make one."""

    network_id: int
    matter: str
    """Empty is any."""


def digest(text: str) -> str:
    """SHA-256, in hex, of a text that lives in its own table."""
    return hashlib.sha256(text.encode()).hexdigest()


def may_propose(network: Network, by: Actor, matter: str = "") -> bool:
    """Whether somebody can make a proposal now on this matter, or on any. For pages."""
    return can(by, Can.PROPOSE, ProposedMatter(network.id, matter))


def checked(charter: Charter, words: Wording, matter: str) -> Wording:
    """The text with only those changes that change something; RuleBroken if that is impossible."""
    if matter not in p.MATTERS:
        raise RuleBroken(_("Choose what this is about, so that we know who decides."), field="matter")
    wrong = problems(charter, words.changes)
    RuleBroken.check((key.replace(".", "__"), say(said)) for key, said in wrong.items())
    new = charter.with_changes(words.changes)
    real = charter.changed_in(new)
    if words.changes and not real:
        raise RuleBroken(_("Our rules already say this, so nothing would change."), field="rules")
    if real and matter != "charter":
        raise RuleBroken(
            _(
                "A change of our rules needs a proposal about our rules. Choose “our rules” as what it is "
                "about."
            ),
            field="matter",
        )
    if words.more.in_force_on and not real:
        raise RuleBroken(
            _("Only a change of our rules has a day from which it is in force."), field="in_force_on"
        )
    return replace(words, changes=real)


def words_of(version: ProposalVersion) -> Wording:
    """The content of a version, to be proposed again."""
    more = More(
        considered=version.considered,
        sources=version.sources,
        in_force_on=version.in_force_on,
        trial_until=version.trial_until,
        trial_signs=version.trial_signs,
    )
    options = queries.options_of([version.id]) if version.method in OPTIONS else {}
    return Wording(
        version.question,
        version.text,
        queries.changes_of(version),
        more,
        tuple(options.get(version.id, ())),
        offices.asked_in(version),
    )


def check_asked(network: Network, words: Wording, ask: Ask, closes: date) -> None:
    """RuleBroken when our rules are to change and none is named, or a day comes before it is settled.

    Whether people are asked, or a meeting has decided and they may object.
    """
    confirms = register_queries.confirms(network.id, ask.replaces_id, clock.today(network.zone))
    if ask.matter == "charter" and not words.changes and not words.offices and not confirms:
        raise RuleBroken(_("Choose at least one of our rules to change."), field="rules")
    check_days(words, closes)
    check_trial(words, ask.replaces_id)
    if ask.review_on is not None and ask.review_on <= closes:
        raise RuleBroken(_too_soon(closes), field="review")


def check_offices(
    network: Network, words: Wording, matter: str, charter: Charter, on: date, body: str
) -> None:
    """RuleBroken when an office that it names could not be given or ended once it is settled, on that day."""
    if not words.offices:
        return
    if words.changes:
        raise RuleBroken(
            _(
                "A change of our rules needs a proposal about our rules. Choose “our rules” as what it is "
                "about."
            )
        )
    if words.more.trial_until is not None:
        raise RuleBroken(
            _("An office has its own last day, so it cannot be given or ended on trial."), field="trial_until"
        )
    offices.check(words.offices, Deciding(network, matter, body, charter, on, offices.endings(words.offices)))


def check_days(words: Wording, closes: date) -> None:
    """RuleBroken when a day on which something begins or ends comes before it is settled, on `closes`."""
    more = words.more
    if more.in_force_on is not None and more.in_force_on <= closes:
        raise RuleBroken(_too_soon(closes), field="in_force_on")
    if more.trial_until is not None and more.trial_until <= max(closes, more.in_force_on or closes):
        raise RuleBroken(_("A trial ends after it has begun: choose a later day."), field="trial_until")
    if (more.trial_until is None) != (not more.trial_signs.strip()):
        where = "trial_signs" if more.trial_until else "trial_until"
        raise RuleBroken(
            _("A trial needs a last day, and a sentence on how we shall know whether it works."), field=where
        )


def check_trial(words: Wording, replaces_id: int | None) -> None:
    """RuleBroken when a trial would take the place of another one, which may still run or have ended."""
    if words.more.trial_until is None or replaces_id is None:
        return
    replaced = db.session.get(Decision, replaces_id)
    if replaced is not None and replaced.trial_until is not None:
        raise RuleBroken(
            _(
                "Decision %(number)s is a trial, and one trial can’t replace another. Leave the last day "
                "empty to "
                "decide this for good, or choose a decision to replace that is not a trial.",
                number=replaced.number,
            ),
            field="trial_until",
        )


def _too_soon(closes: date) -> str:
    return str(_("Choose a day after %(day)s, or none: nothing is decided until then.", day=say(closes)))


def check_way(charter: Charter, words: Wording, matter: str, method: str) -> None:
    """RuleBroken when it can't be asked in this way, or between these options."""
    problem = methods.refused(charter, matter, method, words.changes)
    if problem is not None:
        raise RuleBroken(say(problem), field="way")
    if words.offices and method in OPTIONS:
        raise RuleBroken(
            _("A choice between options cannot give an office. Choose another way."), field="way"
        )
    problem = methods.options_problem(method, words.options)
    if problem is not None:
        raise RuleBroken(say(problem), field="options")


def new_proposal(
    network: Network,
    ask: Ask,
    charter: Charter,
    *,
    door: Door,
    by: Actor,
    first_deadline: datetime,
    aside: Collection[int] = (),
    offsite: OffsiteDecision | None = None,
    draft: AnyProposal | None = None,
) -> Proposal:
    """The proposal's own row, before its first version: the draft's, if there is one. `aside`: those whose own case it is."""
    values: dict[str, Any] = {
        "body": roll.deciding(network, charter, ask.matter, aside),
        "door": door,
        "review_on": ask.review_on,
        "opened_at": clock.now(),
        "first_deadline": first_deadline,
    }
    if ask.replaces_id is not None:
        register_queries.to_replace(network.id, ask.replaces_id)
    if draft is not None:
        asked: Proposal = become(draft, Proposal, **values)
        set_committed_value(asked, "network", network)
        return asked
    who: dict[str, Any] = {"network": network, "author_id": by.person_id, "offsite": offsite}
    proposal = Proposal(**who, thread_id=ask.thread_id, matter=ask.matter, **values)
    db.session.add(proposal)
    db.session.flush()  # the roll is written in one statement, which needs the keys
    if ask.replaces_id is not None:
        db.session.add(Replaces(proposal_id=proposal.id, decision_id=ask.replaces_id))
    return proposal


def become(row: AnyProposal, kind: type[Any], **values: Any) -> Any:
    """The same row in its new role: a draft is opened, or an opened proposal is a draft again."""
    key, state = row.id, class_mapper(kind).polymorphic_identity
    db.session.flush()
    db.session.expunge(row)
    changed = update(AnyProposal).where(AnyProposal.id == key).values(state=state, **values)
    db.session.execute(changed.execution_options(synchronize_session=False))
    return db.session.get_one(kind, key)


def open_version(
    proposal: Proposal,
    words: Wording,
    network: Network,
    *,
    method: str,
    deadline: datetime,
    because: str = "",
    after: ProposalVersion | None = None,
    state: VersionState = VersionState.OPEN,
    draft: ProposalVersion | None = None,
) -> ProposalVersion:
    """Open a version and take its roll: the first under the rules in force, each other under those of the one before.

    `draft` is the version of the draft that is asked: it stays the same row, with its suggestions.
    """
    charter_version = _charter_after(after) if after else charters.version_in_force(network.id)
    asked = _asked(network, proposal.body, charters.rules_of(charter_version), words)
    counted = sum(row["counted"] for row in asked)
    if not counted:
        raise RuleBroken(_("Nobody could answer this, because nobody can decide such matters yet."))
    number = after.number + 1 if after else 1
    version = draft or ProposalVersion(proposal_id=proposal.id, number=number, author_id=proposal.author_id)
    put_text(version, words, method)
    version.because = because
    version.visible = _visible(charters.rules_of(charter_version), after)
    version.opened_at, version.deadline = clock.now(), deadline
    version.roll_size, version.charter_version_id = counted, charter_version.id
    version.state = state
    db.session.add(version)
    db.session.flush()  # as above
    db.session.execute(insert(RollEntry), [{"version_id": version.id, **row} for row in asked])
    if draft is None:
        write_beside(version, words, network)
    return version


def put_text(version: ProposalVersion, words: Wording, method: str) -> None:
    """Fill a version from the form."""
    version.question, version.text, version.html = words.question, words.text, render(words.text)
    version.changes, version.method = canonical(words.changes), method
    for name, value in asdict(words.more).items():
        setattr(version, name, value)


def write_beside(version: ProposalVersion, words: Wording, network: Network) -> None:
    """The options and the offices of a version that has none yet."""
    if words.options:
        numbered = enumerate(words.options, 1)
        rows = [{"version_id": version.id, "number": at, "title": title} for at, title in numbered]
        db.session.execute(insert(Option), rows)
    offices.write(version.id, network, words.offices)


def _asked(network: Network, body: str, charter: Charter, words: Wording) -> list[dict[str, Any]]:
    """The roll: people named in the proposal reply and are not counted; only if nobody else could decide who takes a
    place, those proposed for one count too, and never those who would lose one.
    """
    asked = roll.take(network, body, charter, offices.people_of(words.offices))
    if words.offices and not any(row["counted"] for row in asked):
        asked = roll.take(network, body, charter, offices.people_of(words.offices, losing=True))
    return asked


def _charter_after(version: ProposalVersion) -> CharterVersion:
    return db.session.get_one(CharterVersion, version.charter_version_id)


def _visible(charter: Charter, after: ProposalVersion | None) -> Visible:
    """As the charter has it; answers hidden in earlier versions stay hidden in the new one."""
    wanted = Visible(charter[p.VISIBLE])
    return tightest(wanted, after.visible) if after else wanted


def told(proposal: Proposal, version: ProposalVersion) -> dict[str, Any]:
    """The record's fields for every opening."""
    return {
        "proposal": proposal,
        "version": version,
        "question": version.question,
        "matter": proposal.matter,
        "body": proposal.body,
        "deadline": version.deadline,
        "roll_size": version.roll_size,
        "digest": digest(version.text),
        "charter": f"charter_version:{version.charter_version_id}",
        "number": version.number,
        "offices": offices.facts(offices.asked_in(version)),
    }


def still_open(proposal: Proposal) -> ProposalVersion:
    """The open version, locked; RuleBroken once its time is over, even if nobody has closed it yet."""
    version = queries.open_version_locked(proposal.id)
    if version is None or not deadlines.takes_answers(clock.now(), version.deadline):
        raise RuleBroken(_("This has closed. A new proposal can change the decision."))
    return version


def still_asked(proposal: Proposal) -> ProposalVersion:
    """The same; RuleBroken as well where it can only be objected to."""
    version = still_open(proposal)
    if version.state is VersionState.UNOPPOSED:
        raise RuleBroken(_("The text of a decision taken elsewhere cannot be changed. Object to it instead."))
    return version


def check_reason(reason: str, field: str = "reason") -> None:
    """RuleBroken without a reason if everybody can read it beside the act, through any door."""
    if not reason.strip():
        raise RuleBroken(_("Say why: everybody can read it."), field=field)


def end_version(version: ProposalVersion, outcome: Outcome) -> None:
    """Close a version without a decision: there is a new one, or it was taken back."""
    version.state, version.closed_at, version.outcome = VersionState.CLOSED, clock.now(), outcome
    db.session.flush()  # one open version a proposal: the old one closes before the new one opens
