"""Something asked in each way that the program knows, and how many answered what: no two numbers of a tally are alike."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from govnet.charter.models import Network
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers import entered_answers
from govnet.decisions.answers.actions import AnswerInput
from govnet.decisions.models import Proposal, RollEntry
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.offsite.actions import Taken
from govnet.decisions.proposals import actions, interests
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.rules.option_count import Ballot
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Person
from tests.builders import a_committee, a_member, a_network, a_person, acting, an_organisation, seated
from tests.decisions.builders import told_at_once, version_of

ENTERED, INTEREST, SILENT = "entered", "interest", "silent"
"""Beside the answers: what the committee entered, what somebody said who has an interest, and nothing."""


@dataclass(frozen=True)
class Asked:
    """One way of asking, with everybody's answers: "12 agree, 1 block, 5 silent"."""

    name: str
    method: str
    people: str = ""
    organisations: str = ""
    rules: Mapping[str, Any] = field(default_factory=dict)
    body: str = "all"
    question: str = "Should we move?"
    options: tuple[str, ...] = ()
    ballots: tuple[tuple[int, Ballot], ...] = ()
    """How many of the people chose so between the options."""
    first: str = ""
    """The answers to a first version that got a successor."""
    joined: int = 0
    left: int = 0
    """Memberships that began, and ended, while it was open."""


def each_of(numbers: str) -> list[str]:
    """ "2 agree, 1 silent" one by one: agree, agree, silent."""
    return [word for many, word in re.findall(r"(\d+) ([a-z-]+)", numbers) for _each in range(int(many))]


@dataclass
class Scene:
    """Something asked in a network of its own by Sam of the committee, who does not answer, and those who could."""

    asked: Asked
    network: Network
    proposal: Proposal
    sam: Person
    parties: list[tuple[Person, Any]]
    """The people, and those who speak for organisations, each with what they say."""

    def answers(self) -> None:
        """Everybody answers, to other words before where there were some; then some come and go."""
        if self.asked.first:
            people = (person for person, _word in self.parties)
            self._say(list(zip(people, each_of(self.asked.first), strict=False)))
            other, sam = Wording(self.asked.question, "We move to York."), acting(self.sam, self.network)
            with transaction():
                actions.reword(self.proposal, other, because="York is nearer.", by=sam, via=Door.WEB)
            told_at_once()
        self._say(self.parties)
        _come_and_go(self)

    def _say(self, parties: list[tuple[Person, Any]]) -> None:
        for person, word in sorted(parties, key=lambda each: each[1] == ENTERED):
            if word != SILENT:
                with transaction():
                    _answer(self, person, word)


def put(asked: Asked) -> Scene:
    """Ask it."""
    said: list[Any] = [*each_of(asked.people), *(one for many, one in asked.ballots for _each in range(many))]
    with transaction():
        network = _network(asked)
        body = a_committee(network, seats=len(said) + 2)
        sam = a_member(network, "Sam")
        people = [(a_member(network, f"Member {at}"), word) for at, word in enumerate(said, 1)]
        sitting = people if asked.body == "committee" else []
        for seat, person in enumerate([sam, *(person for person, _word in sitting)], 2):
            seated(body, person, seat=seat)
        spoken = enumerate(each_of(asked.organisations), 1)
        speakers = [(_speaker(network, at), word) for at, word in spoken]
        proposal = _ask(asked, network, sam)
    told_at_once()
    return Scene(asked, network, proposal, sam, [*people, *speakers])


def _network(asked: Asked) -> Network:
    rules = {"matters.statement_body": asked.body, "decisions.entered_most": 50, **asked.rules}
    if asked.method in ("majority", "supermajority"):
        rules["matters.statement_method"] = asked.method
    return a_network(parameters=json.dumps(rules))


def _speaker(network: Network, at: int) -> Person:
    speaker = a_person(f"Speaker {at}")
    an_organisation(network, f"Organisation {at}", spoken_for_by=speaker)
    return speaker


def _ask(asked: Asked, network: Network, sam: Person) -> Proposal:
    by = acting(sam, network)
    words = Wording(asked.question, "We move to Leeds.", options=asked.options)
    if asked.method != offsite.METHOD:
        return actions.propose(network, words, Ask("statement", method=asked.method), by=by, via=Door.WEB)
    how = Taken(date(2015, 4, 9), "all", "the meeting in Leeds", "The notes of the meeting.")
    proposal = offsite.write_down(network, words, Ask("statement"), how, by=by, via=Door.MEETING)
    offsite.tell(version_of(proposal))
    return proposal


def _answer(scene: Scene, person: Person, word: Any) -> None:
    version, network = version_of(scene.proposal), scene.network
    by, given = acting(person, network), _given(word, network)
    if word == INTEREST:
        interests.declare(scene.proposal, "It is my city.", by=by, via=Door.WEB)
    if word != ENTERED and version.method != offsite.METHOD:
        answers_actions.answer(version.id, given, by=by, via=Door.WEB)
        return
    of_them = (RollEntry.version_id == version.id, RollEntry.person_id == person.id)
    entry_id = db.session.scalars(db.select(RollEntry.id).where(*of_them)).one()
    enterer = acting(scene.sam, network)
    entered_answers.enter(version.id, entry_id, given, how=Door.MEETING, by=enterer, via=Door.WEB)


