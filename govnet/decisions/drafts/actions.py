"""Writing something together before it is asked: saving, changing, wanting it asked, asking it, giving it up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import delete

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions import queries
from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.drafts import readiness
from govnet.decisions.drafts.events import DraftChanged, DraftDropped, DraftLeft, DraftSaved, DraftSponsored
from govnet.decisions.drafts.models import Draft, DraftState, Sponsor
from govnet.decisions.models import Proposal, ProposalVersion, Replaces
from govnet.decisions.proposals import actions, stored_form
from govnet.decisions.proposals.events import ProposalOpened, ProposalWithdrawn
from govnet.decisions.proposals.opening import (
    Ask,
    Wording,
    as_author,
    check_proposer,
    check_way,
    checked,
    digest,
    end_version,
    still_open,
    words_of,
)
from govnet.decisions.rules.outcome import Outcome
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.errors import RuleBroken, Stale
from govnet.kernel.models import reference
from govnet.kernel.translation import say
from govnet.permissions import Can, require
from govnet.record.actions import record, withhold
from govnet.record.events import Visibility


def save(network: Network, words: Wording, ask: Ask, *, by: Actor, via: Door) -> Draft:
    """Keep it as a draft: whoever may read the discussion reads it, and only its author changes it."""
    act = require(by, Can.PROPOSE, network, via)
    charter = charters.rules_in_force(network.id)
    check_proposer(network, charter, ask.matter, by)
    words, ask = _fit(charter, words, ask)
    draft = Draft(
        network_id=network.id,
        thread_id=ask.thread_id,
        author_id=by.person_id,
        made_at=clock.now(),
        **_kept(words, ask),
    )
    readiness.begin(draft, network)
    db.session.add(draft)
    db.session.flush()  # its discussion, which says who may read it, is found by its key
    record(DraftSaved(**_about(draft, act), matter=draft.matter, digest=digest(draft.words)))
    return draft


def change(
    draft_id: int, words: Wording, ask: Ask, *, seen: str | None = None, by: Actor, via: Door
) -> Draft:
    """Other words: the charter's notice begins again, and whoever wanted it asked has to say so again.

    Stale when it changed since the words with the digest `seen`, unless to these very words.
    """
    draft, act = _open(draft_id, Can.CHANGE_DRAFT, by, via)
    words, ask = _fit(
        charters.rules_in_force(draft.network_id), words, replace(ask, thread_id=draft.thread_id)
    )
    kept = stored_form.dumps(words, ask)
    if seen is not None and draft.words != kept and digest(draft.words) != seen:
        raise Stale(
            _("Somebody changed this while you were writing."), newer=draft.question, yours=words.text
        )
    if _same(draft, words, ask):
        draft.words = kept
        return draft
    cleared = drafts_queries.sponsors_of(draft.id)
    db.session.execute(delete(Sponsor).where(Sponsor.draft_id == draft.id))
    for name, value in _kept(words, ask).items():
        setattr(draft, name, value)
    readiness.begin(draft, db.session.get_one(Network, draft.network_id))
    about = _about(draft, act)
    record(DraftChanged(**about, matter=draft.matter, digest=digest(draft.words), cleared=cleared))
    return draft


def sponsor(draft_id: int, seen: str, *, by: Actor, via: Door) -> None:
    """Want it asked, in the words that one has `seen`; once, and never one's own."""
    draft, act = _open(draft_id, Can.SPONSOR, by, via)
    if draft.author_id == by.person_id:
        raise RuleBroken(_("It is your own draft: others have to want it asked."))
    if seen != digest(draft.words):
        raise RuleBroken(_("The words have changed while you were reading. Read them again first."))
    supporters = drafts_queries.sponsors_of(draft.id)
    if by.person_id in supporters:
        raise RuleBroken(_("You have said already that this should be asked."))
    db.session.add(Sponsor(draft_id=draft.id, person_id=by.person_id, at=clock.now()))
    record(DraftSponsored(**_for_members(draft, act), supporters=len(supporters) + 1))
    readiness.settle(draft)


def leave(draft_id: int, *, by: Actor, via: Door) -> None:
    """No longer want it asked."""
    draft, act = _open(draft_id, Can.SPONSOR, by, via)
    if by.person_id not in drafts_queries.sponsors_of(draft.id):
        raise RuleBroken(_("You have not said that this should be asked."))
    mine = delete(Sponsor).where(Sponsor.draft_id == draft.id, Sponsor.person_id == by.person_id)
    db.session.execute(mine)
    record(DraftLeft(**_for_members(draft, act)))
    readiness.settle(draft)


