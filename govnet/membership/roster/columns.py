"""The names of the columns in other programs' lists of people, in their languages, and their values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_HEADINGS: Final[Mapping[str, str]] = {
    # Ours first. After it: Mailman, Google, Mailchimp, CiviCRM, Outlook, Thunderbird, Loomio, Eventbrite; then German,
    # French, Spanish, Welsh, Dutch, Italian, Portuguese. The order is that of preference where several are filled in.
    "email": "email|email address|e mail|e mail address|primary email|email primary|home email|email home|work email"
    "|email work|main email|mail|mail address|user email|member email|subscriber email|email 1|e mail 1 value"
    "|email 1 value|e mail 1|emailaddress|your email|your email address|contact email|email id"
    "|e mail adresse|email adresse|emailadresse|mailadresse|mail adresse|elektronische adresse"
    "|adresse e mail|adresse email|adresse mail|adresse de messagerie|adresse electronique|courriel|mel"
    "|correo electronico|direccion de correo electronico|correo|correo e|direccion de correo|direccion email"
    "|e bost|ebost|cyfeiriad e bost|cyfeiriad ebost|e mailadres|emailadres|indirizzo e mail|indirizzo email"
    "|indirizzo di posta elettronica|posta elettronica|endereco de email|endereco de e mail"
    "|endereco de correio eletronico|adres e mail|adres email|seoladh riomhphoist|riomhphost|post d",
    "maybe email": "address|addresses|adresse|adressen|contact|subscriber|subscribers|member|members|recipient"
    "|recipients|list member|list members|user|value|to",
    "other email": "secondary email|other email|email other|alternate email|additional email|email 2|other email address",
    "name": "name|full name|fullname|display name|real name|member name|contact name|subscriber name|attendee name"
    "|user name|your name|gecos|vollstandiger name|vor und nachname|angezeigter name|anzeigename|nom|nom complet"
    "|nombre|nombre completo|nombre y apellidos|enw|enw llawn|naam|volledige naam|nome|nome completo"
    "|nome e cognome|ainm|e mail display name|e mail angezeigter name"
    "|nom complet de l adresse de messagerie|nombre de pantalla de correo electronico"
    "|nombre para mostrar del correo electronico|nickname|nick name",
    "sort name": "sort name|name last first|last name first name|last first|surname first name",
    "first": "first name|first|firstname|given name|forename|forenames|christian name|fname|first names"
    "|vorname|prenom|nombre de pila|primer nombre|enw cyntaf|enw bedydd|voornaam|nome proprio|nome de batismo",
    "last": "last name|last|lastname|surname|family name|lname|nachname|familienname|zuname|nom de famille"
    "|apellidos|apellido|primer apellido|cyfenw|enw olaf|achternaam|cognome|sobrenome|apelido",
    "organisation": "organisation|organization|org|company|company name|organisation name|organization name"
    "|organization 1 name|employer|current employer|affiliation|organisation or group"
    "|firma|firmenname|unternehmen|verein|institution|societe|entreprise|organisme|structure"
    "|empresa|compania|organizacion|entidad|cwmni|sefydliad|mudiad|bedrijf|organisatie|azienda|organizzazione"
    "|organizacao",
    "kind": "kind|type|contact type|record type|membership type|member type",
    "as": "as|comes as|role",
    "status": "status|group status|email status|email preference|delivery status|delivery mode|subscription status"
    "|member status|email marketing status|email subscriber status|mail status",
    "no mail": "do not email|no bulk emails user opt out|no bulk emails|opt out|opted out|email opt out|unsubscribed"
    "|unsub time|unsubscribed at|unsubscribe time|nomail|no mail|no email|do not contact",
    "bounces": "on hold|email on hold|bounced|clean time|cleaned at|cleaned time",
    "gone": "is deceased|deceased|contact is deleted|is deleted",
}  # fmt: skip
COLUMN_OF: Final = {
    heading: column for column, all_of_it in _HEADINGS.items() for heading in all_of_it.split("|")
}
_RANK: Final = {heading: rank for rank, heading in enumerate(COLUMN_OF)}
_NUMBERED: Final = re.compile(r"e ?mail( address| adresse)? ?[2-9]( (address|adresse|value))?")
_NO_LETTER: Final = re.compile(r"[^\w]|_")
_BEHIND: Final = re.compile(r"[(,\[*]")
_NOTHING: Final = frozenset(("-", "--", "n/a", "#n/a", "null", "none", "nil", "\\n", "(none)"))
"""Values that programs write for an empty cell."""
_ABOUT_MAIL: Final = frozenset(
    [
        "type",
        "label",
        "status",
        "preference",
        "format",
        "sent",
        "opened",
        "clicks",
        "count",
        "domain",
        "permission",
        "list",
        "consent",
        "date",
        "time",
        "receive",
        "want",
        "like",
        "may",
        "can",
        "prefer",
        "often",
        "id",
        "website",
        "phone",
        "role",
        "size",
        "kind",
        "group",
        "event",
        "ticket",
        "file",
        "product",
    ]
)
"""Words with which a heading is about something else than what it names."""
_HALVES: Final = frozenset(("name", "nom", "nombre", "naam", "nome", "enw"))
"""Headings of a whole name, or of the other half beside a first or a last name."""

OURS: Final = frozenset(("kind", "as", "comes as"))
"""Headings of ours, under which a word that is not known is a mistake."""
_OF_MAILMAN: Final = frozenset(
    ("delivery mode", "delivery status", "list id", "moderation action", "subscription mode")
)
"""Where these stand, a member is somebody who gets the mail."""
KINDS: Final = {
    "individual": "individual", "organisation": "organisation", "observer": "observer",
    "organization": "organisation", "company": "organisation", "household": "individual", "person": "individual",
    "people": "individual", "group": "organisation",
}  # fmt: skip
COMES_AS: Final = {
    "subscriber": "subscriber", "reader": "subscriber", "member": "member-as-found",
    "member-as-found": "member-as-found",
}  # fmt: skip
SILENT: Final = frozenset(
    [
        "no email",
        "nomail",
        "no mail",
        "unsubscribed",
        "unsubscribe",
        "opt out",
        "opted out",
        "user opt out",
        "disabled",
        "by user",
        "by moderator",
        "banned",
        "inactive",
        "web only",
        "non subscribed",
        "not subscribed",
    ]
)
BOUNCING: Final = frozenset(
    ["bouncing", "bounced", "bounce", "cleaned", "by bounces", "hard bounce", "hard bounced", "invalid"]
)
NOT_YET: Final = frozenset(
    ["pending", "invited", "nonmember", "non member", "unconfirmed", "moderation", "waiting"]
)
_NO: Final = frozenset(
    ["", "no", "n", "0", "false", "non", "nein", "nee", "na", "none", "-", "off", "0000-00-00 00:00:00"]
)


def folded(words: str) -> str:
    """A heading or a word for comparison: no case, accents or marks between words, and no brackets with their content."""
    text = unicodedata.normalize("NFKD", words).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(_NO_LETTER.sub(" ", text).split())


def column_of(heading: str) -> str:
    """Which of our columns a heading means; "" for one that nobody knows."""
    for words in (folded(heading), folded(_BEHIND.split(heading, maxsplit=1)[0])):
        if words in COLUMN_OF:
            return COLUMN_OF[words]
        if _NUMBERED.fullmatch(words):
            return "other email"
    return _by_its_words(folded(heading))


def _by_its_words(heading: str) -> str:
    """The column that a heading in the form of a question means: “What is your e-mail address?”; "" for anything else."""
    words = set(heading.split())
    if len(words) > 12 or words & _ABOUT_MAIL:
        return ""
    if words & {"email", "emails", "ebost", "courriel"} or {"e", "mail"} <= words:
        return "other email"
    if words & {"organisation", "organization", "company", "employer"}:
        return "other organisation"
    if "name" not in words:
        return ""
    for half, its in (("first", {"first", "given", "forename"}), ("last", {"last", "family", "surname"})):
        if words & its:
            return half
    return "name" if words & {"your", "full", "member", "contact", "person"} else ""


def says_yes(cell: str) -> bool:
    """Whether a cell of a yes-or-no column means yes; a date does too."""
    return cell.strip().casefold() not in _NO


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of each column in a row, the preferred one first."""

    places: Mapping[str, tuple[int, ...]]
    headings: tuple[str, ...]

    def first(self, column: str, cells: Sequence[str]) -> str:
        """The first filled cell of that column; "" without one."""
        found = (cells[place].strip() for place in self.places.get(column, ()) if place < len(cells))
        return next((cell for cell in found if cell and cell.casefold() not in _NOTHING), "")

    def all(self, *columns: str) -> Iterable[int]:
        """The places of these columns."""
        return (place for column in columns for place in self.places.get(column, ()))

    @property
    def unknown(self) -> list[int]:
        """Places that nobody knows."""
        known = {place for places in self.places.values() for place in places}
        return [place for place in range(len(self.headings)) if place not in known]


def columns_of(headings: Sequence[str]) -> Columns:
    """The columns that headings name. “Name” beside a first name alone is the last one, and the other way about."""
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        if column := column_of(heading):
            places.setdefault(column, []).append(place)
    if {folded(heading) for heading in headings} & _OF_MAILMAN:
        places.pop("as", None)
    for column, found in places.items():
        if column in ("email", "name"):
            found.sort(key=lambda place: _RANK.get(folded(headings[place]), len(_RANK)))
    for there, missing in (("first", "last"), ("last", "first")):
        if there in places and missing not in places and "name" in places:
            both = [place for place in places["name"] if folded(headings[place]) in _HALVES]
            if both:
                places[missing] = both
                places["name"] = [place for place in places["name"] if place not in both]
    return Columns({column: tuple(found) for column, found in places.items()}, tuple(headings))
