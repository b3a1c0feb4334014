"""Anyone who was declined can appeal: heard by two others, told to those who can hear it, and answered by mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from govnet.accounts import erasure
from govnet.extensions import db
from govnet.kernel.actor import ONESELF, Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.outgoing import distribution
from govnet.membership import signed_links
from govnet.membership.applications import actions, decisions
from govnet.membership.applications import appeals as applications_appeals
from govnet.membership.models import AdmissionAppeal, AppealAnswer, ApplicationState, MembershipKind
from govnet.people.models import Person
from govnet.people.persons import main_address
from govnet.record.models import Entry
from tests import builders
from tests.membership.people import a_network_with_rules, a_waiting_application, applies, mails_to
from tests.offices.browser import a_browser
from tests.pages import Html, opened, send

STANDS, LET_IN = AppealAnswer.STANDS, AppealAnswer.LET_IN


@pytest.fixture
def client(app, time):
    return a_browser(app)


@pytest.fixture(autouse=True)
def inside(client, app):
    """The browser is older than the test's own context."""
    with app.app_context():
        yield
        db.session.remove()


class Scene:
    """A network with four on the committee, the first of whom declined Ada."""

    def __init__(self, asks=None, **rules):
        self.network = a_network_with_rules(**rules)
        builders.a_committee(self.network, seats=6)
        self.sam, self.bea, self.cat, self.dan = (
            builders.a_steering_member(self.network, name) for name in ("Sam", "Bea", "Cat", "Dan")
        )
        self.application = a_waiting_application(self.network, **(asks or {}))
        with transaction():
            decisions.decline(self.application, "You sell software.", by=self.by(self.sam), via=Door.WEB)

    def by(self, person):
        return builders.acting(person, self.network)

    def appeals(self, text="I give it away."):
        with transaction():
            return applications_appeals.appeal(self.application, text, via=Door.WEB)

    def hears(self, person, answer, reason="We looked."):
        with transaction():
            applications_appeals.hear(self.application, answer, reason, by=self.by(person), via=Door.WEB)

    @property
    def state(self):
        db.session.expire_all()
        return self.application.state


def verbs():
    return list(db.session.scalars(select(Entry.verb).order_by(Entry.id)))


def test_two_others_who_say_so_let_the_applicant_in_after_all():
    scene = Scene()
    scene.appeals()
    scene.hears(scene.bea, LET_IN)
    scene.hears(scene.cat, STANDS)
    assert scene.state is ApplicationState.DECLINED
    scene.hears(scene.dan, LET_IN)
    assert scene.state is ApplicationState.ADMITTED
    assert verbs().count("membership.appeal_heard") == 3
    with pytest.raises(RuleBroken, match="Two other people decide"):
        scene.hears(scene.dan, LET_IN)


def test_two_who_say_that_the_answer_stands_close_it_and_the_reasons_are_mailed():
    scene = Scene()
    scene.appeals()
    scene.hears(scene.bea, STANDS, "It is your trade.")
    scene.hears(scene.cat, STANDS, "I agree with Bea.")
    assert scene.state is ApplicationState.DECLINED
    subject, text = mails_to("ada@example.org")[-1]
    assert "the answer stands" in subject
    assert "It is your trade." in text
    assert "I agree with Bea." in text


def test_neither_who_declined_nor_anybody_without_office_hears_it_nor_twice():
    scene = Scene()
    with pytest.raises(RuleBroken, match="Two other people"):
        scene.hears(scene.bea, STANDS)
    scene.appeals()
    with pytest.raises(RuleBroken, match="not the one who declined"):
        scene.hears(scene.sam, STANDS)
    with pytest.raises(NotAllowed):
        scene.hears(builders.a_member(scene.network), STANDS)
    scene.hears(scene.bea, STANDS)
    with pytest.raises(RuleBroken, match="each of them once"):
        scene.hears(scene.bea, STANDS)


