"""Applies the charter to people's answers: the one place where an outcome comes from. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.charter.thresholds import Threshold, more_than
from govnet.decisions.rules.option_count import OPTIONS
from govnet.kernel.messages import N_, Said, counted

HALF, ONE, ANY = more_than(1, 2), more_than(0, 1), more_than(1, 1)


class AnswerKind(StrEnum):
    """The possible answers."""

    AGREE = "agree"
    RESERVATIONS = "reservations"
    STAND_ASIDE = "stand-aside"
    BLOCK = "block"
    NO_VIEW = "no-view"
    CHOICE = "choice"  # between options: which, stands in the answer's choices


FIVE = (
    AnswerKind.AGREE,
    AnswerKind.RESERVATIONS,
    AnswerKind.STAND_ASIDE,
    AnswerKind.BLOCK,
    AnswerKind.NO_VIEW,
)
"""The answers to one question, in the order of the page."""
LABELS: Mapping[AnswerKind, str] = {
    AnswerKind.AGREE: N_("Agree"),
    AnswerKind.RESERVATIONS: N_("Agree, with a worry"),
    AnswerKind.STAND_ASIDE: N_("Disagree, but go ahead"),
    AnswerKind.BLOCK: N_("Stop"),
    AnswerKind.NO_VIEW: N_("No view"),
}
CHOSE = N_("Chose between the options")
"""The name of the answer where there are options."""
MEANINGS: Mapping[AnswerKind, str] = {
    AnswerKind.AGREE: N_("I support this."),
    AnswerKind.RESERVATIONS: N_("Go ahead; please note what troubles me."),
    AnswerKind.STAND_ASIDE: N_("I don’t support it and won’t stand in the way."),
    AnswerKind.BLOCK: N_(
        "It goes against what we stand for. You must say why, and what would let you live with it."
    ),
    AnswerKind.NO_VIEW: N_("Count me as having read it (counts only towards how many must answer)."),
}


class Outcome(StrEnum):
    """How a proposal ended."""

    CONSENSUS = "consensus"
    STAND_ASIDES = "consensus-with-stand-asides"
    VOTED = "voted"
    CHOSEN = "chosen"
    TIED = "tied"
    REFUSED = "none-of-these"
    ELSEWHERE = "agreed-elsewhere"
    RECOMMENDED = "recommended"
    ADVICE = "advice"
    BLOCKED = "blocked"
    NOT_AGREED = "not-agreed"
    NO_QUORUM = "no-quorum"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    REWORDED = "reworded"

    @property
    def adopted(self) -> bool:
        """Whether the proposal is now in force."""
        return self in ADOPTED

    @property
    def numbered(self) -> bool:
        """Whether it is in the register: a proposal that was taken back or got a new version was never decided."""
        return self not in {Outcome.WITHDRAWN, Outcome.REWORDED, Outcome.OBJECTED}


ADOPTED = frozenset(
    {Outcome.CONSENSUS, Outcome.STAND_ASIDES, Outcome.VOTED, Outcome.CHOSEN, Outcome.ELSEWHERE}
)


@dataclass(frozen=True)
class Tally:
    """How many gave each answer, of those whose answers count; between options, what leads (several: a tie)."""

    agree: int = 0
    reservations: int = 0
    stand_aside: int = 0
    block: int = 0
    no_view: int = 0
    choice: int = 0
    leads: tuple[str, ...] = field(default=(), kw_only=True)

    @classmethod
    def of(cls, kinds: Iterable[AnswerKind]) -> "Tally":
        """Count answers one by one."""
        return cls.from_counts(Counter(kinds))

    @classmethod
    def from_counts(cls, many: Mapping[AnswerKind, int] | Mapping[str, int]) -> "Tally":
        """From how many gave each answer."""
        return cls(*[many.get(kind, 0) for kind in (*FIVE, AnswerKind.CHOICE)])

    @property
    def answered(self) -> int:
        """Everybody who answered, "no view" too."""
        return self.sides + self.no_view + self.choice

    @property
    def sides(self) -> int:
        """Those who took a side."""
        return self.support + self.against

    @property
    def support(self) -> int:
        """Agree, with or without a worry."""
        return self.agree + self.reservations

    @property
    def against(self) -> int:
        """Disagree, whether or not they would let it go ahead."""
        return self.stand_aside + self.block

    def as_json(self) -> dict[str, int]:
        """As the register keeps it."""
        choice = {AnswerKind.CHOICE: self.choice} if self.choice else {}
        return {kind.value: many for kind, many in (self.by_kind() | choice).items()}

    def by_kind(self) -> dict[AnswerKind, int]:
        """Each answer and how many gave it, in the order of the page."""
        numbers = (self.agree, self.reservations, self.stand_aside, self.block, self.no_view)
        return dict(zip(FIVE, numbers, strict=True))

    def by_answer(self, method: str) -> dict[AnswerKind, int]:
        """The same for the answers that this method has: between options, a choice or no view."""
        if method in OPTIONS:
            return {AnswerKind.CHOICE: self.choice, AnswerKind.NO_VIEW: self.no_view}
        return self.by_kind()


@dataclass(frozen=True)
class Quorum:
    """How many must answer: a number, a share of the roll, both, or neither."""

    count: int = 0
    share: Threshold | None = None

    def needed(self, roll: int) -> int:
        """How many of `roll` must answer."""
        return max(self.count, self.share.needed(roll) if self.share else 0)


@dataclass(frozen=True)
class Rule:
    """One matter's rule, as the charter has it when a version opens."""

    method: str
    quorum: Quorum = Quorum()
    agreement: Threshold = ONE
    asides: Threshold = ANY
    blocks_tolerated: int = 0
    majority: Threshold = HALF
    fallback: Threshold | None = None
    fallback_days: int = 0
    settles: bool = False
    ranking: str = "irv"
    dots: int = 5

    def after_waiting(self) -> "Rule":
        """The way of deciding once the waiting time after a Stop is over: a vote."""
        return Rule("majority", self.quorum, majority=self.fallback) if self.fallback else self


