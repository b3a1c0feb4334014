"""Every sentence that people read about a tally, spelled out in sentences.txt: while it is open and once it has closed, on
pages, in the check of the decision, in mails and as data."""

from __future__ import annotations

import json
import quopri
import re
from collections import Counter
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from govnet.charter.thresholds import at_least
from govnet.decisions import labels, queries
from govnet.decisions.answers import options
from govnet.decisions.answers import queries as answers_queries
from govnet.decisions.closing import check
from govnet.decisions.pages.sentences import could_answer
from govnet.decisions.rules.option_count import Ballot
from govnet.decisions.rules.outcome import Outcome, Quorum, Rule, Tally, parts
from govnet.extensions import db
from govnet.kernel.actor import VISITOR
from govnet.kernel.clock import MovedClock
from govnet.kernel.translation import say
from govnet.mail.models import Rendering
from tests.decisions.builders import closed_all, decisions, rewritten, version_of
from tests.decisions.mails import told
from tests.decisions.stage import browser
from tests.decisions.tallies import CITIES, FEW, TALLIES, Asked, Scene, each_of, put

pytestmark = pytest.mark.usefixtures("context")

TABLE = Path(__file__).parents[1] / "sentences.txt"
SECTION = re.compile(r'<section class="[a-z]+" id="([a-z-]+)">(.*?)</section>', re.DOTALL)
BAR = re.compile(r'<svg [^>]*aria-label="([^"]*)"(.*?)</svg>\s*(?:<ul>(.*?)</ul>)?', re.DOTALL)
DRAWN = re.compile(r'<rect class="(?:k-)?(?!track)(\w+)" x="([0-9.]+)"')
ENDS = re.compile(r"</(?:p|li|tr|h2|h3|dd|summary|caption)>|(?=<summary)")
CELLS = re.compile(r"</(?:th|td|dt)>")
NO_TALLY = re.compile(
    " · Member| · Organisation|^It is far|^Is it far|^It rests on|^Could live with|^Reply|^Change the text|^Who answered"
    "|^Visitors see|^Nobody’s name|^Every answer|^Anyone who|^See decision"
)
"""Lines in the same places that say nothing of a tally: single reasons, and links."""
LIMITS = {"needed", "limit", "tolerated"}
ENDED = "^(Agreed|Stopped|Too few|Not agreed|Advice|Chosen|None of the options|A tie)"


def spelled_out() -> dict[str, list[str]]:
    """The table: under the name of each tally, what is read about it."""
    found = TABLE.read_text().split("\n== ")[1:]
    return {name: text.splitlines() for name, _end, text in (each.partition("\n") for each in found)}


def lines(html: str) -> list[str]:
    """A line for each paragraph, item and row; for a bar, what it says to those who do not see it, and its numbers."""
    html = BAR.sub(_bar, html)
    found = (unescape(re.sub(r"<[^>]+>", "", each)) for each in ENDS.split(CELLS.sub(" | ", html)))
    one_line = (" ".join(each.split()).removesuffix(" |") for each in found)
    return [line for line in one_line if line and not NO_TALLY.search(line)]


def _bar(bar: re.Match[str]) -> str:
    """Its text, the beginning of each part and the place of the line, of 1000; and the numbers under it."""
    drawn = ", ".join(f"{what} {at}" for what, at in DRAWN.findall(bar[2]))
    return f"<p>({bar[1]}; {drawn}) {(bar[3] or '').replace('</li>', ' | ')}</p>"


def parts_of(client: FlaskClient, url: str, *ids: str, beside: str) -> list[str]:
    """The text of a page in the sections with these ids, after the lines elsewhere in which `beside` is found."""
    page = client.get(url)
    assert page.status_code == 200, url
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    around = SECTION.sub(lambda section: "" if section[1] in ids else section[0], main)
    sections = {name: lines(html) for name, html in SECTION.findall(main)}
    found = [line for line in lines(around) if re.search(beside, line)]
    return found + [line for name in ids for line in sections.get(name, [])]


