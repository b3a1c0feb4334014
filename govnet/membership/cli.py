"""The roster from the command line: in from an old list, out to another one."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import inspect

from govnet.charter.models import Network
from govnet.charter.queries import network_by_slug, top_networks
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.membership import exporting, importing
from govnet.membership.roster import COLUMNS, Roster, read_roster
from govnet.membership.rules import sheet_cell

_SHOWN = 20


@click.group(name="import")
def import_group() -> None:
    """Bring in what another program holds."""


@import_group.command("members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--network", "slug", default="", help="The network's slug, where there are several.")
@click.option("--go", is_flag=True, help="Do it. Without this nothing is changed.")
@with_appcontext
def import_members(file: Path, slug: str, go: bool) -> None:
    """Bring in the roster of an old list: a CSV file with the columns name, email, organisation, kind, as."""
    network = _network(slug)
    roster = read_roster(file.read_bytes())
    if roster.problems:
        _refuse(roster)
    with transaction():
        made = importing.import_roster(network, roster.rows, go=go, via=Door.CLI)
        _say(made, roster)
    if go:
        click.echo(
            "Done. Those who came as members get a mail with a link to confirm, once `govnet worker` runs."
        )
    else:
        click.echo("Nothing was changed. To do it, say the same with --go.")


def _network(slug: str) -> Network:
    networks = top_networks() if inspect(db.engine).has_table("network") else ()
    found = network_by_slug(slug) if slug else networks[0] if len(networks) == 1 else None
    if found is None:
        known = ", ".join(network.slug for network in networks) or "none yet: run `govnet init` first"
        raise click.ClickException(f"Say which network with --network. There are: {known}.")
    return found


def _refuse(roster: Roster) -> None:
    for problem in roster.problems:
        click.echo(str(problem), err=True)
    click.echo(f"{len(roster.problems)} to mend. Nothing was changed.", err=True)
    sys.exit(1)


def _say(made: importing.Plan, roster: Roster) -> None:
    click.echo(f"{len(made.members)} come as members and are asked to confirm.")
    click.echo(f"{len(made.subscribers)} come as readers and get the mail.")
    if roster.repeated:
        click.echo(
            f"{len(roster.repeated)} stand in the file twice and count once: rows {_rows(roster.repeated)}."
        )
    if made.known:
        click.echo(f"{len(made.known)} are here already and stay as they are:")
    for row, why in made.known[:_SHOWN]:
        click.echo(f"  Row {row.number}: {row.email} {why}.")
    if len(made.known) > _SHOWN:
        click.echo(f"  … and {len(made.known) - _SHOWN} more.")


def _rows(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")


@click.group(name="export")
def export_group() -> None:
    """Hand over what this program holds."""


@export_group.command("members")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--network", "slug", default="", help="The network's slug, where there are several.")
@with_appcontext
def export_members(file: Path, slug: str) -> None:
    """Write the roster, with addresses, as a CSV file that can be imported again. Keep it safe."""
    rows = exporting.roster_rows(_network(slug).id)
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows([sheet_cell(cell) for cell in row] for row in rows)
    file.chmod(0o600)
    click.echo(f"{len(rows)} rows.")


def add_to(group: click.Group) -> None:
    """Bring the commands to `govnet`."""
    group.add_command(import_group)
    group.add_command(export_group)
