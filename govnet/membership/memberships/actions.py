"""Acts of members on their own membership: confirm it when it came from an old list, leave, start again, be named."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door, Represents
from govnet.kernel.errors import NotFound, RuleBroken
from govnet.kernel.models import reference
from govnet.mail.headers import Address
from govnet.mail.incoming import reply_handlers
from govnet.mail.page_addresses import Ending
from govnet.membership import mails
from govnet.membership.criteria import agree
from govnet.membership.events import (
    MembershipConfirmed,
    MembershipRestarted,
    NamingChanged,
)
from govnet.membership.memberships import queries
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.membership.organisations.queries import open_voice
from govnet.membership.signed_links import ids_of, token_for, url_until
from govnet.people.addresses import is_owners, prove
from govnet.people.models import Person, PersonEmail, Representation
from govnet.permissions import Can, check_right, require
from govnet.record.actions import erase_words, record
from govnet.record.events import Visibility
from govnet.record.queries import entries_about
from govnet.sign_in import address_change

CONFIRM = "confirm"
"""The purpose of an answer to the mail that asks people from an old list."""
_GONE = _l("This link no longer works. Fill in the form to join with your address, and you get a new one.")


def confirming_url(network: Network, membership_id: int, email_id: int) -> Ending:
    """The page on which somebody from the old list, or whose membership ran out, says yes."""
    return url_until(network, "membership.confirming", token_for("membership", membership_id, email_id))


def held_by(token: str, network: Network) -> tuple[Membership, Actor]:
    """The membership of a link, and the holder of the link as an actor. NotFound for any other link."""
    membership, _address, by = held(*ids_of("membership", token, 2))
    if membership.network_id != network.id:
        raise NotFound(_GONE)
    return membership, by


def may_confirm(token: str) -> bool:
    """Whether the address that the link was mailed to is its holder's own."""
    address = db.session.get(PersonEmail, ids_of("membership", token, 2)[1])
    return address is not None and is_owners(address)


def held(membership_id: int, email_id: int) -> tuple[Membership, PersonEmail, Actor]:
    """The membership, the address that was written to about it, and who has that address. NotFound where either is gone."""
    membership = queries.with_party(membership_id)
    address = db.session.get(PersonEmail, email_id)
    if membership is None or address is None:
        raise NotFound(_GONE)
    return membership, address, acting(db.session.get_one(Person, address.person_id), membership)


def acting(person: Person, membership: Membership) -> Actor:
    """The person as somebody who holds the membership: their own, or their organisation's."""
    organisation = membership.organisation
    spoken = open_voice(organisation.id, person.id) if organisation is not None else None
    if organisation is None or spoken is None:
        return Actor(person.id, person.name, membership.network_id)
    says = Represents(organisation.id, organisation.name, membership.id, spoken.is_primary)
    return Actor(person.id, person.name, membership.network_id, represents=(says,))


def confirm(membership: Membership, *, by: Actor, email_id: int | None = None, via: Door) -> Membership:
    """Somebody from the old list says yes: the membership is active and on the roll from now on.

    With `email_id` the link in a mail was pressed, so the address is verified. Doing it twice does it once.
    """
    act = require(by, Can.HOLD_MEMBERSHIP, membership, via)
    if not queries.held_still(membership.id):  # the list it came with was taken back meanwhile
        raise NotFound(_GONE)
    if membership.state is MembershipState.ACTIVE:
        return membership
    if membership.state is not MembershipState.FOUND:
        raise RuleBroken(_("There is nothing to confirm: this membership has ended."))
    if email_id is not None:
        _verify(email_id)
    membership.state, membership.confirmed_at = MembershipState.ACTIVE, clock.now()
    membership.renewed_on = clock.today(_network(membership).zone)
    membership.renewal_reminded_at = None
    record(
        MembershipConfirmed(
            act=act,
            seen_by=seen(membership),
            membership=membership,
            name=queries.name_of(membership),
        )
    )
    return membership


def _verify(email_id: int) -> None:
    address = db.session.get_one(PersonEmail, email_id)
    if address.verified_at is not None:
        return
    if not is_owners(address):
        raise RuleBroken(_("This address belongs to another account. Give an address of your own first."))
    prove(address)


