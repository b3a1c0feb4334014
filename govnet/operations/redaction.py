"""Takes names out of entries that are public and would be for members today; the chain still verifies, with a gap."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import func, select, update

from govnet.charter.models import Network
from govnet.decisions.drafts.events import DraftLeft, DraftSponsored
from govnet.decisions.offsite.events import Objected
from govnet.extensions import db
from govnet.kernel.actor import by_rule
from govnet.kernel.duties import each
from govnet.kernel.statements import chunks
from govnet.kernel.transaction import transaction
from govnet.membership.events import (
    AlternateNamed,
    MemberAdmitted,
    MemberJoined,
    MemberResigned,
    MembershipRestarted,
    RepresentationEnded,
    RepresentativeNamed,
)
from govnet.operations.events import NamesRemoved
from govnet.record.actions import record
from govnet.record.events import Visibility
from govnet.record.models import Entry

FOR_MEMBERS = (
    RepresentativeNamed.verb, AlternateNamed.verb, RepresentationEnded.verb, DraftSponsored.verb, DraftLeft.verb
)  # fmt: skip
"""Entries that are for members, and were public before 0.2."""
WITHOUT_ACTOR = (
    MemberAdmitted.verb, MemberJoined.verb, MemberResigned.verb, MembershipRestarted.verb, Objected.verb
)  # fmt: skip
"""Entries of which the public reads what happened and not, unless an officer did it, who did it."""
OFFICES = ("term", "mandate")


def remove_names() -> int:
    """Empty the words of public entries that name somebody whom only members may read of; returns how many.

    The network's record says that it was done, once. With a second worker at it, one of them finds nothing.
    """
    networks = db.session.scalars(select(Network.id).order_by(Network.id)).all()
    return each("remove names that are for members", networks, _remove_in, alone=True)


def _remove_in(network_id: int) -> int:
    found = _found(network_id)
    if not found:
        return 0
    with transaction():
        return _remove(network_id, found)


def _found(network_id: int) -> list[int]:
    """The ids of such entries."""
    public = (
        Entry.network_id == network_id,
        Entry.visibility == Visibility.PUBLIC,
        Entry.words.is_not(None),
    )
    ids = list(db.session.scalars(select(Entry.id).where(*public, Entry.verb.in_(FOR_MEMBERS))))
    query = select(Entry.id, Entry.facts, Entry.words).where(*public, Entry.verb.in_(WITHOUT_ACTOR))
    for key, facts, words in db.session.execute(query.execution_options(yield_per=1000)):
        if _names_actor(json.loads(facts), json.loads(words or "{}")):
            ids.append(key)
    return ids


def _names_actor(facts: dict[str, object], words: dict[str, object]) -> bool:
    """Whether it names the actor, without that being an officer or the very person whom it is about."""
    actor = words.get("actor")
    by_officer = str(facts.get("authority", "")).partition(":")[0] in OFFICES
    return bool(actor) and not by_officer and actor != words.get("name")


def _remove(network_id: int, ids: Collection[int]) -> int:
    many = 0
    for some in chunks(sorted(ids)):
        worded = Entry.id.in_(some) & Entry.words.is_not(None)
        emptied = update(Entry).where(worded).values(words=None, words_salt=None)
        many += db.session.execute(emptied.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    if many:
        network = db.session.get_one(Network, network_id)
        last = db.session.scalar(select(func.max(Entry.number)).where(Entry.id == max(ids)))
        record(NamesRemoved(act=by_rule(network), about=network, count=many, last=last or 0))
    return many
