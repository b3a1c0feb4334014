"""The charter as a document that people can agree to: chapters of sentences, each with what set it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from govnet.charter import parameters as p
from govnet.charter.kinds import Choice, Parameter, Statements
from govnet.charter.rules import Charter
from govnet.kernel.said import N_, Said

Woven = tuple[tuple[str, ...], Said]
DECIDES: Mapping[str, str] = {"all": N_("all members decide"), "committee": N_("the committee decides")}

APPOINTED_BY: Mapping[str, str] = {
    "all": N_("a decision of all members"),
    "committee": N_("a decision of the committee"),
}


@dataclass(frozen=True)
class Clause:
    """One sentence of the charter, the list under it if it has one, and the version that set it."""

    keys: tuple[str, ...]
    said: Said
    since: int
    statements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """What belongs together, in the order of the catalogue."""

    key: str
    title: Said
    clauses: tuple[Clause, ...]


def chapters(charter: Charter, since: Mapping[str, int]) -> tuple[Chapter, ...]:
    """The whole document; `since` says which version gave each parameter the value it has."""
    found = []
    for key, title in p.SECTIONS.items():
        clauses = _matters(charter, since) if key == "matters" else _clauses(key, charter, since)
        found.append(Chapter(key, Said(title), clauses))
    return tuple(found)


def _clauses(section: str, charter: Charter, since: Mapping[str, int]) -> tuple[Clause, ...]:
    mine = [each for each in p.CATALOGUE.values() if each.section == section and charter.applies(each)]
    woven = {each.key: _woven(each, charter) for each in mine}
    inside = {key for found in woven.values() if found for key in found[0][1:]}
    return tuple(_clause(each, charter, since, woven[each.key]) for each in mine if each.key not in inside)


def sentence(each: Parameter[Any], charter: Charter) -> Said:
    """What the document says of one rule, with what only means something beside it."""
    woven = _woven(each, charter)
    return woven[1] if woven else each.states(charter[each])


def _appointment(charter: Charter) -> Woven:
    """Who appoints the coordinator is whoever decides on that matter: one rule, said in both chapters."""
    body = p.BODY_FOR["mandate"]
    values = {
        "body": Said(APPOINTED_BY[charter[body]]),
        "months": p.MANDATE_MONTHS.phrase(charter[p.MANDATE_MONTHS]),
    }
    said = Said(
        N_("A coordinator is appointed by %(body)s for %(months)s, and can be appointed again."), values
    )
    return (p.MANDATE_MONTHS.key, body.key), said


def _clause(each: Parameter[Any], charter: Charter, since: Mapping[str, int], woven: Woven | None) -> Clause:
    keys, said = woven or ((each.key,), each.states(charter[each]))
    return Clause(keys, said, max(since[key] for key in keys), _statements(each, charter))


def _woven(each: Parameter[Any], charter: Charter) -> Woven | None:
    """A choice and what only means something beside it, in one sentence."""
    if each is p.MANDATE_MONTHS:
        return _appointment(charter)
    words = each.woven.get(charter[each]) if isinstance(each, Choice) else None
    if not words:
        return None
    found = [p.CATALOGUE[key] for key in p.CATALOGUE if f"%({key.replace('.', '__')})s" in words]
    values = {one.key.replace(".", "__"): one.phrase(charter[one]) for one in found}
    return (each.key, *(one.key for one in found)), Said(words, values)


def _statements(parameter: Parameter[object], charter: Charter) -> tuple[str, ...]:
    return charter[parameter] if isinstance(parameter, Statements) else ()


def _matters(charter: Charter, since: Mapping[str, int]) -> tuple[Clause, ...]:
    return tuple(_matter(matter, charter, since) for matter in p.MATTERS)


def _matter(matter: str, charter: Charter, since: Mapping[str, int]) -> Clause:
    body, method = p.BODY_FOR[matter], p.METHOD_FOR[matter]
    said = Said(
        N_("On %(matter)s, %(body)s %(method)s."),
        {
            "matter": Said(p.MATTERS[matter]),
            "body": Said(DECIDES[charter[body]]),
            "method": Said(p.METHODS[charter[method]]),
        },
    )
    return Clause((body.key, method.key), said, max(since[body.key], since[method.key]))


def set_by(versions: Sequence[Charter]) -> dict[str, int]:
    """For each parameter the number of the version since which it has had its present value; oldest first."""
    since = dict.fromkeys(p.CATALOGUE, versions[0].number)
    for before, after in pairwise(versions):
        since |= {key: after.number for key, each in p.CATALOGUE.items() if before[each] != after[each]}
    return since
