"""Commands that name operators, and commands for operators only."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from govnet.kernel import clock
from govnet.kernel.actor import SHELL, Door
from govnet.kernel.transaction import transaction
from govnet.operations import keys, operators
from govnet.operations.command_errors import explained, ready
from govnet.operations.database import schema
from govnet.people.addresses import BadAddress, parsed
from govnet.people.persons import person_by_email, person_for


@click.group()
def operator() -> None:
    """Name the operators of this server, and do their work. The public record shows every use."""


@operator.command()
@click.argument("email")
@click.option("--name", default="", help="Their name, if nobody here has the address yet.")
@with_appcontext
def give(email: str, name: str) -> None:
    """Let the person with this address use the page /operator. They sign in by a link sent to it.

    You can do this before there is a network. Every network founded later says so in its record.
    """
    if not schema.has_tables():
        raise click.ClickException("There is no database here yet. Begin with: govnet init")
    with explained(), transaction():
        operators.give(_named(email, name) if name else _person_id(email), by=SHELL, via=Door.CLI)
    click.echo(f"{email} looks after the server from now on.")


@operator.command()
@click.argument("email")
@with_appcontext
def take(email: str) -> None:
    """Take the page /operator away from the person with this address."""
    ready()
    with explained(), transaction():
        operators.take(_person_id(email), by=SHELL, via=Door.CLI)
    click.echo(f"{email} no longer looks after the server.")


@operator.command()
@click.argument("email")
@with_appcontext
def link(email: str) -> None:
    """Print a link that signs in the operator with this address. Use it when no mail goes out.

    The public record shows it, and the operator gets a mail about it as soon as mail goes out again.
    """
    if not schema.has_tables():
        raise click.ClickException("There is no database here yet. Begin with: govnet init")
    with explained(), transaction():
        address, until = operators.print_link(email, by=SHELL, via=Door.CLI)
    click.echo(
        f"This link signs {email} in, once, until {until:%H:%M} UTC. The public record shows it, and they get a mail.\n"
    )
    click.echo(f"  {address}")


@operator.command("release-mail")
@with_appcontext
def release_mail() -> None:
    """Let mail go out again after a restore."""
    ready()
    with explained(), transaction():
        operators.release_mail(by=SHELL, via=Door.CLI)
    click.echo("Mail goes out again.")


@operator.command("reset-mail")
@with_appcontext
def reset_mail() -> None:
    """Try the mail server again now, after the cause has been removed."""
    ready()
    with explained(), transaction():
        operators.reset_line(by=SHELL, via=Door.CLI)
    click.echo("The mail server is tried again now, also with mail that it had refused.")


@operator.command("confirm-clock")
@with_appcontext
def confirm_clock() -> None:
    """Confirm that this server's clock is right, so that votes close again.

    This is needed once, if the worker started long after the newest entry and no time server keeps the clock.
    """
    with explained(), transaction():
        operators.confirm_clock(by=SHELL, via=Door.CLI)
        now = clock.now()
    click.echo(f"It is {now:%Y-%m-%d %H:%M} UTC. Everything that is due will close within a minute.")


@operator.command("accept-keys")
@with_appcontext
def accept_keys() -> None:
    """Confirm that SECRET_KEY, MAIL_KEY or SITE_URL were changed on purpose. Stop govnet everywhere first.

    Links in mails sent before need the old MAIL_KEY and SITE_URL. A new SECRET_KEY signs everybody out.
    """
    with explained(), transaction():
        others = keys.accept(by=SHELL, via=Door.CLI)
    if others:
        click.echo(f"From now on this database is used with the new {' and '.join(others)}.")
    else:
        click.echo("The keys are the ones that this database was last used with. Nothing was changed.")


def _person_id(email: str) -> int:
    person = person_by_email(email)
    if person is None:
        raise click.ClickException(f"Nobody here has the address {email}. Add their name: --name NAME")
    return person.id


def _named(email: str, name: str) -> int:
    """Return the person with that address. Without one it makes a person: the shell vouches for the address."""
    try:
        return person_for(parsed(email), name).id
    except BadAddress as bad:
        raise click.ClickException(f"“{email}” is not an e-mail address. {bad.message}") from bad
