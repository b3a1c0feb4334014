"""The Charter that every other rule reads, and what may be changed in it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar, cast

from govnet.charter import parameters as p
from govnet.charter.contradictions import contradictions
from govnet.charter.examples import example
from govnet.charter.kinds import BadValue, Choices, Parameter, Statements
from govnet.charter.presets import STARTING
from govnet.charter.sentences import sentence
from govnet.kernel.messages import N_, Said

T = TypeVar("T")


@dataclass(frozen=True)
class Charter:
    """A network's rules at one version; read as `charter[parameters.QUORUM]`, typed, and no other way."""

    values: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0

    def __getitem__(self, parameter: Parameter[T]) -> T:
        """The network's value. Where its version is older than the parameter: the value of the one that it replaces,
        or the default.
        """
        before = self.values.get(parameter.older, parameter.default)
        return cast(T, self.values.get(parameter.key, before))

    def applies(self, parameter: Parameter[Any]) -> bool:
        """Whether it means something beside the others: without a quorum its size means nothing."""
        if parameter.when is None:
            return True
        other, values = p.CATALOGUE[parameter.when[0]], parameter.when[1]
        value = self[other]
        means = bool(value & values) if isinstance(value, frozenset) else value in values
        return means and self.applies(other)

    def asks(self, parameter: Parameter[Any]) -> bool:
        """Whether the network can set it: not a rule that is the same for every network, unless it still differs here."""
        return not parameter.retired or self[parameter] != parameter.default

    def says(self, parameter: Parameter[Any]) -> bool:
        """Whether it is in this version: a rule that is the same for every network is only in older ones."""
        return not parameter.retired or parameter.key in self.values

    def stored(self) -> dict[str, Any]:
        """Every parameter of this version as JSON has it, explicit, in the catalogue's order."""
        return {key: each.encode(self[each]) for key, each in p.CATALOGUE.items() if self.says(each)}

    def changed_in(self, new: "Charter") -> dict[str, Any]:
        """The values that differ in another version, as JSON has them."""
        return {key: each.encode(new[each]) for key, each in p.CATALOGUE.items() if new[each] != self[each]}

    def dumps(self) -> str:
        """Canonical JSON: equal charters are equal texts."""
        return canonical(self.stored())

    def with_changes(self, changes: Mapping[str, Any]) -> "Charter":
        """The next version; ValueError unless `problems` finds none."""
        found = problems(self, changes)
        if found:
            raise ValueError("; ".join(map(str, found.values())))
        decoded = {key: p.CATALOGUE[key].decode(value) for key, value in changes.items()}
        older = {
            each.key: self[each] for each in p.CATALOGUE.values() if each.older
        }  # of its own from now on
        values = {**older, **self.values, **decoded}
        gone = [
            each.key for each in p.CATALOGUE.values() if each.retired and values.get(each.key) == each.default
        ]
        kept = {key: value for key, value in values.items() if key not in gone}
        return Charter(MappingProxyType(kept), self.number + 1)


