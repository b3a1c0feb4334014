"""People who hold an office or speak for an organisation are marked beside their name, wherever they wrote something.

Of two people with one name neither is taken for the other.
"""

from __future__ import annotations

import quopri
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from govnet.announcements import dispatch
from govnet.charter.models import Network
from govnet.decisions.closing import notes
from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.proposals import interests
from govnet.decisions.register import queries
from govnet.decisions.register.models import NoteKind
from govnet.decisions.rules.outcome import AnswerKind
from govnet.decisions.suggestions import actions as suggestions
from govnet.extensions import db
from govnet.forum.moderation import actions as moderation_actions
from govnet.forum.states import HidingKind
from govnet.kernel import clock, folders
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.letters import closing as letters_closing
from govnet.mail.models import Rendering
from govnet.mail.outgoing import distribution
from govnet.membership.models import Membership, MembershipState
from govnet.membership.name_marks import Marks, marks, namesakes
from govnet.people.models import Person, Representation
from govnet.record.models import Telling
from tests import builders
from tests.announcements.builders import a_draft as an_announcement
from tests.announcements.builders import ordered
from tests.decisions.builders import a_proposal, answered, closed_all, taken
from tests.decisions.builders import decisions as decided
from tests.decisions.drafts.builders import a_draft
from tests.forum.made import a_post, a_thread, a_topic
from tests.letters.builders import a_letter, sign
from tests.membership.memberships.test_renewal import changes
from tests.membership.people import a_network_with_rules, a_waiting_application
from tests.pages import opened
from tests.record.test_readers import addresses
from tests.statements import counted


class Two:
    """A coordinator, and a member who has the very same name; each has written a post."""

    def __init__(self) -> None:
        self.network = builders.a_network()
        self.cory = builders.a_coordinator(self.network, "Cory Same")
        self.other = builders.a_member(self.network, "Cory Same")
        self.ann = builders.a_member(self.network, "Ann Voice")
        builders.an_organisation(self.network, "The Open Shed", spoken_for_by=self.ann)
        thread = a_thread(a_topic(self.network), self.cory)
        for person in (self.other, self.ann):
            a_post(thread, person)
        self.thread_id, self.ids = thread.id, (self.cory.id, self.other.id, self.ann.id)


@pytest.fixture
def two(app: Flask) -> Two:
    with app.app_context():
        return Two()


def heads(client: FlaskClient, two: Two) -> list[str]:
    """The head of each post."""
    page = client.get(f"/uk/forum/{two.thread_id}").text
    return [part.split("</p>")[0] for part in page.split('<p class="by">')[1:]]


def test_the_coordinator_is_marked_beside_a_post_and_a_namesake_is_not(app: Flask, two: Two) -> None:
    cory, other, ann = heads(app.test_client(), two)
    assert "Cory Same" in cory
    assert "Cory Same" in other
    assert ">coordinator<" in cory.replace("</svg>", "")
    assert "coordinator" not in other
    assert "number 2 of this name" in other
    assert "Open Shed" not in ann, "visitors read it only where it may be seen"


def test_members_see_for_whom_somebody_speaks_and_the_public_where_it_may_be_seen(
    app: Flask, two: Two
) -> None:
    with app.app_context():
        client = builders.sign_in(app.test_client(), db.session.get_one(Person, two.ids[1]))
    assert "speaks for The Open Shed" in heads(client, two)[2]
    with app.app_context():
        db.session.scalars(select(Representation)).one().named_in_public = True
        db.session.commit()
    assert "speaks for The Open Shed" in heads(app.test_client(), two)[2]


@pytest.mark.usefixtures("context")
def test_a_mark_ends_with_the_office() -> None:
    network = builders.a_network()
    sam, cory = builders.a_steering_member(network), builders.a_coordinator(network, days=-1)
    assert marks(network, [sam.id, cory.id]) == {sam.id: Marks("committee", "committee")}


# Of one name


