"""Everything public as files, and a stranger who checks them with the program printed in docs/protocol.md."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.kernel.transaction import transaction
from govnet.record import queries
from govnet.record.actions import erase_words
from govnet.record.events import Visibility
from govnet.record.exports import safe_cell
from tests.builders import a_network
from tests.home.test_record_pages import learnt as learnt
from tests.home.test_record_pages import made_tea
from tests.pages import opened

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"


@pytest.fixture(scope="module")
def stranger() -> Any:
    """The check() of the document, and nothing of ours."""
    program = re.search(r"```python\n(.*?)```", PROTOCOL.read_text(encoding="utf-8"), re.S)
    assert program
    names: dict[str, Any] = {"__name__": "stranger"}
    exec(program[1], names)
    return names["check"]


@pytest.fixture
def lines(app: Flask, client: FlaskClient) -> list[str]:
    with app.app_context():
        network = a_network()
        made_tea(network, "Leeds")
        made_tea(network, "Belfast", seen_by=Visibility.COMMITTEE)
        made_tea(network, "Caerdydd – Cardiff", times=3)
        with transaction():
            entry = queries.entry(network.id, 3)
            assert entry is not None
            erase_words(entry)
    return client.get("/uk/data/record.jsonl").text.splitlines()


def test_a_stranger_finds_the_record_sound_though_parts_are_hidden_or_erased(
    stranger: Any, lines: list[str]
) -> None:
    assert len(lines) == 6
    assert "Belfast" not in "".join(lines)
    assert stranger(lines) == "sound"


def test_a_stranger_notices_a_changed_word(stranger: Any, lines: list[str]) -> None:
    lines[1] = lines[1].replace("Leeds", "Derby")
    assert stranger(lines) == "entry 1: its words were changed"


def test_a_stranger_notices_an_entry_put_in_or_left_out(stranger: Any, lines: list[str]) -> None:
    assert stranger([*lines[:2], *lines[3:]]) == "the chain breaks at entry 2"
    assert stranger(lines[:-1]) == "entries are missing at the end"


def test_a_stranger_notices_a_changed_time(stranger: Any, lines: list[str]) -> None:
    entry = json.loads(lines[2])
    lines[2] = json.dumps({**entry, "at": "2015-01-01T00:00:00.000000Z"})
    assert stranger(lines) == "the chain breaks at entry 2"


def test_the_table_has_a_row_for_each_entry_and_runs_no_formula(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        made_tea(a_network(), "Leeds", times=2)
    rows = list(csv.DictReader(io.StringIO(client.get("/uk/data/record.csv").text)))
    assert [row["number"] for row in rows] == ["1", "2"]
    assert rows[0]["what"] == "Asha Example made tea in Leeds"
    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("@sum") == "'@sum"
    assert safe_cell("plain") == "plain"


def test_the_list_of_downloads_leads_to_files_that_exist(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network()
    found = [url for url in opened(client, "/uk/data").links if "/data/" in url or url.endswith(".json")]
    assert "/uk/data/record.jsonl" in found
    assert [client.get(url).status_code for url in found] == [200] * len(found)
