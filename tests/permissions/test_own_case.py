"""Nobody acts on their own case, whatever office they hold: one predicate, asked by the table for every right."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from govnet.charter.models import Network
from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.answers.actions import AnswerInput
from govnet.decisions.models import RollEntry
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.forum.models import Hiding, Post, Report
from govnet.forum.moderation import actions as moderation_actions
from govnet.forum.states import HidingKind, PostState
from govnet.kernel.actor import Actor, Door, HeldOffice, Represents
from govnet.kernel.errors import NotAllowed, OwnCase, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.membership.applications import appeals, decisions, vouches
from govnet.membership.models import (
    AppealAnswer,
    Application,
    Membership,
    MembershipKind,
    MembershipState,
    RepresentationClaim,
)
from govnet.membership.organisations import actions
from govnet.people.models import Person
from govnet.permissions import Can, authority
from govnet.record import registry
from govnet.record.models import Entry
from govnet.record.queries import details
from tests.builders import (
    a_committee,
    a_coordinator,
    a_member,
    a_network,
    a_person,
    a_steering_member,
    acting,
    an_organisation,
    seated,
    sign_in,
)
from tests.decisions.builders import a_proposal, version_of
from tests.forum.made import a_post, a_thread, a_topic
from tests.membership.people import a_waiting_application
from tests.pages import opened
from tests.permissions.rows import EVERY_ROW, Row, under

EVERYTHING = Actor(
    person_id=7, name="Ann", network_id=1, membership_id=3, terms=(HeldOffice(1, 1, "committee", chair=True),),
    mandates=(HeldOffice(2),), operator_grant_id=4, speaks_for=frozenset({5}),
    represents=(Represents(5, "Five", 6, primary=True),),
)  # fmt: skip
TAKING_PART = {
    *(
        Can.READ,
        Can.APPLY,
        Can.READ_THREAD,
        Can.READ_PROPOSAL,
        Can.READ_DRAFT,
        Can.READ_ANNOUNCEMENT,
        Can.REPORT,
        Can.OWN,
    ),
    *(Can.SEE_APPLICATION, Can.SEE_MEMBERS, Can.SEE_NAMES, Can.SEE_DESK),
    *(Can.START_THREAD, Can.REPLY, Can.THANK),
    *(Can.PROPOSE, Can.ANSWER, Can.SUGGEST_WORDS, Can.SPONSOR, Can.OBJECT, Can.NOTE_DECISION, Can.ASK_REVIEW),
    Can.NOTE_OUTCOME,
    *(Can.START_LETTER, Can.SIGN_LETTER, Can.SPEAK_FOR),
}
"""Rights that decide about nobody: reading, speaking and answering like everybody else."""


@EVERY_ROW
@pytest.mark.parametrize(
    "about", [{"concerns": {7}}, {"concerns_organisations": {5}}], ids=["person", "organisation"]
)
def test_no_office_gives_a_right_in_ones_own_case(row: Row, about: dict[str, set[int]]) -> None:
    case = SimpleNamespace(id=99, network_id=1, visibility="public", **about)
    with under(row):
        found = authority(EVERYTHING, row.right, case)
    assert found is None or row.right in TAKING_PART, found
    others = SimpleNamespace(
        id=2, network_id=1, visibility="public", concerns={8}, concerns_organisations={9}
    )
    officers = {"steering", "chair", "coordinator", "operator"}
    if officers & {grant.role for grant in row.grants}:
        with under(row):
            assert authority(EVERYTHING, row.right, others) is not None


BELONGING = {
    Can.SEE_APPLICATIONS,
    Can.DECIDE_APPLICATION,
    Can.WEIGH_OBJECTION,
    Can.CONFIRM_REPRESENTATIVE,
}


@EVERY_ROW
def test_only_who_belongs_is_decided_alone_and_only_by_the_one_officer_there_is(row: Row) -> None:
    lone = Actor(person_id=7, network_id=1, terms=(HeldOffice(1, 1, "committee"),), alone=True)
    case = SimpleNamespace(id=99, network_id=1, concerns={7})
    with under(row):
        found = authority(lone, row.right, case)
    is_alone = found is not None and found.source == "alone:term:1"
    assert is_alone is (
        row.right
        in (Can.SEE_APPLICATIONS, Can.DECIDE_APPLICATION, Can.WEIGH_OBJECTION, Can.CONFIRM_REPRESENTATIVE)
    )


class Stage:
    """A committee of two, and a coordinator; Sam of the committee has a finger in everything."""

    def __init__(self) -> None:
        network = a_network()
        self.network_id = network.id
        self.body = a_committee(network)
        self.sam = a_person("Sam Self", email="sam@example.org")
        seated(self.body, self.sam, seat=2)
        self.oli = a_member(network, "Oli Other")
        seated(self.body, self.oli, seat=3)
        self.topic = a_topic(network)

    @property
    def network(self) -> Network:
        return db.session.get_one(Network, self.network_id)

    def by(self, person: Person) -> Actor:
        return acting(db.session.get_one(Person, person.id), self.network)

    def application(self, **values: object) -> int:
        row = a_waiting_application(self.network, **values)
        with transaction():
            db.session.get_one(Application, row.id).person_id = values.pop("person_id", self.sam.id)
        return row.id


@pytest.fixture
def stage(context: None) -> Stage:
    return Stage()


Deed = Callable[[Stage, Actor], object]


def _application(stage: Stage) -> Application:
    return db.session.get_one(Application, stage.key)


APPLYING: dict[str, Deed] = {
    "admit": lambda s, by: decisions.admit(_application(s), by=by, via=Door.WEB),
    "ask": lambda s, by: decisions.ask(_application(s), "Who are you?", by=by, via=Door.WEB),
    "decline": lambda s, by: decisions.decline(_application(s), "Not yet.", by=by, via=Door.WEB),
}


@pytest.mark.parametrize("what", APPLYING)
def test_an_officer_decides_nothing_about_her_own_application(stage: Stage, what: str) -> None:
    stage.key = stage.application()
    with pytest.raises(OwnCase, match="about you"), transaction():
        APPLYING[what](stage, stage.by(stage.sam))
    with transaction():
        APPLYING[what](stage, stage.by(stage.oli))


@pytest.mark.parametrize("what", APPLYING)
def test_nor_about_one_of_an_organisation_that_she_speaks_for(stage: Stage, what: str) -> None:
    elsewhere = a_network("elsewhere")
    five = an_organisation(elsewhere, "Five", spoken_for_by=stage.sam)
    stage.key = stage.application(kind=MembershipKind.ORGANISATION, organisation_id=five.id, may_speak=True)
    with transaction():
        _application(stage).person_id = a_person("Fi Five").id
    with pytest.raises(OwnCase), transaction():
        APPLYING[what](stage, stage.by(stage.sam))


def test_nor_hears_her_own_appeal(stage: Stage) -> None:
    stage.key = stage.application()
    with transaction():
        APPLYING["decline"](stage, stage.by(stage.oli))
    with transaction():
        appeals.appeal(_application(stage), "Look again.", via=Door.WEB)
    for person in (stage.sam, stage.oli):
        with pytest.raises(RuleBroken), transaction():
            appeals.hear(_application(stage), AppealAnswer.STANDS, "So.", by=stage.by(person), via=Door.WEB)


def test_nor_confirms_that_she_speaks_for_an_organisation(stage: Stage) -> None:
    five = an_organisation(stage.network, "Five")
    five_id = five.id
    with transaction():
        claim = actions.claim(
            stage.network, db.session.merge(five), "I work there.", True, by=stage.by(stage.sam), via=Door.WEB
        )
        key = claim.id
    for settle in (actions.confirm, actions.decline):
        with pytest.raises(OwnCase), transaction():
            settle(db.session.get_one(RepresentationClaim, key), by=stage.by(stage.sam), via=Door.WEB)
    with transaction():
        actions.confirm(db.session.get_one(RepresentationClaim, key), by=stage.by(stage.oli), via=Door.WEB)
    assert five_id in stage.by(stage.sam).speaks_for


def _reported(stage: Stage, author: Person, reporter: Person, body: str = "Rubbish.") -> tuple[int, int]:
    post = a_post(a_thread(stage.topic, stage.oli), author, body)
    with transaction():
        post = db.session.get_one(Post, post.id)
        row = moderation_actions.report(post, by=stage.by(reporter), reason="It is rude.", via=Door.WEB)
        db.session.flush()
        return post.id, row.id


def _hide(stage: Stage, key: int, by: Person, kind: HidingKind = HidingKind.HIDDEN) -> int:
    with transaction():
        post = db.session.get_one(Post, key)
        return moderation_actions.hide(
            post, by=stage.by(by), kind=kind, reason="It is rude.", via=Door.WEB
        ).id


def _dismiss(stage: Stage, key: int, by: Person) -> None:
    with transaction():
        row = db.session.get_one(Report, key)
        moderation_actions.dismiss(row, by=stage.by(by), answer="It stands.", via=Door.WEB)


def test_nobody_answers_a_report_of_their_own_post_or_their_own_report(stage: Stage) -> None:
    ann = a_member(stage.network, "Ann")
    post, report = _reported(stage, stage.sam, ann)
    with pytest.raises(OwnCase):
        _dismiss(stage, report, stage.sam)
    with pytest.raises(OwnCase):
        _hide(stage, post, stage.sam)
    hiding = _hide(stage, post, stage.oli)
    with pytest.raises(OwnCase), transaction():
        row = db.session.get_one(Hiding, hiding)
        moderation_actions.lift(row, by=stage.by(stage.sam), why="It is mine.", via=Door.WEB)
    _post, mine = _reported(stage, ann, stage.sam)
    with pytest.raises(OwnCase):
        _dismiss(stage, mine, stage.sam)
    _dismiss(stage, mine, stage.oli)


def test_a_post_that_names_an_officer_is_hidden_by_another(stage: Stage) -> None:
    ann = a_member(stage.network, "Ann")
    post, report = _reported(stage, ann, stage.oli, "sam  self has spent our money.")
    for deed in (lambda: _hide(stage, post, stage.sam), lambda: _dismiss(stage, report, stage.sam)):
        with pytest.raises(RuleBroken, match="names you"):
            deed()
    _hide(stage, post, stage.oli)
    both, _report = _reported(stage, ann, ann, "Away with Sam Self and Oli Other!")
    _hide(stage, both, stage.sam)  # there is nobody whom it does not name
    quoting, _report = _reported(stage, ann, ann, "> Sam Self wrote\n\nBuy pills.")
    _hide(stage, quoting, stage.sam)
    assert db.session.get_one(Post, quoting).state is PostState.HIDDEN


def test_desk_log_and_pages_of_an_officer_leave_her_own_cases_to_others(app) -> None:
    with app.app_context():
        stage = Stage()
        key = stage.application()
        _post, report = _reported(stage, stage.sam, a_member(stage.network, "Ann"))
        sam, oli = sign_in(app.test_client(), stage.sam), sign_in(app.test_client(), stage.oli)
    for url in (f"/uk/applications/{key}", f"/uk/forum/reports/{report}"):
        assert "This is about you" in opened(sam, url, 403).text
        opened(oli, url)
    for url in ("/uk/desk", "/uk/forum/moderation"):
        mine, others = opened(sam, url).links, opened(oli, url).links
        assert f"/uk/forum/reports/{report}" in others
        assert f"/uk/forum/reports/{report}" not in mine
    assert f"/uk/applications/{key}" not in opened(sam, "/uk/desk").links
    assert f"/uk/applications/{key}" in opened(oli, "/uk/desk").links


def test_no_officer_enters_the_answer_of_an_organisation_that_she_stands_in_for(stage: Stage) -> None:
    first = a_member(stage.network, "Fi First")
    five = an_organisation(stage.network, "Five", spoken_for_by=first)
    with transaction():
        claim = actions.claim(
            stage.network, db.session.merge(five), "I stand in.", False, by=stage.by(stage.sam), via=Door.WEB
        )
        actions.confirm(claim, by=stage.by(stage.oli), via=Door.WEB)
    version = version_of(a_proposal(stage.network, first)).id
    entry = db.session.scalars(
        select(RollEntry.id).where(RollEntry.version_id == version, RollEntry.organisation_id == five.id)
    ).one()

    def enter(by: Person) -> None:
        with transaction():
            answers_entry.enter(
                version, entry, AnswerInput(AnswerKind.AGREE), how=Door.PHONE, by=stage.by(by), via=Door.WEB
            )

    with pytest.raises(OwnCase):
        enter(stage.sam)
    assert [
        each.id for each in answers_entry.still_silent(version, stage.by(stage.sam)) if each.id == entry
    ] == []
    enter(stage.oli)


def _lets_in(network: Network, who: Person, by: Person) -> None:
    row = a_waiting_application(network, email=f"person{who.id}-{by.id}@example.org")
    with transaction():
        db.session.get_one(Application, row.id).person_id = who.id
    with transaction():
        here = db.session.get_one(Network, network.id)
        actor = acting(db.session.get_one(Person, by.id), here)
        decisions.admit(db.session.get_one(Application, row.id), by=actor, via=Door.WEB)


def test_the_one_who_founds_a_network_lets_herself_in_and_the_record_says_so(context: None) -> None:
    network = a_network()
    ann = a_person("Ann Founder")
    body = a_committee(network)
    seated(body, ann)
    _lets_in(network, ann, ann)
    entry = db.session.scalars(select(Entry).where(Entry.verb == "membership.admitted")).one()
    assert json.loads(entry.facts)["authority"].startswith("alone:term:")
    assert "It was about themselves, and nobody else held an office." in registry.sentence(details(entry))


def test_once_there_is_a_second_officer_the_first_is_decided_by_the_second(context: None) -> None:
    network = a_network()
    ann, cory = a_person("Ann Founder"), a_coordinator(network)
    seated(a_committee(network), ann)
    with pytest.raises(OwnCase):
        _lets_in(network, ann, ann)
    _lets_in(network, ann, cory)  # by the rules the committee decides; nobody else is on it
    entry = db.session.scalars(select(Entry).where(Entry.verb == "membership.admitted")).one()
    assert json.loads(entry.facts)["authority"].startswith("mandate:")


def test_where_the_coordinator_decides_the_committee_decides_about_the_coordinator(context: None) -> None:
    network = a_network(parameters=json.dumps({"membership.admission": "coordinator"}))
    cory, sam = a_coordinator(network), a_steering_member(network)
    with transaction():  # the mandate goes on, the membership has ended
        was = db.session.scalars(select(Membership).where(Membership.person_id == cory.id)).one()
        was.state, was.end = MembershipState.RESIGNED, was.start
    with pytest.raises(OwnCase):
        _lets_in(network, cory, cory)
    with pytest.raises(NotAllowed, match="only the coordinator"):
        _lets_in(network, a_person("Bo"), sam)
    _lets_in(network, cory, sam)


def test_members_who_object_to_somebody_do_not_decide_about_them_as_well(context: None) -> None:
    network = a_network(parameters=json.dumps({"membership.objection_days": 14}))
    sam, oli = a_steering_member(network, "Sam"), a_steering_member(network, "Oli")
    key = a_waiting_application(network).id

    def decides(who: Person) -> None:
        by = acting(db.session.get_one(Person, who.id), db.session.get_one(Network, network.id))
        with transaction():
            decisions.admit(db.session.get_one(Application, key), by=by, via=Door.WEB)

    decides(oli)  # let in, unless a member objects
    with transaction():
        by = acting(db.session.get_one(Person, sam.id), db.session.get_one(Network, network.id))
        vouches.object_to(db.session.get_one(Application, key), "A lobby.", by=by, via=Door.WEB)
    with pytest.raises(OwnCase, match="You have objected"):
        decides(sam)
    decides(oli)