def ask_it(draft_id: int, closes: date | None, *, by: Actor, via: Door) -> Proposal:
    """Ask what the draft says, once nothing is missing that the charter wants of it."""
    draft, _act = _open(draft_id, Can.CHANGE_DRAFT, by, via)
    network = db.session.get_one(Network, draft.network_id)
    charter = charters.rules_in_force(network.id)
    lacks = drafts_queries.missing(charter, draft, len(drafts_queries.sponsors_of(draft.id)), network.zone)
    if lacks:
        raise RuleBroken(" ".join(map(say, lacks)))
    words, ask = stored_form.loads(draft.words)
    ask = replace(ask, closes=closes, thread_id=draft.thread_id)
    proposal = actions.propose(network, words, ask, by=by, via=via, drafted=True)
    draft.state, draft.proposal_id = DraftState.ASKED, proposal.id
    return proposal


def undo(proposal: Proposal, *, by: Actor, via: Door) -> Draft:
    """Take back what one has just asked, before anybody is told: it is a draft again, and nothing is lost.

    RuleBroken once it is told, or once somebody else has answered: then it can be taken back with a reason.
    """
    act = as_author(Can.WITHDRAW_PROPOSAL, proposal, by, via)
    version, network = still_open(proposal), db.session.get_one(Network, proposal.network_id)
    if version.number > 1 or queries.answered_by_others(version.id, by.person_id):
        raise RuleBroken(_("Somebody has answered already. You can take it back, and say why."))
    if not withhold(network.id, ProposalOpened.verb, reference(proposal)):
        raise RuleBroken(_("Everybody has been told already. You can take it back, and say why."))
    end_version(version, Outcome.WITHDRAWN)
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    why = str(_("Undone before anybody was told."))
    record(ProposalWithdrawn(act=act, **about, reason=why, untold=True))
    return _as_draft(proposal, version, network, by=by, via=via)


def _as_draft(
    proposal: Proposal, version: ProposalVersion, network: Network, *, by: Actor, via: Door
) -> Draft:
    """The draft that it was, or else a new one."""
    draft = drafts_queries.that_became(proposal.id)
    if draft is not None:
        draft.state, draft.proposal_id = DraftState.OPEN, None
        return draft
    zone = ZoneInfo(network.zone)
    options = tuple(queries.options_of([version.id]).get(version.id, ()))
    words = replace(words_of(version), options=options)
    replaces = db.session.get(Replaces, proposal.id)
    closes = version.deadline.astimezone(zone).date()
    ask = Ask(
        proposal.matter,
        closes,
        proposal.thread_id,
        replaces.decision_id if replaces else None,
        proposal.review_on,
        version.method,
    )
    return save(network, words, ask, by=by, via=via)


def drop(draft_id: int, *, by: Actor, via: Door) -> None:
    """Give it up; it can still be read."""
    draft, act = _open(draft_id, Can.CHANGE_DRAFT, by, via)
    draft.state, draft.changed_at = DraftState.DROPPED, clock.now()
    record(DraftDropped(**_about(draft, act)))


def _open(draft_id: int, right: Can, by: Actor, via: Door) -> tuple[Draft, Act]:
    draft = drafts_queries.locked(draft_id)
    author = right is Can.CHANGE_DRAFT
    act = as_author(right, draft, by, via) if author else require(by, right, draft, via)
    if draft.state is DraftState.ASKED:
        raise RuleBroken(_("This has been asked already."))
    if draft.state is DraftState.DROPPED:
        raise RuleBroken(_("This draft was dropped. Write a new one."))
    return draft, act


def _fit(charter: Charter, words: Wording, ask: Ask) -> tuple[Wording, Ask]:
    """The words and the way as the charter allows them now; RuleBroken says what is wrong already in a draft."""
    words = checked(charter, words, ask.matter)
    ask = replace(ask, method=ask.method or charter[p.METHOD_FOR[ask.matter]])
    check_way(charter, words, ask.matter, ask.method)
    return words, ask


def _kept(words: Wording, ask: Ask) -> dict[str, Any]:
    return {
        "matter": ask.matter,
        "method": ask.method,
        "question": words.question,
        "words": stored_form.dumps(words, ask),
        "changed_at": clock.now(),
    }


def _same(draft: Draft, words: Wording, ask: Ask) -> bool:
    """Whether nothing that people would be asked is different; another last day is no other words."""
    before, asked = stored_form.loads(draft.words)
    return (before, replace(asked, closes=None)) == (words, replace(ask, closes=None))


def _for_members(draft: Draft, act: Act) -> dict[str, Any]:
    """The same, of what the public does not read even of a draft that it may read: who wants it asked."""
    about = _about(draft, act)
    public = about["seen_by"] is Visibility.PUBLIC
    return about | {"seen_by": Visibility.MEMBERS} if public else about


def _about(draft: Draft, act: Act) -> dict[str, Any]:
    seen = Visibility(draft.visibility.value)
    return {"act": act, "draft": draft, "question": draft.question, "seen_by": seen}
