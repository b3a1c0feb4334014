"""Compares the rules with the record."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from govnet.charter.events import CharterChanged, CharterFound
from govnet.charter.models import CharterVersion
from govnet.extensions import db
from govnet.kernel.models import reference
from govnet.record.registry import keeps


def bind() -> None:
    """Have every version compared."""
    keeps(CharterFound.verb, CharterChanged.verb, texts=_texts)


def _texts(network_id: int) -> Iterator[tuple[str, str]]:
    for version in db.session.scalars(select(CharterVersion).where(CharterVersion.network_id == network_id)):
        yield reference(version), version.parameters
