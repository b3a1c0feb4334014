"""Commands that show what comes with the program: how to run it, and what changed."""

from __future__ import annotations

from pathlib import Path

import click

from govnet.kernel import paths


def guides() -> dict[str, Path]:
    """Every text that comes with this release, by the name that `govnet guide` knows it by."""
    found = sorted(Path(paths.beside("docs")).glob("*.md"))
    return {
        **{path.stem: path for path in found},
        "changelog": Path(paths.beside("CHANGELOG.md")),
        "security": Path(paths.beside("SECURITY.md")),
    }


@click.command()
@click.argument("name", default="running")
def guide(name: str) -> None:
    """Print a text that comes with this release: how to run govnet, or the one with that NAME."""
    known = guides()
    if name not in known:
        raise click.ClickException(f"There is no text named {name}. These are there: {', '.join(known)}")
    click.echo_via_pager(known[name].read_text(encoding="utf-8"))
