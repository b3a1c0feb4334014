"""The terms of joining: a network's questions to applicants, and the criteria that members agree to."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from govnet.charter import kinds
from govnet.charter.kinds import Parameter
from govnet.charter.models import CharterVersion
from govnet.charter.parameters import (
    ADMISSION,
    ADMISSION_APPEAL_DAYS,
    ADMISSION_OBJECTION_DAYS,
    ADMISSION_SPONSORS,
    CODE_OF_CONDUCT,
    CRITERIA,
    KINDS,
    POST,
    PROPOSE,
    RENEWAL_MONTHS,
    ROLL_DAYS,
    VOICE,
)
from govnet.charter.queries import rules_of, version_in_force
from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import Said
from govnet.membership.models import Membership


def _all(asked: JoiningTerms) -> tuple[str, ...]:
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


@dataclass(frozen=True, slots=True)
class JoiningTerms:
    """The conditions of the charter in force for applicants."""

    version_id: int
    number: int
    criteria: tuple[str, ...]
    code: tuple[str, ...]
    kinds: frozenset[str]
    admission: str
    sponsors: int
    objection_days: int
    appeal_days: int


def terms(network_id: int) -> JoiningTerms:
    """On what terms one joins today."""
    return terms_of(version_in_force(network_id))


def meaning_of_joining(network_id: int) -> tuple[Said, ...]:
    """The rights of members and the length of a membership, in the charter's own sentences."""
    charter = rules_of(version_in_force(network_id))
    found: list[Parameter[Any]] = [
        VOICE,
        PROPOSE,
        POST,
        *([ROLL_DAYS] if charter[ROLL_DAYS] else []),
        RENEWAL_MONTHS,
    ]
    return tuple(each.states(charter[each]) for each in found)


def terms_of(version: CharterVersion) -> JoiningTerms:
    """On what terms one joined under that version."""
    charter = rules_of(version)
    return JoiningTerms(
        version.id, version.number, charter[CRITERIA], charter[CODE_OF_CONDUCT], charter[KINDS], charter[ADMISSION],
        charter[ADMISSION_SPONSORS], charter[ADMISSION_OBJECTION_DAYS], charter[ADMISSION_APPEAL_DAYS],
    )  # fmt: skip
