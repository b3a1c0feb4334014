"""The pieces that a mail's template is made of, each in two shapes: plain text, and HTML that says the
same.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from govnet.kernel.text import rendered
from govnet.kernel.translation import say_when
from govnet.mail.outgoing.plain_text import links_from_outside, plain
from govnet.mail.page_addresses import Ending


class Parts(ABC):
    """The pieces of a mail's template; `most` is how many characters of a person's text are shown, `site` where they lead."""

    def __init__(self, most: int | None = None, site: str = "") -> None:
        self.most, self.site = most, site

    def names(self) -> Mapping[str, Callable[..., str]]:
        """The pieces by the names that templates use."""
        return {
            n: getattr(self, n)
            for n in ("p", "heading", "words", "prose", "button", "link", "facts", "items")
        }

    def ends(self, address: str) -> str:
        """Until when a link works that ends; nothing for any other."""
        if not isinstance(address, Ending):
            return ""
        until = say_when(address.until, address.zone)
        if address.once:
            return self.p(_("This link works once, until %(until)s.", until=until))
        return self.p(_("This link works until %(until)s.", until=until))

    @abstractmethod
    def p(self, text: object) -> str:
        """A paragraph."""

    def _cut(self, markdown: str) -> str:
        if self.most is None or len(markdown) <= self.most:
            return markdown
        kept = markdown[: self.most]
        at = max(kept.rfind("\n\n"), kept.rfind(". ") + 1, kept.rfind(" "))
        return kept[: at if at > self.most // 2 else self.most].rstrip() + " …"


class TextParts(Parts):
    """For the part that every mail program shows."""

    def p(self, text: object) -> str:
        """A paragraph."""
        return f"{_line(text)}\n\n"

    def heading(self, text: object) -> str:
        """A heading inside a long mail."""
        line = _line(text)
        return f"{line}\n{'-' * min(len(line), 60)}\n\n"

    def words(self, markdown: str) -> str:
        """A person's text, without its Markdown."""
        return f"{plain(self._cut(markdown), self.site)}\n\n"

    def prose(self, markdown: str) -> str:
        """The mail's own text, if a person wrote all of it."""
        return self.words(markdown)

    def button(self, label: object, address: str) -> str:
        """The one thing to do next."""
        return f"{_line(label)}:\n{address}\n\n{self.ends(address)}"

    def link(self, label: object, address: str) -> str:
        """Somewhere else to go."""
        return f"{_line(label)}: {address}\n\n{self.ends(address)}"

    def facts(self, rows: Iterable[tuple[object, object]]) -> str:
        """Short facts, each with its name."""
        return "".join(f"{_line(name)}: {_line(value)}\n" for name, value in rows) + "\n"

    def items(self, rows: Iterable[Any]) -> str:
        """A list; a row is text, or text and an address."""
        pairs = [(row, None) if isinstance(row, str) else row for row in rows]
        return "".join(f"* {_line(t)}\n" + (f"  {to}\n" if to else "") for t, to in pairs) + "\n"


class HtmlParts(Parts):
    """For the part that most mail programs show."""

    def _html(self, markdown: str) -> Markup:
        return Markup(links_from_outside(rendered(self._cut(markdown)), self.site))  # noqa: S704 - made by rendered()

    def p(self, text: object) -> str:
        """A paragraph."""
        return Markup('<p class="ink" dir="auto">{}</p>\n').format(text)

    def heading(self, text: object) -> str:
        """A heading inside a long mail."""
        return Markup('<h2 class="ink" dir="auto">{}</h2>\n').format(text)

    def words(self, markdown: str) -> str:
        """A person's text, rendered and cleaned."""
        return Markup('<div class="words ink" dir="auto">{}</div>\n').format(self._html(markdown))

    def prose(self, markdown: str) -> str:
        """The mail's own text, rendered and cleaned: no quotation marks or rule beside it."""
        return Markup('<div class="prose ink" dir="auto">{}</div>\n').format(self._html(markdown))

    def button(self, label: object, address: str) -> str:
        """The one thing to do next."""
        made = Markup('<p class="do" dir="auto"><a class="button" href="{}">{}</a></p>\n').format(
            address, label
        )
        return made + self.ends(address)

    def link(self, label: object, address: str) -> str:
        """Somewhere else to go."""
        made = Markup('<p class="ink" dir="auto"><a class="link" href="{}">{}</a></p>\n').format(
            address, label
        )
        return made + self.ends(address)

    def facts(self, rows: Iterable[tuple[object, object]]) -> str:
        """Short facts, each with its name."""
        cells = Markup("").join(
            Markup(
                '<tr><th class="fact quiet" scope="row" dir="auto">{}</th><td class="fact ink" dir="auto">{}</td></tr>\n'
            ).format(n, v)
            for n, v in rows
        )
        return Markup('<table class="facts">\n{}</table>\n').format(cells)

    def items(self, rows: Iterable[Any]) -> str:
        """A list; a row is text, or text and an address."""
        pairs = [(row, None) if isinstance(row, str) else row for row in rows]
        return Markup('<ul class="ink">\n{}</ul>\n').format(Markup("").join(map(_item, pairs)))


def _item(row: tuple[object, str | None]) -> Markup:
    text, to = row
    inner = Markup('<a class="link" href="{}">{}</a>').format(to, text) if to else escape(text)
    return Markup('<li dir="auto">{}</li>\n').format(inner)


def _line(text: object) -> str:
    """One line; markup from a filter, such as a time element, becomes its text."""
    plain = text.striptags() if isinstance(text, Markup) else str(text)
    return " ".join(plain.split())
