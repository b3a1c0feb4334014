"""The examples in the operators' guide work as they are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click

from govnet.charter.models import ACCENTS, RESERVED
from govnet.cli import COMMANDS, main
from govnet.kernel.settings import guide_table, load_config
from govnet.operations.founding.file import read_founding

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "running.md").read_text(encoding="utf-8")


def test_the_example_of_a_founding_can_be_used_as_it_stands() -> None:
    example = re.search(r"```toml\n(.*?)```", GUIDE, re.S)
    assert example is not None
    founding = read_founding(tomllib.loads(example[1]), reserved=RESERVED, accents=ACCENTS)
    assert founding.slug == "uk"
    assert len(founding.seats) == 2


def test_every_command_in_the_guide_exists() -> None:
    for name in set(
        re.findall(
            r"govnet (init|doctor|serve|worker|import|backup|restore|upgrade|verify|operator)\b", GUIDE
        )
    ):
        assert name in COMMANDS, name


def test_the_guide_has_the_table_of_settings_as_it_is_read() -> None:
    told = re.findall(r"^\|.*\|$", GUIDE.split("## 8. Settings")[1], re.M)
    assert told == guide_table(load_config().TABLE)


def test_the_only_variables_beside_the_settings_are_of_the_demo() -> None:
    context = click.Context(main)
    commands = [main.get_command(context, name) for name in COMMANDS]
    read = {str(option.envvar) for command in commands for option in command.params if option.envvar}
    assert read - {row.name for row in load_config().TABLE} == {"KEEP"}
