"""Commands that print or copy files of the release: the guides, the changes, and the files for deployment."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from govnet.kernel import folders
from govnet.kernel.files import workshop


def guides() -> dict[str, Path]:
    """Return every text of this release, by its name for `govnet guide`."""
    found = sorted(Path(folders.beside("docs")).glob("*.md"))
    return {
        **{path.stem: path for path in found},
        "changelog": Path(folders.beside("CHANGELOG.md")),
        "security": Path(folders.beside("SECURITY.md")),
    }


@click.command()
@click.argument("name", default="running")
def guide(name: str) -> None:
    """Print a text of this release: the guide to running govnet, or the text with this NAME."""
    known = guides()
    if name not in known:
        raise click.ClickException(f"There is no text named {name}. These are there: {', '.join(known)}")
    click.echo_via_pager(known[name].read_text(encoding="utf-8"))


@click.command("deploy-files")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def deploy_files(folder: Path) -> None:
    """Write the files that run govnet into the new folder FOLDER: units, web servers, containers, scripts, locks."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"There is something in {folder} already. Name a new folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with workshop(folder.parent) as place:
        made = place / "files"
        shutil.copytree(folders.beside("deploy"), made)
        for lock in ("requirements.lock", "requirements-cluster.lock"):
            shutil.copy(folders.beside(lock), made)
        made.replace(folder)
    click.echo(f"Written to {folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
