"""The links in membership's mails: signed, so that whoever has the mail can act, and nobody can guess one."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from govnet.kernel.errors import NotFound


def token_for(purpose: str, *ids: int) -> str:
    """A token that names these ids for one purpose; the same each time, so that every mail of a story leads to one page."""
    return str(_signer(purpose).dumps(list(ids)))


def ids_of(purpose: str, token: str, count: int = 1) -> list[int]:
    """The ids in a token of ours. Raises NotFound for anything else."""
    try:
        ids = _signer(purpose).loads(token)
    except BadData:
        ids = None
    if not isinstance(ids, list) or len(ids) != count or not all(isinstance(i, int) for i in ids):
        raise NotFound("This link is not one of ours. Copy the whole of it from the mail.")
    return ids


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["MAIL_KEY"], salt=f"govnet.membership.{purpose}")
