"""The effect of bringing in a list, for each person and with a reason, given who is here already. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.membership.models import ENDED, Membership, MembershipKind
from govnet.membership.roster.models import COMES, RowOutcome
from govnet.membership.roster.row import ComesAs, RosterRow, Wish, same_name
from govnet.people import organisations as people_organisations
from govnet.people.addresses import MailWish, owners, sharers, wishes
from govnet.people.models import Organisation
from govnet.people.persons import names


@dataclass(frozen=True, slots=True)
class Planned:
    """A row, and its outcome."""

    row: RosterRow
    outcome: RowOutcome
    known_as: str = ""
    """The name of the person who has the address here, if it is another one."""

    @property
    def note(self) -> str:
        """A note for the person who checks the list; "" for nothing."""
        return str(_("The address belongs here to “%(name)s”.", name=self.known_as)) if self.known_as else ""

    @property
    def why(self) -> str:
        """The outcome and its reason, in words that follow its name."""
        return why(self.outcome, self.row)


@dataclass
class Plan:
    """The effect of an import, planned or done, row by row."""

    planned: list[Planned] = field(default_factory=list)
    number: int | None = None
    """Of the import that did it, by which it can be taken back."""

    @property
    def members(self) -> list[RosterRow]:
        """Asked by mail to confirm that they are members."""
        return self._of(RowOutcome.INVITED)

    @property
    def subscribers(self) -> list[RosterRow]:
        """Get the mail, as before."""
        return self._of(RowOutcome.READER)

    @property
    def known(self) -> list[tuple[RosterRow, str]]:
        """Left as they are, each with why."""
        return [(each.row, each.why) for each in self.planned if each.outcome not in COMES]

    def _of(self, outcome: RowOutcome) -> list[RosterRow]:
        return [each.row for each in self.planned if each.outcome is outcome]


@dataclass
class _Here:
    """The people here already: by address, open and ended memberships, readers."""

    people: dict[str, int]
    own: set[int]
    left: set[int]
    organisations: set[str]
    said: dict[str, MailWish]
    sharers: dict[tuple[str, str], int]
    names: dict[int, str]

    def known_as(self, row: RosterRow) -> str:
        """The name of the person who has the row's address, if it is not the row's; "" for nobody else."""
        name = self.names.get(self.people.get(row.email, 0), "")
        return "" if row.shares or same_name(row.name, name) else name


def plan(network: Network, rows: Sequence[RosterRow]) -> Plan:
    """The effect of importing these rows, given who is here already. Changes nothing."""
    here = _here(network, rows)
    made = Plan()
    made.planned = [Planned(row, _outcome(row, here), here.known_as(row)) for row in rows]
    return made


def _outcome(row: RosterRow, here: _Here) -> RowOutcome:
    person_id, said = here.people.get(row.email), here.said.get(row.email)
    if row.wish is not Wish.NONE:
        return RowOutcome.WISH
    if row.shares:
        return _of_sharer(row, here)
    organisation = row.kind == MembershipKind.ORGANISATION and row.comes_as is ComesAs.MEMBER
    if organisation and people_organisations.name_key(row.organisation) in here.organisations:
        return RowOutcome.ORGANISATION
    if person_id in here.own and not organisation:
        return RowOutcome.MEMBER
    if said in _STAYS_OUT:
        return _STAYS_OUT[said]
    if person_id in here.left and not organisation:
        return RowOutcome.LEFT
    if row.comes_as is ComesAs.MEMBER:
        return RowOutcome.INVITED
    return RowOutcome.READS if said is MailWish.READS else RowOutcome.READER


def _of_sharer(row: RosterRow, here: _Here) -> RowOutcome:
    """A second person with one address comes as a member to be asked for an address of their own, and not as a reader."""
    if row.comes_as is not ComesAs.MEMBER:
        return RowOutcome.SHARES
    if row.kind == MembershipKind.ORGANISATION:
        known = people_organisations.name_key(row.organisation) in here.organisations
        return RowOutcome.ORGANISATION if known else RowOutcome.INVITED
    if here.sharers.get((row.email, people_organisations.name_key(row.name))) in here.own:
        return RowOutcome.MEMBER
    return RowOutcome.ERASED if here.said.get(row.email) is MailWish.ERASED else RowOutcome.INVITED


_STAYS_OUT: dict[MailWish | None, RowOutcome] = {
    MailWish.ERASED: RowOutcome.ERASED,
    MailWish.LEFT: RowOutcome.LEFT,
    MailWish.SILENT: RowOutcome.SILENT,
}


def why(outcome: RowOutcome, row: RosterRow) -> str:
    """The outcome of a row and its reason, in words that follow its name."""
    if outcome is RowOutcome.WISH:
        return _WISHES[row.wish]()
    if outcome is RowOutcome.INVITED and row.shares:
        return str(
            _(
                "has the address of row %(row)s, and is asked there, once, for an address of their own",
                row=row.shares,
            )
        )
    if outcome is RowOutcome.INVITED and row.kind == MembershipKind.ORGANISATION:
        return str(_("is asked by mail to confirm, for %(organisation)s", organisation=row.organisation))
    return _WORDS[outcome](row)


_WORDS: dict[RowOutcome, Callable[[RosterRow], str]] = {
    RowOutcome.SHARES: lambda row: _(
        "has the address of row %(row)s, to which one mail goes", row=row.shares
    ),
    RowOutcome.MEMBER: lambda row: _("has a membership here already, and gets the mail of members"),
    RowOutcome.ORGANISATION: lambda row: _(
        "is not changed: %(organisation)s is already a member", organisation=row.organisation
    ),
    RowOutcome.READS: lambda row: _("is a reader already"),
    RowOutcome.SILENT: lambda row: _("was a reader, and wants no more mail"),
    RowOutcome.ERASED: lambda row: _(
        "had their name and address removed here; they can join again with the form"
    ),
    RowOutcome.LEFT: lambda row: _("was a member and left; they can join again with the form"),
    RowOutcome.READER: lambda row: _("gets the mail, as before"),
    RowOutcome.INVITED: lambda row: _("is asked by mail to confirm that they are a member"),
}
_WISHES: dict[Wish, Callable[[], str]] = {
    Wish.SILENT: lambda: _("asked for no mail there, and is left out"),
    Wish.BOUNCES: lambda: _("is left out: mail to this address came back there"),
    Wish.NOT_YET: lambda: _("is left out: they were not on the list yet, or were only waiting"),
    Wish.GONE: lambda: _("is left out: marked as deceased or deleted there"),
}


def sharers_by_key(written: Collection[str]) -> dict[tuple[str, str], int]:
    """People who wait for an address of their own, by the one they came with and their name however it is spelt."""
    return {
        (address, people_organisations.name_key(name)): key
        for (address, name), key in sharers(written).items()
    }


def _here(network: Network, rows: Sequence[RosterRow]) -> _Here:
    query = (
        select(Membership.person_id, Organisation.name_key, Membership.end, Membership.state)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.network_id == network.id)
    )
    found = db.session.execute(query).all()
    own = {row[0] for row in found if row[0] and row[2] is None}
    people = {address: one.person_id for address, one in owners([row.email for row in rows]).items()}
    return _Here(
        people=people,
        names=names(people.values()),
        own=own,
        left={row[0] for row in found if row[0] and row[3] in ENDED} - own,
        organisations={row[1] for row in found if row[1] and row[2] is None},
        said=wishes(network.id, {row.email for row in rows}),
        sharers=sharers_by_key({row.email for row in rows if row.shares}),
    )
