"""What bringing in a list would do to whom, and why, given who is here already. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.accounts.models import PersonEmail
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.mail.queries import readers_among
from govnet.membership import rules
from govnet.membership.models import Membership, MembershipKind, MembershipState, Organisation
from govnet.membership.roster_person import ComesAs, RosterRow, Wish

_MANY = 500


class Outcome(StrEnum):
    """What becomes of a row."""

    INVITED = "invited"
    READER = "reader"
    MEMBER = "member"
    ORGANISATION = "organisation"
    READS = "reads"
    LEFT = "left"
    SILENT = "silent"
    WISH = "wish"
    SHARES = "shares"


COMES = frozenset((Outcome.INVITED, Outcome.READER))
"""Outcomes that bring somebody in."""
STAYS = frozenset((Outcome.MEMBER, Outcome.ORGANISATION, Outcome.READS))
"""Outcomes of those who are here already."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A row, what becomes of it, and why in words that follow its name."""

    row: RosterRow
    outcome: Outcome
    why: str


@dataclass
class Plan:
    """What an import would do, or did, row by row."""

    planned: list[Planned] = field(default_factory=list)

    @property
    def members(self) -> list[RosterRow]:
        """Asked by mail to confirm that they are members."""
        return self._of(Outcome.INVITED)

    @property
    def subscribers(self) -> list[RosterRow]:
        """Get the mail, as before."""
        return self._of(Outcome.READER)

    @property
    def known(self) -> list[tuple[RosterRow, str]]:
        """Left as they are, each with why."""
        return [(each.row, each.why) for each in self.planned if each.outcome not in COMES]

    def _of(self, outcome: Outcome) -> list[RosterRow]:
        return [each.row for each in self.planned if each.outcome is outcome]


@dataclass
class _Here:
    """Who is here already: people by address, open and ended memberships, readers."""

    people: dict[str, int]
    own: set[int]
    left: set[int]
    organisations: set[str]
    readers: dict[str, bool]


def plan(network: Network, rows: Sequence[RosterRow]) -> Plan:
    """What importing these rows would do, given who is here already. Changes nothing."""
    here = _here(network, rows)
    made = Plan()
    for row in rows:
        outcome, why = _outcome(row, here)
        made.planned.append(Planned(row, outcome, why))
    return made


def _outcome(row: RosterRow, here: _Here) -> tuple[Outcome, str]:
    person_id = here.people.get(row.email)
    belongs, reads = person_id in here.own, here.readers.get(row.email)
    if row.wish is not Wish.NONE:
        return Outcome.WISH, _wishes(row.wish)
    if row.shares:
        return Outcome.SHARES, _(
            "has the address of row %(row)s, and stays out until they have an address of their own",
            row=row.shares,
        )
    if row.comes_as is ComesAs.SUBSCRIBER:
        if belongs:
            return Outcome.MEMBER, _("has a membership here already, and gets the mail of members")
        if reads is False:
            return Outcome.SILENT, _("was a reader, and wants no mail any more")
        if reads:
            return Outcome.READS, _("is a reader already")
        if person_id in here.left:
            return Outcome.LEFT, _("was a member and left; they can take the mail again by the form")
        return Outcome.READER, _("gets the mail, as before")
    if row.kind == MembershipKind.ORGANISATION:
        if rules.name_key(row.organisation) in here.organisations:
            name = row.organisation
            return Outcome.ORGANISATION, _(
                "%(organisation)s belongs to the network already", organisation=name
            )
        return Outcome.INVITED, _(
            "is asked by mail to confirm, for %(organisation)s", organisation=row.organisation
        )
    if belongs:
        return Outcome.MEMBER, _("has a membership here already")
    if person_id in here.left:
        return Outcome.LEFT, _("was a member and left; they can join again by the form")
    return Outcome.INVITED, _("is asked by mail to confirm that they are a member")


def _wishes(wish: Wish) -> str:
    words: dict[Wish, Callable[[], str]] = {
        Wish.SILENT: lambda: _("asked for no mail there, and is left alone"),
        Wish.BOUNCES: lambda: _("stays out: mail to this address came back there"),
        Wish.NOT_YET: lambda: _("stays out: they were not on the list yet, or only waited"),
        Wish.GONE: lambda: _("stays out: marked as deceased or deleted there"),
        Wish.NONE: lambda: "",
    }
    return words[wish]()


def _here(network: Network, rows: Sequence[RosterRow]) -> _Here:
    query = (
        select(Membership.person_id, Organisation.name_key, Membership.end, Membership.state)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.network_id == network.id)
    )
    found = db.session.execute(query).all()
    own = {row[0] for row in found if row[0] and row[2] is None}
    ended = (MembershipState.RESIGNED, MembershipState.REMOVED)
    return _Here(
        people=_known_people([row.email for row in rows]),
        own=own,
        left={row[0] for row in found if row[0] and row[3] in ended} - own,
        organisations={row[1] for row in found if row[1] and row[2] is None},
        readers=readers_among(network.id, [row.email for row in rows]),
    )


def _known_people(addresses: Sequence[str]) -> dict[str, int]:
    """The people behind addresses; a verified one counts first."""
    found: dict[str, int] = {}
    for start in range(0, len(addresses), _MANY):
        query = (
            select(PersonEmail.address, PersonEmail.person_id)
            .where(PersonEmail.address.in_(addresses[start : start + _MANY]))
            .order_by(PersonEmail.verified_at.is_not(None), PersonEmail.id.desc())
        )
        for address, person_id in db.session.execute(query):
            found[address] = person_id
    return found