def canonical(stored: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no blanks."""
    return json.dumps(stored, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def load(stored: Mapping[str, Any], number: int = 0) -> Charter:
    """A charter from its stored JSON; keys that this release doesn't know are ignored."""
    known = {key: p.CATALOGUE[key].decode(value) for key, value in stored.items() if key in p.CATALOGUE}
    return Charter(MappingProxyType(known), number)


def starting(name: str) -> Charter:
    """One of the three charters to start from: loose, usual, strict."""
    return load(STARTING[name], number=1)


def problems(charter: Charter, changes: Mapping[str, Any]) -> dict[str, Said]:
    """The mistakes in these changes, by parameter; empty when they can be proposed."""
    found: dict[str, Said] = {}
    decoded: dict[str, Any] = {}
    for key, value in changes.items():
        try:
            decoded[key] = p.CATALOGUE[key].decode(value)
        except KeyError:
            found[key] = Said(N_("There is no rule called “%(key)s”."), {"key": key})
        except BadValue as error:
            found[key] = error.said
        else:
            if (said := _the_same_everywhere(charter, p.CATALOGUE[key], decoded[key])) is not None:
                found[key] = said
    return found or contradictions(Charter({**charter.values, **decoded}))


def _the_same_everywhere(charter: Charter, parameter: Parameter[Any], value: Any) -> Said | None:
    """Why a rule that networks no longer set can't be set to this; None where it can."""
    if not parameter.retired or value in (charter[parameter], parameter.default):
        return None
    values = {"title": Said(parameter.title), "value": parameter.phrase(parameter.default)}
    return Said(N_("“%(title)s” is the same for every network now. Leave it, or choose: %(value)s."), values)


def carried_over(base: Charter, changes: Mapping[str, Any], now: Charter) -> dict[str, Any]:
    """Apply changes that were decided under the rules of `base` to the rules of `now`, as JSON has them.

    In a list, only the sentences that were added or removed are added or removed, so that of two proposals that were open
    at once neither undoes the other. Any other rule takes the decided value. The result may not fit: see `problems`.
    """
    return {key: _carried_over(key, value, base, now) for key, value in changes.items()}


def _carried_over(key: str, value: Any, base: Charter, now: Charter) -> Any:
    parameter: Any = p.CATALOGUE.get(key)
    if type(parameter) not in (Statements, Choices):
        return value
    old, current = base[parameter], now[parameter]
    if current == old:
        return value
    try:
        new = parameter.decode(value)
    except BadValue:  # written by a release that allowed it: `problems` says so
        return value
    kept = [each for each in current if each in new or each not in old]
    merged = (*kept, *(each for each in new if each not in old and each not in kept))
    return parameter.encode(merged)


@dataclass(frozen=True)
class Change:
    """One parameter that differs between two charters."""

    parameter: Parameter[Any]
    rules: tuple[Charter, Charter]
    """All the rules before and after."""

    @property
    def old(self) -> Any:
        """Its value before."""
        return self.rules[0][self.parameter]

    @property
    def new(self) -> Any:
        """Its value from then on."""
        return self.rules[1][self.parameter]

    def example(self, roll: int = 0) -> Said | None:
        """Its meaning in numbers, with that many on the roll; None if the sentence is enough.

        If its sentence is about several rules, it is of the first that has one.
        """
        spoken = (p.CATALOGUE[key] for key in sentence(self.parameter, self.rules[1])[0])
        made = (example(each, *self.rules, roll) for each in spoken)
        return next((each for each in made if each), None)

    @property
    def added(self) -> tuple[str, ...]:
        """New sentences of a list."""
        return tuple(each for each in self.new if each not in self.old) if self._list else ()

    @property
    def removed(self) -> tuple[str, ...]:
        """Sentences that a list loses."""
        return tuple(each for each in self.old if each not in self.new) if self._list else ()

    @property
    def listed_before(self) -> tuple[str, ...]:
        """The sentences that stood under it before, where it is a list of them."""
        return tuple(self.old) if self._list else ()

    @property
    def listed_after(self) -> tuple[str, ...]:
        """All the sentences of it from then on, if it is a list of them."""
        return tuple(self.new) if self._list else ()

    @property
    def _list(self) -> bool:
        return isinstance(self.parameter, Statements)

    @property
    def values(self) -> dict[str, tuple[Any, Any]]:
        """Old and new, as JSON has them, of every parameter that its sentences speak of and that changed."""
        old, new = self.rules
        keys = {key for rules in self.rules for key in sentence(self.parameter, rules)[0]}
        spoken = [each for each in p.CATALOGUE.values() if each.key in keys and old[each] != new[each]]
        return {each.key: (each.encode(old[each]), each.encode(new[each])) for each in spoken}

    @property
    def before(self) -> Said:
        """The sentence that no longer holds, as the charter document had it."""
        return sentence(self.parameter, self.rules[0])[1]

    @property
    def after(self) -> Said:
        """The sentence that holds now, as the charter document has it."""
        return sentence(self.parameter, self.rules[1])[1]


def diff(old: Charter, new: Charter) -> tuple[Change, ...]:
    """The changes in the order of the charter document, without those that a changed sentence already contains."""
    changed = [each for each in p.CATALOGUE.values() if old[each] != new[each]]
    woven = {key for each in changed for rules in (old, new) for key in sentence(each, rules)[0][1:]}
    return tuple(Change(each, (old, new)) for each in changed if each.key not in woven)
