"""Commands that hand over what comes with the program: how to run it, what changed, and the files that run it."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from govnet.kernel import folders
from govnet.kernel.files import workshop


def guides() -> dict[str, Path]:
    """Every text that comes with this release, by the name that `govnet guide` knows it by."""
    found = sorted(Path(folders.beside("docs")).glob("*.md"))
    return {
        **{path.stem: path for path in found},
        "changelog": Path(folders.beside("CHANGELOG.md")),
        "security": Path(folders.beside("SECURITY.md")),
    }


@click.command()
@click.argument("name", default="running")
def guide(name: str) -> None:
    """Print a text that comes with this release: how to run govnet, or the one with that NAME."""
    known = guides()
    if name not in known:
        raise click.ClickException(f"There is no text named {name}. These are there: {', '.join(known)}")
    click.echo_via_pager(known[name].read_text(encoding="utf-8"))


@click.command("deploy-files")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def deploy_files(folder: Path) -> None:
    """Write the files that run govnet into FOLDER, which is new: units, web servers, containers, scripts, locks."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"There is something in {folder} already. Name a folder that is new.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with workshop(folder.parent) as place:
        made = place / "files"
        shutil.copytree(folders.beside("deploy"), made)
        for lock in ("requirements.lock", "requirements-cluster.lock"):
            shutil.copy(folders.beside(lock), made)
        made.replace(folder)
    click.echo(f"Written to {folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
