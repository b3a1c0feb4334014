"""Writing something together before it is asked: saving, changing, wanting it asked, asking it, giving it up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions import queries
from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.drafts import readiness
from govnet.decisions.drafts.events import DraftChanged, DraftDropped, DraftLeft, DraftSaved, DraftSponsored
from govnet.decisions.drafts.models import Draft, Sponsor
from govnet.decisions.models import Proposal, ProposalState, ProposalVersion, VersionState
from govnet.decisions.proposals import actions, offices
from govnet.decisions.proposals.events import ProposalOpened, ProposalWithdrawn
from govnet.decisions.proposals.models import Option, Replaces, Suggestion, SuggestionState
from govnet.decisions.proposals.opening import (
    Ask,
    ProposedMatter,
    Wording,
    become,
    check_way,
    checked,
    end_version,
    put_text,
    still_open,
    words_of,
    write_beside,
)
from govnet.decisions.rules.outcome import Outcome
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.errors import RuleBroken, Stale
from govnet.kernel.models import reference
from govnet.kernel.translation import say
from govnet.offices.models import OfficeChange, OfficePerson
from govnet.permissions import Can, require
from govnet.record.actions import record, withhold
from govnet.record.events import Visibility


def save(network: Network, words: Wording, ask: Ask, *, by: Actor, via: Door) -> Draft:
    """Keep it as a draft: those who may read the discussion read it, and only its author changes it."""
    act = require(by, Can.PROPOSE, ProposedMatter(network.id, ask.matter), via)
    charter = charters.rules_in_force(network.id)
    words, ask = _fit(charter, words, ask)
    at = clock.now()
    draft = Draft(network_id=network.id, thread_id=ask.thread_id, author_id=by.person_id, drafted_at=at)
    _put(draft, ask)
    db.session.add(draft)
    db.session.flush()  # its discussion, which says who may read it, is found by its key
    _write(draft, words, ask)
    readiness.begin(draft, network)
    _record_saved(draft, act)
    return draft


def _record_saved(draft: Draft, act: Act) -> None:
    record(DraftSaved(**_about(draft, act), matter=draft.matter, digest=drafts_queries.seen(draft)))


def change(
    draft_id: int, words: Wording, ask: Ask, *, seen: str | None = None, by: Actor, via: Door
) -> Draft:
    """Another text: the charter's notice begins again, and supporters have to support it again.

    Stale when it changed since the text with the digest `seen`, unless to this very text.
    """
    draft, act = _open(draft_id, Can.CHANGE_DRAFT, by, via)
    network = db.session.get_one(Network, draft.network_id)
    words, ask = _fit(charters.rules_in_force(network.id), words, replace(ask, thread_id=draft.thread_id))
    before, asked = drafts_queries.kept(draft)
    if seen is not None and (before, asked) != (words, ask) and drafts_queries.seen(draft) != seen:
        raise Stale(
            _("Somebody changed this while you were writing."), newer=draft.question, yours=words.text
        )
    if (before, replace(asked, closes=None)) == (words, replace(ask, closes=None)):
        draft.closes_on = ask.closes  # another last day is no other text
        return draft
    cleared = drafts_queries.sponsors_of(draft.id)
    db.session.execute(delete(Sponsor).where(Sponsor.proposal_id == draft.id))
    _put(draft, ask)
    _rewrite(draft, words, ask, network)
    readiness.begin(draft, network)
    about = _about(draft, act)
    record(DraftChanged(**about, matter=draft.matter, digest=drafts_queries.seen(draft), cleared=cleared))
    return draft


def sponsor(draft_id: int, seen: str, *, by: Actor, via: Door) -> None:
    """Want it asked, in the text that one has `seen`; once, and never one's own."""
    draft, act = _open(draft_id, Can.SPONSOR, by, via)
    if draft.author_id == by.person_id:
        raise RuleBroken(_("This is your own draft: other members have to want it opened for answers."))
    if seen != drafts_queries.seen(draft):
        raise RuleBroken(_("The text changed while you were reading. Read it again first."))
    supporters = drafts_queries.sponsors_of(draft.id)
    if by.person_id in supporters:
        raise RuleBroken(_("You have already said that this should be opened for answers."))
    db.session.add(Sponsor(proposal_id=draft.id, person_id=by.person_id, at=clock.now()))
    record(DraftSponsored(**_for_members(draft, act), supporters=len(supporters) + 1))
    readiness.settle(draft)


def leave(draft_id: int, *, by: Actor, via: Door) -> None:
    """No longer want it asked."""
    draft, act = _open(draft_id, Can.SPONSOR, by, via)
    if by.person_id not in drafts_queries.sponsors_of(draft.id):
        raise RuleBroken(_("You have not said that this should be opened for answers."))
    mine = delete(Sponsor).where(Sponsor.proposal_id == draft.id, Sponsor.person_id == by.person_id)
    db.session.execute(mine)
    record(DraftLeft(**_for_members(draft, act)))
    readiness.settle(draft)


def ask_it(draft_id: int, closes: date | None, *, by: Actor, via: Door) -> Proposal:
    """Ask what the draft says, once nothing is missing that the charter wants of it: its row is the proposal's."""
    draft, _act = _open(draft_id, Can.CHANGE_DRAFT, by, via)
    network = db.session.get_one(Network, draft.network_id)
    charter = charters.rules_in_force(network.id)
    lacks = drafts_queries.missing(charter, draft, len(drafts_queries.sponsors_of(draft.id)), network.zone)
    if lacks:
        raise RuleBroken(" ".join(map(say, lacks)))
    words, ask = drafts_queries.kept(draft)
    return actions.propose(network, words, replace(ask, closes=closes), by=by, via=via, draft=draft)


