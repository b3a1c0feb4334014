"""The answers that count, each once, and who sees them. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.decisions.rules.outcome import FIVE, AnswerKind
from govnet.kernel.messages import N_, Said

VOTING_KINDS = frozenset({"individual", "organisation"})


@dataclass(frozen=True)
class KnownAnswer:
    """The facts about one party's answer."""

    party: int
    cast_by: int | None
    counted: bool


def offered(charter: Charter) -> tuple[AnswerKind, ...]:
    """The answers to one question, in the order of the page: Agree, and those that the charter has beside it."""
    return tuple(kind for kind in FIVE if kind is AnswerKind.AGREE or kind.value in charter[p.ANSWERS])


def on_roll(kind: str) -> bool:
    """Whether a membership of this kind is asked at all: observers read and write, but have no voice."""
    return kind in VOTING_KINDS


def counts(kind: str, charter: Charter) -> bool:
    """Whether a member's answer counts, by the charter's voice; in the committee everybody's does."""
    return charter[p.VOICE] == "each" or kind == "organisation"


def other_party(answers: Iterable[KnownAnswer], party: int, caster: int) -> int | None:
    """The other party for which this person has given an answer that counts."""
    theirs = (each.party for each in answers if each.counted and each.cast_by == caster)
    return next((other for other in theirs if other != party), None)


def second_hand(
    answers: Iterable[KnownAnswer], party: int, caster: int, *, own: bool, may: Collection[int]
) -> Said | None:
    """The reason why this person can't answer for this party too: one human never gives two counted answers.

    `may` are the parties for which they may answer. An answer for a party that they handed over stands without them:
    then their `own` answer is taken too, and does not count.
    """
    other = other_party(answers, party, caster)
    if other is None or (own and other not in may):
        return None
    if other not in may:
        return Said(
            N_(
                "You have already given an answer for somebody for whom you spoke before, and it counts. "
                "Nobody can answer twice: ask a colleague to give this one."
            )
        )
    return Said(
        N_(
            "You have already given an answer that counts in this decision. You can answer for yourself "
            "or for your organisation, not both: take back the first one, or ask a colleague."
        )
    )


def principles(charter: Charter, purpose: str) -> tuple[str, ...]:
    """The grounds for a Stop: the charter's principles; without any, the purpose and people's promises."""
    promised = (*charter[p.CRITERIA], *charter[p.CODE_OF_CONDUCT], *charter[p.OWN_CLAUSES])
    return charter[p.PRINCIPLES] or tuple(dict.fromkeys((purpose, *promised)))


def needs_principle(charter: Charter) -> bool:
    """Whether a Stop must name what it rests on."""
    return charter[p.STOP_NEEDS] == "principle"


def may_stop(charter: Charter, *, organisation: bool, body: str) -> bool:
    """Whether this party can say Stop. In the committee everybody can."""
    return body == "committee" or charter[p.WHO_MAY_STOP] == "everyone" or organisation


def stop_lacks(reason: str, remedy: str, principle: str, allowed: Iterable[str] | None) -> dict[str, Said]:
    """The missing parts of a Stop, by field. `allowed`: its possible principles, or None if none is needed."""
    wanted = {
        "reason": (
            reason,
            N_("Say why you want to stop this: others can only reply to a reason that they know."),
        ),
        "remedy": (remedy, N_("Say what would let you live with it.")),
    }
    found = {name: Said(words) for name, (text, words) in wanted.items() if not text.strip()}
    if allowed is not None and principle not in set(allowed):
        found["principle"] = Said(N_("Choose what your Stop rests on."))
    return found


def always_told(charter: Charter, matter: str, what: str) -> bool:
    """Whether everybody concerned is notified of that (opening, last_day, result) however little mail they take."""
    named = charter[p.ALWAYS_TOLD]
    return what in named or ("charter" in named and matter == "charter")
