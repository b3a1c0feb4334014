"""An announcement for members only is read by members only, wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest

from govnet.announcements.models import Announcement, Audience
from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.mail.models import Delivery, Rendering
from tests import builders
from tests.announcements.builders import a_draft, sent
from tests.pages import opened


@pytest.fixture
def uk(client: Any, app: Any) -> Any:
    with app.app_context():
        yield builders.a_network(list_address="old-list@example.org")
        db.session.remove()


@pytest.fixture
def cory(uk: Any) -> Any:
    return builders.a_coordinator(uk)


@pytest.fixture
def row(uk: Any, cory: Any, time: MovedClock) -> Announcement:
    """One for members only, after one for everybody."""
    sent(uk, cory, time)
    draft = a_draft(uk, cory, audience=Audience.MEMBERS, subject="Our purse", source="It is *empty*.")
    return sent(uk, cory, time, draft)


def test_a_visitor_finds_nothing_of_it(client: Any, row: Announcement) -> None:
    for url in ("announcements", "announcements.json", "record", "record.json"):
        page = client.get(f"/uk/{url}")
        assert (page.status_code, "Our purse" in page.text) == (200, False), url
    assert "Spring news" in client.get("/uk/announcements").text
    for url in (f"announcements/{row.id}", f"announcements/{row.id}.json", f"announcements/{row.id}/mail"):
        page = client.get(f"/uk/{url}")
        assert page.status_code != 200
        assert "Our purse" not in page.text and "empty" not in page.text


def test_a_member_reads_it_on_the_site(client: Any, uk: Any, row: Announcement) -> None:
    builders.sign_in(client, builders.a_member(uk))
    assert "Our purse" in opened(client, "/uk/announcements").text
    assert "Our purse" in client.get("/uk/announcements.json").text
    page = opened(client, f"/uk/announcements/{row.id}")
    assert "empty" in page.text and "for members only" in page.text
    assert client.get(f"/uk/announcements/{row.id}.json").json["text"] == "It is *empty*."
    assert "Our purse" in client.get("/uk/record").text


def test_it_does_not_go_to_the_mailing_list_elsewhere(uk: Any, row: Announcement) -> None:
    query = db.select(Rendering.subject).join(Delivery, Delivery.rendering_id == Rendering.id)
    query = query.where(Delivery.address == "old-list@example.org")
    assert [subject for subject in db.session.scalars(query) if "purse" in subject] == []
    assert len(db.session.scalars(query).all()) == 1


def test_a_correction_for_everybody_does_not_name_it(
    client: Any, uk: Any, cory: Any, row: Any, time: Any
) -> None:
    key = row.id
    correction = sent(uk, cory, time, a_draft(uk, cory, subject="For all", corrects_id=key))
    with transaction():
        bodies = db.session.scalars(db.select(Rendering.body).where(Rendering.subject == "For all")).all()
    assert bodies and not any(b"purse" in (body or b"") for body in bodies)
    assert "Our purse" not in opened(client, f"/uk/announcements/{correction.id}").text


@pytest.mark.parametrize(
    ("audience", "said"),
    [
        (Audience.EVERYBODY, "Everybody can read it on the site."),
        (
            Audience.MEMBERS,
            "Only members can read it on the site. It does not go to a mailing list elsewhere.",
        ),
    ],
)
def test_the_page_says_who_will_read_it_before_it_goes(
    client: Any, uk: Any, cory: Any, audience: Audience, said: str
) -> None:
    draft = a_draft(uk, cory, audience=audience)
    builders.sign_in(client, cory)
    page = opened(client, f"/uk/announcements/{draft.id}/check")
    assert said in page.text
    assert ("and the mailing list elsewhere" in page.text) == (audience is Audience.EVERYBODY)
