"""Shows the effect of opening without opening: everything is done in a transaction that is then rolled back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from govnet.charter.models import Network
from govnet.charter.rules import Change
from govnet.decisions import notify, queries
from govnet.decisions.models import AnyProposal
from govnet.decisions.pages.sentences import could_answer
from govnet.decisions.proposals import offices
from govnet.decisions.proposals import queries as proposals_queries
from govnet.kernel.actor import Actor
from govnet.kernel.transaction import transaction
from govnet.mail.outgoing import preview
from govnet.mail.outgoing.compose import Rendered


@dataclass(frozen=True)
class Rehearsal:
    """A preview of a proposal: its page, its roll, its deadline, and the mail about it."""

    question: str
    html: str
    changes: tuple[Change, ...]
    offices: Sequence[str]
    deadline: datetime
    roll_size: int
    asked: Sequence[str]
    mail: Rendered | None


class _SeenEnough(Exception):
    """Rolls the transaction back."""


def rehearse(make: Callable[[], AnyProposal], network: Network, actor: Actor) -> Rehearsal:
    """Ask by `make`, look, and take it all back. Raises whatever `make` raises, such as RuleBroken."""
    found: list[Rehearsal] = []
    try:
        with transaction():
            found.append(_look(make().id, network, actor))
            raise _SeenEnough
    except _SeenEnough:
        return found[0]


def _look(proposal_id: int, network: Network, actor: Actor) -> Rehearsal:
    version = queries.version_whole(queries.newest_version(proposal_id).id)
    notice = notify.opening_of(version, network, actor)
    return Rehearsal(
        version.question,
        version.html,
        proposals_queries.changes(version),
        offices.row_words(offices.rows_of([version.id]).get(version.id, ()), network.id),
        version.deadline,
        version.roll_size,
        [str(line) for line in could_answer(version, asked=False)],
        preview.letter(notice, network) if notice else None,
    )
