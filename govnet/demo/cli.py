"""`govnet demo`: an invented UK network on this machine, with everything that it needs."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import click

from govnet.demo.caught import folder_in
from govnet.demo.mailbox import Catcher
from govnet.kernel import logs
from govnet.kernel.settings import load_config
from govnet.operations.serving import server
from govnet.operations.serving.server_socket import bound

FOLDER = ".demo"
PORT = click.IntRange(1, 65_535)
MARKER = ".govnet-demo"
"""The file that says that a demo made the folder."""
MAIL = folder_in("").name


@click.command()
@click.option(
    "--port", type=PORT, default=5000, show_default=True, envvar="PORT", help="The port to listen on."
)
@click.option("--keep", is_flag=True, envvar="KEEP", help="Continue where the last demo stopped.")
@click.option("--folder", default=FOLDER, show_default=True, type=click.Path(file_okay=False, path_type=Path))
def demo(port: int, keep: bool, folder: Path) -> None:
    """Run the demo network with web, worker and a mailbox, on this machine only."""
    if os.environ.get("GOVNET_ENV") == "production":
        raise click.ClickException(
            "In the demo anybody can sign in as anybody: it does not run with GOVNET_ENV=production."
        )
    bound("127.0.0.1", port).close()  # before the last demo, which may still run, is swept away
    folder = folder.resolve()
    make_room(folder, keep=keep)
    catcher = Catcher(folder_in(str(folder)))
    catcher.start()
    try:
        _run(folder, port, catcher.port)
    finally:
        catcher.stop()


def make_room(folder: Path, *, keep: bool) -> None:
    """Make the folder of a demo, empty unless `keep`. Refuses a folder with files that no demo wrote."""
    if not _is_ours(folder):
        raise click.ClickException(
            f"{folder} has files that no demo wrote. The demo would delete them or write among them, so it stops. "
            "Name another folder: govnet demo --folder FOLDER"
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text(
        "The govnet demo made this folder, and empties it each time it starts afresh.\n"
    )
    for each in () if keep else folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.name != MARKER:  # the mark stays, so that a demo that ends here can begin again
            each.unlink(missing_ok=True)


def _is_ours(folder: Path) -> bool:
    """Whether the folder is empty or a demo made it. Folders of older demos have mail and no mark."""
    there = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    older = MAIL in there and there <= {MAIL, "govnet.db", "govnet.db-wal", "govnet.db-shm"}
    return not there or MARKER in there or older


def _run(folder: Path, port: int, mail_port: int) -> None:
    from govnet import create_app

    level = os.environ.get("LOG_LEVEL", "warning")
    for row in load_config().TABLE:  # settings of a real server in the environment do not reach it
        os.environ.pop(row.name, None)
    os.environ.update(_settings(folder, port, mail_port), LOG_LEVEL=level)
    logs.configure(level)  # a line for each of five hundred mails would hide the address
    _play(folder)
    app = create_app({})
    click.echo(f"The demo is at http://127.0.0.1:{port}/demo  (stop it with Ctrl-C)")
    listening = bound("127.0.0.1", port)
    server.serve(app, listening, beside=(server.the_worker(app, listening),))


def _play(folder: Path) -> None:
    """Make the network, unless the last demo's is kept. Nothing is forced to disk meanwhile."""
    from govnet import create_app
    from govnet.demo import history
    from govnet.kernel.transaction import transaction
    from govnet.operations import keys
    from govnet.operations.database import schema

    began = time.monotonic()
    with create_app({"SQLITE_SYNCHRONOUS": "OFF"}).app_context():
        schema.prepare()
        with transaction():
            keys.write_down()  # the demo's port may be another one each time
        if history.is_played():
            click.echo(f"Continuing with the network in {folder}.")
            return
        click.echo("Playing two hundred days of history ...")
        count = history.play()
    click.echo(f"Recorded {count} entries in {time.monotonic() - began:.1f} seconds.")


def _settings(folder: Path, port: int, mail_port: int) -> dict[str, str]:
    """The demo's own settings."""
    return {
        "GOVNET_ENV": "development",
        "GOVNET_DEMO": "1",
        "GOVNET_DATA": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/govnet.db",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_port),
        "MAIL_REPLIES": "replies+{token}@govnet.example.org",
    }