def rule_for(charter: Charter, matter: str, way: str = "") -> Rule:
    """The rule for a matter, by its own method or by `way`; no vote on the charter needs less than its majority."""
    method = way if way in (*p.METHODS, *OPTIONS) else charter[p.METHOD_FOR[matter]]
    least = charter[p.CHARTER_MAJORITY] if matter == "charter" else HALF
    majority = charter[p.SUPERMAJORITY] if method == "supermajority" else HALF
    waits = charter[p.FALLBACK] == "majority" and method == "consensus"
    return Rule(
        method,
        _quorum(charter, matter),
        agreement=charter[p.MINIMUM_AGREEMENT],
        asides=charter[p.ASIDES_CEILING],
        blocks_tolerated=charter[p.BLOCKS_TOLERATED],
        majority=majority.stricter(least),
        fallback=charter[p.FALLBACK_MAJORITY].stricter(least) if waits else None,
        fallback_days=charter[p.FALLBACK_DAYS] if waits else 0,
        settles=charter[p.OPTIONS_SETTLE] == "decides" and charter[p.METHOD_FOR[matter]] != "advice",
        ranking=charter[p.RANKING_RULE],
        dots=charter[p.DOTS],
    )


def _quorum(charter: Charter, matter: str) -> Quorum:
    if charter[p.BODY_FOR[matter]] == "committee":
        return Quorum(share=charter[p.COMMITTEE_QUORUM])
    return Quorum(
        charter[p.QUORUM_COUNT] if charter[p.QUORUM] in {"count", "both"} else 0,
        charter[p.QUORUM_SHARE] if charter[p.QUORUM] in {"fraction", "both"} else None,
    )


@dataclass(frozen=True)
class RulePart:
    """One part of the rule: whether it is met, in a sentence, with the numbers in it."""

    name: str
    met: bool
    said: Said


