"""Addresses that the program itself reads: each says for what an answer is, and nobody can make one up."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress

from flask import current_app

from govnet.kernel.errors import RuleBroken
from govnet.kernel.per_app import PerApp
from govnet.mail.incoming import reply_addresses
from govnet.mail.incoming.parser import Incoming

Handler = Callable[[Sequence[int], Incoming], None]
"""Carries out an answer. Raises RuleBroken (NotDone, if the sender's language is known) or NotFound: its text goes back."""
Asked = Callable[[Sequence[int]], tuple[str, str] | None]
"""The address that was asked, and its owner's language; None where it is gone."""
_handlers: PerApp[dict[str, Handler]] = PerApp("reply_handlers", dict)
_asked: PerApp[dict[str, Asked]] = PerApp("reply_asked", dict)


class NotDone(RuleBroken):
    """An answer that does nothing; the message says why, in `language`."""

    def __init__(self, message: object, *, language: str) -> None:
        super().__init__(message)
        self.language = language


def answers(purpose: str, handler: Handler, asked: Asked) -> None:
    """Have answers to addresses of this purpose, a few lower-case letters, handed to `handler` inside transaction().

    `asked` says who was written to, for the mails that are too much to read: only a mail from that address is answered then.
    """
    _handlers()[purpose], _asked()[purpose] = handler, asked


def handler_of(purpose: str) -> Handler:
    """The reader of answers for this purpose."""
    return _handlers()[purpose]


def asked_by(purpose: str, ids: Sequence[int], sender: str) -> str | None:
    """The language of the person who was asked, if the mail came from their address; else None."""
    found = _asked()[purpose](ids)
    return found[1] if found is not None and same_mailbox(found[0], sender) else None


def same_mailbox(one: str, other: str) -> bool:
    """Whether mail to both addresses lies in one mailbox, as far as anybody can know without asking.

    Programs send from the address without its "+tag", from gmail.com for googlemail.com and with or without the dots that Gmail
    does not see, and write a domain in letters or in ASCII (RFC 5890). Enough beside a token; not enough to know a person by.
    """
    return bool(one) and _mailbox(one) == _mailbox(other)


def _mailbox(address: str) -> tuple[str, str]:
    local, _, domain = unicodedata.normalize("NFC", address.strip().casefold()).rpartition("@")
    with suppress(UnicodeError):
        domain = domain.rstrip(".").encode("idna").decode()
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        return local.replace(".", ""), "gmail.com"
    return local, domain


def address(purpose: str, *ids: int) -> str:
    """Where an answer about these rows goes, always the same; empty on a server to which no mail comes."""
    pattern = current_app.config["MAIL_REPLIES"]
    return reply_addresses.written(pattern, _key(), purpose, ids) if pattern else ""


def read_address(recipient: str) -> tuple[str, list[int]] | None:
    """The purpose and the ids of an address that we made; None for any other."""
    meant = reply_addresses.read(current_app.config["MAIL_REPLIES"] or "", _key(), recipient)
    return meant if meant is not None and meant[0] in _handlers() else None


def _key() -> str:
    return str(current_app.config["MAIL_KEY"])
