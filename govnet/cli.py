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
    "doctor": ("govnet.operations.cli:doctor", "Check that all is well, and say what to do."),
    "export": ("govnet.membership.cli:export_group", "Write the list of members to a file."),
    "guide": ("govnet.operations.release_cli:guide", "Print a guide, or the changes of this release."),
    "import": ("govnet.membership.cli:import_group", "Bring in a list of people, or take it back."),
    "init": ("govnet.operations.cli:init", "Make the database, and found a network."),
    "operator": ("govnet.operations.operator_cli:operator", "Name operators, and do their work."),
    "receive": ("govnet.operations.mail_pipe:receive", "Receive one mail from standard input."),
    "restore": ("govnet.operations.cli:restore", "Replace the database by a backup."),
    "serve": ("govnet.operations.cli:serve", "Run the web server and the worker."),
    "upgrade": ("govnet.operations.cli:upgrade", "Bring the tables up to date after installing."),
    "verify": ("govnet.operations.cli:verify", "Check the whole record of every network."),
    "worker": ("govnet.operations.serving.worker_cli:work", "Send mail and do what is due, until SIGTERM."),
}
"""Where each command is, and its help in at most 50 characters."""
MEASURED = ("serve", "worker")
"""Commands that count for Prometheus, if METRICS_TOKEN is set."""
WORDS = "govnet.words"
"""The key under which a command's context keeps the arguments that it was called with."""
SMALL = frozenset({"receive"})
"""Commands that need neither the application nor its libraries."""
WITH_ANY_KEYS = frozenset({"accept-keys", "doctor", "init", "restore", "verify"})
"""Commands that run with keys other than the database's: they correct or report that, or need no keys."""
LIBRARIES = frozenset({"db", "limiter"})
"""Commands of libraries. The help leaves them out: a database changed by them is not what govnet expects."""


def _app() -> object:
    from govnet import create_app
    from govnet.kernel import logs
    from govnet.kernel.settings import load_config
    from govnet.operations import file_ownership, keys

    config = load_config().load()
    logs.configure(config.LOG_LEVEL)
    file_ownership.check(
        config.DATA_DIR, config.SQLALCHEMY_DATABASE_URI, click.get_current_context().meta[WORDS]
    )
    file_ownership.make(config.DATA_DIR)
    app = create_app()
    if config.METRICS_TOKEN and click.get_current_context().info_name in MEASURED:
        from govnet.operations.health import metrics

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
    """A group that imports each command when it is called.

    Only the process's own environment is read: no .env file of the folder, and no variable that begins with FLASK_.
    """

    create_app: Callable[[], Any] = staticmethod(_app)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the arguments of the command, to show how another user would call it."""
        ctx.meta[WORDS] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. If a person has to correct something, it prints one sentence and exits with code 1."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            from govnet.operations.command_errors import in_words

            words = in_words(error)
            if not words:
                raise
            raise click.ClickException(words) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command, able to load the application if it needs to."""
        if name in COMMANDS:
            module, _, attribute = COMMANDS[name][0].partition(":")
            command: click.Command = getattr(importlib.import_module(module), attribute)
            command.short_help = COMMANDS[name][1]
            if name not in SMALL:
                self._can_load(ctx)
            return command
        return self._of_library(ctx, name) if name in LIBRARIES else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list in the help from the table alone."""
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
    help="Read the settings from this file, as GOVNET_SETTINGS does. The environment goes before it.",
)
@click.version_option(__version__, prog_name="govnet", message="%(prog)s %(version)s")
def main() -> None:
    """govnet: a home for networks that govern themselves."""
