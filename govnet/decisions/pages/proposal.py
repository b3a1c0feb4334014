"""The pages of a proposal and a decision, for each reader: gathered here, drawn by templates, sent as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Change
from govnet.decisions import labels, queries
from govnet.decisions.answers import options as answers_options
from govnet.decisions.answers.options import Choosing
from govnet.decisions.answers.queries import WORRIES, Answers, ShownAnswer, answers
from govnet.decisions.models import (
    Answer,
    Decision,
    Proposal,
    ProposalVersion,
    RollEntry,
    VersionState,
)
from govnet.decisions.offsite.models import OffsiteDecision
from govnet.decisions.proposals import offices
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.proposals.models import OfficeReply
from govnet.decisions.proposals.opening import UNDO
from govnet.decisions.proposals.queries import awaited
from govnet.decisions.rules import methods, text_diff, who_counts, who_sees
from govnet.decisions.rules.option_count import OPTIONS
from govnet.decisions.rules.outcome import FIVE, AnswerKind, Outcome, Rule, RulePart, Tally, outcome, parts
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import NotFound
from govnet.kernel.translation import say
from govnet.offices.models import OfficeChange
from govnet.permissions import Can, can
from govnet.record.events import plain


@dataclass(frozen=True)
class VersionTally:
    """One version's answers as far as this reader may see them."""

    version: ProposalVersion
    rule: Rule
    tally: Tally
    counts: bool
    """Whether the reader may see how many gave each answer."""
    names: bool
    """Whether the reader may see who gave it."""
    answers: Answers
    options: Choosing | None = None
    """The options with all answers: drawn only where `counts`."""
    offices: Sequence[OfficeChange] = ()
    """The offices that its version gives or ends."""

    @property
    def named(self) -> list[str]:
        """The same as a sentence."""
        return offices.row_words(self.offices, self.version.proposal.network_id)

    @property
    def bar(self) -> list[tuple[str, str, int]]:
        """For the bar: every answer that could be given, also those that nobody gave."""
        found = labels.bar_parts(self.tally, self.version.method)
        if self.version.method in OPTIONS:
            return found
        faces = [labels.FACES[kind] for kind in who_counts.offered(queries.charter_of(self.version))]
        return [part for part in found if part[2] or part[0] in faces]

    @property
    def rules(self) -> list[tuple[bool | None, str, str]]:
        """The rule part by part: met, not met, or not yet; of what the reader can't see, only how many answered."""
        if self.version.offsite is not None:
            return []  # nothing is counted
        found = parts(self.tally, self.version.roll_size, self.rule)
        seen = found if self.counts else [part for part in found if part.name == "quorum"]
        return [(part.met or self._hope(part), say(part.said), "") for part in seen]

    def _hope(self, part: RulePart) -> bool | None:
        """None for what more answers alone can still bring about; a Stop has to be taken back."""
        return None if self.version.is_open and part.name != "blocks" else False

    @property
    def outcome(self) -> Outcome:
        """The outcome, or the outcome if it closed now."""
        if self.version.outcome is not None:
            return self.version.outcome
        if self.version.offsite is not None:
            return self.version.offsite.stands_as
        if self.options is not None:
            return methods.chosen(self.options.count, self.tally, self.version.roll_size, self.rule)
        return outcome(self.tally, self.version.roll_size, self.rule)

    @property
    def needed(self) -> int:
        """How many have to answer for the outcome to count; 0 where none is needed."""
        return self.rule.quorum.needed(self.version.roll_size)

    @property
    def headline(self) -> str:
        """The outcome as a sentence."""
        return labels.headline(self.outcome, self._led, self.needed, self.version.proposal.door)

    @property
    def _led(self) -> Tally:
        return replace(self.tally, leads=self.options.leads) if self.options else self.tally

    @property
    def seen_from(self) -> str:
        """When members see each other's answers, by the charter's sentence."""
        return say(p.VISIBLE.states(self.version.visible.value))

    @property
    def worries(self) -> list[ShownAnswer]:
        """Reasons that the reader may read, Stops first."""
        return [each for each in self.nameable if each.answer.kind in WORRIES and each.answer.reason]

    @property
    def kept_back(self) -> int:
        """How many gave a reason that only members can read."""
        if not self.counts or self.names:
            return 0
        return self.answers.reasons(public=False) - self.answers.reasons(public=True)

    @property
    def further(self) -> int:
        """How many reasons that the reader may read are not on this page."""
        return self.answers.reasons(public=not self.names) - len(self.worries) if self.counts else 0

    @property
    def nameable(self) -> list[ShownAnswer]:
        """Answers with a name beside them for this reader: all for members, for visitors who said so."""
        return list(self.answers.first) if self.counts else []

    def groups(self) -> list[tuple[str, str, list[ShownAnswer], int]]:
        """People with a name beside their answer, by answer: shape, label, names, and how many more."""
        rows = (
            (kind, [each for each in self.nameable if each.answer.kind is kind])
            for kind in (*FIVE, AnswerKind.CHOICE)
        )
        return [
            (labels.FACES.get(kind, "done"), labels.label(kind), who, self._more(kind) - len(who))
            for kind, who in rows
            if who
        ]

    def _more(self, kind: AnswerKind) -> int:
        many = self.answers.of(kind)
        return many.given if self.names else many.nameable


