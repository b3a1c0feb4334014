"""The charter as a document that people can agree to: chapters of sentences, each with what set it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from govnet.charter import parameters as p
from govnet.charter.kinds import Parameter, Statements
from govnet.charter.rules import Charter
from govnet.charter.sentences import sentence
from govnet.kernel.messages import N_, Said

DECIDES: Mapping[str, str] = {"all": N_("all members decide"), "committee": N_("the committee decides")}


@dataclass(frozen=True)
class Clause:
    """One sentence of the charter, the list under it if it has one, and the version that set it."""

    keys: tuple[str, ...]
    said: Said
    since: int
    statements: tuple[str, ...] = ()
    asked: bool = True
    """Whether the network can set any of it."""

    @property
    def title(self) -> str:
        """The name of the rule that it is about first."""
        return p.CATALOGUE[self.keys[0]].title


@dataclass(frozen=True)
class Chapter:
    """One chapter's rules, in the order of the catalogue."""

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
    mine = [each for each in p.CATALOGUE.values() if each.section == section]
    mine = [each for each in mine if charter.says(each) and charter.applies(each)]
    inside = {key for each in mine for key in sentence(each, charter)[0][1:]}
    return tuple(_clause(each, charter, since) for each in mine if each.key not in inside)


def _clause(each: Parameter[Any], charter: Charter, since: Mapping[str, int]) -> Clause:
    keys, said = sentence(each, charter)
    asked = any(charter.asks(p.CATALOGUE[key]) for key in keys)
    return Clause(keys, said, max(since[key] for key in keys), _statements(each, charter), asked)


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
