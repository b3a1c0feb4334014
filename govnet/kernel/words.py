"""Puts what the pure rules said into the reader's language."""

from typing import cast

from flask_babel import gettext, ngettext

from govnet.kernel.said import Said


def say(said: object) -> str:
    """The sentence in the reader's language; anything that is no Said is shown as it stands."""
    if isinstance(said, tuple | list):
        return ", ".join(say(each) for each in said)
    if not isinstance(said, Said):
        return str(said)
    values = {
        name: say(value) if isinstance(value, Said | tuple | list) else value
        for name, value in said.values.items()
    }
    if said.plural:
        return cast(str, ngettext(said.text, said.plural, said.number, **values))
    return cast(str, gettext(said.text, **values))
