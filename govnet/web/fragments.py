"""HTML drawn once with gaps, and filled for each of many things that look alike."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

_GAP = re.compile("\x02([a-z_]+)\x03")
"""Control characters around a name: no text that people type keeps them, and no escaping changes them."""


def gap(name: str) -> str:
    """The stand-in for the value `name` in a template, which may show it any number of times, or not at all."""
    return f"\x02{name}\x03"


class Drawn:
    """A template's output with gaps: the parts between them stay as they are."""

    def __init__(self, html: str) -> None:
        self._parts = _GAP.split(html)

    def filled(self, values: Mapping[str, object]) -> Markup:
        """The HTML with each gap's value in it, escaped unless it is Markup; raises KeyError for a gap without one."""
        parts = self._parts.copy()
        safe = {
            name: value if value == "" or type(value) is Markup else escape(value)
            for name, value in values.items()
        }
        parts[1::2] = [safe[name] for name in parts[1::2]]
        return Markup("".join(parts))  # noqa: S704 - the parts were drawn, the values are escaped