def since(person: Person, day: date, state: MembershipState = MembershipState.ACTIVE) -> None:
    with transaction():
        whose = update(Membership).where(Membership.person_id == person.id)
        db.session.execute(
            whose.values(start=day, state=state, end=None if state == "active" else date(2015, 1, 1))
        )


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("first", "second", "inside"),
    [
        ((date(2012, 5, 1), "active"), (date(2014, 5, 1), "active"), ("member since 2012", "member since 2014")),
        ((date(2014, 1, 1), "active"), (date(2014, 5, 1), "active"), ("number 1 of this name", "number 2 of this name")),
        ((date(2014, 1, 1), "resigned"), (date(2014, 5, 1), "active"), ("no longer a member", "member since 2014")),
    ],
)  # fmt: skip
def test_namesakes_are_distinguished_by_since_when_they_belong(first, second, inside) -> None:
    network = builders.a_network()
    ann, other = builders.a_member(network, "Ann Same"), builders.a_member(network, "ANN  same")
    bob = builders.a_member(network, "Bob Alone")
    builders.a_member(builders.a_network("york"), "Bob Alone")
    for person, (day, state) in ((ann, first), (other, second)):
        since(person, day, MembershipState(state))
    found = marks(network, [ann.id, other.id, bob.id])
    assert (found[ann.id].inside, found[other.id].inside) == inside
    assert (found[ann.id].outside, found[other.id].outside) == (
        "number 1 of this name",
        "number 2 of this name",
    )
    assert bob.id not in found, "a namesake elsewhere is none"


@pytest.mark.usefixtures("context")
def test_people_known_by_an_office_or_an_organisation_need_no_year() -> None:
    network = builders.a_network()
    ann, other = builders.a_member(network, "Ann Same"), builders.a_steering_member(network, "Ann Same")
    builders.an_organisation(network, "The Open Shed", spoken_for_by=ann)
    assert marks(network, [ann.id, other.id]) == {
        ann.id: Marks("number 1 of this name", "speaks for The Open Shed"),
        other.id: Marks("committee", "committee"),
    }


@pytest.mark.usefixtures("context")
def test_namesakes_are_found_by_an_index_however_many_members_there_are() -> None:
    network = builders.a_network()
    for name in ("Zoë Same", "ZOË same", "Bob"):
        builders.a_member(network, name)
    assert network.zone
    with counted() as statements:
        assert [name for name, _since in namesakes(network.id, ["zoë  SAME", "Nobody"])["zoë  SAME"]] == [
            "Zoë Same",
            "ZOË same",
        ]
        marks(network, list(range(1, 40)))
    assert len(statements) == 2
    with transaction():
        db.session.scalars(select(Person).where(Person.name == "Bob")).one().name = "Zoë Same"
    assert len(namesakes(network.id, ["Zoë Same"])["Zoë Same"]) == 3


def test_officers_are_shown_namesakes_and_nobody_is_refused(app: Flask) -> None:
    with app.app_context():
        network = a_network_with_rules()
        sam = builders.a_steering_member(network)
        builders.a_member(network, "Ada Newcomer")
        application_id = a_waiting_application(network, name="ADA newcomer").id
        client = builders.sign_in(app.test_client(), sam)
    assert "Somebody here already has this name" in opened(client, f"/uk/applications/{application_id}").text


# Wherever somebody wrote something

NAME = "Mark Allwell"


