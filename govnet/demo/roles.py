"""The roles to try with one click, and the pages worth a look."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govnet.charter.models import Network
from govnet.charter.queries import top_networks
from govnet.decisions.models import Decision, Proposal, ProposalVersion, VersionState
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.forum.states import Readership
from govnet.kernel.actor import VISITOR as NOBODY
from govnet.kernel.actor import Actor
from govnet.membership.actor import actor_for
from govnet.people.models import Person
from govnet.people.persons import known_by

VISITOR = "visitor"
WORDS: dict[str, tuple[Any, Any]] = {
    VISITOR: (_l("A visitor"), _l("Reads what is public, and may join.")),
    "member": (
        _l("A member"),
        _l("Writes, answers proposals, thanks, reports, and reads members’ discussions."),
    ),
    "steering": (
        _l("A member of the committee"),
        _l("Decides applications and reports, records what a meeting decided."),
    ),
    "coordinator": (_l("The coordinator"), _l("Writes to everybody while the mandate lasts.")),
    "operator": (_l("The server’s operator"), _l("Backups and stuck mail; no say in the network.")),
}
"""Each button of /demo: who that is, and what they can do here."""


@dataclass(frozen=True)
class Role:
    """Somebody to act as; `name` is empty for a visitor."""

    role: str
    words: Any
    can: Any
    name: str
    person_id: int | None


@dataclass(frozen=True)
class Sight:
    """A page worth seeing: its endpoint and values, and why."""

    title: Any
    why: Any
    endpoint: str
    values: dict[str, Any]
    open_to: str = "all"
    """The roles that may open it: all, officers, or the operator."""


@lru_cache
def addresses() -> dict[str, str]:
    """The address of each role's person, from the data files."""
    text = (resources.files("govnet.demo") / "data" / "people.toml").read_text("utf-8")
    people = tomllib.loads(text)["people"]
    return {one["act_as"]: f"{one['key']}@example.org" for one in people if "act_as" in one}


def parts() -> list[Role]:
    """Everybody one can act as."""
    return [found for role in WORDS if (found := part(role)) is not None]


def part(role: str) -> Role | None:
    """Somebody to act as; None for a word that is no role, or while the demo's people are not there."""
    if role not in WORDS:
        return None
    words, can = WORDS[role]
    if role == VISITOR:
        return Role(role, words, can, "", None)
    found = known_by(addresses()[role])
    if found is None:
        return None
    person = db.session.get_one(Person, found.person_id)
    return Role(role, words, can, person.name, person.id)


def network() -> Network | None:
    """The demo's network, once it is founded."""
    return next(iter(top_networks()), None)


def acting_in(home: Network | None, person_id: int | None) -> Actor:
    """Somebody as an actor in the demo's network."""
    return actor_for(person_id, home) if person_id is not None else NOBODY


def sights(home: Network) -> list[Sight]:
    """Pages at their fullest, found among the rows as they are."""
    found = [*_threads(home), *_proposals(home), *_decisions(home)]
    found += [
        Sight(title, why, endpoint, {}, _OPEN_TO.get(endpoint, "all")) for title, why, endpoint in _FIXED
    ]
    why = _l("Queue, backups, stuck mail (as the server’s operator).")
    server = Sight(_l("The server"), why, "operations.operator", {}, "operator")
    return [*(replace(one, values={"network": home, **one.values}) for one in found), server]


_FIXED: tuple[tuple[Any, Any, str], ...] = (
    (_l("The committee"), _l("Seven places, one of them empty."), "committee.committee"),
    (_l("The coordinator"), _l("A mandate that ends in three months."), "offices.coordinator"),
    (
        _l("Our rules"),
        _l("In their third version, each sentence with the decision that set it."),
        "charter.charter",
    ),
    (_l("What was hidden, and why"), _l("In public, with an appeal that is waiting."), "forum.log"),
    (
        _l("The officers’ desk"),
        _l("Applications, a report, an appeal (as a member of the committee)."),
        "desk.desk",
    ),
    (
        _l("Announcements"),
        _l("Four that were sent, and a draft (as the coordinator)."),
        "announcements.archive",
    ),
    (_l("Everything that happened"), _l("Each entry, back to the founding."), "record.entries"),
)


_OPEN_TO = {"desk.desk": "officers"}


def may_open(sight: Sight, actor: Actor) -> bool:
    """Whether the actor, judged in the demo's network, would be let in."""
    return {"all": True, "officers": actor.is_officer, "operator": actor.is_operator}[sight.open_to]


def _threads(home: Network) -> list[Sight]:
    base = select(Thread.id, Thread.title, Thread.posts).where(
        Thread.network_id == home.id, Thread.visibility == Readership.PUBLIC
    )
    longest = db.session.execute(base.order_by(Thread.posts.desc()).limit(1)).first()
    newest = db.session.execute(base.where(Thread.posts == 1).order_by(Thread.id.desc()).limit(1)).first()
    found = []
    if longest:
        why = _l("The longest discussion: %(n)s posts.", n=longest.posts)
        found.append(Sight(longest.title, why, "forum.thread", {"thread_id": longest.id}))
    if newest:
        found.append(
            Sight(newest.title, _l("Nobody has replied yet."), "forum.thread", {"thread_id": newest.id})
        )
    return found


def _proposals(home: Network) -> list[Sight]:
    query = (
        select(ProposalVersion)
        .join(Proposal)
        .where(Proposal.network_id == home.id, ProposalVersion.state != VersionState.CLOSED)
        .order_by(ProposalVersion.deadline)
        .options(joinedload(ProposalVersion.proposal))
        .limit(2)
    )
    whys = (
        _l("Closes first: thirty answers of every kind."),
        _l("Decided at a meeting; stands unless somebody objects."),
    )
    versions = db.session.scalars(query).all()
    return [
        Sight(version.question, why, "decisions.proposal", {"proposal_id": version.proposal_id})
        for version, why in zip(versions, whys, strict=False)
    ]


_OUTCOMES = {
    "blocked": _l("Stopped by one member."),
    "consensus-with-stand-asides": _l("Agreed; three disagreed and let it go ahead."),
    "no-quorum": _l("Too few answered."),
    "agreed-elsewhere": _l("Agreed at a meeting, and written down here."),
}


def _decisions(home: Network) -> list[Sight]:
    rows = db.session.scalars(
        select(Decision).where(Decision.network_id == home.id).order_by(Decision.decided_at.desc())
    ).all()
    found: dict[str, Sight] = {}
    for row in rows:
        why = _OUTCOMES.get(row.outcome.value) or (row.matter == "charter" and _l("Changed our rules."))
        if why and str(why) not in found:
            found[str(why)] = Sight(row.question, why, "decisions.decision", {"number": row.number})
    return list(found.values())
