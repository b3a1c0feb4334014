"""Write a dump; see the package."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import sys
from pathlib import Path


def written(value: object) -> object:
    """The value as JSON can hold it; bytes as base64."""
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def dump(source: str, target: str) -> None:
    """Every table's columns and rows, and the revision, from a SQLite file into gzipped JSON."""
    found: dict[str, object] = {}
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as connection:
        names = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        for (table,) in connection.execute(names).fetchall():
            rows = connection.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in rows.description]
            found[table] = [columns, [[written(value) for value in row] for row in rows]]
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    Path(target).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    dump(*sys.argv[1:])
