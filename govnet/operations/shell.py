"""What the operator's commands share: trouble in a sentence, and whether there is anything here yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from govnet.kernel.errors import GovnetError
from govnet.operations import backups, schema
from govnet.operations.archive import ArchiveError
from govnet.operations.copies import CopyError

TROUBLE = (GovnetError, ArchiveError, CopyError, backups.RestoreError, OSError)


@contextmanager
def explained() -> Iterator[None]:
    """What went wrong in a sentence instead of a traceback."""
    try:
        yield
    except TROUBLE as error:
        raise click.ClickException(str(error)) from error


def ready() -> None:
    """Refuse in a sentence where there are no tables yet."""
    if schema.is_empty():
        raise click.ClickException("There is no network here yet. Begin with: govnet init")
