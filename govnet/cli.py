"""The command line: a table of commands, each imported when it is called, so that help and small commands come at once."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import click

from govnet import __version__

COMMANDS = {
    "backup": ("govnet.operations.cli:backup", "Write a backup of everything to a file."),
    "demo": ("govnet.demo.cli:demo", "Run a demo network on this machine alone."),
    "deploy-files": ("govnet.operations.release_cli:deploy_files", "Write the files that run govnet."),
    "doctor": ("govnet.operations.cli:doctor", "Look whether all is well, and say what to do."),
    "export": ("govnet.membership.cli:export_group", "Hand over what this program holds."),
    "guide": ("govnet.operations.release_cli:guide", "Print how to run govnet, or what changed."),
    "import": ("govnet.membership.cli:import_group", "Bring in what another program holds."),
    "init": ("govnet.operations.cli:init", "Make the database, and found a network."),
    "operator": ("govnet.operations.operator_cli:operator", "Name operators, and do what they alone can do."),
    "receive": ("govnet.operations.pipe:receive", "Take one mail from standard input."),
    "restore": ("govnet.operations.cli:restore", "Put a backup in the place of the database."),
    "serve": ("govnet.operations.cli:serve", "Run the web server, and the worker beside it."),
    "upgrade": ("govnet.operations.cli:upgrade", "Bring the tables up to date with a new release."),
    "verify": ("govnet.operations.cli:verify", "Recompute the whole record of every network."),
    "worker": ("govnet.operations.worker_cli:work", "Tell, send, and do what is due, until SIGTERM."),
}
"""Where each command is, and what it does in at most 50 characters."""
MEASURED = ("serve", "worker")
"""Commands that measure what they do, where METRICS_TOKEN is set."""
WORDS = "govnet.words"
"""Under which a command's context keeps the words that it was called with."""
SMALL = frozenset({"receive"})
"""Commands that do without the application, and without the libraries that it is made of."""
WITH_ANY_KEYS = frozenset({"accept-keys", "doctor", "init", "restore", "verify"})
"""Commands that run with other keys than the database's, because they put that right, say so, or need none."""
LIBRARIES = frozenset({"db", "limiter"})
"""Commands of libraries: used past govnet's own, they leave a database that it cannot vouch for. The help leaves them out."""


def _app() -> object:
    from govnet import create_app
    from govnet.kernel import logs
    from govnet.kernel.settings import load_config
    from govnet.operations import keys, ownership

    config = load_config().load()
    logs.configure(config.LOG_LEVEL)
    ownership.check(config.DATA_DIR, config.SQLALCHEMY_DATABASE_URI, click.get_current_context().meta[WORDS])
    ownership.make(config.DATA_DIR)
    app = create_app()
    if config.METRICS_TOKEN and click.get_current_context().info_name in MEASURED:
        from govnet.operations import metrics

        metrics.start(config.DATA_DIR)
    if click.get_current_context().info_name not in WITH_ANY_KEYS:
        with app.app_context():
            keys.check()
    return app


def _use_file(_ctx: click.Context, _option: click.Parameter, path: str | None) -> None:
    if path:
        from govnet.kernel.settings import use_file

        use_file(path)


class Govnet(click.Group):
    """A group whose commands are imported one by one, when they are called.

    Only the process's own environment is read: no .env file of the folder, and no variable that begins with FLASK_.
    """

    create_app: Callable[[], Any] = staticmethod(_app)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words of the command, to show how somebody else would call it."""
        ctx.meta[WORDS] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Trouble that a person has to put right is one sentence, and exit code 1."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            from govnet.operations.shell import in_words

            words = in_words(error)
            if not words:
                raise
            raise click.ClickException(words) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command, with what it needs to load the application."""
        if name in COMMANDS:
            module, _, attribute = COMMANDS[name][0].partition(":")
            command: click.Command = getattr(importlib.import_module(module), attribute)
            command.short_help = COMMANDS[name][1]
            if name not in SMALL:
                self._can_load(ctx)
            return command
        return self._of_library(ctx, name) if name in LIBRARIES else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_target, words) in COMMANDS.items()])

    def _can_load(self, ctx: click.Context) -> Any:
        from flask.cli import ScriptInfo

        if ctx.obj is None:
            ctx.obj = ScriptInfo(create_app=self.create_app, set_debug_flag=False)
        return ctx.obj

    def _of_library(self, ctx: click.Context, name: str) -> click.Command | None:
        app = self._can_load(ctx).load_app()
        ctx.with_resource(app.app_context())
        _ = app.extensions["migrate"].directory  # which brings its commands along
        found: click.Command | None = app.cli.get_command(ctx, name)
        return found


@click.group(cls=Govnet)
@click.option(
    "--settings",
    metavar="FILE",
    expose_value=False,
    callback=_use_file,
    help="Read the settings from this file, as GOVNET_SETTINGS does; the environment goes before it.",
)
@click.version_option(__version__, prog_name="govnet", message="%(prog)s %(version)s")
def main() -> None:
    """govnet: a home for networks that govern themselves."""
