"""The settings that officers may change: how the network can be reached, and its colour."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask_babel import gettext as _

from govnet.charter.models import ACCENTS, Network
from govnet.extensions import db
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken, Stale
from govnet.offices import events
from govnet.people.addresses import parsed
from govnet.permissions import Can, require
from govnet.record.actions import record

NAMES = ("contact_name", "contact_email", "contact_phone", "list_address", "accent")


def values(network: Network) -> dict[str, str]:
    """The settings as they are."""
    return {name: getattr(network, name) or "" for name in NAMES}


def fingerprint(network: Network) -> str:
    """What a form has seen, so that two who change at once notice."""
    return hashlib.sha256(json.dumps(values(network), sort_keys=True).encode()).hexdigest()[:16]


def change(network: Network, new: dict[str, str], *, seen: str, by: Actor, via: Door) -> bool:
    """Change settings; each change is in the record. Raises Stale when somebody changed them since `seen`."""
    under = require(by, Can.CHANGE_SETTINGS, network)
    db.session.refresh(network, with_for_update=True)
    old = values(network)
    if fingerprint(network) != seen:
        raise Stale(
            _("Somebody changed the settings while you were writing."),
            newer=_lines(old),
            yours=_lines(new),
        )
    new["contact_email"] = parsed(new["contact_email"])
    new["list_address"] = parsed(new["list_address"]) if new["list_address"] else ""
    if new["accent"] not in ACCENTS:
        raise RuleBroken(_("Choose one of the colours."), field="accent")
    changed = [name for name in NAMES if new[name] != old[name]]
    if not changed:
        return False
    for name in changed:
        setattr(network, name, new[name] or None if name == "list_address" else new[name])
    record(
        events.SettingsChanged(
            network=network, by=by, under=under, via=via, about=network, what=[str(_words()[n]) for n in changed],
            old={n: old[n] for n in changed}, new={n: new[n] for n in changed},
        )
    )  # fmt: skip
    return True


def _words() -> dict[str, Any]:
    return {
        "contact_name": _("contact"),
        "contact_email": _("mailbox"),
        "contact_phone": _("phone"),
        "list_address": _("mailing list elsewhere"),
        "accent": _("colour"),
    }


def _lines(found: dict[str, str]) -> str:
    words = _words()
    return "\n".join(f"{words[name]}: {found[name]}" for name in NAMES)
