"""The command that does the work in the background."""

from __future__ import annotations

import click
from flask.cli import ScriptInfo

from govnet.mail import worker


def add_to(group: click.Group) -> None:
    """Give the command line this command."""
    group.add_command(work)


@click.command("worker")
@click.pass_obj
def work(info: ScriptInfo) -> None:
    """Tell, send, and do what is due, until SIGTERM. Any number can run beside each other."""
    worker.end_on_signals()
    worker.run(info.load_app())
