"""Notices of a proposal, its last day and its outcome: always to those on the roll, whatever mail they take."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.charter.models import Network
from govnet.charter.queries import rules_of
from govnet.decisions import labels, queries
from govnet.decisions.answers import entered_answers, replies
from govnet.decisions.answers import options as answers_options
from govnet.decisions.answers.queries import Answers, answers
from govnet.decisions.closing import petitions, results
from govnet.decisions.closing.events import ReviewOpened
from govnet.decisions.models import Answer, Decision, ProposalVersion
from govnet.decisions.offsite.events import ElsewhereTold, Objected
from govnet.decisions.proposals import events, offices, roll
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.register import queries as register_queries
from govnet.decisions.rules.outcome import AnswerKind
from govnet.decisions.rules.who_counts import always_told, offered
from govnet.decisions.rules.who_sees import Visible
from govnet.decisions.suggestions.queries import suggestion_by_id
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.models import reference
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.volume import News
from govnet.membership.name_marks import actor_of, signed
from govnet.people.persons import names
from govnet.record import registry

EVERYBODY: dict[str, Any] = {"to_list": True, "subscribers": True}
"""Beside those on the roll: the network's old list, and people who take just the mail. Everybody who hears that something
is asked also hears that it closes later, or is not asked any more.
"""


def opened(told: ToldEntry) -> Notice | None:
    """Something is asked: the question, until when, and how to answer."""
    version = _version(told)
    if not version.is_open:
        return None
    return _notice(
        "decisions/opened",
        told,
        version,
        what="opening",
        extra=_asked_by(told, version),
        **EVERYBODY,
        not_after=version.deadline,
    )


def opening_of(version: ProposalVersion, network: Network, actor: Actor) -> Notice | None:
    """The mail that would ask this version, for looking at before it is asked."""
    details = {"version": reference(version), "actor": actor.name, "subject": reference(version.proposal)}
    return opened(ToldEntry(0, 0, clock.now(), network, actor.person_id, details))


def _asked_by(told: ToldEntry, version: ProposalVersion) -> dict[str, Any]:
    """The proposer as text: the program proposes nothing, and decisions made elsewhere were recorded."""
    review = petitions.reviewed_by(version.proposal_id)
    if review is not None:
        many = review[1].requests
        said = ngettext(
            "%(num)s member who wants it looked at again", "%(num)s members who want it looked at again", many
        )
        return {"asked_by": (_("Asked by"), said)}
    if version.offsite is not None:
        author = version.proposal.author_id
        return {"asked_by": (_("Written down by"), signed(names([author])[author], author, told.network))}
    return {"asked_by": (_("Asked by"), actor_of(told))}


def last_day(told: ToldEntry) -> Notice | None:
    """A day is left: those who have not answered, and nobody else."""
    version = _version(told)
    if not version.is_open:
        return None
    waiting = _waiting(told, version)
    return _notice(
        "decisions/last_day", told, version, what="last_day", people=waiting, not_after=version.deadline
    )


def extended(told: ToldEntry) -> Notice | None:
    """There is more time, and why: to everybody who was notified of the question."""
    version = _version(told)
    if not version.is_open:
        return None
    extra = {"reason": told.details.get("reason", "")}
    return _notice(
        "decisions/extended",
        told,
        version,
        what="opening",
        extra=extra,
        not_after=version.deadline,
        **EVERYBODY,
    )


def entered(told: ToldEntry) -> Notice | None:
    """The receipt: an answer was entered for somebody, who can correct it."""
    version, entry_id = _version(told), _key(told, "entry")
    given, party = queries.answer_of(entry_id), queries.party_of(entry_id)
    if given is None or given.entered_by_id is None or given.cast_by_id is None:
        return None
    extra = {
        "answer": labels.label(given.kind),
        "party": party,
        "given": given,
        "chosen": _chosen(version, given),
        "undo": entered_answers.undo_url(told.network, entry_id, given.cast_by_id),
    }
    return _alone("decisions/entered", told, version, [given.cast_by_id], extra)


def _chosen(version: ProposalVersion, given: Answer) -> list[str]:
    """Between options: each that got a rank, a score or dots, and which."""
    options = answers_options.of_version(version, queries.rule_of(version)) if given.choices else None
    return options.each_of(given) if options else []


def suggested(told: ToldEntry) -> Notice:
    """Other words are suggested: to the proposer."""
    version = _version(told)
    extra = {"suggestion": suggestion_by_id(_key(told, "suggestion"))}
    return _alone("decisions/suggested", told, version, [version.proposal.author_id], extra)


def suggestion_answered(told: ToldEntry) -> Notice:
    """The result of suggested words: to the person who suggested them."""
    suggestion = suggestion_by_id(_key(told, "suggestion"))
    extra = {"suggestion": suggestion, "taken": told.details["taken"]}
    return _alone("decisions/suggestion_answered", told, _version(told), [suggestion.person_id], extra)


def reason_answered(told: ToldEntry) -> Notice | None:
    """The proposer replied to a reason: to the person who gave it, as long as both stand."""
    version, reply = _version(told), replies.standing(_key(told, "entry"))
    if reply is None or reply.answer.cast_by_id is None:
        return None
    extra = {"reason": reply.answer.reason, "reply": reply.text}
    return _alone("decisions/reason_answered", told, version, [reply.answer.cast_by_id], extra)


def _alone(
    template: str, told: ToldEntry, version: ProposalVersion, people: list[int], extra: dict[str, Any]
) -> Notice:
    return _notice(template, told, version, people=people, extra=extra)


def _key(told: ToldEntry, name: str) -> int:
    return int(str(told.details[name]).rpartition(":")[2])


def stopped(told: ToldEntry) -> Notice | None:
    """Somebody said Stop: what can happen now, and why they did, where everybody may read answers already."""
    version = _version(told)
    if not version.is_open:
        return None
    found = answers([version.id])[version.id] if version.visible is Visible.AT_ONCE else Answers()
    stops = [
        each.answer for each in found.first if each.answer.kind is AnswerKind.BLOCK and each.answer.counted
    ]
    extra = {"said_stop": found.tally.block, "stops": stops}
    return _notice("decisions/stopped", told, version, what="result", extra=extra, **EVERYBODY)


def withdrawn(told: ToldEntry) -> Notice | None:
    """Its author took it back: no answer is needed any more. Not sent if nobody was notified of it."""
    version = _version(told)
    if told.details.get("untold") or not version.proposal.is_told:
        return None
    extra = {"reason": told.details.get("reason", "")}
    return _notice("decisions/withdrawn", told, version, what="result", extra=extra, **EVERYBODY)


def decided(told: ToldEntry) -> Notice:
    """The outcome, with its numbers, to everybody who could have answered."""
    decision = register_queries.by_id(told.key)
    version = decision.version
    tally = results.tally_of(decision)
    rule = queries.rule_of(version)
    extra = {
        "decision": decision,
        "headline": labels.headline(
            decision.outcome, tally, rule.quorum.needed(decision.roll_size), decision.door
        ),
        "numbers": [(labels.label(kind), many) for kind, many in tally.by_answer(version.method).items()],
        "standings": _standings(version),
        "rules": _rules(decision),
        "not_applied": results.not_applied(decision),
    }
    return _notice("decisions/decided", told, version, what="result", extra=extra, **EVERYBODY)


def _standings(version: ProposalVersion) -> list[tuple[str, str]]:
    """Between options: each and what it had, the first one first."""
    found = answers_options.of_version(version, queries.rule_of(version))
    return [(line.title, line.value) for line in found.lines] if found else []


def _rules(decision: Decision) -> list[str]:
    """The sentences of the charter that hold from now on."""
    changed = register_queries.changes_of_rules(decision)
    return labels.new_rules(changed[1]) if changed else []


def _version(told: ToldEntry) -> ProposalVersion:
    """The version that the entry is about."""
    return queries.version_whole(_key(told, "version"))


def _waiting(told: ToldEntry, version: ProposalVersion) -> list[int]:
    """Parties whose answer is still awaited."""
    return proposals_queries.to_remind(version.id, clock.today(told.network.zone))


def _people(told: ToldEntry, version: ProposalVersion) -> list[int]:
    """The people on the roll, those who speak for its organisations, and those whom it names."""
    asked = roll.people_asked(version.id, clock.today(told.network.zone))
    return list(dict.fromkeys([*asked, *sorted(db.session.scalars(roll.concerned(version.id)))]))


def _notice(
    template: str,
    told: ToldEntry,
    version: ProposalVersion,
    *,
    what: str = "",
    people: list[int] | None = None,
    extra: dict[str, Any] | None = None,
    **more: Any,
) -> Notice:
    """To `people`, or all on the roll: singly where the rules always tell that, or where it is theirs alone (no `what`)."""
    proposal, asked = version.proposal, _people(told, version) if people is None else people
    always = not what or always_told(queries.charter_of(version), version.proposal.matter, what)
    audience: dict[str, Any] = {"always": asked} if always else {"people": asked, "concerned": asked}
    return Notice(
        template=template,
        news=News.VOTE,
        context=_context(told, version) | {"always_told": always} | (extra or {}),
        thread=proposal.thread_id,
        conversation=f"proposal-{proposal.id}",
        **audience,
        **more,
    )


def _context(told: ToldEntry, version: ProposalVersion) -> dict[str, Any]:
    """Values for every mail about a proposal."""
    return {
        "version": version,
        "proposal": version.proposal,
        "zone": told.network.zone,
        "options": queries.options_of([version.id]).get(version.id, []),
        "changes": proposals_queries.changes(version),
        "named": offices.row_words(offices.named_in(version.id), told.network.id),
        "not_applied": (),
        "can_answer": [labels.label(kind) for kind in offered(rules_of(version.charter_version))],
        "actor": actor_of(told),
    }


def bind() -> None:
    """Bind the notices to their events."""
    asks = (events.ProposalOpened, events.ProposalReworded, ElsewhereTold, Objected, ReviewOpened)
    registry.tell(opened, *asks)
    registry.tell(last_day, events.LastDay)
    registry.tell(extended, events.ProposalExtended)
    registry.tell(entered, events.AnswerEntered)
    registry.tell(suggested, events.SuggestionMade)
    registry.tell(suggestion_answered, events.SuggestionAnswered)
    registry.tell(reason_answered, events.ReasonAnswered)
    registry.tell(stopped, events.ProposalStopped)
    registry.tell(withdrawn, events.ProposalWithdrawn)
    registry.tell(decided, events.ProposalDecided)
