"""Commands for whoever runs the server."""

from __future__ import annotations

import click
from flask.cli import ScriptInfo

from govnet.operations import serving


def add_to(group: click.Group) -> None:
    """Give the command line these commands."""
    group.add_command(serve)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=5000, show_default=True, envvar="PORT", help="The port to listen on.")
@click.option("--no-worker", is_flag=True, help="Only the web; run `govnet worker` elsewhere.")
@click.pass_obj
def serve(info: ScriptInfo, host: str, port: int, no_worker: bool) -> None:
    """Run the web server, and the worker beside it."""
    beside = () if no_worker else (serving.Companion("worker"),)
    app = info.load_app()
    click.echo(f"govnet listens on http://{host}:{port}")
    serving.serve(app, host=host, port=port, beside=beside)
