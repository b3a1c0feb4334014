"""Letters as they happen: who may do what when, what stays, and what the record and the database make of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from govnet.accounts import erasure
from govnet.accounts.export import everything_held
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import NotAllowed, RuleBroken, Stale
from govnet.kernel.transaction import transaction
from govnet.letters import actions, closing, labels, queries, sending
from govnet.letters.models import Letter, Signature
from govnet.letters.rules import LetterState, SignatureCount
from govnet.letters.sending import Reply, Sending
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Person, Representation
from govnet.record.models import Entry
from govnet.record.queries import details
from govnet.record.registry import address, sentence
from tests.builders import (
    a_coordinator,
    a_member,
    a_person,
    a_steering_member,
    acting,
    an_organisation,
)
from tests.chain import faults_of
from tests.letters.builders import a_draft, a_letter, closed, later, sent, sign, the

pytestmark = pytest.mark.usefixtures("context")


def count(letter_id: int) -> SignatureCount:
    return queries.count_of(letter_id)


def does(act: Any, letter_id: int, *what: Any, by: Person, **more: Any) -> None:
    """Have the person do that with the letter."""
    with transaction():
        letter = queries.whole(letter_id)
        act(letter, *what, by=acting(by, letter.network), via=Door.WEB, **more)


def entries(verb: str) -> list[dict[str, Any]]:
    found = db.session.scalars(select(Entry).where(Entry.verb == verb).order_by(Entry.number))
    return [details(each) for each in found]


def test_an_author_s_name_stands_first_under_the_letter(network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    names = queries.signatures(letter_id)
    assert [(each.name, each.person_id) for each in names] == [("Ann Example", ann.id)]
    assert the(letter_id).state is LetterState.OPEN
    assert labels.signed_by(count(letter_id)) == "signed by 1 member"


def test_members_and_organisations_sign_each_once_and_are_counted_apart(
    network: Network, ann: Person
) -> None:
    bo = a_member(network, "Bo Example")
    club = an_organisation(network, "Open Club", spoken_for_by=bo)
    letter_id = a_letter(network, ann)
    sign(letter_id, bo)
    sign(letter_id, bo, str(club.id))
    assert count(letter_id) == SignatureCount(2, 1)
    assert labels.signed_by(count(letter_id)) == "signed by 2 members and 1 organisation"
    assert [each.name for each in queries.signatures(letter_id)] == ["Open Club", "Ann Example", "Bo Example"]


@pytest.mark.parametrize(
    ("signed", "said"),
    [
        (SignatureCount(43, 5), "signed by 43 members and 5 organisations"),
        (SignatureCount(0, 1), "signed by 1 organisation"),
        (SignatureCount(1, 0), "signed by 1 member"),
        (SignatureCount(), "not signed yet"),
    ],
)
def test_a_letter_says_how_many_signed_and_never_the_network(signed: SignatureCount, said: str) -> None:
    assert labels.signed_by(signed) == said


def test_nobody_signs_twice_in_the_same_name(network: Network, ann: Person) -> None:
    ali = a_member(network)
    club = an_organisation(network, "Open Club", spoken_for_by=ann)
    start = clock.today(network.zone) - timedelta(days=5)
    with transaction():
        db.session.add(Representation(organisation_id=club.id, person_id=ali.id, start=start))
    letter_id = a_letter(network, ann, party=str(club.id))
    with pytest.raises(RuleBroken, match="“Open Club” has already signed this letter"):
        sign(letter_id, ali, str(club.id))
    assert count(letter_id) == SignatureCount(0, 1)


@pytest.mark.parametrize("party", ["me", "organisation"])
def test_the_database_holds_each_party_once(network: Network, ann: Person, party: str) -> None:
    club = an_organisation(network, "Open Club", spoken_for_by=ann)
    letter_id = a_letter(network, ann, party="me" if party == "me" else str(club.id))
    same = queries.signatures(letter_id)[0]
    again = {c: getattr(same, c) for c in
             ("letter_id", "membership_id", "person_id", "organisation_id", "signed_by_id", "name", "at")}  # fmt: skip
    with pytest.raises(IntegrityError), transaction():
        db.session.add(Signature(**again))


def test_nobody_signs_for_an_organisation_that_they_do_not_speak_for(network: Network, ann: Person) -> None:
    club = an_organisation(network, "Open Club", spoken_for_by=a_member(network))
    letter_id = a_letter(network, ann)
    for party in (str(club.id), "7000", "", "x"):
        with pytest.raises(RuleBroken, match="for a member organisation that you speak for"):
            sign(letter_id, ann, party)


def test_people_who_are_no_members_neither_start_nor_sign(network: Network, ann: Person) -> None:
    stranger = a_person("Sid Stranger")
    letter_id = a_letter(network, ann)
    with pytest.raises(NotAllowed, match="Only members can sign this letter"):
        sign(letter_id, stranger)
    with pytest.raises(NotAllowed, match="Only members can start a letter"):
        a_letter(network, stranger)


def test_a_suspended_member_does_not_sign(network: Network, ann: Person) -> None:
    bo = a_member(network, state=MembershipState.SUSPENDED)
    letter_id = a_letter(network, ann)
    with pytest.raises(NotAllowed):
        sign(letter_id, bo)


def test_at_the_deadline_no_name_is_added_or_taken_back_even_before_the_worker_looks(
    network: Network, ann: Person, time: MovedClock
) -> None:
    bo = a_member(network)
    letter_id = a_letter(network, ann)
    time.move(to=the(letter_id).deadline - timedelta(seconds=1))
    sign(letter_id, bo)
    time.move(timedelta(seconds=1))
    db.session.rollback()
    with pytest.raises(RuleBroken, match="This closed less than a minute ago"):
        sign(letter_id, a_member(network))
    with pytest.raises(RuleBroken, match="neither added nor taken back"):
        does(actions.take_back, letter_id, "me", by=bo)
    assert count(letter_id) == SignatureCount(2, 0)


def test_a_name_can_be_taken_back_and_given_again_until_the_deadline(network: Network, ann: Person) -> None:
    bo = a_member(network)
    letter_id = a_letter(network, ann)
    sign(letter_id, bo)
    does(actions.take_back, letter_id, "me", by=bo)
    assert count(letter_id) == SignatureCount(1, 0)
    with pytest.raises(RuleBroken, match="has not signed this letter"):
        does(actions.take_back, letter_id, "me", by=bo)
    sign(letter_id, bo)
    assert count(letter_id) == SignatureCount(2, 0)


def test_words_change_until_somebody_else_has_signed_them(network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    does(actions.edit, letter_id, a_draft(network, text="Better words."), by=ann, seen=1)
    assert (the(letter_id).text, the(letter_id).version) == ("Better words.", 2)
    bo = a_member(network)
    sign(letter_id, bo)
    with pytest.raises(RuleBroken, match="Somebody else has signed it, so its text can no longer be changed"):
        does(actions.edit, letter_id, a_draft(network, text="Worse."), by=ann, seen=2)
    does(actions.take_back, letter_id, "me", by=bo)
    does(actions.edit, letter_id, a_draft(network, text="Best."), by=ann, seen=2)
    assert the(letter_id).html == "<p>Best.</p>\n"


def test_words_changed_in_another_window_are_not_lost(network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    does(actions.edit, letter_id, a_draft(network, text="First."), by=ann, seen=1)
    with pytest.raises(Stale) as found:
        does(actions.edit, letter_id, a_draft(network, text="Second."), by=ann, seen=1)
    assert (found.value.newer, found.value.yours) == ("First.", "Second.")


def test_nobody_else_changes_closes_or_takes_back_a_letter(network: Network, ann: Person) -> None:
    sam = a_steering_member(network)
    letter_id = a_letter(network, ann)
    with pytest.raises(NotAllowed, match="can change it or take it back"):
        does(actions.edit, letter_id, a_draft(network), by=sam, seen=1)
    for act in (closing.close_early, closing.withdraw):
        with pytest.raises(NotAllowed, match="can change it or take it back"):
            does(act, letter_id, "Because.", by=sam)


def test_nobody_signs_words_that_changed_while_they_read(network: Network, ann: Person) -> None:
    letter_id, bo = a_letter(network, ann), a_member(network)
    does(actions.edit, letter_id, a_draft(network, text="Other words."), by=ann, seen=1)
    with pytest.raises(RuleBroken, match="The text was changed while you were reading it"):
        does(actions.sign, letter_id, "me", by=bo, seen=1)


def test_the_database_keeps_words_that_somebody_else_has_signed(network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    change = update(Letter).where(Letter.id == letter_id)
    with transaction():
        db.session.execute(change.values(text="Still mine."))
    sign(letter_id, a_member(network))
    for values in ({"text": "x"}, {"html": "x"}, {"title": "x"}, {"addressed_to": "x"},
                   {"deadline": clock.now() + timedelta(days=30)}):  # fmt: skip
        with pytest.raises(IntegrityError, match="never change once somebody else has signed"), transaction():
            db.session.execute(change.values(values))
    with pytest.raises(IntegrityError, match="stays on record"), transaction():
        db.session.execute(text("DELETE FROM letter"))


def test_the_database_takes_no_name_and_lets_go_of_none_once_a_letter_is_closed(
    network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id, bo = a_letter(network, ann), a_member(network)
    membership = db.session.scalars(select(Membership.id).where(Membership.person_id == bo.id)).one()
    closed(letter_id, time)
    late = Signature(letter_id=letter_id, membership_id=membership, person_id=bo.id, signed_by_id=bo.id,
                     name="Bo", at=clock.now())  # fmt: skip
    with pytest.raises(IntegrityError, match="only while a letter is open"), transaction():
        db.session.add(late)
    for change in (
        delete(Signature).where(Signature.letter_id == letter_id),
        update(Signature).where(Signature.letter_id == letter_id).values(name="Somebody else"),
    ):
        with pytest.raises(IntegrityError, match="only while a letter is open"), transaction():
            db.session.execute(change)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Letter).values(state=LetterState.OPEN, closed_at=None))


def test_the_worker_closes_a_letter_at_its_deadline_once(
    network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    assert closing.close_due() == 0
    closed(letter_id, time)
    assert closing.close_due() == 0
    letter = the(letter_id)
    assert (letter.state, letter.closed_at) == (LetterState.GATHERED, letter.deadline)
    entry = entries("letters.closed")
    assert [(each["members"], each["organisations"]) for each in entry] == [(1, 0)]
    assert entry[0]["digest"] == actions.digest(letter.text)


def test_an_author_closes_early_with_a_reason(network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    with pytest.raises(RuleBroken, match="Say why"):
        does(closing.close_early, letter_id, " ", by=ann)
    does(closing.close_early, letter_id, "The hearing is on Friday.", by=ann)
    assert the(letter_id).state is LetterState.GATHERED
    with pytest.raises(RuleBroken, match="already closed for signing"):
        does(closing.close_early, letter_id, "Again.", by=ann)
    with pytest.raises(RuleBroken, match="closed this letter early"):
        sign(letter_id, a_member(network))


def test_a_letter_is_taken_back_with_a_reason_before_it_is_sent(network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    with pytest.raises(RuleBroken, match="Say why"):
        does(closing.withdraw, letter_id, "", by=ann)
    does(closing.withdraw, letter_id, "The board published them.", by=ann)
    for act, words_ in (
        (closing.withdraw, "already been taken back"),
        (closing.close_early, "already closed for signing"),
    ):
        with pytest.raises(RuleBroken, match=words_):
            does(act, letter_id, "Again.", by=ann)
    with pytest.raises(RuleBroken, match="taken back by its author"):
        sign(letter_id, a_member(network))
    with pytest.raises(RuleBroken, match="it is not sent"):
        sent(letter_id, ann)


def test_a_letter_is_sent_after_it_closed_by_its_author_or_an_officer(
    network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    with pytest.raises(RuleBroken, match="It is still open for signing"):
        sent(letter_id, ann)
    closed(letter_id, time)
    bo, cory = a_member(network), a_coordinator(network)
    with pytest.raises(NotAllowed, match="say what became of it"):
        sent(letter_id, bo)
    sent(letter_id, cory, due=later(10))
    letter = the(letter_id)
    assert (letter.state, letter.sent_on, letter.reply_due) == (LetterState.SENT, later(0), later(10))
    with pytest.raises(RuleBroken, match="already recorded that it was sent"):
        sent(letter_id, ann)
    with pytest.raises(RuleBroken, match="that has been sent can’t be taken back"):
        does(closing.withdraw, letter_id, "No.", by=ann)


def test_days_that_cannot_be_are_refused(network: Network, ann: Person, time: MovedClock) -> None:
    letter_id = a_letter(network, ann)
    closed(letter_id, time)
    with pytest.raises(RuleBroken, match="It was open for signing until"):
        sent(letter_id, ann, on=later(-1))
    with pytest.raises(RuleBroken, match="That day is in the future"):
        sent(letter_id, ann, on=later(1))
    with pytest.raises(RuleBroken, match="A reply is due after the letter was sent"):
        sent(letter_id, ann, due=later(0))


def test_a_letter_that_nobody_signs_any_more_is_not_sent(
    network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    does(actions.take_back, letter_id, "me", by=ann)
    closed(letter_id, time)
    with pytest.raises(RuleBroken, match="Nobody signed it"):
        sent(letter_id, ann)


def test_a_reply_comes_after_the_letter_was_sent_and_says_something(
    network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    closed(letter_id, time)
    with pytest.raises(RuleBroken, match="First record that it was sent"):
        does(sending.answered, letter_id, Reply(later(0), "Yes."), by=ann)
    sent(letter_id, ann)
    for reply, why in (
        (Reply(later(-1), "Yes."), "can’t have come before"),
        (Reply(later(1), "Yes."), "in the future"),
        (Reply(later(0)), "Enter what the reply says, or a link"),
        (Reply(later(0), "", "javascript:alert(1)"), "not the address of a page"),
    ):
        with pytest.raises(RuleBroken, match=why):
            does(sending.answered, letter_id, reply, by=ann)
    does(sending.answered, letter_id, Reply(later(0), "**Yes.**", "example.org/reply"), by=ann)
    letter = the(letter_id)
    assert (letter.state, letter.reply_url) == (LetterState.ANSWERED, "https://example.org/reply")
    assert letter.reply_html == "<p><strong>Yes.</strong></p>\n"
    with pytest.raises(RuleBroken, match="A reply is already recorded"):
        does(sending.answered, letter_id, Reply(later(0), "No."), by=ann)


def test_an_overdue_reply_is_reported_once_from_the_day_after(
    network: Network, ann: Person, time: MovedClock
) -> None:
    letter_id = a_letter(network, ann)
    closed(letter_id, time)
    sent(letter_id, ann, due=later(2))
    time.move(timedelta(days=2))
    db.session.rollback()
    assert closing.remind_due() == 0
    time.move(timedelta(days=1))
    db.session.rollback()
    assert closing.remind_due() == 1
    assert closing.remind_due() == 0
    assert len(entries("letters.overdue")) == 1
    assert labels.state(the(letter_id)) == "The reply is overdue"


def test_a_signature_stays_when_the_member_leaves_and_the_organisation_finds_another_voice(
    network: Network, ann: Person, time: MovedClock
) -> None:
    bo = a_member(network, "Bo Example")
    club = an_organisation(network, "Open Club", spoken_for_by=bo)
    letter_id = a_letter(network, ann)
    sign(letter_id, bo)
    sign(letter_id, bo, str(club.id))
    today = clock.today(network.zone)
    with transaction():
        ends = update(Membership).where(Membership.person_id == bo.id)
        db.session.execute(ends.values(state=MembershipState.RESIGNED, end=today))
        over = update(Representation).where(Representation.organisation_id == club.id)
        db.session.execute(over.values(end=today))
    assert [each.name for each in queries.signatures(letter_id)] == ["Open Club", "Ann Example", "Bo Example"]
    with pytest.raises(NotAllowed):
        does(actions.take_back, letter_id, str(club.id), by=bo)


def test_the_present_speaker_of_the_organisation_can_take_its_name_back(
    network: Network, ann: Person
) -> None:
    bo, cy = a_member(network), a_member(network)
    club = an_organisation(network, "Open Club", spoken_for_by=bo)
    letter_id = a_letter(network, ann)
    sign(letter_id, bo, str(club.id))
    today = clock.today(network.zone)
    with transaction():
        db.session.execute(update(Representation).values(end=today, is_primary=False))
        db.session.add(Representation(organisation_id=club.id, person_id=cy.id, start=today))
    does(actions.take_back, letter_id, str(club.id), by=cy)
    assert count(letter_id) == SignatureCount(1, 0)


def test_signers_who_remove_their_name_are_somebody_who_left_and_still_count(
    network: Network, ann: Person, time: MovedClock
) -> None:
    bo = a_member(network, "Bo Example")
    club = an_organisation(network, "Open Club", spoken_for_by=bo)
    letter_id = a_letter(network, ann)
    sign(letter_id, bo)
    sign(letter_id, bo, str(club.id))
    closed(letter_id, time)
    with transaction():
        erasure.erase_oneself("remove", by=acting(bo, db.session.merge(network)), via=Door.WEB)
    names = [labels.name(each) for each in queries.signatures(letter_id)]
    assert names == ["Open Club", "Ann Example", "somebody who left"]
    assert count(letter_id) == SignatureCount(2, 1)
    assert not [each for each in entries("letters.signed") if "Bo Example" in str(each)]
    assert faults_of(network.id) == []


def test_an_author_who_removes_their_name_leaves_the_letter_to_the_officers(
    network: Network, ann: Person, time: MovedClock
) -> None:
    sam, letter_id = a_steering_member(network), a_letter(network, ann)
    gone_id = a_letter(network, ann)
    does(closing.withdraw, gone_id, "I moved away.", by=ann)
    sign(letter_id, sam)
    with transaction():
        erasure.erase_oneself("remove", by=acting(ann, db.session.merge(network)), via=Door.WEB)
    assert (the(gone_id).why, the(gone_id).author.name) == ("", "")
    closed(letter_id, time)
    sent(letter_id, sam)
    assert (the(letter_id).state, the(letter_id).author.name) == (LetterState.SENT, "")


def test_letters_that_a_person_started_and_signed_are_in_her_export(network: Network, ann: Person) -> None:
    bo = a_member(network, "Bo Example")
    club = an_organisation(network, "Open Club", spoken_for_by=bo)
    letter_id = a_letter(network, ann)
    sign(letter_id, bo)
    sign(letter_id, bo, str(club.id))
    started = everything_held(ann.id)["letters"]["started"]
    assert [each["text"] for each in started] == ["We, the undersigned, ask for **minutes**."]
    assert [each["as"] for each in everything_held(bo.id)["letters"]["signed"]] == ["Bo Example", "Open Club"]


def test_every_step_stands_in_the_record_and_leads_to_the_letter(
    network: Network, ann: Person, time: MovedClock, app: Any
) -> None:
    letter_id = a_letter(network, ann)
    closed(letter_id, time)
    sent(letter_id, ann)
    does(sending.answered, letter_id, Reply(later(0), "Yes."), by=ann)
    verbs = ("opened", "signed", "closed", "sent", "answered")
    found = [entries(f"letters.{verb}")[0] for verb in verbs]
    assert [sentence(each) for each in found] == [
        "Ann Example opened a letter for signing: “Publish the minutes of the board”",
        "Ann Example signed the letter “Publish the minutes of the board”",
        "The letter “Publish the minutes of the board” is closed for signing. Members: 1; organisations: 0.",
        "The letter “Publish the minutes of the board” was sent on Mon 20 Apr 2015.",
        "A reply to the letter “Publish the minutes of the board” came on Mon 20 Apr 2015.",
    ]
    with app.test_request_context("/uk/record"):
        from flask import g

        g.network = db.session.merge(network)
        assert {address(each) for each in found} == {f"/uk/letters/{letter_id}"}


def test_visitors_do_not_read_in_the_record_who_signed_and_took_back(network: Network, ann: Person) -> None:
    letter_id = a_letter(network, ann)
    does(actions.take_back, letter_id, "me", by=ann)
    verbs = ("letters.signed", "letters.taken_back")
    seen = db.session.scalars(select(Entry.visibility).where(Entry.verb.in_(verbs))).all()
    assert [str(each) for each in seen] == ["members", "members"]


def test_a_sending_needs_no_day_for_a_reply(network: Network, ann: Person, time: MovedClock) -> None:
    letter_id = a_letter(network, ann)
    closed(letter_id, time)
    does(sending.sent, letter_id, Sending(later(0)), by=ann)
    assert labels.state(the(letter_id)) == "Sent"
    time.move(timedelta(days=400))
    db.session.rollback()
    assert closing.remind_due() == 0
