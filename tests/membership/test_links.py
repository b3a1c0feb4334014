"""Links in membership's mails: they end, say what to do then, and cannot be made."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from govnet.extensions import db
from govnet.kernel.errors import Gone, NotFound, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.membership import signed_links
from govnet.membership.organisations import actions
from govnet.people.models import Organisation
from tests import builders
from tests.membership.people import a_network_with_rules, applies, link_in, mails_to
from tests.pages import Html, opened

PURPOSES = ("application", "membership", "claim")


def of_the_first_release(app, purpose, *ids):
    return URLSafeSerializer(app.config["MAIL_KEY"], salt=f"govnet.membership.{purpose}").dumps(list(ids))


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.usefixtures("context")
def test_a_link_ends_half_a_year_after_its_mail(time, purpose):
    token = signed_links.token_for(purpose, 1, 2)
    time.move(signed_links.LASTS)
    assert signed_links.ids_of(purpose, token, 2) == [1, 2]
    time.move(timedelta(days=1))
    with pytest.raises(Gone, match="end after 180 days"):
        signed_links.ids_of(purpose, token, 2)
    assert signed_links.ids_of(purpose, signed_links.token_for(purpose, 1, 2), 2) == [1, 2]


@pytest.mark.usefixtures("context")
def test_a_link_that_was_mailed_before_links_had_an_end_works_until_a_day(app, time):
    token = of_the_first_release(app, "membership", 3, 4)
    assert signed_links.ids_of("membership", token, 2) == [3, 4]
    time.move(to=datetime.fromisoformat("2027-03-01T00:00:00+00:00"))
    with pytest.raises(Gone):
        signed_links.ids_of("membership", token, 2)


def test_no_token_can_be_made_from_another(app, time):
    with app.app_context():
        new, old = signed_links.token_for("application", 1), of_the_first_release(app, "application", 1)
        body, date, seal = new.split(".")
        made = [f"{body}.{seal}", f"{body}.{date}", f".{new}", f"{new}.", f"{old}.{date}", f"{old}.{seal}",
                f"{body}.{date}.{old.split('.')[1]}", f"{body}..{seal}", "", ".", "..", "é.é"]  # fmt: skip
        for token in made:
            with pytest.raises(NotFound):
                signed_links.ids_of("application", token)
        for purpose in ("membership", "claim"):
            with pytest.raises(NotFound):
                signed_links.ids_of(purpose, new)

        @given(st.text(max_size=80))
        def anything(token: str) -> None:
            with pytest.raises(NotFound):
                signed_links.ids_of("application", token)

        anything()


def test_an_ended_link_opens_a_page_that_says_where_a_new_one_comes_from(app, client, time):
    with app.app_context():
        network = a_network_with_rules()
        applies(network, email="ada@example.org")
        path = urlsplit(link_in(mails_to("ada@example.org")[0][1], "applications/mine")).path
    opened(client, path)
    time.move(timedelta(days=181))
    for answer in (client.get(path), client.get(f"/uk/membership/{path.rpartition('/')[2]}")):
        assert answer.status_code in (410, 404)
    assert "Enter your address in the form to join" in Html(client.get(path).text).text


@pytest.mark.usefixtures("context")
def test_somebody_whose_invitation_ended_can_be_named_again(time):
    network = builders.a_network()
    sam = builders.a_person("Sam Speaker")
    organisation_id = builders.an_organisation(network, "Involve", spoken_for_by=sam).id

    def name() -> None:
        organisation = db.session.get_one(Organisation, organisation_id)
        by = builders.acting(db.session.get_one(builders.Person, sam.id), network)
        with transaction():
            actions.invite(network, organisation, "Vera", "vera@example.org", False, by=by)

    name()
    with pytest.raises(RuleBroken):
        name()
    time.move(timedelta(days=181))
    name()
    first, second = (link_in(mail[1], "organisations/named") for mail in mails_to("vera@example.org"))
    assert first != second
