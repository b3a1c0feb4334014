"""The decisions of the demo's people: proposals with their answers, closings, and decisions made elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from sqlalchemy import select

from govnet.charter import parameters as p
from govnet.charter.queries import rules_in_force
from govnet.charter.rules import Charter
from govnet.charter.working_days import from_day
from govnet.decisions import queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers import replies
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.closing import notes, petitions
from govnet.decisions.models import Decision, ProposalVersion
from govnet.decisions.models import Proposal as Row
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.offsite import closing as offsite_closing
from govnet.decisions.offsite import evidence
from govnet.decisions.offsite.actions import Taken
from govnet.decisions.proposals import actions, offices
from govnet.decisions.proposals.models import Suggestion
from govnet.decisions.proposals.offices import OfficeInput
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.decisions.register.models import NoteKind
from govnet.decisions.rules import deadlines
from govnet.decisions.rules.outcome import AnswerKind
from govnet.decisions.suggestions import actions as suggestions
from govnet.decisions.suggestions.queries import suggestion_to
from govnet.demo.facts import AnswerFact, Earlier, Elsewhere, ProposalFact, Suggested
from govnet.demo.stage import Stage, evenly
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.offices.models import OfficeKind

_KEEPS = Charter({p.HOLIDAYS.key: "GB-ENG"})
"""Of the network's rules, the one that moves closing days; the others are not in force yet when the play is planned."""
_DOORS = (Door.WEB, Door.WEB, Door.MAIL)
_PLACES = {"meeting": Door.MEETING, "list": Door.LIST}


def plan(stage: Stage) -> None:
    """Have every proposal open, be answered and close at its time."""
    for proposal in stage.facts.proposals:
        _proposal(stage, proposal)
    for one in stage.facts.elsewhere:
        stage.days_ago(one.recorded_days_ago, 10, lambda one=one: _elsewhere(stage, one))  # type: ignore[misc]
        for days in range(7, 12):
            stage.at(_after(stage, days - one.recorded_days_ago), offsite_closing.stand_due, alone=True)


def _proposal(stage: Stage, proposal: ProposalFact) -> None:
    opened = stage.calendar.at(-proposal.opened_days_ago, 20.5)
    closes = closing_day(stage, proposal)
    stage.at(opened, lambda: _propose(stage, proposal, closes))
    for number, earlier in enumerate(proposal.earlier):
        changed = stage.calendar.at(-earlier.until_days_ago, 20)
        _answers(stage, proposal, earlier.answers, opened, changed - timedelta(hours=3))
        _new_words(stage, proposal, number, changed)
        opened = changed
    last = min(
        datetime.combine(closes, opened.timetz()) - timedelta(hours=5),
        stage.calendar.now - timedelta(minutes=40),
    )
    _answers(stage, proposal, proposal.answers, opened, last)
    if proposal.closes_days < 0:
        stage.at(_after(stage, (closes - stage.calendar.today).days), closing_actions.close_due, alone=True)
    if proposal.statement:
        heard = stage.calendar.at((closes - stage.calendar.today).days + 1, 9)
        stage.at(heard, lambda: _heard(stage, proposal))
    for number, (who, why) in enumerate(proposal.ask_again):
        asked = stage.calendar.at(number - 9, 19.5)
        stage.at(asked, lambda who=who, why=why: _ask_again(stage, proposal, who, why))  # type: ignore[misc]


def _answers(
    stage: Stage, proposal: ProposalFact, answers: tuple[AnswerFact, ...], opened: datetime, last: datetime
) -> None:
    moments = evenly(opened, last, len(answers))
    for number, (given, moment) in enumerate(zip(answers, moments, strict=True)):
        door = _DOORS[number % len(_DOORS)]
        stage.at(moment, lambda given=given, door=door: _answer(stage, proposal, given, door))  # type: ignore[misc]
        if given.reply:
            stage.at(moment + timedelta(minutes=90), lambda given=given: _reply(stage, proposal, given))  # type: ignore[misc]


