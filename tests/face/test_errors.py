"""Each page for what can go wrong keeps the network's layout, says what to do, and gives back what was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, g
from flask_limiter._limits import RuntimeLimit
from flask_limiter.errors import RateLimitExceeded
from limits import parse
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge

from govnet.kernel.actor import VISITOR, Actor
from govnet.kernel.errors import Busy, GovnetError, RuleBroken, Stale
from govnet.kernel.transaction import nothing_saved
from govnet.kernel.translation import either
from govnet.permissions import Can, refusal
from tests.builders import a_network, a_steering_member
from tests.pages import Html, check


@pytest.fixture
def in_uk(app: Flask) -> Iterator[Flask]:
    """A member's browser has just sent a form somewhere in the network."""
    with app.app_context():
        network = a_network()
        a_steering_member(network, "Sam Steering")
        with app.test_request_context("/uk/forum/1", method="POST", data={"body": "My long thought"}):
            g.network, g.actor = network, Actor(person_id=1, name="Una", network_id=network.id)
            yield app


def shown(app: Flask, error: Exception) -> tuple[int, Html]:
    nothing_saved()  # as at the beginning of a request
    response = app.make_response(app.handle_user_exception(error))
    html = Html(response.get_data(as_text=True))
    check(html, str(error))
    return response.status_code, html


def test_people_without_the_right_read_who_has_it_and_whom_to_ask(in_uk: Flask) -> None:
    status, html = shown(in_uk, refusal(Can.RECORD_DECISION))
    assert status == 403
    assert "Only the committee or the coordinator can record a decision taken elsewhere." in html.text
    assert "You can ask Sam Steering." in html.text
    assert "My long thought" in html.text


def test_several_whom_to_ask_stand_in_a_list(in_uk: Flask) -> None:
    a_steering_member(g.network, "Bo Steering")
    _status, html = shown(in_uk, refusal(Can.RECORD_DECISION))
    assert "You can ask Sam Steering or Bo Steering." in html.text
    assert either(["Ann", "Bo", "Cy"]) == "Ann, Bo or Cy"


def test_people_who_were_signed_out_while_writing_can_sign_in_beside_and_then_send_it(in_uk: Flask) -> None:
    g.actor = VISITOR
    status, html = shown(in_uk, refusal(Can.RECORD_DECISION))
    assert status == 403
    assert "Sign in, in a new tab" in html.text
    assert "My long thought" in html.text
    assert "Sam Steering" not in html.text
    assert {field["name"]: field["value"] for field in html.forms[0]["fields"]}["body"] == "My long thought"


def test_people_who_were_overtaken_see_both_texts(in_uk: Flask) -> None:
    status, html = shown(in_uk, Stale("It was changed.", newer="Their words", yours="My words"))
    assert status == 409
    assert "Their words" in html.text
    assert "My words" in html.text


def test_a_person_who_broke_a_rule_reads_which(in_uk: Flask) -> None:
    status, html = shown(in_uk, RuleBroken("This closed at 18:00."))
    assert status == 422
    assert "This closed at 18:00." in html.text
    assert "My long thought" in html.text


def test_people_who_tried_too_often_read_when_to_come_back(in_uk: Flask) -> None:
    limit = RuntimeLimit(parse("5 per 10 minute"), key_func=str, scope=None)
    status, html = shown(in_uk, RateLimitExceeded(limit))
    assert status == 429
    assert "in 10 minutes at the latest" in html.text


def test_only_a_refusal_says_when_to_come_back(in_uk: Flask, client) -> None:
    seen = [client.post("/sign-in", data={"email": "x"}) for _ in range(40)]
    told = {response.status_code: response.headers.get("Retry-After") for response in seen}
    told.update(
        (code, client.get(path).headers.get("Retry-After")) for path, code in (("/uk/", 200), ("/uk/x", 404))
    )
    assert [code for code, hint in told.items() if hint] == [code for code in told if code in (429, 503)]


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotFound(), 404, "There is no such page"),
        (MethodNotAllowed(), 405, "only works when a form is sent"),
        (RequestEntityTooLarge(), 413, "at most 1 MB"),
        (Busy("Many people write at this moment."), 503, "it will not be saved twice"),
        (GovnetError("No."), 422, "Nothing was changed"),
    ],
)
def test_every_other_refusal_is_a_page_of_the_network(
    in_uk: Flask, error: Exception, status: int, words: str
) -> None:
    seen, html = shown(in_uk, error)
    assert seen == status
    assert words in html.text
    assert "The UK network" in html.text


def test_a_fault_of_ours_has_a_number_and_no_traceback(in_uk: Flask) -> None:
    with in_uk.test_client() as client:
        in_uk.view_functions["home.about"], kept = _broken, in_uk.view_functions["home.about"]
        try:
            response = client.get("/uk/about")
        finally:
            in_uk.view_functions["home.about"] = kept
    html = Html(response.text)
    assert response.status_code == 500
    assert "send us this number" in html.text
    assert "Traceback" not in html.text
    assert "kettle" not in html.text


def _broken(**_values: object) -> str:
    raise KeyError("kettle")
