"""Finding the people and organisations that an officer names in a form."""

from __future__ import annotations

from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.kernel.errors import RuleBroken
from govnet.offices.places import people_called
from govnet.people.organisations import organisation_called


def person_called(network: Network, words: str, *, field: str) -> int:
    """The one person with that name, or that address. Raises RuleBroken when there is none, or more."""
    found = people_called(network, words)
    if len(found) == 1:
        return found[0]
    if not found:
        raise RuleBroken(
            _(
                "We know nobody called “%(name)s”. Enter the name as the list of members has it, or the e-mail address.",
                name=words,
            ),
            field=field,
        )
    raise RuleBroken(
        _("There are several people called “%(name)s”. Enter the e-mail address instead.", name=words),
        field=field,
    )


def organisation(words: str, *, field: str) -> int:
    """The organisation with that name. Raises RuleBroken when we know none."""
    found = organisation_called(words)
    if found is None:
        raise RuleBroken(
            _(
                "We know no organisation called “%(name)s”. Enter the name as the list of organisations has it.",
                name=words,
            ),
            field=field,
        )
    return found.id
