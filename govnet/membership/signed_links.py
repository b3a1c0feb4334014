"""The links in membership's mails: signed, so that anyone with the mail can act, and nobody can guess one; they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import (
    BadData,
    SignatureExpired,
    TimestampSigner,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from govnet.kernel import clock
from govnet.kernel.errors import Gone, NotFound
from govnet.mail.page_addresses import Ending, site_url

LASTS: Final = timedelta(days=180)
"""How long after its mail a link works."""
_WITHOUT_DATE: Final = datetime(2027, 3, 1, tzinfo=UTC)
"""The last day for the links that 0.1.0 mailed: they have no date."""
_ENDED = _l(
    "Links in mails end after %(days)s days, and this one has. Enter your address in the form to join: "
    "we mail you a new link, and nothing of yours is lost.",
    days=LASTS.days,
)
_ENDED_CLAIM = _l(
    "Links in mails end after %(days)s days, and this one has. Ask the person who named you to do so again: "
    "then we mail you a new link.",
    days=LASTS.days,
)


_DAY: Final = 24 * 60 * 60


class _Signer(TimestampSigner):
    """Dated by the clock that everything here follows, with the day alone: mails of one day lead to one page."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp()) // _DAY * _DAY


def token_for(purpose: str, *ids: int) -> str:
    """A token that names these ids for one purpose, from now on for half a year."""
    return str(_serializer(purpose).dumps(list(ids)))


def ends() -> datetime:
    """When a token that is made now has ended."""
    day = int(clock.now().timestamp()) // _DAY * _DAY
    return datetime.fromtimestamp(day + _DAY, UTC) + LASTS


def url_until(network: Any, endpoint: str, token: str) -> Ending:
    """The page of a token that is made now, which says until when it works."""
    return Ending(site_url(endpoint, network=network, token=token), ends(), network.zone)


def ids_of(purpose: str, token: str, count: int = 1) -> list[int]:
    """The ids in a token of ours. Raises Gone for one that has ended, NotFound for anything else."""
    try:
        ids = _loaded(purpose, token)
    except SignatureExpired as error:
        raise _ended(purpose) from error
    except BadData:
        ids = None
    if not isinstance(ids, list) or len(ids) != count or not all(isinstance(i, int) for i in ids):
        raise NotFound("This link is not one of ours. Copy the whole of it from the mail.")
    return ids


def _loaded(purpose: str, token: str) -> Any:
    """The content of our tokens; those of 0.1.0 are signed alike, and have one dot because they have no date."""
    serializer = _serializer(purpose)
    if token.count(".") != 1:
        return serializer.loads(token, max_age=int(LASTS.total_seconds()))
    ids = URLSafeSerializer(current_app.config["MAIL_KEY"], salt=serializer.salt).loads(token)
    if clock.now() >= _WITHOUT_DATE:
        raise _ended(purpose)
    return ids


def _ended(purpose: str) -> Gone:
    return Gone(_ENDED_CLAIM if purpose == "claim" else _ENDED)


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.config["MAIL_KEY"], salt=f"govnet.membership.{purpose}", signer=_Signer
    )