def parts(tally: Tally, roll: int, rule: Rule) -> tuple[RulePart, ...]:
    """The rule part by part. All met means adopted, and nothing else does (advice aside)."""
    if rule.method == "consent":
        return (_blocks(tally, 0),)
    heads = (_quorum_part(tally, roll, rule.quorum),) if rule.quorum.needed(roll) else ()
    if rule.method == "advice" or rule.method in OPTIONS:
        return heads
    if rule.method != "consensus":
        return (*heads, _vote(tally, rule.majority))
    limits = (_asides(tally, rule.asides),) if rule.asides != ANY else ()
    return (*heads, _agreement(tally, rule.agreement), *limits, _blocks(tally, rule.blocks_tolerated))


def outcome(tally: Tally, roll: int, rule: Rule) -> Outcome:
    """Applies the rule to these answers. Nobody types an outcome in."""
    unmet = [part.name for part in parts(tally, roll, rule) if not part.met]
    if "quorum" in unmet:
        return Outcome.NO_QUORUM
    if rule.method == "advice":
        return Outcome.ADVICE
    if unmet:
        return Outcome.BLOCKED if "blocks" in unmet else Outcome.NOT_AGREED
    if rule.method not in {"consensus", "consent"}:
        return Outcome.VOTED
    return Outcome.STAND_ASIDES if tally.against else Outcome.CONSENSUS


def _quorum_part(tally: Tally, roll: int, quorum: Quorum) -> RulePart:
    needed = quorum.needed(roll)
    said = counted(
        "%(num)s has answered; %(needed)s of the %(roll)s who could must answer.",
        "%(num)s have answered; %(needed)s of the %(roll)s who could must answer.",
        tally.answered,
        needed=needed,
        roll=roll,
    )
    if not tally.answered:
        words = N_("Nobody has answered; %(needed)s of the %(roll)s who could must answer.")
        said = Said(words, {"needed": needed, "roll": roll})
    return RulePart("quorum", tally.answered >= needed, said)


def _agreement(tally: Tally, threshold: Threshold) -> RulePart:
    needed = max(1, threshold.needed(tally.answered))
    said = counted(
        "%(num)s of the %(answered)s who answered agrees; at least %(needed)s must.",
        "%(num)s of the %(answered)s who answered agree; at least %(needed)s must.",
        tally.support,
        answered=tally.answered,
        needed=needed,
    )
    return RulePart("agreement", tally.support >= needed, said if tally.support else _nobody(needed))


def _nobody(needed: int) -> Said:
    return Said(N_("Nobody agrees; at least %(needed)s must."), {"needed": needed})


def _asides(tally: Tally, ceiling: Threshold) -> RulePart:
    limit = max(0, ceiling.needed(tally.sides) - 1)
    said = counted(
        "%(num)s of the %(sides)s who took a side disagrees; at most %(limit)s may.",
        "%(num)s of the %(sides)s who took a side disagree; at most %(limit)s may.",
        tally.against,
        sides=tally.sides,
        limit=limit,
    )
    met = not ceiling.met_by(tally.against, tally.sides)
    return RulePart("asides", met, said if tally.against else Said(N_("Nobody disagrees.")))


def _blocks(tally: Tally, tolerated: int) -> RulePart:
    said = counted(
        "%(num)s member says Stop; at most %(tolerated)s may.",
        "%(num)s members say Stop; at most %(tolerated)s may.",
        tally.block,
        tolerated=tolerated,
    )
    if not tally.block:
        said = Said(N_("Nobody says Stop."))
    elif not tolerated:
        said = counted(
            "%(num)s member says Stop, and one is enough.",
            "%(num)s members say Stop, and one is enough.",
            tally.block,
        )
    return RulePart("blocks", tally.block <= tolerated, said)


def _vote(tally: Tally, majority: Threshold) -> RulePart:
    needed = max(1, majority.needed(tally.sides))
    said = counted(
        "%(num)s of the %(sides)s who took a side agrees; at least %(needed)s must.",
        "%(num)s of the %(sides)s who took a side agree; at least %(needed)s must.",
        tally.support,
        sides=tally.sides,
        needed=needed,
    )
    return RulePart("vote", tally.support >= needed, said if tally.support else _nobody(needed))