def undo(proposal: Proposal, *, by: Actor, via: Door) -> Draft:
    """Undo opening a proposal before anybody is notified: it is a draft again, and nothing is lost.

    RuleBroken once people are notified, or once somebody else has answered: then it can be taken back with a reason.
    """
    act = require(by, Can.WITHDRAW_PROPOSAL, proposal, via)
    version, network = still_open(proposal), db.session.get_one(Network, proposal.network_id)
    if version.opened_at != proposal.opened_at or queries.answered_by_others(version.id, by.person_id):
        raise RuleBroken(_("Somebody has answered already. You can take it back, and say why."))
    if not withhold(network.id, ProposalOpened.verb, reference(proposal)):
        raise RuleBroken(_("Everybody has been notified already. You can take it back, and say why."))
    words = words_of(version)
    end_version(version, Outcome.WITHDRAWN)
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    why = str(_("Undone before anybody was notified."))
    record(ProposalWithdrawn(act=act, **about, reason=why, untold=True))
    return _as_draft(proposal, version, words, network, act)


def _as_draft(
    proposal: Proposal, version: ProposalVersion, words: Wording, network: Network, act: Act
) -> Draft:
    """The same proposal as a draft; that it is one is on record already where it began as one."""
    began = proposal.drafted_at
    new = ProposalVersion(proposal_id=proposal.id, number=version.number + 1, author_id=proposal.author_id)
    new.state = VersionState.DRAFT
    put_text(new, words, version.method)
    db.session.add(new)
    db.session.flush()  # the parts beside it are written by its key
    write_beside(new, words, network)
    theirs = update(Suggestion).where(
        Suggestion.version_id == version.id, Suggestion.state == SuggestionState.OPEN
    )
    db.session.execute(theirs.values(version_id=new.id))
    closes = version.deadline.astimezone(ZoneInfo(network.zone)).date()
    gone = dict.fromkeys(("body", "door", "opened_at", "first_deadline"))
    since = {} if began else {"drafted_at": clock.now(), "changed_at": clock.now()}
    draft: Draft = become(proposal, Draft, **gone, **since, closes_on=closes)
    if not began:
        readiness.begin(draft, network)
        _record_saved(draft, act)
    return draft


def drop(draft_id: int, *, by: Actor, via: Door) -> None:
    """Give it up; it can still be read."""
    draft, act = _open(draft_id, Can.CHANGE_DRAFT, by, via)
    draft.state, draft.changed_at = ProposalState.DROPPED, clock.now()
    record(DraftDropped(**_about(draft, act)))


def _open(draft_id: int, right: Can, by: Actor, via: Door) -> tuple[Draft, Act]:
    draft = drafts_queries.locked(draft_id)
    act = require(by, right, draft, via)
    if not draft.is_open:
        raise RuleBroken(_("This draft was dropped. Write a new one."))
    return draft, act


def _fit(charter: Charter, words: Wording, ask: Ask) -> tuple[Wording, Ask]:
    """The text and the way of deciding as the charter allows them now; RuleBroken for mistakes that a draft cannot have."""
    words = checked(charter, words, ask.matter)
    ask = replace(ask, method=ask.method or charter[p.METHOD_FOR[ask.matter]])
    check_way(charter, words, ask.matter, ask.method)
    offices.check_dates(words.offices)
    return words, ask


def _put(draft: Draft, ask: Ask) -> None:
    draft.matter, draft.review_on, draft.closes_on = ask.matter, ask.review_on, ask.closes
    draft.changed_at = clock.now()


def _write(draft: Draft, words: Wording, ask: Ask) -> None:
    """The first text of a draft."""
    version = ProposalVersion(proposal_id=draft.id, number=1, author_id=draft.author_id)
    version.state = VersionState.DRAFT
    put_text(version, words, ask.method)
    db.session.add(version)
    db.session.flush()  # the parts beside it are written by its key
    write_beside(version, words, db.session.get_one(Network, draft.network_id))
    if ask.replaces_id is not None:
        db.session.add(Replaces(proposal_id=draft.id, decision_id=ask.replaces_id))


def _rewrite(draft: Draft, words: Wording, ask: Ask, network: Network) -> None:
    """Another text in place of the one before, with the parts beside it."""
    version = draft.version
    take_apart([version.id], [draft.id])
    put_text(version, words, ask.method)
    write_beside(version, words, network)
    if ask.replaces_id is not None:
        db.session.add(Replaces(proposal_id=draft.id, decision_id=ask.replaces_id))


def take_apart(version_ids: Collection[int], draft_ids: Collection[int]) -> None:
    """Remove the parts beside the text of drafts: options, offices, and the decision to replace."""
    named = select(OfficeChange.id).where(OfficeChange.version_id.in_(version_ids))
    for gone in (
        delete(Option).where(Option.version_id.in_(version_ids)),
        delete(OfficePerson).where(OfficePerson.change_id.in_(named)),
        delete(OfficeChange).where(OfficeChange.version_id.in_(version_ids)),
        delete(Replaces).where(Replaces.proposal_id.in_(draft_ids)),
    ):
        db.session.execute(gone.execution_options(synchronize_session="fetch"))


def _for_members(draft: Draft, act: Act) -> dict[str, Any]:
    """The same for the names of sponsors, which the public does not read even where it reads the draft."""
    about = _about(draft, act)
    public = about["seen_by"] is Visibility.PUBLIC
    return about | {"seen_by": Visibility.MEMBERS} if public else about


def _about(draft: Draft, act: Act) -> dict[str, Any]:
    seen = Visibility(draft.visibility.value)
    return {"act": act, "draft": draft, "question": draft.question, "seen_by": seen}