def _given(word: Any, network: Network) -> AnswerInput:
    if isinstance(word, Mapping):
        return AnswerInput(AnswerKind.CHOICE, choices=word)
    kind = AnswerKind.AGREE if word in (ENTERED, INTEREST) else AnswerKind(word)
    if kind is AnswerKind.BLOCK:
        return AnswerInput(kind, reason="It is far.", remedy="A train.", principle=network.purpose)
    return AnswerInput(kind, reason="Is it far?" if kind is AnswerKind.RESERVATIONS else "")


def _come_and_go(scene: Scene) -> None:
    """Some join, and the first of those who could answer leave, on the day on which it opened."""
    day = clock.today(scene.network.zone)
    gone = [person.id for person, _word in scene.parties[: scene.asked.left]]
    with transaction():
        for at in range(scene.asked.joined):
            a_member(scene.network, f"Newcomer {at + 1}", start=day)
        theirs = db.update(Membership).where(Membership.person_id.in_(gone))
        db.session.execute(theirs.values(end=day, state=MembershipState.RESIGNED))


QUORUM: dict[str, Any] = {"decisions.quorum": "count"}
CITIES = ("Cardiff", "Leeds", "Belfast")
DECIDES = {"decisions.options_settle": "decides"}
TALLIES = (
    Asked(
        "consensus",
        "consensus",
        "10 agree, 11 reservations, 6 stand-aside, 4 block, 5 no-view, 3 entered, 1 interest",
        "3 agree, 2 stand-aside, 1 silent",
        {
            "decisions.quorum": "count",
            "decisions.quorum_count": 36,
            "decisions.minimum_agreement": {"more_than": "1/2"},
            "decisions.asides_ceiling": {"more_than": "1/3"},
            "decisions.blocks_tolerated": 10,
        },
        joined=9,
        left=7,
    ),
    Asked(
        "consensus, then a vote",
        "consensus",
        "10 agree, 5 reservations, 2 stand-aside, 4 block, 3 no-view, 6 silent",
        "3 agree, 4 silent",
        {
            "decisions.quorum": "fraction",
            "decisions.quorum_share": {"at_least": "1/4"},
            "decisions.fallback": "majority",
            "decisions.fallback_majority": {"at_least": "2/3"},
            "decisions.fallback_days": 28,
        },
    ),
    Asked(
        "consent, of organisations",
        "consent",
        "5 reservations, 1 stand-aside, 3 block",
        "5 agree, 6 reservations, 4 stand-aside, 3 block, 2 no-view, 1 silent",
        {"decisions.voice": "organisations"},
    ),
    Asked(
        "a vote",
        "majority",
        "2 agree, 7 reservations, 2 stand-aside, 3 block, 4 no-view, 3 entered, 1 interest",
        "4 agree, 3 block, 4 silent",
        {
            "decisions.quorum": "both",
            "decisions.quorum_count": 12,
            "decisions.quorum_share": {"at_least": "1/3"},
            "decisions.positions_visible": "after_own",
        },
        joined=10,
    ),
    Asked(
        "a large majority, of the committee",
        "supermajority",
        "6 agree, 5 reservations, 7 stand-aside, 3 block, 1 no-view, 2 interest, 3 silent",
        rules={"committee.quorum": {"at_least": "4/5"}, "decisions.supermajority": {"at_least": "3/4"}},
        body="committee",
        first="8 agree, 1 stand-aside, 9 block, 2 no-view",
    ),
    Asked(
        "advice",
        "advice",
        "1 agree, 4 reservations, 2 stand-aside, 6 block, 3 no-view, 1 entered, 6 silent",
        "3 agree, 4 silent",
        {
            "decisions.quorum": "fraction",
            "decisions.quorum_share": {"at_least": "2/3"},
            "decisions.positions_visible": "at_close",
        },
        left=10,
    ),
    Asked(
        "options in an order, round by round",
        "ranked",
        "2 no-view, 1 silent",
        "1 no-view",
        {**DECIDES, "decisions.quorum": "count", "decisions.quorum_count": 13},
        options=CITIES,
        ballots=((5, {1: 1, 2: 2}), (5, {3: 1}), (1, {1: 1, 2: 1})),
    ),
    Asked(
        "options in an order, by points",
        "ranked",
        "1 no-view",
        "2 no-view",
        {"decisions.ranking_rule": "borda"},
        options=CITIES,
        ballots=((2, {2: 1, 3: 2}), (1, {3: 1}), (1, {1: 1, 2: 1})),
    ),
    Asked(
        "scores",
        "score",
        "2 no-view",
        "2 no-view",
        DECIDES,
        options=CITIES,
        ballots=((2, {1: 5, 2: 3, 3: 0}), (1, {2: 4})),
    ),
    Asked(
        "dots",
        "dots",
        "2 no-view",
        "2 no-view",
        DECIDES,
        question="Should we move the office, and to which of the three cities that we have looked at?",
        options=CITIES,
        ballots=((2, {1: 0, 2: 3, 0: 2}), (3, {0: 4, 3: 1})),
    ),
    Asked(
        "agreed at a meeting", "elsewhere", "2 agree, 6 reservations, 3 stand-aside, 1 no-view", "4 silent"
    ),
)
FEW = (
    Asked(
        "one of each",
        "consensus",
        "1 block, 3 silent",
        "1 silent",
        {"decisions.fallback": "majority", "decisions.fallback_days": 1},
        first="1 block",
        joined=1,
        left=1,
    ),
    Asked(
        "nobody, of a committee of one",
        "majority",
        rules={"committee.quorum": {"at_least": "1/2"}},
        body="committee",
    ),
)
"""Of one answer, and of none: each number is said as people say it."""
