"""How large the program is and what its files are called, now and at earlier commits, and what a write request passes.

`python -m benchmarks.size [REVISION ...]` prints one JSON object a line: the working tree, with what is not ignored,
and then each revision, which is read out of the repository as it stands. Nothing here has a bar.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import _requests, _source

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("govnet/", "tests/", "templates/", "docs/glossary.md")
ALONE = True


def main(revisions: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """One result a tree; the first is the working tree's, the only one whose requests are followed."""
    commits = {revision: commit_of(revision) for revision in revisions}
    tree = working_tree(ROOT)
    requests = list(_requests.followed(tree))
    yield {"name": "working tree", **_source.measured(tree), "write_requests": requests}
    for revision, commit in commits.items():
        yield {"name": revision, "commit": commit[:12], **_source.measured(tree_of(ROOT, commit))}


def commit_of(revision: str) -> str:
    """Its whole name. Raises SystemExit where there is no such commit."""
    try:
        return (
            _git(ROOT, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
        )
    except SystemExit as error:
        raise SystemExit(f"There is no commit {revision!r} here. {error}") from error


def working_tree(root: Path) -> dict[str, str]:
    """The files of a checkout as they are now, new ones included, without those that git ignores."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *ROOMS)
    paths = sorted(set(listed.decode().split("\0")) - {""})
    return {path: _text((root / path).read_bytes()) for path in paths if (root / path).is_file()}


def tree_of(root: Path, commit: str) -> dict[str, str]:
    """The files of a commit, read from git's own store: nothing is checked out."""
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", commit))) as archive:
        return {
            member.name: _text(found.read())
            for member in archive
            if member.isfile() and member.name.startswith(ROOMS) and (found := archive.extractfile(member))
        }


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")  # pictures among the templates have no lines to count


def _git(root: Path, *words: str) -> bytes:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {words[0]}: {done.stderr.decode().strip()}")
    return done.stdout


if __name__ == "__main__":
    for result in main(sys.argv[1:]):
        print(json.dumps(result), flush=True)
