"""Rules that each make sense, and not together. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govnet.charter import parameters as p
from govnet.charter import turns
from govnet.kernel.messages import N_, Said

if TYPE_CHECKING:
    from govnet.charter.rules import Charter

DIGEST_GAP = 7
"""Days between two weekly mails."""


def contradictions(new: Charter) -> dict[str, Said]:
    """The contradictions in these rules, by the parameter that should change; empty if there is none."""
    return _times(new) | _answers(new) | _voices(new) | _committee(new) | _rules_themselves(new)


def _times(new: Charter) -> dict[str, Said]:
    found: dict[str, Said] = {}
    if new[p.MINIMUM_DAYS_OPEN] > new[p.MAXIMUM_DAYS_OPEN]:
        found[p.MINIMUM_DAYS_OPEN.key] = Said(
            N_("The shortest time to answer must not be longer than the longest.")
        )
    if new[p.EXTENSION_DAYS] > new[p.MAXIMUM_DAYS_OPEN]:
        found[p.EXTENSION_DAYS.key] = Said(
            N_("The time to answer a new version must not be longer than the longest time.")
        )
    return found


def _answers(new: Charter) -> dict[str, Said]:
    found: dict[str, Said] = {}
    if not new[p.ANSWERS] & {"stand-aside", "block"}:
        found[p.ANSWERS.key] = Said(N_("People must be able to disagree: keep at least one way to say so."))
    elif "block" not in new[p.ANSWERS] and _asks_for_objections(new):
        found[p.ANSWERS.key] = Said(
            N_("Where something is decided by asking for objections, people must be able to say Stop.")
        )
    shortest = min(new[p.MINIMUM_DAYS_OPEN], new[p.EXTENSION_DAYS])
    if "opening" not in new[p.ALWAYS_TOLD] and shortest <= DIGEST_GAP:
        found[p.ALWAYS_TOLD.key] = Said(
            N_(
                "Anyone who takes a weekly mail could hear of a question too late. Have everybody notified "
                "of new questions, or give everybody at least %(days)s days to answer, also for a new "
                "version."
            ),
            {"days": DIGEST_GAP + 1},
        )
    return found


def _asks_for_objections(charter: Charter) -> bool:
    """Whether anything can be decided by consent, where silence is enough."""
    return "consent" in {charter[method] for method in p.METHOD_FOR.values()}


def _voices(new: Charter) -> dict[str, Said]:
    found: dict[str, Said] = {}
    if new[p.VOICE] == "organisations" and "organisation" not in new[p.KINDS]:
        found[p.VOICE.key] = Said(
            N_("Only the answers of organisations would count, but organisations can’t be members.")
        )
    if not new[p.KINDS] - {"observer"}:
        found[p.KINDS.key] = Said(
            N_("Observers cannot answer: people or organisations must be able to join too.")
        )
    return found


def _committee(new: Charter) -> dict[str, Said]:
    found: dict[str, Said] = {}
    if new[p.SISTER_SEATS] > new[p.SEATS]:
        found[p.SISTER_SEATS.key] = Said(
            N_("There can’t be more places for sister networks than the committee has places.")
        )
    kept = new[p.INDIVIDUAL_SEATS] + new[p.ORGANISATION_SEATS]
    if kept and kept + new[p.SISTER_SEATS] > new[p.SEATS]:
        key = (p.ORGANISATION_SEATS if new[p.ORGANISATION_SEATS] else p.INDIVIDUAL_SEATS).key
        found[key] = Said(N_("More places would be kept than the committee has."))
    if new[p.ORGANISATION_SEATS] and "organisation" not in new[p.KINDS]:
        found[p.ORGANISATION_SEATS.key] = Said(
            N_("Places would be kept for organisations, but organisations can’t be members.")
        )
    if new[p.STAGGERING] != "none" and not turns.regular(new):
        found[p.STAGGERING.key] = Said(
            N_(
                "Turns would not come at the same time of the year: choose a time on the committee that "
                "fits, "
                "such as 24 months for two turns or 36 for three."
            )
        )
    return found


def _rules_themselves(new: Charter) -> dict[str, Said]:
    found: dict[str, Said] = {}
    if new[p.BODY_FOR["charter"]] == "committee":
        found[p.BODY_FOR["charter"].key] = Said(
            N_("These rules belong to all members: the committee can’t change them.")
        )
    if new[p.METHOD_FOR["charter"]] == "advice":
        found[p.METHOD_FOR["charter"].key] = Said(
            N_("These rules can’t be changed by advice, which binds nobody.")
        )
    return found
