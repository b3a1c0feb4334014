"""The keys under which tries to sign in are counted, so that limits stop strangers and not the owner of the account."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app, request, session
from flask_login import current_user

from govnet.kernel.client_address import asker
from govnet.people import persons
from govnet.people.addresses import parsed_or_none
from govnet.sign_in import queries
from govnet.sign_in.known_browsers import mark_of
from govnet.sign_in.rules import keyed_digest

BY_ASKER = "100 per hour"
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class TryCount:
    """The tries that are counted together: for an account all by strangers, and apart from it each known browser."""

    key: str
    """A keyed digest, which names nobody."""
    known: bool
    """The account was signed in to from this browser before."""


def counted(address: str) -> TryCount:
    """For an address that was typed: its account, or where nobody has it the address as it would be kept.

    Found by the same statements and digests whether or not there is an account.
    """
    kept = parsed_or_none(address[:_LONGEST])
    if kept is None:
        return _counted(f"no address {asker()}", "")
    row = persons.known_by(kept)
    mark = mark_of(row.person_id if row is not None else 0)
    return _counted(f"person {row.person_id}" if row is not None else f"address {kept}", mark)


def _counted(what: str, mark: str) -> TryCount:
    key = keyed_digest(current_app.config["SECRET_KEY"], "counted", f"{what} {mark}")
    return TryCount(key, bool(mark))


def tried() -> str:
    """The count for the address in this form."""
    return counted(request.form.get("email", "")).key


def was_wrong(answer: Response) -> bool:
    """Whether a try counts: not where it was right, or where the server was too busy to look."""
    return answer.status_code == 422


def is_known() -> bool:
    """Whether the account in this form, or the one whose link or digits were asked for, knows this browser."""
    address = request.form.get("email") or str(session.get("asked_for", ""))
    if not address and current_user.is_authenticated:
        return True
    return counted(address).known


def has_link() -> bool:
    """Whether the address of this page is a link that was mailed: it cannot be guessed, so nobody is kept from it."""
    return queries.link_by_token(str((request.view_args or {}).get("token", ""))) is not None
