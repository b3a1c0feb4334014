"""The traces of somebody who was erased: every table and every file is searched."""

from __future__ import annotations

import html
import quopri
from collections.abc import Collection, Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path

from sqlalchemy import select

from govnet.accounts import erasure
from govnet.extensions import db
from govnet.kernel.models import Base
from govnet.kernel.transaction import transaction
from govnet.record.models import Entry

LEFT = {
    ("post", "source"): "what others wrote",
    ("post", "html"): "what others wrote",
    ("post_version", "source"): "what others wrote",
    ("evidence_mail", "raw"): "evidence of what was decided elsewhere; its sender's name is struck",
    ("evidence_mail", "text"): "evidence of what was decided elsewhere; its sender's name is struck",
    (
        "network",
        "contact_name",
    ): "whom the network says that people can ask, until its officers name somebody else",
    ("network", "contact_email"): "the network's own mailbox, until its officers name another one",
    ("network", "list_address"): "a list elsewhere",
}
"""Where a name or an address may stand after its owner was erased, and why."""


def erase(person_id: int) -> None:
    """Somebody's name is removed, as it is again after a restore."""
    with transaction():
        erasure.erase_again(person_id)


def words_about(subject: str) -> set[str | None]:
    """The record's entries about a row, None for those that lost their words; there must be at least one."""
    found = set(db.session.scalars(select(Entry.words).where(Entry.subject == subject)))
    assert found, subject
    return found


def left_of(words: Collection[str], folder: Path | None = None) -> dict[tuple[str, str], list[str]]:
    """The columns of tables, and the files below `folder`, that hold one of these words, each with where."""
    wanted = [_flat(word) for word in words]
    found: dict[tuple[str, str], list[str]] = {}
    for place, at, value in (*_columns(), *_files(folder)):
        text = _flat("\n".join(_readings(value)))
        if any(word in text for word in wanted):
            found.setdefault(place, []).append(at)
    return found


def _flat(text: str) -> str:
    return " ".join(html.unescape(text).casefold().split())


def _columns() -> Iterator[tuple[tuple[str, str], str, object]]:
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            for column, value in zip(table.columns, row, strict=True):
                yield (table.name, column.name), str(row[0]), value


def _files(folder: Path | None) -> Iterator[tuple[tuple[str, str], str, object]]:
    for path in sorted(folder.rglob("*")) if folder else ():
        if path.is_file() and not path.name.startswith("govnet.db"):
            yield ("file", path.name), str(path), path.read_bytes()


def _readings(value: object) -> Iterator[str]:
    """The value as it stands, and as mail programs would read it."""
    if not isinstance(value, bytes):
        yield str(value)
        return
    yield value.decode("utf-8", "replace")
    with suppress(ValueError):
        yield quopri.decodestring(value).decode("utf-8", "replace")
    with suppress(ValueError, LookupError):
        yield from (str(field) for field in message_from_bytes(value, policy=policy.default).values())