@dataclass(frozen=True)
class ProposalPage:
    """A proposal as one reader sees it."""

    proposal: Proposal
    now: VersionTally
    earlier: tuple[VersionTally, ...]
    mine: Sequence[RollEntry]
    changes: tuple[Change, ...]
    office_replies: Sequence[OfficeReply] = ()
    own_case: int | None = None
    """The office that the version gives to the reader, or ends."""

    @property
    def named(self) -> list[str]:
        """The offices that the version gives or ends."""
        return self.now.named

    @property
    def version(self) -> ProposalVersion:
        """The version that counts now."""
        return self.now.version

    @property
    def changed(self) -> list[tuple[str, str]]:
        """The changes of the newest version, word by word; empty if there are none."""
        before = self.earlier[0].version.text if self.earlier else self.version.text
        return text_diff.shown(before, self.version.text) if before != self.version.text else []

    @property
    def changed_rules(self) -> tuple[Change, ...]:
        """The effect of the newest version on our rules that the one before did not have."""
        return proposals_queries.between(self.earlier[0].version, self.version) if self.earlier else ()

    @property
    def taking(self) -> bool:
        """Whether answers, or objections, are taken at this moment."""
        return self.version.is_open and clock.now() < self.version.deadline

    @property
    def told_from(self) -> datetime:
        """The time when people on the roll are notified, unless it is undone."""
        return self.proposal.opened_at + UNDO

    @property
    def can_undo(self) -> bool:
        """Whether its author can still undo it: nobody has been notified, and nobody else has answered."""
        first = self.version.is_open and self.version.number == 1 and self.proposal.door is Door.WEB
        return first and clock.now() < self.told_from and self._alone

    @property
    def _alone(self) -> bool:
        return self.now.tally.answered <= len(self.answered)

    @property
    def offsite(self) -> OffsiteDecision | None:
        """The decision made elsewhere, as long as nobody has objected."""
        return self.version.offsite

    @property
    def answered(self) -> list[Answer]:
        """The reader's own answers, for whomever."""
        return [entry.answer for entry in self.mine if entry.answer is not None]


def proposal_page(proposal_id: int, network: Network, actor: Actor) -> ProposalPage:
    """Everything the page of a proposal shows to this reader, in three statements. NotFound in other networks."""
    proposal = queries.proposal_whole(proposal_id)
    if proposal.network_id != network.id:
        raise NotFound(_("There is no such proposal."))
    versions = sorted(proposal.versions, key=lambda each: -each.number)
    given = answers([each.id for each in versions], public=not _sees_everybody(actor))
    mine = queries.entries_for(versions[0].id, actor)
    answered = any(entry.answer for entry in mine)
    titles = _titles(versions)
    over = not versions[0].is_open  # till then answers to earlier words are hidden too
    standings = [
        standing(each, given[each.id], actor, answered, titles.get(each.id), over=over) for each in versions
    ]
    named = _offices(proposal, versions)
    standings = [replace(each, offices=named.get(each.version.id, ())) for each in standings]
    replies, own = _replies(proposal, standings[0], actor)
    changes = proposals_queries.changes(versions[0])
    return ProposalPage(proposal, standings[0], tuple(standings[1:]), mine, changes, replies, own)


def _offices(proposal: Proposal, versions: Sequence[ProposalVersion]) -> Mapping[int, Sequence[OfficeChange]]:
    """The offices in each version, asked only on matters that can have them."""
    asked = [each.id for each in versions if each.changes == "{}"]  # never beside a change of the rules
    return offices.rows_of(asked) if proposal.matter in offices.MATTERS else {}


def _replies(proposal: Proposal, now: VersionTally, actor: Actor) -> tuple[Sequence[OfficeReply], int | None]:
    """The replies of the people named, and whether the reader is one of them."""
    if not now.offices:
        return (), None
    people = (one for row in now.offices for one in row.people)
    own = next((one.id for one in people if one.person_id == actor.person_id), None)
    return offices.replies_to(proposal.id), own


def _titles(versions: Sequence[ProposalVersion]) -> dict[int, list[str]]:
    """The options, asked only where there are any."""
    chosen = [each.id for each in versions if each.method in OPTIONS]
    return queries.options_of(chosen) if chosen else {}


