"""Markdown as people read it in a mail's text part: no stars, no pipes, addresses beside their text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from govnet.kernel.text import rendered

_BLOCKS = {"p", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "table", "hr"}
_OWN_LINK = re.compile(r'<a href="/(?!/)')


def plain(markdown: str, site: str = "") -> str:
    """The text of `markdown` with one blank line between paragraphs; a row of a table is "heading: cell" for each cell.

    Links to pages of the site begin with its address, `site`.
    """
    reader = _Reader()
    reader.feed(links_from_outside(rendered(markdown), site))
    reader.close()
    return reader.text()


def links_from_outside(html: str, site: str) -> str:
    """A rendered text whose links to pages of the site also lead there from elsewhere."""
    return _OWN_LINK.sub(lambda _found: f'<a href="{site}/', html)


class _Reader(HTMLParser):
    """Reads our own rendered HTML, whose tags are few and always closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._lists: list[int | None] = []
        self._quotes = 0
        self._code = False
        self._hrefs: list[tuple[str, int]] = []
        self._head: list[str] = []
        self._row: list[str] = []
        self._cell: list[str] | None = None

    def text(self) -> str:
        """All of it, without blank lines at its ends or two in a row."""
        found: list[str] = []
        for line in (each.rstrip() for each in self._lines):
            if line.strip("> ") or (found and found[-1].strip("> ")):
                found.append(line if line.strip("> ") else "")
        return "\n".join(found).strip()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS and not (tag in ("ul", "ol") and self._lists):
            self._blank()
        match tag:
            case "br":
                self._new_line()
            case "hr":
                self._add("---")
            case "blockquote":
                self._quotes += 1
                self._new_line()
            case "pre":
                self._code = True
            case "ul" | "ol":
                start = dict(attributes).get("start")
                self._lists.append(int(start or 1) if tag == "ol" else None)
            case "li":
                self._new_line()
                self._add(self._bullet(), at_start=True)
            case "a":
                self._hrefs.append((dict(attributes).get("href") or "", len(self._lines[-1])))
            case "tr":
                self._row = []
            case "th" | "td":
                self._cell = []

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "blockquote":
                self._quotes -= 1
            case "pre":
                self._code = False
            case "ul" | "ol":
                self._lists.pop()
            case "a":
                self._address()
            case "th" | "td":
                self._row.append(" ".join("".join(self._cell or ()).split()))
                self._cell = None
            case "thead":
                self._head = self._row
            case "tr" if self._head:
                self._say_row()
        if tag in _BLOCKS and not (tag in ("ul", "ol", "p") and self._lists):
            self._blank()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
        elif self._code:
            for number, line in enumerate(data.rstrip("\n").split("\n")):
                if number:
                    self._new_line()
                self._add(f"    {line}")
        elif data.strip():
            self._add(data.lstrip("\n").replace("\n", " "))

    def _bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        deep = "  " * max(len(self._lists) - 1, 0)
        if number is None:
            return f"{deep}* "
        self._lists[-1] = number + 1
        return f"{deep}{number}. "

    def _address(self) -> None:
        href, began = self._hrefs.pop()
        words = "".join(self._cell) if self._cell is not None else self._lines[-1][began:]
        if href and href.removeprefix("mailto:") != words.strip():
            self._add(f" ({href})") if self._cell is None else self._cell.append(f" ({href})")

    def _say_row(self) -> None:
        cells = [
            f"{head}: {cell}" if head else cell for head, cell in zip(self._head, self._row, strict=False)
        ]
        if self._row is not self._head:
            self._new_line()
            self._add("; ".join(cells))

    def _add(self, text: str, *, at_start: bool = False) -> None:
        if at_start or not self._lines[-1]:
            self._lines[-1] = "> " * self._quotes + text if not self._lines[-1] else self._lines[-1] + text
        else:
            self._lines[-1] += text

    def _new_line(self) -> None:
        if self._lines[-1].strip("> "):
            self._lines.append("")

    def _blank(self) -> None:
        self._new_line()
        if len(self._lines) > 1 and self._lines[-2:-1] != [""]:
            self._lines.append("")
