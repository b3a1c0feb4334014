"""The command line: thin, calls actions. Features bring their commands in cli.py files of their own."""

from __future__ import annotations

import importlib

import click
from flask.cli import FlaskGroup

from govnet.factory import build, load_config
from govnet.kernel import paths

COMMANDS = ("operations", "demo", "mail", "membership")


def _app() -> object:
    try:
        return build(None)
    except load_config().ConfigError as error:
        raise click.ClickException(str(error)) from error


@click.group(cls=FlaskGroup, create_app=_app, add_default_commands=False, add_version_option=False)
def main() -> None:
    """govnet: a home for networks that govern themselves."""


for _feature in COMMANDS:
    if (paths.PACKAGE / _feature / "cli.py").exists():
        importlib.import_module(f"govnet.{_feature}.cli").add_to(main)
