"""Numbers in addresses and hidden fields that no database could hold: they name nothing, and break nothing."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from tests.builders import a_coordinator, a_network, sign_in
from tests.pages import ask, opened, send

HUGE = "99999999999999999999"


@pytest.mark.parametrize(
    "address",
    [
        f"proposals/new?thread={HUGE}",
        f"proposals/new?matter=money&thread={HUGE}",
        f"proposals/new?matter=charter&replaces={HUGE}",
        f"proposals/new?matter=money&replaces={HUGE}",
        f"letters/new?thread={HUGE}",
        f"announcements/new?corrects={HUGE}",
        f"decisions?year={HUGE}&topic={HUGE}&page={HUGE}",
        f"forum?page={HUGE}",
        f"members?page={HUGE}",
        f"members?page={'9' * 5000}",
        f"letters?page={HUGE}",
        f"record?before={HUGE}",
        "record?before=-1",
    ],
)
def test_a_number_too_large_for_any_database_names_nothing(app: Flask, address: str) -> None:
    with app.app_context():
        client = sign_in(app.test_client(), a_coordinator(a_network()))
    opened(client, f"/uk/{address}")


def test_sending_such_a_form_is_answered_like_any_other(app: Flask) -> None:
    with app.app_context():
        client = sign_in(app.test_client(), a_coordinator(a_network()))
    asked = ask(client, f"/uk/proposals/new?matter=money&thread={HUGE}", {"question": "So?", "text": "So."})
    assert asked.status_code == 200
    words = {"subject": "News", "body": "Some.", "corrects": HUGE}
    assert send(client, "/uk/announcements/new", words).status_code == 422


def test_whatever_a_question_in_an_address_is_called_the_address_is_built(app: Flask) -> None:
    names = ("rule", "self", "args", "endpoint_", "map", "url_scheme", "append_unknown")
    with app.test_request_context("/"):
        for name in names:
            assert url_for("accounts.sign_in", **{name: "x"}) == f"/sign-in?{name}=x"