def test_an_appeal_is_made_once_in_time_and_with_a_reason(time):
    scene = Scene()
    with pytest.raises(RuleBroken, match="Say why"):
        scene.appeals("")
    time.move(timedelta(days=15))
    with pytest.raises(RuleBroken, match="time to appeal is over"):
        scene.appeals()
    time.move(timedelta(days=-1))
    scene.appeals()
    with pytest.raises(RuleBroken, match="appealed already"):
        scene.appeals()


def test_where_the_rules_have_no_appeal_there_is_none():
    scene = Scene(**{"membership.appeal_days": 0})
    with pytest.raises(RuleBroken, match="nothing to appeal"):
        scene.appeals()
    assert "appeal" not in mails_to("ada@example.org")[-1][1]


def test_an_applicant_who_has_applied_again_meanwhile_is_not_let_in_twice():
    scene = Scene()
    scene.appeals()
    again = applies(scene.network)
    with transaction():
        actions.confirm(again, via=Door.WEB)
    scene.hears(scene.bea, LET_IN)
    scene.hears(scene.cat, LET_IN)
    assert scene.state is ApplicationState.DECLINED
    assert db.session.query(AdmissionAppeal).one().outcome is LET_IN


def test_an_organisation_that_nobody_may_speak_for_yet_waits_again_after_a_yes():
    scene = Scene(asks={"kind": MembershipKind.ORGANISATION, "organisation_name": "The Shed"})
    scene.appeals()
    scene.hears(scene.bea, LET_IN)
    scene.hears(scene.cat, LET_IN)
    assert scene.state is ApplicationState.APPLIED
    assert "once you may speak" in mails_to("ada@example.org")[-1][0]
    assert verbs()[-1] == "membership.appeal_granted"


def test_those_who_can_hear_it_are_notified():
    scene = Scene()
    scene.appeals()
    distribution.run()
    [told] = [mail for mail in mails_to(main_address(scene.bea.id)) if "An appeal waits" in mail[0]]
    for words in told:
        assert "until Mon 27 Apr 2015, 10:00 BST" in " ".join(words.split())
    assert not any("An appeal waits" in subject for subject, _text in mails_to(main_address(scene.sam.id)))


@pytest.mark.parametrize(("who", "waits"), [("Bea", True), ("Sam", False)])
def test_it_waits_on_the_desk_of_those_who_can_hear_it(client, who, waits):
    scene = Scene()
    scene.appeals()
    builders.sign_in(client, scene.bea if who == "Bea" else scene.sam)
    assert ("Ada Newcomer appeals against being declined" in opened(client, "/uk/desk").text) is waits


def test_from_the_mail_to_the_answer_on_pages(client):
    scene = Scene()
    assert "you can appeal until Mon 27 Apr 2015, 10:00 BST" in " ".join(
        mails_to("ada@example.org")[-1][1].split()
    )
    key, bea, cat = scene.application.id, scene.bea, scene.cat
    mine = f"/uk/applications/mine/{signed_links.token_for('application', key)}"
    refused = send(client, mine, {"body": " "})
    assert refused.status_code == 422
    made = send(client, mine, {"body": "I give it away."})
    assert "Two other people decide by" in Html(made.text).text
    for person in (bea, cat):
        builders.sign_in(client, person)
        url = f"/uk/applications/{key}"
        assert "I give it away." in opened(client, url).text
        heard = send(client, url, {"answer": "stands", "reason": "It is your trade."})
        assert heard.status_code == 200
    assert (
        "the answer stands. I give it away. Bea: The answer stands. It is your trade."
        in Html(opened_by_a_visitor(client, mine)).text
    )


def opened_by_a_visitor(client, url):
    client.delete_cookie("session")
    return client.get(url).text


def test_applicants_who_remove_their_name_leave_no_words_of_the_appeal():
    scene = Scene()
    row = scene.appeals()
    person = scene.application.person_id
    with transaction():
        erasure.erase(db.session.get_one(Person, person), under=ONESELF, via=Door.WEB)
    db.session.expire_all()
    assert db.session.get_one(AdmissionAppeal, row.id).text == "…"