class World:
    """A coordinator who has written everything that a person can write here."""

    def __init__(self, time: MovedClock) -> None:
        self.network = a_network_with_rules(**{"decisions.sponsors": 2})
        self.mark = builders.a_coordinator(self.network, NAME)
        self.sam, self.ann = (
            builders.a_steering_member(self.network),
            builders.a_member(self.network, "Ann Ordinary"),
        )
        self.people = self.mark.id, self.ann.id
        self.talk()
        self.drafts()
        changes(self.network, **{"decisions.sponsors": 0})
        proposal = self.proposals()
        with transaction():
            self.slip = taken(self.network, self.mark, late_because="I was ill.").id
        self.letters(time)
        self.announcements(time)
        self.close(time, proposal)

    def by(self, person: Person) -> object:
        return builders.acting(person, self.network)

    def talk(self) -> None:
        thread = a_thread(a_topic(self.network), self.mark)
        a_post(thread, self.ann, "Not so.")
        rude = a_post(thread, self.ann, "Rude.")
        a_post(thread, self.mark)
        with transaction():
            moderation_actions.hide(
                rude, by=self.by(self.mark), kind=HidingKind.HIDDEN, reason="It is rude.", via=Door.WEB
            )

    def drafts(self) -> None:
        theirs = a_draft(self.network, self.ann)
        a_draft(self.network, self.mark)
        with transaction():
            drafts_actions.sponsor(
                theirs.id, drafts_queries.seen(theirs), by=self.by(self.mark), via=Door.WEB
            )
            suggestions.suggest(theirs, "Nine", "Ten", "More.", by=self.by(self.mark), via=Door.WEB)

    def proposals(self) -> int:
        self.asked = a_proposal(self.network, self.mark)
        answered(self.asked, self.network, AnswerKind.RESERVATIONS, self.mark, reason="Costly.")
        answered(self.asked, self.network, AnswerKind.AGREE, self.ann, self.sam)
        with transaction():
            suggestions.suggest(self.asked, "Nine", "Ten", "More.", by=self.by(self.mark), via=Door.WEB)
        other = a_proposal(self.network, self.ann)
        with transaction():
            interests.declare(other, "My city.", by=self.by(self.mark), via=Door.WEB)
        return self.asked.id

    def letters(self, time: MovedClock) -> None:
        a_letter(self.network, self.mark)
        sign(a_letter(self.network, self.ann, title="Another"), self.mark)

    def announcements(self, time: MovedClock) -> None:
        an_announcement(self.network, self.mark)
        ordered(self.network, self.mark)

    def close(self, time: MovedClock, proposal: int) -> None:
        everybody_is_told()
        time.move(timedelta(days=30))
        db.session.rollback()
        closed_all()
        letters_closing.close_due()
        dispatch.send_due()
        found = queries.by_id(decided()[0].id)
        with transaction():
            notes.add_note(found, NoteKind.HEARD, "Much.", by=self.by(self.mark), via=Door.WEB)


def everybody_is_told() -> None:
    with transaction():
        db.session.execute(update(Telling).where(Telling.done_at.is_(None)).values(next_at=clock.now()))
    while distribution.run():
        pass


@pytest.fixture
def world(app: Flask, time: MovedClock) -> World:
    with app.app_context():
        return World(time)


