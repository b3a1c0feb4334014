"""Moving to another address: the new one must confirm, and the old one can refuse for a week."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.duties import together
from govnet.kernel.errors import RuleBroken
from govnet.mail.headers import Address
from govnet.mail.outgoing import outbox
from govnet.mail.page_addresses import site_url
from govnet.people import addresses, persons
from govnet.people.models import Person
from govnet.permissions import Can, check_right
from govnet.sign_in import links, queries, rules, sessions
from govnet.sign_in.models import AddressChange


def ask(address: str, *, by: Actor) -> None:
    """Ask the new address whether it is hers; nothing moves before it confirms.

    An address that somebody else has gets a mail too, which says so: the page must not reveal it.
    """
    check_right(by, Can.OWN)
    person = db.session.get_one(Person, by.person_id)
    if persons.main_address(person.id) == address:
        raise RuleBroken(_("This is already your address."), field="email")
    cancel(by=by)
    token = secrets.token_urlsafe(24)
    row = AddressChange(
        person_id=person.id, address=address, token_digest=rules.digest(token), asked_at=clock.now()
    )
    db.session.add(row)
    taken = persons.person_by_email(address) is not None
    _mail(
        "accounts/address_taken" if taken else "accounts/address_confirm",
        address,
        person,
        address=site_url("accounts.confirm_address", token=token),
        until=row.asked_at + rules.CONFIRM_LASTS,
    )


def _mail(template: str, to: str, person: Person, **context: Any) -> None:
    outbox.post(
        template,
        to=Address(to, person.name),
        context={"name": person.name, "zone": person.zone or "Europe/London", **context},
        language=person.locale,
    )


def cancel(*, by: Actor) -> None:
    """The new address is not wanted after all; its link is worth nothing."""
    check_right(by, Can.OWN)
    waiting = (AddressChange.person_id == by.person_id, AddressChange.confirmed_at.is_(None))
    db.session.execute(delete(AddressChange).where(*waiting))


def is_waiting(row: AddressChange) -> bool:
    """Whether the new address may still confirm, even if somebody else has it."""
    state = rules.link_state(
        asked_at=row.asked_at, used_at=row.confirmed_at, now=clock.now(), lasts=rules.CONFIRM_LASTS
    )
    return state is rules.LinkState.LIVE


def can_confirm(row: AddressChange | None) -> bool:
    """Whether the link in the mail still moves anything: for anyone who can read that address's mail."""
    return row is not None and is_waiting(row) and persons.person_by_email(row.address) is None


def confirm(token: str) -> bool:
    """The new address confirms: mail goes there and it signs in from now on; the old one gets a mail that can undo it.

    False if the link is old, or the address became somebody else's meanwhile.
    """
    row = queries.change_by_token(token)
    if row is None or not can_confirm(row):
        return False
    person = db.session.get_one(Person, row.person_id)
    row.old_address, row.confirmed_at = persons.main_address(person.id), clock.now()
    undo = secrets.token_urlsafe(24)
    row.undo_digest = rules.digest(undo)
    addresses.move(person.id, row.address)
    links.end_mailed(person.id)
    if row.old_address:
        _mail(
            "accounts/address_moved",
            row.old_address,
            person,
            address=site_url("accounts.undo_address", token=undo),
            until=row.confirmed_at + rules.UNDO_LASTS,
        )
    return True


def can_undo(row: AddressChange | None) -> bool:
    """Whether the old address may still refuse."""
    if row is None or row.confirmed_at is None:
        return False
    state = rules.link_state(
        asked_at=row.confirmed_at, used_at=row.undone_at, now=clock.now(), lasts=rules.UNDO_LASTS
    )
    return state is rules.LinkState.LIVE


def undo(token: str) -> bool:
    """The old address says no: it is hers again, every browser is signed out, the password is gone.

    The person who moved the account may know the password, so a mailed link is the only way in until a new one is set.
    """
    row = queries.change_by_undo(token)
    if row is None or not can_undo(row) or persons.person_by_email(row.old_address or "") is not None:
        return False
    person = db.session.get_one(Person, row.person_id)
    if person.erased_at is not None or not row.old_address:
        return False
    row.undone_at = clock.now()
    person.password_hash = None
    sessions.end_all_sessions(person.id)
    links.end_mailed(person.id)
    others = (AddressChange.person_id == person.id, AddressChange.id != row.id)
    db.session.execute(
        delete(AddressChange).where(*others)
    )  # a thief who moved it further cannot take it back
    addresses.move(person.id, row.old_address)
    return True


def forget_old() -> int:
    """Drop changes of address that nobody can confirm or undo any more, and with them the old addresses."""
    now = clock.now()
    stale = select(AddressChange.id).where(
        (AddressChange.confirmed_at < now - rules.UNDO_LASTS)
        | (AddressChange.confirmed_at.is_(None) & (AddressChange.asked_at < now - timedelta(days=2)))
    )
    return together("forget old addresses", db.session.scalars(stale), _drop)


def _drop(keys: Sequence[int]) -> int:
    gone = db.session.execute(delete(AddressChange).where(AddressChange.id.in_(keys)))
    return int(getattr(gone, "rowcount", 0))
