"""Failures of the worker are shown to everybody who can do something about them."""

from __future__ import annotations

from govnet.kernel import duties
from govnet.operations.health import checks
from tests import builders


def test_rows_set_aside_are_shown_to_doctor_monitor_and_desk(client, app):
    with app.app_context():
        officer = builders.a_steering_member(builders.a_network())
        for _turn in range(duties.TRIES):
            duties.failed("close proposals", 7, ValueError("poison"))
        well, words = checks.CHECKS["duties"]()
        builders.sign_in(client, officer)
        assert (well, "close proposals (7: ValueError: poison)" in words) == (False, True)
    assert client.get("/healthz").text == "ok\nset aside: close proposals (1)\n"
    assert "1 automatic task of the server has failed" in client.get("/uk/desk").text
