"""The forum's blueprint: its views are in three files."""

from __future__ import annotations

from flask import Blueprint
from flask_limiter.util import get_remote_address

from govnet.kernel.actor import current_actor

bp = Blueprint("forum", __name__)


def who() -> str:
    """The key under which tries are counted: a person's, or an address's."""
    person_id = current_actor().person_id
    return f"person-{person_id}" if person_id else get_remote_address()
