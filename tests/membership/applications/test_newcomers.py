"""Members who vouch for newcomers, and days in which a member can object to somebody who was let in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from govnet.accounts.export import everything_held
from govnet.charter.actions import adopt
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import PROGRAM, Door
from govnet.kernel.errors import NotAllowed, RuleBroken, Stale
from govnet.kernel.transaction import transaction
from govnet.mail.outgoing import distribution
from govnet.membership import duties, rules
from govnet.membership.applications import actions, decisions
from govnet.membership.applications import queries as applications_queries
from govnet.membership.applications import vouches as applications_vouches
from govnet.membership.memberships import queries
from govnet.membership.models import AdmissionObjection, Application, ApplicationState, MembershipKind
from govnet.people.persons import main_address, person_by_email
from govnet.record.models import Entry
from tests import builders
from tests.erased import erase, words_about
from tests.membership.people import (
    a_network_with_rules,
    a_waiting_application,
    an_admitted,
    applies,
    link_in,
    mails_to,
)
from tests.pages import opened, send
from tests.statements import counted

SPONSORED = {"membership.admission": "sponsors"}


@pytest.fixture
def here(app, time):
    """An application context in which the clock stands still."""
    with app.app_context():
        yield time


def vouches(network, application, person):
    with transaction():
        return applications_vouches.vouch(application, by=builders.acting(person, network), via=Door.WEB)


def objects(network, application, person, reason="They work for a lobby."):
    with transaction():
        return applications_vouches.object_to(
            application, reason, by=builders.acting(person, network), via=Door.WEB
        )


def admits(network, application, person):
    with transaction():
        return decisions.admit(application, by=builders.acting(person, network), via=Door.WEB)


def state(application):
    return db.session.get_one(Application, application.id, populate_existing=True).state


def verbs():
    return list(db.session.scalars(select(Entry.verb).order_by(Entry.id)))


def test_somebody_is_let_in_as_soon_as_enough_members_vouch(here):
    network = a_network_with_rules(**SPONSORED)
    application = a_waiting_application(network)
    first, second = builders.a_member(network), builders.a_member(network)
    assert vouches(network, application, first) is False
    assert queries.counts(network.id).people == 2
    assert vouches(network, application, second) is True
    assert queries.counts(network.id).people == 3
    assert verbs()[-3:] == ["membership.vouched", "membership.vouched", "membership.joined"]


def test_members_who_vouch_twice_count_once(here):
    network = a_network_with_rules(**SPONSORED)
    application, member = a_waiting_application(network), builders.a_member(network)
    for _ in range(2):
        vouches(network, application, member)
    assert applications_queries.vouches(application.id) == 1
    assert verbs().count("membership.vouched") == 1


def test_as_many_must_vouch_as_the_rules_say(here):
    network = a_network_with_rules(**SPONSORED, **{"membership.sponsors": 1})
    application = a_waiting_application(network)
    assert vouches(network, application, builders.a_member(network)) is True


@pytest.mark.parametrize(
    ("admission", "vouched", "expected"),
    [("immediate", 0, True), ("sponsors", 2, False), ("sponsors", 3, True), ("committee", 9, False)],
)
def test_the_rules_let_somebody_in_by_themselves_only_where_they_say_so(admission, vouched, expected):
    assert rules.by_itself(admission, 3, vouched) is expected


def test_nobody_vouches_for_herself(here):
    network = a_network_with_rules(**SPONSORED)
    member = builders.a_member(network)
    application = a_waiting_application(
        network, email=main_address(member.id), kind=MembershipKind.ORGANISATION, organisation_name="The Shed",
        may_speak=True,
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="about you"):
        vouches(network, application, member)


def test_observers_and_outsiders_do_not_vouch(here):
    network = a_network_with_rules(**SPONSORED)
    application = a_waiting_application(network)
    watcher = builders.a_member(network)
    with transaction():
        queries.own_memberships(watcher.id, network.id)[0].kind = MembershipKind.OBSERVER
    with pytest.raises(RuleBroken, match="Observers"):
        vouches(network, application, watcher)
    with pytest.raises(NotAllowed):
        vouches(network, application, builders.a_person())


def test_nobody_vouches_where_the_committee_decides(here):
    network = a_network_with_rules()
    with pytest.raises(RuleBroken, match="Nobody needs to vouch"):
        vouches(network, a_waiting_application(network), builders.a_member(network))


def test_the_committee_asks_first_and_the_answer_lets_in_an_applicant_whom_enough_know(here):
    network = a_network_with_rules(**SPONSORED)
    application, sam = a_waiting_application(network), builders.a_steering_member(network)
    with transaction():
        decisions.ask(application, "Where do you live?", by=builders.acting(sam, network), via=Door.WEB)
    vouches(network, application, builders.a_member(network))
    assert vouches(network, application, builders.a_member(network)) is False
    assert state(application) is ApplicationState.ASKED
    with transaction():
        actions.answer(application, "In the UK.", via=Door.WEB)
    assert state(application) is ApplicationState.ADMITTED


def test_the_committee_declines_but_does_not_let_in_whom_too_few_know(here):
    network = a_network_with_rules(**SPONSORED)
    application, sam = a_waiting_application(network), builders.a_steering_member(network)
    with pytest.raises(RuleBroken, match="2 more members have to"):
        admits(network, application, sam)
    with transaction():
        decisions.decline(application, "An alias.", by=builders.acting(sam, network), via=Door.WEB)
    assert state(application) is ApplicationState.DECLINED
    with pytest.raises(RuleBroken, match="Nobody needs to vouch"):
        vouches(network, application, builders.a_member(network))


def test_an_organisation_that_nobody_may_speak_for_waits_however_many_vouch(here):
    network = a_network_with_rules(**SPONSORED)
    application = a_waiting_application(
        network, kind=MembershipKind.ORGANISATION, organisation_name="The Shed", may_speak=False
    )
    for _ in range(2):
        vouches(network, application, builders.a_member(network))
    assert state(application) is ApplicationState.APPLIED
    with transaction():
        actions.speak_now(application, via=Door.WEB)
    assert state(application) is ApplicationState.ADMITTED


# ---- days in which members can object

WINDOW = {"membership.objection_days": 14}


def test_an_applicant_who_was_let_in_is_a_member_after_the_days_without_an_objection(here):
    network = a_network_with_rules(**WINDOW)
    sam = builders.a_steering_member(network)
    application = an_admitted(network, builders.acting(sam, network))
    assert state(application) is ApplicationState.ANNOUNCED
    assert queries.counts(network.id).people == 1
    here.move(timedelta(days=13))
    assert duties.admissions() == 0
    here.move(timedelta(days=1))
    assert [duties.admissions() for _ in range(2)] == [1, 0]
    assert queries.counts(network.id).people == 2
    last = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert (last.verb, last.actor_id) == ("membership.admitted", sam.id)


def test_where_people_are_let_in_at_once_members_can_object_all_the_same(here):
    network = a_network_with_rules(**WINDOW, **{"membership.admission": "immediate"})
    application = a_waiting_application(network)
    assert state(application) is ApplicationState.ANNOUNCED
    objects(network, application, builders.a_member(network))
    assert state(application) is ApplicationState.APPLIED
    here.move(timedelta(days=30))
    assert duties.admissions() == 0
    admits(network, application, builders.a_steering_member(network))
    assert state(application) is ApplicationState.ADMITTED


def test_an_objection_brings_it_to_the_committee_even_where_the_coordinator_decides(here):
    network = a_network_with_rules(**WINDOW, **{"membership.admission": "coordinator"})
    cory, sam = builders.a_coordinator(network), builders.a_steering_member(network)
    application = an_admitted(network, builders.acting(cory, network))
    objects(network, application, builders.a_member(network))
    with pytest.raises(NotAllowed, match="the committee can decide"):
        admits(network, application, cory)
    assert admits(network, application, sam) is not None


def test_an_objection_needs_a_reason_a_voice_and_its_time(here):
    network = a_network_with_rules(**WINDOW)
    sam, member = builders.a_steering_member(network), builders.a_member(network)
    application = an_admitted(network, builders.acting(sam, network))
    with pytest.raises(RuleBroken, match="Give a reason"):
        objects(network, application, member, "")
    with pytest.raises(NotAllowed):
        objects(network, application, builders.a_person())
    with pytest.raises(Stale):
        admits(network, application, sam)
    here.move(timedelta(days=14))
    with pytest.raises(RuleBroken, match="is over"):
        objects(network, application, member)


def test_one_objection_is_enough(here):
    network = a_network_with_rules(**WINDOW)
    application = an_admitted(network, builders.acting(builders.a_steering_member(network), network))
    objects(network, application, builders.a_member(network))
    with pytest.raises(RuleBroken, match="already objected"):
        objects(network, application, builders.a_member(network))


def test_people_who_were_let_in_can_still_take_the_application_back(here):
    network = a_network_with_rules(**WINDOW)
    application = an_admitted(network, builders.acting(builders.a_steering_member(network), network))
    with transaction():
        actions.withdraw(application, via=Door.WEB)
    here.move(timedelta(days=30))
    assert duties.admissions() == 0
    assert state(application) is ApplicationState.WITHDRAWN


def test_an_applicant_who_applies_again_while_the_days_run_sees_the_first_application(here):
    network = a_network_with_rules(**WINDOW)
    application = an_admitted(network, builders.acting(builders.a_steering_member(network), network))
    assert applies(network) is None
    _, body = mails_to("ada@example.org")[-1]
    assert "applications/mine" in body
    assert state(application) is ApplicationState.ANNOUNCED


def test_members_are_notified_of_the_new_member_and_officers_of_the_objection(here):
    network = a_network_with_rules(**WINDOW)
    sam, mel = builders.a_steering_member(network), builders.a_member(network, "Mel")
    application = an_admitted(network, builders.acting(sam, network), about="I read budgets.")
    distribution.run()
    subject, body = mails_to(main_address(mel.id))[-1]
    assert subject == "Ada Newcomer was let in: object by Sun 26 Apr 2015"
    assert "I read budgets." in body
    assert "You will be a member" in mails_to("ada@example.org")[-1][0]
    objects(network, application, mel)
    distribution.run()
    subject, body = mails_to(main_address(sam.id))[-1]
    assert subject == "An objection to Ada Newcomer: please decide"
    assert "They work for a lobby." in body
    assert "lobby" not in mails_to("ada@example.org")[-1][1]


def test_members_remarks_on_newcomers_are_theirs_to_have_and_go_with_their_name(here):
    network = a_network_with_rules(**WINDOW)
    mel = builders.a_member(network, "Mel")
    application = an_admitted(network, builders.acting(builders.a_steering_member(network), network))
    objection = objects(network, application, mel)
    assert everything_held(mel.id)["membership"]["objected_to"][0]["reason"] == "They work for a lobby."
    erase(mel.id)
    assert words_about(f"admission_objection:{objection.id}") == {None}
    assert db.session.get_one(AdmissionObjection, objection.id).reason == "…"


def test_an_applicant_who_removes_her_name_is_not_let_in_afterwards(here):
    network = a_network_with_rules(**WINDOW)
    an_admitted(network, builders.acting(builders.a_steering_member(network), network))
    erase(person_by_email("ada@example.org").id)
    here.move(timedelta(days=30))
    assert duties.admissions() == 0


# ---- the pages


def browser(app, person):
    return builders.sign_in(app.test_client(), person)


def presses(member, number=1):
    """The member presses the button beside the newcomer."""
    form = next(f for f in opened(member, "/uk/members/new").forms if f["action"] == "/uk/members/new")
    data = {field["name"]: field["value"] for field in form["fields"] if field["name"]}
    return member.post(f"/uk/members/new/{number}/vouch", data=data, follow_redirects=True).text


def test_members_vouch_on_the_page_of_those_on_the_way_in(app):
    with app.app_context():
        network = a_network_with_rules(**SPONSORED)
        a_waiting_application(network, about="I read budgets.")
        mel, lee = (browser(app, builders.a_member(network)) for _ in range(2))
    html = opened(mel, "/uk/members/new")
    assert "Ada Newcomer" in html.text
    assert "I read budgets." in html.text
    assert "you vouch for Ada Newcomer" in presses(mel)
    assert "1 of 2 has vouched · you are one of them" in opened(mel, "/uk/members/new").text
    assert "you vouch for Ada Newcomer" in presses(lee)
    assert "Nobody is asking to join at the moment" in opened(mel, "/uk/members/new").text
    assert "Ada Newcomer" in opened(mel, "/uk/members").text


def test_the_page_of_those_on_the_way_in_is_for_members(client, app):
    with app.app_context():
        a_network_with_rules(**SPONSORED)
    assert client.get("/uk/members/new").status_code in (302, 303)


def test_an_applicant_reads_how_many_members_must_vouch(client, app):
    with app.app_context():
        network = a_network_with_rules(**SPONSORED)
        assert "once 2 members who know you vouch for you" in opened(client, "/uk/join").text
        a_waiting_application(network)
        link = link_in(mails_to("ada@example.org")[0][1], "applications/mine")
    assert "So far 0 have vouched" in opened(client, link).text


def test_a_member_objects_on_the_page_and_the_committee_reads_why(client, app):
    with app.app_context():
        network = a_network_with_rules(**WINDOW)
        sam = builders.a_steering_member(network)
        an_admitted(network, builders.acting(sam, network))
        link = link_in(mails_to("ada@example.org")[0][1], "applications/mine")
        mel, sam = browser(app, builders.a_member(network, "Mel")), browser(app, sam)
    assert "You are a member from" in opened(client, link).text
    assert "Let in, and members soon" in opened(mel, "/uk/members/new").text
    where = "/uk/members/new/1/object"
    assert "Give a reason" in send(mel, where, {"reason": " "}).text
    assert "Your objection has gone to the committee" in send(mel, where, {"reason": "A lobby."}).text
    assert "no longer anything to object to" in opened(mel, where).text
    page = opened(sam, "/uk/applications/1").text
    assert "Mel objected" in page
    assert "A lobby." in page
    assert "the committee decides" in opened(client, link).text
    assert "is a member now, and gets a mail" in send(sam, "/uk/applications/1", {}, action="/admit").text


def test_the_officers_page_says_which_sentences_are_new_since_somebody_applied(app):
    with app.app_context():
        network = a_network_with_rules()
        a_waiting_application(network)
        with transaction():
            adopt(
                db.session.get_one(Network, network.id), {"membership.criteria": ["I pay my share."]},
                adopted_by="decision:1", by=PROGRAM, via=Door.WORKER,
            )  # fmt: skip
        sam = browser(app, builders.a_steering_member(network))
    text = opened(sam, "/uk/applications/1").text
    assert "has not agreed to this sentence: I pay my share." in text


def test_a_page_of_many_newcomers_costs_what_one_of_few_does(app):
    with app.app_context():
        network = a_network_with_rules(**SPONSORED)
        mel = browser(app, builders.a_member(network, "Mel"))
        for number in range(12):
            a_waiting_application(network, email=f"n{number}@example.org", name=f"New {number}")
    with app.app_context(), counted() as statements:
        opened(mel, "/uk/members/new")
    assert len(statements) <= 8
