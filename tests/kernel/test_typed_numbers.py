"""Numbers that people type are read within what anybody means, at once, wherever one is asked for."""

from __future__ import annotations

import time
import tomllib
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from werkzeug.datastructures import MultiDict

from govnet.charter import parameters as p
from govnet.charter import rules
from govnet.charter.fields import fields_for, name_of, typed
from govnet.charter.kinds import BadValue
from govnet.kernel.numbers import fraction, whole_number
from govnet.operations.founding.data import BadFounding
from govnet.operations.founding.file import read_founding
from govnet.web.forms import Form
from tests.charter.test_founding_file import FILE
from tests.shape.source import files, name

ENDLESS = [
    "1e10000000", "1e9", "9e-10000000", "1/1e9", "1" * 5_000, "1" * 1_000_000,
    f"1/{'3' * 5_000}", f"0.{'3' * 5_000}", "1/0", "0/0",
    "1/3/3", "1.5/2", "-1", "-1/3", "+1",
    "1_000", "0x10", "nan", "inf", "-0", "%", "/", ".5", "5.", "1 2", "²", "½", "\u0661" * 20, "1\x002",
    "1/3 %%", "99999/99999", "12345/1", "0.12345", "", " ",
]  # fmt: skip
UNLIKE = [
    10**6_000, -1, 1e308, float("inf"), float("nan"), True, None, [], [[]], [[1]], [{}], {}, {"at_least": 10**6_000},
    {"at_least": [[]]},
    {"at_least": None}, {"more_than": "1e10000000"}, {"": ""}, {"at_least": "1/2", "more_than": "1/2"}, date.max, datetime.max,
    datetime(2015, 1, 1, tzinfo=UTC), "x" * 100_000, "\n" * 100_000,
]  # fmt: skip


@pytest.fixture(autouse=True)
def _at_once():
    began = time.thread_time()
    yield
    assert time.thread_time() - began < 5


@pytest.mark.parametrize("text", ENDLESS[:-2])
def test_text_that_is_no_number_is_none(text):
    assert whole_number(text) is None or len(text) <= 9
    with pytest.raises(ValueError):
        fraction(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2/3", Fraction(2, 3)),
        (" 10 % ", Fraction(1, 10)),
        ("12.5%", Fraction(1, 8)),
        ("0.125", Fraction(1, 8)),
        ("1", Fraction(1)),
        ("9999 / 9999", Fraction(1)),
        ("0.0001", Fraction(1, 10_000)),
    ],
)
def test_a_fraction_is_read_exactly(text, value):
    assert fraction(text) == value


def test_a_whole_number_has_nine_digits_at_most():
    assert whole_number("999999999") == 999_999_999
    assert whole_number(" 7 ") == 7
    assert whole_number("1000000000") is None
    assert whole_number("0000000007") is None
    assert whole_number(None) is None


@pytest.mark.parametrize("key", list(p.CATALOGUE))
def test_every_rule_of_the_catalogue_takes_a_value_or_says_why_not_at_once(key, app):
    parameter = p.CATALOGUE[key]
    for value in (*ENDLESS, *UNLIKE, *({how: text} for how in ("at_least", "more_than") for text in ENDLESS)):
        with suppress(BadValue):
            parameter.encode(parameter.check(value))
        assert set(rules.problems(rules.starting("usual"), {key: value})) <= set(p.CATALOGUE)


@pytest.mark.parametrize("key", list(p.CATALOGUE))
def test_every_field_of_the_charter_s_form_takes_a_value_or_says_why_not_at_once(key, app):
    parameter = p.CATALOGUE[key]
    charter = rules.starting("usual")
    for text in ENDLESS:
        with app.test_request_context():
            made = type("OneRule", (Form,), fields_for(parameter, charter[parameter]))
            sent = {name_of(parameter): text, f"{name_of(parameter)}__how": "at_least"}
            form = made(formdata=MultiDict(sent))
            form.validate()
            assert set(rules.problems(charter, {key: typed(form, parameter)})) <= set(p.CATALOGUE)


WHOLE = tomllib.loads(FILE)


def leaves(table: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where every cell of a founding stands."""
    inner = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    here = [] if not path else [path]
    return here + [found for name, value in inner for found in leaves(value, (*path, name))]


@pytest.mark.parametrize("path", leaves(WHOLE), ids=str)
def test_every_cell_of_a_founding_file_is_read_or_refused_at_once(path):
    for value in (*ENDLESS, *UNLIKE):
        table = deepcopy(WHOLE)
        cell = table
        for step in path[:-1]:
            cell = cell[step]
        cell[path[-1]] = value
        with suppress(BadFounding):
            read_founding(table, reserved=(), accents=("teal", "plum"))


def test_digits_are_read_in_one_place():
    """Anything else that turns typed digits into a number has no bound of its own."""
    own = {
        "kernel/numbers.py",
        "web/days.py",
        "forum/rules.py",
        "mail/incoming/parser.py",
        "mail/incoming/mime.py",
        "kernel/web_addresses.py",
    }
    found = {
        name(path)
        for path in files()
        if any(
            word in path.read_text(encoding="utf-8")
            for word in (".isdecimal()", ".isdigit()", ".isnumeric()", "type=int")
        )
    }
    assert found <= own