class Reading:
    """The text about a tally for a visitor and a member who has not answered, part by part."""

    def __init__(self, app: Flask, scene: Scene) -> None:
        self.found: list[str] = []
        self.url = f"/uk/proposals/{scene.proposal.id}"
        self.visitor, self.member = browser(app), browser(app, scene.sam)

    def note(self, title: str, found: list[str]) -> None:
        """Read these lines in a part with this title; nothing where there are none."""
        self.found += [f"-- {title}", *found] if found else []

    def page(self, title: str, url: str, *ids: str, beside: str = "$.") -> None:
        """A visitor opens a page."""
        self.note(title, parts_of(self.visitor, url, *ids, beside=beside))

    def proposal(self, title: str) -> None:
        """Both open the proposal; of what the member reads, only what the visitor did not."""
        ids = ("as-it-stands", "resolution", "worries", "interests", "next")
        beside = "could answer|2015-01|Version [0-9]|Answers to this version|et: |more reason"
        seen = parts_of(self.visitor, self.url, *ids, beside=beside)
        known = parts_of(self.member, self.url, *ids, beside=beside)
        self.note(title, seen)
        self.note(f"{title}, to a member", [line for line in known if line not in seen])
        data = self.data(self.url, "answered", "entered")
        rule = [part["words"] for each in (*data["earlier"], data) for part in each["rule"]]
        rule = rule if data["answered"] or data["closed_at"] else []
        assert rule == [line.partition(": ")[2] for line in seen if re.match("(Met|Not yet|Not met): ", line)]

    def data(self, url: str, *names: str) -> dict[str, Any]:
        """The data for a visitor, where these and the answers are the numbers."""
        found: dict[str, Any] = self.visitor.get(f"{url}.json").json
        numbers = [f"{name} {found[name]}" for name in ("outcome", "could_answer", *names)]
        given = found["answers"] or {}
        self.note(
            "as data", [", ".join([*numbers, *(f"{given[kind]} {kind}" for kind in given if given[kind])])]
        )
        return found

    def mails(self) -> None:
        """The mails that say how it ended or that it was stopped; of all others, how many could answer."""
        for each in db.session.scalars(select(Rendering).order_by(Rendering.id)):
            body = quopri.decodestring(each.body or b"").decode().replace("\r\n", "\n")
            text = body.partition("quoted-printable\n\n")[2].partition("\n-- \n")[0].replace(" \n", " ")
            wanted = "." if re.match(f"2015-01|{ENDED}", each.subject) else "^Could answer"
            said = [line for line in text.splitlines() if re.search(wanted, line)]
            self.note(f"mail: {each.subject}", said)


@pytest.mark.parametrize("asked", TALLIES + FEW, ids=lambda each: each.name)
def test_every_sentence_about_a_tally_says_its_own_numbers(
    app: Flask, time: MovedClock, monkeypatch: pytest.MonkeyPatch, asked: Asked
) -> None:
    monkeypatch.setattr(answers_queries, "A_PAGE", 2)
    scene = put(asked)
    it = Reading(app, scene)
    version = queries.version_whole(version_of(scene.proposal).id)
    it.note("looked at before it is asked", could_answer(version, asked=False))
    it.page("the proposal, before anybody answers", it.url, "as-it-stands")
    scene.answers()
    told()
    it.proposal("the proposal")
    it.page("the list of proposals", "/uk/proposals", beside="Answers so far")
    it.note("the page You", parts_of(it.member, "/me", beside="answered"))
    close(time, scene)
    if not decisions():
        it.proposal("the proposal, in its waiting time")
        close(time, scene)
    it.proposal("the proposal, closed")
    url = "/uk/decisions/2015-01"
    it.page(
        "the decision", url, "answers", "worries", "versions", "timeline", beside="2015-01 ·|Could answer"
    )
    it.page("the check", f"{url}/check", "arithmetic", "recount", "moved")
    moved = parts_of(it.member, f"{url}/check", "moved", beside="$.")
    it.note("the check, to a member", [line for line in moved if line not in it.found])
    it.page("the register", "/uk/decisions", beside=ENDED)
    it.page("the first page", "/uk/", beside=ENDED)
    it.note("as data, in words", [it.data(url)["headline"]])
    it.mails()
    assert it.found == spelled_out()[asked.name]
    if asked in TALLIES:
        check_all_differ(scene)


