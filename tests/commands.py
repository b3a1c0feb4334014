"""Holding what a text or a file says to run against the command line as it is."""

from __future__ import annotations

from collections.abc import Sequence

import click

from govnet.cli import main


def trouble_with(words: Sequence[str]) -> str | None:
    """The mistake in a call of `govnet` with these words: a missing command or option. None if there is none."""
    command: click.Command = main
    context = click.Context(main, info_name="govnet")
    rest = list(words)
    if rest[:1] == ["--settings"]:
        rest = rest[2:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, rest[0])
        if found is None:
            return f"no command {rest[0]}"
        command, rest = found, rest[1:]
    known = {name for each in command.get_params(context) for name in (*each.opts, *each.secondary_opts)}
    for word in rest:
        if word.startswith("-") and word != "-" and word.split("=")[0] not in known:
            return f"no option {word} of {' '.join(words[: len(words) - len(rest)]) or 'govnet'}"
    return None
