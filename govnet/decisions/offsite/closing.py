"""A decision taken off site, to which nobody objected in time, gets its number in the register."""

from __future__ import annotations

from govnet.decisions import queries
from govnet.decisions.closing import actions
from govnet.decisions.models import ProposalVersion
from govnet.decisions.offsite import queries as offsite_queries
from govnet.decisions.offsite.actions import tell
from govnet.kernel.duties import each_row


def stand_due() -> int:
    """Let stand what nobody has objected to, each in a transaction of its own; returns how many."""
    return each_row(
        "let stand what was decided elsewhere", ProposalVersion, offsite_queries.unopposed, _stand
    )


def _stand(version_id: int) -> bool:
    """Nothing is in the register that nobody could have read: it is announced before, if it was not."""
    version = queries.version_locked(version_id)
    decision = version.proposal.offsite if version is not None else None
    if version is None or decision is None:
        return False
    if decision.told_at is None:
        tell(version)
    tally = queries.tally(version.id).as_json()
    actions.decide(version, tally, decision.stands_as, body=decision.taken_by, door=version.proposal.door)
    return True