def ask_own_address(membership: Membership, email_id: int, typed: str, *, by: Actor) -> None:
    """Somebody from the old list, whose address is another's, gives one of their own: it is asked by mail.

    Nothing moves before that address says yes. RuleBroken where it is the same, or nothing is to be given.
    """
    check_right(by, Can.HOLD_MEMBERSHIP, membership)
    address = db.session.get_one(PersonEmail, email_id)
    if is_owners(address):
        raise RuleBroken(_("You already have an address of your own."))
    if typed == address.address:
        raise RuleBroken(
            _("Somebody else has this address. Give another one that only you read."), field="email"
        )
    address_change.ask(typed, by=by)


def _network(membership: Membership) -> Network:
    return db.session.get_one(Network, membership.network_id)


def seen(membership: Membership) -> Visibility | None:
    """The readers of the entry: everybody, if the name may be seen."""
    public = membership.named_in_public or membership.kind is MembershipKind.ORGANISATION
    return Visibility.PUBLIC if public else None


def restart(membership: Membership, ticked: Collection[str] = (), *, by: Actor, via: Door) -> Membership:
    """Start again after the membership ran out. Doing it twice does it once.

    RuleBroken while a sentence that members agree to, and that was not agreed to before, is not ticked.
    """
    act = require(by, Can.HOLD_MEMBERSHIP, membership, via)
    if membership.state is MembershipState.ACTIVE:
        return membership
    if membership.state is not MembershipState.LAPSED:
        raise RuleBroken(_("This membership has ended. You can join again."))
    agree(membership, ticked)
    network = _network(membership)
    membership.state, membership.end, membership.confirmed_at = MembershipState.ACTIVE, None, clock.now()
    membership.renewed_on = clock.today(network.zone)
    membership.renewal_asked_at = membership.renewal_reminded_at = None
    record(
        MembershipRestarted(
            act=act,
            seen_by=seen(membership),
            membership=membership,
            name=queries.name_of(membership),
        )
    )
    return membership


def name_in_public(membership: Membership, public: bool, *, by: Actor, via: Door) -> Membership:
    """Say whether the public may see one's name: among the members, and beside an organisation one speaks for.

    Where it may not any more, it goes from the public entries that tell of it too.
    """
    act = require(by, Can.HOLD_MEMBERSHIP, membership, via)
    row: Membership | Representation | None = membership
    if membership.organisation_id is not None and by.person_id is not None:
        row = open_voice(membership.organisation_id, by.person_id)
    if row is None or row.named_in_public == public:
        return membership
    row.named_in_public = public
    network = _network(membership)
    if not public:
        for entry in entries_about(network.id, reference(row)):
            if entry.visibility is Visibility.PUBLIC:
                erase_words(entry)
    record(NamingChanged(act=act, membership=membership, name=by.name, public=public))
    return membership


def _ask_for_own(membership: Membership, address: PersonEmail, network: Network) -> bool:
    mails.own_address(
        network,
        Address(address.address, address.person.name),
        confirming_url(network, membership.id, address.id),
        language=address.person.locale,
        key=f"found:{membership.id}:own",
    )
    return True


def ask_to_confirm(membership_id: int) -> bool:
    """Write to a person from an old list that one click makes them a member; a second time if they don't answer.

    Somebody whose address is another's is asked for one of their own, once. False if nobody can be asked.
    """
    membership = queries.with_party(membership_id)
    if membership is None or membership.state is not MembershipState.FOUND:
        return False
    again = membership.asked_at is not None
    if again:
        membership.renewal_reminded_at = clock.now()
    else:
        membership.asked_at = clock.now()
    address = queries.address_to_ask(membership)
    if address is None:
        return False
    network = _network(membership)
    if not is_owners(address):
        return not again and _ask_for_own(membership, address, network)
    mails.confirm_membership(
        network,
        Address(address.address, address.person.name),
        confirming_url(network, membership.id, address.id),
        answers_to=reply_handlers.address(CONFIRM, membership.id, address.id),
        party=queries.name_of(membership) if membership.organisation_id else "",
        language=address.person.locale,
        key=f"found:{membership.id}:{'again' if again else 'first'}",
        again=again,
    )
    return True
