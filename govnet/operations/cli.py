"""Commands for the operator of the server."""

from __future__ import annotations

import socket
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext

from govnet.charter.models import ACCENTS, RESERVED
from govnet.kernel import clock, folders
from govnet.kernel.actor import SHELL, Door
from govnet.kernel.memory import settle
from govnet.kernel.processes import LIFELINE, tell_service_manager
from govnet.kernel.signals import Starting, emit
from govnet.kernel.transaction import transaction
from govnet.operations import installation, keys, sample_mail
from govnet.operations.backups import actions as backups
from govnet.operations.backups import database_files, erasure_list, retention
from govnet.operations.command_errors import explained, ready
from govnet.operations.database import schema
from govnet.operations.founding import actions, links
from govnet.operations.founding.data import BadFounding, Founding
from govnet.operations.founding.file import read_founding
from govnet.operations.health import checks, heartbeats
from govnet.operations.serving import server, server_socket
from govnet.people.addresses import BadAddress, parsed

PORT = click.IntRange(1, 65_535)
LARGEST_FILE = 1024 * 1024
FILE = click.Path(dir_okay=False, path_type=Path)
THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=PORT, help="The port to listen on, in place of the setting PORT.")
@click.option("--no-worker", is_flag=True, help="Run the web server only. Run `govnet worker` elsewhere.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="The number of processes, in place of the setting WEB_PROCESSES. Use one for each processor.",
)
@click.option(
    "--socket", "inherited", type=click.IntRange(0), hidden=True, help="The socket on which a parent listens."
)
@click.option(
    "--ready", type=click.IntRange(0), hidden=True, help="A pipe in which this process says that it answers."
)
@LIFELINE
@click.pass_obj
def serve(
    info: ScriptInfo,
    host: str,
    port: int | None,
    no_worker: bool,
    processes: int | None,
    inherited: int | None,
    ready: int | None,
) -> None:
    """Run the web server and the worker."""
    app = info.load_app()
    with app.app_context():
        emit(Starting())
    settle()
    if inherited is not None:
        say = (lambda: None) if ready is None else lambda: server.say_ready(ready)
        server.serve(app, socket.socket(fileno=inherited), listens=say, shared=True)
        return
    port, processes = port or app.config["PORT"], processes or app.config["WEB_PROCESSES"]
    sock = server_socket.bound(host, port)
    beside = () if no_worker else (server.the_worker(app, sock),)

    def listens() -> None:
        click.echo(f"govnet listens on http://{host}:{port}")
        tell_service_manager("READY=1")

    if processes == 1:
        server.serve(app, sock, beside=beside, listens=listens)
    else:
        server.supervise(app, sock, processes, beside=beside, listens=listens)


@click.command()
@click.option("--file", "source", type=THERE, help="Found the network in this TOML file now.")
@installation.options
@click.pass_context
def init(ctx: click.Context, /, source: Path | None, path: str | None, **answers: Any) -> None:
    """Make the settings file and the database, and found a network from a file or by a link.

    With --settings FILE it first makes that file, with new keys, and asks for settings that no option gives.
    docs/running.md shows a file that founds a network. Without such a file it prints a link. The link works once,
    for three days, or until init prints another one.
    """
    if installation.settings_at(path, answers, ctx.meta["govnet.words"]):
        click.echo(
            f"The settings are in {path}. Only its owner can read it. Keep a copy apart from the backups."
        )
    with ctx.obj.load_app().app_context():
        schema.prepare()
        schema.check()
        keys.check()
        erasure_list.catch_up()
        if source is not None:
            _found(source)
        else:
            _link()


def _link() -> None:
    with transaction():
        retired = links.retire_links()
        token = links.make_link()
    until = clock.now() + links.GOOD_FOR
    if retired:
        click.echo("This link replaces the one printed before, which no longer works.")
    click.echo("The database is ready. To name somebody who looks after the server, use this command:")
    click.echo("  govnet operator give EMAIL --name NAME\n")
    click.echo("To found a network, open this address. It gives no rights on the server. It works once,")
    click.echo(f"until {until:%Y-%m-%d %H:%M} UTC. Anyone who has it can found a network here.\n")
    click.echo(f"  {current_app.config['SITE_URL']}/found/{token}")


def _found(source: Path) -> None:
    with explained():
        read = _read(source)
        with transaction():
            network = actions.found(read, by=SHELL, via=Door.CLI)
            slug, name = network.slug, network.name
    click.echo(f"{name} is at {current_app.config['SITE_URL']}/{slug}/")
    click.echo("Next: govnet import members FILE.csv")