def _new_words(stage: Stage, proposal: ProposalFact, number: int, changed: datetime) -> None:
    """Somebody suggests them and the proposer takes them, or the proposer finds them."""
    earlier = proposal.earlier[number]
    if earlier.suggested is None:
        later = _worded(proposal)[number + 1]
        stage.at(changed, lambda: _reword(stage, proposal, later, earlier.because))
        return
    words, made = earlier.suggested, list[Suggestion]()
    stage.at(changed - timedelta(hours=2), lambda: made.append(_suggest(stage, proposal, words)))
    stage.at(changed, lambda: _accept(stage, proposal, made[0].id))


def _worded(proposal: ProposalFact) -> list[Earlier | ProposalFact]:
    """Its versions from first to last."""
    return [*proposal.earlier, proposal]


def _suggest(stage: Stage, proposal: ProposalFact, words: Suggested) -> Suggestion:
    by = stage.actor(words.by)
    made = suggestions.suggest(
        _row(stage, proposal), words.passage, words.instead, words.why, by=by, via=Door.WEB
    )
    db.session.flush()  # the next step finds it by its key
    return made


def _accept(stage: Stage, proposal: ProposalFact, key: int) -> None:
    row = _row(stage, proposal)
    suggestion = suggestion_to(row.id, key, locked=True)
    stage.versions[proposal.key] = suggestions.accept(
        suggestion, by=stage.actor(proposal.by), via=Door.WEB
    ).id


def _reword(stage: Stage, proposal: ProposalFact, later: Earlier | ProposalFact, because: str) -> None:
    words = Wording(later.question or proposal.question, later.text.strip(), proposal.changes)
    made = actions.reword(
        _row(stage, proposal), words, because=because, by=stage.actor(proposal.by), via=Door.WEB
    )
    stage.versions[proposal.key] = made.id


def _row(stage: Stage, proposal: ProposalFact) -> Row:
    version = db.session.get_one(ProposalVersion, stage.versions[proposal.key])
    return db.session.get_one(Row, version.proposal_id)


def _after(stage: Stage, days: int) -> datetime:
    """Just after the hour at which answers close on that day."""
    return stage.calendar.at(days, 18) + timedelta(seconds=2)


def closing_day(stage: Stage, proposal: ProposalFact) -> date:
    """The day in the files, or the next working day where it is none."""
    return from_day(stage.calendar.day(proposal.closes_days), _KEEPS)


def _propose(stage: Stage, proposal: ProposalFact, closes: date) -> None:
    rules, zone = rules_in_force(stage.network_id), ZoneInfo(stage.network().zone)
    first = deadlines.earliest(stage.calendar.at(-proposal.opened_days_ago, 20.5), rules, zone)
    first_words = _worded(proposal)[0]
    trial = None if proposal.trial_days is None else stage.calendar.day(proposal.trial_days)
    more = More(trial_until=trial, trial_signs=proposal.trial_signs)
    question = first_words.question or proposal.question
    named = _gives(stage, proposal)
    words = Wording(question, first_words.text.strip(), proposal.changes, more, offices=named)
    review = None if proposal.review_days is None else stage.calendar.day(proposal.review_days)
    ask = Ask(
        proposal.matter,
        first if proposal.earlier else max(closes, first),
        thread_id=stage.threads[proposal.thread],
        review_on=review,
    )
    made = actions.propose(stage.network(), words, ask, by=stage.actor(proposal.by), via=Door.WEB)
    stage.versions[proposal.key] = _open_version(made.id)


def _gives(stage: Stage, proposal: ProposalFact) -> tuple[OfficeInput, ...]:
    """The place that it would give somebody."""
    if proposal.gives is None:
        return ()
    place, who = proposal.gives
    kind, every = OfficeKind.PLACE, offices.every_offer(stage.network())
    wanted = next(one.wanted for one in every if one.wanted.what is kind and one.wanted.place == place)
    return (replace(wanted, person_id=stage.actor(who).person_id, came_by="appointment"),)


