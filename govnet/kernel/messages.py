"""A sentence with its values, not yet put into a language: how pure rules speak without importing Babel."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(text: str) -> str:  # noqa: N802 - the name that Babel's extractor looks for
    """Mark a text for translators and hand it back unchanged."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - as above
    """The same for a text that depends on a number: how it says one, and many."""
    return one, many


@dataclass(frozen=True)
class Said:
    """A text with `%(name)s` places and what goes into them; values may themselves be Said."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str = ""
    number: int = 0

    def __str__(self) -> str:
        """The sentence in the language of the source, for logs and tests; pages use `kernel.translation.say`."""
        text = self.plural if self.plural and self.number != 1 else self.text
        plain = {name: joined(value) for name, value in self.values.items()}
        return text % {**plain, "num": self.number}


def joined(value: object) -> str:
    """Several values as one, with commas."""
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def counted(one: str, many: str, number: int, **values: object) -> Said:
    """A sentence that depends on a number: `%(num)s` in the text is that number. Marks both texts for translators."""
    return Said(one, values, many, number)
