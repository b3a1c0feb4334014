"""The settings that officers may change: how the network can be reached, and how its pages look."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from govnet.charter import events
from govnet.charter.logo import Logo
from govnet.charter.models import ACCENTS, Network, NetworkLogo
from govnet.extensions import db
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.errors import NotFound, RuleBroken, Stale
from govnet.kernel.insertion import row_of
from govnet.people.addresses import parsed
from govnet.permissions import Can, require
from govnet.record.actions import record
from govnet.web import languages

NAMES = ("contact_name", "contact_email", "contact_phone", "list_address", "accent", "languages", "language")


def values(network: Network) -> dict[str, str]:
    """The settings as they are; the languages as codes with blanks between."""
    found = {name: getattr(network, name) or "" for name in NAMES}
    return {
        **found,
        "languages": " ".join(languages.offered(network)),
        "language": languages.default(network),
    }


def fingerprint(network: Network) -> str:
    """The state that a form has seen, so that two people who change it at once notice."""
    seen = {**values(network), "logo": network.logo_digest or ""}
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:16]


def change(
    network: Network,
    new: dict[str, str],
    *,
    logo: Logo | None = None,
    without_logo: bool = False,
    seen: str,
    by: Actor,
    via: Door,
) -> bool:
    """Change those settings that `new` names; each change is in the record.

    A `logo` takes the place of the one before; `without_logo` takes that away.

    Returns whether anything changed. Raises Stale when somebody changed them since `seen`, RuleBroken for what can't be.
    """
    act = require(by, Can.CHANGE_SETTINGS, network, via)
    db.session.refresh(network, with_for_update=True)
    old = values(network)
    new = {**old, **new}
    if fingerprint(network) != seen:
        raise Stale(
            _("Somebody changed the settings while you were writing."),
            newer=_lines(old, _("one is shown") if network.logo_digest else _("none")),
            yours=_lines(
                new, _("the picture that you chose") if logo else _("none") if without_logo else _("as it is")
            ),
        )
    new["contact_email"] = parsed(new["contact_email"])
    new["list_address"] = parsed(new["list_address"]) if new["list_address"] else ""
    if new["accent"] not in ACCENTS:
        raise RuleBroken(_("Choose one of the colours."), field="accent")
    _check_languages(new)
    changed = [name for name in NAMES if new[name] != old[name]]
    for name in changed:
        setattr(network, name, new[name] or None if name == "list_address" else new[name])
    if changed:
        record(
            events.SettingsChanged(
                act=act,
                about=network,
                what=[str(_words()[n]) for n in changed],
                old={n: old[n] for n in changed},
                new={n: new[n] for n in changed},
            )
        )
    asked = logo is not None or without_logo
    return (asked and _change_logo(network, logo, act)) or bool(changed)


def _check_languages(new: dict[str, str]) -> None:
    """English stays: whatever is not translated yet reads in it. Codes are put in order."""
    chosen = set(new["languages"].split())
    if not chosen <= set(languages.known()):
        raise RuleBroken(_("Choose from the languages that there are translations for."), field="languages")
    if languages.source() not in chosen:
        raise RuleBroken(
            _("Leave English ticked: anything not yet translated is shown in it."), field="languages"
        )
    if new["language"] not in chosen:
        raise RuleBroken(_("Choose one of the languages that you ticked."), field="language")
    new["languages"] = " ".join(each for each in languages.known() if each in chosen)


def _change_logo(network: Network, logo: Logo | None, act: Act) -> bool:
    """Give the network this logo, or none; whether it is another one than before."""
    before, after = network.logo_digest or "", logo.digest if logo else ""
    if before == after:
        return False
    if logo:
        row = row_of(NetworkLogo, network_id=network.id, digest=after, png=logo.png)
        row.digest, row.png = after, logo.png
    else:
        db.session.execute(delete(NetworkLogo).where(NetworkLogo.network_id == network.id))
    network.logo_digest = after or None
    network.logo_width, network.logo_height = (logo.width, logo.height) if logo else (None, None)
    record(events.LogoChanged(act=act, about=network, old_digest=before, new_digest=after))
    return True


def logo_of(network: Network, digest: str) -> bytes:
    """The bytes of its logo. Raises NotFound for any other digest: one that was taken away is shown nowhere any more."""
    query = select(NetworkLogo.png).where(NetworkLogo.network_id == network.id, NetworkLogo.digest == digest)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("This logo is no longer used."))
    return bytes(found)


def _words() -> dict[str, Any]:
    return {
        "contact_name": _("contact"),
        "contact_email": _("mailbox"),
        "contact_phone": _("phone"),
        "list_address": _("mailing list elsewhere"),
        "accent": _("colour"),
        "languages": _("languages to choose from"),
        "language": _("language of people who have not chosen one"),
    }


def _lines(found: dict[str, str], logo: str) -> str:
    words = _words()
    return "\n".join([*(f"{words[name]}: {found[name]}" for name in NAMES), f"{_('logo')}: {logo}"])
