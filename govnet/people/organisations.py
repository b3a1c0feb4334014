"""Finding organisations by their names."""

from __future__ import annotations

import unicodedata

from sqlalchemy import select

from govnet.extensions import db
from govnet.people.models import Organisation


def name_key(name: str) -> str:
    """An organisation's name folded for comparison: width, case and spaces do not make another one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:200]


def organisation_called(name: str) -> Organisation | None:
    """The organisation of that name, however its letters and spaces were typed."""
    return db.session.scalar(select(Organisation).where(Organisation.name_key == name_key(name)))