def check_all_differ(scene: Scene) -> None:
    """No two numbers of this tally are alike, so that a sentence with another one in its place is another sentence."""
    found = check.check(db.session.merge(scene.network), "2015-01", VISITOR)
    recount, tally, moved = found.recount, found.recount.stored, found.moved
    bodies = len(each_of(scene.asked.organisations))
    numbers = {
        **tally.by_kind(),
        "chose": tally.choice,
        "answered": tally.answered,
        "could": recount.could,
        "silent": recount.silent,
        "not counted": recount.uncounted,
        "entered": 0 if found.offsite else recount.entered,
        "joined": moved.joined.many,
        "left": moved.left.many,
        **{
            f"{part.name}: {name}": part.said.values[name]
            for part in found.rule
            for name in LIMITS & part.said.values.keys()
        },
    }
    if found.rule and tally.sides:
        numbers |= {"support": tally.support, "against": tally.against, "took a side": tally.sides}
    if 0 < bodies < recount.could:
        numbers |= {"organisations": bodies, "people": len(scene.parties) - bodies + 1}
    if found.options:
        tied = found.options.count.tied[1:]
        numbers |= {f"option {key}": n for key, n in found.options.count.totals.items() if key not in tied}
    alike = Counter(number for number in numbers.values() if number)
    assert [name for name, number in numbers.items() if alike[number] > 1] == []


@pytest.mark.parametrize(
    ("name", "kept", "ended"),
    [
        ("a vote", Tally(3, 5, 10, 12, 11), Outcome.NOT_AGREED),
        ("options in an order, round by round", Tally(no_view=2, choice=4), Outcome.NO_QUORUM),
    ],
    ids=["a vote", "options"],
)
def test_the_check_says_what_the_register_keeps_beside_what_the_rows_say(
    app: Flask, time: MovedClock, name: str, kept: Tally, ended: Outcome
) -> None:
    scene = put(next(each for each in TALLIES if each.name == name))
    scene.answers()
    close(time, scene)
    rewritten(tally=json.dumps(kept.as_json()), roll_size=77, outcome=ended)
    it = Reading(app, scene)
    it.page("the check", "/uk/decisions/2015-01/check", "arithmetic", "recount")
    assert it.found == spelled_out()[f"{name}, with other numbers in the register"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked("few people", "consent", "2 silent"), ["3 people"]),
        (Asked("one person", "consent"), ["1 person"]),
        (
            Asked("an organisation", "consent", "", "1 silent", {"decisions.voice": "organisations"}),
            ["1 organisation", "By our rules the answer of 1 other is shown but not counted."],
        ),
    ],
    ids=lambda each: each.name if isinstance(each, Asked) else "",
)
def test_those_who_can_answer_are_counted_by_what_they_are(asked: Asked, said: list[str]) -> None:
    version = queries.version_whole(version_of(put(asked).proposal).id)
    counted, *others = said
    assert could_answer(version, asked=False) == [f"{counted} can answer.", *others]
    assert could_answer(version) == [f"{counted} could answer when it opened.", *others]


def close(time: MovedClock, scene: Scene) -> None:
    """Its time comes, and everybody is told."""
    time.move(to=version_of(scene.proposal).deadline)
    closed_all()
    told()
    db.session.rollback()


