"""The table "Who decides what" of our rules: each matter in one row, as the rule that counts its answers has it. Pure."""

from dataclasses import dataclass

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.charter.thresholds import Threshold
from govnet.decisions.rules.outcome import ANY, ONE, Rule, rule_for
from govnet.kernel.messages import N_, NN_, Said, counted


@dataclass(frozen=True)
class MatterRow:
    """One matter: in each column what the charter says, in short sentences."""

    matter: str
    keys: tuple[str, ...]
    """The rules about who decides it, and how."""
    method: Said
    proposes: tuple[Said, ...]
    answers: tuple[Said, ...]
    needed: tuple[Said, ...]
    open_for: tuple[Said, ...]
    stops: tuple[Said, ...]


def who_decides(charter: Charter) -> tuple[MatterRow, ...]:
    """Every matter, in the order of the catalogue."""
    return tuple(_row(charter, matter) for matter in p.MATTERS)


def _row(charter: Charter, matter: str) -> MatterRow:
    rule = rule_for(charter, matter)
    body = p.BODY_FOR[matter]
    return MatterRow(
        matter,
        (body.key, p.METHOD_FOR[matter].key),
        Said(p.METHODS[rule.method]),
        (Said(_PROPOSES[charter[p.PROPOSE]]),),
        _answers(charter, charter[body]),
        _needed(rule, charter[body]),
        _open_for(charter),
        _stops(charter, rule, charter[body]),
    )


_PROPOSES = {"members": N_("Every member"), "committee": N_("The committee")}


def _answers(charter: Charter, body: str) -> tuple[Said, ...]:
    if body == "committee":
        return (Said(N_("The committee")),)
    each = N_("All members") if charter[p.VOICE] == "each" else N_("Member organisations")
    days = charter[p.ROLL_DAYS]
    since = counted("Members for %(num)s day or more", "Members for %(num)s days or more", days)
    return (Said(each), since) if days else (Said(each),)


def _needed(rule: Rule, body: str) -> tuple[Said, ...]:
    quorum = rule.quorum
    if rule.method == "consent" or not (quorum.count or quorum.share):
        return (Said(N_("However few answer, it counts")),)
    if quorum.share is None:
        return (Said(N_("At least %(count)s"), {"count": quorum.count}),)
    if quorum.count:
        words = N_("At least %(count)s, and %(share)s of those who could")
        return (_with(quorum.share, words, count=quorum.count),)
    of = N_("%(share)s of the committee") if body == "committee" else N_("%(share)s of those who could")
    return (_with(quorum.share, of),)


def _open_for(charter: Charter) -> tuple[Said, ...]:
    least, most = charter[p.MINIMUM_DAYS_OPEN], charter[p.MAXIMUM_DAYS_OPEN]
    if least == most:
        return (counted("%(num)s day", "%(num)s days", least),)
    return (Said(N_("%(least)s to %(most)s days"), {"least": least, "most": most}),)


def _stops(charter: Charter, rule: Rule, body: str) -> tuple[Said, ...]:
    """Reasons why it cannot be agreed, however many answer."""
    if rule.method == "advice":
        return (Said(N_("Nothing: it is advice and binds nobody")),)
    if rule.method == "consent":
        return (_stop(charter, 0, body),)
    if rule.method != "consensus":
        return (_with(rule.majority, N_("Unless %(share)s of those who took a side agree")),)
    found = [_stop(charter, rule.blocks_tolerated, body)]
    if rule.fallback:
        found.append(_later(rule, rule.fallback))
    if rule.asides != ANY:
        found.append(_with(rule.asides, N_("If %(share)s of those who took a side disagree")))
    if rule.agreement == ONE:
        return (*found, Said(N_("If nobody agrees")))
    return (*found, _with(rule.agreement, N_("Unless %(share)s of those who answer agree")))


def _with(share: Threshold, words: str, **more: object) -> Said:
    return Said(words, {"share": p.SUPERMAJORITY.phrase(share), **more})


def _stop(charter: Charter, tolerated: int, body: str) -> Said:
    if "block" not in charter[p.ANSWERS]:
        return Said(N_("Nobody can say Stop"))
    if charter[p.WHO_MAY_STOP] == "organisations" and body != "committee":
        one = N_("One Stop by an organisation, with its reason")
        more = NN_("More than %(num)s Stop by an organisation", "More than %(num)s Stops by organisations")
    else:
        one, more = N_("One Stop, with its reason"), NN_("More than %(num)s Stop", "More than %(num)s Stops")
    return counted(*more, tolerated) if tolerated else Said(one)


def _later(rule: Rule, vote: Threshold) -> Said:
    return counted(
        "After %(num)s more day, a vote with %(share)s can carry it",
        "After %(num)s more days, a vote with %(share)s can carry it",
        rule.fallback_days,
        share=p.SUPERMAJORITY.phrase(vote),
    )
