"""The commands that do the work in the background and take mail in."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from govnet.kernel.errors import GovnetError
from govnet.kernel.memory import settle
from govnet.mail import receiving, worker
from govnet.mail.incoming import LARGEST

_TRY_AGAIN, _NEVER, _NO_SUCH_ADDRESS = 75, 65, 67
"""What a mail server understands (sysexits.h): with EX_TEMPFAIL it tries again, with EX_DATAERR and EX_NOUSER it does not."""


@click.command("receive")
@click.argument("recipient")
@with_appcontext
def receive(recipient: str) -> None:
    """Take one mail from standard input that came for RECIPIENT; a mail server calls this. The worker reads it then."""
    if not current_app.config["MAIL_REPLIES"]:
        click.echo("Set MAIL_REPLIES first: see docs/running.md.", err=True)
        sys.exit(_TRY_AGAIN)
    try:
        receiving.check_address(recipient)
        raw = sys.stdin.buffer.read(LARGEST + 1)
        if not raw.strip() or len(raw) > LARGEST:
            click.echo("Not taken: empty, or larger than 10 MB.", err=True)
            sys.exit(_NEVER)
        receiving.store(raw, recipient)
    except receiving.NotOurs:
        click.echo("Not taken: no such address.", err=True)
        sys.exit(_NO_SUCH_ADDRESS)
    except (GovnetError, SQLAlchemyError) as error:
        click.echo(f"Not taken now: {type(error).__name__}.", err=True)
        sys.exit(_TRY_AGAIN)


@click.command("worker")
@click.pass_obj
def work(info: ScriptInfo) -> None:
    """Tell, send, and do what is due, until SIGTERM. Any number can run beside each other."""
    worker.end_on_signals()
    app = info.load_app()
    settle()
    worker.run(app)
