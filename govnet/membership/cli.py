"""The roster on the command line: import it from an old list, export it to another one."""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import inspect

from govnet.charter.models import Network
from govnet.charter.queries import network_by_slug, top_networks
from govnet.extensions import db
from govnet.kernel import files
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.kernel.url_converters import MOST
from govnet.membership.roster import exports, imports, queries, undo
from govnet.membership.roster.columns import COMES_AS
from govnet.membership.roster.file import MOST_BYTES
from govnet.membership.roster.models import COMES, STAYS, ImportState, RosterImport, RowOutcome
from govnet.membership.roster.parser import COLUMNS, Roster, read_roster
from govnet.membership.roster.plan import Plan, Planned
from govnet.membership.rules import sheet_cell

_SHOWN = 20


@click.group(name="import")
def import_group() -> None:
    """Bring in a list of people, or take it back."""


@import_group.command("members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--network", "slug", default="", help="The network's slug, where there are several.")
@click.option("--go", is_flag=True, help="Do it. Without this nothing is changed.")
@click.option(
    "--as",
    "comes_as",
    type=click.Choice(["subscriber", "member"]),
    default="subscriber",
    help="The kind of people whose row does not name one.",
)
@click.option(
    "--leave-out",
    is_flag=True,
    help="With --go: leave out rows that cannot be used, and bring in the others.",
)
@with_appcontext
def import_members(file: Path, slug: str, go: bool, comes_as: str, leave_out: bool) -> None:
    """Bring in the list of another program, and say for each row what happens.

    FILE is CSV with or without a heading (name, email, organisation, kind, as), as Excel, Mailman, Google Groups,
    Mailchimp, CiviCRM and Outlook write it, a list of addresses, or Mailman's JSON.
    """
    network = _network(slug)
    with file.open("rb") as content:
        whole = content.read(MOST_BYTES + 1)
    roster = read_roster(whole, COMES_AS[comes_as])
    for note in (*roster.notes, *roster.problems):
        click.echo(str(note), err=note in roster.problems)
    if not roster.rows or (go and roster.problems and not leave_out):
        _refuse(roster)
    with transaction():
        source = imports.Source(file.name, hashlib.sha256(whole).hexdigest())
        made = imports.import_roster(network, roster.rows, go=go, via=Door.CLI, source=source)
        _say(made, roster, each=not go)
    if go:
        click.echo(
            "Done. Once `govnet worker` runs, the people who come as members get a mail with a link to confirm."
        )
        click.echo(f"To take back those who have not acted yet: govnet import undo {made.number}")
    elif roster.problems:
        _refuse(roster)
    else:
        click.echo("Nothing was changed. To do it, call the same command with --go.")


@import_group.command("list")
@click.option("--network", "slug", default="", help="The network's slug, where there are several.")
@with_appcontext
def list_imports(slug: str) -> None:
    """Show the lists that were brought in, newest first."""
    for one in queries.imports(_network(slug).id):
        batch = one.batch
        click.echo(
            f"{batch.id}: {batch.looked_at:%Y-%m-%d %H:%M} UTC, {batch.state.value}, "
            f"{batch.members} to confirm, {_many(batch.subscribers, 'reader', 'readers')}, by {one.by or 'the command line'}"
        )


@import_group.command("undo")
@click.argument("number", type=click.IntRange(1, MOST))
@click.option("--go", is_flag=True, help="Do it. Without this nothing is changed.")
@with_appcontext
def undo_import(number: int, go: bool) -> None:
    """Take back the list with this NUMBER. People who have acted since stay."""
    batch = db.session.get(RosterImport, number)
    if batch is None or batch.state is not ImportState.DONE:
        raise click.ClickException(
            "There is no such list to take back. `govnet import list` shows the lists."
        )
    if go:
        with transaction():
            ends = undo.take_back(batch, via=Door.CLI)
    else:
        ends = undo.untouched(batch)
    click.echo(
        f"{_many(len(ends.memberships), 'membership', 'memberships')} to confirm and "
        f"{_many(len(ends.subscriptions), 'reader', 'readers')} end. "
        f"{_many(ends.acted, 'has', 'have')} acted and {'stays' if ends.acted == 1 else 'stay'}."
    )
    click.echo("Done." if go else "Nothing was changed. To do it, call the same command with --go.")


def _network(slug: str) -> Network:
    networks = top_networks() if inspect(db.engine).has_table("network") else ()
    found = network_by_slug(slug) if slug else networks[0] if len(networks) == 1 else None
    if found is None:
        known = ", ".join(network.slug for network in networks) or "none yet: run `govnet init` first"
        raise click.ClickException(f"Name a network with --network. There are: {known}.")
    return found


def _refuse(roster: Roster) -> None:
    click.echo(f"{_many(len(roster.problems), 'problem', 'problems')} found. Nothing was changed.", err=True)
    if roster.rows:
        click.echo("To bring in the other rows without them, add --go --leave-out.", err=True)
    sys.exit(1)


def _say(made: Plan, roster: Roster, *, each: bool) -> None:
    """Print the counts, and what happens to each person. People who come in are listed in a trial only."""
    members, readers, twice = len(made.members), len(made.subscribers), len(roster.repeated)
    click.echo(
        f"{_many(members, 'person comes as a member and is', 'people come as members and are')} asked to confirm."
    )
    click.echo(
        f"{_many(readers, 'person comes as a reader and gets', 'people come as readers and get')} the mail."
    )
    if twice:
        said = _many(
            twice, "person is in the file twice and counts", "people are in the file twice and count"
        )
        click.echo(f"{said} once: {'row' if twice == 1 else 'rows'} {_rows(roster.repeated)}.")
    comes = COMES if each else frozenset()
    for words, outcomes in (
        (("person is here already and stays", "people are here already and stay"), STAYS),
        (("person does not come in", "people do not come in"), frozenset(RowOutcome) - STAYS - COMES),
        (("person comes in", "people come in"), comes),
    ):
        if rows := [one for one in made.planned if one.outcome in outcomes]:
            click.echo(f"{_many(len(rows), *words)}:")
            click.echo("\n".join(f"  {_one(one)}" for one in rows))


def _one(planned: Planned) -> str:
    row = planned.row
    who = f"{row.name} <{row.email}>" if row.name else row.email
    return " ".join(filter(None, (f"Row {row.number}: {who} {planned.why}.", planned.note)))


def _many(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _rows(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")


@click.group(name="export")
def export_group() -> None:
    """Write the list of members to a file."""


@export_group.command("members")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--network", "slug", default="", help="The network's slug, where there are several.")
@with_appcontext
def export_members(file: Path, slug: str) -> None:
    """Write the list of members, with addresses, as a CSV file that can be imported again. Keep it safe."""
    rows = exports.roster_rows(_network(slug).id)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([sheet_cell(cell) for cell in row] for row in rows)
    files.write(file, out.getvalue().encode("utf-8-sig"))
    click.echo(f"{_many(len(rows), 'row', 'rows')}.")
