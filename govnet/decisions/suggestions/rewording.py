"""A new version of an open proposal: it waits for ten minutes, in which its author can undo it; then everybody is asked."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from govnet.decisions import queries
from govnet.decisions.models import Answer, Proposal, ProposalVersion
from govnet.decisions.proposals import actions, stored_form
from govnet.decisions.proposals.models import Rewording, Suggestion, SuggestionState
from govnet.decisions.proposals.opening import UNDO, Ask, Wording, still_open
from govnet.decisions.suggestions.actions import accept
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.duties import each
from govnet.kernel.errors import GovnetError, NotAllowed, RuleBroken, Stale
from govnet.kernel.transaction import transaction
from govnet.kernel.translation import say
from govnet.permissions import Can, actor_in, require


def ask_again(
    proposal: Proposal,
    words: Wording,
    *,
    because: str,
    by: Actor,
    via: Door,
    seen: int,
    suggestion: Suggestion | None = None,
) -> ProposalVersion:
    """Ask everybody again at once: with an own text, or with a suggestion that it takes up."""
    if suggestion is not None and suggestion.state is SuggestionState.OPEN:
        return accept(suggestion, by=by, via=via, words=words, because=because, seen=seen)
    return actions.reword(proposal, words, because=because, by=by, via=via, seen=seen)


def wait(
    proposal: Proposal,
    words: Wording,
    *,
    because: str,
    by: Actor,
    via: Door,
    seen: int,
    suggestion: Suggestion | None = None,
) -> Rewording:
    """Have everybody asked again in ten minutes. A rehearsal of `ask_again` has refused everything that can be refused.

    Nothing has happened until then, so nothing is recorded: people answer the version before.
    """
    require(by, Can.REWORD_PROPOSAL, proposal, via)
    if still_open(proposal).number != seen:
        raise Stale(_("The text changed while you were writing."), newer="", yours=words.text)
    before = of_proposal(proposal.id)
    if before is not None and before.ask_at is not None:
        raise RuleBroken(_("A new version of yours is already waiting to be opened. Undo that first."))
    db.session.execute(delete(Rewording).where(Rewording.proposal_id == proposal.id))
    row = Rewording(
        proposal_id=proposal.id,
        seen=seen,
        words=stored_form.dumps(words, Ask(proposal.matter)),
        because=because,
        suggestion_id=suggestion.id if suggestion else None,
        ask_at=clock.now() + UNDO,
    )
    db.session.add(row)
    return row


def undo(proposal: Proposal, *, by: Actor, via: Door) -> None:
    """Ask nobody: the text stays with its author. RuleBroken once everybody has been asked."""
    require(by, Can.REWORD_PROPOSAL, proposal, via)
    row = _locked(Rewording.proposal_id == proposal.id)
    if row is None or row.ask_at is None:
        raise RuleBroken(_("There is nothing waiting here any more. The version that is open now is below."))
    row.ask_at, row.ended_why = None, str(_("You have already undone this."))


def of_proposal(proposal_id: int) -> Rewording | None:
    """A proposal's versions that wait, were undone, or could not be asked. For its author only."""
    return db.session.scalar(select(Rewording).where(Rewording.proposal_id == proposal_id))


def earlier_answers(version_id: int) -> int:
    """The number of answers to the version that would be replaced."""
    return db.session.scalar(select(func.count()).where(Answer.version_id == version_id)) or 0


def ask_due() -> int:
    """Ask what nobody has undone; returns how many. Each is asked once."""
    query = select(Rewording.id).where(Rewording.ask_at.is_not(None), Rewording.ask_at <= clock.now())
    return each("ask again in new words", db.session.scalars(query).all(), _ask, alone=True)


def _ask(key: int) -> bool:
    try:
        with transaction():
            return _asked(key)
    except (RuleBroken, NotAllowed, Stale) as refused:
        with transaction():
            return _refused(key, refused)


def _asked(key: int) -> bool:
    proposal_id = db.session.scalar(select(Rewording.proposal_id).where(Rewording.id == key))
    if proposal_id is None:
        return False
    queries.open_version_locked(proposal_id)  # before the row, as other writers do
    row = _locked(Rewording.id == key)
    if row is None or row.ask_at is None:
        return False
    proposal = queries.proposal_whole(proposal_id)
    words, _how = stored_form.loads(row.words)
    suggestion = db.session.get(Suggestion, row.suggestion_id) if row.suggestion_id else None
    by = actor_in(proposal.author_id, proposal.network_id)
    ask_again(proposal, words, because=row.because, by=by, via=Door.WEB, seen=row.seen, suggestion=suggestion)
    db.session.delete(row)
    return True


def _refused(key: int, why: GovnetError) -> bool:
    row = _locked(Rewording.id == key)
    if row is None or row.ask_at is None:
        return False
    row.ask_at, row.ended_why = None, say(why.message)
    return True


def _locked(*where: object) -> Rewording | None:
    query = select(Rewording).where(*where)  # type: ignore[arg-type]
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
