"""A sentence of a rule, read as people read it."""

from __future__ import annotations

import re
from dataclasses import replace

from govnet.kernel.messages import Said


def read(said: Said | None) -> str:
    """The sentence, or "" where nothing is said; it must be a whole one, in both its numbers."""
    if said is None:
        return ""
    for text in {said.text, said.plural} - {""}:
        sentence = str(replace(said, text=text, plural=""))
        assert re.match(r"[“‘A-Z0-9]", sentence), sentence
        assert sentence.endswith((".", "https://", ": '")), sentence
        assert not sentence.isupper(), sentence
    return str(said)
