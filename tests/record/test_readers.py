"""Every page, file and entry, as a visitor and as a member: nobody reads there what its own page does not show them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.charter.models import Network
from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.offsite.actions import Taken
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.forum.moderation import actions as moderation_actions
from govnet.forum.states import Readership
from govnet.kernel.actor import ONESELF, Act, Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.membership.applications import actions as applications_actions
from govnet.membership.applications import decisions as applications_decisions
from govnet.membership.events import RepresentativeNamed
from govnet.membership.memberships import actions as memberships_actions
from govnet.membership.memberships import departure, queries
from govnet.membership.models import Membership, MembershipKind
from govnet.membership.organisations import actions as organisations_actions
from govnet.operations import redaction
from govnet.people.models import Organisation, Person, Representation
from govnet.record import registry
from govnet.record.actions import record
from govnet.record.events import Visibility
from govnet.record.models import Entry
from govnet.record.queries import details
from tests import builders
from tests.announcements.builders import a_draft, ordered, subscriber
from tests.chain import faults_of
from tests.decisions.builders import answered, taken
from tests.forum.made import a_post, a_thread, a_topic
from tests.letters.builders import a_letter
from tests.membership.people import a_network_with_rules, a_waiting_application, applies

IDS = range(1, 9)
"""The world is small: no table has more rows that a visitor could ask for by number."""
OFFICERS = frozenset({"officer"})
INSIDE = frozenset({"member", "officer"})
SECRETS = {
    "Ursula Unconfirmed": frozenset[str](),
    "Waldo Waiting": OFFICERS,
    "Asta Asked": OFFICERS,
    "Dora Declined": OFFICERS,
    "Wim Withdrawn": OFFICERS,
    "Rita Voice": INSIDE,
    "Claude Claimant": OFFICERS,
    "Spencer Sponsor": INSIDE,
    "Quiet Answerer": INSIDE,
    "Hetty Objector": INSIDE,
    "Roy Reporter": INSIDE,
    "A members’ talk": INSIDE,
    "A committee’s talk": OFFICERS,
    "Not sent yet": OFFICERS,
    "A letter from Leeds": OFFICERS,
    "A slip from York": OFFICERS,
    "just.mail@example.org": frozenset[str](),
}
"""Texts somewhere in the database, and their readers; nobody else sees them on any page or in any file."""


RULES: dict[str, Any] = {"decisions.sponsors": 2, "decisions.objection_days": 7}


class World:
    """A network in which each of these people did what the secret says."""

    def __init__(self, network: Network | None = None) -> None:
        self.network = network or a_network_with_rules(**RULES)
        self.sam = builders.a_steering_member(self.network)
        self.mel = builders.a_member(self.network, "Mel Member")
        self.kim = builders.a_member(self.network, "Kim Author")
        self.applicants()
        self.organisations()
        self.decisions()
        self.rest()
        self.people = {"member": self.mel.id, "officer": self.sam.id}

    def by(self, person: Person) -> Any:
        return builders.acting(person, self.network)

    def applicants(self) -> None:
        def of(name: str) -> dict[str, object]:
            return {"name": name, "email": f"{name.split()[0].lower()}@example.org"}

        applies(self.network, **of("Ursula Unconfirmed"))
        a_waiting_application(self.network, **of("Waldo Waiting"))
        asked = a_waiting_application(self.network, **of("Asta Asked"))
        declined = a_waiting_application(self.network, **of("Dora Declined"))
        withdrawn = a_waiting_application(self.network, **of("Wim Withdrawn"))
        with transaction():
            how: dict[str, Any] = {"by": self.by(self.sam), "via": Door.WEB, "seen": 0}
            applications_decisions.ask(asked, "Why?", **how)
            applications_decisions.decline(declined, "Not for us.", **how)
            applications_actions.withdraw(withdrawn, via=Door.WEB)

    def organisations(self) -> None:
        rita = {"name": "Rita Voice", "email": "rita@example.org", "may_speak": True}
        kind = {"kind": MembershipKind.ORGANISATION, "organisation_name": "The Open Shed"}
        application = a_waiting_application(self.network, **rita, **kind)
        with transaction():
            applications_decisions.admit(application, by=self.by(self.sam), via=Door.WEB, seen=0)
        shed = db.session.scalars(db.select(Membership).where(Membership.organisation_id.is_not(None))).one()
        self.shed = db.session.get_one(Organisation, shed.organisation_id)
        claude = builders.a_person("Claude Claimant", email="claude@example.org")
        voice = db.session.get_one(Person, application.person_id)
        with transaction():
            organisations_actions.claim(
                self.network, self.shed, "Ask.", False, by=self.by(claude), via=Door.WEB
            )
            whole = queries.with_party(shed.id)
            assert whole is not None
            departure.resign(whole, by=self.by(voice), via=Door.WEB)

    def decisions(self) -> None:
        people = ("Spencer Sponsor", "Quiet Answerer", "Hetty Objector")
        spencer, quiet, hetty = (builders.a_member(self.network, name) for name in people)
        with transaction():
            words = Wording("Should we meet in June?", "Let us meet.")
            draft = drafts_actions.save(
                self.network, words, Ask("statement"), by=self.by(self.kim), via=Door.WEB
            )
            drafts_actions.sponsor(draft.id, drafts_queries.seen(draft), by=self.by(spencer), via=Door.WEB)
            draft_id = draft.id
        with transaction():
            drafts_actions.leave(draft_id, by=self.by(spencer), via=Door.WEB)
            drafts_actions.sponsor(draft_id, drafts_queries.seen(draft), by=self.by(spencer), via=Door.WEB)
        opposed = taken(self.network, self.sam)
        with transaction():
            offsite.object_to(opposed, "Not so.", by=self.by(hetty), via=Door.WEB)
        answered(opposed, self.network, AnswerKind.AGREE, quiet)
        for question in ("A letter from Leeds", "A slip from York"):
            self.slip = self.written_down(question)
        with transaction():
            offsite.take_back(self.slip, "A slip.", by=self.by(self.sam), via=Door.WEB)

    def written_down(self, question: str) -> Any:
        how = Taken(date(2015, 4, 9), "all", "the meeting", f"The notes of {question}.")
        with transaction():
            return offsite.write_down(
                self.network, Wording(question, question), Ask("statement"), how, by=self.by(self.sam), via=Door.MEETING
            )  # fmt: skip

    def rest(self) -> None:
        roy = builders.a_member(self.network, "Roy Reporter")
        a_letter(self.network, self.kim)
        topic = a_topic(self.network)
        post = a_post(a_thread(topic, self.kim), self.kim)
        with transaction():
            moderation_actions.report(post, by=self.by(roy), reason="It is rude.", via=Door.WEB)
        a_thread(topic, self.mel, title="A members’ talk", audience=Readership.MEMBERS)
        a_thread(topic, self.sam, title="A committee’s talk", audience=Readership.COMMITTEE)
        cory = builders.a_coordinator(self.network)
        ordered(self.network, cory, a_draft(self.network, cory, subject="Not sent yet"))
        subscriber(self.network, "just.mail@example.org")


def addresses(app: Flask) -> Iterator[str]:
    """Every address that a GET answers, with each number in it that there can be."""
    adapter = app.url_map.bind("localhost")
    with app.app_context():
        entries = db.session.scalar(db.select(db.func.max(Entry.number))) or 0
    known = {"number": range(1, entries + 1), "slug": ("general",), "token": ("x",)}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(("/static", "/demo")):
            continue
        if rule.endpoint == "accounts.sign_out":
            continue
        names = sorted(rule.arguments - {"network"})
        ids = IDS if len(names) == 1 else IDS[:3]
        values = [ids if name.endswith("_id") else known.get(name, ("2015-01", "x")) for name in names]
        if rule.rule.startswith("/<network:network>/decisions/<number>"):
            values[names.index("number")] = ("2015-01",)
        for some in itertools.product(*values):
            filled: dict[str, Any] = dict(zip(names, some, strict=True))
            if "network" in rule.arguments:
                filled["network"] = "uk"
            yield adapter.build(rule.endpoint, filled, method="GET")


def read(client: FlaskClient, url: str) -> str:
    """Everything that came back: headers and the whole text."""
    answer = client.get(url, buffered=True)
    assert answer.status_code < 500 or url == "/readyz", url  # no worker runs here
    return f"{answer.headers}\n{answer.get_data(as_text=True)}"


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return World()


def signed_in(app: Flask, world: World, role: str) -> FlaskClient:
    """The browser of somebody in that role."""
    with app.app_context():
        return builders.sign_in(app.test_client(), db.session.get_one(Person, world.people[role]))


def leaks(app: Flask, client: FlaskClient, role: str) -> list[tuple[str, str]]:
    """Texts that the role reads somewhere, and should not."""
    hidden = [words for words, readers in SECRETS.items() if role not in readers]
    found = []
    for url in addresses(app):
        text = read(client, url)
        found += [(url, words) for words in hidden if words in text or words.replace("’", "&#8217;") in text]
    return found


def test_a_visitor_reads_nothing_that_is_for_others(app: Flask, world: World) -> None:
    assert leaks(app, app.test_client(), "visitor") == []


def test_a_member_reads_nothing_that_is_for_officers(app: Flask, world: World) -> None:
    client = signed_in(app, world, "member")
    assert leaks(app, client, "member") == []


def test_the_walk_finds_what_is_there(app: Flask, world: World) -> None:
    client = signed_in(app, world, "officer")
    text = "".join(read(client, url) for url in addresses(app))
    missing = [words for words, readers in SECRETS.items() if "officer" in readers and words not in text]
    assert missing == []


def test_a_decision_made_elsewhere_is_public_when_it_can_no_longer_be_undone_unseen(
    app: Flask, world: World, time: MovedClock
) -> None:
    time.move(timedelta(minutes=10))
    with app.app_context():
        assert offsite.tell_due() == 1
    client = app.test_client()
    for url in ("/uk/", "/uk/decisions", "/uk/proposals", "/uk/proposals.json", "/uk/record", "/uk.json"):
        assert "A letter from Leeds" in read(client, url), url
        assert "A slip from York" not in read(client, url), url
    told = [line for line in client.get("/uk/record.json").get_json()["entries"] if "facts" in line]
    (entry,) = (
        line
        for line in told
        if line["facts"]["verb"] == "decisions.elsewhere_told" and "Leeds" in line["sentence"]
    )
    assert entry["words"]["evidence"] == "The notes of A letter from Leeds."
    assert {"digest", "taken_on", "taken_by", "deadline", "roll_size"} <= entry["facts"].keys()


def as_before(network: Network, person: Person, membership: Membership) -> None:
    """The public entries of the record of 0.1: they named people who spoke for an organisation."""
    voice = db.session.scalars(db.select(Representation)).first()
    by = builders.acting(person, network)
    about = {"act": Act(by, ONESELF, Door.WEB, network.id), "seen_by": Visibility.PUBLIC}
    organisation = db.session.get_one(Organisation, membership.organisation_id)
    about_voice = {"voice": voice, "organisation": organisation, "title": organisation.name}
    record(RepresentativeNamed(**about, **about_voice, name=person.name))


@pytest.mark.usefixtures("context")
def test_names_in_public_entries_are_emptied_once_and_the_record_says_so() -> None:
    network = builders.a_network()
    rita = builders.a_person("Rita Voice")
    builders.an_organisation(network, "The Open Shed", spoken_for_by=rita)
    membership = db.session.scalars(db.select(Membership)).one()
    with transaction():
        as_before(network, rita, membership)
    with transaction():
        builders.a_network("york")
    assert [redaction.remove_names(), redaction.remove_names()] == [1, 0]
    first, said = db.session.scalars(db.select(Entry).order_by(Entry.number)).all()
    assert first.words is None
    assert "Rita" not in registry.sentence(details(first))
    assert registry.sentence(details(said)) == (
        "Names that only members may read were removed from 1 earlier entry."
    )
    assert faults_of(network.id) == []


@pytest.mark.usefixtures("context")
def test_people_who_no_longer_want_to_be_named_in_public_are_not_named_by_earlier_entries() -> None:
    network = a_network_with_rules(**{"membership.admission": "immediate"})
    application = a_waiting_application(network, name="Ned Named", named_in_public=True)
    membership = db.session.get_one(Membership, application.membership_id)
    public = db.select(Entry).where(Entry.visibility == Visibility.PUBLIC)
    assert any("Ned Named" in (entry.words or "") for entry in db.session.scalars(public))
    with transaction():
        ned = db.session.get_one(Person, application.person_id)
        memberships_actions.name_in_public(
            membership, public=False, by=builders.acting(ned, network), via=Door.WEB
        )
    assert not any("Ned Named" in (entry.words or "") for entry in db.session.scalars(public))
    assert faults_of(network.id) == []
