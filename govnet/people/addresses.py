"""E-mail addresses: what one is, whose it is, and what its owner said about mail. Every door asks here."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from flask import current_app
from sqlalchemy import Select, and_, delete, exists, or_, select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import N_, Said
from govnet.kernel.per_app import PerApp
from govnet.kernel.signals import emit
from govnet.kernel.statements import another, chunks
from govnet.kernel.text import clean
from govnet.people.models import ErasedAddress, Person, PersonEmail

MOST: Final = 254
"""Characters of an address (RFC 5321, 4.5.3.1.3, with erratum 1690)."""
MOST_LOCAL: Final = 64
"""Characters before its @ (RFC 5321, 4.5.3.1.1)."""
_MOST_TYPED: Final = 400
"""Longer than this nothing is looked at: a domain in other letters can only become longer on the wire."""
_CURLY: Final = "\u2018\u2019\u201b\u02bc\u2032\u00b4"
_ATOM: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]*")
_NAMED: Final = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_ESCAPED: Final = re.compile(r"\\(.)")
_LABEL: Final = "[A-Za-z0-9](?:(?:[A-Za-z0-9]|-(?!-)){0,61}[A-Za-z0-9])?"
_ATEXT: Final = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN: Final = re.compile(rf"(?=[^@]{{1,64}}@){_ATEXT}(?:\.{_ATEXT})*@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}")
"""Addresses that need no closer look, as nearly all."""
_ERASED: Final = "erased address"


class BadAddress(RuleBroken):
    """No address that mail can go to; the message says what to do about it."""

    def __init__(self, message: Said) -> None:
        super().__init__(message, field="email")


@cache
def _special() -> frozenset[str]:
    """Ends of domains that no mail goes to."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    return frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)


def parsed(typed: str) -> str:
    """The one spelling under which an address is kept, compared and written to: ASCII, in lower case, its domain as DNS has it.

    Takes what RFC 5321 calls a Mailbox with a Dot-string before the @, and international domains (UTS 46, IDNA 2008).
    Quoted and non-ASCII local parts and address literals are refused, for not every server on the way can carry them.
    The result can always be written by `mail.headers` and on the SMTP line. Raises BadAddress.
    """
    if len(typed) > _MOST_TYPED:
        raise BadAddress(_TOO_LONG)
    text = _trimmed(typed)
    if len(text) > MOST and text.isascii():
        raise BadAddress(_TOO_LONG)
    local, _at, domain = text.rpartition("@")
    if _PLAIN.fullmatch(text) and domain.rpartition(".")[2].lower() not in _special():
        return text.lower()
    fault = _fault(text, local, domain)
    if fault is not None:
        raise BadAddress(fault)
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            f"{local}@{domain.removesuffix('.')}", check_deliverability=False, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise BadAddress(
            Said(N_("Mail cannot go to “%(domain)s”: check the part after the @."), {"domain": domain})
        ) from error
    address = (found.ascii_email or "").lower()
    if len(address) > MOST:
        raise BadAddress(_TOO_LONG)
    return address


def parsed_or_none(typed: str) -> str | None:
    """The same, or None for anything else."""
    try:
        return parsed(typed)
    except BadAddress:
        return None


def mailbox(typed: str) -> tuple[str, str]:
    """The name and the address of `Name <address>`, `"Name, of" <address>` or an address alone. Raises BadAddress."""
    found = _NAMED.fullmatch(typed.strip()) if len(typed) <= 2 * _MOST_TYPED else None
    if found is None:
        return "", parsed(typed)
    name = clean(found["name"], lines=False)
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        name = _ESCAPED.sub(r"\1", name[1:-1]).strip()
    return name, parsed(found["address"])


_TOO_LONG: Final = Said(N_("An e-mail address has at most %(most)s characters."), {"most": MOST})
_NONE: Final = Said(N_("Enter an e-mail address, such as name@example.org."))
_HIDDEN: Final = Said(N_("There is a character in this address that cannot be seen. Type the address again."))
_ALONE: Final = Said(N_("Enter just one address, such as name@example.org."))
_QUOTED: Final = Said(
    N_("Addresses with quotation marks are not accepted, because many mail servers refuse them.")
)
_CURLED: Final = Said(N_("There is a curly apostrophe in this address. Type a straight one: '"))
_LONG_LOCAL: Final = Said(N_("There are at most %(most)s characters before the @."), {"most": MOST_LOCAL})
_DOTS: Final = Said(N_("The part before the @ cannot begin or end with a dot, or have two dots together."))


