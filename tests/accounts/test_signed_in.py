"""Being signed in, and no longer."""

import pytest

from tests import builders
from tests.pages import opened, send


def test_a_visitor_who_opens_a_private_page_is_led_to_sign_in(client, app):
    response = client.get("/me")
    assert (response.status_code, response.location) == (303, "/sign-in?next=/me")


def test_signing_out_ends_the_session_even_for_a_copied_cookie(client, app):
    with app.app_context():
        person = builders.a_person("Ada Example")
        builders.sign_in(client, person)
    assert "Ada Example" in opened(client, "/me").text
    cookie = client.get_cookie("govnet").value
    send(client, "/sign-out", {})
    client.set_cookie("govnet", cookie)
    assert client.get("/me").status_code == 303


@pytest.mark.parametrize(
    ("page", "action"),
    [("/sign-out", ""), ("/me/security", "end-all"), ("/me/security", "/end"), ("/me/remove-my-name", "")],
)
def test_people_who_leave_a_browser_leave_no_page_in_its_cache(client, app, page, action):
    with app.app_context():
        builders.sign_in(client, builders.a_person("Ada Example"))
    typed = {"word": "remove"} if page.endswith("name") else {}
    left = send(client, page, typed, action=action, follow=False)
    assert (left.status_code, left.headers["Clear-Site-Data"]) == (303, '"cache"')


def test_a_page_that_is_not_there_says_so(client):
    opened(client, "/nowhere/at/all", 404)
    opened(client, "/99999999999999999999/", 404)
