"""The fields with which a proposal changes our rules: those that it is about, and all others folded, by chapter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.fields import fields_for, name_of, typed
from govnet.charter.kinds import BadValue, Parameter
from govnet.charter.rules import Charter, carried_over
from govnet.kernel.messages import Said
from govnet.kernel.numbers import whole_number
from govnet.web.forms import Form


@dataclass(frozen=True)
class RuleField:
    """One rule in the form."""

    rule: Parameter[Any]
    name: str
    in_force: Any
    """Its value, as text for templates."""
    changed: bool
    wrong: bool

    @property
    def is_open(self) -> bool:
        """Whether there is something in its fold that must not stay hidden."""
        return self.changed or self.wrong


@dataclass(frozen=True)
class FoldedChapter:
    """The other rules of one chapter, folded."""

    title: Said
    rules: tuple[RuleField, ...]

    @property
    def changed(self) -> int:
        """How many of them are changed."""
        return sum(each.changed for each in self.rules)

    @property
    def is_open(self) -> bool:
        """Whether a rule in it is changed, or wrong."""
        return any(each.is_open for each in self.rules)


@dataclass(frozen=True)
class RuleFields:
    """All rules as the form has them."""

    chosen: tuple[RuleField, ...]
    others: tuple[FoldedChapter, ...]

    @property
    def is_open(self) -> bool:
        """Whether any of them is asked for, changed, or wrong."""
        return bool(self.chosen) or any(each.is_open for each in self.others)


def with_rules(form: type[Form], shown: Charter, now: Charter | None = None) -> type[Any]:
    """The form with fields for every rule that can be set `now`, filled in with what `shown` says."""
    asked = [each for each in p.CATALOGUE.values() if (now or shown).asks(each)]
    fields = {name: field for each in asked for name, field in fields_for(each, shown[each]).items()}
    return type(form.__name__, (form,), fields)


def asked_rules(keys: Iterable[str]) -> list[Parameter[Any]]:
    """The rules of these keys, each once; unknown keys are left out."""
    return [p.CATALOGUE[key] for key in dict.fromkeys(keys) if key in p.CATALOGUE]


def seen_rules(network_id: int, form: Any) -> Charter:
    """The rules that were in force when the form was opened, as it says itself; else those in force now."""
    number = whole_number(form.rules.data)
    version = charters.version_numbered(network_id, number) if number else None
    return charters.rules_of(version) if version else charters.rules_in_force(network_id)


def rules_in(
    form: Any, chosen: Sequence[Parameter[Any]], seen: Charter, now: Charter | None = None
) -> dict[str, Any]:
    """The rules in the form, as JSON has them: those that differ from those `seen`.

    So a decision made while the form was open, which holds `now`, is not undone by a field that nobody touched, nor by a
    list to which a sentence was added. If nothing differs, these are the chosen rules, unchanged.
    """
    told = {each.key: typed(form, each) for each in p.CATALOGUE.values() if name_of(each) in form}
    found = {key: value for key, value in told.items() if _differs(p.CATALOGUE[key], value, seen)}
    if found:
        return carried_over(seen, found, now or seen)
    return {each.key: told[each.key] for each in chosen if each.key in told}


def rule_fields(form: Any, chosen: Sequence[Parameter[Any]], seen: Charter) -> RuleFields | None:
    """The rules as the page shows them; None for a form without any."""
    asked = [each for each in p.CATALOGUE.values() if name_of(each) in form]
    if not asked:
        return None
    others = [each for each in asked if each not in chosen]
    chapters = (
        FoldedChapter(
            Said(title), tuple(_field(form, each, seen) for each in others if each.section == section)
        )
        for section, title in p.SECTIONS.items()
    )
    return RuleFields(
        tuple(_field(form, each, seen) for each in chosen if each in asked),
        tuple(each for each in chapters if each.rules),
    )


def _field(form: Any, rule: Parameter[Any], seen: Charter) -> RuleField:
    name = name_of(rule)
    value = typed(form, rule)
    wrong = bool(form[name].errors)
    return RuleField(rule, name, rule.phrase(seen[rule]), _differs(rule, value, seen), wrong)


def _differs(rule: Parameter[Any], value: Any, seen: Charter) -> bool:
    try:
        return bool(rule.decode(value) != seen[rule])
    except BadValue:
        return True
