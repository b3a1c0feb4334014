"""What the operators' guide shows works as it stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click

from govnet.charter.founding_file import read_founding
from govnet.charter.models import ACCENTS, RESERVED
from govnet.cli import COMMANDS, main
from govnet.factory import load_config

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


def test_every_setting_in_the_guide_is_read_and_none_is_left_out() -> None:
    source = Path(load_config().__file__).read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', source)) - {
        "GOVNET_DEMO",
        "GOVNET_CLOCK_FILE",
    }  # not for a real server
    context = click.Context(main)
    commands = [main.get_command(context, name) for name in COMMANDS]
    options = (option for command in commands for option in command.params)
    read |= {str(option.envvar) for option in options if option.envvar} - {
        "PORT",
        "KEEP",
    }  # of one command each
    table = GUIDE.split("## 8. Settings")[1]
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", table))
    assert told - read == set()
    assert read - told == set()