def standing(
    version: ProposalVersion,
    given: Answers,
    actor: Actor,
    answered: bool,
    titles: Sequence[str] | None = None,
    *,
    over: bool = True,
) -> VersionTally:
    """A version's answers for one reader; `over` says that nobody is asked any more, in later versions either."""
    sees = {"closed": over and not version.is_open, "has_answered": answered}
    rule = queries.rule_of(version)
    options = None
    if titles is not None:
        options = answers_options.of_ballots(version.method, rule, titles, queries.ballots(version.id))
    return VersionTally(
        version,
        rule,
        given.tally,
        who_sees.sees_tally(version.visible, **sees),
        who_sees.sees_names(version.visible, member=_sees_everybody(actor), **sees),
        given,
        options,
    )


def _sees_everybody(actor: Actor) -> bool:
    return actor.is_member or actor.is_officer


def decision_standing(decision: Decision, actor: Actor) -> VersionTally:
    """The answers to a decision, as this reader may see them."""
    found = answers([decision.version_id], public=not _sees_everybody(actor))[decision.version_id]
    titles = _titles([decision.version]).get(decision.version_id)
    named = _offices(decision.version.proposal, [decision.version]).get(decision.version_id, ())
    return replace(standing(decision.version, found, actor, answered=True, titles=titles), offices=named)


def earlier_standings(versions: Sequence[ProposalVersion], actor: Actor) -> list[VersionTally | None]:
    """The answers to earlier versions, in one statement; None for a decision made elsewhere."""
    asked = [each.id for each in versions if each.offsite is None]
    given = answers(asked, public=not _sees_everybody(actor)) if asked else {}
    titles = _titles(versions)
    return [
        standing(each, given[each.id], actor, answered=True, titles=titles.get(each.id))
        if each.id in given
        else None
        for each in versions
    ]


def as_data(now: VersionTally) -> dict[str, Any]:
    """A version as anybody may have it."""
    version = now.version
    proposal = version.proposal
    return {
        "id": proposal.id,
        "version": version.number,
        "question": version.question,
        "text": version.text,
        "matter": proposal.matter,
        "body": proposal.body,
        "method": version.method,
        "opened_at": version.opened_at.isoformat(),
        "deadline": version.deadline.isoformat(),
        "closed_at": version.closed_at.isoformat() if version.closed_at else None,
        "could_answer": version.roll_size,
        "charter": charters.rules_of(version.charter_version).number,
        "changes": queries.changes_of(version),
        "offices": _office_data(now),
        "in_force_on": version.in_force_on.isoformat() if version.in_force_on else None,
        "considered": version.considered,
        "sources": version.sources,
        "trial": {"until": version.trial_until.isoformat(), "signs": version.trial_signs}
        if version.trial_until
        else None,
        "state": "open" if version.is_open else "closed",
        "outcome": now.outcome.value if version.outcome or now.counts else None,
        "answers": now.tally.as_json() if now.counts else None,
        "options": _options(now),
        "answered": now.tally.answered,
        "entered": now.answers.entered if now.counts else None,
        "rule": [{"met": bool(met), "words": said} for met, said, _detail in now.rules],
        "named": [
            {"name": each.entry.name, "answer": each.answer.kind.value, "reason": each.answer.reason}
            | ({"reply": each.reply.text} if each.reply and each.answer.reason else {})
            | ({"entered_by": each.entered_by} if now.names and each.answer.entered_by_id else {})
            | ({"choices": queries.ballot(each.answer.choices)} if each.answer.choices else {})
            for each in now.nameable
        ],
    }


def _office_data(now: VersionTally) -> list[dict[str, Any]]:
    """The offices that it gives or ends, as sentences and as data."""
    asked = offices.inputs(now.offices, now.version.proposal.network_id)
    told = zip(asked, offices.facts(asked), now.named, strict=True)
    return [
        {"words": words, **plain(facts), "scope": each.scope or None, "version": now.version.number}
        for each, facts, words in told
    ]


def _options(now: VersionTally) -> dict[str, Any] | None:
    """The options; the standings only for those who may see them."""
    if now.options is None:
        return None
    return now.options.as_data() if now.counts else {"titles": now.options.as_titles()}


def replies_data(replies: Sequence[OfficeReply]) -> list[dict[str, Any]]:
    """The replies of the people named."""
    return [{"name": each.person.name, "text": each.text, "at": each.at.isoformat()} for each in replies]


def may_close_early(version: ProposalVersion, by: Actor) -> bool:
    """Whether this reader can close it now: it is theirs, the charter allows it and nobody is waited for."""
    if version.state is not VersionState.OPEN or version.waiting_since is not None:
        return False
    allowed = queries.charter_of(version)[p.CLOSE_EARLY] != "never"
    return allowed and can(by, Can.CLOSE_PROPOSAL, version.proposal) and not awaited(version)
