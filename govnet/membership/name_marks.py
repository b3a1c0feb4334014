"""Marks that tell people apart: beside the name, never part of it, for people who hold an office or speak for an organisation.

If somebody else in the network has the same name, those who hold no office are told apart by the date since when they belong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import and_, case, exists, or_, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock, person_names
from govnet.kernel.statements import another
from govnet.mail.outgoing.notices import SignedName, ToldEntry
from govnet.membership.models import NOT_ENDED, Membership, MembershipState
from govnet.offices.queries import role_of
from govnet.people.models import Organisation, Person, Representation
from govnet.record.registry import by_the_rules

OFFICES = {"coordinator": _l("coordinator"), "steering": _l("committee")}
PLACE = re.compile(r"<!--mark ([0-9]+) ([0-9]+)(| chip)-->")
"""Where a page shows a mark; no text that people write holds a comment."""
_IN_PUBLIC, _AMONG_MEMBERS = "+", "-"


def signature(name: str, person_id: int | None, network_id: int | None, *, chip: bool = False) -> Markup:
    """A name in a page with the place for the mark beside it: the whole page asks for all its marks at once."""
    said = Markup("<bdi>{}</bdi>").format(name)
    if not person_id or not network_id:
        return said
    return said + Markup("<!--mark {} {}{}-->").format(network_id, person_id, " chip" if chip else "")


class Marks(NamedTuple):
    """The mark beside somebody's name: for everybody, and for those who see who the members are."""

    outside: str = ""
    inside: str = ""


def columns(person: Any, network: Any, day: Any) -> tuple[Any, ...]:
    """The columns of a statement about people that mark them: role, and organisation after a sign for its readers."""
    belongs = exists().where(
        Membership.organisation_id == Representation.organisation_id,
        Membership.network_id == network,
        Membership.state == MembershipState.ACTIVE,
    )
    speaks = (
        select(
            case((Representation.named_in_public, _IN_PUBLIC), else_=_AMONG_MEMBERS).concat(Organisation.name)
        )
        .join(Representation, Representation.organisation_id == Organisation.id)
        .where(
            Representation.person_id == person,
            Representation.start <= day,
            or_(Representation.end.is_(None), Representation.end > day),
            belongs,
        )
        .order_by(Representation.is_primary.desc(), Representation.id)
        .limit(1)
    )
    return (role_of(person, network, day).label("role"), speaks.scalar_subquery().label("speaks"))


def has_namesake(person: Any, name_key: Any, network: Any) -> Any:
    """Whether somebody else who is or was in the network has that name, as a column.

    The name is looked up first, whatever the database knows of its tables' sizes: few people have it, many are in the network.
    """
    other = another(Person, "namesake")
    belongs = exists().where(Membership.person_id == other.id, Membership.network_id == network)
    return exists().where(other.name_key == name_key, other.name_key != "", other.id != person, belongs)


def marks(network: Network, people: Collection[int]) -> dict[int, Marks]:
    """The marks of these people in the network today, in one statement; those who need none are left out."""
    other, day = another(Person, "namesake"), clock.today(network.zone)
    query = (
        select(
            Person.id,
            *columns(Person.id, network.id, day),
            other.id.label("other"),
            Membership.start,
            Membership.state,
        )
        .outerjoin(other, and_(other.name_key == Person.name_key, other.name_key != ""))
        .outerjoin(Membership, and_(Membership.person_id == other.id, Membership.network_id == network.id))
        .where(Person.id.in_(people))
    )
    whole: dict[int, Any] = {}
    same: dict[int, dict[int, _Stay]] = {}
    for row in db.session.execute(query):
        whole[row.id] = row
        if row.start is not None or row.other == row.id:
            stays = same.setdefault(row.id, {})
            stays[row.other] = _longer(stays.get(row.other), _Stay(row.start or day, row.state in NOT_ENDED))
    return {key: found for key, row in whole.items() if (found := _of(row, same.get(key, {}))) != Marks()}


class _Stay(NamedTuple):
    since: date
    belongs: bool


def _longer(one: _Stay | None, other: _Stay) -> _Stay:
    return other if one is None else _Stay(min(one.since, other.since), one.belongs or other.belongs)


def _of(row: Any, same: Mapping[int, _Stay]) -> Marks:
    offices = [str(OFFICES[row.role])] if row.role else []
    speaks = [_("speaks for %(organisation)s", organisation=row.speaks[1:])] if row.speaks else []
    outside = offices + (speaks if row.speaks and row.speaks[0] == _IN_PUBLIC else [])
    inside = offices + speaks
    if len(same) > 1:
        number, since = _apart(row.id, same)
        outside, inside = outside or [number], inside or [since or number]
    return Marks(", ".join(outside), ", ".join(inside))


def _apart(key: int, same: Mapping[int, _Stay]) -> tuple[str, str]:
    """The mark that tells people with one name apart: for everybody, and for members if that says more."""
    order = sorted(same, key=lambda each: (same[each].since, each))
    number = _("number %(number)s of this name", number=order.index(key) + 1)
    said = {each: _since(stay) for each, stay in same.items()}
    return number, said[key] if Counter(said.values())[said[key]] == 1 else ""


def _since(stay: _Stay) -> str:
    return str(_("member since %(year)s", year=stay.since.year) if stay.belongs else _("no longer a member"))


def mark_in(row: Any, *, inside: bool) -> str:
    """The mark of an office or an organisation, for the person of a row with `columns`."""
    found = _of(row, {})
    return found.inside if inside else found.outside


def signed(name: str, person_id: int | None, network: Network) -> SignedName:
    """A name for mails, with its mark in round brackets; no name contains brackets."""
    found = marks(network, [person_id]).get(person_id, Marks()) if name and person_id else Marks()
    return SignedName(_beside(name, found.outside), _beside(name, found.inside))


def actor_of(told: ToldEntry) -> SignedName:
    """The name of the person who acted, as mails say it; the program is no "govnet"."""
    if by_the_rules(told.details):
        return SignedName(_("This site"), _("This site"))
    return signed(str(told.details.get("actor") or ""), told.actor_id, told.network)


def _beside(name: str, mark: str) -> str:
    return str(_("%(name)s (%(mark)s)", name=name, mark=mark)) if mark else name


def namesakes(
    network_id: int, typed: Iterable[str], *, but: Collection[int] = ()
) -> dict[str, list[tuple[str, date]]]:
    """Namesakes in the network for each of these names, as it was typed: their names, and since when they belong.

    In one statement, by an index, however many names there are; at most five of each.
    """
    keys = {name: person_names.key(name) for name in typed}
    query = (
        select(Person.name_key, Person.name, Membership.start)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.network_id == network_id,
            Membership.state.in_(NOT_ENDED),
            Person.name_key.in_({key for key in keys.values() if key}),
            Person.id.not_in(but),
        )
        .order_by(Membership.start, Person.id)
    )
    found: dict[str, list[tuple[str, date]]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.name_key, []).append((row.name, row.start))
    return {name: found[key][:5] for name, key in keys.items() if key in found}
