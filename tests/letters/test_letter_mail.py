"""The recipients of mails about a letter, their texts, and the people who get none."""

from __future__ import annotations

import quopri
from datetime import timedelta

import pytest
from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.letters import closing, queries, sending
from govnet.letters.sending import Reply
from govnet.mail.models import Rendering
from govnet.mail.preferences import actions
from govnet.mail.volume import Stance, Volume
from govnet.people.models import Person
from tests.builders import a_member, acting
from tests.decisions.builders import a_discussion
from tests.decisions.mails import names_of, told
from tests.letters.builders import a_letter, closed, later, sent, sign, the

pytestmark = pytest.mark.usefixtures("context")


def takes(person: Person, network: Network, volume: Volume) -> None:
    with transaction():
        actions.set_volume(acting(person, network), network, volume)


def body(subject: str) -> str:
    """The words of the newest mail with that in its subject, text and HTML, with single blanks."""
    query = select(Rendering.body).where(Rendering.subject.contains(subject)).order_by(Rendering.id.desc())
    found = db.session.scalars(query.limit(1)).one()
    return " ".join(quopri.decodestring(found or b"").decode().split())


def test_an_opening_is_announced_only_to_those_who_want_everything(network: Network, ann: Person) -> None:
    bo, _cy = a_member(network, "Bo Example"), a_member(network, "Cy Example")
    takes(bo, network, Volume.EVERYTHING)
    a_letter(network, ann)
    told()
    assert names_of("Names until") == ["Bo Example"]
    assert "It speaks for the people who sign it, not for the network. A signature is public." in body(
        "Names until"
    )


def test_followers_of_the_discussion_it_came_from_are_notified(network: Network, ann: Person) -> None:
    cy = a_member(network, "Cy Example")
    thread = a_discussion(network, ann)
    with transaction():
        actions.take_stance(acting(cy, network), network, "thread", thread.id, Stance.FOLLOW)
    a_letter(network, ann, thread=thread)
    told()
    assert names_of("Names until") == ["Cy Example"]


def test_signers_are_notified_of_a_letter_s_later_steps(
    network: Network, ann: Person, time: MovedClock
) -> None:
    bo, _cy = a_member(network, "Bo Example"), a_member(network, "Cy Example")
    letter_id = a_letter(network, ann)
    sign(letter_id, bo)
    closed(letter_id, time)
    told()
    assert names_of("To be sent now") == ["Ann Example", "Bo Example"]
    assert "It is signed by 2 members." in body("To be sent now")
    sent(letter_id, ann, due=later(9))
    told()
    assert names_of("Sent: Publish") == ["Bo Example"]
    with transaction():
        letter = queries.whole(letter_id)
        by = acting(ann, letter.network)
        sending.answered(letter, Reply(later(0), "We shall publish them."), by=by, via=Door.WEB)
    told()
    assert names_of("A reply came") == ["Bo Example"]
    assert "We shall publish them." in body("A reply came")


def test_people_who_want_only_votes_get_no_mail_about_letters(
    network: Network, ann: Person, time: MovedClock
) -> None:
    bo = a_member(network, "Bo Example")
    takes(bo, network, Volume.VOTES)
    letter_id = a_letter(network, ann)
    sign(letter_id, bo)
    closed(letter_id, time)
    told()
    assert names_of("To be sent now") == ["Ann Example"]


def test_closing_early_and_taking_back_are_announced_with_the_reason(network: Network, ann: Person) -> None:
    bo, letter_id = a_member(network, "Bo Example"), a_letter(network, ann)
    sign(letter_id, bo)
    for act, why in ((closing.close_early, "The hearing is soon."), (closing.withdraw, "They did it.")):
        with transaction():
            letter = queries.whole(letter_id)
            act(letter, why, by=acting(ann, letter.network), via=Door.WEB)
        told()
    assert names_of("To be sent now") == names_of("Taken back") == ["Bo Example"]
    assert "The hearing is soon." in body("To be sent now")
    assert "They did it." in body("Taken back")
    assert "Nothing is sent in your name" in body("Taken back")


def test_only_the_author_is_notified_that_the_reply_is_overdue(
    network: Network, ann: Person, time: MovedClock
) -> None:
    bo, letter_id = a_member(network), a_letter(network, ann)
    sign(letter_id, bo)
    closed(letter_id, time)
    sent(letter_id, ann, due=later(2))
    time.move(timedelta(days=3))
    db.session.rollback()
    assert closing.remind_due() == 1
    told()
    assert names_of("No reply by") == ["Ann Example"]
    assert the(letter_id).reply_due is not None
    assert "this is a good time to ask again" in body("No reply by")
