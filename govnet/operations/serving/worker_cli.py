"""The command that runs the worker."""

from __future__ import annotations

from contextlib import suppress

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import SQLAlchemyError

from govnet.kernel.errors import Busy
from govnet.kernel.memory import settle
from govnet.kernel.processes import LIFELINE, tell_service_manager
from govnet.kernel.signals import Starting, WorkBegins, WorkEnds, emit
from govnet.mail.incoming import lmtp_listener
from govnet.operations.serving import worker


@click.command("worker")
@LIFELINE
@click.pass_obj
def work(info: ScriptInfo) -> None:
    """Send mail and do what is due, until SIGTERM. Any number of workers can run at once."""
    app = info.load_app()
    with app.app_context():
        emit(Starting())
    settle()
    work_for(app)


def work_for(app: Flask) -> None:
    """Do due work until SIGTERM, in a program that has started."""
    worker.end_on_signals()
    with lmtp_listener.open_beside(app):
        with app.app_context():
            emit(WorkBegins())
        tell_service_manager("READY=1")
        worker.run(app)
        with (
            app.app_context(),
            suppress(Busy, SQLAlchemyError),
        ):  # if this fails, the worker is only reported as dead
            emit(WorkEnds())