CONSENSUS = Rule("consensus", Quorum(3), at_least(1, 2), at_least(2, 3), 4)
VOTE = Rule("majority", majority=at_least(2, 3))


@pytest.mark.parametrize(
    ("tally", "rule", "said"),
    [
        (
            Tally(agree=1, stand_aside=1, block=3, no_view=5),
            CONSENSUS,
            [
                "Met: 10 have answered; 3 of the 20 who could must answer.",
                "Not met: 1 of the 10 who answered agrees; at least 5 must.",
                "Not met: 4 of the 5 who took a side disagree; at most 3 may.",
                "Met: 3 members say Stop; at most 4 may.",
            ],
        ),
        (
            Tally(reservations=6, block=1, no_view=2),
            CONSENSUS,
            [
                "Met: 9 have answered; 3 of the 20 who could must answer.",
                "Met: 6 of the 9 who answered agree; at least 5 must.",
                "Met: 1 of the 7 who took a side disagrees; at most 4 may.",
                "Met: 1 member says Stop; at most 4 may.",
            ],
        ),
        (
            Tally(agree=2, block=1),
            Rule("consensus", Quorum(3), at_least(1, 2), at_least(2, 3), 1),
            [
                "Met: 3 have answered; 3 of the 20 who could must answer.",
                "Met: 2 of the 3 who answered agree; at least 2 must.",
                "Met: 1 of the 3 who took a side disagrees; at most 1 may.",
                "Met: 1 member says Stop; at most 1 may.",
            ],
        ),
        (
            Tally(agree=6, stand_aside=5),
            CONSENSUS,
            [
                "Met: 11 have answered; 3 of the 20 who could must answer.",
                "Met: 6 of the 11 who answered agree; at least 6 must.",
                "Met: 5 of the 11 who took a side disagree; at most 7 may.",
                "Met: Nobody says Stop.",
            ],
        ),
        (
            Tally(agree=2, stand_aside=4, no_view=1),
            CONSENSUS,
            [
                "Met: 7 have answered; 3 of the 20 who could must answer.",
                "Not met: 2 of the 7 who answered agree; at least 4 must.",
                "Not met: 4 of the 6 who took a side disagree; at most 3 may.",
                "Met: Nobody says Stop.",
            ],
        ),
        (
            Tally(no_view=1),
            CONSENSUS,
            [
                "Not met: 1 has answered; 3 of the 20 who could must answer.",
                "Not met: Nobody agrees; at least 1 must.",
                "Met: Nobody disagrees.",
                "Met: Nobody says Stop.",
            ],
        ),
        (
            Tally(block=5),
            Rule("consensus", blocks_tolerated=4),
            ["Not met: Nobody agrees; at least 1 must.", "Not met: 5 members say Stop; at most 4 may."],
        ),
        (
            Tally(),
            Rule("advice", Quorum(3)),
            ["Not met: Nobody has answered; 3 of the 20 who could must answer."],
        ),
        (Tally(agree=4, block=1), Rule("consent"), ["Not met: 1 member says Stop, and one is enough."]),
        (
            Tally(reservations=1, block=5),
            VOTE,
            ["Not met: 1 of the 6 who took a side agrees; at least 4 must."],
        ),
        (
            Tally(agree=4, block=2),
            VOTE,
            ["Met: 4 of the 6 who took a side agree; at least 4 must."],
        ),
        (Tally(block=5), VOTE, ["Not met: Nobody agrees; at least 4 must."]),
    ],
)
def test_one_and_nobody_are_said_as_people_say_them(tally: Tally, rule: Rule, said: list[str]) -> None:
    found = [f"{'Met' if part.met else 'Not met'}: {say(part.said)}" for part in parts(tally, 20, rule)]
    assert found == said


