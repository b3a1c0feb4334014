"""A language that nobody speaks: every sentence of the program between brackets, made from the sources by Babel."""

from __future__ import annotations

import re
import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]


@cache
def sentences() -> tuple[str | tuple[str, str], ...]:
    """Every sentence that translators get, as `make messages` collects them; plural ones as pairs."""
    (told,) = re.findall(r"pybabel -q (extract .*) -o messages.pot \.", (ROOT / "Makefile").read_text())
    words = told.replace("pyproject.toml", str(ROOT / "pyproject.toml")).split()
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder, "messages.pot")
        CommandLineInterface().run(["pybabel", "-q", *words, "-o", str(pot), str(ROOT)])
        with pot.open("rb") as file:
            return tuple(message.id for message in read_po(file) if message.id)


@cache
def _compiled() -> bytes:
    catalog, out = Catalog(locale="cy"), BytesIO()
    for each in sentences():
        if isinstance(each, tuple):
            catalog.add(each, tuple(f"⟦{each[1]}⟧" for _ in range(catalog.num_plurals)))
        else:
            catalog.add(each, f"⟦{each}⟧")
    write_mo(out, catalog)
    return out.getvalue()


def translations(folder: Path) -> str:
    """A folder of translations that holds that language, under Welsh's name."""
    inside = folder / "cy" / "LC_MESSAGES"
    inside.mkdir(parents=True)
    (inside / "messages.mo").write_bytes(_compiled())
    return str(folder)