def _trimmed(typed: str) -> str:
    """Without the blanks and invisible marks that copying leaves at both ends."""
    start, end = 0, len(typed)
    while start < end and _unseen(typed[start]):
        start += 1
    while start < end and _unseen(typed[end - 1]):
        end -= 1
    return typed[start:end]


def _unseen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cf", "Cc")


def _fault(text: str, local: str, domain: str) -> Said | None:
    """The mistake before the @, or in the whole; the part after it is judged by itself."""
    if not local or not domain:
        return _NONE
    if any(_unseen(char) and not char.isspace() for char in text):
        return _HIDDEN
    if '"' in local:
        return _QUOTED
    if any(char in " \t\n,;<>()@" or char.isspace() for char in local + domain):
        return _ALONE
    if any(char in _CURLY for char in local):
        return _CURLED
    strange = next((char for char in local if not _ATOM.fullmatch(char)), "")
    if strange:
        return Said(
            N_("“%(char)s” cannot be before the @ in an address that all mail servers accept."),
            {"char": strange},
        )
    if len(local) > MOST_LOCAL:
        return _LONG_LOCAL
    return _DOTS if local.startswith(".") or local.endswith(".") or ".." in local else None


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of an address: of several people who were found with it, the one it is written to."""

    person_id: int
    email_id: int
    verified: bool
    """The owner has proved it: only then does it sign in, or get the network's mail."""


def owner(address: str) -> Owner | None:
    """The owner of this address: the person who proved it, or else the first from an old list who has no other."""
    return owners([address]).get(address)


def owners(addresses: Collection[str]) -> dict[str, Owner]:
    """The same for many, as `parsed` spells them; those of nobody are left out."""
    found: dict[str, Owner] = {}
    for some in chunks(sorted(addresses)):
        for row in db.session.scalars(owned(some)):
            found.setdefault(row.address, Owner(row.person_id, row.id, row.verified_at is not None))
    return found


def owned(addresses: Collection[str]) -> Select[PersonEmail]:
    """The rows by which these addresses belong to somebody; the first of an address is its owner's."""
    proved = another(PersonEmail, "proved")
    has_another = exists().where(proved.person_id == PersonEmail.person_id, proved.verified_at.is_not(None))
    return (
        select(PersonEmail)
        .where(
            PersonEmail.address.in_(addresses),
            or_(PersonEmail.verified_at.is_not(None), and_(PersonEmail.main, ~has_another)),
        )
        .order_by(PersonEmail.verified_at.is_(None), PersonEmail.id)
    )


def is_owners(row: PersonEmail) -> bool:
    """Whether this person is the owner of the address, and not somebody who only came with it."""
    found = owner(row.address)
    return found is not None and found.email_id == row.id


def sharers(addresses: Collection[str]) -> dict[tuple[str, str], int]:
    """People who came with an address that is another's, by it and their name: they wait for one of their own."""
    found: dict[tuple[str, str], int] = {}
    whose = owners(addresses)
    for some in chunks(sorted(whose)):
        query = select(PersonEmail.address, Person.name, Person.id).join(
            Person, Person.id == PersonEmail.person_id
        )
        for address, name, person_id in db.session.execute(query.where(PersonEmail.address.in_(some))):
            if person_id != whose[address].person_id:
                found[address, name] = person_id
    return found


class MailWish(StrEnum):
    """The last choice of an address's owner about a network's mail; the first in this list counts."""

    ERASED = "erased"
    """Had name and address removed from this server."""
    LEFT = "left"
    """Was a member, and is none any more."""
    SILENT = "silent"
    """Wants no mail at all."""
    READS = "reads"
    """Wants it."""