def _ask_again(stage: Stage, proposal: ProposalFact, who: str, why: str) -> None:
    version = stage.versions[proposal.key]
    decision = db.session.scalars(select(Decision).where(Decision.version_id == version)).one()
    petitions.ask(decision.id, why, by=stage.actor(who), via=Door.WEB)


def _open_version(proposal_id: int) -> int:
    query = select(ProposalVersion.id).where(ProposalVersion.proposal_id == proposal_id)
    return db.session.scalars(query.order_by(ProposalVersion.number.desc()).limit(1)).one()


def _answer(stage: Stage, proposal: ProposalFact, given: AnswerFact, door: Door) -> None:
    by = stage.actor(stage.facts.human(given))
    version, mine = stage.versions[proposal.key], _entry(stage, proposal, given)
    kind = AnswerKind(given.kind)
    rests_on = stage.network().purpose if kind is AnswerKind.BLOCK else ""
    words = answers_actions.AnswerInput(kind, given.reason, given.needs, rests_on, named=given.organisation)
    answers_actions.answer(version, words, by=by, via=door, entry_id=mine)


def _entry(stage: Stage, proposal: ProposalFact, given: AnswerFact) -> int:
    """On the roll: whose answer it is."""
    entries = queries.entries_for(stage.versions[proposal.key], stage.actor(stage.facts.human(given)))
    return next(one.id for one in entries if (one.organisation_id is not None) == given.organisation)


def _reply(stage: Stage, proposal: ProposalFact, given: AnswerFact) -> None:
    entry_id, by = _entry(stage, proposal, given), stage.actor(proposal.by)
    replies.reply(_row(stage, proposal), entry_id, given.reply, by=by, via=Door.WEB)


def _heard(stage: Stage, proposal: ProposalFact) -> None:
    version = stage.versions[proposal.key]
    decision = db.session.scalars(select(Decision).where(Decision.version_id == version)).one()
    if decision.outcome != proposal.expected:
        raise ValueError(f"{proposal.key} ended as {decision.outcome}, not as {proposal.expected}")
    notes.add_note(
        decision, NoteKind.HEARD, proposal.statement, by=stage.actor(proposal.statement_by), via=Door.WEB
    )


def _elsewhere(stage: Stage, one: Elsewhere) -> None:
    words = Wording(one.statement, one.text.strip())
    taken = Taken(
        stage.calendar.day(-one.taken_days_ago), "all", _where(one), one.evidence, _link(one.evidence),
        present=one.present,
    )  # fmt: skip
    ask = Ask(one.matter, thread_id=stage.threads.get(one.thread))
    by = stage.actor(one.by)
    made = offsite.write_down(stage.network(), words, ask, taken, by=by, via=_PLACES[one.place])
    if one.mail:
        evidence.keep(made, _mail(stage, one), by=by, via=Door.WEB)


def _mail(stage: Stage, one: Elsewhere) -> bytes:
    """The mail with which the list came to its end."""
    key, subject, text = one.mail
    writer = stage.facts.people[key]
    mail = EmailMessage()
    mail["From"] = f"{writer.name} <{writer.email}>"
    mail["To"], mail["Subject"] = "opengov-uk@lists.example.org", subject
    day = stage.calendar.day(-one.taken_days_ago)
    mail["Date"] = datetime.combine(day, time(18, 4), ZoneInfo(stage.network().zone))
    mail["Message-ID"] = f"<{one.key}.23@example.org>"
    mail.set_content(text)
    return mail.as_bytes()


def _where(one: Elsewhere) -> str:
    return one.evidence.split(",")[0]


def _link(evidence: str) -> str:
    return next((word for word in evidence.split() if word.startswith("https://")), "")
