"""Every row of the table, under each value of the rule of the charter that moves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from flask import Flask
from flask_babel import Babel

from govnet.permissions import TABLE, Can
from govnet.roles import ByCharter, Grant, Lookups, looks_up


class Row(NamedTuple):
    """A right as the table gives it under one value of its rule; a row that no rule moves has none."""

    right: Can
    rule: str
    value: object
    grants: tuple[Grant, ...]
    sentence: str


def _rows() -> Iterator[Row]:
    for right, row in TABLE.items():
        if isinstance(row, ByCharter):
            for value, given in row.choices.items():
                yield Row(right, row.rule, value, given.grants, given.sentence or right.value)
        else:
            yield Row(right, "", None, row, right.value)


ROWS = list(_rows())
EVERY_ROW = pytest.mark.parametrize(
    "row",
    ROWS,
    ids=[
        f"{each.right.name.lower()}-{each.value}" if each.rule else each.right.name.lower() for each in ROWS
    ],
)


@contextmanager
def under(row: Row) -> Iterator[None]:
    """Inside, the charter of every network says so, all other rules have their defaults, and a committee sits."""
    default = {each.rule: next(iter(each.choices)) for each in TABLE.values() if isinstance(each, ByCharter)}
    values = {**default, row.rule: row.value}
    app = Flask("table")
    Babel(app)
    with app.app_context():
        looks_up(
            Lookups(_nobody, lambda _network, rule: values[rule], lambda _network, _matter: False, _in_office)
        )
        yield


def _in_office(_network: int) -> dict[str, set[int]]:
    return {"steering": {7, 8}, "coordinator": {7, 8}}


def _nobody(_person: int, _network: int) -> None:
    raise AssertionError("nobody comes from another network")
