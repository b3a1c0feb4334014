"""What the charter says of each rule, in one sentence with what only means something beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from govnet.charter import parameters as p
from govnet.charter.kinds import Choice, Parameter
from govnet.kernel.said import N_, Said

if TYPE_CHECKING:
    from govnet.charter.rules import Charter

APPOINTED_BY: Mapping[str, str] = {
    "all": N_("a decision of all members"),
    "committee": N_("a decision of the committee"),
}


def sentence(each: Parameter[Any], charter: Charter) -> tuple[tuple[str, ...], Said]:
    """What the charter says of a parameter, and the keys it speaks of: its own, and those woven into its sentence."""
    if each is p.MANDATE_MONTHS:
        return _appointment(charter)
    words = each.woven.get(charter[each]) if isinstance(each, Choice) else None
    if not words:
        return (each.key,), each.states(charter[each])
    found = [p.CATALOGUE[key] for key in p.CATALOGUE if f"%({key.replace('.', '__')})s" in words]
    values = {one.key.replace(".", "__"): one.phrase(charter[one]) for one in found}
    return (each.key, *(one.key for one in found)), Said(words, values)


def _appointment(charter: Charter) -> tuple[tuple[str, ...], Said]:
    """Who appoints the coordinator is whoever decides on that matter: one rule, said in both chapters."""
    body = p.BODY_FOR["mandate"]
    values = {
        "body": Said(APPOINTED_BY[charter[body]]),
        "months": p.MANDATE_MONTHS.phrase(charter[p.MANDATE_MONTHS]),
    }
    said = Said(
        N_("A coordinator is appointed by %(body)s for %(months)s, and can be appointed again."), values
    )
    return (p.MANDATE_MONTHS.key, body.key), said