Source = Callable[[int, Mapping[str, Owner | None]], Mapping[str, MailWish]]
_sources: PerApp[list[Source]] = PerApp("wishes", list)


def heard_by(source: Source) -> None:
    """Ask `source(network_id, addresses with their owners)` too: so features above add their knowledge."""
    if source not in _sources():
        _sources().append(source)


def wishes(network_id: int, addresses: Collection[str]) -> dict[str, MailWish]:
    """The choices of these addresses' owners about the mail of a network; those without one are left out."""
    whose = owners(addresses)
    known = {address: whose.get(address) for address in addresses}
    said = [(address, MailWish.ERASED) for address in erased_among(addresses)]
    said += [one for source in _sources() for one in source(network_id, known).items()]
    order = list(MailWish)
    found: dict[str, MailWish] = {}
    for address, wish in sorted(said, key=lambda one: order.index(one[1])):
        found.setdefault(address, wish)
    return found


def keyed_digest(purpose: str, address: str) -> str:
    """The address as a list that must name nobody keeps it: HMAC-SHA256 under MAIL_KEY, in hex."""
    key = str(current_app.config["MAIL_KEY"]).encode()
    return hmac.new(key, f"{purpose}\0{address.lower()}".encode(), hashlib.sha256).hexdigest()


def erased_digest(address: str) -> str:
    """How an erased address is kept."""
    return keyed_digest(_ERASED, address)


def erased_among(addresses: Collection[str]) -> set[str]:
    """Those of these addresses whose owner had them removed and has not come back."""
    by_digest = {erased_digest(address): address for address in addresses}
    found: set[str] = set()
    for some in chunks(sorted(by_digest)):
        query = select(ErasedAddress.digest).where(ErasedAddress.digest.in_(some))
        found |= {by_digest[digest] for digest in db.session.scalars(query)}
    return found


def remember_erased(address: str) -> None:
    """The owner had the address removed: no list that still has it brings it back. Inside transaction()."""
    digest = erased_digest(address)
    if db.session.get(ErasedAddress, digest) is None:
        db.session.add(ErasedAddress(digest=digest, at=clock.now()))


def come_back(address: str) -> None:
    """The owner came back and proved the address. Inside transaction()."""
    db.session.execute(delete(ErasedAddress).where(ErasedAddress.digest == erased_digest(address)))


@dataclass(frozen=True)
class PersonErased:
    """Emitted in the transaction that erases somebody, when every feature has ended what she holds.

    Rows that hold one of these names or addresses, without naming her by key, let go of it.
    """

    names: frozenset[str]
    addresses: frozenset[str]


@dataclass(frozen=True)
class AddressProved:
    """Emitted in the transaction in which an address becomes a person's: what it said before, she said."""

    address: str
    person_id: int


def prove(row: PersonEmail) -> None:
    """The owner read a mail that went there: the address is hers, and signs her in. Inside transaction()."""
    if row.verified_at is None:
        row.verified_at = clock.now()
        come_back(row.address)
        db.session.flush()  # those who listen look for it
        emit(AddressProved(row.address, row.person_id))


def move(person_id: int, address: str) -> None:
    """From now on this is the person's only address, and proved. Inside transaction()."""
    db.session.execute(delete(PersonEmail).where(PersonEmail.person_id == person_id))
    row = PersonEmail(person_id=person_id, address=address, main=True)
    db.session.add(row)
    prove(row)


@dataclass(frozen=True, slots=True)
class Reader:
    """A person as far as mail goes: where to write to, under which name, in which language."""

    person_id: int
    name: str
    address: str
    language: str = ""


def readers(person_ids: Collection[int]) -> list[Reader]:
    """Each of these people who has a verified main address, with it, by id."""
    found = []
    for some in chunks(sorted(person_ids)):
        query = (
            select(Person.id, Person.name, PersonEmail.address, Person.locale)
            .join(PersonEmail, PersonEmail.person_id == Person.id)
            .where(
                Person.id.in_(some),
                Person.erased_at.is_(None),
                PersonEmail.main,
                PersonEmail.verified_at.is_not(None),
            )
            .order_by(Person.id)
        )
        found += [Reader(*row) for row in db.session.execute(query)]
    return found
