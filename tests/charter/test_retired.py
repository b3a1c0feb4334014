"""Rules that were asked of each network once: older charters keep them, newer ones no longer name them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from govnet.charter import parameters as p
from govnet.charter.document import chapters, set_by
from govnet.charter.kinds import Parameter
from govnet.charter.presets import STARTING
from govnet.charter.rules import Charter, canonical, diff, load, problems, starting

RETIRED = [each for each in p.CATALOGUE.values() if each.retired]
OLD = {key: each.encode(each.default) for key, each in p.CATALOGUE.items()}
"""A charter in which each rule is written out, as all were."""
SEATS = {"committee.seats": 11}


def sentences(charter: Charter) -> list[str]:
    return [str(clause.said) for each in chapters(charter, set_by([charter])) for clause in each.clauses]


def other_value(parameter: Parameter[Any]) -> Any:
    return {
        "decisions.take_back": "unanswered",
        "decisions.letters_days": 14,
        "decisions.consent_instead": False,
        "committee.turn_month": "march",
    }[parameter.key]


@pytest.mark.parametrize("name", STARTING)
def test_no_charter_to_start_from_names_them(name: str) -> None:
    charter = starting(name)
    assert not {each.key for each in RETIRED} & set(charter.stored())
    assert not any("open for signatures" in each for each in sentences(charter))
    assert all(charter[each] == each.default for each in RETIRED)


def test_an_older_charter_keeps_its_text_and_its_sentences() -> None:
    old = load(OLD)
    assert old.dumps() == canonical(OLD)
    assert any("open for signatures for at least 7 days" in each for each in sentences(old))


def test_the_next_version_names_only_what_is_otherwise_there() -> None:
    new = load(OLD | {"decisions.letters_days": 14}).with_changes(SEATS)
    assert new.stored()["decisions.letters_days"] == 14
    assert not {"decisions.take_back", "committee.turn_month"} & set(new.stored())
    assert [each.parameter.key for each in diff(load(OLD | {"decisions.letters_days": 14}), new)] == [
        "committee.seats"
    ]
    assert load(json.loads(new.dumps())) == Charter(new.values)


@pytest.mark.parametrize("parameter", RETIRED, ids=lambda each: str(each.key))
def test_another_value_holds_until_the_network_decides_for_the_common_one(
    parameter: Parameter[Any],
) -> None:
    charter = load(OLD | {parameter.key: other_value(parameter)})
    assert charter.asks(parameter)
    assert not load(OLD).asks(parameter)
    change = {parameter.key: parameter.encode(parameter.default)}
    assert problems(charter, change) == {}
    after = charter.with_changes(change)
    assert charter.changed_in(after) == change
    assert parameter.key not in after.stored()
    said = str(problems(after, {parameter.key: other_value(parameter)})[parameter.key])
    assert "is the same for every network now" in said
