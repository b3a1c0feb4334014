"""The sentence for each rule, together with rules that mean something only beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from govnet.charter import parameters as p
from govnet.charter.kinds import Choice, Parameter
from govnet.kernel.messages import N_, Said

if TYPE_CHECKING:
    from govnet.charter.rules import Charter

APPOINTED_BY: Mapping[str, str] = {
    "all": N_("a decision of all members"),
    "committee": N_("a decision of the committee"),
}


def sentence(each: Parameter[Any], charter: Charter) -> tuple[tuple[str, ...], Said]:
    """A parameter's sentence, and its keys: its own, and those woven into the sentence."""
    if each is p.MANDATE_MONTHS:
        return _appointment(charter)
    if each is p.EXTENSION_DAYS:
        return _new_words(charter)
    words = each.woven.get(charter[each]) if isinstance(each, Choice) else None
    if not words:
        return (each.key,), each.states(charter[each])
    found = [p.CATALOGUE[key] for key in p.CATALOGUE if f"%({key.replace('.', '__')})s" in words]
    values = {one.key.replace(".", "__"): one.phrase(charter[one]) for one in found}
    return (each.key, *(one.key for one in found)), Said(words, values)


def _new_words(charter: Charter) -> tuple[tuple[str, ...], Said]:
    """The time for answers to a new version depends on how far the closing day can move: one sentence says both."""
    days, most = p.EXTENSION_DAYS, p.EXTENSION_MOST
    text = (
        N_(
            "When its text changes, everybody is asked again and has at least %(days)s more. New versions "
            "move the closing day by at most %(most)s in all: near that limit it can be fewer days, but "
            "never less than one."
        )
        if charter[most]
        else N_(
            "When its text changes, everybody is asked again, and answers close on the day that was set. "
            "With less than a day left, the text can’t be changed."
        )
    )
    values = {"days": days.phrase(charter[days]), "most": most.phrase(charter[most])}
    return (days.key, most.key), Said(text, values)


def _appointment(charter: Charter) -> tuple[tuple[str, ...], Said]:
    """One rule says who decides on the coordinator and who appoints them: it appears in both chapters."""
    body = p.BODY_FOR["mandate"]
    values = {
        "body": Said(APPOINTED_BY[charter[body]]),
        "months": p.MANDATE_MONTHS.phrase(charter[p.MANDATE_MONTHS]),
    }
    said = Said(
        N_("A coordinator is appointed by %(body)s for %(months)s, and can be appointed again."), values
    )
    return (p.MANDATE_MONTHS.key, body.key), said
