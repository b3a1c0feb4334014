"""The keys that a database is used with: a process with others would refuse good links and sign bad ones, so it stops."""

from __future__ import annotations

import hmac
import secrets

from flask import current_app
from sqlalchemy import delete, insert, inspect, select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import GovnetError
from govnet.kernel.insertion import upsert
from govnet.kernel.transaction import let_go, transaction
from govnet.operations.events import KeysAccepted
from govnet.operations.health import heartbeats
from govnet.operations.key_digest import key_digest
from govnet.operations.models import KeyDigest
from govnet.operations.operators import tell_all
from govnet.permissions import Can, check_right

KEYS = ("SECRET_KEY", "MAIL_KEY", "SITE_URL")
"""Settings that all processes on a database share."""


class OtherKeys(GovnetError):
    """This process was started with keys that are not the database's; the message says which and what to do."""


def check() -> None:
    """Refuse keys that are not those with which this database is used; the first process to come writes its own down.

    Does nothing where the tables are of a release from before there was one for this. Raises OtherKeys.
    """
    if not _is_there():
        return
    missing = set(KEYS) - set(_known())
    let_go()
    if missing:
        with transaction():  # of several processes that start at once, one writes
            db.session.execute(upsert(KeyDigest).values(_rows()).on_conflict_do_nothing())
    others = differing()
    let_go()
    if others:
        names = " and ".join(others)
        one = len(others) == 1
        raise OtherKeys(
            f"{names} {'differs' if one else 'differ'} from the values that this database is used with. Set "
            f"{'it' if one else 'them'} as on the other machines. If you changed {'it' if one else 'them'} on purpose, "
            "stop govnet everywhere and call: govnet operator accept-keys"
        )


def differing() -> list[str]:
    """Which keys of this process are not those that the database was last used with."""
    known = _known() if _is_there() else {}
    return [name for name in KEYS if name in known and not _is(known[name], name)]


def write_down() -> None:
    """From now on the database is used with this process's keys. Inside transaction()."""
    db.session.execute(delete(KeyDigest))
    db.session.execute(insert(KeyDigest), _rows())


def accept(*, by: Actor, via: Door) -> list[str]:
    """Say that keys were changed on purpose; which ones. Raises GovnetError while a worker with the old ones lives."""
    check_right(by, Can.OPERATE)
    others = differing()
    if not others:
        return []
    heartbeats.refuse_while_one_lives()
    write_down()
    tell_all(KeysAccepted, by=by, via=via, which=", ".join(others))
    return others


def _is_there() -> bool:
    return inspect(db.engine).has_table(KeyDigest.__tablename__)


def _known() -> dict[str, tuple[str, str]]:
    """The salt and the digest of each key."""
    rows = db.session.execute(select(KeyDigest.name, KeyDigest.salt, KeyDigest.digest))
    return {row.name: (row.salt, row.digest) for row in rows}


def _rows() -> list[dict[str, object]]:
    salts = {name: secrets.token_hex(16) for name in KEYS}
    at = clock.now()
    return [{"name": n, "salt": salt, "digest": _digest(salt, n), "at": at} for n, salt in salts.items()]


def _is(known: tuple[str, str], name: str) -> bool:
    salt, digest = known
    return hmac.compare_digest(digest, _digest(salt, name))


def _digest(salt: str, name: str) -> str:
    return key_digest(salt, name, current_app.config[name])
