"""People who take office are asked to promise the code of conduct; its only effect is that everybody sees it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from govnet.accounts.export import everything_held
from govnet.accounts.tasks import how_many_wait
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Mail
from govnet.mail.outgoing import distribution
from govnet.offices import conduct
from govnet.offices.models import CodePromise
from govnet.people.persons import main_address
from govnet.record.events import Visibility
from govnet.record.queries import details, entries
from tests import builders
from tests.membership.people import mails_to
from tests.offices.builders import a_mandate_for, decided, place
from tests.pages import Html, opened, send

TODAY = date(2015, 4, 13)
CODE = ["I listen.", "I keep private what was told to me in private."]


@pytest.fixture(autouse=True)
def inside(client, app):
    """The browser is older than the test's own context, so that each request is judged anew."""
    with app.app_context():
        yield
        db.session.remove()


def a_uk(code=CODE):
    network = builders.a_network(parameters=json.dumps({"conduct.code": code}))
    builders.a_committee(network, seats=6)
    return network


def takes_a_place(network, person, by):
    decided(network, by, place(network, person, 6, end=TODAY + timedelta(301)))


def test_people_who_take_a_place_promise_on_the_page_and_the_committee_s_page_says_who_has_not(client, time):
    uk = a_uk()
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk, "Ada Example")
    before = how_many_wait(ada.id)
    takes_a_place(uk, ada, sam)
    assert how_many_wait(ada.id) == before + 1
    time.move(timedelta(days=8))
    assert builders.acting(ada, uk).is_steering
    words = "Ada Example has not yet promised to keep to how we treat each other."
    assert words in opened(client, "/uk/committee").text
    row = db.session.query(CodePromise).one()
    url, ada_id = f"/uk/committee/promises/{row.id}", ada.id
    builders.sign_in(client, ada)
    refused = send(client, url, {"agrees": []})
    assert refused.status_code == 422
    assert "Tick each sentence that you promise to keep." in Html(refused.text).text
    form = next(each for each in opened(client, url).forms if each["action"] == url)
    keys = [field["value"] for field in form["fields"] if field["name"] == "agrees"]
    done = send(client, url, {"agrees": keys})
    assert done.request.path == "/uk/committee"
    assert words not in Html(done.text).text
    assert how_many_wait(ada_id) == before
    assert "You promised this today, " in opened(client, url).text


def test_the_promise_is_recorded_once_under_the_code_in_force(client):
    uk = a_uk()
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    takes_a_place(uk, ada, sam)
    row = db.session.query(CodePromise).one()
    with pytest.raises(NotAllowed), transaction():
        conduct.promise(row, CODE, by=builders.acting(sam, uk), via=Door.WEB)
    with pytest.raises(RuleBroken, match="Tick each"), transaction():
        conduct.promise(row, CODE[:1], by=builders.acting(ada, uk), via=Door.WEB)
    for _twice in range(2):
        with transaction():
            conduct.promise(row, CODE, by=builders.acting(ada, uk), via=Door.WEB)
    verbs = [details(each)["verb"] for each in entries(uk.id, frozenset(Visibility), limit=5)]
    assert verbs.count("offices.code_promised") == 1
    assert everything_held(ada.id)["offices"]["promises"][0]["sentences"] == CODE


def test_everybody_named_in_a_mandate_is_asked(client):
    uk = a_uk()
    sam, cory, bea = (
        builders.a_steering_member(uk),
        builders.a_member(uk, "Cory"),
        builders.a_member(uk, "Bea"),
    )
    decided(uk, sam, a_mandate_for(cory, bea), matter="mandate")
    text = opened(client, "/uk/coordinator").text
    assert "Cory has not yet promised" in text
    assert "Bea has not yet promised" in text


def test_people_who_take_office_are_asked_in_a_mail_of_their_own(time):
    uk = a_uk()
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    takes_a_place(uk, ada, sam)
    time.move(timedelta(days=8))
    while distribution.run():
        pass
    (mail,) = db.session.query(Mail).filter_by(template="offices/promise")
    (delivery,) = db.session.query(Delivery).filter_by(mail_id=mail.id)
    assert delivery.address == main_address(ada.id)
    assert "I keep private what was told to me in private." in mails_to(main_address(ada.id))[-1][1]


def test_without_a_code_nobody_is_asked_and_people_who_sit_as_found_are_not_either():
    uk = a_uk(code=[])
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    takes_a_place(uk, ada, sam)
    assert conduct.missing(uk.id) == []
    assert builders.acting(sam, uk).is_steering


def test_an_office_that_is_over_asks_for_nothing(time):
    uk = a_uk()
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    takes_a_place(uk, ada, sam)
    assert len(conduct.missing(uk.id)) == 1
    time.move(timedelta(days=301))
    assert conduct.missing(uk.id) == []
