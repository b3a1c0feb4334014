"""What members agree to, when that changed after they joined: ticked at the next renewal or new start."""

from __future__ import annotations

import json
from collections.abc import Collection

from flask_babel import gettext as _

from govnet.charter import kinds
from govnet.kernel.errors import RuleBroken
from govnet.membership.application_queries import Terms, terms
from govnet.membership.models import Membership


def _all(asked: Terms) -> tuple[str, ...]:
    return (*asked.criteria, *asked.code)


def unagreed(membership: Membership) -> list[str]:
    """The sentences of the rules in force that were not agreed to for this membership."""
    return kinds.unticked(_all(terms(membership.network_id)), json.loads(membership.answers))


def agree(membership: Membership, ticked: Collection[str]) -> None:
    """Take down that the sentences in force are agreed to. RuleBroken while one that is new is not ticked."""
    if kinds.unticked(unagreed(membership), ticked):
        raise RuleBroken(_("Our rules have changed. Tick each sentence that is new."), field="agrees")
    asked = terms(membership.network_id)
    membership.charter_version_id = asked.version_id
    membership.answers = json.dumps(_all(asked), ensure_ascii=False)
