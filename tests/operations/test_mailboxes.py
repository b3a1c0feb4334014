"""An address that no mail can go to is refused at the door; one that is there already stops nothing and is shown."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.mail.delivery.claim import Cover
from govnet.mail.delivery.sender import envelope
from govnet.mail.models import Delivery, Mail
from govnet.mail.volume import News
from govnet.operations.health import checks
from tests import builders
from tests.charter.test_founding_file import said, table
from tests.mail.conftest import say, tell
from tests.mail.conftest import teller as teller
from tests.mail.conftest import templates as templates

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize("kept", ["zo\u00eb@example.org", "o\u2019brien@example.org", "ann@[192.0.2.1]"])
def test_an_address_from_an_earlier_release_stops_no_mail_and_is_shown(kept, teller):
    network = builders.a_network()
    with transaction():
        network.contact_email = kept
    bob = builders.a_member(network, "Bob")
    teller.tells(people=[builders.a_member(network, "Ann").id], news=News.ANNOUNCEMENT)
    say(network, bob)
    tell()
    parcel = db.session.scalars(select(Delivery)).one()
    mail = db.session.scalars(select(Mail)).one()
    written = envelope(parcel, Cover(mail.kind, mail.contact, "https://example.org/unsubscribe/"))
    assert (written.reply_to, len(written.unsubscribe)) == (None, 1)
    well, words = checks.CHECKS["addresses"]()
    assert (well, f"uk: {kept}" in words) == (False, True)


@pytest.mark.parametrize("cell", ["contact__email", "network__list_address", "committee__seats__0__email"])
def test_a_founding_names_each_address_that_no_mail_can_go_to(cell):
    (trouble,) = said(table(**{cell: "zo\u00eb@example.org"}))
    assert "\u201c\u00eb\u201d cannot be before the @" in trouble


def test_doctor_is_content_with_mailboxes_that_can_be_written_to():
    builders.a_network(list_address="list@xn--bcher-kva.example")
    assert checks.CHECKS["addresses"]() == (True, "mail can go to each network\u2019s mailbox")