def _read(source: Path) -> Founding:
    try:
        if source.stat().st_size > LARGEST_FILE:
            raise click.ClickException(f"{source} is too large: a file for founding has at most 1 MB.")
        table = tomllib.loads(source.read_text(encoding="utf-8"))
        return read_founding(table, reserved=RESERVED, accents=ACCENTS)
    except BadFounding as bad:
        lines = "\n".join(f"  {trouble}" for trouble in bad.troubles)
        raise click.ClickException(f"Nothing was founded. In {source}:\n{lines}") from bad
    except (
        ValueError,
        RecursionError,
    ) as error:  # excessive numbers and nested lists raise no TOMLDecodeError
        raise click.ClickException(f"{source} cannot be read as TOML: {error}") from error


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--keep", type=click.IntRange(1, 1000), help="TARGET is a folder: add a backup, and keep this many."
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@with_appcontext
def backup(target: Path, keep: int | None, overwrite: bool) -> None:
    """Write a backup of everything to the file TARGET (.tar.gz). The network can go on meanwhile."""
    if target.is_dir() != (keep is not None):
        raise click.ClickException(
            f"{target} is a folder: name a file in it, or add --keep 14 to keep the last fourteen backups there."
            if keep is None
            else f"{target} is not a folder: with --keep, name the folder of the backups."
        )
    if target.is_file() and not overwrite:
        raise click.ClickException(
            f"{target} exists already and was not changed. Name another file, or add --overwrite."
        )
    ready()
    folder, target = target, retention.next_in(target) if keep else target
    with explained():
        manifest = backups.take(target)
        gone = retention.keep_newest(folder, keep) if keep else []
    for slug, (number, _hash) in manifest.networks.items():
        click.echo(f"{slug}: {number} entries")
    click.echo(
        f"{target} is complete: {target.stat().st_size:,} bytes. It holds addresses and keys: keep it safe."
    )
    if gone:
        click.echo(f"Deleted older backups: {', '.join(gone)}")


@click.command()
@click.argument("source", type=THERE)
@click.option("--replace", is_flag=True, help="Restore even if there are networks. They are backed up first.")
@with_appcontext
def restore(source: Path, replace: bool) -> None:
    """Replace the database by the backup SOURCE. Mail is held until a person releases it.

    SOURCE is a file from `govnet backup`, or a bare SQLite file, as `litestream restore` writes it.
    """
    with explained(), database_files.as_backup(source) as backup_file:
        done = backups.restore(backup_file, replace=replace)
    click.echo(f"The backup of {done.taken} is in place, and everybody is signed out.")
    click.echo(f"People who had been erased since then and are erased again: {done.erased_again}.")
    if done.keys_differ:
        path = folders.data() / backups.KEYS_FOUND
        click.echo(
            f"MAIL_KEY differs from the backup's. To keep links in old mails working, use the key in {path}."
        )
    click.echo("Mail is held. To release it, use the page /operator or call: govnet operator release-mail")
    _report(checks.verify())


@click.command()
@with_appcontext
def upgrade() -> None:
    """Back up, bring the tables up to date and check the record, after installing a new release."""
    folder = folders.data()
    with explained():
        heartbeats.refuse_while_one_lives()
        if not schema.is_empty():
            target = folder / f"before-upgrade-{clock.now():%Y%m%d-%H%M%S}.tar.gz"
            backups.take(target)
            click.echo(f"Backed up to {target}")
        schema.prepare()
        schema.check()
        keys.check()
        erasure_list.catch_up()
    click.echo("The tables are up to date.")
    _report(checks.verify())


@click.command()
@with_appcontext
def verify() -> None:
    """Check the whole record of every network, and say where it is broken. Exits 1 if it is."""
    ready()
    _report(checks.verify())


@click.command()
@click.option(
    "--mail", "address", metavar="ADDRESS", help="Send one mail to this address, and say what became of it."
)
@with_appcontext
def doctor(address: str | None) -> None:
    """Check settings, database, worker, mail, disk, clock and backups. Exits 1 if something is wrong."""
    if address is None:
        _report(checks.examine())
        return
    if not schema.has_tables():
        raise click.ClickException("There is no database here yet. Begin with: govnet init")
    try:
        to = parsed(address)
    except BadAddress as bad:
        raise click.ClickException(f"“{address}” is not an e-mail address. {bad.message}") from bad
    click.echo(
        f"One mail goes to {to}. Waiting for the mail server's answer, for at most {sample_mail.PATIENCE:.0f} seconds."
    )
    with explained():
        _report([checks.Finding("mail", *sample_mail.send(to))])


def _report(findings: Iterable[checks.Finding]) -> None:
    """Print each finding, and exit with 1 if one is not well."""
    well = True
    for finding in findings:
        click.echo(f"{'ok  ' if finding.well else 'LOOK'}  {finding.name}: {finding.words}")
        well = well and finding.well
    if not well:
        sys.exit(1)
