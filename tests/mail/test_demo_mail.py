"""The demo's mailbox."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from govnet.demo.caught import folder_in
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.incoming import intake
from govnet.mail.preferences import actions
from govnet.membership import duties
from govnet.membership.models import Membership, MembershipState
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from tests import builders
from tests.mailbox import mailbox
from tests.pages import opened, send


@pytest.fixture
def demo(app, monkeypatch, tmp_path):
    """A site in demo mode, with a network and two mails that were sent."""
    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    with app.app_context(), mailbox(app, folder_in(str(tmp_path))) as box:
        network_id = builders.a_network().id
        for name in ("eve", "fay"):
            with transaction():
                network = db.session.get(builders.Network, network_id)
                actions.subscribe_address(network, f"{name}@example.org", f"{name.title()} <b>")
        box.deliver()


def test_every_mail_can_be_read_newest_first(client, demo):
    html = opened(client, "/demo/mail")
    assert html.text.index("fay@example.org") < html.text.index("eve@example.org")
    assert "Do you want the mail of The UK network?" in html.text


def test_the_mails_to_one_address_can_be_picked_out(client, demo):
    html = opened(client, "/demo/mail?to=eve@example.org")
    assert "eve@example.org" in html.text
    assert "fay@example.org" not in html.text


def test_older_pages_are_reached(client, demo, monkeypatch):
    monkeypatch.setattr("govnet.demo.mail_views.ON_A_PAGE", 1)
    html = opened(client, "/demo/mail")
    older = next(href for href in html.links if "before=" in href)
    assert "eve@example.org" in opened(client, older).text


def test_one_mail_shows_its_text_its_fields_and_its_html_in_a_sandbox(client, demo):
    html = opened(client, "/demo/mail/1")
    assert "Auto-Submitted" in html.text
    assert any("/mail/confirm/" in href for href in html.links)
    response = client.get("/demo/mail/1.html")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert '<base target="_top">' in response.text
    assert "frame-ancestors 'self'" in policy


def test_the_raw_mail_is_what_went_over_the_wire(client, demo):
    response = client.get("/demo/mail/1.eml")
    assert response.mimetype == "message/rfc822"
    assert response.data.startswith(b"To: ")
    assert b"\r\n\r\n" in response.data


@pytest.mark.parametrize("path", ["/demo/mail/99", "/demo/mail/99.html", "/demo/mail/99.eml", "/demo/mail/x"])
def test_a_mail_that_is_not_there_is_not_found(client, demo, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/demo/mail", "/demo/mail/1", "/demo/mail/1.html", "/demo/mail/1.eml"])
def test_a_real_site_has_no_such_pages(client, demo, app, monkeypatch, path):
    monkeypatch.setitem(app.config, "DEMO", False)
    assert client.get(path).status_code == 404


def test_a_mail_that_a_program_reads_can_be_answered_there(client, app, monkeypatch, tmp_path):
    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    monkeypatch.setitem(app.config, "MAIL_REPLIES", "replies+{token}@govnet.example.org")
    with app.app_context(), mailbox(app, folder_in(str(tmp_path))) as box:
        network = builders.a_network()
        rows = read_roster(
            b"name,email,organisation,kind,as\nNell Found,nell@example.org,,individual,member\n"
        ).rows
        with transaction():
            imports.import_roster(network, rows, go=True, via=Door.CLI)
        duties.ask_found()
        box.deliver()
    assert send(client, "/demo/mail/1", {"words": ""}).status_code == 422
    assert send(client, "/demo/mail/1", {"words": "Yes"}, follow=False).status_code == 303
    with app.app_context():
        assert intake.run() == 1
        assert db.session.scalars(select(Membership.state)).all() == [MembershipState.ACTIVE]


def test_a_mail_to_whose_address_nobody_listens_cannot_be_answered_there(client, demo):
    assert "Send the answer" not in opened(client, "/demo/mail/1").text
    assert client.post("/demo/mail/1/answer").status_code in (400, 404)