@pytest.mark.parametrize(
    ("ballots", "said"),
    [
        (
            [{1: 1}, {2: 1, 3: 2}, {3: 1, 1: 2}, {3: 1, 1: 2}, {1: 1, 2: 1}],
            [
                ["Belfast: 2 votes", "Cardiff: 1½ votes", "Leeds: 1½ votes", "None of these: 0 votes"],
                ["Out: None of these."],
                ["Belfast: 2 votes", "Cardiff: 1½ votes", "Leeds: 1½ votes"],
                [
                    "Equal last: Cardiff, Leeds. Whichever of them goes out, the same option comes first.",
                    "Out: Cardiff.",
                ],
                ["Leeds: 2 votes", "Belfast: 2 votes"],
                ["1 vote names no option that is still in.", "Out: Leeds."],
                ["Belfast: 3 votes"],
                ["2 votes name no option that is still in.", "First: Belfast."],
            ],
        ),
        (
            [{1: 1}, {3: 1}, {3: 1}, {2: 1, 3: 2}, *[{1: 1, 2: 1}] * 3, {0: 1}],
            [
                ["Cardiff: 2½ votes", "Leeds: 2½ votes", "Belfast: 2 votes", "None of these: 1 vote"],
                ["Out: None of these."],
                ["Cardiff: 2½ votes", "Leeds: 2½ votes", "Belfast: 2 votes"],
                ["1 vote names no option that is still in.", "Out: Belfast."],
                ["Cardiff: 2½ votes", "Leeds: 2½ votes"],
                [
                    "3 votes name no option that is still in.",
                    "A tie that no earlier round breaks: Cardiff / Leeds.",
                ],
            ],
        ),
    ],
    ids=["first", "a tie"],
)
def test_each_round_of_a_ranked_count_is_described(ballots: list[Ballot], said: list[list[str]]) -> None:
    found = options.of_ballots("ranked", Rule("ranked"), CITIES, ballots)
    lines = [([f"{title}: {value}" for title, value in each.lines], list(each.said)) for each in found.rounds]
    assert [part for each in lines for part in each] == said


@pytest.mark.parametrize(
    ("outcome", "tally", "said"),
    [
        (Outcome.STAND_ASIDES, Tally(agree=5, stand_aside=1), "Agreed; 1 disagreed and let it go ahead"),
        (Outcome.STAND_ASIDES, Tally(agree=5, stand_aside=3), "Agreed; 3 disagreed and let it go ahead"),
        (Outcome.STAND_ASIDES, Tally(agree=5, block=1), "Agreed; 1 disagreed"),
        (Outcome.STAND_ASIDES, Tally(agree=5, stand_aside=3, block=1), "Agreed; 4 disagreed"),
        (Outcome.BLOCKED, Tally(agree=5, stand_aside=3, block=1), "Stopped by 1 member"),
        (Outcome.ADVICE, Tally(leads=("Leeds",)), "Advice given: first comes Leeds"),
        (Outcome.ADVICE, Tally(leads=("Leeds", "York")), "Advice given; it is a tie: Leeds / York"),
    ],
)
def test_an_outcome_says_whom_it_counts(outcome: Outcome, tally: Tally, said: str) -> None:
    assert labels.headline(outcome, tally) == said


@pytest.mark.parametrize(
    ("method", "ranking", "said"),
    [
        ("ranked", "irv", ["half a vote", "⅓ of a vote", "1 vote", "1½ votes", "2 votes"]),
        ("ranked", "borda", ["half a point", "⅓ of a point", "1 point", "1½ points", "2 points"]),
    ],
    ids=["round by round", "by points"],
)
def test_parts_of_a_vote_and_of_a_point_are_said_in_words(method: str, ranking: str, said: list[str]) -> None:
    found = options.of_ballots(method, Rule(method, ranking=ranking), CITIES, [])
    totals = (Fraction(1, 2), Fraction(1, 3), Fraction(1), Fraction(3, 2), Fraction(2))
    assert [found.words(total) for total in totals] == said