class Words(HTMLParser):
    """The words of a page, without its head, its attributes and what scripts read."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.inside: list[str] = []
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("title", "script", "style", "nav", "select", "h1"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(data)


def unmarked(html: str) -> list[str]:
    """Where the name stands in a page without its mark, with the words around it."""
    text = " ".join("".join(Words(html).found).split())
    return [
        text[max(0, place.start() - 50) : place.end() + 40]
        for place in re.finditer(NAME, text)
        if not re.match(r"[ (]*coordinator| as coordinator| until ", text[place.end() :])
    ]


SAYS_THE_OFFICE = ("/uk/committee", "/uk/coordinator", "/uk/about", "/uk/members")
"""Pages that show who holds which office, and the list of the members."""
THE_RECORD = ("/uk/record", "/me", "/uk/data")
"""Sentences of the record, as they were when it was written."""


def test_every_page_marks_the_coordinator_wherever_they_wrote_something(app: Flask, world: World) -> None:
    with app.app_context():
        client = builders.sign_in(app.test_client(), db.session.get_one(Person, world.people[1]))
    seen, bare = set(), {}
    for url in addresses(app):
        if url.endswith(".json") or url.startswith(THE_RECORD) or url in SAYS_THE_OFFICE:
            continue
        answer = client.get(url, buffered=True)
        if answer.status_code != 200 or answer.mimetype != "text/html" or NAME not in answer.text:
            continue
        seen.add(re.sub(r"[0-9]+", "1", url))
        assert "<!--mark" not in answer.text, url
        for words in unmarked(answer.text):
            bare.setdefault(words, url)
    assert sorted(f"{url}: {words}" for words, url in bare.items()) == []
    assert seen >= WRITTEN, WRITTEN - seen


WRITTEN = {
    "/uk/", "/uk/forum", "/uk/forum/1", "/uk/forum/general", "/uk/forum/moderation", "/uk/forum/moderation/1",
    "/uk/forum/posts/1/versions", "/uk/proposals", "/uk/proposals/1", "/uk/decisions/1-1",
    "/uk/letters/1", "/uk/announcements", "/uk/announcements/1",
}  # fmt: skip
"""Pages on which the coordinator has certainly written something."""

# No template without


def outputs(path: Path) -> list[str]:
    """The output of a template."""
    return re.findall(r"\{\{.*?\}\}|\{% (?:call|set|do) .*?%\}", path.read_text(), re.DOTALL)


AUTHOR = re.compile(
    r"\b(?:author|sender|person|changed_by|added_by|signed_by|asked_by|reporter|holder)\.name\b"
    r"|\b(?:\w+\.)?(?:author|by|summary_by|entered_by|lifted_by|decided_by|second)(?: or |, _\(|\)| \}\})"
)
"""The names in templates for the authors of texts and acts."""
NO_AUTHOR = {
    "coordinator/coordinator.html": "says who holds the office",
    "committee/committee.html": "says who holds the office",
    "offices/_by.html": "a decision, and no person",
    "home/_people.html": "says who holds the office",
    "announcements/announcement.html": "says as what it was sent",
    "forum/threads/_above.html": "the summary comes signed from thread_parts",
}


def test_no_template_shows_who_wrote_something_without_the_mark() -> None:
    templates = Path(folders.beside("templates"))
    bare = []
    for path in sorted(templates.rglob("*.html")):
        name = str(path.relative_to(templates))
        assert path.read_text().strip(), f"{name} is empty"
        if name.startswith(("mail/", "components/", "layouts/")) or name in NO_AUTHOR:
            continue
        bare += [
            f"{name}: {said[:90]}" for said in outputs(path) if AUTHOR.search(said) and "signed(" not in said
        ]
    assert bare == []


def test_a_text_that_people_write_makes_no_mark(app: Flask, two: Two) -> None:
    with app.app_context():
        network, other = db.session.scalars(select(Network)).one(), db.session.get_one(Person, two.ids[1])
        forged = f"Cory Same <!--mark {network.id} {two.ids[0]} chip--> says so."
        thread = a_thread(a_topic(network, "Other"), other, title=forged, body=forged)
        url = f"/uk/forum/{thread.id}"
    assert app.test_client().get(url).text.count(">coordinator<") == 0


def test_a_page_asks_for_all_its_marks_at_once(app: Flask, context: None) -> None:
    network = builders.a_network()
    ann = builders.a_member(network, "Ann")
    numbers = []
    letter = a_letter(network, ann)
    app.test_client().get(f"/uk/letters/{letter}")  # what a process asks once
    for _more in range(2):
        for _one in range(6):
            sign(letter, builders.a_member(network))
        db.session.rollback()
        with counted() as statements:
            assert app.test_client().get(f"/uk/letters/{letter}").status_code == 200
        numbers.append(statements)
    assert len(numbers[0]) == len(numbers[1]), numbers


def test_every_mail_marks_the_coordinator_who_wrote_something(app: Flask, world: World) -> None:
    with app.app_context():
        everybody_is_told()
        bodies = [
            quopri.decodestring(body or b"").decode() for body in db.session.scalars(select(Rendering.body))
        ]
    named = [text for body in bodies if NAME in (text := " ".join(body.split()))]
    bare = {
        text[max(0, place.start() - 50) : place.end() + 30]
        for text in named
        for place in re.finditer(NAME, text)
        if not re.match(r" \(coordinator", text[place.end() :])
    }
    assert len(named) > 3
    assert sorted(bare) == []
