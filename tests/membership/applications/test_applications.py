"""Asking to join, and being let in, asked something or declined."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from govnet.charter.models import CharterVersion
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken, Stale
from govnet.kernel.text import clean
from govnet.kernel.transaction import transaction
from govnet.membership import criteria
from govnet.membership.applications import actions, decisions
from govnet.membership.applications import queries as applications_queries
from govnet.membership.applications.decisions import may_decide
from govnet.membership.memberships import departure, queries
from govnet.membership.models import (
    Application,
    ApplicationState,
    Membership,
    MembershipKind,
    MembershipState,
)
from govnet.membership.organisations import actions as organisations_actions
from govnet.membership.organisations import queries as organisations_queries
from govnet.people.models import Organisation
from govnet.people.persons import main_address, person_by_email
from govnet.record.models import Entry
from tests import builders
from tests.membership.people import (
    ALL,
    CRITERIA,
    a_network_with_rules,
    a_waiting_application,
    an_admitted,
    applies,
    asks,
    mails_to,
)

pytestmark = pytest.mark.usefixtures("context")


def verbs() -> list[str]:
    return list(db.session.scalars(select(Entry.verb).order_by(Entry.id)))


def test_nothing_happens_until_the_address_is_confirmed():
    network = a_network_with_rules()
    application = applies(network)
    assert application.state is ApplicationState.UNCONFIRMED
    assert (verbs(), person_by_email("ada@example.org")) == ([], None)
    assert [subject for subject, _ in mails_to("ada@example.org")] == [
        "Confirm that you want to join The UK network"
    ]


def test_an_applicant_who_confirms_the_address_waits_for_the_officers():
    network = a_network_with_rules()
    application = a_waiting_application(network)
    assert application.state is ApplicationState.APPLIED
    assert verbs() == ["membership.applied"]
    assert [a.id for a in applications_queries.applications_waiting(network.id)[0]] == [application.id]
    assert queries.counts(network.id).members == 0


def test_confirming_twice_does_it_once():
    network = a_network_with_rules()
    application = a_waiting_application(network)
    with transaction():
        actions.confirm(application, via=Door.WEB)
    assert verbs() == ["membership.applied"]


def test_a_link_is_good_for_seven_days(time):
    application = applies(a_network_with_rules())
    time.move(timedelta(days=7, seconds=1))
    with pytest.raises(RuleBroken, match="seven days"), transaction():
        actions.confirm(application, via=Door.WEB)


def test_an_unconfirmed_application_is_deleted_after_seven_days(time):
    network = a_network_with_rules()
    applies(network)
    time.move(timedelta(days=7, seconds=1))
    a_waiting_application(network, email="ben@example.org")
    with transaction():
        assert actions.forget_unconfirmed(*actions.unconfirmed())
    assert [a.email for a in db.session.scalars(select(Application))] == ["ben@example.org"]


@pytest.mark.parametrize("missing", ALL)
def test_nobody_joins_who_leaves_a_sentence_unticked(missing):
    network = a_network_with_rules()
    with pytest.raises(RuleBroken, match="Tick each sentence"):
        applies(network, answers=tuple(a for a in ALL if a != missing))


def test_a_sentence_that_nobody_asked_for_is_not_kept():
    application = applies(a_network_with_rules(), answers=(*ALL, "I am the king."))
    assert json.loads(application.answers) == list(ALL)


def test_people_who_opened_the_form_under_older_rules_check_it_again():
    network = a_network_with_rules()
    with transaction():
        db.session.add(
            CharterVersion(
                network_id=network.id, number=2, parameters="{}", in_force_from=clock.now(), evidence="."
            )
        )
    with pytest.raises(RuleBroken, match="rules changed"):
        applies(network, charter=1)


def test_a_kind_of_member_that_the_rules_do_not_know_cannot_join():
    network = a_network_with_rules()
    with pytest.raises(RuleBroken, match="how you join"):
        applies(network, kind=MembershipKind.OBSERVER)


def test_a_committee_member_lets_somebody_in():
    network = a_network_with_rules()
    sam = builders.a_steering_member(network)
    application = an_admitted(network, builders.acting(sam, network))
    membership = db.session.get_one(Membership, application.membership_id)
    assert (membership.state.value, membership.start) == ("active", clock.today(network.zone))
    assert json.loads(membership.answers) == list(ALL)
    assert builders.acting(person_by_email("ada@example.org"), network).is_member
    assert verbs() == ["membership.applied", "membership.admitted"]
    assert mails_to("ada@example.org")[-1][0] == "Welcome to The UK network"


def test_the_record_says_under_which_authority_somebody_was_let_in():
    network = a_network_with_rules()
    by = builders.acting(builders.a_steering_member(network), network)
    an_admitted(network, by)
    entry = db.session.scalar(select(Entry).where(Entry.verb == "membership.admitted"))
    assert json.loads(entry.facts)["authority"] == f"term:{by.terms[0].id}"
    assert entry.visibility.value == "members"


def test_applications_are_for_officers_alone():
    network = a_network_with_rules()
    a_waiting_application(network)
    entry = db.session.scalar(select(Entry))
    assert entry.visibility.value == "committee"
    assert "Ada" not in entry.facts


def test_the_second_of_two_officers_at_once_reads_so_and_loses_nothing():
    network = a_network_with_rules()
    sam, pat = (
        builders.acting(builders.a_steering_member(network, n), network) for n in ("Sam Quick", "Pat Slow")
    )
    application = an_admitted(network, sam)
    with pytest.raises(Stale, match="Sam Quick has already decided") as stale, transaction():
        decisions.decline(application, "We do not know you.", by=pat, via=Door.WEB)
    assert stale.value.yours == "We do not know you."
    assert application.state is ApplicationState.ADMITTED


def test_an_ordinary_member_decides_nothing():
    network = a_network_with_rules()
    application = a_waiting_application(network)
    member = builders.acting(builders.a_member(network), network)
    for act in (
        lambda: decisions.admit(application, by=member, via=Door.WEB),
        lambda: decisions.decline(application, "No.", by=member, via=Door.WEB),
        lambda: decisions.ask(application, "Why?", by=member, via=Door.WEB),
    ):
        with pytest.raises(NotAllowed), transaction():
            act()


def test_where_the_coordinator_decides_the_committee_does_not():
    network = a_network_with_rules(**{"membership.admission": "coordinator"})
    application = a_waiting_application(network)
    sam = builders.acting(builders.a_steering_member(network), network)
    cory = builders.acting(builders.a_coordinator(network), network)
    with pytest.raises(NotAllowed, match="only the coordinator"), transaction():
        decisions.admit(application, by=sam, via=Door.WEB)
    with transaction():
        decisions.admit(application, by=cory, via=Door.WEB)
    entry = db.session.scalar(select(Entry).where(Entry.verb == "membership.admitted"))
    assert json.loads(entry.facts)["authority"].startswith("mandate:")


def test_while_there_is_no_coordinator_the_committee_decides_in_their_stead(time):
    network = a_network_with_rules(**{"membership.admission": "coordinator"})
    application = a_waiting_application(network)
    sam = builders.a_steering_member(network)
    builders.a_coordinator(network, days=10)
    assert not may_decide(application, builders.acting(sam, network))
    time.move(timedelta(days=10))
    with transaction():
        decisions.admit(application, by=builders.acting(sam, network), via=Door.WEB)
    entry = db.session.scalar(select(Entry).where(Entry.verb == "membership.admitted"))
    assert json.loads(entry.facts)["authority"].startswith("term:")


def test_where_the_committee_decides_the_coordinator_does_not():
    network = a_network_with_rules()
    application = a_waiting_application(network)
    cory = builders.acting(builders.a_coordinator(network), network)
    with pytest.raises(NotAllowed, match="Only the committee"), transaction():
        decisions.admit(application, by=cory, via=Door.WEB)


def test_where_joining_is_immediate_confirming_the_address_is_enough():
    network = a_network_with_rules(**{"membership.admission": "immediate"})
    application = a_waiting_application(network)
    assert application.state is ApplicationState.ADMITTED
    assert verbs() == ["membership.applied", "membership.joined"]
    assert [r.name for r in queries.roll(network.id)] == ["Ada Newcomer"]


def test_a_question_goes_out_by_mail_and_the_answer_brings_the_application_back():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    application = a_waiting_application(network)
    with transaction():
        decisions.ask(application, "Where do you live?", by=sam, via=Door.WEB)
    assert application.state is ApplicationState.ASKED
    assert "Where do you live?" in mails_to("ada@example.org")[-1][1]
    with transaction():
        actions.answer(application, "In Leeds.", via=Door.WEB)
    assert application.state is ApplicationState.APPLIED
    notes = applications_queries.whole(application.id).notes
    assert [(n.by_applicant, n.body) for n in notes] == [(False, "Where do you live?"), (True, "In Leeds.")]


def test_nothing_can_be_answered_that_was_not_asked():
    application = a_waiting_application(a_network_with_rules())
    with pytest.raises(RuleBroken, match="There is no question"), transaction():
        actions.answer(application, "Hello?", via=Door.WEB)


def test_a_reason_is_mailed_and_she_may_apply_again():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    application = a_waiting_application(network)
    with transaction():
        decisions.decline(application, "Please join the Welsh network.", by=sam, via=Door.WEB)
    assert "Please join the Welsh network." in mails_to("ada@example.org")[-1][1]
    assert a_waiting_application(network).state is ApplicationState.APPLIED


def test_declining_without_a_reason_is_refused():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    application = a_waiting_application(network)
    with pytest.raises(RuleBroken) as broken, transaction():
        decisions.decline(application, "", by=sam, via=Door.WEB)
    assert broken.value.field == "reason"


def test_an_applicant_takes_it_back_once():
    application = a_waiting_application(a_network_with_rules())
    for _ in range(2):
        with transaction():
            actions.withdraw(application, via=Door.WEB)
    assert application.state is ApplicationState.WITHDRAWN
    assert verbs() == ["membership.applied", "membership.withdrawn"]


def test_a_member_who_fills_in_the_form_gets_a_mail_and_nobody_else_learns_of_it():
    network = a_network_with_rules()
    member = builders.a_member(network)
    address = main_address(member.id)
    assert applies(network, email=address) is None
    assert "already a member of The UK network" in mails_to(address)[-1][1]


def test_a_second_form_while_one_waits_leads_to_the_one_that_waits():
    network = a_network_with_rules()
    a_waiting_application(network)
    assert applies(network) is None
    assert "how far it is" in mails_to("ada@example.org")[-1][1]


def test_of_two_forms_that_were_sent_the_first_confirmed_counts():
    network = a_network_with_rules()
    first, second = applies(network, name="Ada One"), applies(network, name="Ada Two")
    with transaction():
        actions.confirm(second, via=Door.WEB)
    with transaction():
        assert actions.confirm(first, via=Door.WEB).id == second.id
    assert person_by_email("ada@example.org").name == "Ada Two"


def test_a_strangers_mailbox_is_not_flooded(time):
    network = a_network_with_rules()
    for _ in range(6):
        applies(network)
    assert len(mails_to("ada@example.org")) == 3
    time.move(timedelta(hours=1, seconds=1))
    applies(network)
    assert len(mails_to("ada@example.org")) == 4


def test_somebody_signed_in_waits_at_once_without_a_mail_to_confirm():
    network = a_network_with_rules()
    bo = builders.acting(builders.a_person("Bo Signedin", email="bo@example.org"), network)
    with transaction():
        application = actions.apply(network, asks(name="", email=""), by=bo, via=Door.WEB)
    assert (application.state, application.name) == (ApplicationState.APPLIED, "Bo Signedin")
    assert mails_to("bo@example.org") == []


def test_an_organisation_joins_with_a_voice():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    an_admitted(network, sam, kind=MembershipKind.ORGANISATION, organisation_name="The Open Shed",
                organisation_url="https://example.org", may_speak=True)  # fmt: skip
    actor = builders.acting(person_by_email("ada@example.org"), network)
    assert [(r.organisation, r.primary) for r in actor.represents] == [("The Open Shed", True)]
    assert actor.membership_id is None
    assert queries.counts(network.id).organisations == 1
    assert "organisation.represented" in verbs()


def test_an_organisation_that_is_there_already_is_found_whatever_its_letters_and_spaces():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    organisation = builders.an_organisation(network, "The Open Shed", spoken_for_by=builders.a_person("Bob"))
    a_waiting_application(
        network, kind=MembershipKind.ORGANISATION, organisation_name="the OPEN   shed", may_speak=True
    )
    assert db.session.scalar(select(func.count(Organisation.id))) == 1
    (claim,) = organisations_queries.claims_waiting(network.id)
    with transaction():
        organisations_actions.confirm(claim, by=sam, via=Door.WEB)
    actor = builders.acting(person_by_email("ada@example.org"), network)
    assert [(r.organisation_id, r.primary) for r in actor.represents] == [(organisation.id, False)]


SHED = {"kind": MembershipKind.ORGANISATION, "organisation_name": "The Open Shed", "may_speak": True}


@pytest.mark.parametrize(
    "rules", [{}, {"membership.admission": "immediate"}, {"membership.objection_days": 7}]
)
def test_an_applicant_for_an_organisation_that_belongs_asks_to_speak_for_it(rules):
    network = a_network_with_rules(**rules)
    builders.an_organisation(network, "The Open Shed")
    before = db.session.execute(select(Membership.__table__)).all()
    application = a_waiting_application(network, **SHED)
    assert application.passed_on
    assert verbs() == ["organisation.claimed"]
    assert db.session.execute(select(Membership.__table__)).all() == before
    assert not builders.acting(person_by_email("ada@example.org"), network).represents
    assert [subject for subject, _ in mails_to("ada@example.org")] == [
        "Confirm that you want to speak for The Open Shed in The UK network"
    ]


def test_an_application_for_an_organisation_that_joined_meanwhile_is_passed_on():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    ann, bob = (a_waiting_application(network, email=f"{n}@example.org", **SHED) for n in ("ann", "bob"))
    for application in (ann, bob):
        with transaction():
            decisions.admit(application, by=sam, via=Door.WEB)
    assert (ann.state, bob.passed_on) == (ApplicationState.ADMITTED, True)
    assert verbs().count("membership.admitted") == 1
    assert [c.email for c in organisations_queries.claims_waiting(network.id)] == ["bob@example.org"]
    assert len(mails_to("bob@example.org")) == 1


def test_restarting_an_organisation_s_membership_does_not_let_one_speak_for_it_yet():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    builders.an_organisation(network, "The Open Shed", spoken_for_by=builders.a_person("Bob"))
    with transaction():
        db.session.scalars(
            select(Membership).where(Membership.organisation_id.is_not(None))
        ).one().state = MembershipState.LAPSED
    an_admitted(network, sam, **SHED)
    assert not builders.acting(person_by_email("ada@example.org"), network).represents
    assert "still has to be confirmed" in mails_to("ada@example.org")[-1][1].replace("\n", " ")


def test_where_joining_is_immediate_a_second_voice_waits_to_be_confirmed():
    network = a_network_with_rules(**{"membership.admission": "immediate"})
    builders.an_organisation(network, "The Open Shed", spoken_for_by=builders.a_person("Bob"))
    a_waiting_application(
        network, kind=MembershipKind.ORGANISATION, organisation_name="The Open Shed", may_speak=True
    )
    assert not builders.acting(person_by_email("ada@example.org"), network).represents
    assert [c.name for c in organisations_queries.claims_waiting(network.id)] == ["Ada Newcomer"]


def test_an_organisation_that_nobody_may_speak_for_yet_waits():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    application = a_waiting_application(
        network, kind=MembershipKind.ORGANISATION, organisation_name="The Open Shed"
    )
    with pytest.raises(RuleBroken, match="can’t speak for the organisation yet"), transaction():
        decisions.admit(application, by=sam, via=Door.WEB)
    with transaction():
        actions.speak_now(application, via=Door.WEB)
    with transaction():
        decisions.admit(application, by=sam, via=Door.WEB)
    assert queries.counts(network.id).organisations == 1


def test_the_usual_time_is_said_once_enough_were_answered(time):
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    for days in (1, 5, 6):
        application = a_waiting_application(network, email=f"ada{days}@example.org")
        time.move(timedelta(days=days))
        with transaction():
            decisions.admit(application, by=sam, via=Door.WEB)
    assert applications_queries.usual_days(network.id) == 5


def test_only_confirmed_members_are_on_the_roll_and_observers_are_not():
    network = a_network_with_rules(**{"membership.kinds": ["individual", "observer"]})
    sam = builders.a_steering_member(network)
    an_admitted(network, builders.acting(sam, network), kind=MembershipKind.OBSERVER)
    applies(network, email="ben@example.org")
    assert [r.name for r in queries.roll(network.id)] == [sam.name]
    assert queries.counts(network.id).observers == 1


def test_a_name_of_ten_thousand_marks_and_hidden_turns_is_cleaned_before_it_is_kept():
    name = clean("Ada" + "\u0301" * 10_000 + "\u202e" + "Newcomer", lines=False)
    application = applies(a_network_with_rules(), name=name)
    assert len(application.name) < 20
    assert "\u202e" not in application.name


def test_somebody_who_left_can_join_again():
    network = a_network_with_rules()
    sam = builders.acting(builders.a_steering_member(network), network)
    an_admitted(network, sam)
    person = person_by_email("ada@example.org")
    membership = queries.own_memberships(person.id, network.id)[0]
    with transaction():
        departure.resign(queries.with_party(membership.id), by=builders.acting(person, network), via=Door.WEB)
    an_admitted(network, sam)
    assert [m.state.value for m in queries.own_memberships(person.id, network.id)] == ["active", "resigned"]


def test_criteria_are_those_of_the_rules_in_force():
    network = a_network_with_rules()
    assert criteria.terms(network.id).criteria == CRITERIA
