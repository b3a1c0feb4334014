"""The command line: thin, calls actions. Features bring their commands in cli.py files of their own."""

from __future__ import annotations

import importlib
from copy import copy
from typing import Any

import click
from flask.cli import FlaskGroup

from govnet.factory import build, load_config
from govnet.kernel import paths

LIBRARIES = frozenset({"db", "limiter"})
"""Groups of commands of libraries: used past govnet's own, they leave a database that it cannot vouch for."""
COMMANDS = ("operations", "demo", "mail", "membership")


def _app() -> object:
    try:
        return build(None)
    except load_config().ConfigError as error:
        raise click.ClickException(str(error)) from error


class Govnet(FlaskGroup):
    """Flask's group, whose help shows what is govnet's; what libraries bring along can be called, by who knows it."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(**extra)
        self.params = [copy(each) for each in self.params]  # Flask's own are shared
        for each in self.params:
            if isinstance(each, click.Option):
                each.hidden = True

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those that the features bring."""
        return [name for name in super().list_commands(ctx) if name not in LIBRARIES]


@click.group(cls=Govnet, create_app=_app, add_default_commands=False, add_version_option=False)
def main() -> None:
    """govnet: a home for networks that govern themselves."""


for _feature in COMMANDS:
    if (paths.PACKAGE / _feature / "cli.py").exists():
        importlib.import_module(f"govnet.{_feature}.cli").add_to(main)
